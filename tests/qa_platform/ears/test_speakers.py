"""Two people on one channel are told apart by their voices, or it is said that they are not."""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from models.conversation import UNSURE_VOICE, Apart, Interval, Speaker, Speech
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.demo.telephone import CODINGS, RATE, read, write
from qa_platform.ears import timbre
from qa_platform.ears.diarization_error import errors
from qa_platform.ears.mixtures import mixture
from qa_platform.ears.speakers import judged
from qa_platform.ears.timbre import HOP, of_blocks
from qa_platform.ears.two_voices import divided, separated
from qa_platform.ears.voices import listen

WOMAN_AND_MAN, TWINS = "call-03", "call-18"


def _heard(folder: Path, call: str, sides: slice = slice(None)) -> Speech:
    sound = read(RECORDINGS / f"{call}.ogg")[sides].sum(axis=0, keepdims=True)
    write(folder / "mono.wav", sound, CODINGS["mulaw"])
    return listen(folder / "mono.wav", agent_channel=None).speech


def _truth(call: str) -> list[list[Interval]]:
    lines = json.loads(TRUTH.read_text("utf-8"))[call]["lines"]
    return [[Interval(one["start"], one["end"]) for one in lines if one["side"] == side] for side in _SIDES]


_SIDES = ("agent", "customer")


