"""Adds answers up to a score: what does not apply hands its weight to the rest, what is open widens the range."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.finding import Answer
from models.scorecard import Criterion, Score, Scorecard

Answers = Mapping[str, Answer]
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
) -> Score:
    """Points of 100 for the questions answered so far.

    `auto_fail` are the confirmed findings: one that the card lists takes the form to zero. `auto_fail_open` are those
    that nobody has judged yet: they only pull `low` down to zero. A question without an answer is undetermined. A
    critical question not met fails the form but keeps its points.
    """
    failed_by = tuple(code for code in card.auto_fail if code in set(auto_fail))
    may_fail = any(code in card.auto_fail for code in auto_fail_open)
    parts = subtotals(card, answers)
    earned = math.fsum(part.earned for part in parts)
    lost = math.fsum(part.lost for part in parts)
    still_open = math.fsum(part.open for part in parts)
    given = [answers.get(criterion.code, Answer.UNDETERMINED) for criterion in card.criteria]
    points, low, high = _points(earned, lost, still_open)
    if failed_by:
        points, low, high = 0.0, 0.0, 0.0
    elif may_fail:
        low = 0.0
    return Score(
        points=points,
        low=low,
        high=high,
        answered=sum(answer in DECIDED for answer in given),
        total=len(given),
        failed_by=failed_by,
        passed=_passed(card, answers, low=low, high=high, failed=bool(failed_by)),
    )


def subtotals(card: Scorecard, answers: Answers) -> tuple[Subtotal, ...]:
    """Per section what is earned, lost and open; auto-fail is not counted in, so that coaching still sees the parts."""
    return tuple(
        Subtotal(
            section=section.code,
            weight=section.weight,
            earned=_weight(section.criteria, answers, Answer.MET),
            lost=_weight(section.criteria, answers, Answer.NOT_MET),
            open=_weight(section.criteria, answers, Answer.UNDETERMINED),
        )
        for section in card.sections
    )


def _weight(criteria: Iterable[Criterion], answers: Answers, wanted: Answer) -> float:
    return math.fsum(one.weight for one in criteria if answers.get(one.code, Answer.UNDETERMINED) is wanted)


def _points(earned: float, lost: float, still_open: float) -> tuple[float | None, float, float]:
    """What is earned of what counts. Open questions count as lost for `low` and as earned for `high`; should they
    turn out not to apply, the score lies between."""
    decided = earned + lost
    everything = decided + still_open
    if everything == 0:
        return None, 0.0, 100.0
    points = _percent(earned, decided) if decided else None
    if points is None:
        return None, 0.0, 100.0
    return points, _percent(earned, everything), _percent(earned + still_open, everything)


def _percent(part: float, whole: float) -> float:
    # One decimal is what people read, so it is also what is compared with the pass mark.
    return round(100.0 * part / whole, 1)


def _passed(card: Scorecard, answers: Answers, *, low: float, high: float, failed: bool) -> bool | None:
    critical = [answers.get(one.code, Answer.UNDETERMINED) for one in card.criteria if one.critical]
    if failed or Answer.NOT_MET in critical or high < card.pass_mark:
        return False
    if low >= card.pass_mark and Answer.UNDETERMINED not in critical:
        return True
    return None
