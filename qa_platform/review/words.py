"""A turn's text cut where a reader looks: quoted evidence marked, each timed word to be heard, hidden data shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

HIDDEN = re.compile(r"•(?:[• -]*•)?")  # what masking leaves in place of card data


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text; `start` in seconds where the word's own time is known."""

    text: str
    start: float | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Evidence to be marked: verbatim words, and the number and hue of the note that stands on them."""

    number: int
    hue: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text under the same marks. `number` is the first note over it (0: none); `ends` the notes that end with it."""

    tokens: tuple[Token, ...]
    number: int = 0
    hue: str = ""
    ends: tuple[int, ...] = ()


Span = tuple[int, int]


def stretches(text: str, words: Sequence[Sequence[object]], quotes: Iterable[Quote]) -> tuple[Stretch, ...]:
    """The whole of `text` in order, as it was said; hidden data in a row is one piece."""
    marks = [(quote, span) for quote in quotes if (span := place(text, quote.text)) is not None]
    edges = sorted({0, len(text), *(edge for _, span in marks for edge in span)})
    spoken = list(_timed(text, words))
    cut: list[Stretch] = []
    for first, last in pairwise(edges):
        over = [quote for quote, (start, end) in marks if start <= first and last <= end]
        cut.append(
            Stretch(
                tokens=tuple(_joined(_tokens(text, first, last, spoken))),
                number=over[0].number if over else 0,
                hue=over[0].hue if over else "",
                ends=tuple(quote.number for quote, (_, end) in marks if end == last),
            )
        )
    return tuple(cut)


def place(text: str, quote: str) -> Span | None:
    """Where a quote stands; None where it does not stand verbatim, which is then not marked rather than guessed."""
    if not quote:
        return None
    at = text.find(quote)
    return None if at < 0 else (at, at + len(quote))


def _timed(text: str, words: Sequence[Sequence[object]]) -> Iterator[tuple[int, int, float]]:
    """Each word's place in the text with its second; words that redaction took away are passed over."""
    cursor = 0
    for word in words:
        said, start = str(word[0]).strip(), word[1]
        at = text.find(said, cursor) if said else -1
        # A word found far ahead is another, later one: its true place was taken by redaction.
        if at < 0 or at - cursor > 60 or not isinstance(start, int | float):
            continue
        yield at, at + len(said), float(start)
        cursor = at + len(said)


def _tokens(text: str, first: int, last: int, spoken: list[tuple[int, int, float]]) -> Iterator[Token]:
    cursor = first
    for start, end, second in spoken:
        low, high = max(start, first), min(end, last)
        if low >= high:
            continue
        if low > cursor:
            yield from _plain(text[cursor:low])
        word = text[low:high]
        if HIDDEN.search(word):
            yield from _plain(word)
        else:
            yield Token(word, second)
        cursor = high
    if cursor < last:
        yield from _plain(text[cursor:last])


def _plain(text: str) -> Iterator[Token]:
    cursor = 0
    for hidden in HIDDEN.finditer(text):
        if hidden.start() > cursor:
            yield Token(text[cursor : hidden.start()])
        yield Token(hidden.group(), hidden=True)
        cursor = hidden.end()
    if cursor < len(text):
        yield Token(text[cursor:])


def _joined(tokens: Iterable[Token]) -> Iterator[Token]:
    """One hidden piece where masking hid several words in a row."""
    gap: Token | None = None
    after_hidden = False
    for token in tokens:
        if after_hidden and not token.text.strip():
            gap = token
            continue
        if after_hidden and token.hidden:
            gap = None
            continue
        if gap is not None:
            yield gap
            gap = None
        yield token
        after_hidden = token.hidden
    if gap is not None:
        yield gap