@pytest.fixture(scope="module")
def woman_and_man(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return _heard(tmp_path_factory.mktemp("call"), WOMAN_AND_MAN)


def test_a_woman_and_a_man_on_one_line_are_told_apart(woman_and_man: Speech) -> None:
    assert woman_and_man.told_apart
    assert woman_and_man.two_voices
    assert {voice.side for voice in woman_and_man.voices} == {Speaker.UNKNOWN}
    found = errors(_truth(WOMAN_AND_MAN), [voice.talk for voice in woman_and_man.voices[:2]], woman_and_man.duration)
    assert found.confusion < 0.02
    assert found.rate < 0.15


def test_whoever_speaks_first_is_the_first_voice(woman_and_man: Speech) -> None:
    assert woman_and_man.by_ear is not None
    assert woman_and_man.by_ear.stretches[0].voice == 0


def test_every_second_of_speech_is_in_one_voice_only(woman_and_man: Speech) -> None:
    talk = sorted(part for voice in woman_and_man.voices for part in voice.talk)
    assert all(one.end <= other.start for one, other in pairwise(talk))
    assert woman_and_man.by_ear is not None
    assert len(talk) == len(woman_and_man.by_ear.stretches)


def test_a_stretch_too_short_to_tell_is_nobodys(woman_and_man: Speech) -> None:
    assert woman_and_man.by_ear is not None
    unsure = [Interval(each.start, each.end) for each in woman_and_man.by_ear.stretches if each.confidence < 0.8]
    assert unsure
    assert woman_and_man.voices[UNSURE_VOICE].talk == tuple(unsure)


@pytest.mark.parametrize(
    ("call", "sides"),
    [(TWINS, slice(None)), (WOMAN_AND_MAN, slice(0, 1)), (WOMAN_AND_MAN, slice(1, 2))],
    ids=["two voices from one mould", "the agent alone", "the customer alone"],
)
def test_one_voice_and_two_that_sound_alike_are_not_told_apart(tmp_path: Path, call: str, sides: slice) -> None:
    speech = _heard(tmp_path, call, sides)
    assert speech.by_ear is not None
    assert speech.by_ear.apart is not Apart.TOLD
    assert speech.by_ear.confidence < 0.8
    assert [voice.side for voice in speech.voices] == [Speaker.UNKNOWN]


def test_too_little_speech_tells_nothing(tmp_path: Path) -> None:
    sound = read(RECORDINGS / f"{WOMAN_AND_MAN}.ogg").sum(axis=0, keepdims=True)[:, : 3 * RATE]
    write(tmp_path / "short.wav", sound, CODINGS["mulaw"])
    assert listen(tmp_path / "short.wav", agent_channel=None).speech.by_ear is None


# ------------------------------------------------------------------------------------------------------- what it hears


@pytest.mark.parametrize("hertz", [90.0, 130.0, 220.0, 320.0])
def test_pitch_is_heard_through_a_telephone_that_cuts_the_fundamental(hertz: float) -> None:
    moments = np.arange(RATE) / RATE
    voice = sum(np.sin(2 * np.pi * hertz * n * moments) / n for n in range(1, 30) if 300 < hertz * n < 3400)
    heard = of_blocks([np.asarray(voice, np.float32)[None]], [Interval(0.2, 0.8)])
    assert np.exp(np.median(heard.pitch)) == pytest.approx(hertz, rel=0.03)
    assert np.median(heard.voiced) > 0.5


def test_blocks_of_any_length_sound_the_same() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 3 * RATE).astype(np.float32)
    talk = [Interval(0.1, 1.4), Interval(1.9, 2.95)]
    whole = of_blocks([sound[None]], talk)
    for length in (RATE // 3, RATE, HOP * 7 + 1):
        pieces = of_blocks([sound[None, at : at + length] for at in range(0, len(sound), length)], talk)
        np.testing.assert_array_equal(pieces.at, whole.at)
        np.testing.assert_allclose(pieces.shape[1:], whole.shape[1:], rtol=1e-3, atol=1e-3)
    assert len(whole) == 130 + 105
    assert np.flatnonzero(whole.begins).tolist() == [0, 130]


def test_nobody_speaking_has_no_timbre() -> None:
    assert len(of_blocks([np.zeros((1, RATE), np.float32)], [])) == 0
    assert separated(of_blocks([np.zeros((1, RATE), np.float32)], [Interval(0.0, 0.9)])) is None


def test_a_long_call_is_learnt_from_parts_of_it_and_told_apart_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_platform.ears.two_voices.LEARN_FROM", 70 * timbre.FRAMES_A_SECOND)
    monkeypatch.setattr("qa_platform.ears.two_voices.SAMPLED_AT_ONCE", 10 * timbre.FRAMES_A_SECOND)
    monkeypatch.setattr("qa_platform.ears.two_voices.CHUNK", 1000)
    once = read(RECORDINGS / f"{WOMAN_AND_MAN}.ogg").sum(axis=0, keepdims=True)
    length = once.shape[1] / RATE
    truth = [
        [*talk, *(Interval(each.start + length, each.end + length) for each in talk)] for talk in _truth(WOMAN_AND_MAN)
    ]
    sound = of_blocks([once, once], sorted(truth[0] + truth[1]))
    found = separated(sound)
    assert found is not None
    by_ear = judged(sound, found)
    assert by_ear.apart is Apart.TOLD
    heard = [[Interval(one.start, one.end) for one in by_ear.stretches if one.voice == voice] for voice in (0, 1)]
    assert errors(truth, heard, 2 * length).confusion < 0.02


# -------------------------------------------------------------------------------------------------------- the division


def test_the_division_is_the_likeliest_of_all() -> None:
    chance = np.random.default_rng(2)
    for _ in range(20):
        lean, costs = chance.normal(0, 2, 9), chance.uniform(0, 4, 9)
        signs = np.array(list(product((1.0, -1.0), repeat=9)))
        worth = signs @ lean / 2 - (np.abs(np.diff(signs)) / 2) @ costs[1:]
        best = signs[np.argmax(worth)] > 0
        np.testing.assert_array_equal(divided(lean, costs), best)


def test_a_mixture_finds_two_clouds_and_moves_to_one_of_them() -> None:
    chance = np.random.default_rng(3)
    left, right = chance.normal(-5, 1, (400, 2)), chance.normal(5, 1, (400, 2))
    both = mixture(np.vstack([left, right]), 2)
    assert sorted(both.means[:, 0]) == pytest.approx([-5, 5], abs=0.3)
    assert both.likelihood(left).mean() > both.likelihood(np.zeros((1, 2)))[0]
    moved = both.adapted(left + 1, doubt=8.0)
    assert sorted(moved.means[:, 0]) == pytest.approx([-4, 5], abs=0.3)


# --------------------------------------------------------------------------------------------------------- the measure


def _talk(*spans: tuple[float, float]) -> list[Interval]:
    return [Interval(*span) for span in spans]


@pytest.mark.parametrize(
    ("heard", "rate", "confusion"),
    [
        ([_talk((0, 10)), _talk((10, 20))], 0.0, 0.0),
        ([_talk((10, 20)), _talk((0, 10))], 0.0, 0.0),
        ([_talk((0, 10.2)), _talk((10.2, 20))], 0.0, 0.0),
        ([_talk((0, 10)), _talk()], 0.5, 0.0),
        ([_talk((0, 15)), _talk((15, 20))], 0.25, 0.25),
        ([_talk((0, 20))], 0.5, 0.5),
        ([_talk((0, 10), (20.5, 22)), _talk((10, 20))], 1.5 / 19, 0.0),
    ],
    ids=["right", "named otherwise", "within the collar", "missed", "half confused", "one for both", "made up"],
)
def test_errors_are_counted_as_in_the_evaluations(heard: list[list[Interval]], rate: float, confusion: float) -> None:
    found = errors([_talk((0, 10)), _talk((10, 20))], heard, 25.0)
    assert found.rate == pytest.approx(rate, abs=0.02)
    assert found.confusion == pytest.approx(confusion, abs=0.02)
