"""Turns what was measured in each channel (how loud, how far above the noise) into stretches of one person's speech.

Two measures decide together. Speech stands out from what the channel holds most of the time, its noise; how far noise
itself strays is learnt from the recording. The two channels are compared, because every one-channel detector also hears
the far side leaking through a headset or a line: frame F1 0.65, against 0.99 once compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval
from qa_platform.ears.spectra import FRAME, STRIDE_SECONDS, Sound, Values, smoothed

Flags = NDArray[np.bool_]

SYLLABLE = 31  # frames; a voice holds on that long, a crackle or somebody else in the room does not
SURE, SURE_AT_LEAST = 1.0, 1.5  # strays of the noise (and dB) that a frame must stand out by to be speech
SURE_LONG, SURE_LONG_AT_LEAST = 2.25, 0.8  # the same over a syllable
HEARD, HEARD_AT_LEAST = 1.2, 0.8  # the same at the borders of what is speech already
PEAK, PEAK_AT_LEAST = 1.0, 0.3  # dB to a peak of what is often heard; against the highest peak
NOTHING_AT_ALL = -8.0  # dB of excess; a muted line
MOST_STRAYS, MUTED = 4.5, 0.95  # speech strays further than noise; the share of frames that are not muted
FEWEST_STRAYS = 0.2  # dB; digital silence does not stray at all
BACKGROUND_SAMPLE = 30_000

LATEST_ECHO = 40  # frames that sound may take through the far telephone and back
ECHO_HOLD = 8  # frames by which an echo is smeared; it also outlasts the gaps between syllables
ECHO_AGREES, ECHO_STANDS_OUT = 0.1, 1.5  # correlation from which an echo is believed, and against other delays
ECHO_SAMPLE = 20_000  # frames looked at to learn how late it comes
LEAK_MARGIN, LEAK_CLOSEST = 7.0, 4.0  # dB over the usual leak that own speech must have, at most and at least
LEAK_STRAYS = 2.5  # between them, how many times as far as the leak itself strays
LEAK_MOST, LEAK_LEAST = -6.0, -27.0  # bounds of the leak, in dB against the other channel
QUIETEST = 27.0  # dB under the channel's own loud speech below which nothing is that person's
TAIL = 32.0  # the same for the borders of an utterance, which die away
REACH = 40  # frames that a border may move outwards
INSIDE = 20  # frames of pause that borders are not sought in
BREATH = 50  # frames: a pause inside an utterance (half a second)
LEAST_SURE = 5  # frames of an utterance that must surely be speech
SHORTEST = 10  # frames: clicks and lip noises are shorter
EDGE_BEFORE, EDGE_AFTER = 1, 2  # frames left around an utterance: its last sounds die away
ENOUGH = 100  # frames (a second) from which a leak can be judged

SHORT = 1_000  # frames of a recording that is too short to know its own noise
LIKE_SPEECH = 0.35  # lower than Silero's own 0.5: the levels cut what is too much
STEADY, TONAL, HALF = 0.62, 0.7, 0.5  # a spectrum that stays, one pitch alone, and for how much of an utterance
LONG, NEAR, AS_SPEECH = 5.0, 9.0, (0.36, 0.7)  # of more than so many seconds of speech, so much is so near its loudest


@dataclass(frozen=True, slots=True)
class Background:
    """What a channel holds most of the time, in dB of `excess`, and how far it strays from that."""

    usual: float
    stray: float

    def and_more(self, strays: float, at_least: float) -> float:
        return self.usual + max(strays * self.stray, at_least)


def utterances(own: Sound, other: Sound | None, *, like_speech: Values | None = None) -> tuple[Interval, ...]:
    """When the person of this channel speaks; `other` is the channel of the far side, None in mono.

    `like_speech`: how far each window sounds like speech, where somebody was asked.
    """
    level = own.level
    speaking, heard = _standing_out(own)
    if like_speech is not None:
        speaking = _spread(like_speech >= LIKE_SPEECH, len(speaking))
        heard |= speaking
    if other is not None:
        leak = _leaked(own, other)
        speaking &= ~leak
        heard &= ~leak
    if not speaking.any():
        return ()
    loud_speech = float(np.percentile(level[speaking], 97))
    speaking &= level > loud_speech - QUIETEST
    heard &= level > loud_speech - TAIL
    return tuple(
        Interval(round(start * FRAME, 2), round(end * FRAME, 2)) for start, end in _bordered(_enough(speaking), heard)
    )


def _enough(speaking: Flags) -> list[tuple[int, int]]:
    """Stretches in which enough frames are speech: crumbs of a leak and crackles are not."""
    surely = np.concatenate([[0], np.cumsum(speaking)])
    runs = _runs(_without_gaps(speaking, INSIDE))
    return [(start, end) for start, end in runs if surely[end] - surely[start] >= LEAST_SURE]


def background(excess: Values) -> Background:
    """The lowest values that are many are the noise's; how far it strays is told by what lies below them."""
    values = np.sort(excess[:: -(-len(excess) // BACKGROUND_SAMPLE)])
    live = values[values > NOTHING_AT_ALL]
    if not len(live):
        return Background(NOTHING_AT_ALL, FEWEST_STRAYS)
    usual = _lowest_peak(live)
    below = live[live < usual]
    stray = usual - float(below[round(len(below) * 0.32)]) if len(below) else 0.0
    if stray > MOST_STRAYS and len(live) < MUTED * len(values):
        return Background(NOTHING_AT_ALL, FEWEST_STRAYS)  # what is not muted is all speech
    return Background(usual, max(stray, FEWEST_STRAYS))


def _lowest_peak(values: Values) -> float:
    edges = np.arange(values[0] - PEAK, values[-1] + 2 * PEAK, PEAK / 4)
    counts = np.histogram(values, edges)[0].astype(np.float32)
    often = smoothed(smoothed(counts, 4), 4)
    high = np.flatnonzero(often[1:-1] >= PEAK_AT_LEAST * often.max()) + 1
    peaks = high[(often[high] >= often[high - 1]) & (often[high] >= often[high + 1])]
    return float(edges[peaks[0]] + PEAK / 8) if len(peaks) else float(np.median(values))


def _standing_out(sound: Sound) -> tuple[Flags, Flags]:
    """Frames that are surely more than noise, and those that may be."""
    long = smoothed(sound.excess, SYLLABLE)
    noise, long_noise = background(sound.excess), background(long)
    sure: Flags = sound.excess > noise.and_more(SURE, SURE_AT_LEAST)
    # Where somebody hardly pauses, no stretch of a syllable's length holds noise alone.
    wanted = (each.and_more(SURE_LONG, SURE_LONG_AT_LEAST) for each in (noise, long_noise))
    sure &= long > min(wanted)
    heard: Flags = sound.excess > noise.and_more(HEARD, HEARD_AT_LEAST)
    return sure, heard


def _spread(windows: Flags, count: int) -> Flags:
    """A flag a frame from a flag a window."""
    frames = ((np.arange(count) + 0.5) * len(windows) / count).astype(int)
    return np.asarray(windows[frames])


def _leaked(own: Sound, other: Sound) -> Flags:
    """Frames that are no louder than the far side's echo in this channel usually is.

    How much leaks, and how late, is learnt from the recording: while the far side speaks up, this channel mostly holds
    its echo.
    """
    level, far = own.level, other.level
    speaks = np.flatnonzero(_standing_out(other)[0][: len(level) - LATEST_ECHO])
    if len(speaks) < ENOUGH:
        return level - far < LEAK_LEAST
    delay = _delay(own, other, speaks)
    if delay is None:
        return level - far < LEAK_LEAST
    envelope = far.copy()
    for late in range(1, delay + ECHO_HOLD + 1):
        np.maximum(envelope[late:], far[:-late], out=envelope[late:])
    difference = level - envelope
    strong = speaks[far[speaks] > np.median(far[speaks])]
    usual, above = np.percentile(level[strong + delay] - far[strong], [50, 80])
    margin = min(max(LEAK_STRAYS * (above - usual), LEAK_CLOSEST), LEAK_MARGIN)
    return np.asarray(difference < min(max(usual + margin, LEAK_LEAST), LEAK_MOST))


def _delay(own: Sound, other: Sound, speaks: NDArray[np.intp]) -> int | None:
    """By how many frames the far side's echo is late: where the ups and downs of both agree. None: there is no echo."""
    own_moves, far_moves = (level - smoothed(level, 51) for level in (own.level, other.level))
    at = speaks[:: -(-len(speaks) // ECHO_SAMPLE)]
    agreeing = np.array([np.corrcoef(own_moves[at + late], far_moves[at])[0, 1] for late in range(LATEST_ECHO)])
    best = int(np.argmax(agreeing))
    elsewhere = np.delete(agreeing, range(max(0, best - ECHO_HOLD), min(LATEST_ECHO, best + ECHO_HOLD)))
    return best if agreeing[best] > max(ECHO_AGREES, ECHO_STANDS_OUT * float(elsewhere.max())) else None


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
    return [
        (max(0, start - EDGE_BEFORE), min(len(heard), end + EDGE_AFTER))
        for start, end in whole
        if end - start >= SHORTEST
    ]


def _without_gaps(flags: Flags, longest: int) -> Flags:
    filled = flags.copy()
    for (_, end), (start, _) in pairwise(_runs(flags)):
        if start - end <= longest:
            filled[end:start] = True
    return filled


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def doubtful(sound: Sound, talk: Sequence[Interval]) -> Iterator[Interval]:
    """The utterances that may be no speech: tones and music."""
    for each in talk:
        level = sound.level[round(each.start / FRAME) : round(each.end / FRAME)]
        near_loudest = float((level > np.percentile(level, 90) - NEAR).mean())
        odd = each.seconds > LONG and not AS_SPEECH[0] <= near_loudest <= AS_SPEECH[1]
        first = int(each.start / STRIDE_SECONDS)
        strides = slice(first, max(first + 1, int(each.end / STRIDE_SECONDS)))
        steady = float((sound.steady[strides] > STEADY).mean()) > HALF
        tonal = float((sound.tone[strides] > TONAL).mean()) > HALF
        if odd or steady or tonal:
            yield each


def too_short(sound: Sound) -> bool:
    """Whether a recording can hardly tell speech from its own noise: a voicemail that somebody fills."""
    return len(sound.excess) < SHORT
