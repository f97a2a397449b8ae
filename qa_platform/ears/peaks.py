"""The waveform as the player draws it: the lowest and highest sample of every 20 ms, a byte each, worked out once."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval
from models.errors import QAError

PAIR_SECONDS = 0.02
_HEADER = struct.Struct("<4sHHId")  # magic, version, channels, pairs a channel, duration
_MAGIC, _VERSION = b"QAPK", 1


class DamagedPeaks(QAError):
    status = 500
    says = "The stored waveform cannot be read."
    remedy = "Process the recording again."


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """`pairs` is (channels, pairs, 2) of int8: minimum and maximum, where 127 is full scale."""

    pairs: NDArray[np.int8]
    duration: float

    def to_bytes(self) -> bytes:
        channels, count, _ = self.pairs.shape
        return _HEADER.pack(_MAGIC, _VERSION, channels, count, self.duration) + self.pairs.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Peaks:
        if len(data) < _HEADER.size:
            raise DamagedPeaks
        magic, version, channels, count, duration = _HEADER.unpack_from(data)
        body = data[_HEADER.size :]
        if magic != _MAGIC or version != _VERSION or len(body) != channels * count * 2:
            raise DamagedPeaks
        return cls(np.frombuffer(body, np.int8).reshape(channels, count, 2), duration)

    def silenced(self, spans: Sequence[Interval]) -> Peaks:
        """The same wave, flat in these stretches."""
        pairs = self.pairs.copy()
        for span in spans:
            pairs[:, max(0, floor(span.start / PAIR_SECONDS)) : ceil(span.end / PAIR_SECONDS)] = 0
        return Peaks(pairs, self.duration)

    def as_json(self, *, most_pairs: int = 6000) -> dict[str, float | list[list[float]]]:
        """What the player draws: a list of minima and maxima a channel, from -1 to 1, thinned for a screen."""
        pairs = self.pairs
        step = -(-pairs.shape[1] // most_pairs)
        if step > 1:
            starts = np.arange(0, pairs.shape[1], step)
            low = np.minimum.reduceat(pairs[:, :, 0], starts, axis=1)
            high = np.maximum.reduceat(pairs[:, :, 1], starts, axis=1)
            pairs = np.stack([low, high], axis=2)
        lists = np.round(pairs.reshape(pairs.shape[0], -1) / 127.0, 2).tolist()
        return {"peaks": lists, "duration": round(self.duration, 3)}


def of_block(block: NDArray[np.float32], rate: int) -> NDArray[np.int8]:
    """(channels, samples) to (channels, pairs, 2); a last, shorter piece counts as a pair of its own."""
    width = round(rate * PAIR_SECONDS)
    short = -block.shape[1] % width
    if short:
        block = np.pad(block, ((0, 0), (0, short)))
    pieces = block.reshape(block.shape[0], -1, width)
    pairs = np.stack([pieces.min(axis=2), pieces.max(axis=2)], axis=2)
    return np.clip(np.rint(pairs * 127.0), -127, 127).astype(np.int8)


def joined(parts: Sequence[NDArray[np.int8]], duration: float) -> Peaks:
    return Peaks(np.concatenate(parts, axis=1), duration)
