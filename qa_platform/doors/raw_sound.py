"""Sound without a header: given the WAV header that its source states, so that everything after can read it.

Asterisk names some codings by the suffix alone (`.sln16` is 16 kHz, `.ulaw` is G.711); of a plain `.raw` only whoever
wrote it knows the rate, so the source must say it.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from models.errors import QAError
from models.interactions import Source

# Coding → (WAV format tag, bytes a sample)
CODINGS: Mapping[str, tuple[int, int]] = MappingProxyType({"s16le": (1, 2), "mulaw": (7, 1), "alaw": (6, 1)})
_SUFFIXES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        **dict.fromkeys((".sln", ".slin", ".sln8"), ("s16le", 8_000)),
        **{f".sln{kilohertz}": ("s16le", kilohertz * 1000) for kilohertz in (12, 16, 24, 32, 48, 96)},
        ".sln44": ("s16le", 44_100),
        **dict.fromkeys((".ulaw", ".ul", ".mulaw", ".pcmu", ".mu"), ("mulaw", 8_000)),
        **dict.fromkeys((".alaw", ".al", ".pcma"), ("alaw", 8_000)),
    }
)
UNSTATED = frozenset({".raw", ".pcm"})
SUFFIXES = frozenset(_SUFFIXES) | UNSTATED
_CHUNK = 1 << 20
_LARGEST = 0xFFFFFFFF - 64  # what the header's 32 bits can count


class RateNotStated(QAError):
    status = 422
    says = "The file is sound without a header, and nothing says its sampling rate."
    remedy = "State the rate, coding and channels in the source's settings, or convert the file to WAV."


@dataclass(frozen=True, slots=True)
class RawSound:
    """How sound without a header is to be read."""

    rate: int
    coding: str = "s16le"
    channels: int = 1


def stated(suffix: str, source: Source | None) -> RawSound | None:
    """What the source says, else what the suffix means; None for a file whose suffix promises a header."""
    if suffix not in SUFFIXES:
        return None
    if source is not None and source.raw_rate:
        return RawSound(source.raw_rate, source.raw_coding or "s16le", source.raw_channels or 1)
    if suffix in _SUFFIXES:
        coding, rate = _SUFFIXES[suffix]
        return RawSound(rate, coding)
    raise RateNotStated(f"*{suffix}")


def with_header(content: BinaryIO, sound: RawSound, *, size: int) -> BinaryIO:
    """The same bytes behind a WAV header; nothing is copied."""
    return io.BufferedReader(_After(_header(sound, min(size, _LARGEST)), content), _CHUNK)


def _header(sound: RawSound, size: int) -> bytes:
    tag, width = CODINGS[sound.coding]
    frame = width * sound.channels
    whole = size - size % frame
    form = struct.pack("<HHIIHH", tag, sound.channels, sound.rate, sound.rate * frame, frame, 8 * width)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", 36 + whole, b"WAVE", b"fmt ", 16) + form + struct.pack("<4sI", b"data", whole)
    )


class _After(io.RawIOBase):
    """A header, then the content, as one stream."""

    def __init__(self, header: bytes, content: BinaryIO) -> None:
        self._waiting, self._content = header, content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._waiting[: len(view)] or self._content.read(len(view))
        self._waiting = self._waiting[len(view) :]
        view[: len(piece)] = piece
        return len(piece)
