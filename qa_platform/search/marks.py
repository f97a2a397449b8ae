"""Where in a turn a step's words stand, and the piece of it that is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_platform.search import fold
from qa_platform.search.fold import Place
from qa_platform.search.query import Near, Piece, Step, Words

AROUND = 90  # letters shown before the first mark
BESIDE = 48  # letters on either side, where one line is all there is room for
SHOWN = 320  # letters of a turn that are shown in a list


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool = False


def excerpt(text: str, step: Step | None) -> tuple[Part, ...]:
    """The part of a turn that holds the first words found, in the order it was said."""
    found = spans(text, step) if step else []
    begin = max(found[0][0] - AROUND, 0) if found else 0
    begin = text.find(" ", begin, begin + 20) + 1 or begin if begin else 0
    end = min(max(begin + SHOWN, found[0][1] if found else 0), len(text))
    parts = [Part("…")] if begin else []
    at = begin
    for start, stop in found:
        if stop > end:
            break
        parts += [Part(text[at:start]), Part(text[start:stop], marked=True)]
        at = stop
    parts.append(Part(text[at:end] + ("…" if end < len(text) else "")))
    return tuple(part for part in parts if part.text)


def around(text: str, step: Step) -> tuple[str, str, str]:
    """The words before those found first, those as they were said, and the words after."""
    start, end = next(iter(spans(text, step)), (0, 0))
    before = ("…" if start > BESIDE else "") + text[max(start - BESIDE, 0) : start]
    return before, text[start:end], text[end : end + BESIDE] + ("…" if end + BESIDE < len(text) else "")


def spans(text: str, step: Step) -> list[tuple[int, int]]:
    """Letters to be marked, in order, none twice."""
    places = fold.places(text)
    found = sorted(_all(places, step))
    joined: list[tuple[int, int]] = []
    for start, end in ((places[first].start, places[last - 1].end) for first, last in found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def held(text: str, step: Step) -> bool:
    """Whether a turn's words are what a step asks: the same answer as the index gives."""
    places = fold.places(text)
    return all(any(_found(places, piece) for piece in either) for either in step.wanted) and not any(
        _found(places, piece) for either in step.without for piece in either
    )


def _all(places: Sequence[Place], step: Step) -> Iterator[tuple[int, int]]:
    for either in step.wanted:
        for piece in either:
            yield from _found(places, piece)


def _found(places: Sequence[Place], piece: Piece) -> list[tuple[int, int]]:
    """Which words, from and up to but not including."""
    if isinstance(piece, Words):
        return _in_a_row(places, piece)
    return _near(_in_a_row(places, piece.one), _in_a_row(places, piece.other), piece)


def _in_a_row(places: Sequence[Place], words: Words) -> list[tuple[int, int]]:
    long = len(words.words)
    *whole, last = words.words
    found = []
    for at in range(len(places) - long + 1):
        ending = places[at + long - 1].word
        fits = ending.startswith(last) if words.prefix else ending == last
        if fits and all(places[at + step].word == word for step, word in enumerate(whole)):
            found.append((at, at + long))
    return found


def _near(one: list[tuple[int, int]], other: list[tuple[int, int]], near: Near) -> list[tuple[int, int]]:
    pairs = [
        (left, right)
        for left in one
        for right in other
        if 0 <= max(left, right)[0] - min(left, right)[1] <= near.distance
    ]
    return sorted({place for pair in pairs for place in pair})
