"""When in a recording hidden words were said, to the width of a breath; and what an earlier hearing knew of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

from analyzers.card_numbers import MASK
from models.conversation import Interval, Speaker, Speech, Turn, Voice, Word

MARGIN_SECONDS = 0.3  # words are timed to about a quarter of a second
SAME_SECONDS = 2.0  # a pause between two hidden words that may hold a digit nobody wrote down
WHOLE = Interval(0.0, inf)


def moments(turns: Sequence[Turn]) -> tuple[Interval, ...]:
    """Sorted and disjoint. Where hidden words have no time at all, the whole recording: nothing else is sure."""
    return tuple(_merged(sorted(_moments(turns))))


def inside(interval: Interval, spans: Iterable[Interval]) -> Iterator[Interval]:
    """The parts of `interval` that lie in `spans`."""
    for span in spans:
        start, end = max(interval.start, span.start), min(interval.end, span.end)
        if start < end:
            yield Interval(start, end)


def as_heard_before(speech: Speech, before: Speech | None, spans: Sequence[Interval]) -> Speech:
    """What is silence now was talk when it was first heard: it is measured as what it was."""
    if before is not None and before.by_ear is not None and spans:
        # Voices cannot be told apart anew where they are silenced; whose they are is settled anew.
        return replace(before, voices=tuple(Voice(Speaker.UNKNOWN, voice.talk) for voice in before.voices))
    if before is None or not spans or len(before.voices) != len(speech.voices):
        return speech
    voices = tuple(
        Voice(voice.side, tuple(_merged(sorted([*voice.talk, *_within(known, spans)]), gap=0.0)))
        for voice, known in zip(speech.voices, before.voices, strict=True)
    )
    return replace(speech, layout=before.layout, voices=voices)


def with_hidden(heard: Sequence[Turn], before: Sequence[Turn]) -> tuple[Turn, ...]:
    """The words of a second hearing, and those that were hidden after the first: they cannot be heard again."""
    spans = moments(before)
    pieces = [piece for turn in before if MASK in turn.text for piece in _hidden(turn)]
    # The machine may have made words up where there is silence now.
    rest = [turn for turn in heard if not any(_covers(span, turn) for span in spans)]
    joined = sorted([*rest, *pieces], key=lambda turn: (turn.start or 0.0, turn.end or 0.0))
    return tuple(replace(turn, index=index) for index, turn in enumerate(joined))


def _moments(turns: Sequence[Turn]) -> Iterator[Interval]:
    for place, turn in enumerate(turns):
        if MASK not in turn.text:
            continue
        hidden = [word for word in turn.words if MASK in word.text]
        if hidden:
            yield from (_widened(word.start, word.end) for word in hidden)
        elif turn.start is None:
            yield WHOLE
        else:
            later = (
                other.start for other in turns[place + 1 :] if other.start is not None and other.start > turn.start
            )
            yield _widened(turn.start, turn.end if turn.end is not None else next(later, inf))


def _widened(start: float, end: float) -> Interval:
    return Interval(max(0.0, start - MARGIN_SECONDS), end + MARGIN_SECONDS)


def _merged(intervals: Iterable[Interval], *, gap: float = SAME_SECONDS - 2 * MARGIN_SECONDS) -> Iterator[Interval]:
    last: Interval | None = None
    for interval in intervals:
        if last is None:
            last = interval
        elif interval.start - last.end <= gap:
            last = Interval(last.start, max(last.end, interval.end))
        else:
            yield last
            last = interval
    if last is not None:
        yield last


def _within(voice: Voice, spans: Sequence[Interval]) -> Iterator[Interval]:
    for talk in voice.talk:
        yield from inside(talk, spans)


def _hidden(turn: Turn) -> Iterator[Turn]:
    """The hidden words of a turn as a turn of their own; the whole turn where its words have no times."""
    words = [word for word in turn.words if MASK in word.text]
    if not words:
        yield turn
        return
    stretch: list[Word] = []
    for word in words:
        if stretch and word.start - stretch[-1].end > SAME_SECONDS:
            yield _of_words(turn, stretch)
            stretch = []
        stretch.append(word)
    yield _of_words(turn, stretch)


def _of_words(turn: Turn, words: Sequence[Word]) -> Turn:
    text = " ".join(word.text for word in words)
    return replace(turn, text=text, start=words[0].start, end=words[-1].end, words=tuple(words))


def _covers(span: Interval, turn: Turn) -> bool:
    return turn.start is not None and turn.end is not None and span.start <= turn.start and turn.end <= span.end
