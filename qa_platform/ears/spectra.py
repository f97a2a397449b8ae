"""What a channel's sound holds at each hundredth of a second: how loud it is, how far above its own noise, how steady.

Everything is measured at 8 kHz, where a telephone's voice ends, in sixteen bands: a voice stands far above the noise in
the bands of its formants while the whole sum hardly moves. The noise of each band is learnt from the recording itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Values = NDArray[np.float32]

RATE = 8_000
HOP = 80  # samples; a frame of a hundredth of a second
FRAME = HOP / RATE
WINDOW = 256
LEAD = (WINDOW - HOP) // 2  # a frame's window stands in the middle of the frame
LOWEST, HIGHEST = 200.0, 3_700.0  # hertz; below it hum, above it nothing that a telephone carries
PITCHES, BANDS = 64, 16
STRIDE = 4  # steadiness, tone and power are told every fourth frame
STRIDE_SECONDS = STRIDE * FRAME
LAG = 3  # strides over which a steady sound stays what it is
CALM = 10.0  # the percentile of a stretch that is taken for its noise
STRETCH = 2_000  # frames whose noise is judged together
NEIGHBOURS = 2  # stretches before and after that may hold the noise better: somebody may talk for a minute
SMOOTHED = 5
AT_ONCE = 400  # frames
CALM_TO_MEAN = 1.5  # noise is on average that much stronger than its calm percentile
DEEPEST = 0.1  # the least that a band's noise may be of the middle band's: coders leave holes
QUANTISED = -75.0  # dB; less than this is no noise but rounding
LEAST = 1e-10  # power; -100 dB


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A channel, frame by frame. `level` (dB of full scale) is what comes on top of the noise, `excess` how many dB it
    stands out of it; `steady` (from -1 to 1: how alike the spectrum stays), `tone` (the share of its strongest
    pitch) and `power` (dB, noise included) every fourth frame."""

    level: Values
    excess: Values
    steady: Values
    tone: Values
    power: Values


def _matrix() -> Values:
    n = np.arange(WINDOW)
    window = np.hanning(WINDOW)
    turns = 2 * np.pi * n[:, None] * np.linspace(LOWEST, HIGHEST, PITCHES) / RATE
    waves = np.concatenate([np.cos(turns), np.sin(turns)], axis=1) * window[:, None]
    return np.asarray(waves / np.sqrt(np.square(window).sum()), np.float32)


