"""Utterances are cut out of the stream whole, in order, on their own channel, and none is longer than Whisper hears."""

from __future__ import annotations

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from models.conversation import Interval, Layout, Speaker, Speech, Voice
from qa_platform.ears import clips

RATE = 16_000


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """Two minutes in which every sample says its own second: left as it is, right negative."""
    seconds = np.floor(np.arange(120 * RATE) / RATE) / 128
    path = tmp_path / "counting.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.stack([seconds, -seconds], axis=1) * 32767).astype("<i2").tobytes())
    return path


def speech(*talk: list[tuple[float, float]]) -> Speech:
    sides = (Speaker.AGENT, Speaker.CUSTOMER)
    voices = tuple(
        Voice(side, tuple(Interval(start, end) for start, end in spans))
        for side, spans in zip(sides, talk, strict=False)
    )
    return Speech(120.0, Layout.TWO_SIDES if len(voices) == 2 else Layout.MONO, voices)


def test_a_clip_holds_its_own_seconds_of_its_own_channel(counting: Path) -> None:
    cut = list(clips.cut(counting, speech([(2.5, 4.5), (70.5, 71.5)], [(50.5, 52.5)])))
    assert [(clip.voice, clip.start, clip.end) for clip in cut] == [(0, 2.5, 4.5), (1, 50.5, 52.5), (0, 70.5, 71.5)]
    for clip in cut:
        first, last = np.rint(np.abs(clip.sound[[0, -1]]) * 128)
        assert (first, last) == (int(clip.start), int(clip.end))
        assert (clip.sound[5] < 0) is np.bool_(clip.voice == 1)
        assert clip.sound_start == pytest.approx(clip.start - clips.MARGIN)


def test_an_utterance_across_two_blocks_is_one_clip(counting: Path) -> None:
    (clip,) = clips.cut(counting, speech([(28.0, 32.0)]))
    assert len(clip.sound) == round((4.0 + 2 * clips.MARGIN) * RATE)


def test_the_edges_of_the_recording_are_no_trap(counting: Path) -> None:
    first, last = clips.cut(counting, speech([(0.0, 1.0), (119.0, 120.0)]))
    assert (first.sound_start, first.start) == (0.0, 0.0)
    assert (last.end, len(last.sound)) == (120.0, round(1.1 * RATE))


def test_where_nobody_speaks_nothing_is_cut(counting: Path) -> None:
    assert list(clips.cut(counting, speech([], []))) == []


def test_a_long_utterance_is_cut_at_its_pauses_and_loses_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    sound = rng.normal(0, 0.1, 90 * RATE)
    for pause in (21.0, 40.0, 63.0):
        sound[round(pause * RATE) : round((pause + 0.3) * RATE)] *= 0.01
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((sound * 32767).astype("<i2").tobytes())
    cut = list(clips.cut(path, speech([(0.0, 90.0)])))
    assert [clip.start for clip in cut[1:]] == pytest.approx([21.15, 40.15, 63.15], abs=0.1)
    assert all(len(clip.sound) <= clips.LONGEST * RATE for clip in cut)
    assert all(before.end == after.start for before, after in pairwise(cut))
    assert sum(len(clip.sound) for clip in cut) == 90 * RATE
