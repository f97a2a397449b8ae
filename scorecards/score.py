"""Adds answers up to a score: what does not apply hands its weight to the rest, what is open widens the range."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.finding import Answer
from models.scorecard import AutoFail, Counting, Criterion, NotApplicable, QuestionKind, Score, Scorecard
from scorecards.worth import lowest, worth

Answers = Mapping[str, Answer]
Values = Mapping[str, str]
NO_VALUES: Values = MappingProxyType({})
DECIDED = (Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Subtotal:
    """One section in weights of the card: `earned` + `lost` + `open` is what applies of it, `weight` all of it."""

    section: str
    weight: float
    earned: float
    lost: float
    open: float

    @property
    def applicable(self) -> float:
        return self.earned + self.lost + self.open


def score(
    card: Scorecard,
    answers: Answers,
    *,
    auto_fail: Iterable[str] = (),
    auto_fail_open: Iterable[str] = (),
    values: Values = NO_VALUES,
    not_asked: Collection[str] = (),
) -> Score:
    """Points of 100 for the questions answered so far.

    `auto_fail` are the confirmed findings: one that the card lists takes the form to zero, or fails its outcome only,
    as the card says. `auto_fail_open` are those that nobody has judged yet: they only pull `low` down to zero. A
    question without an answer is undetermined. A critical question not met fails the form but keeps its points; one
    that zeroes does not. `not_asked` are questions that do not arise (see scorecards/asked.py).
    """
    asked = [one for one in card.criteria if one.code not in not_asked]
    confirmed, unjudged = set(auto_fail), set(auto_fail_open)
    failed_by = tuple(code for code in card.auto_fail if code in confirmed)
    zeroed_by = tuple(one.code for one in asked if one.zeroes and answers.get(one.code) is Answer.NOT_MET)
    to_zero = card.auto_fail_mode is AutoFail.ZERO
    points, low, high = _points([_counted(card, one, answers, values) for one in asked])
    if zeroed_by or (failed_by and to_zero):
        points, low, high = 0.0, 0.0, 0.0
    elif _may_be_zeroed(card, asked, answers, unjudged):
        low = 0.0
    given = [Answer.NOT_APPLICABLE if one not in asked else _standing(one, answers) for one in card.criteria]
    return Score(
        points=points,
        low=low,
        high=high,
        answered=sum(answer in DECIDED for answer in given),
        total=len(given),
        failed_by=failed_by,
        passed=_passed(
            card,
            [_standing(one, answers) for one in asked if one.critical],
            low=low,
            high=high,
            failed=bool(failed_by or zeroed_by),
            may_fail=any(code in unjudged for code in card.auto_fail),
        ),
        zeroed_by=zeroed_by,
    )


def subtotals(
    card: Scorecard, answers: Answers, *, values: Values = NO_VALUES, not_asked: Collection[str] = ()
) -> tuple[Subtotal, ...]:
    """Per section what is earned, lost and open; auto-fail is not counted in, so that coaching still sees the parts."""
    found = []
    for section in card.sections:
        parts = [
            _counted(card, one, answers, values)
            for one in section.criteria
            if one.counts is Counting.WEIGHT and one.code not in not_asked
        ]
        found.append(
            Subtotal(
                section=section.code,
                weight=section.weight,
                earned=math.fsum(part.earned for part in parts),
                lost=math.fsum(part.lost for part in parts),
                open=math.fsum(part.open for part in parts),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Counted:
    """One question in weights: decided (`earned`, `lost`) or `open`, and then worth at least `least`."""

    counts: Counting
    earned: float = 0.0
    lost: float = 0.0
    open: float = 0.0
    least: float = 0.0


def _counted(card: Scorecard, one: Criterion, answers: Answers, values: Values) -> _Counted:
    if one.kind is QuestionKind.TEXT:
        return _Counted(one.counts)
    answer = _standing(one, answers)
    if answer is Answer.NOT_APPLICABLE:
        passes = (one.na or card.na) is NotApplicable.PASS and one.counts is Counting.WEIGHT
        return _Counted(one.counts, earned=one.weight if passes else 0.0)
    share = None if answer is Answer.UNDETERMINED else worth(one, answer, values.get(one.code))
    if share is None:
        return _Counted(one.counts, open=one.weight, least=one.weight * lowest(one))
    return _Counted(one.counts, earned=one.weight * share, lost=one.weight * (1 - share))


def _standing(one: Criterion, answers: Answers) -> Answer:
    return answers.get(one.code, Answer.UNDETERMINED)


def _points(parts: Iterable[_Counted]) -> tuple[float | None, float, float]:
    """What is earned of what counts, then bonus and penalty, never beyond 0 and 100. Open questions count at their
    least for `low` and as earned for `high`; should they turn out not to apply, the score lies between."""
    parts = list(parts)
    base = [part for part in parts if part.counts is Counting.WEIGHT]
    earned = math.fsum(part.earned for part in base)
    lost = math.fsum(part.lost for part in base)
    still_open = math.fsum(part.open for part in base)
    decided, everything = earned + lost, earned + lost + still_open
    if decided == 0:
        return None, 0.0, 100.0
    bonus = [part for part in parts if part.counts is Counting.BONUS]
    penalty = [part for part in parts if part.counts is Counting.PENALTY]
    settled = math.fsum(part.earned for part in bonus) - math.fsum(part.lost for part in penalty)
    least = earned + math.fsum(part.least for part in base)
    low = _percent(least, everything) + settled - math.fsum(part.open for part in penalty)
    high = _percent(earned + still_open, everything) + settled + math.fsum(part.open for part in bonus)
    return _kept(_percent(earned, decided) + settled), _kept(low), _kept(high)


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole


def _kept(points: float) -> float:
    # One decimal is what people read, so it is also what is compared with the pass mark.
    return round(min(100.0, max(0.0, points)), 1)


def _may_be_zeroed(card: Scorecard, asked: Iterable[Criterion], answers: Answers, unjudged: set[str]) -> bool:
    by_finding = card.auto_fail_mode is AutoFail.ZERO and any(code in unjudged for code in card.auto_fail)
    return by_finding or any(one.zeroes and _standing(one, answers) is Answer.UNDETERMINED for one in asked)


def _passed(
    card: Scorecard, critical: Collection[Answer], *, low: float, high: float, failed: bool, may_fail: bool
) -> bool | None:
    if failed or Answer.NOT_MET in critical or high < card.pass_mark:
        return False
    if low >= card.pass_mark and Answer.UNDETERMINED not in critical and not may_fail:
        return True
    return None
