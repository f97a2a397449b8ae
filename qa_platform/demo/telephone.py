"""Writes sound as the compressed files that telephone exchanges leave behind, with PyAV."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

RATE = 8000


@dataclass(frozen=True, slots=True)
class Coding:
    codec: str
    suffix: str
    bit_rate: int | None = None
    options: tuple[tuple[str, str], ...] = ()


# Below about 18 kbit/s, or tuned for music, Opus folds two channels into one and the sides are lost.
OPUS = Coding("libopus", ".ogg", 20_000, (("application", "voip"), ("frame_duration", "60")))
MP3 = Coding("libmp3lame", ".mp3", 24_000)
MU_LAW = Coding("pcm_mulaw", ".wav")
CODINGS = {"opus": OPUS, "mp3": MP3, "mulaw": MU_LAW}


def write(path: Path, channels: NDArray[np.float32], coding: Coding) -> None:
    """`channels` holds one row a side, at 8 kHz, within -1 and 1."""
    samples = np.ascontiguousarray((np.clip(channels, -1, 1) * 32767).astype(np.int16).T)
    layout = "stereo" if len(channels) == 2 else "mono"
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:  # the same bytes every time
        stream = cast(AudioStream, container.add_stream(coding.codec, rate=RATE, options=dict(coding.options)))
        stream.layout = layout
        if coding.bit_rate:
            stream.bit_rate = coding.bit_rate
        stream.codec_context.open()  # only then is its frame size known
        resampler = av.AudioResampler(stream.format, layout, RATE, frame_size=stream.frame_size or None)
        for start in range(0, len(samples), RATE):  # a second at a time: one huge frame takes quadratic time
            frame = av.AudioFrame.from_ndarray(
                samples[start : start + RATE].reshape(1, -1), format="s16", layout=layout
            )
            frame.sample_rate, frame.pts = RATE, start
            for wanted in resampler.resample(frame):
                container.mux(stream.encode(wanted))
        for wanted in resampler.resample(None):
            container.mux(stream.encode(wanted))
        container.mux(stream.encode(None))


def read(path: Path) -> NDArray[np.float32]:
    """One row a channel, at 8 kHz."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", None, RATE)
        parts = [out.to_ndarray() for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        parts += [out.to_ndarray() for out in resampler.resample(None)]
    return np.concatenate(parts, axis=1)
