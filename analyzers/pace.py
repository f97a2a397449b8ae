"""How fast each side speaks, and how long each takes to answer.

Pace counts articulation only: the pauses of a hesitant speaker are not slowness of speech. Where words carry no times,
the words of all turns are spread over the side's measured talk, and the figure says that it is an estimate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median

from analyzers.vocabulary import fold
from models.conversation import Conversation, Hold, Interval, Turn
from models.finding import Delay, Pace

PAUSE_SECONDS = 0.3  # between two words; a shorter one belongs to articulation
LEAST_WORDS, LEAST_SECONDS = 20, 5.0  # under these a pace is chance
TIMED_SHARE = 0.8  # of a side's words must have times of their own
LONGEST_DELAY = 60.0  # a minute later it is no answer any more
_VOWELS = {"es": re.compile(r"[aeo]|[iu](?![aeo])"), "en": re.compile(r"[aeiouy]+")}
_WORD = re.compile(r"\w+")


def pace(conversation: Conversation, talk_seconds: Mapping[str, float]) -> dict[str, Pace]:
    """By side, for sides that say enough."""
    told: dict[str, Pace] = {}
    for side in sorted({turn.speaker.value for turn in conversation.turns}):
        turns = [turn for turn in conversation.turns if turn.speaker.value == side]
        texts = [word for turn in turns for word in _WORD.findall(turn.text)]
        timed = [word for turn in turns for word in turn.words if word.end > word.start]
        estimated = len(timed) < TIMED_SHARE * len(texts)
        seconds = talk_seconds.get(side, 0.0) if estimated else _articulated(turns)
        said = texts if estimated else [part for word in timed for part in _WORD.findall(word.text)]
        if len(said) < LEAST_WORDS or seconds < LEAST_SECONDS:
            continue
        syllables = sum(_syllables(word, conversation.language) for word in said)
        told[side] = Pace(round(60 * len(said) / seconds, 1), round(syllables / seconds, 2), estimated)
    return told


def response_delays(talk: Sequence[tuple[Interval, str]], holds: Sequence[Hold]) -> dict[str, Delay]:
    """By the side that answers. Whoever cuts in answers nothing, and a hold is nobody's delay."""
    waits: dict[str, list[float]] = {}
    for (before, whose), (after, answers) in pairwise(talk):
        wait = after.start - before.end
        held = any(hold.start < after.start and before.end < hold.end for hold in holds)
        if whose != answers and 0.0 <= wait <= LONGEST_DELAY and not held:
            waits.setdefault(answers, []).append(wait)
    return {side: _delay(found) for side, found in sorted(waits.items())}


def _delay(waits: Iterable[float]) -> Delay:
    found = sorted(waits)
    last = found[min(len(found) - 1, int(0.9 * len(found)))]
    return Delay(round(median(found), 2), round(last, 2), len(found))


def _articulated(turns: Iterable[Turn]) -> float:
    """The time that words fill, with the short gaps between them."""
    seconds = 0.0
    for turn in turns:
        end: float | None = None
        for word in turn.words:
            if word.end <= word.start:
                continue
            start = word.start if end is None or word.start - end > PAUSE_SECONDS else end
            seconds += max(0.0, word.end - start)
            end = word.end if end is None else max(end, word.end)
    return seconds


def _syllables(word: str, language: str) -> int:
    """About: vowels in Spanish, a weak one beside a strong one counted with it; groups of vowels in English."""
    return max(1, len(_VOWELS.get(language, _VOWELS["es"]).findall(fold(word))))
