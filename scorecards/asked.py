"""Which questions arise: on this channel, in this direction, and after what was answered before."""

from __future__ import annotations

from collections.abc import Mapping

from models.finding import Answer
from models.scorecard import Condition, Criterion, Scorecard
from scorecards.score import NO_VALUES, Answers, Values


def not_asked(card: Scorecard, answers: Answers, *, values: Values = NO_VALUES) -> frozenset[str]:
    """The conditional questions whose condition has been decided against. While it is open, so is the question."""
    left_out: set[str] = set()
    for one in card.criteria:
        condition = one.condition
        if condition is None:
            continue
        before = answers.get(condition.criterion, Answer.UNDETERMINED)
        decided = before is not Answer.UNDETERMINED
        if condition.criterion in left_out or (decided and not _holds(condition, before, values)):
            left_out.add(one.code)
    return frozenset(left_out)


def applies(one: Criterion, *, channel: str, direction: str | None = None) -> str:
    """ "" where the question is asked at all, else why not: "channel" or "direction"."""
    if one.channels and channel not in one.channels:
        return "channel"
    if one.directions and direction is not None and direction not in one.directions:
        return "direction"
    return ""


def _holds(condition: Condition, answer: Answer, values: Mapping[str, str]) -> bool:
    return answer in condition.answers or values.get(condition.criterion) in condition.values
