"""Reads one question of a scorecard: its kind, what its answers are worth, when it is asked and what fails it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.conversation import Channel, Direction
from models.finding import Answer
from models.scorecard import (
    Band,
    Condition,
    Counting,
    Criterion,
    Label,
    NotApplicable,
    Option,
    QuestionKind,
)
from scorecards import strict

KEYS = {
    *("code", "label", "guidance", "weight", "critical", "comment_required_on", "channels", "steps", "slips"),
    *("applies_on", "kind", "options", "bands", "counts", "na", "asked_if", "directions", "zero_if_not_met"),
    *("optional", "by_person"),
}
NEEDS = ("code", "label", "guidance")
MOST_POINTS = 1000.0


class NothingProposes(strict.Unreadable):
    says = "No step and no slip can propose an answer to this question."
    remedy = "Name at least one under steps or slips, or write by_person: true."


class ProposedToo(strict.Unreadable):
    says = "Only a yes/no question can be proposed by steps and slips."
    remedy = "Leave steps and slips out, or make it a yes/no question."


class AnswersMissing(strict.Unreadable):
    says = "A question of this kind needs '{key}'."
    remedy = "Write what each answer is worth under '{key}'."


class AnswersUnwanted(strict.Unreadable):
    says = "'{key}' means nothing in a question of this kind."
    remedy = "Leave it out, or change the kind."


class NothingToEarn(strict.Unreadable):
    says = "No answer earns any points."
    remedy = "Give at least one answer more than 0 points."


class BandsOutOfOrder(strict.Unreadable):
    says = "The bands do not go up."
    remedy = "Sort them by at_least, each one once."


class WeightMissing(strict.Unreadable):
    says = "A bonus or a penalty needs its own weight."
    remedy = "Write how many points it adds or takes off."


def criterion(raw: object, where: str, *, weight: float) -> Criterion:
    """One question; its weight has been worked out before, together with all others."""
    data = strict.mapping(raw, where, KEYS, needs=NEEDS)
    guidance, by_channel = _guidance(data["guidance"], f"{where}.guidance")
    kind = QuestionKind(_one_of(data, "kind", where, QuestionKind) or QuestionKind.YES_NO)
    counts = Counting(_one_of(data, "counts", where, Counting) or Counting.WEIGHT)
    if counts is not Counting.WEIGHT and "weight" not in data:
        raise WeightMissing(where=where)
    na = _one_of(data, "na", where, NotApplicable)
    found = Criterion(
        code=strict.word(data["code"], f"{where}.code"),
        label=strict.label(data["label"], f"{where}.label"),
        guidance=guidance,
        weight=weight,
        steps=strict.words(data, "steps", where),
        slips=strict.words(data, "slips", where),
        critical=strict.flag(data.get("critical", False), f"{where}.critical"),
        comment_required_on=tuple(Answer(word) for word in strict.chosen(data, "comment_required_on", where, Answer)),
        channels=strict.chosen(data, "channels", where, Channel),
        channel_guidance=by_channel,
        applies_on=strict.words(data, "applies_on", where),
        kind=kind,
        options=_options(data, where, kind),
        bands=_bands(data, where, kind),
        counts=counts,
        na=None if na is None else NotApplicable(na),
        condition=_condition(data.get("asked_if"), f"{where}.asked_if"),
        directions=strict.chosen(data, "directions", where, Direction),
        zeroes=strict.flag(data.get("zero_if_not_met", False), f"{where}.zero_if_not_met"),
        optional=strict.flag(data.get("optional", False), f"{where}.optional"),
    )
    _check_proposals(found, strict.flag(data.get("by_person", False), f"{where}.by_person"), where)
    return found


def content(one: Criterion) -> dict[str, object]:
    """The question as plain data; what is as usual is left out, so that files stay short."""
    unusual = [
        ("kind", one.kind.value, QuestionKind.YES_NO.value),
        ("options", [_option_content(option) for option in one.options], []),
        ("bands", [{"at_least": band.at_least, "points": band.points} for band in one.bands], []),
        ("counts", one.counts.value, Counting.WEIGHT.value),
        ("na", one.na.value if one.na else None, None),
        ("asked_if", _condition_content(one.condition), None),
        ("directions", list(one.directions), []),
        ("zero_if_not_met", one.zeroes, False),
        ("optional", one.optional, False),
        ("by_person", one.kind is QuestionKind.YES_NO and not one.steps and not one.slips, False),
    ]
    by_channel = {channel: texts(label) for channel, label in one.channel_guidance}
    return {
        "code": one.code,
        "label": texts(one.label),
        "guidance": {**texts(one.guidance), **by_channel},
        "weight": one.weight,
        "critical": one.critical,
        "comment_required_on": [answer.value for answer in one.comment_required_on],
        "channels": list(one.channels),
        "steps": list(one.steps),
        "slips": list(one.slips),
        "applies_on": list(one.applies_on),
    } | {key: value for key, value, usual in unusual if value != usual}


def texts(label: Label) -> dict[str, str]:
    return {"es": label.es, "en": label.en}


def _one_of(
    data: Mapping[str, Any], key: str, where: str, choices: type[QuestionKind | Counting | NotApplicable]
) -> str | None:
    if data.get(key) is None:
        return None
    (found,) = strict.chosen({key: [data[key]]}, key, where, choices)
    return found


def _guidance(raw: object, where: str) -> tuple[Label, tuple[tuple[str, Label], ...]]:
    data = strict.mapping(raw, where, {*strict.LANGUAGES, *Channel})
    general = strict.label({key: text for key, text in data.items() if key in strict.LANGUAGES}, where)
    channels = sorted(set(data) - set(strict.LANGUAGES))
    return general, tuple((key, strict.label(data[key], f"{where}.{key}")) for key in channels)


def _options(data: Mapping[str, Any], where: str, kind: QuestionKind) -> tuple[Option, ...]:
    if not _listed(data, "options", where, wanted=kind is QuestionKind.CHOICE):
        return ()
    found = tuple(
        _option(entry, f"{where}.options[{at}]")
        for at, entry in enumerate(strict.entries(data["options"], f"{where}.options"))
    )
    codes = [option.code for option in found]
    for code in codes:
        if codes.count(code) > 1:
            raise strict.CodeRepeated(where=f"{where}.options", code=code)
    if max(option.points for option in found) <= 0:
        raise NothingToEarn(where=f"{where}.options")
    return found


def _option(raw: object, where: str) -> Option:
    keys = ("code", "label", "points")
    data = strict.mapping(raw, where, {*keys, "answer"}, needs=keys)
    points = _points(data["points"], f"{where}.points")
    given = data.get("answer", Answer.MET.value if points > 0 else Answer.NOT_MET.value)
    (answer,) = strict.chosen({"answer": [given]}, "answer", where, (Answer.MET, Answer.NOT_MET))
    return Option(
        code=strict.word(data["code"], f"{where}.code"),
        label=strict.label(data["label"], f"{where}.label"),
        points=points,
        answer=Answer(answer),
    )


def _bands(data: Mapping[str, Any], where: str, kind: QuestionKind) -> tuple[Band, ...]:
    if not _listed(data, "bands", where, wanted=kind is QuestionKind.NUMBER):
        return ()
    keys = ("at_least", "points")
    found = []
    for at, entry in enumerate(strict.entries(data["bands"], f"{where}.bands")):
        band = strict.mapping(entry, f"{where}.bands[{at}]", keys, needs=keys)
        place = f"{where}.bands[{at}]"
        found.append(Band(_points(band["at_least"], f"{place}.at_least"), _points(band["points"], f"{place}.points")))
    starts = [band.at_least for band in found]
    if starts != sorted(set(starts)):
        raise BandsOutOfOrder(where=f"{where}.bands")
    if max(band.points for band in found) <= 0:
        raise NothingToEarn(where=f"{where}.bands")
    return tuple(found)


def _listed(data: Mapping[str, Any], key: str, where: str, *, wanted: bool) -> bool:
    if wanted and key not in data:
        raise AnswersMissing(where=where, key=key)
    if not wanted and key in data:
        raise AnswersUnwanted(where=where, key=key)
    return wanted


def _points(raw: object, where: str) -> float:
    """Points may be negative."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise strict.NumberWanted(where=where, value=raw, most=MOST_POINTS)
    strict.number(abs(raw), where, most=MOST_POINTS)
    return float(raw)


