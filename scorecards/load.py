"""Reads scorecards: every `*.yaml` beside this file is one version of one card, checked strictly before use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.scorecard import AutoFail, NotApplicable, QuestionKind, Scorecard, Section
from scorecards import questions, strict
from scorecards.weights import TOTAL, balanced

FOLDER = Path(__file__).parent

CARD_KEYS = {
    *("code", "version", "label", "sections", "auto_fail", "pass_mark"),
    *("auto_fail_mode", "na", "appeal_days", "resolve_days"),
}
SECTION_KEYS = {"code", "label", "criteria", "weight"}


class ScorecardError(strict.Unreadable):
    """A scorecard file that cannot be used; `where` is the file and the key in it."""

    says = "The scorecard cannot be read."


class CodeUnknown(ScorecardError):
    says = "Nothing finds '{code}'."
    remedy = "Use the code of a finding or a step that an analyzer declares."


class ConditionUnknown(ScorecardError):
    says = "It depends on '{code}', which is not asked before it."
    remedy = "Name a question that stands earlier on the card."


class ConditionImpossible(ScorecardError):
    says = "'{code}' cannot be answered with '{value}'."
    remedy = "Use one of its options: {known}."


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
    """One card out of plain data: a parsed file, a draft, or the stored content of a published version."""
    data = strict.mapping(raw, file, CARD_KEYS, needs=("code", "version", "label", "sections"))
    parts = [
        _part(entry, f"{file}: sections[{index}]")
        for index, entry in enumerate(strict.entries(data["sections"], f"{file}: sections"))
    ]
    _check_codes_differ(parts, file)
    weights = balanced(parts, file)
    modes = {"auto_fail_mode": AutoFail.ZERO, "na": NotApplicable.REDISTRIBUTE}
    mode, na = (
        strict.chosen({key: [data.get(key, usual.value)]}, key, file, type(usual))[0] for key, usual in modes.items()
    )
    card = Scorecard(
        code=strict.word(data["code"], f"{file}: code"),
        version=strict.whole(data["version"], f"{file}: version"),
        label=strict.label(data["label"], f"{file}: label"),
        sections=tuple(_section(part, weights[at], f"{file}: sections[{at}]") for at, part in enumerate(parts)),
        auto_fail=strict.words(data, "auto_fail", file),
        pass_mark=strict.number(data.get("pass_mark", 80.0), f"{file}: pass_mark", most=TOTAL),
        auto_fail_mode=AutoFail(mode),
        na=NotApplicable(na),
        appeal_days=strict.whole(data.get("appeal_days", 7), f"{file}: appeal_days"),
        resolve_days=strict.whole(data.get("resolve_days", 5), f"{file}: resolve_days"),
    )
    _check_conditions(card, file)
    findings = [("auto_fail", card.auto_fail)]
    findings += [(f"{one.code}.slips", one.slips) for one in card.criteria]
    findings += [(f"{one.code}.applies_on", one.applies_on) for one in card.criteria]
    _check_codes_exist(findings, file, known)
    _check_codes_exist([(f"{one.code}.steps", one.steps) for one in card.criteria], file, known_steps)
    return card


def content(card: Scorecard) -> dict[str, object]:
    """The card as plain data, ready to be stored: `build` makes the same card of it again."""
    unusual = [
        ("auto_fail_mode", card.auto_fail_mode.value, AutoFail.ZERO.value),
        ("na", card.na.value, NotApplicable.REDISTRIBUTE.value),
        ("appeal_days", card.appeal_days, 7),
        ("resolve_days", card.resolve_days, 5),
    ]
    return {
        "code": card.code,
        "version": card.version,
        "label": questions.texts(card.label),
        "pass_mark": card.pass_mark,
        "auto_fail": list(card.auto_fail),
        "sections": [
            {
                "code": section.code,
                "label": questions.texts(section.label),
                "criteria": [questions.content(criterion) for criterion in section.criteria],
            }
            for section in card.sections
        ],
    } | {key: value for key, value, usual in unusual if value != usual}


def as_yaml(card: Scorecard) -> str:
    """The card as the file that would hold it."""
    return yaml.safe_dump(content(card), allow_unicode=True, sort_keys=False, width=120)


def _part(raw: object, where: str) -> Mapping[str, Any]:
    """A section as written, sound enough to work out its weights."""
    data = strict.mapping(raw, where, SECTION_KEYS, needs=("code", "label", "criteria"))
    for at, entry in enumerate(strict.entries(data["criteria"], f"{where}.criteria")):
        strict.mapping(entry, f"{where}.criteria[{at}]", questions.KEYS, needs=questions.NEEDS)
    return data


def _section(data: Mapping[str, Any], weights: list[float], where: str) -> Section:
    return Section(
        code=strict.word(data["code"], f"{where}.code"),
        label=strict.label(data["label"], f"{where}.label"),
        criteria=tuple(
            questions.criterion(entry, f"{where}.criteria[{at}]", weight=weight)
            for at, (entry, weight) in enumerate(zip(data["criteria"], weights, strict=True))
        ),
    )


def _check_codes_differ(parts: Sequence[Mapping[str, Any]], file: str) -> None:
    for codes in ([part["code"] for part in parts], [one["code"] for part in parts for one in part["criteria"]]):
        for code in codes:
            if codes.count(code) > 1:
                raise strict.CodeRepeated(where=file, code=code)


def _check_conditions(card: Scorecard, file: str) -> None:
    """A question may depend on an earlier one only, so that no circle can arise."""
    earlier: dict[str, tuple[str, ...]] = {}
    for one in card.criteria:
        if one.condition is not None:
            place = f"{file}: {one.code}.asked_if"
            if one.condition.criterion not in earlier:
                raise ConditionUnknown(where=place, code=one.condition.criterion)
            known = earlier[one.condition.criterion]
            for value in one.condition.values:
                if value not in known:
                    raise ConditionImpossible(
                        where=place, code=one.condition.criterion, value=value, known=", ".join(known)
                    )
        earlier[one.code] = tuple(o.code for o in one.options) if one.kind is QuestionKind.CHOICE else ()


def _check_codes_exist(used: Iterable[tuple[str, Iterable[str]]], file: str, known: Collection[str] | None) -> None:
    if known is None:
        return
    for place, codes in used:
        for code in codes:
            if code not in known:
                raise CodeUnknown(where=f"{file}: {place}", code=code)
