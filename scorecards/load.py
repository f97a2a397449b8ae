"""Reads scorecards: every `*.yaml` beside this file is one version of one card, checked strictly before use."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from models.conversation import Channel
from models.finding import Answer
from models.scorecard import Criterion, Label, Scorecard, Section
from scorecards import strict

FOLDER = Path(__file__).parent
TOTAL = 100.0

CARD_KEYS = {"code", "version", "label", "sections", "auto_fail", "pass_mark"}
SECTION_KEYS = {"code", "label", "criteria"}
CRITERION_KEYS = {"code", "label", "guidance", "weight", "critical", "comment_required_on", "channels"} | {
    "steps",
    "slips",
    "applies_on",
}


class ScorecardError(strict.Unreadable):
    """A scorecard file that cannot be used; `where` is the file and the key in it."""

    says = "The scorecard cannot be read."


class CodeUnknown(ScorecardError):
    says = "Nothing finds '{code}'."
    remedy = "Use the code of a finding or a step that an analyzer declares."


class WeightsOff(ScorecardError):
    says = "The weights add up to {total:g}, not to 100."
    remedy = "Change them until they add up to 100."


class NothingProposes(ScorecardError):
    says = "No step and no slip can propose an answer to this question."
    remedy = "Name at least one under steps or slips."


class VersionRepeated(ScorecardError):
    says = "Version {version} of '{code}' stands in two files."
    remedy = "Raise the version of the newer file."


class CardUnknown(ScorecardError):
    status = 404
    says = "There is no scorecard '{code}' in that version."
    remedy = "Use one of: {known}."


@cache
def scorecard(code: str = "unified", version: int | None = None) -> Scorecard:
    """A card by code: the version asked for, or the newest."""
    cards = scorecards()
    versions = [number for name, number in cards if name == code]
    wanted = max(versions, default=0) if version is None else version
    if (code, wanted) not in cards:
        raise CardUnknown(where=code, code=code, known=", ".join(f"{name} {number}" for name, number in sorted(cards)))
    return cards[code, wanted]


def scorecards(
    folder: Path = FOLDER, *, known: Collection[str] | None = None, known_steps: Collection[str] | None = None
) -> Mapping[tuple[str, int], Scorecard]:
    """Every card in the folder by (code, version); `known` and `known_steps`: the codes that analyzers declare."""
    cards: dict[tuple[str, int], Scorecard] = {}
    for path in sorted(folder.glob("*.yaml")):
        card = read(path.read_text(encoding="utf-8"), file=path.name, known=known, known_steps=known_steps)
        if (card.code, card.version) in cards:
            raise VersionRepeated(where=path.name, code=card.code, version=card.version)
        cards[card.code, card.version] = card
    return cards


def read(
    text: str, *, file: str, known: Collection[str] | None = None, known_steps: Collection[str] | None = None
) -> Scorecard:
    """One card out of its YAML text, or the first thing wrong with it, by file and key."""
    return build(strict.parse(text, file=file), file=file, known=known, known_steps=known_steps)


def build(
    raw: object, *, file: str, known: Collection[str] | None = None, known_steps: Collection[str] | None = None
) -> Scorecard:
    """One card out of plain data: a parsed file, or the stored content of a published version."""
    data = strict.mapping(raw, file, CARD_KEYS, needs=("code", "version", "label", "sections"))
    sections = tuple(
        _section(entry, f"{file}: sections[{index}]")
        for index, entry in enumerate(strict.entries(data["sections"], f"{file}: sections"))
    )
    card = Scorecard(
        code=strict.word(data["code"], f"{file}: code"),
        version=strict.whole(data["version"], f"{file}: version"),
        label=strict.label(data["label"], f"{file}: label"),
        sections=sections,
        auto_fail=strict.words(data, "auto_fail", file),
        pass_mark=strict.number(data.get("pass_mark", 80.0), f"{file}: pass_mark", most=TOTAL),
    )
    _check_codes_differ(card, file)
    _check_weights(card, file)
    findings = [("auto_fail", card.auto_fail)]
    findings += [(f"{one.code}.slips", one.slips) for one in card.criteria]
    findings += [(f"{one.code}.applies_on", one.applies_on) for one in card.criteria]
    _check_codes_exist(findings, file, known)
    _check_codes_exist([(f"{one.code}.steps", one.steps) for one in card.criteria], file, known_steps)
    return card


def _section(raw: object, where: str) -> Section:
    data = strict.mapping(raw, where, SECTION_KEYS, needs=("code", "label", "criteria"))
    entries = strict.entries(data["criteria"], f"{where}.criteria")
    return Section(
        code=strict.word(data["code"], f"{where}.code"),
        label=strict.label(data["label"], f"{where}.label"),
        criteria=tuple(_criterion(entry, f"{where}.criteria[{index}]") for index, entry in enumerate(entries)),
    )


def _criterion(raw: object, where: str) -> Criterion:
    data = strict.mapping(raw, where, CRITERION_KEYS, needs=("code", "label", "guidance", "weight"))
    guidance, by_channel = _guidance(data["guidance"], f"{where}.guidance")
    criterion = Criterion(
        code=strict.word(data["code"], f"{where}.code"),
        label=strict.label(data["label"], f"{where}.label"),
        guidance=guidance,
        weight=strict.number(data["weight"], f"{where}.weight", most=TOTAL),
        steps=strict.words(data, "steps", where),
        slips=strict.words(data, "slips", where),
        critical=strict.flag(data.get("critical", False), f"{where}.critical"),
        comment_required_on=tuple(Answer(word) for word in strict.chosen(data, "comment_required_on", where, Answer)),
        channels=strict.chosen(data, "channels", where, Channel),
        channel_guidance=by_channel,
        applies_on=strict.words(data, "applies_on", where),
    )
    if not criterion.steps and not criterion.slips:
        raise NothingProposes(where=where)
    return criterion


def _guidance(raw: object, where: str) -> tuple[Label, tuple[tuple[str, Label], ...]]:
    data = strict.mapping(raw, where, {*strict.LANGUAGES, *Channel})
    general = strict.label({key: text for key, text in data.items() if key in strict.LANGUAGES}, where)
    channels = sorted(set(data) - set(strict.LANGUAGES))
    return general, tuple((key, strict.label(data[key], f"{where}.{key}")) for key in channels)


def _check_codes_differ(card: Scorecard, file: str) -> None:
    for codes in ([section.code for section in card.sections], [criterion.code for criterion in card.criteria]):
        for code in codes:
            if codes.count(code) > 1:
                raise strict.CodeRepeated(where=file, code=code)


def _check_weights(card: Scorecard, file: str) -> None:
    total = math.fsum(criterion.weight for criterion in card.criteria)
    if not math.isclose(total, TOTAL, abs_tol=1e-6):
        raise WeightsOff(where=f"{file}: weight", total=total)


def _check_codes_exist(used: Iterable[tuple[str, Iterable[str]]], file: str, known: Collection[str] | None) -> None:
    if known is None:
        return
    for place, codes in used:
        for code in codes:
            if code not in known:
                raise CodeUnknown(where=f"{file}: {place}", code=code)


def content(card: Scorecard) -> dict[str, object]:
    """The card as plain data, ready to be stored: `build` makes the same card of it again."""
    return {
        "code": card.code,
        "version": card.version,
        "label": _texts(card.label),
        "pass_mark": card.pass_mark,
        "auto_fail": list(card.auto_fail),
        "sections": [
            {
                "code": section.code,
                "label": _texts(section.label),
                "criteria": [_criterion_content(criterion) for criterion in section.criteria],
            }
            for section in card.sections
        ],
    }


def _criterion_content(criterion: Criterion) -> dict[str, object]:
    by_channel = {channel: _texts(label) for channel, label in criterion.channel_guidance}
    return {
        "code": criterion.code,
        "label": _texts(criterion.label),
        "guidance": {**_texts(criterion.guidance), **by_channel},
        "weight": criterion.weight,
        "critical": criterion.critical,
        "comment_required_on": [answer.value for answer in criterion.comment_required_on],
        "channels": list(criterion.channels),
        "steps": list(criterion.steps),
        "slips": list(criterion.slips),
        "applies_on": list(criterion.applies_on),
    }


def _texts(label: Label) -> dict[str, str]:
    return {"es": label.es, "en": label.en}