def _condition(raw: object, where: str) -> Condition | None:
    if raw is None:
        return None
    data = strict.mapping(raw, where, ("criterion", "answers", "values"), needs=("criterion",))
    answers = tuple(Answer(word) for word in strict.chosen(data, "answers", where, Answer))
    values = strict.words(data, "values", where)
    if not answers and not values:
        raise strict.KeyMissing(where=where, key="answers")
    return Condition(strict.word(data["criterion"], f"{where}.criterion"), answers, values)


def _condition_content(condition: Condition | None) -> dict[str, object] | None:
    if condition is None:
        return None
    told = {
        "criterion": condition.criterion,
        "answers": [answer.value for answer in condition.answers],
        "values": list(condition.values),
    }
    return {key: value for key, value in told.items() if value}


def _option_content(option: Option) -> dict[str, object]:
    return {
        "code": option.code,
        "label": texts(option.label),
        "points": option.points,
        "answer": option.answer.value,
    }


def _check_proposals(one: Criterion, by_person: bool, where: str) -> None:
    proposed = bool(one.steps or one.slips)
    if one.kind is not QuestionKind.YES_NO and proposed:
        raise ProposedToo(where=where)
    if one.kind is QuestionKind.YES_NO and not proposed and not by_person:
        raise NothingProposes(where=where)
