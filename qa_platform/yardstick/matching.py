"""What was found held against what should have been: hits, false alarms and misses of one conversation.

A finding is right where the same code is expected at most one turn away, a promise within two; what is missing from a
conversation has no turn, and matches wherever. Steps count by the failures found, not by the many that are met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.finding import Analysis, Outcome, Promise
from qa_platform.yardstick.labels import Expected, Labelled

NEAR, NEAR_PROMISE = 1, 2
AMOUNT_TOLERANCE = 0.005
FAMILIES = ("slip", "objection")
NOT_MET, UNDETERMINED = "not_met", "undetermined"


@dataclass(slots=True)
class Hits:
    right: int = 0
    false: int = 0
    missed: int = 0

    def add(self, other: Hits) -> None:
        self.right += other.right
        self.false += other.false
        self.missed += other.missed

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right + self.false else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Share:
    """So many of so many."""

    right: int = 0
    of: int = 0

    def count(self, right: bool) -> None:
        self.right += right
        self.of += 1

    def add(self, other: Share) -> None:
        self.right += other.right
        self.of += other.of

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else 0.0


@dataclass(slots=True)
class Tally:
    """The counts of one conversation, or of several added up."""

    conversations: int = 0
    codes: defaultdict[str, Hits] = field(default_factory=lambda: defaultdict(Hits))
    steps: defaultdict[str, Hits] = field(default_factory=lambda: defaultdict(Hits))
    promises: Hits = field(default_factory=Hits)
    shares: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))

    def add(self, other: Tally) -> None:
        self.conversations += other.conversations
        self.promises.add(other.promises)
        for code, hits in other.codes.items():
            self.codes[code].add(hits)
        for step, hits in other.steps.items():
            self.steps[step].add(hits)
        for name, share in other.shares.items():
            self.shares[name].add(share)


def tally(labelled: Labelled, found: Analysis) -> Tally:
    counted = Tally(conversations=1)
    _count_findings(counted, labelled, found)
    _count_promises(counted, labelled.promises, found.promises)
    judged = {step.code: step.answer.value for step in found.steps}
    for step, expected in labelled.steps.items():
        got = judged.get(step, UNDETERMINED)
        counted.steps[step].add(
            Hits(
                right=expected == got == NOT_MET,
                false=expected != NOT_MET and got == NOT_MET,
                missed=expected == NOT_MET and got != NOT_MET,
            )
        )
        counted.shares["step_agreement"].count(expected == got)
    if labelled.outcome:
        counted.shares["outcome_accuracy"].count(labelled.outcome == found.outcome)
    return counted


def _count_findings(counted: Tally, labelled: Labelled, found: Analysis) -> None:
    expected, got = defaultdict[str, list[int | None]](list), defaultdict[str, list[int | None]](list)
    for one in labelled.findings:
        expected[one.code].append(one.turn)
    for finding in found.findings:
        if finding.outcome is Outcome.DETECTED and finding.family in FAMILIES:
            got[finding.code].append(finding.turn)
    for code in expected.keys() | got.keys():
        pairs = paired(expected[code], got[code], NEAR)
        counted.codes[code].add(Hits(len(pairs), len(got[code]) - len(pairs), len(expected[code]) - len(pairs)))


def _count_promises(counted: Tally, expected: Sequence[Expected], got: Sequence[Promise]) -> None:
    pairs = paired([one.turn for one in expected], [one.turn for one in got], NEAR_PROMISE)
    counted.promises.add(Hits(len(pairs), len(got) - len(pairs), len(expected) - len(pairs)))
    for place, other in pairs:
        terms, promise = expected[place].terms, got[other]
        amount, due = _same_amount(terms.get("amount"), promise), _same_due(terms, promise)
        counted.shares["amount_right"].count(amount)
        counted.shares["due_right"].count(due)
        counted.shares["amount_and_due_right"].count(amount and due)
        counted.shares["strength_right"].count(terms.get("strength") == promise.strength.value)


def paired(expected: Sequence[int | None], got: Sequence[int | None], near: int) -> tuple[tuple[int, int], ...]:
    """Places in both lists that belong together, the nearest first, each at most once."""
    distances = sorted(
        (0 if one is None or other is None else abs(one - other), place, beside)
        for place, one in enumerate(expected)
        for beside, other in enumerate(got)
    )
    pairs: dict[int, int] = {}
    for distance, place, beside in distances:
        if distance <= near and place not in pairs and beside not in pairs.values():
            pairs[place] = beside
    return tuple(pairs.items())


def _same_amount(expected: float | None, promise: Promise) -> bool:
    if expected is None or promise.amount is None:
        return expected is None and promise.amount is None
    return abs(expected - float(promise.amount)) <= AMOUNT_TOLERANCE * max(abs(expected), 1)


def _same_due(expected: Mapping[str, Any], promise: Promise) -> bool:
    """The same day, the day that the promise may also mean, or windows that overlap."""
    day = expected.get("due")
    if day and promise.due:
        return day in (_iso(promise.due), _iso(promise.alternative_due))
    ours = (_iso(promise.due_from or promise.due), _iso(promise.due_to or promise.due))
    theirs = (expected.get("due_from") or day or "", expected.get("due_to") or day or "")
    if not all(ours) or not all(theirs):
        return not all(ours) and not all(theirs)
    return bool(theirs[0] <= ours[1] and ours[0] <= theirs[1])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
