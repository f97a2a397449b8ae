"""A query cut into signs and words, each with its place, so that an error can point at it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.errors import QAError

_SIGN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<phrase>["“”«»][^"“”«»]*["“”«»])
  | (?P<unclosed>["“”«»].*)
  | (?P<follows>>(?P<number>\d{1,4})(?P<unit>s(?:eg)?\b)?|>)
  | (?P<near>(?i:cerca|near)\s*\()
  | (?P<field>[^\W\d_]+:)
  | (?P<mark>[(),|])
  | (?P<without>-(?=\S))
  | (?P<word>[^\s"“”«»>(),|]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class QueryError(QAError):
    """A query that cannot be read. `start` and `end` are the letters that are wrong."""

    says = "This search cannot be read."
    remedy = "Look at the examples beside the box."

    def __init__(self, start: int, end: int, **details: object) -> None:
        self.start, self.end = start, end
        super().__init__("", **details)


class QuoteOpen(QueryError):
    says = "A quotation mark is opened here and never closed."
    remedy = "Close it, or take it away."


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    number: int | None = None
    seconds: bool = False


def cut(query: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(query):
        match = _SIGN.match(query, at)
        if match is None:  # every letter belongs to some sign; this guards the loop
            raise QueryError(at, at + 1)
        kind = next(name for name in _KINDS if match[name] is not None)
        if kind == "unclosed":
            raise QuoteOpen(at, len(query))
        if kind != "space":
            number = int(match["number"]) if match["number"] else None
            found.append(Token(kind, match[0], at, match.end(), number, bool(match["unit"])))
        at = match.end()
    return found


_KINDS = ("space", "phrase", "unclosed", "follows", "near", "field", "mark", "without", "word")
