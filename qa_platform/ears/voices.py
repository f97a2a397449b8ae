"""Who speaks when in a recording: one pass from disk, memory that hardly grows with the call.

Everything is measured at the 8 kHz of a telephone line (`spectra`), and `voice_activity` decides. Where the levels
leave doubt (music, tones, recordings too short to know their own noise), a second pass asks Silero about those
stretches only. Where both people share a channel, another pass tells them apart by ear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.conversation import Hold, Interval, Layout, Speaker, Speech, Voice
from qa_platform.ears import audio, hold_sounds, peaks, second_hearing, speakers
from qa_platform.ears.audio import AudioFacts, Samples, Warning_
from qa_platform.ears.peaks import Peaks
from qa_platform.ears.second_hearing import Stretch
from qa_platform.ears.spectra import RATE, Sound, Spectrum, Values
from qa_platform.ears.voice_activity import doubtful, too_short, utterances

BLOCK_SECONDS = 20.0  # a whole number of peak pairs
SAME_SOUND = 0.98  # correlation above which two channels hold one sound
LEAST_VOICED = 0.3  # the share of a doubtful stretch that must sound like speech
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
    speech, warnings = _speech(path, ears, duration, agent_channel)
    speech = speakers.told_apart(path, speech)
    cut = audio.duration_warning(facts.declared_seconds, duration)
    return Hearing(speech, facts, (cut, *warnings) if cut else warnings, peaks.joined(ears.peaks, duration))


def _speech(path: Path, ears: _Ears, duration: float, agent_channel: int | None) -> tuple[Speech, tuple[Warning_, ...]]:
    sounds = [channel.finish(ears.samples) for channel in ears.channels]
    if len(sounds) == 1 or ears.same():
        layout = Layout.MONO if len(sounds) == 1 else Layout.IDENTICAL
        ((talk,), holds) = _talk(path, sounds[:1])
        said = [Warning_(ONE_CHANNEL if layout is Layout.MONO else SAME_CHANNELS)]
        speech = Speech(duration, layout, (Voice(Speaker.UNKNOWN, talk),), holds=holds)
        return speech, (*said, *(() if talk else (Warning_(NO_VOICE),)))
    heard, holds = _talk(path, sounds)
    sides = _sides(agent_channel)
    if all(heard) or not any(heard):
        voices = tuple(Voice(side, spoken) for side, spoken in zip(sides, heard, strict=True))
        speech = Speech(duration, Layout.TWO_SIDES, voices, holds=holds)
        return speech, (() if any(heard) else (Warning_(NO_VOICE),))
    silent = 1 if heard[0] else 0
    if float(sounds[silent].power.max()) < DEAD_DECIBELS:
        # Nothing arrived on that line: the other may well hold both sides mixed.
        sides = (Speaker.UNKNOWN, Speaker.UNKNOWN)
    voices = tuple(Voice(side, spoken) for side, spoken in zip(sides, heard, strict=True))
    speech = Speech(duration, Layout.ONE_SILENT, voices, holds=holds)
    return speech, (Warning_(SILENT_CHANNEL, {"channel": silent + 1}),)


_Talk = tuple[Interval, ...]


def _talk(path: Path, sounds: Sequence[Sound]) -> tuple[list[_Talk], tuple[Hold, ...]]:
    """The speech of each channel, and the holds that are heard between."""
    others = [sounds[1], sounds[0]] if len(sounds) == 2 else [None]
    asked: Sequence[Values | None] = (None, None)
    if too_short(sounds[0]):
        asked = second_hearing.whole(path)
    talk = [utterances(own, other, like_speech=like) for own, other, like in zip(sounds, others, asked, strict=False)]
    doubts = [Stretch(channel, span) for channel, sound in enumerate(sounds) for span in doubtful(sound, talk[channel])]
    shares = second_hearing.voiced(path, doubts) if doubts else []
    not_speech = {each for each, share in zip(doubts, shares, strict=True) if share < LEAST_VOICED}
    spoken = [
        tuple(span for span in spans if Stretch(channel, span) not in not_speech) for channel, spans in enumerate(talk)
    ]
    return spoken, hold_sounds.holds(sounds, spoken, tuple(each.span for each in not_speech))


def _sides(agent_channel: int | None) -> tuple[Speaker, Speaker]:
    if agent_channel is None:
        return Speaker.UNKNOWN, Speaker.UNKNOWN
    return (Speaker.AGENT, Speaker.CUSTOMER) if agent_channel == 0 else (Speaker.CUSTOMER, Speaker.AGENT)


class _Ears:
    def __init__(self, channels: int) -> None:
        self.channels = [Spectrum() for _ in range(channels)]
        self.peaks: list[NDArray[np.int8]] = []
        self.samples = 0
        self._products = np.zeros((channels, channels))

    def hear(self, block: Samples) -> None:
        for spectrum, sound in zip(self.channels, block, strict=True):
            spectrum.hear(sound)
        self.peaks.append(peaks.of_block(block, RATE))
        self.samples += block.shape[1]
        self._products += np.asarray(block @ block.T, np.float64)

    def same(self) -> bool:
        """Two channels with one sound, however loud each is (or upside down)."""
        (one, both), (_, other) = self._products
        if one == 0 and other == 0:
            return True
        return bool(one > 0 and other > 0 and abs(both) / np.sqrt(one * other) > SAME_SOUND)
