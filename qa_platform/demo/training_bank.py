"""Every sentence of the phrase list, spoken and put through the telephone: what the micro-model learns from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from qa_platform.demo.espeak import PHONE_RATE, spoken
from qa_platform.demo.phrases import Phrase, SpeakingVoice, phrases, voices
from qa_platform.demo.telephone import CODINGS, Coding, read, write

RATE = 16000
_GAP = np.zeros(round(0.3 * PHONE_RATE), np.float32)
JITTERS = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One spoken sentence at 16 kHz: as spoken, and as each coding gives it back."""

    phrase: Phrase
    text: str
    sounds: tuple[NDArray[np.int16], ...]

    @property
    def seconds(self) -> float:
        return len(self.sounds[0]) / RATE


def bank(seed: int) -> list[Example]:
    rng = np.random.default_rng(seed)
    takes = [
        (one, text, spoken(text, voice, speed=speed, pitch=pitch))
        for one in phrases().values()
        for text, voice, speed, pitch in _readings(one, rng)
    ]
    clean = [sound for _, _, sound in takes]
    versions = [_upsampled(clean)] + [_upsampled(_through(clean, coding)) for coding in CODINGS.values()]
    return [Example(one, text, tuple(sounds)) for (one, text, _), *sounds in zip(takes, *versions, strict=True)]


def _readings(one: Phrase, rng: np.random.Generator) -> Iterator[tuple[str, SpeakingVoice, int, int]]:
    """Plain sentences in every voice of their side, some shifted; each filling of a slot in three of them."""
    cast = [voice for voice in voices().values() if voice.side == one.side]
    cast = [voice for voice in cast if one.id == f"hello_{voice.name}"] or cast
    for text in one.texts():
        read_by = list(rng.permutation(len(cast)))[:3] if one.slots else range(len(cast))
        for index in read_by:
            yield text, cast[index], 0, 0
        for _ in range(1 if one.slots else JITTERS):
            voice = cast[int(rng.integers(len(cast)))]
            yield text, voice, int(rng.integers(-6, 7)), int(rng.integers(-4, 5))


def _through(sounds: list[NDArray[np.float32]], coding: Coding) -> list[NDArray[np.float32]]:
    """All sounds in one file, quiet as calls are, encoded and decoded once, cut apart again."""
    joined = np.concatenate([part for sound in sounds for part in (sound * 0.4, _GAP)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bank{coding.suffix}"
        write(path, np.stack([joined, joined[::-1]]), coding)
        heard = read(path)[0] / 0.4
    delay = _delay(joined[: PHONE_RATE * 20], heard[: PHONE_RATE * 20] * 0.4)
    heard = np.pad(heard, (0, len(_GAP) + PHONE_RATE))[delay:]
    starts = np.cumsum([0, *(len(sound) + len(_GAP) for sound in sounds)])
    return [heard[start : start + len(sound)] for start, sound in zip(starts, sounds, strict=False)]


def _delay(original: NDArray[np.float32], heard: NDArray[np.float32]) -> int:
    """Samples by which a codec shifted the sound."""
    size = 2 * len(original)
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(original, size)), size)
    return int(np.argmax(likeness[: PHONE_RATE // 2]))


def _upsampled(sounds: list[NDArray[np.float32]]) -> list[NDArray[np.int16]]:
    return [(np.clip(soxr.resample(sound, PHONE_RATE, RATE), -1, 1) * 32767).astype(np.int16) for sound in sounds]
