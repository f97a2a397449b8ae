"""What one answer is worth of its question's weight: 1 all of it, 0 nothing, below 0 where an option takes points."""

from __future__ import annotations

from models.finding import Answer
from models.scorecard import Criterion, QuestionKind


def worth(one: Criterion, answer: Answer, value: str | None) -> float | None:
    """The share earned; None where the value that would tell is missing or unknown."""
    if one.kind is QuestionKind.CHOICE:
        points = {option.code: option.points for option in one.options}
        return None if value not in points else points[value] / max(points.values())
    if one.kind is QuestionKind.NUMBER:
        number = as_number(value)
        return None if number is None else _banded(one, number) / max(band.points for band in one.bands)
    return 1.0 if answer is Answer.MET else 0.0


def lowest(one: Criterion) -> float:
    """The least that any answer earns."""
    if one.kind is QuestionKind.CHOICE:
        points = [option.points for option in one.options]
        return min(points) / max(points)
    if one.kind is QuestionKind.NUMBER:
        points = [0.0, *(band.points for band in one.bands)]
        return min(points) / max(points)
    return 0.0


def answer_of(one: Criterion, value: str | None) -> Answer | None:
    """What a chosen option, a number or a text amounts to; None where it does not answer the question."""
    if one.kind is QuestionKind.CHOICE:
        return {option.code: option.answer for option in one.options}.get(value or "")
    if one.kind is QuestionKind.NUMBER:
        number = as_number(value)
        if number is None:
            return None
        return Answer.MET if _banded(one, number) > 0 else Answer.NOT_MET
    if one.kind is QuestionKind.TEXT:
        return Answer.MET if value and value.strip() else None
    return None


def as_number(value: str | None) -> float | None:
    """A number as people type it: "2", "2.5", "2,5"."""
    try:
        number = float((value or "").strip().replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None  # neither infinite nor "not a number"


def _banded(one: Criterion, number: float) -> float:
    """The points of the highest band that the number reaches; below the first there are none."""
    return next((band.points for band in reversed(one.bands) if number >= band.at_least), 0.0)
