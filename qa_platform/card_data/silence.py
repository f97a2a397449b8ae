"""A recording with stretches of it silenced on every channel, sample for sample the same elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame

from models.conversation import Interval
from qa_platform.ears import audio
from qa_platform.ears.audio import Samples

_LAYOUTS = {1: "mono", 2: "stereo"}


def is_silent(recording: Path, spans: Sequence[Interval]) -> bool:
    """Whether nothing is left there, so that a second hearing does not write the same file again."""
    rate = audio.probe(recording).sample_rate
    at = 0
    for block in audio.blocks(recording, rate=rate):
        if any(block[:, first:last].any() for first, last in _places(block, at, spans, rate)):
            return False
        at += block.shape[1]
    return True


def write_silenced(recording: Path, spans: Sequence[Interval], target: BinaryIO) -> None:
    """Writes FLAC, which loses nothing of what stays, with every channel and on the same clock."""
    rate = audio.probe(recording).sample_rate
    at = 0
    with av.open(target, "w", format="flac") as out:
        stream = None
        for block in audio.blocks(recording, rate=rate):
            for first, last in _places(block, at, spans, rate):
                block[:, first:last] = 0.0
            if stream is None:
                stream = out.add_stream("flac", rate=rate)
                stream.layout = _LAYOUTS[len(block)]
                stream.format = "s16"
            out.mux(stream.encode(_frame(block, rate, at)))
            at += block.shape[1]
        if stream is not None:
            out.mux(stream.encode(None))


def _places(block: Samples, at: int, spans: Sequence[Interval], rate: int) -> list[tuple[int, int]]:
    length = block.shape[1]
    places = []
    for span in spans:
        first = max(0, floor(span.start * rate) - at)
        last = length if span.end == inf else min(length, ceil(span.end * rate) - at)
        if first < last:
            places.append((first, last))
    return places


def _frame(block: Samples, rate: int, at: int) -> AudioFrame:
    samples = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype(np.int16)
    packed = np.ascontiguousarray(samples.T).reshape(1, -1)
    frame = AudioFrame.from_ndarray(packed, format="s16", layout=_LAYOUTS[len(block)])
    frame.sample_rate, frame.pts = rate, at
    return frame
