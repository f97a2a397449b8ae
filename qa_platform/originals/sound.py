"""A sealed recording as a WAV that any browser plays, made while it is sent: nothing unsealed touches the disk."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from models.errors import QAError
from qa_platform.ears.audio import FFMPEG_FORMATS, DamagedAudio
from qa_platform.originals.sealing import Unsealed

FASTEST = 16_000
HEADER = 44
WIDTH = 2


@dataclass(frozen=True, slots=True)
class Sound:
    """The shape of the WAV; its length is that of the call as it was measured."""

    content: Unsealed
    coding: str
    rate: int
    channels: int
    frames: int

    @property
    def size(self) -> int:
        return HEADER + self.frames * self.channels * WIDTH

    def bytes_between(self, first: int, stop: int) -> Iterator[bytes]:
        """That part of the WAV, in pieces; what was cut short in the file is silence."""
        at = 0
        for piece in self._whole():
            if at >= stop:
                return
            part = piece[max(0, first - at) : stop - at]
            at += len(piece)
            if part:
                yield part

    def _whole(self) -> Iterator[bytes]:
        yield self._header()
        left = self.frames * self.channels * WIDTH
        for piece in self._samples():
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return
        while left > 0:
            yield bytes(min(left, 1 << 16))
            left -= 1 << 16

    def _header(self) -> bytes:
        """Of a file of this length without its sound: the two sizes are put in afterwards."""
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setparams((self.channels, WIDTH, self.rate, 0, "NONE", ""))
            out.writeframes(b"")
        data = self.frames * self.channels * WIDTH
        head = bytearray(file.getvalue())
        head[4:8], head[40:44] = (36 + data).to_bytes(4, "little"), data.to_bytes(4, "little")
        return bytes(head)

    def _samples(self) -> Iterator[bytes]:
        self.content.seek(0)
        with _opened(self.content, self.coding) as source:
            stream = source.streams.audio[0]
            resampler = AudioResampler(format="s16", layout="stereo" if self.channels == 2 else "mono", rate=self.rate)
            for frame in _frames(source, stream):
                yield from _pieces(resampler, frame)
            yield from _pieces(resampler, None)


def sound_of(content: Unsealed, coding: str, seconds: float) -> Sound:
    """Raises DamagedAudio for what cannot be decoded, and closes it."""
    try:
        return _measured(content, coding, seconds)
    except BaseException:
        content.close()
        raise


def _measured(content: Unsealed, coding: str, seconds: float) -> Sound:
    content.seek(0)
    with _opened(content, coding) as source:
        first = next(_frames(source, source.streams.audio[0]), None)
    if first is None:
        raise DamagedAudio
    rate = min(first.sample_rate, FASTEST)
    return Sound(content, coding, rate, min(2, first.layout.nb_channels), round(seconds * rate))


def _opened(content: Unsealed, coding: str) -> InputContainer:
    name = FFMPEG_FORMATS.get(coding, coding)
    try:
        source = av.open(content, format=name, options={"protocol_whitelist": "file"}, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise DamagedAudio from error
    if not source.streams.audio:
        raise DamagedAudio
    return cast(InputContainer, source)


def _frames(source: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    packets = source.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            frames = packet.decode() if packet is not None else []
        except QAError:
            raise
        except av.error.FFmpegError:
            return  # it ends inside a packet: what came before it is sound
        if packet is None:
            return
        for frame in frames:
            if isinstance(frame, AudioFrame):
                yield frame


def _pieces(resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[bytes]:
    for piece in resampler.resample(frame):
        yield piece.to_ndarray().tobytes()
