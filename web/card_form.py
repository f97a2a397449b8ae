"""Reads the builder's form: what stands in its fields as the content that a scorecard's file would hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from models.conversation import Channel
from models.finding import Answer
from models.scorecard import Counting, QuestionKind
from qa_platform.authoring import edits
from qa_platform.authoring.edits import Content

LANGUAGES = ("es", "en")
MOST_ROWS = 40  # options or bands of one question


class Fields(Protocol):
    """A form as it was sent: the last value of a name, or all of them."""

    def get(self, key: str) -> Any: ...

    def getlist(self, key: str) -> Sequence[Any]: ...

    def __contains__(self, key: object) -> bool: ...

    def keys(self) -> Any: ...


def applied(content: Mapping[str, Any], form: Fields) -> Content:
    """The draft with everything that stands on the screen: all weights, and the part that is open for writing."""
    made = edits.with_weights(content, _weights(form))
    at = text(form, "at")
    if at == "card":
        return {**made, **_card(form, made)}
    part, _, code = at.partition(":")
    if part == "section":
        for section in made["sections"]:
            if section["code"] == code:
                section["label"] = _texts(form, "s.label")
    place = edits.find(made, code) if part == "question" else None
    if place is None:
        return made
    before = made["sections"][place[0]]["criteria"][place[1]]
    return edits.with_question(made, code, _question(form, before), section=text(form, "q.section"))


def text(form: Fields, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def as_number(raw: str) -> Any:
    """A number as people type it; what is none stays as it is, so that the scorecard's own check can say so."""
    try:
        value = float(raw.replace(",", "."))
    except ValueError:
        return raw
    if not math.isfinite(value):
        return raw
    return int(value) if value.is_integer() and abs(value) < 1e9 else value


def as_typed(value: object) -> str:
    """A number as a person would write it into a field: 8, not 8.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def with_row(content: Mapping[str, Any], code: str, key: str) -> Content:
    """One more option or band, empty."""
    made, place = edits.moved(content, code, 0), edits.find(content, code)
    if place is not None:
        one = made["sections"][place[0]]["criteria"][place[1]]
        rows = one.setdefault(key, [])
        if len(rows) < MOST_ROWS:
            rows.append(_empty_row(key, rows))
    return made


def without_row(content: Mapping[str, Any], code: str, key: str, at: int) -> Content:
    made, place = edits.moved(content, code, 0), edits.find(content, code)
    if place is not None:
        rows = made["sections"][place[0]]["criteria"][place[1]].get(key, [])
        if 0 <= at < len(rows):
            del rows[at]
    return made


def _weights(form: Fields) -> dict[str, Any]:
    given = {str(name)[2:]: text(form, str(name)) for name in form.keys() if str(name).startswith("w.")}  # noqa: SIM118
    return {code: as_number(raw) if raw else None for code, raw in given.items()}


def _card(form: Fields, before: Mapping[str, Any]) -> Content:
    return {
        "label": _texts(form, "c.label"),
        "pass_mark": as_number(text(form, "c.pass_mark")),
        "auto_fail": _all(form, "c.auto_fail", before.get("auto_fail")),
        "auto_fail_mode": text(form, "c.auto_fail_mode"),
        "na": text(form, "c.na"),
        "appeal_days": as_number(text(form, "c.appeal_days")),
        "resolve_days": as_number(text(form, "c.resolve_days")),
    }


def _question(form: Fields, before: Mapping[str, Any]) -> Content:
    kind = text(form, "q.kind") or QuestionKind.YES_NO.value
    proposed = kind == QuestionKind.YES_NO
    steps, slips, applies_on = (
        _all(form, f"q.{key}", before.get(key)) if proposed else [] for key in ("steps", "slips", "applies_on")
    )
    made: Content = {
        "code": before["code"],
        "label": _texts(form, "q.label"),
        "guidance": _guidance(form),
        "critical": text(form, "q.critical") == "on",
        "comment_required_on": _all(form, "q.comment", before.get("comment_required_on")),
        "channels": _all(form, "q.channels", before.get("channels")),
        "directions": _all(form, "q.directions", before.get("directions")),
        "steps": steps,
        "slips": slips,
        "applies_on": applies_on,
        "kind": kind,
        "counts": text(form, "q.counts") or Counting.WEIGHT.value,
        "zero_if_not_met": text(form, "q.zero") == "on",
        "optional": text(form, "q.optional") == "on",
        "by_person": proposed and not steps and not slips,
    }
    if "weight" in before:
        made["weight"] = 0 if kind == QuestionKind.TEXT else before["weight"]
    if text(form, "q.na"):
        made["na"] = text(form, "q.na")
    if kind == QuestionKind.CHOICE:
        made["options"] = _options(form) or [_empty_row("options", ()), _empty_row("options", [{"code": "option_1"}])]
    if kind == QuestionKind.NUMBER:
        made["bands"] = _bands(form) or [_empty_row("bands", ())]
    if text(form, "q.if"):
        answers, values = _all(form, "q.if.answers"), _all(form, "q.if.values")
        chosen = _kept({"answers": answers, "values": values}) or {"answers": [Answer.MET.value]}
        made["asked_if"] = {"criterion": text(form, "q.if"), **chosen}
    return made


def _guidance(form: Fields) -> Content:
    found: Content = {language: text(form, f"q.guidance.{language}") for language in LANGUAGES}
    for channel in Channel:
        texts = _texts(form, f"q.guidance.{channel}")
        if any(texts.values()):
            found[channel.value] = texts
    return found


def _options(form: Fields) -> list[Content]:
    return [
        {
            "code": text(form, f"q.option.{at}.code"),
            "label": _texts(form, f"q.option.{at}.label"),
            "points": as_number(text(form, f"q.option.{at}.points")),
            "answer": text(form, f"q.option.{at}.answer"),
        }
        for at in range(MOST_ROWS)
        if f"q.option.{at}.code" in form
    ]


def _bands(form: Fields) -> list[Content]:
    keys = ("at_least", "points")
    return [
        {key: as_number(text(form, f"q.band.{at}.{key}")) for key in keys}
        for at in range(MOST_ROWS)
        if f"q.band.{at}.points" in form
    ]


def _empty_row(key: str, rows: Sequence[Mapping[str, Any]]) -> Content:
    if key == "bands":
        return {"at_least": rows[-1]["at_least"] + 1 if rows and _whole(rows[-1]["at_least"]) else 0, "points": 1}
    taken, number = {row.get("code") for row in rows}, 1
    while f"option_{number}" in taken:
        number += 1
    first = not rows
    label = {"es": "", "en": ""}
    return {
        "code": f"option_{number}",
        "label": label,
        "points": 1 if first else 0,
        "answer": "met" if first else "not_met",
    }


def _texts(form: Fields, name: str) -> dict[str, str]:
    return {language: text(form, f"{name}.{language}") for language in LANGUAGES}


def _all(form: Fields, name: str, before: Sequence[str] | None = None) -> list[str]:
    """Everything that is ticked; what was there before stays in its order, so that nothing seems to have changed."""
    ticked = [value for value in form.getlist(name) if isinstance(value, str) and value]
    standing = [value for value in before or () if value in ticked]
    return list(dict.fromkeys([*standing, *ticked]))


def _kept(lists: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {key: entries for key, entries in lists.items() if entries}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
