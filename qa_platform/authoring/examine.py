"""What a draft amounts to: the card as people would fill it in, what is wrong with it and where, what it changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from analyzers.contract import kinds
from analyzers.steps import JUDGES
from models.scorecard import Criterion, Scorecard
from qa_platform.authoring.edits import balanced
from scorecards import load, strict
from scorecards.diff import Change, changes

PLACE = re.compile(r"sections\[(\d+)\](?:\.criteria\[(\d+)\])?(?:\.(\w+))?")
GAP = "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing that keeps a draft from being published, and the section and question it stands in."""

    error: strict.Unreadable
    section: str | None = None
    question: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """`card` is there as soon as it can be shown, gaps and all; `problem` None: it may be published."""

    card: Scorecard | None
    problem: Problem | None
    changes: tuple[Change, ...]


def built(raw: object, *, file: str) -> Scorecard:
    """The card, checked against every finding and step that the analyzers declare."""
    return load.build(raw, file=file, known=frozenset(kinds()), known_steps=JUDGES.keys())


def examine(content: Mapping[str, Any], base: Scorecard | None) -> Examined:
    """What the draft would be, against the version it was begun from (None: it is new)."""
    problem, code = None, str(content["code"])
    try:
        card: Scorecard | None = built(content, file=code)
    except strict.Unreadable as error:
        card, problem = _showable(content, code), _located(error, content)
    return Examined(card, problem, changes(base, card) if card and base else ())


def _showable(content: Mapping[str, Any], code: str) -> Scorecard | None:
    """What can be shown of an unfinished draft: gaps in its texts as dots, weights as typed even if off 100."""
    shown = deepcopy(dict(content))
    _fill_gaps(shown)
    try:
        return built(shown, file=code)
    except strict.Unreadable:
        pass
    try:
        return _with_typed_weights(built(balanced(shown, keep=()), file=code), shown)
    except strict.Unreadable:
        return None


def _with_typed_weights(card: Scorecard, content: Mapping[str, Any]) -> Scorecard:
    typed = {one["code"]: one.get("weight") for part in content["sections"] for one in part["criteria"]}

    def as_typed(one: Criterion) -> Criterion:
        weight = typed[one.code]
        return replace(one, weight=float(weight)) if isinstance(weight, int | float) else one

    sections = (replace(part, criteria=tuple(map(as_typed, part.criteria))) for part in card.sections)
    return replace(card, sections=tuple(sections))


def _fill_gaps(shown: Mapping[str, Any]) -> None:
    questions = [one for section in shown["sections"] for one in section["criteria"]]
    options = [option for one in questions for option in one.get("options", ())]
    labels = [part.get("label") for part in (shown, *shown["sections"], *questions, *options)]
    for texts in (*labels, *(one.get("guidance") for one in questions)):
        if isinstance(texts, dict):
            texts.update({language: texts.get(language) or GAP for language in strict.LANGUAGES})


def _located(error: strict.Unreadable, content: Mapping[str, Any]) -> Problem:
    """The place that the error names by its indexes, by the codes that stand there."""
    found = PLACE.search(error.where)
    if found is None:
        return _by_code(error, content)
    section = content["sections"][int(found[1])]
    question = section["criteria"][int(found[2])] if found[2] else None
    return Problem(error, section.get("code"), question.get("code") if question else None, found[3])


def _by_code(error: strict.Unreadable, content: Mapping[str, Any]) -> Problem:
    """Some errors name a question by its code: `unified: balance.asked_if`."""
    code, _, key = error.where.rpartition(": ")[2].partition(".")
    for section in content.get("sections", ()):
        if code in [one.get("code") for one in section.get("criteria", ())]:
            return Problem(error, section.get("code"), code, key)
    return Problem(error, key=code or None)
