"""Objections and promises in words that their rules were not written from: most are heard, few are imagined."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzers import find_objections
from analyzers.analyze import read
from analyzers.promises import find_promises
from models.context import Context
from models.conversation import Account, Channel, Conversation, Speaker, Turn
from models.finding import Promise

UTTERANCES = Path(__file__).with_name("utterances")


def _read(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((UTTERANCES / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def _conversation(line: dict[str, Any], language: str, account: Account, day: str = "2026-03-11") -> Conversation:
    said = [(Speaker.AGENT, line.get("before")), (Speaker(line.get("speaker", "customer")), line["text"])]
    said.append((Speaker.AGENT, line.get("after")))
    kept = [(who, words) for who, words in said if words]
    turns = tuple(Turn(at, who, words, at * 5.0, at * 5.0 + 4) for at, (who, words) in enumerate(kept))
    at = datetime.fromisoformat(f"{day}T10:00:00-06:00")
    return Conversation("x", Channel.VOICE, language, turns, line.get("country", "MX"), at, account=account)


def _objections(line: dict[str, Any], language: str) -> set[str]:
    account = Account(balance=Decimal(5000), minimum_payment=Decimal(800))
    reading = read(_conversation(line, language, account))
    return {finding.code for finding in find_objections.find(reading, Context())}


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_debtors_put_in_the_way_is_heard_and_little_else(language: str) -> None:
    lines = _read(f"heard_objections.{language}")
    heard = [(set(line["codes"]), _objections(line, language), line["text"]) for line in lines]
    missed = [(codes - found, text) for codes, found, text in heard if codes - found]
    imagined = [(found - codes, text) for codes, found, text in heard if found - codes]
    assert len(missed) <= 0.1 * sum(len(codes) for codes, _, _ in heard), missed
    assert len(imagined) <= 0.06 * len(lines), imagined


def _promises(line: dict[str, Any]) -> tuple[Promise, ...]:
    minimum = line["minimum"]
    account = Account(
        balance=Decimal(str(line["balance"])),
        minimum_payment=Decimal(str(minimum)) if minimum is not None else None,
        currency=line["currency"],
    )
    return find_promises(read(_conversation(line, line["language"], account, line["said_on"])), Context())


def _agrees(promise: Promise, meant: dict[str, Any]) -> bool:
    amount = meant.get("amount")
    same_sum = (
        promise.amount is None
        if amount is None
        else promise.amount is not None and abs(float(promise.amount) - amount) <= 0.005 * max(amount, 1)
    )
    first, last = (
        str(meant.get("due_from") or meant.get("due") or ""),
        str(meant.get("due_to") or meant.get("due") or ""),
    )
    mine_first, mine_last = promise.due_from or promise.due, promise.due_to or promise.due
    if not first or mine_first is None or mine_last is None:
        return same_sum and not first and mine_first is None
    if meant.get("due") and promise.due:
        return same_sum and promise.due.isoformat() == meant["due"]
    return same_sum and mine_first.isoformat() <= last and first <= mine_last.isoformat()


def test_what_debtors_promise_is_found_with_its_sum_and_its_day() -> None:
    lines = _read("promises")
    found = [(line, _promises(line)) for line in lines]
    meant = [(line, promises) for line, promises in found if "promise" in line]
    missed = [line["text"] for line, promises in meant if not promises]
    imagined = [line["text"] for line, promises in found if promises and "promise" not in line]
    wrong = [
        (line["text"], line["promise"], promises)
        for line, promises in meant
        if promises and not any(_agrees(promise, line["promise"]) for promise in promises)
    ]
    assert len(missed) <= 0.08 * len(meant), missed
    assert len(imagined) <= 0.05 * (len(found) - len(meant)), imagined
    assert len(wrong) <= 0.05 * len(meant), wrong
