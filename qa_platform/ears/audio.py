"""Any recording a contact centre exports, as sound: what it is, and its samples, block by block from disk.

The container is told from the file's own first bytes and then forced. A demuxer left to guess opens a `.wav` that is
really a playlist script, and returns the sound of whatever file that script names: another person's call.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
import av.error
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from models.errors import QAError
from models.finding import Scalar
from qa_platform.ears.containers import HEAD_BYTES, container_of, sniff, sniff_strictly
from qa_platform.ears.plain_wav import plain_wav, sound_of

__all__ = [
    "HEAD_BYTES",
    "AudioFacts",
    "Samples",
    "Warning_",
    "blocks",
    "duration_warning",
    "probe",
    "sniff",
    "sniff_strictly",
]

Samples = NDArray[np.float32]

LONGEST_GAP_SECONDS = 4 * 3600.0
GATHERED_SECONDS = 5.0
GAP_SECONDS = 0.2  # timestamps of lossy containers jitter by a packet; a muted WebRTC track jumps by seconds

RATES = (2_000, 384_000)
LOUDEST = 65_536.0  # a float far beyond full scale would overflow the first sum of squares

FFMPEG_FORMATS: Mapping[str, str] = MappingProxyType({"mp4": "mov", "wma": "asf"})  # where its names are not ours


class NoSound(QAError):
    says = "The recording has a header but no sound."
    remedy = "The recorder stopped before it wrote anything: look for another copy."


class NoAudioTrack(QAError):
    says = "The file has no audio track."
    remedy = "Export the call with its sound."


class CodecNotSupported(QAError):
    says = "The sound is coded as {codec}, which cannot be read here."
    remedy = "Convert it to WAV, MP3, Opus or FLAC."


class TooManyChannels(QAError):
    says = "The recording has {channels} channels; a call has one or two."
    remedy = "Export the agent's and the customer's channels only."


class NoSuchRate(QAError):
    says = "The recording claims {rate} samples a second, which no recorder writes."
    remedy = "Its header is damaged: export it again from the recorder."


class DamagedAudio(QAError):
    says = "The recording is damaged and cannot be read."
    remedy = "Export it again from the recorder."


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 (the builtin has the plain name)
    """Something that a person should know of a recording that was kept: a message id and its values."""

    says: str
    details: Mapping[str, Scalar] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.says.format(**self.details)


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What a file says of itself; `declared_seconds` is its own claim, which a crashed recorder leaves wrong."""

    container: str
    codec: str
    channels: int
    sample_rate: int
    declared_seconds: float | None
    size: int


def probe(path: Path) -> AudioFacts:
    """Reads the header and one frame: refuses at the door what could not be heard later."""
    container = container_of(path)
    plain = plain_wav(path) if container == "wav" else None
    if plain is not None:
        _believable(plain.channels, plain.rate, path.name)
        seconds = plain.frames / plain.rate
        return AudioFacts("wav", plain.codec, plain.channels, plain.rate, seconds, path.stat().st_size)
    with _opened(path, container) as (source, stream):
        if not any(frame.samples for frame in _frames(source, stream, path.name)):
            raise NoSound(path.name)
        codec = stream.codec_context
        # Some decoders only know their channels after the first frame.
        _believable(codec.channels, codec.sample_rate, path.name)
        return AudioFacts(
            container=container,
            codec=codec.name,
            channels=codec.channels,
            sample_rate=codec.sample_rate,
            declared_seconds=_declared_seconds(path, container, source),
            size=path.stat().st_size,
        )


def blocks(path: Path, *, rate: int = 16_000, seconds: float = 30.0) -> Iterator[Samples]:
    """The recording as (channels, samples) blocks of `seconds`, the last one shorter; memory stays constant."""
    length = round(rate * seconds)
    plain = plain_wav(path) if container_of(path) == "wav" else None
    if plain is not None and plain.rate == rate:
        yield from sound_of(path, plain, length)
        return
    waiting: list[Samples] = []
    held = 0
    for piece in _pieces(path, rate):
        waiting.append(piece)
        held += piece.shape[1]
        if held < length:
            continue
        joined = np.concatenate(waiting, axis=1)
        while joined.shape[1] >= length:
            yield joined[:, :length]
            joined = joined[:, length:]
        waiting, held = [joined.copy()], joined.shape[1]
    if held:
        yield np.concatenate(waiting, axis=1)


def duration_warning(declared: float | None, heard: float) -> Warning_ | None:
    """A header that disagrees with the sound by more than 1 % is what a crashed recorder or a cut copy leaves."""
    if declared is None or abs(declared - heard) <= max(0.01 * heard, 0.5):
        return None
    return Warning_(
        "The header says {declared} s but {heard} s of sound were found: the recorder may not have closed the file.",
        MappingProxyType({"declared": round(declared, 1), "heard": round(heard, 1)}),
    )


def _declared_seconds(path: Path, container: str, source: InputContainer) -> float | None:
    if container == "wav":
        return _wav_header(path).seconds
    return source.duration / av.time_base if source.duration else None


@dataclass(frozen=True, slots=True)
class _WavHeader:
    """What the header claims, taken literally: ffmpeg quietly replaces a size that is too large by the file's own."""

    seconds: float | None = None
    goes_on: bool = False  # there is more sound after the end that it claims


