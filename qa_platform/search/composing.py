"""A query put together from the fields of a form, in the words of the person's language."""

from __future__ import annotations

from dataclasses import dataclass

from qa_platform.search.query import NEAR_AT_MOST

_WORDS = {
    "es": {"near": "cerca", "agent": "agente:", "customer": "cliente:", "first": "primeros:", "last": "últimos:"},
    "en": {"near": "near", "agent": "agent:", "customer": "customer:", "first": "first:", "last": "last:"},
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a person filled in; all may stay empty."""

    all_words: str = ""
    phrase: str = ""
    without: str = ""
    near_one: str = ""
    near_other: str = ""
    distance: str = ""
    said_by: str = ""  # agent or customer
    within: str = ""  # first or last
    seconds: str = ""
    then: str = ""
    then_within: str = ""


def composed(fields: Fields, language: str) -> str:
    """The query that says the same; what it asks is checked when it is read."""
    named = _WORDS.get(language, _WORDS["es"])
    parts = [fields.all_words.strip()]
    if fields.phrase.strip():
        parts.append(_quoted(fields.phrase))
    if fields.near_one.strip() and fields.near_other.strip():
        distance = _number(fields.distance, 5, NEAR_AT_MOST)
        parts.append(f"{named['near']}({distance}, {_quoted(fields.near_one)}, {_quoted(fields.near_other)})")
    parts += [f"-{word}" for word in fields.without.split()]
    said = " ".join(part for part in parts if part)
    if not said:
        return ""
    if fields.said_by in ("agent", "customer"):
        said = f"{named[fields.said_by]} {said}"
    if fields.within in ("first", "last"):
        said = f"{named[fields.within]}{_number(fields.seconds, 30, 86_400)}s {said}"
    if fields.then.strip():
        gap = str(_number(fields.then_within, 10, 9999)) if fields.then_within.strip() else ""
        said = f"{said} >{gap} {fields.then.strip()}"
    return said


def _quoted(words: str) -> str:
    plain = " ".join(words.replace('"', " ").split())
    return f'"{plain}"' if " " in plain else plain


def _number(text: str, otherwise: int, most: int) -> int:
    stripped = text.strip()
    return min(int(stripped), most) if stripped.isascii() and stripped.isdigit() and len(stripped) < 9 else otherwise
