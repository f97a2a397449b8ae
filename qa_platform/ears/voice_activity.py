"""Turns what was measured in each channel (how speech-like, how loud) into stretches of one person's speech.

Three measures decide together. Silero says whether a window sounds like speech. The two channels are compared, because
every one-channel detector also hears the far side leaking through a headset or a line: frame F1 0.65, against 0.99 once
compared. The level then moves each border to where the sound begins and ends, which a 32 ms window cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval

Flags = NDArray[np.bool_]
Decibels = NDArray[np.float32]

FRAME = 0.01  # seconds; everything here counts in these frames
WINDOW = 512 / 16_000  # seconds of sound to one Silero probability

SPEECH_STARTS, SPEECH_ENDS = 0.35, 0.22  # probabilities; lower than Silero's own 0.5: the levels cut what is too much
SURELY_NOT = 0.1
LATEST_ECHO = 40  # frames that sound may take through the far telephone and back
ECHO_HOLD = 8  # frames by which an echo is smeared; it also outlasts the gaps between syllables
ECHO_STANDS_OUT = 1.15  # a delay is believed where this many times more frames agree than at other delays
ECHO_SAMPLE = 20_000  # frames looked at to learn how late it comes
LEAK_MARGIN = 7.0  # dB over the usual leak that own speech must have
LEAK_MOST, LEAK_LEAST = -6.0, -30.0  # bounds of the leak, in dB against the other channel
QUIETEST = 30.0  # dB under the channel's own loud speech below which nothing is that person's
TAIL = 38.0  # the same for the borders of an utterance, which die away
ABOVE_NOISE = 4.0  # dB over the noise floor
REACH = 40  # frames that a border may move outwards
INSIDE = 20  # frames of pause that borders are not sought in
BREATH = 50  # frames: a pause inside an utterance (half a second)
SHORTEST = 10  # frames: clicks and lip noises are shorter
EDGE = 3  # frames left around an utterance: its first and last sounds are soft
ENOUGH = 100  # frames (a second) from which a leak or a noise floor can be judged


NOWHERE = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """One channel as measured: `probability` a Silero window, `level` in dB a frame (full scale is 0)."""

    probability: NDArray[np.float32]
    level: Decibels


def utterances(own: Sound, other: Sound | None) -> tuple[Interval, ...]:
    """When the person of this channel speaks; `other` is the channel of the far side, None in mono."""
    level = _smooth(own.level)
    speaking = _speech_like(own)
    leak: Flags = np.zeros(len(level), np.bool_)
    if other is not None:
        leak = _leaked(level, _smooth(other.level), _speech_like(other))
        speaking &= ~leak
    if not speaking.any():
        return ()
    loud_speech = float(np.percentile(level[speaking], 97))
    speaking &= level > loud_speech - QUIETEST
    heard = (level > max(_noise(own, level) + ABOVE_NOISE, loud_speech - TAIL)) & ~leak
    return tuple(
        Interval(round(start * FRAME, 2), round(end * FRAME, 2))
        for start, end in _bordered(_runs(_without_gaps(speaking, INSIDE)), heard)
    )


def _noise(sound: Sound, level: Decibels) -> float:
    """The level of what is surely no speech; unheard of where speech leaves hardly a second of it."""
    empty = _a_frame_each(sound.probability < SURELY_NOT, len(level))
    return float(np.median(level[empty])) if empty.sum() >= ENOUGH else -np.inf


def _speech_like(sound: Sound) -> Flags:
    """Probabilities with hysteresis, spread over frames."""
    probability = sound.probability
    decided = (probability >= SPEECH_STARTS) | (probability < SPEECH_ENDS)
    last = np.maximum.accumulate(np.where(decided, np.arange(len(probability)), 0))
    return _a_frame_each(probability[last] >= SPEECH_STARTS, len(sound.level))


def _a_frame_each(windows: Flags, count: int) -> Flags:
    frames = ((np.arange(count) + 0.5) * FRAME / WINDOW).astype(int)
    spread: Flags = windows[np.minimum(frames, len(windows) - 1)]
    return spread


def _leaked(level: Decibels, other: Decibels, other_speaks: Flags) -> Flags:
    """Frames that are no louder than the far side's echo in this channel usually is.

    How much leaks, and how late, is learnt from the recording: while the far side speaks up, this channel mostly holds
    its echo.
    """
    strong = np.flatnonzero(other_speaks & (other > np.median(other[other_speaks]))) if other_speaks.any() else NOWHERE
    strong = strong[strong < len(level) - LATEST_ECHO]
    if len(strong) < ENOUGH:
        return level - other < LEAK_MOST
    sample = strong[:: -(-len(strong) // ECHO_SAMPLE)]
    agreeing = [_agreement(level[sample + late] - other[sample]) for late in range(LATEST_ECHO)]
    best = int(np.argmax(agreeing))
    delay = best if agreeing[best] > ECHO_STANDS_OUT * float(np.median(agreeing)) else 0
    envelope = other.copy()
    for late in range(1, delay + ECHO_HOLD + 1):
        np.maximum(envelope[late:], other[:-late], out=envelope[late:])
    difference = level - envelope
    usual = float(np.median(difference[strong]))
    return difference < min(max(usual + LEAK_MARGIN, LEAK_LEAST), LEAK_MOST)


def _agreement(differences: Decibels) -> int:
    """How many frames agree on how much leaks: an echo is as much softer as its source all the time."""
    return int(np.histogram(differences, bins=40, range=(-60.0, 20.0))[0].max())


def _bordered(runs: list[tuple[int, int]], heard: Flags) -> list[tuple[int, int]]:
    """Moves each border to where the sound begins and ends, then joins over breaths and drops clicks."""
    spoken = np.zeros(len(heard), np.bool_)
    for start, end in runs:
        before, after = heard[max(0, start - REACH) : start][::-1], heard[end : end + REACH]
        start -= len(before) if before.all() else int(np.argmin(before))
        end += len(after) if after.all() else int(np.argmin(after))
        sounding = np.flatnonzero(heard[start:end])
        if len(sounding):
            spoken[start + sounding[0] : start + sounding[-1] + 1] = True
    whole = _runs(_without_gaps(spoken, BREATH))
    return [(max(0, start - EDGE), min(len(heard), end + EDGE)) for start, end in whole if end - start >= SHORTEST]


def _without_gaps(flags: Flags, longest: int) -> Flags:
    filled = flags.copy()
    for (_, end), (start, _) in pairwise(_runs(flags)):
        if start - end <= longest:
            filled[end:start] = True
    return filled


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _smooth(level: Decibels) -> Decibels:
    power = np.convolve(np.power(10.0, level / 10.0), np.full(5, 0.2), mode="same")
    smoothed: Decibels = (10.0 * np.log10(power + 1e-10)).astype(np.float32)
    return smoothed
