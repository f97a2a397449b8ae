"""When somebody waits on hold, from all that tells it: the telephone exchange, the agent's words, the line's sound.

A hold is no dead air: the customer was asked to wait, and knows it. What was announced ("un momento por favor, no me
cuelgue") lasts until the agent is back ("gracias por esperar"), else for the one silence that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.conversation import Conversation, Hold, HoldSign, Interval, Speaker, Turn

LEAST_SECONDS = 3.0  # a shorter one is a pause
SOON_SECONDS = 10.0  # the customer may still say yes before the line falls silent
LONGEST_SECONDS = 1800.0  # thanks for waiting, half an hour on, are for something else
TALKED_THROUGH = 0.25  # share of a wait that people may talk in
_TRUST = (HoldSign.TOLD, HoldSign.ANNOUNCED, HoldSign.MUSIC, HoldSign.BEEPS)


@dataclass(frozen=True, slots=True)
class HoldWords:
    """The turns in which the agent asks to wait, and those in which the agent is back."""

    announced: frozenset[int] = frozenset()
    over: frozenset[int] = frozenset()


NO_WORDS = HoldWords()


def holds(conversation: Conversation, talk: Sequence[Interval], words: HoldWords) -> tuple[Hold, ...]:
    """Disjoint, in order. `talk` is everybody's speech, sorted."""
    heard = conversation.speech.holds if conversation.speech else ()
    announced = _announced(conversation.turns, talk, words)
    found = sorted((*conversation.told_holds, *heard, *announced), key=lambda hold: hold.start)
    return tuple(_merged(hold for hold in found if hold.end - hold.start >= LEAST_SECONDS))


def without(spans: Iterable[Interval], holds: Sequence[Hold]) -> Iterator[Interval]:
    """What is left of each stretch once the holds are cut out of it."""
    for span in spans:
        start = span.start
        for hold in holds:
            if hold.end <= start or hold.start >= span.end:
                continue
            if hold.start > start:
                yield Interval(start, hold.start)
            start = hold.end
        if start < span.end:
            yield Interval(start, span.end)


def _announced(turns: Sequence[Turn], talk: Sequence[Interval], words: HoldWords) -> Iterator[Hold]:
    quiet = list(_quiet(talk))
    for turn in turns:
        if turn.index not in words.announced or turn.speaker is not Speaker.AGENT:
            continue
        if turn.start is None or turn.end is None:
            continue
        waits = (gap for gap in quiet if turn.start <= gap.start <= turn.end + SOON_SECONDS)
        wait = next(waits, None)
        if wait is not None:
            yield Hold(wait.start, _return(wait, turns, talk, words), HoldSign.ANNOUNCED)


def _return(wait: Interval, turns: Sequence[Turn], talk: Sequence[Interval], words: HoldWords) -> float:
    """When the agent is back: said so, and little was said in between."""
    for turn in turns:
        if turn.index not in words.over or turn.speaker is not Speaker.AGENT or turn.start is None:
            continue
        if not wait.end - 1.0 <= turn.start <= wait.start + LONGEST_SECONDS:
            continue
        said = sum(max(0.0, min(each.end, turn.start) - max(each.start, wait.start)) for each in talk)
        if said <= TALKED_THROUGH * (turn.start - wait.start):
            return max(turn.start, wait.end)
    return wait.end


def _quiet(talk: Sequence[Interval]) -> Iterator[Interval]:
    last: float | None = None
    for each in talk:
        if last is not None and each.start - last >= LEAST_SECONDS:
            yield Interval(last, each.start)
        last = each.end if last is None else max(last, each.end)


def _merged(found: Iterable[Hold]) -> Iterator[Hold]:
    """What several signs tell of one wait is one hold, by the sign that is trusted most."""
    held: Hold | None = None
    for hold in found:
        if held is not None and hold.start <= held.end:
            held = Hold(held.start, max(held.end, hold.end), min(held.sign, hold.sign, key=_TRUST.index))
            continue
        if held is not None:
            yield held
        held = hold
    if held is not None:
        yield held