def _wav_header(path: Path) -> _WavHeader:
    bytes_per_second = wide = 0
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            name, size = head[:4], struct.unpack("<I", head[4:])[0]
            if name == b"data":
                size = wide if wide and size == 0xFFFFFFFF else size
                file.seek(size + size % 2, 1)
                # A recorder that rewrites its header now and then leaves a short size when it dies.
                goes_on = bool(size) and not _is_chunk(file.read(8))
                return _WavHeader(float(size / bytes_per_second) if bytes_per_second else None, goes_on)
            body = file.read(min(size, 64))
            if name == b"fmt " and len(body) >= 12:
                bytes_per_second = struct.unpack("<I", body[8:12])[0]
            elif name == b"ds64" and len(body) >= 16:
                wide = struct.unpack("<Q", body[8:16])[0]
            file.seek(size - len(body) + size % 2, 1)
    return _WavHeader()


def _is_chunk(head: bytes) -> bool:
    """Whether what follows the sound is the name of another part, or nothing worth a name."""
    return len(head) < 8 or all(0x20 <= byte < 0x7F for byte in head[:4])


# -------------------------------------------------------------------------------------------------------- decoding


@contextmanager
def _opened(path: Path, container: str) -> Iterator[tuple[InputContainer, AudioStream]]:
    # An absolute path, and no protocol but `file`: nothing inside the file can reach the network.
    options = {"protocol_whitelist": "file"}
    if container == "wav" and _wav_header(path).goes_on:
        options["ignore_length"] = "1"
    name = FFMPEG_FORMATS.get(container, container)
    try:
        source = av.open(str(path.resolve()), format=name, options=options, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise DamagedAudio(path.name) from error
    with source:
        if not source.streams.audio:
            raise NoAudioTrack(path.name)
        stream = source.streams.audio[0]
        if stream.codec_context is None:
            raise CodecNotSupported(path.name, codec="unknown")
        yield source, stream


def _frames(source: InputContainer, stream: AudioStream, where: str) -> Iterator[AudioFrame]:
    """Every frame that can be decoded; broken packets are stepped over, their time is filled by the caller."""
    heard = broken = 0
    packets = source.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            break  # the file ends inside a packet: what came before it is sound
        if packet is None:
            break
        try:
            for frame in packet.decode():
                if isinstance(frame, AudioFrame):
                    heard += 1
                    yield frame
        except (av.error.DecoderNotFoundError, av.error.PatchWelcomeError) as error:
            raise CodecNotSupported(where, codec=stream.codec_context.name) from error
        except av.error.FFmpegError:
            broken += 1
    if broken and not heard:
        raise DamagedAudio(where)


def _pieces(path: Path, rate: int) -> Iterator[Samples]:
    container = container_of(path)
    with _opened(path, container) as (source, stream):
        converter: _Converter | None = None
        due: float | None = None
        for frame in _frames(source, stream, path.name):
            if converter is None:
                _believable(frame.layout.nb_channels, frame.sample_rate, path.name)
                converter = _Converter(frame, rate, path.name)
            began = None if frame.time is None else float(frame.time)
            if began is not None and due is not None and began - due > GAP_SECONDS:
                yield from converter.so_far()
                yield from _silence(began - due, converter.channels, rate, path.name)
            if began is not None:
                due = began + frame.samples / frame.sample_rate
            yield from converter.take(frame)
        if converter is None:
            raise NoSound(path.name)
        yield from converter.so_far()
        yield from converter.rest()


class _Converter:
    """Frames to samples at the wanted rate, many at a time: a call of Opus has fifty frames a second."""

    def __init__(self, first: AudioFrame, rate: int, where: str) -> None:
        self.channels = first.layout.nb_channels
        self._where = where
        self._resampler = AudioResampler(format="fltp", layout=first.layout, rate=rate)
        self._waiting = AudioFifo()
        self._kind = _kind(first)
        self._enough = round(GATHERED_SECONDS * first.sample_rate)

    def take(self, frame: AudioFrame) -> Iterator[Samples]:
        if _kind(frame) != self._kind:  # the coding changes in mid file
            yield from self.so_far()
            yield from self._resampled(frame)
            return
        frame.pts = None
        self._waiting.write(frame)
        if self._waiting.samples >= self._enough:
            yield from self.so_far()

    def so_far(self) -> Iterator[Samples]:
        """What waits, now: before a gap, and at the end."""
        if self._waiting.samples:
            yield from self._resampled(self._waiting.read())

    def rest(self) -> Iterator[Samples]:
        """What the resampler still holds back."""
        yield from self._resampled(None)

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Samples]:
        try:
            resampled = self._resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as error:
            raise DamagedAudio(self._where) from error
        for piece in resampled:
            yield _fitted(_finite(piece.to_ndarray()), self.channels)


def _kind(frame: AudioFrame) -> tuple[str, int, int]:
    return frame.format.name, frame.layout.nb_channels, frame.sample_rate


def _finite(found: NDArray[Any]) -> Samples:
    """Float recordings may hold NaN or infinity, which would poison every measure after them."""
    whole = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(whole, -LOUDEST, LOUDEST), np.float32)


def _fitted(piece: Samples, channels: int) -> Samples:
    """A damaged frame may claim other channels than the file began with: its sound goes to all of them."""
    return piece if len(piece) == channels else np.repeat(piece.mean(axis=0, keepdims=True), channels, axis=0)


def _silence(seconds: float, channels: int, rate: int, where: str) -> Iterator[Samples]:
    """Time that the container skips (a muted track, a lost packet) is silence, or everything after it would slip."""
    if seconds > LONGEST_GAP_SECONDS:
        raise DamagedAudio(where)
    left = round(seconds * rate)
    while left > 0:
        yield np.zeros((channels, min(left, rate)), np.float32)
        left -= rate


def _believable(channels: int, rate: int, where: str) -> None:
    """A rate of 1 Hz in a damaged header would make a day of a second."""
    if channels > 2:
        raise TooManyChannels(where, channels=channels)
    if not RATES[0] <= rate <= RATES[1]:
        raise NoSuchRate(where, rate=rate)
