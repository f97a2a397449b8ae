"""Several utterances in one of Whisper's windows, and each word back in the utterance, and the voice, it was said in.

A window costs the same however little is said in it: thirty utterances of two seconds are thirty windows alone and
three packed. faster-whisper's own voice filter joins speech in the same way. A short silence stands between two
utterances, so that a word's time tells which of them it belongs to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from qa_platform.ears.audio import Samples
from qa_platform.ears.clips import RATE, Clip

BETWEEN = 0.2  # seconds of silence between two utterances, each of which has a tenth of air around it
MOST = 29.0  # seconds; a window is 30
FRAME = 160  # samples; Whisper counts time in hundredths of a second


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """`begins`: the sample of the pack at which each clip's sound begins."""

    clips: tuple[Clip, ...]
    begins: tuple[int, ...]

    @property
    def sound(self) -> Samples:
        """All of it, in whole frames."""
        whole = np.zeros(-(-self._samples // FRAME) * FRAME, np.float32)
        for clip, begin in zip(self.clips, self.begins, strict=True):
            whole[begin : begin + len(clip.sound)] = clip.sound
        return whole

    def clip_at(self, second: float) -> tuple[Clip, float]:
        """Which utterance is heard then, and how much later its times are in the recording."""
        at = max(0, bisect_right(self.begins, (second + BETWEEN / 2) * RATE) - 1)
        return self.clips[at], self.clips[at].sound_start - self.begins[at] / RATE

    @property
    def _samples(self) -> int:
        return self.begins[-1] + len(self.clips[-1].sound)


def packs(clips: Iterable[Clip], *, together: bool) -> list[Pack]:
    """In order, both voices of a conversation in turn; one by one where they are not to go `together`."""
    waiting: list[Clip] = []
    done: list[Pack] = []
    for clip in clips:
        if waiting and (not together or _seconds([*waiting, clip]) > MOST):
            done.append(_pack(waiting))
            waiting = []
        waiting.append(clip)
    return [*done, _pack(waiting)] if waiting else done


def spans(sounds: Sequence[Samples]) -> Iterator[dict[str, float]]:
    """Where each sound lies once they follow each other, as faster-whisper wants to be told."""
    ends = list(accumulate(len(sound) for sound in sounds))
    for sound, end in zip(sounds, ends, strict=True):
        yield {"start": (end - len(sound)) / RATE, "end": end / RATE}


def _pack(clips: Sequence[Clip]) -> Pack:
    pause = round(BETWEEN * RATE)
    begins = [0, *accumulate(len(clip.sound) + pause for clip in clips[:-1])]
    return Pack(tuple(clips), tuple(begins))


def _seconds(clips: Sequence[Clip]) -> float:
    return sum(len(clip.sound) for clip in clips) / RATE + BETWEEN * (len(clips) - 1)
