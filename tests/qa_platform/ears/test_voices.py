"""One pass over a recording tells its layout, its voices, its length and its waveform."""

from __future__ import annotations

import json
import wave
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from analyzers.speech_events import measure
from models.context import Context
from models.conversation import Channel, Conversation, Layout, Speaker
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.ears import voices
from qa_platform.ears.voices import listen
from qa_platform.text import phrase

RATE = 8000
RNG_SEED = 11


def noise(seconds: float, level: float, *, seed: int = RNG_SEED) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE)).astype(np.float32)


def recording(path: Path, *channels: NDArray[np.float32]) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(np.stack(channels, axis=1), -1, 1) * 32767).astype("<i2").tobytes())
    return path


def said(hearing: voices.Hearing) -> list[str]:
    return [warning.says for warning in hearing.warnings]


def test_one_channel_is_mono_and_says_so(tmp_path: Path) -> None:
    hearing = listen(recording(tmp_path / "mono.wav", noise(3, 0.01)), agent_channel=0)
    assert hearing.speech.layout is Layout.MONO
    assert [voice.side for voice in hearing.speech.voices] == [Speaker.UNKNOWN]
    assert said(hearing) == [voices.ONE_CHANNEL, voices.NO_VOICE]


@pytest.mark.parametrize("factor", [1.0, 0.3, -1.0], ids=["as loud", "softer", "upside down"])
def test_two_channels_with_one_sound_are_mono_in_disguise(tmp_path: Path, factor: float) -> None:
    sound = noise(3, 0.1)
    copy = sound * np.float32(factor) + noise(3, 0.001, seed=2)
    hearing = listen(recording(tmp_path / "twice.wav", sound, copy), agent_channel=1)
    assert hearing.speech.layout is Layout.IDENTICAL
    assert len(hearing.speech.voices) == 1
    assert voices.SAME_CHANNELS in said(hearing)


def test_two_lines_without_a_voice_are_two_sides_and_nobody_was_heard(tmp_path: Path) -> None:
    hearing = listen(recording(tmp_path / "noise.wav", noise(3, 0.01), noise(3, 0.01, seed=2)), agent_channel=0)
    assert hearing.speech.layout is Layout.TWO_SIDES
    assert [voice.talk for voice in hearing.speech.voices] == [(), ()]
    assert said(hearing) == [voices.NO_VOICE]


def test_length_and_waveform_cover_the_whole_recording_and_progress_ends_at_one(tmp_path: Path) -> None:
    told: list[float] = []
    path = recording(tmp_path / "call.wav", noise(70.5, 0.01), noise(70.5, 0.01, seed=2))
    hearing = listen(path, agent_channel=0, progress=told.append)
    assert hearing.speech.duration == pytest.approx(70.5, abs=0.01)
    assert hearing.peaks.pairs.shape == (2, 3525, 2)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 2


LAYOUTS = {
    "agent_left": Layout.TWO_SIDES,
    "agent_right": Layout.TWO_SIDES,
    "identical": Layout.IDENTICAL,
    "mono": Layout.MONO,
}


@pytest.mark.parametrize("call", ["call-02", "call-04", "call-12", "call-13", "call-14"])
def test_the_demonstration_calls_are_heard_as_they_were_spoken(call: str) -> None:
    told = json.loads(TRUTH.read_text("utf-8"))[call]
    agent_channel = {"agent_left": 0, "agent_right": 1}.get(told["layout"])
    speech = listen(RECORDINGS / told["file"], agent_channel=agent_channel).speech
    assert speech.layout is LAYOUTS[told["layout"]]
    for line in told["lines"]:
        talk = [each for voice in speech.voices if voice.side in (line["side"], Speaker.UNKNOWN) for each in voice.talk]
        heard = sum(max(0, min(each.end, line["end"]) - max(each.start, line["start"])) for each in talk)
        assert heard > 0.75 * (line["end"] - line["start"]), line
    for one, other in combinations(speech.voices, 2):
        assert speech.told_apart or one.side is not other.side


BENCH = Path(__file__).parents[3].parent / "shared" / "bench" / "audio"


@pytest.mark.shared
@pytest.mark.skipif(not BENCH.is_dir(), reason="the shared benchmark is not here")
def test_the_benchmark_calls_are_measured_as_their_truth_says() -> None:
    for truth in sorted(BENCH.glob("*.truth.json")):
        told = json.loads(truth.read_text("utf-8"))
        speech = listen(BENCH / told["file"], agent_channel=0).speech
        events = measure(Conversation(told["id"], Channel.VOICE, "es", (), speech=speech), Context())
        expected = [span for span in told["silences"] if span[1] - span[0] >= 5.25]
        assert [[each.start, each.end] for each in events.silences] == [
            pytest.approx(span, abs=0.25) for span in expected
        ]
        assert [(each.by, pytest.approx(each.start, abs=0.25)) for each in events.interruptions] == [
            (each["by"], each["start"]) for each in told["interruptions"]
        ]
        assert events.talk_seconds == pytest.approx(told["talk_seconds"], rel=0.05)


SAID = [voices.ONE_CHANNEL, voices.SAME_CHANNELS, voices.SILENT_CHANNEL, voices.NO_VOICE]


@pytest.mark.parametrize("message", SAID)
def test_what_a_person_is_warned_of_is_said_in_spanish_too(message: str) -> None:
    assert phrase(message, {"channel": 2}, "es") != phrase(message, {"channel": 2}, "en")
