"""Who speaks when in a recording: one pass from disk, memory that does not grow with the call.

Silero's model comes inside faster-whisper. Its own driver pads every stretch by 0.4 s and swallows pauses under 2 s,
which suits transcription and ruins measurement; here the model runs window by window, its state carried from block to
block, and `voice_activity` decides. Where both people share a channel, a second pass tells them apart by ear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from models.conversation import Layout, Speaker, Speech, Voice
from qa_platform.ears import audio, peaks, speakers
from qa_platform.ears.audio import AudioFacts, Samples, Warning_
from qa_platform.ears.peaks import Peaks
from qa_platform.ears.voice_activity import Sound, utterances

RATE = 16_000
WINDOW_SAMPLES, CONTEXT_SAMPLES = 512, 64
FRAME_SAMPLES = 160
BLOCK_SECONDS = 30.72  # a whole number of Silero windows, of level frames and of peak pairs
SAME_SOUND = 0.98  # correlation above which two channels hold one sound
DEAD_DECIBELS = -80.0  # a line that carries nothing at all, not even noise

ONE_CHANNEL = "The recording has one channel: who speaks cannot be told by the channel."
SAME_CHANNELS = "Both channels hold the same sound: it is treated as one channel."
SILENT_CHANNEL = "Channel {channel} holds no voice."
NO_VOICE = "No voice was heard."


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """Everything that one pass over a recording tells."""

    speech: Speech
    facts: AudioFacts
    warnings: tuple[Warning_, ...]
    peaks: Peaks


def listen(path: Path, *, agent_channel: int | None, progress: Callable[[float], None] | None = None) -> Hearing:
    """`agent_channel` is 0 (left) or 1 (right) by the source's channel map, None where nobody knows."""
    facts = audio.probe(path)
    ears: _Ears | None = None
    for block in audio.blocks(path, rate=RATE, seconds=BLOCK_SECONDS):
        ears = ears or _Ears(len(block))
        ears.hear(block)
        if progress and facts.declared_seconds:
            progress(min(1.0, ears.samples / RATE / facts.declared_seconds))
    if ears is None:
        raise audio.NoSound(path.name)
    if progress:
        progress(1.0)
    duration = round(ears.samples / RATE, 3)
    speech, warnings = _speech(ears, duration, agent_channel)
    speech = speakers.told_apart(path, speech)
    cut = audio.duration_warning(facts.declared_seconds, duration)
    return Hearing(speech, facts, (cut, *warnings) if cut else warnings, peaks.joined(ears.peaks, duration))


def _speech(ears: _Ears, duration: float, agent_channel: int | None) -> tuple[Speech, tuple[Warning_, ...]]:
    sounds = [channel.sound() for channel in ears.channels]
    if len(sounds) == 1 or ears.same():
        layout = Layout.MONO if len(sounds) == 1 else Layout.IDENTICAL
        voice = Voice(Speaker.UNKNOWN, utterances(sounds[0], None))
        said = [Warning_(ONE_CHANNEL if layout is Layout.MONO else SAME_CHANNELS)]
        return Speech(duration, layout, (voice,)), (*said, *(() if voice.talk else (Warning_(NO_VOICE),)))
    talk = [utterances(sounds[0], sounds[1]), utterances(sounds[1], sounds[0])]
    sides = _sides(agent_channel)
    if all(talk) or not any(talk):
        voices = tuple(Voice(side, spoken) for side, spoken in zip(sides, talk, strict=True))
        return Speech(duration, Layout.TWO_SIDES, voices), (() if any(talk) else (Warning_(NO_VOICE),))
    silent = 1 if talk[0] else 0
    if float(sounds[silent].level.max()) < DEAD_DECIBELS:
        # Nothing arrived on that line: the other may well hold both sides mixed.
        sides = (Speaker.UNKNOWN, Speaker.UNKNOWN)
    voices = tuple(Voice(side, spoken) for side, spoken in zip(sides, talk, strict=True))
    return Speech(duration, Layout.ONE_SILENT, voices), (Warning_(SILENT_CHANNEL, {"channel": silent + 1}),)


def _sides(agent_channel: int | None) -> tuple[Speaker, Speaker]:
    if agent_channel is None:
        return Speaker.UNKNOWN, Speaker.UNKNOWN
    return (Speaker.AGENT, Speaker.CUSTOMER) if agent_channel == 0 else (Speaker.CUSTOMER, Speaker.AGENT)


@dataclass(slots=True, eq=False)
class _Ear:
    """One channel: Silero's memory from window to window, and what was measured so far."""

    h: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    c: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    context: Samples = field(default_factory=lambda: np.zeros(CONTEXT_SAMPLES, np.float32))
    probabilities: list[NDArray[np.float32]] = field(default_factory=list)
    levels: list[NDArray[np.float32]] = field(default_factory=list)

    def hear(self, sound: Samples) -> None:
        windows = _padded(sound, WINDOW_SAMPLES).reshape(-1, WINDOW_SAMPLES)
        before = np.vstack([self.context, windows[:-1, -CONTEXT_SAMPLES:]])
        self.context = windows[-1, -CONTEXT_SAMPLES:].copy()
        inputs = {"input": np.concatenate([before, windows], axis=1), "h": self.h, "c": self.c}
        probability, self.h, self.c = get_vad_model().session.run(None, inputs)
        self.probabilities.append(probability.ravel())
        frames = _padded(sound, FRAME_SAMPLES).reshape(-1, FRAME_SAMPLES)
        # The variance, not the mean square: a constant offset of a cheap sound card is no sound.
        self.levels.append((10.0 * np.log10(frames.var(axis=1) + 1e-10)).astype(np.float32))

    def sound(self) -> Sound:
        return Sound(np.concatenate(self.probabilities), np.concatenate(self.levels))


class _Ears:
    def __init__(self, channels: int) -> None:
        self.channels = [_Ear() for _ in range(channels)]
        self.peaks: list[NDArray[np.int8]] = []
        self.samples = 0
        self._products = np.zeros((channels, channels))

    def hear(self, block: Samples) -> None:
        for ear, sound in zip(self.channels, block, strict=True):
            ear.hear(sound)
        self.peaks.append(peaks.of_block(block, RATE))
        self.samples += block.shape[1]
        self._products += np.asarray(block @ block.T, np.float64)

    def same(self) -> bool:
        """Two channels with one sound, however loud each is (or upside down)."""
        (one, both), (_, other) = self._products
        if one == 0 and other == 0:
            return True
        return bool(one > 0 and other > 0 and abs(both) / np.sqrt(one * other) > SAME_SOUND)


def _padded(sound: Samples, width: int) -> Samples:
    short = -len(sound) % width
    return np.pad(sound, (0, short)) if short else sound
