"""The buttons of the scorecard builder: what each does to the draft, and what is open for writing after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_platform.authoring import edits
from scorecards import weights
from web.asked import number
from web.card_form import with_row, without_row


@dataclass(frozen=True, slots=True)
class Step:
    content: edits.Content
    at: str  # what is open for writing next


def after(act: str, content: edits.Content, base: Mapping[str, Any], at: str) -> Step:
    """The draft after a button, and what is open then."""
    verb, _, rest = act.partition(":")
    taken = edits.question_codes(base)
    open_code = at.partition(":")[2]
    if verb == "open":
        return Step(content, rest)
    if verb in ("up", "down"):
        return Step(edits.moved(content, rest, -1 if verb == "up" else 1), at)
    if verb == "remove":
        return Step(edits.removed(content, rest), "card" if open_code == rest else at)
    if verb == "question":
        made, code = edits.with_new_question(content, rest, taken=taken)
        return Step(made, f"question:{code}")
    if verb == "section":
        made, code = edits.with_new_section(content, taken=taken)
        return Step(made, f"section:{code}")
    if verb == "balance":
        return Step(edits.balanced(content, keep=_changed_weights(content, base)), at)
    if verb in ("options", "bands"):
        gone = number(rest)
        made = with_row(content, open_code, verb) if gone is None else without_row(content, open_code, verb, gone)
        return Step(made, at)
    return Step(content, at)


def _changed_weights(content: Mapping[str, Any], base: Mapping[str, Any]) -> set[str]:
    """Whoever set a weight meant it: balancing moves the others."""
    before = _weights_of(base)
    return {code for code, weight in _weights_of(content).items() if code in before and before[code] != weight}


def _weights_of(content: Mapping[str, Any]) -> dict[str, float]:
    found = [one for section in content["sections"] for one in section["criteria"]]
    return {one["code"]: float(one["weight"]) for one in found if isinstance(one.get("weight"), int | float)}


def earlier(content: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    """The questions that may be a condition of this one: those before it."""
    found = [one for section in content["sections"] for one in section["criteria"]]
    codes = [one["code"] for one in found]
    return found[: codes.index(code)] if code in codes else []


def weight_of(section: Mapping[str, Any]) -> float:
    counted = [one.get("weight") for one in section["criteria"] if not weights.outside(one)]
    return sum(weight for weight in counted if isinstance(weight, int | float))


def total(content: Mapping[str, Any]) -> float:
    return sum(weight_of(section) for section in content["sections"])
