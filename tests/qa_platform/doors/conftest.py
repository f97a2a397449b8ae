"""What the stories of the doors begin with: a data folder, a tone, a source."""

from __future__ import annotations

import math
import struct
import wave
from io import BytesIO
from pathlib import Path

import pytest

from qa_platform.settings import Settings


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "entrada"
    folder.mkdir()
    return folder


def samples(seconds: float, hertz: float, *, rate: int = 8000) -> bytes:
    count = round(seconds * rate)
    return struct.pack(f"<{count}h", *(round(9000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count)))


def tone(seconds: float = 1.0, hertz: float = 440.0, *, rate: int = 8000) -> bytes:
    """A WAV file of one channel."""
    written = BytesIO()
    with wave.open(written, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(samples(seconds, hertz, rate=rate))
    return written.getvalue()
