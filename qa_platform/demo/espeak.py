"""Speaks a sentence with espeak-ng; needed only to make the demonstration material again, never to use it."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import soxr
from numpy.typing import NDArray

from qa_platform.demo.phrases import SpeakingVoice

PHONE_RATE = 8000
_ESPEAK_RATE = 22050
_WAV_HEADER = 44

Sound = NDArray[np.float32]


def spoken(text: str, voice: SpeakingVoice, *, speed: int = 0, pitch: int = 0) -> Sound:
    """The sentence at 8 kHz, its silent edges cut, peak 1; `speed` and `pitch` shift the voice's own setting."""
    words = re.sub(r"(?<=\w)[,;:](?=\s)", "", text)  # espeak-ng pauses at a comma; the detector would cut there
    command = [
        "espeak-ng",
        "-v",
        voice.voice,
        "-s",
        str(voice.speed + speed),
        "-p",
        str(voice.pitch + pitch),
        "--stdout",
    ]
    wav = subprocess.run([*command, words], capture_output=True, check=True).stdout  # noqa: S603 - our own phrase list
    samples = np.frombuffer(wav[_WAV_HEADER:], np.int16).astype(np.float32) / 32768
    return trimmed(telephone_band(soxr.resample(samples, _ESPEAK_RATE, PHONE_RATE)))


def telephone_band(sound: Sound) -> Sound:
    """Only what a telephone line carries: 250 to 3500 Hz."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / PHONE_RATE)
    spectrum *= np.clip((hertz - 150) / 150, 0, 1) * np.clip((3700 - hertz) / 300, 0, 1)
    return np.asarray(np.fft.irfft(spectrum, len(sound)), np.float32)


def trimmed(sound: Sound, *, keep_seconds: float = 0.02) -> Sound:
    level = np.abs(sound)
    heard = np.flatnonzero(level > 0.01 * level.max())
    keep = round(keep_seconds * PHONE_RATE)
    cut = sound[max(0, heard[0] - keep) : heard[-1] + keep]
    return np.asarray(cut / level.max(), np.float32)
