"""Silero's opinion where the levels alone leave doubt: music, machines, recordings of a few seconds.

Its model comes inside faster-whisper and costs twenty times what the levels cost, so it is asked about these stretches
only, in a second pass. It runs window by window, its state carried through one stretch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval
from qa_platform.ears import audio
from qa_platform.ears.audio import Samples

RATE = 16_000
WINDOW, CONTEXT = 512, 64
WINDOW_SECONDS = WINDOW / RATE
WARM_UP = 8  # windows that the model needs before its word counts
LONGEST = 8.0  # seconds of a stretch that are listened to
IS_SPEECH = 0.35  # lower than Silero's own 0.5: the levels have spoken for it already


@dataclass(frozen=True, slots=True)
class Stretch:
    channel: int
    span: Interval


@dataclass(slots=True, eq=False)
class _Collected:
    stretch: Stretch
    first: int
    last: int
    parts: list[Samples] = field(default_factory=list)

    def take(self, sound: Samples, at: int) -> None:
        low, high = max(self.first - at, 0), min(self.last - at, len(sound))
        if low < high:
            self.parts.append(sound[low:high].copy())


def voiced(path: Path, stretches: Sequence[Stretch]) -> list[float]:
    """The share of each stretch that sounds like speech."""
    return [_share(sound, each.span) for each, sound in zip(stretches, _sounds(path, stretches), strict=True)]


def whole(path: Path) -> list[NDArray[np.float32]]:
    """How much each window of each channel of a short recording sounds like speech."""
    sound = np.concatenate(list(audio.blocks(path, rate=RATE)), axis=1)
    return [probabilities(channel) for channel in sound]


def probabilities(sound: Samples) -> NDArray[np.float32]:
    """How much each window of 32 ms sounds like speech."""
    from faster_whisper.vad import get_vad_model  # a second of start-up that a clear recording does not need

    windows = np.pad(sound, (0, -len(sound) % WINDOW)).reshape(-1, WINDOW)
    before = np.vstack([np.zeros((1, CONTEXT), np.float32), windows[:-1, -CONTEXT:]])
    state = {name: np.zeros((1, 1, 128), np.float32) for name in ("h", "c")}
    told, _, _ = get_vad_model().session.run(None, {"input": np.concatenate([before, windows], axis=1), **state})
    return np.asarray(told.ravel(), np.float32)


def _sounds(path: Path, stretches: Sequence[Stretch]) -> Iterator[Samples]:
    wanted = [_wanted(each) for each in stretches]
    last = max((each.last for each in wanted), default=0)
    at = 0
    for block in audio.blocks(path, rate=RATE):
        for each in wanted:
            each.take(block[each.stretch.channel], at)
        at += block.shape[1]
        if at >= last:
            break
    for each in wanted:
        yield np.concatenate([np.zeros(0, np.float32), *each.parts])


def _wanted(stretch: Stretch) -> _Collected:
    """The middle of it, with some sound before for the model to warm up on."""
    span = stretch.span
    spare = max(0.0, span.seconds - LONGEST) / 2
    first = max(0, round((span.start + spare) * RATE) - WARM_UP * WINDOW)
    return _Collected(stretch, first, round((span.end - spare) * RATE))


def _share(sound: Samples, span: Interval) -> float:
    if len(sound) < WINDOW:
        return 0.0
    told = probabilities(sound)
    warm = min(WARM_UP, len(told) - 1) if span.start > WARM_UP * WINDOW_SECONDS else 0
    return float((told[warm:] >= IS_SPEECH).mean())
