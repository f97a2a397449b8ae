"""Days as people name them ("la quincena", "de hoy en ocho", "by Friday"), resolved from the day they are said.

The wordings are in dates_spanish and dates_english; here they are looked for, put together and corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from analyzers.dates_english import ENGLISH
from analyzers.dates_spanish import SPANISH
from analyzers.dates_wording import Day, Moment, Precision, Wording
from analyzers.numerals import fold

__all__ = ["DateMention", "Precision", "best_date", "read_dates"]

# distinct words remembered: a bound on memory, as debtors can type anything
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day and where it is named.

    `day` is the day meant, or the end of `window`; `alternative` the second reading (`ambiguous` where people do not
    agree on the first); `hours` the part of the day; `conditional` tells of "cuando me paguen".
    """

    start: int
    end: int
    day: date | None
    precision: Precision
    window: tuple[date, date] | None = None
    alternative: date | None = None
    ambiguous: bool = False
    conditional: bool = False
    hours: tuple[int, int] | None = None
    rank: int = 0


@lru_cache(maxsize=256)  # promises, steps and the agreement read the same turns
def read_dates(text: str, *, said_on: date, country: str | None, language: str) -> tuple[DateMention, ...]:
    """All days of `text`, left to right; of one that the speaker corrects only the last."""
    folded = fold(text)
    moment = Moment(said_on, country, language)
    taken: list[tuple[int, int]] = []
    found: list[DateMention] = []
    for wording in _tried(folded, language):
        found += _said(wording, folded, moment, taken)
    found.sort(key=lambda mention: mention.start)
    return tuple(_together(folded, found))


def _tried(folded: str, language: str) -> Iterator[Wording]:
    """The wordings whose anchors stand in a text, in their order."""
    wordings, anchors = _wordings(language), _anchors(language)
    standing = {anchor for piece in folded.split() for anchor in anchors[piece]}
    standing.update(anchor for anchor in anchors.phrases if anchor in folded)
    places = {place for anchor in standing for place in anchors.places.get(anchor, ())}
    for place in sorted(places):
        beside = wordings[place].beside
        if not beside or not standing.isdisjoint(beside):
            yield wordings[place]


class _Anchors(dict[str, tuple[str, ...]]):
    """The anchors that stand in a word, worked out when it is first read: a language repeats its words."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        super().__init__()
        self.places: dict[str, tuple[int, ...]] = {}
        for place, wording in enumerate(wordings):
            for anchor in wording.anchors:
                self.places[anchor] = (*self.places.get(anchor, ()), place)
        every = {anchor for wording in wordings for anchor in (*wording.anchors, *wording.beside)}
        self.phrases = tuple(sorted(anchor for anchor in every if " " in anchor.strip()))
        self._single = tuple(sorted(every.difference(self.phrases)))

    def __missing__(self, piece: str) -> tuple[str, ...]:
        padded = f" {piece} "
        held = tuple(anchor for anchor in self._single if anchor in padded)
        if len(self) < _REMEMBERED:
            self[piece] = held
        return held


def _wordings(language: str) -> tuple[Wording, ...]:
    return ENGLISH if language == "en" else SPANISH


@cache
def _anchors(language: str) -> _Anchors:
    return _Anchors(_wordings(language))


def best_date(mentions: tuple[DateMention, ...]) -> DateMention | None:
    """The mention to go by: the first that resolves, marked conditional if another one makes it so."""
    if not mentions:
        return None
    resolved = [mention for mention in mentions if mention.day is not None]
    best = min(resolved or mentions, key=lambda mention: mention.precision is Precision.VAGUE)
    return replace(best, conditional=best.conditional or any(mention.conditional for mention in mentions))


def _said(wording: Wording, folded: str, moment: Moment, taken: list[tuple[int, int]]) -> list[DateMention]:
    """What one wording finds outside of what earlier ones took; one for the past takes its words and yields none."""
    found: list[DateMention] = []
    for match in wording.pattern.finditer(folded):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        day = wording.resolve(match, moment)
        if day is None:
            continue
        taken.append(match.span())
        if day is not Day.NOT_AHEAD:
            found.append(_mention(match, day))
    return found


def _mention(match: re.Match[str], day: Day) -> DateMention:
    return DateMention(
        match.start(),
        match.end(),
        day.day,
        day.precision,
        day.window,
        day.alternative,
        ambiguous=day.alternative is not None and not day.deadline,
        conditional=day.conditional,
        hours=day.hours,
        rank=day.rank,
    )


def _together(folded: str, found: list[DateMention]) -> list[DateMention]:
    """Joins what names one day twice, unites either-or, and drops what is taken back."""
    kept: list[DateMention] = []
    for mention in found:
        last = kept[-1] if kept else None
        between = folded[last.end : mention.start] if last is not None else ""
        if last is None:
            kept.append(mention)
        elif _APPOSITION.fullmatch(between) and (last.rank != mention.rank or last.day == mention.day):
            kept[-1] = _same_day(last, mention)
        elif _EITHER.fullmatch(between) and (either := _either(last, mention)) is not None:
            kept[-1] = either
        elif _CORRECTION.fullmatch(between):
            kept[-1] = mention
        else:
            kept.append(mention)
    return kept


def _same_day(first: DateMention, second: DateMention) -> DateMention:
    """ "el otro viernes, el 11": the more exact name holds, and settles the other's doubt."""
    exact, other = (second, first) if second.rank > first.rank or first.day is None else (first, second)
    settled = exact.day in (other.day, other.alternative) or other.day is None
    return replace(
        exact,
        start=first.start,
        end=second.end,
        ambiguous=exact.ambiguous and not settled,
        alternative=None if settled or exact.rank > other.rank else exact.alternative,
        conditional=first.conditional or second.conditional,
        hours=first.hours or second.hours,
    )


def _either(first: DateMention, second: DateMention) -> DateMention | None:
    if first.day is None or second.day is None:
        return None
    ends = [*(first.window or (first.day,)), *(second.window or (second.day,))]
    window = min(ends), max(ends)
    return DateMention(first.start, second.end, window[1], Precision.WINDOW, window)


_APPOSITION = re.compile(
    r"[\s,]*(?:\(|o sea|osea|que es|que seria|que cae|que viene siendo|es decir|digamos|seria|eso es|"
    r"that is|which is|that's|i mean)?"
    r"[\s,]*(?:el|el dia|dia|on|the|q es|a|en)?[\s,]*"
)
_EITHER = re.compile(
    r"[\s,]*\b(?:o|u|or)\b[\s,]*(?:el|la|para|a|por|maximo|mas tardar|a lo mas|on|the|maybe|by)?[\s,]*(?:el|la|the)?\s*"
)
_CORRECTION = re.compile(
    r"[\s,.…;:-]*(?:no|perdon|mejor|digo|bueno no|ay no|sorry|i mean|actually|no wait|make (?:it|that)|wait)"
    r"(?:[\s,.…]+(?:no|mejor|perdon|digo|que sea|pongale|ponle|mas bien|para|make it|sorry|i mean|actually|wait))*"
    r"[\s,.…:]*(?:el|la|on|para|on the|the)?\s*"
)
