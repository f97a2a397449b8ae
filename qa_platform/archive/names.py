"""Finds a part of a short text, such as a name, whatever its case and accents; what was said has an index of its own:
see qa_platform/search."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

_VARIANTS = {"a": "áàâäã", "e": "éèêë", "i": "íìîï", "o": "óòôöõ", "u": "úùûü", "n": "ñ", "c": "ç"}

Matcher = Callable[[InstrumentedAttribute[str]], ColumnElement[bool]]


def matcher(session: Session, text: str) -> Matcher:
    """The condition "this column holds that text"; what the text contains is never read as a pattern."""
    if session.get_bind().dialect.name == "sqlite":
        pattern = f"*{''.join(_glob(letter) for letter in text)}*"
        return lambda column: column.op("GLOB", is_comparison=True)(pattern)
    pattern = "".join(_regex(letter) for letter in text)
    return lambda column: column.op("~", is_comparison=True)(pattern)


def _glob(letter: str) -> str:
    alike = _alike(letter)
    # A bracket expression takes every special character as itself, but "^" may not stand first nor "]" anywhere else.
    return "[]]" if letter == "]" else f"[{alike}]" if len(alike) > 1 or letter in "*?[" else letter


def _regex(letter: str) -> str:
    alike = _alike(letter)
    return f"[{alike}]" if len(alike) > 1 else letter if letter.isalnum() or letter.isspace() else f"\\{letter}"


def _alike(letter: str) -> str:
    plain = _folded(letter)
    if not plain.isalpha():
        return letter
    alike = plain + _VARIANTS.get(plain, "")
    return alike + alike.upper()


def _folded(text: str) -> str:
    """Without case and accents, letter by letter, so that places stay the same."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower() for letter in text)
