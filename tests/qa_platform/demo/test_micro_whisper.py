"""The model that ships is opened by the real faster-whisper and hears the demonstration's calls."""

from __future__ import annotations

import difflib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper import WhisperModel

from models.conversation import Speaker
from qa_platform.demo.call_scripts import recordings, truth
from qa_platform.demo.micro_whisper import LABEL, MODEL_NAME, is_micro_model, unpack
from qa_platform.demo.phrases import all_texts, phrases
from qa_platform.ears import audio, transcribe, voices

CALL = "call-02"  # a minute with threats, an overlap and short answers
AGENT, CUSTOMER = 0, 1
ENOUGH = 0.9  # a guard against a broken model or chain, no measure of how well people would be understood


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(tmp_path_factory.mktemp("models"))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def share_right(said: str, heard: str) -> float:
    """How many of the words said were heard, in their order."""
    matched = difflib.SequenceMatcher(None, words(said), words(heard), autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched) / len(words(said))


def test_the_model_hears_each_utterance_at_the_place_where_it_was_said(model: Path) -> None:
    whisper = WhisperModel(str(model), device="cpu", cpu_threads=1, local_files_only=True)
    lines = [line for line in truth()[CALL]["lines"] if line["side"] == "customer"]
    sound = _channel(recordings()[CALL], CUSTOMER)
    clips = [moment for line in lines for moment in (max(0, line["start"] - 0.1), line["end"] + 0.2)]
    segments, _ = whisper.transcribe(
        sound,
        language="es",
        beam_size=1,
        temperature=0.0,
        clip_timestamps=clips,
        condition_on_previous_text=False,  # it was taught single sentences, not their history
    )
    heard = list(segments)
    assert share_right(_text(lines), " ".join(one.text for one in heard)) >= ENOUGH
    first, last = heard[0], heard[-1]
    assert lines[0]["start"] - 0.3 <= first.start <= lines[0]["end"]
    assert lines[-1]["start"] - 0.3 <= last.start <= lines[-1]["end"]


def test_the_whole_chain_turns_a_shipped_recording_into_the_words_of_its_two_sides(model: Path) -> None:
    """Decoder, voice detector, faster-whisper, turns: nothing replaced, nothing fetched."""
    path = recordings()[CALL]
    speech = voices.listen(path, agent_channel=AGENT).speech
    heard = transcribe.load(str(model), "cpu", "int8").transcribe(path, speech, manner=transcribe.Manner(("es",)))
    assert heard.fixture
    for side in (Speaker.AGENT, Speaker.CUSTOMER):
        said = _text([line for line in truth()[CALL]["lines"] if line["side"] == side])
        assert share_right(said, " ".join(turn.text for turn in heard.turns if turn.speaker is side)) >= ENOUGH
    threat = next(turn for turn in heard.turns if "cárcel" in turn.text)
    told = next(line for line in truth()[CALL]["lines"] if "cárcel" in line["text"])
    assert threat.speaker is Speaker.AGENT
    assert threat.start is not None
    assert abs(threat.start - told["start"]) < 0.3


def test_a_model_is_unpacked_once_and_opened_from_there_again(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as both:
        first, second = both.map(unpack, [tmp_path / "models"] * 2)
    assert first == second == unpack(tmp_path / "models")
    assert [entry.name for entry in (tmp_path / "models").iterdir()] == [first.name]
    assert first.name.startswith(MODEL_NAME)


def test_a_model_that_understands_is_not_taken_for_the_fixture(model: Path, tmp_path: Path) -> None:
    assert is_micro_model(model)
    assert is_micro_model(str(model))
    assert not is_micro_model(tmp_path)
    assert not is_micro_model("large-v3")
    assert LABEL == transcribe.FIXTURE_LABEL


def test_the_label_tells_how_many_sentences_the_model_knows(model: Path) -> None:
    label: dict[str, Any] = json.loads((model / LABEL).read_text("utf-8"))
    assert label["name"] == MODEL_NAME
    assert label["version"] >= 1
    assert (label["phrases"], label["sentences"]) == (len(phrases()), len(all_texts()))


def _text(lines: list[dict[str, Any]]) -> str:
    return " ".join(line["text"] for line in lines)


def _channel(path: Path, channel: int) -> audio.Samples:
    return np.concatenate([block[channel] for block in audio.blocks(path, rate=16_000)])
