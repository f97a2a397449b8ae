"""Two-channel calls under conditions that telephone lines bring, with the truth of who speaks when.

Made from the demonstration's calls, whose lines are known to the millisecond: noise, hum, a room that talks, leaking
channels, uneven loudness, the codings of exchanges. Synthetic voices: what holds here need not hold on your lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_platform.demo.call_scripts import RECORDINGS, truth
from qa_platform.demo.telephone import MP3, MU_LAW, OPUS, Coding, read, write
from qa_platform.ears.spectra import RATE

__all__ = ["CONDITIONS", "RATE", "Call", "Condition", "clean_call", "written"]

Sound = NDArray[np.float32]
Flags = NDArray[np.bool_]

FRAMES_A_SECOND = 100
PCM, A_LAW = Coding("pcm_s16le", ".wav"), Coding("pcm_alaw", ".wav")
HUM = 60.0  # hertz
VOICES_IN_A_ROOM = 16  # each speaks a third of the time: four or five at once, as on a floor


@dataclass(frozen=True, slots=True)
class Condition:
    """`snr` in dB against each side's speech, `leak` in dB of the other side, `late` seconds, `gains` in dB a side."""

    name: str
    coding: Coding = PCM
    noise: str = ""
    snr: float = 0.0
    leak: float | None = None
    late: float = 0.0
    gains: tuple[float, float] = (0.0, 0.0)


CONDITIONS = (
    Condition("clean"),
    Condition("A-law, white noise 20 dB", A_LAW, "white", 20.0),
    Condition("mu-law, white noise 10 dB", MU_LAW, "white", 10.0),
    Condition("hum 12 dB", PCM, "hum", 12.0),
    Condition("a talking room 15 dB", PCM, "room", 15.0),
    Condition("mu-law, leak -25 dB", MU_LAW, "white", 25.0, leak=-25.0),
    Condition("leak -20 dB late by 120 ms, -10 and +4 dB", PCM, "white", 20.0, -20.0, 0.12, (-10.0, 4.0)),
    Condition("MP3, white noise 20 dB", MP3, "white", 20.0),
    Condition("Opus, white noise 20 dB", OPUS, "white", 20.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """Agent and customer at 8 kHz, and whether each speaks, a hundred times a second."""

    sound: Sound
    speaks: Flags

    @property
    def seconds(self) -> float:
        return float(self.sound.shape[1] / RATE)


def clean_call(seconds: float) -> Call:
    """Demonstration calls one after the other until there is enough."""
    sounds: list[Sound] = []
    flags: list[Flags] = []
    length = 0.0
    for told in truth().values():
        if told["layout"] != "agent_left" or length >= seconds:
            continue
        sound = read(RECORDINGS / told["file"])
        frames = sound.shape[1] * FRAMES_A_SECOND // RATE
        speaks = np.zeros((2, frames), np.bool_)
        for line in told["lines"]:
            side = 0 if line["side"] == "agent" else 1
            speaks[side, round(line["start"] * FRAMES_A_SECOND) : round(line["end"] * FRAMES_A_SECOND)] = True
        sounds.append(sound[:, : frames * RATE // FRAMES_A_SECOND])
        flags.append(speaks)
        length += frames / FRAMES_A_SECOND
    frames = round(min(seconds, length) * FRAMES_A_SECOND)
    joined, spoken = np.concatenate(sounds, axis=1), np.concatenate(flags, axis=1)
    return Call(joined[:, : frames * RATE // FRAMES_A_SECOND], spoken[:, :frames])


def written(call: Call, condition: Condition, folder: Path, *, seed: int) -> Path:
    """The call as a recording under this condition."""
    rng = np.random.default_rng(seed)
    own = call.sound * np.power(10.0, np.array(condition.gains, np.float32) / 20)[:, None].astype(np.float32)
    heard = own.copy()
    if condition.leak is not None:
        late = round(condition.late * RATE)
        echo = np.pad(own[::-1], ((0, 0), (late, 0)))[:, : own.shape[1]]
        heard += echo * np.float32(10 ** (condition.leak / 20))
    for side, noise in enumerate(_noises(call, condition.noise, rng)):
        spoken = np.repeat(call.speaks[side], RATE // FRAMES_A_SECOND)
        loud = np.sqrt(np.mean(np.square(own[side, : len(spoken)][spoken])))
        heard[side] += noise * (loud * 10 ** (-condition.snr / 20) / np.sqrt(np.mean(np.square(noise))))
    path = folder / f"{condition.name}{condition.coding.suffix}"
    write(path, heard * np.float32(0.5), condition.coding)
    return path


def _noises(call: Call, kind: str, rng: np.random.Generator) -> Iterator[Sound]:
    samples = call.sound.shape[1]
    for _ in range(2 if kind else 0):
        if kind == "white":
            yield np.asarray(rng.normal(0, 1, samples), np.float32)
        elif kind == "hum":
            turns = 2 * np.pi * HUM * np.arange(samples) / RATE
            yield np.asarray(sum(np.sin(turns * k + k) / k for k in (1, 3, 5, 7, 9)), np.float32)
        else:
            moved = [np.roll(call.sound[i % 2], int(rng.integers(samples))) for i in range(VOICES_IN_A_ROOM)]
            yield np.sum(moved, axis=0, dtype=np.float32)