MATRIX: Values = _matrix()
# From squared waves to the mean power of each band; from bands to their mean. Multiplying is the fastest way to add.
TO_BANDS: Values = np.asarray(
    np.tile(np.repeat(np.eye(BANDS), PITCHES // BANDS, axis=0), (2, 1)) * BANDS / PITCHES, np.float32
)
TO_ONE: Values = np.full(BANDS, 1 / BANDS, np.float32)


@dataclass(slots=True, eq=False)
class Spectrum:
    """Takes the sound of one channel block by block; holds no more of it than a minute and a half in bands."""

    _rest: Samples = field(default_factory=lambda: np.zeros(LEAD, np.float32))
    _bands: list[Values] = field(default_factory=list)  # power, not yet judged
    _held: int = 0
    _waiting: list[Values] = field(default_factory=list)  # stretches whose neighbours are still to come
    _calm: list[Values] = field(default_factory=list)  # the noise of each stretch, in dB a band
    _before: Values = field(default_factory=lambda: np.zeros((0, PITCHES), np.float32))
    _told: dict[str, list[Values]] = field(
        default_factory=lambda: {"level": [], "excess": [], "steady": [], "tone": [], "power": []}
    )
    frames: int = 0

    def hear(self, sound: Samples) -> None:
        self._rest = np.concatenate([self._rest, sound])
        count = (len(self._rest) - WINDOW) // HOP + 1
        # Steadiness counts in strides: frames wait until a stride is full.
        count -= max(count, 0) % STRIDE
        if count > 0:
            self._take(count)

    def finish(self, samples: int) -> Sound:
        """Everything, once `samples` of sound have been heard."""
        count = -(-samples // HOP) - self.frames
        if count > 0:
            wanted = (count - 1) * HOP + WINDOW
            self._rest = np.pad(self._rest, (0, max(0, wanted - len(self._rest))))
            self._take(count)
        if self._held:
            self._judge(self._held)
        while self._waiting:
            self._tell(len(self._calm) - len(self._waiting))
        told = {name: np.concatenate([np.zeros(0, np.float32), *values]) for name, values in self._told.items()}
        return Sound(**told)

    def _take(self, count: int) -> None:
        windows = sliding_window_view(self._rest, WINDOW)[: count * HOP : HOP]
        pitches = []
        for start in range(0, count, AT_ONCE):  # as much as stays in the processor's cache
            waves = windows[start : start + AT_ONCE] @ MATRIX
            np.square(waves, out=waves)
            bands = np.asarray(waves @ TO_BANDS, np.float32)
            bands += np.float32(LEAST)
            pitches.append(waves[::STRIDE, :PITCHES] + waves[::STRIDE, PITCHES:])
            self._bands.append(bands)
        self._steadiness(np.concatenate(pitches))
        self._rest = self._rest[count * HOP :].copy()
        self._held += count
        self.frames += count
        while self._held >= STRETCH + SMOOTHED:
            self._judge(STRETCH)

    def _steadiness(self, pitches: Values) -> None:
        sums: Values = pitches.sum(axis=1) + np.float32(LEAST)
        self._told["power"].append(decibels(np.divide(sums, PITCHES, dtype=np.float32)))
        self._told["tone"].append(pitches.max(axis=1) / sums)
        logs = np.log(pitches + np.float32(LEAST))
        logs -= (logs @ np.full(PITCHES, 1 / PITCHES, np.float32))[:, None]
        logs /= np.sqrt(np.einsum("ij,ij->i", logs, logs))[:, None] + np.float32(1e-6)
        joined = np.concatenate([self._before, logs])
        alike = np.zeros(len(logs), np.float32)
        known = max(0, len(joined) - LAG)
        alike[len(logs) - known :] = np.einsum("ij,ij->i", joined[:known], joined[len(joined) - known :])
        self._told["steady"].append(alike)
        self._before = joined[-LAG:].copy()

    def _judge(self, count: int) -> None:
        bands = np.concatenate(self._bands)
        stretch, rest = bands[:count], bands[count:]
        self._bands, self._held = [rest], len(rest)
        smooth = smoothed(stretch, SMOOTHED)
        self._waiting.append(smooth)
        calm = np.percentile(decibels(smooth[::STRIDE]), CALM, axis=0).astype(np.float32)
        self._calm.append(np.maximum(calm, np.float32(QUANTISED)))
        if len(self._waiting) > NEIGHBOURS:
            self._tell(len(self._calm) - len(self._waiting))

    def _tell(self, number: int) -> None:
        """How far the oldest stretch that waits stands above the noise of its neighbourhood."""
        calm = np.min(self._calm[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1], axis=0)
        noise = np.power(10.0, calm / 10.0).astype(np.float32)
        stretch = self._waiting.pop(0)
        self._told["level"].append(decibels(np.maximum(stretch - noise * np.float32(CALM_TO_MEAN), 0.0) @ TO_ONE))
        filled = np.maximum(noise, np.median(noise) * np.float32(DEEPEST))
        self._told["excess"].append(2 * decibels(np.sqrt(stretch / filled) @ TO_ONE))


def decibels(power: Values) -> Values:
    return np.asarray(np.log10(power + np.float32(LEAST)) * np.float32(10.0), np.float32)


def smoothed(values: Values, width: int) -> Values:
    """The mean over `width` frames around each."""
    around = [(width // 2, width - 1 - width // 2)] + [(0, 0)] * (values.ndim - 1)
    padded = np.pad(values, around, mode="edge")
    if width <= SMOOTHED:
        told = padded[: len(values)].copy()
        for late in range(1, width):
            told += padded[late : late + len(values)]
        return np.multiply(told, np.float32(1 / width), dtype=np.float32)
    sums = np.concatenate([np.zeros_like(padded[:1], np.float64), np.cumsum(padded, axis=0, dtype=np.float64)])
    return np.asarray((sums[width:] - sums[:-width]) / width, np.float32)


def of_sound(sound: Samples) -> Sound:
    """A whole piece of sound at once."""
    spectrum = Spectrum()
    spectrum.hear(sound)
    return spectrum.finish(len(sound))
