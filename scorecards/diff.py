"""What changed between two versions of a scorecard, one readable sentence a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.scorecard import Counting, Criterion, Label, Scorecard
from scorecards.questions import content

# Parts of a question whose content is told as "changed", by their key in the file.
TOLD: Mapping[str, str] = {
    "guidance": "{question}: the guidance changed.",
    "kind": "{question}: the kind of question changed from {old} to {new}.",
    "options": "{question}: its options changed.",
    "bands": "{question}: what its numbers earn changed.",
    "counts": "{question}: how it counts changed from {old} to {new}.",
    "na": "{question}: what “not applicable” does changed.",
    "asked_if": "{question}: when it is asked changed.",
    "directions": "{question}: it is now asked in: {new}.",
    "channels": "{question}: it is now asked on: {new}.",
    "zero_if_not_met": "{question}: whether it takes the form to zero changed.",
    "optional": "{question}: whether it may be left open changed.",
    "critical": "{question}: whether it is critical changed.",
    "comment_required_on": "{question}: when a comment is needed changed.",
    "steps": "{question}: the steps that answer it changed.",
    "slips": "{question}: the slips that fail it changed.",
    "applies_on": "{question}: the findings that raise it changed.",
}
WHOLE: Mapping[str, str] = {
    "pass_mark": "The pass mark is {new} instead of {old}.",
    "auto_fail_mode": "An auto-fail now means: {new} (before: {old}).",
    "na": "“Not applicable” now means: {new} (before: {old}).",
    "appeal_days": "Agents have {new} days to appeal instead of {old}.",
    "resolve_days": "An appeal is answered within {new} days instead of {old}.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """`says` is a message id; its blanks are `params`, where a Label is told in the reader's language."""

    code: str  # of the question, section or key
    says: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    def details(self, language: str) -> dict[str, object]:
        return {key: value.in_(language) if isinstance(value, Label) else value for key, value in self.params.items()}


def changes(old: Scorecard, new: Scorecard) -> tuple[Change, ...]:
    """Everything that differs, in the order of the new card; what is gone comes last. Nothing: the cards are alike."""
    return (*_whole(old, new), *_auto_fail(old, new), *_sections(old, new), *_questions(old, new))


def _whole(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    if old.label != new.label:
        yield Change("label", "The card is now called “{new}”.", {"new": new.label})
    for key, says in WHOLE.items():
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield Change(key, says, {"old": _plain(before), "new": _plain(after)})


def _auto_fail(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    for code in new.auto_fail:
        if code not in old.auto_fail:
            yield Change(code, "{finding} now fails the form.", {"finding": code})
    for code in old.auto_fail:
        if code not in new.auto_fail:
            yield Change(code, "{finding} no longer fails the form.", {"finding": code})


def _sections(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    before = {section.code: section for section in old.sections}
    for section in new.sections:
        known = before.pop(section.code, None)
        if known is None:
            yield Change(section.code, "New section: {section}.", {"section": section.label})
        elif known.label != section.label:
            params = {"old": known.label, "new": section.label}
            yield Change(section.code, "Section “{old}” is now “{new}”.", params)
    for gone in before.values():
        yield Change(gone.code, "Section removed: {section}.", {"section": gone.label})


def _questions(old: Scorecard, new: Scorecard) -> Iterator[Change]:
    before, after = _placed(old), _placed(new)
    for code, (section, one) in after.items():
        known = before.get(code)
        if known is None:
            params = {"question": one.label, "weight": f"{one.weight:g}"}
            yield Change(code, "New question: {question} ({weight}).", params)
            continue
        yield from _question(known[1], one)
        if known[0].code != section.code:
            params = {"question": one.label, "section": section.label}
            yield Change(code, "{question} moved to {section}.", params)
    for code, (_, one) in before.items():
        if code not in after:
            yield Change(code, "Question removed: {question}.", {"question": one.label})


def _question(old: Criterion, new: Criterion) -> Iterator[Change]:
    if old.label != new.label:
        yield Change(new.code, "“{old}” now reads “{new}”.", {"old": old.label, "new": new.label})
    if old.weight != new.weight:
        params = {"question": new.label, "old": f"{old.weight:g}", "new": f"{new.weight:g}"}
        yield Change(new.code, "{question} weighs {new} instead of {old}.", params)
    before, after = content(old), content(new)
    for key, says in TOLD.items():
        if before.get(key) != after.get(key):
            told = {"old": _plain(before.get(key, USUAL.get(key))), "new": _plain(after.get(key, USUAL.get(key)))}
            yield Change(new.code, says, {"question": new.label, **told})


USUAL: Mapping[str, Any] = {"kind": "yes_no", "counts": Counting.WEIGHT.value}
_Placed = dict[str, tuple[Any, Criterion]]


def _placed(card: Scorecard) -> _Placed:
    return {one.code: (section, one) for section in card.sections for one in section.criteria}


def _plain(value: object) -> str:
    """A value as a person reads it."""
    forms: list[tuple[type, Callable[[Any], str]]] = [
        (float, lambda number: f"{number:g}"),
        (list, lambda entries: ", ".join(map(str, entries)) or "-"),
    ]
    return next((form(value) for kind, form in forms if isinstance(value, kind)), str(value))
