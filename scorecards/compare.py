"""Results of two versions of a scorecard made comparable: the same questions, the newer weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.scorecard import Counting, Criterion, QuestionKind, Scorecard
from scorecards.asked import not_asked
from scorecards.score import Answers, Values, score


@dataclass(frozen=True, slots=True)
class Filled:
    """One evaluation's answers, whichever version they were given under."""

    answers: Answers
    values: Values


def shared(old: Scorecard, new: Scorecard) -> tuple[str, ...]:
    """The questions that ask the same in both: same code, kind and answers. Weights and wording may differ."""
    before = {one.code: one for one in old.criteria}
    return tuple(one.code for one in new.criteria if one.code in before and _same(before[one.code], one))


def on_common_ground(old: Scorecard, new: Scorecard) -> Scorecard | None:
    """The newer card with only the shared questions, weights as they are there; None where nothing is shared.

    Auto-fail is left out of the comparison: it is told apart."""
    kept = set(shared(old, new))
    sections = tuple(
        replace(section, criteria=tuple(_free(one, kept) for one in section.criteria if one.code in kept))
        for section in new.sections
    )
    if not any(one.counts is Counting.WEIGHT and one.weight for part in sections for one in part.criteria):
        return None
    return replace(new, sections=tuple(part for part in sections if part.criteria), auto_fail=())


def points(card: Scorecard, filled: Iterable[Filled]) -> tuple[float | None, ...]:
    """Each evaluation's points on this card."""
    return tuple(
        score(card, one.answers, values=one.values, not_asked=not_asked(card, one.answers, values=one.values)).points
        for one in filled
    )


def _free(one: Criterion, kept: set[str]) -> Criterion:
    """A question without what belongs to the whole form."""
    condition = one.condition if one.condition and one.condition.criterion in kept else None
    return replace(one, zeroes=False, condition=condition)


def _same(old: Criterion, new: Criterion) -> bool:
    return (
        old.kind is new.kind
        and new.kind is not QuestionKind.TEXT
        and {option.code: option.points for option in old.options}
        == {option.code: option.points for option in new.options}
        and old.bands == new.bands
        and old.counts is new.counts
    )
