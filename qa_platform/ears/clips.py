"""Cuts the utterances out of a recording while it streams by: one clip of sound an utterance, none of the silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.conversation import Speech
from qa_platform.ears import audio
from qa_platform.ears.audio import Samples

RATE = 16_000  # what Whisper takes
MARGIN = 0.1  # seconds of sound around an utterance: words are cut less when their onset has some air
LONGEST, SHORTEST_PART = 28.0, 10.0  # Whisper hears 30 s at once; a longer utterance is cut at its quietest moment
PAUSE_SAMPLES = RATE // 5
LEAST_SAMPLES = RATE // 10


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """`start` and `end` bound the speech, `sound_start` the sound, which has some air around it."""

    voice: int
    start: float
    end: float
    sound_start: float
    sound: Samples


def cut(path: Path, speech: Speech, *, since: float = 0.0) -> Iterator[Clip]:
    """All clips, in the order in which they end; holds no more of the recording than the utterances under way.

    Utterances that begin before `since` are left out.
    """
    scissors = [
        _Scissors(
            number,
            0 if speech.told_apart else number,
            [(each.start, each.end) for each in voice.talk if each.start >= since],
        )
        for number, voice in enumerate(speech.voices)
    ]
    if not any(each.wanted for each in scissors):
        return
    for block in audio.blocks(path, rate=RATE):
        for each in scissors:
            yield from each.take(block[each.channel])
    for each in scissors:
        yield from each.rest()


@dataclass(slots=True, eq=False)
class _Scissors:
    """Cuts one voice out of its channel: voices told apart by ear, and one that fills both, are on the first."""

    voice: int
    channel: int
    wanted: list[tuple[float, float]]
    at: int = 0  # samples gone by
    parts: list[Samples] = field(default_factory=list)
    begun: int = 0  # the sample that `parts` starts at

    def take(self, sound: Samples) -> Iterator[Clip]:
        block_start, block_end = self.at, self.at + len(sound)
        while self.wanted:
            first, last = _samples(self.wanted[0])
            if first >= block_end:
                break
            if not self.parts:
                self.begun = max(first, block_start)
            low, high = max(first - block_start, 0), min(last, block_end) - block_start
            self.parts.append(sound[low:high].copy())
            yield from self._long_ones()
            if last > block_end:
                break
            yield from self.rest()
        self.at = block_end

    def rest(self) -> Iterator[Clip]:
        """What is left of the utterance under way."""
        if self.parts:
            sound = np.concatenate(self.parts)
            if len(sound) >= LEAST_SAMPLES:
                yield self._clip(sound)
            self.wanted.pop(0)
            self.parts = []

    def _long_ones(self) -> Iterator[Clip]:
        while sum(map(len, self.parts)) > LONGEST * RATE:
            sound = np.concatenate(self.parts)
            cut_at = _quietest(sound, round(SHORTEST_PART * RATE), round(LONGEST * RATE))
            yield self._clip(sound[:cut_at])
            self.parts = [sound[cut_at:]]
            self.begun += cut_at

    def _clip(self, sound: Samples) -> Clip:
        start, end = self.wanted[0]
        sound_start = self.begun / RATE
        return Clip(
            self.voice,
            start=max(start, sound_start),
            end=min(end, sound_start + len(sound) / RATE),
            sound_start=sound_start,
            sound=sound,
        )


def _samples(span: tuple[float, float]) -> tuple[int, int]:
    return max(0, round((span[0] - MARGIN) * RATE)), round((span[1] + MARGIN) * RATE)


def _quietest(sound: Samples, low: int, high: int) -> int:
    """The middle of the quietest fifth of a second between two samples."""
    power = np.concatenate([[0.0], np.cumsum(np.square(sound[low:high], dtype=np.float64))])
    energy = power[PAUSE_SAMPLES:] - power[:-PAUSE_SAMPLES]
    return low + int(np.argmin(energy)) + PAUSE_SAMPLES // 2
