"""Sound read straight from disk is what the demuxer reads, sample for sample; what is odd is left to the demuxer."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from qa_platform.ears import audio
from qa_platform.ears.plain_wav import plain_wav

RATE = 8_000
SOUND = bytes(np.random.default_rng(5).integers(0, 256, 2 * 2 * 3_001, np.uint8))


def wav(coding: int, channels: int, *, data: bytes = SOUND, size: int | None = None, tail: bytes = b"") -> bytes:
    width = 2 if coding == 1 else 1
    form = struct.pack("<HHIIHH", coding, channels, RATE, RATE * channels * width, channels * width, 8 * width)
    told = len(data) if size is None else size
    body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", told) + data + tail
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("coding", [1, 6, 7], ids=["PCM", "A-law", "mu-law"])
def test_the_samples_are_those_of_the_demuxer(tmp_path: Path, coding: int, channels: int) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(coding, channels))
    assert plain_wav(path) is not None
    straight = np.concatenate(list(audio.blocks(path, rate=RATE, seconds=0.1)), axis=1)
    demuxed = np.concatenate(list(audio._pieces(path, RATE)), axis=1)
    np.testing.assert_array_equal(straight, demuxed)
    assert audio.probe(path).declared_seconds == pytest.approx(straight.shape[1] / RATE)


ODD: dict[str, Callable[[], bytes]] = {
    "a size that was never written": lambda: wav(1, 2, size=0),
    "a size that is too large": lambda: wav(1, 2, size=len(SOUND) + 400),
    "sound after its stated end": lambda: wav(1, 2, size=len(SOUND) // 2),
    "another part after the sound": lambda: wav(1, 2, tail=b"LIST" + struct.pack("<I", 4) + b"INFO"),
    "a coding that needs a decoder": lambda: wav(2, 1),
    "three channels": lambda: wav(1, 3),
    "cut in its header": lambda: wav(1, 2)[:30],
    "something else": lambda: b"ID3" + SOUND,
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_what_is_odd_is_left_to_the_demuxer(tmp_path: Path, content: Callable[[], bytes]) -> None:
    path = tmp_path / "odd.wav"
    path.write_bytes(content())
    assert plain_wav(path) is None
