"""Being put on hold as a line sounds then, from made-up sound: chords, beeps, ringing, and something like speech."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.conversation import HoldSign, Interval
from qa_platform.ears.hold_sounds import holds
from qa_platform.ears.spectra import RATE, Spectrum, of_sound
from qa_platform.ears.voices import listen

Samples = NDArray[np.float32]
SECONDS = 60.0
TALK = [Interval(0.5, 10.0), Interval(45.0, 58.0)]


def times(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def line(*parts: tuple[float, Samples], seed: int = 3) -> Samples:
    """A minute of a line's hiss with sounds in it."""
    sound = np.random.default_rng(seed).normal(0, 5e-4, round(SECONDS * RATE)).astype(np.float32)
    for start, part in parts:
        first = round(start * RATE)
        sound[first : first + len(part)] += part
    return sound


def chords(seconds: float) -> Samples:
    """Four chords that follow each other every second, as an organ holds them."""
    t = times(seconds)
    roots = np.choose((t.astype(int)) % 4, [262.0, 349.0, 392.0, 294.0])
    turns = 2 * np.pi * np.cumsum(roots) / RATE
    return np.asarray(0.03 * sum(np.sin(turns * r * k) / k for r in (1, 1.25, 1.5) for k in (1, 2, 3)), np.float32)


def beeps(seconds: float, every: float) -> Samples:
    t = times(seconds)
    return np.asarray(0.1 * np.sin(2 * np.pi * 1000 * t) * (t % every < 0.3), np.float32)


def babbling(seconds: float, seed: int = 9) -> Samples:
    """Buzzes whose pitch and formants change with every syllable: no speech, but as unsteady."""
    rng = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []
    while sum(part.size for part in parts) < seconds * RATE:
        t = times(rng.uniform(0.08, 0.2))
        buzz = sum(np.sin(2 * np.pi * rng.uniform(95, 220) * k * t) for k in range(1, 15))
        parts.append(buzz * np.hanning(len(t)) * np.cos(2 * np.pi * rng.uniform(300, 2500) * t))
    return np.asarray(0.02 * np.concatenate(parts)[: round(seconds * RATE)], np.float32)


def spans(sound: Samples, talk: list[Interval], no_speech: tuple[Interval, ...] = ()) -> list[tuple[float, float, str]]:
    return [(each.start, each.end, each.sign.value) for each in holds([of_sound(sound)], [talk], no_speech)]


def test_music_between_words_is_a_hold() -> None:
    ((start, end, sign),) = spans(line((12.0, chords(30.0))), TALK)
    assert start == pytest.approx(12.0, abs=1.0)
    assert end == pytest.approx(42.0, abs=1.0)
    assert sign == HoldSign.MUSIC


def test_beeps_at_even_distances_are_a_hold_while_nobody_speaks() -> None:
    sound = line((12.0, beeps(31.0, 10.0)))
    ((start, end, sign),) = spans(sound, TALK)
    assert start == pytest.approx(12.0, abs=0.1)
    assert end == pytest.approx(42.0, abs=0.1)
    assert sign == HoldSign.BEEPS
    assert spans(sound, [Interval(0.5, 58.0)]) == []  # those that tell of a recording come while people talk


NO_HOLDS: dict[str, tuple[Samples, list[Interval]]] = {
    "hiss alone": (line(), TALK),
    "ringing before the first word": (line((0.0, beeps(12.0, 5.0))), [Interval(30.0, 40.0)]),
    "something unsteady": (line((12.0, babbling(30.0))), TALK),
    "a jingle of five seconds": (line((12.0, chords(5.0))), TALK),
    "music behind somebody who talks": (line((12.0, chords(30.0))), [Interval(0.5, 58.0)]),
    "beeps at odd distances": (line(*((at, beeps(1.0, 9.0)) for at in (12.0, 16.0, 27.0, 34.0))), TALK),
    "nobody at all": (line((12.0, chords(30.0))), []),
}


@pytest.mark.parametrize(("sound", "talk"), NO_HOLDS.values(), ids=NO_HOLDS.keys())
def test_what_is_no_hold(sound: Samples, talk: list[Interval]) -> None:
    assert spans(sound, talk) == []


def test_a_long_sound_that_is_no_speech_is_music_though_it_never_rests() -> None:
    plucked = line((12.0, babbling(30.0)))
    assert spans(plucked, TALK, (Interval(12.0, 42.0),)) == [(12.0, 42.0, "music")]


def test_music_is_nobodys_talk_and_the_recording_says_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "hold.wav"
    said = (0.5, babbling(1.0))
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        stereo = np.stack([line(said, seed=4), line((12.0, chords(30.0)))], axis=1)
        out.writeframes((stereo * 32767).astype("<i2").tobytes())
    speech = listen(path, agent_channel=0).speech
    assert [each for each in speech.voices[1].talk if each.seconds > 1.0] == []


def test_the_border_between_two_blocks_leaves_no_trace() -> None:
    sound = line((5.0, babbling(20.0)), (30.0, chords(10.0)))
    pieces = Spectrum()
    for piece in np.split(sound, [7_777, 100_003, 300_000]):
        pieces.hear(piece)
    whole, told = of_sound(sound), pieces.finish(len(sound))
    for name in ("level", "excess", "steady", "tone", "power"):
        np.testing.assert_allclose(getattr(told, name), getattr(whole, name), atol=0.02)
    assert len(whole.level) == len(whole.excess) == SECONDS * 100
