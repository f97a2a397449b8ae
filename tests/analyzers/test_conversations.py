"""Over our labelled conversations: evidence is verbatim, codes are known, and what matters most is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from analyzers.analyze import analyze
from analyzers.contract import kinds
from models.conversation import Conversation
from models.finding import Analysis, Outcome, Severity
from qa_platform.formats.contract import Hints, read_transcript

FOLDER = Path(__file__).parents[1] / "conversations"
FILES = sorted(FOLDER.rglob("*.json"))
NEAR = 1  # turns by which two readers differ on where a thing was said


@cache
def _read(file: Path) -> tuple[Conversation, Analysis]:
    conversation = read_transcript(file.read_bytes(), Hints(name=file.name)).conversation
    assert conversation is not None
    return conversation, analyze(conversation)


def _gold(file: Path) -> list[dict[str, object]]:
    findings: list[dict[str, object]] = json.loads(file.read_text("utf-8"))["gold"]["findings"]
    return [finding for finding in findings if finding["code"] != "promise"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_quote_stands_in_its_turn(file: Path) -> None:
    conversation, analysis = _read(file)
    for finding in analysis.findings:
        if finding.turn is not None and finding.quote is not None:
            assert finding.quote in conversation.turns[finding.turn].text, finding.code


def test_every_label_is_a_code_that_some_analyzer_may_find() -> None:
    assert {str(finding["code"]) for file in FILES for finding in _gold(file)} <= set(kinds())


def _critical() -> Iterator[tuple[str, str, bool]]:
    for file in FILES:
        _, analysis = _read(file)
        detected = [f for f in analysis.findings if f.outcome is Outcome.DETECTED]
        for finding in _gold(file):
            code, turn = str(finding["code"]), finding.get("turn")
            if kinds()[code].severity is Severity.CRITICAL:
                near = [
                    f
                    for f in detected
                    if f.code == code and (turn is None or abs((f.turn or 0) - int(str(turn))) <= NEAR)
                ]
                yield file.stem, code, bool(near)


def test_critical_slips_are_found() -> None:
    missed = [(name, code) for name, code, found in _critical() if not found]
    total = sum(1 for _ in _critical())
    assert len(missed) <= total // 10, missed
