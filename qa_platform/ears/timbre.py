"""What a voice sounds like, a hundred times a second: the shape of its spectrum, and its pitch.

Only the band that every telephone line carries is looked at (200 to 3600 Hz at 8 kHz), and nothing is
normalised to the call: the line that a voice comes through is part of what tells it from the other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval
from qa_platform.ears import audio
from qa_platform.ears.audio import Samples

Floats = NDArray[np.float32]

RATE = 8_000
HOP = 80  # samples: a hundredth of a second
FRAMES_A_SECOND = RATE // HOP
BLOCK_SECONDS = 30.0
SHAPE_SAMPLES, PITCH_SAMPLES = 256, 400
REACH = PITCH_SAMPLES // 2  # sound needed on either side of a frame's middle
EMPHASIS = 0.95
BANDS, BAND_EDGES = 24, (200.0, 3600.0)
COEFFICIENTS = 17  # the first is loudness
LAGS = (20, 115)  # pitch between 70 and 400 Hz
COMPRESSION = 0.6  # of the power spectrum: formants weigh less, the repetition of the voice more
OCTAVE = 0.85  # a half or third of the lag that is nearly as good is the true one
EMPTY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Timbre:
    """The frames in which somebody speaks, in order; `begins` marks those that come after a pause.

    `shape` has a row a frame (loudness first), `pitch` the natural logarithm of hertz, `voiced` how periodic it is.
    """

    at: NDArray[np.int32]
    begins: NDArray[np.bool_]
    shape: Floats
    pitch: Floats
    voiced: Floats

    def __len__(self) -> int:
        return len(self.at)

    def part(self, chosen: NDArray[np.bool_]) -> Timbre:
        """Some whole stretches of it."""
        return Timbre(self.at[chosen], self.begins[chosen], self.shape[chosen], self.pitch[chosen], self.voiced[chosen])


def timbre(path: Path, talk: Sequence[Interval]) -> Timbre:
    """One pass over the recording; only the frames inside `talk` are kept, about 75 bytes each."""
    return of_blocks(audio.blocks(path, rate=RATE, seconds=BLOCK_SECONDS), talk)


def of_blocks(blocks: Iterable[Samples], talk: Sequence[Interval]) -> Timbre:
    spans = [(round(each.start * FRAMES_A_SECOND), round(each.end * FRAMES_A_SECOND)) for each in talk]
    parts = [part for part in _parts(blocks, spans) if len(part[0])]
    if not parts:
        nothing = np.zeros(0, np.float32)
        return Timbre(
            np.zeros(0, np.int32), np.zeros(0, np.bool_), np.zeros((0, COEFFICIENTS), np.float32), nothing, nothing
        )
    at, shape, pitch, voiced = (np.concatenate([part[place] for part in parts]) for place in range(4))
    begins = np.isin(at, [start for start, _ in spans])
    begins[1:] |= np.diff(at) > 1
    begins[0] = True
    return Timbre(at.astype(np.int32), begins, shape, pitch, voiced)


_Part = tuple[NDArray[np.intp], Floats, Floats, Floats]


def _parts(blocks: Iterable[Samples], spans: Sequence[tuple[int, int]]) -> Iterator[_Part]:
    """Block by block, with the sound around the borders kept so that no frame is lost."""
    held = np.zeros(REACH, np.float32)
    done = 0  # frames
    for block in blocks:
        held = np.concatenate([held, block[0] if len(block) == 1 else block.mean(axis=0)])
        ready = max(0, (len(held) - 2 * REACH) // HOP)
        yield _measured(held, done, ready, spans)
        held = held[ready * HOP :].copy()
        done += ready
    rest = np.pad(held, (0, REACH))
    yield _measured(rest, done, max(0, (len(rest) - 2 * REACH) // HOP), spans)


def _measured(sound: Samples, first: int, count: int, spans: Sequence[tuple[int, int]]) -> _Part:
    spoken = np.zeros(count, np.bool_)
    for start, end in spans:
        spoken[max(0, start - first) : max(0, end - first)] = True
    wanted = np.flatnonzero(spoken)
    if not len(wanted):
        return wanted, np.zeros((0, COEFFICIENTS), np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32)
    middles = wanted * HOP + REACH
    pitch, voiced = _pitch(_windows(sound, middles, PITCH_SAMPLES))
    emphasised = np.append(sound[:1], sound[1:] - np.float32(EMPHASIS) * sound[:-1])
    return wanted + first, _shape(_windows(emphasised, middles, SHAPE_SAMPLES)), pitch, voiced


def _windows(sound: Samples, middles: NDArray[np.intp], width: int) -> Samples:
    return np.lib.stride_tricks.sliding_window_view(sound, width)[middles - width // 2]


def _shape(windows: Samples) -> Floats:
    """Mel-frequency cepstrum: the logarithm of the energy in bands, and how it bends over them."""
    power = np.abs(np.fft.rfft(windows * np.hamming(SHAPE_SAMPLES), axis=1)) ** 2
    cepstrum: Floats = (np.log(power @ _BANDS.T + EMPTY) @ _COSINES.T).astype(np.float32)
    return cepstrum


def _pitch(windows: Samples) -> tuple[Floats, Floats]:
    """The lag at which the sound repeats itself best, and how well."""
    centred = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(PITCH_SAMPLES)
    power = np.abs(np.fft.rfft(centred, 1024, axis=1)) ** (2 * COMPRESSION)
    likeness = np.fft.irfft(power, axis=1)[:, : LAGS[1] + 2]
    likeness /= np.maximum(likeness[:, :1], EMPTY)
    rows = np.arange(len(likeness))
    lag = likeness[:, LAGS[0] : LAGS[1]].argmax(axis=1) + LAGS[0]
    best = likeness[rows, lag]
    for parts in (3, 2):
        shorter = np.round(lag / parts).astype(np.intp)
        near = np.max([likeness[rows, np.clip(shorter + off, 0, LAGS[1])] for off in (-1, 0, 1)], axis=0)
        lag = np.where((shorter >= LAGS[0]) & (near > OCTAVE * best), shorter, lag)
    return np.log(RATE / lag).astype(np.float32), best.astype(np.float32)


def _bands() -> NDArray[np.float64]:
    low, high = (2595 * np.log10(1 + edge / 700) for edge in BAND_EDGES)
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    hertz = np.arange(SHAPE_SAMPLES // 2 + 1) * RATE / SHAPE_SAMPLES
    rising = (hertz[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rising, falling))


_BANDS = _bands()
_COSINES = np.cos(np.pi * np.arange(COEFFICIENTS)[:, None] * (np.arange(BANDS) + 0.5) / BANDS) * np.sqrt(2 / BANDS)
