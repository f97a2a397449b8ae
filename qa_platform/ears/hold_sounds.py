"""Being put on hold, as a line sounds then: music, or a beep every so often.

Music keeps its spectrum from one tenth of a second to the next; speech does not: one second of telephone speech in a
hundred is as steady as nearly every second of music. Beeps are short pure tones at even distances while hardly anybody
speaks; those that announce a recording come while people talk. Sung music is not told from people talking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.conversation import Hold, HoldSign, Interval
from qa_platform.ears.spectra import STRIDE_SECONDS, Sound

A_SECOND = round(1 / STRIDE_SECONDS)
STEADY = 0.65  # the middle value of a second of music
ABOVE_QUIET = 8.0  # dB over the channel's quietest tenth
REST = 3.0  # seconds that music may pause
LEAST_MUSIC = 8.0  # seconds
TALKED_THROUGH = 0.25  # the share of a hold in which people speak on that channel: more, and it is background
PURE = 0.7  # the share of the strongest pitch in a beep
SHORTEST_BEEP, LONGEST_BEEP = 2, round(2.0 / STRIDE_SECONDS)  # strides
LEAST_BEEPS = 3
APART, EVENLY = (3.0, 60.0), 0.1  # seconds between beeps, and how much of that they may stray


def holds(
    sounds: Sequence[Sound], talk: Sequence[Sequence[Interval]], no_speech: Sequence[Interval]
) -> tuple[Hold, ...]:
    """The holds that are heard between the first and the last words. `no_speech`: long sounds that Silero denies."""
    everybody = sorted(span for spans in talk for span in spans)
    if not everybody:
        return ()
    first, last = everybody[0].end, max(span.end for span in everybody)
    heard = [
        *(Hold(span.start, span.end, HoldSign.MUSIC) for span in _music(sounds, talk, no_speech)),
        *(Hold(span.start, span.end, HoldSign.BEEPS) for sound in sounds for span in _beeps(sound, everybody)),
    ]
    return tuple(_apart(hold for hold in heard if hold.start >= first - REST and hold.start < last))


def _music(
    sounds: Sequence[Sound], talk: Sequence[Sequence[Interval]], no_speech: Sequence[Interval]
) -> Iterator[Interval]:
    for sound, spoken in zip(sounds, talk, strict=True):
        steady = list(_steady_seconds(sound))
        for span in _joined([*steady, *no_speech], REST):
            if span.seconds >= LEAST_MUSIC and _share(spoken, span) < TALKED_THROUGH:
                yield span


def _steady_seconds(sound: Sound) -> Iterator[Interval]:
    seconds = len(sound.steady) // A_SECOND
    if not seconds:
        return
    steady = np.median(sound.steady[: seconds * A_SECOND].reshape(seconds, -1), axis=1)
    power = np.median(sound.power[: seconds * A_SECOND].reshape(seconds, -1), axis=1)
    quiet = float(np.percentile(sound.power, 10))
    for second in np.flatnonzero((steady > STEADY) & (power > quiet + ABOVE_QUIET)).tolist():
        yield Interval(float(second), second + 1.0)


def _beeps(sound: Sound, everybody: Sequence[Interval]) -> Iterator[Interval]:
    """From the first to the last of at least three beeps at even distances."""
    moments = list(_pure_tones(sound))
    run: list[float] = []
    for moment in [*moments, float("inf")]:
        if len(run) >= 2 and abs(moment - run[-1] - (run[1] - run[0])) > EVENLY * (run[1] - run[0]):
            span = Interval(run[0], run[-1])
            if len(run) >= LEAST_BEEPS and _share(everybody, span) < TALKED_THROUGH:
                yield span
            run = run[-1:]
        if run and not APART[0] <= moment - run[-1] <= APART[1]:
            run = []
        run.append(moment)


def _pure_tones(sound: Sound) -> Iterator[float]:
    quiet = float(np.percentile(sound.power, 10)) if len(sound.power) else 0.0
    pure: NDArray[np.bool_] = (sound.tone > PURE) & (sound.power > quiet + ABOVE_QUIET)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], pure, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if SHORTEST_BEEP <= end - start <= LONGEST_BEEP:
            yield round(start * STRIDE_SECONDS, 2)


def _joined(spans: Iterable[Interval], gap: float) -> Iterator[Interval]:
    held: Interval | None = None
    for span in sorted(spans):
        if held is not None and span.start - held.end <= gap:
            held = Interval(held.start, max(held.end, span.end))
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _share(spoken: Iterable[Interval], span: Interval) -> float:
    said = sum(max(0.0, min(each.end, span.end) - max(each.start, span.start)) for each in spoken)
    return said / span.seconds


def _apart(found: Iterable[Hold]) -> Iterator[Hold]:
    """Both channels may carry the same music: once is enough, the longest first."""
    kept: list[Hold] = []
    for hold in sorted(found, key=lambda each: each.start - each.end):
        if all(hold.end <= other.start or other.end <= hold.start for other in kept):
            kept.append(hold)
    yield from sorted(kept)
