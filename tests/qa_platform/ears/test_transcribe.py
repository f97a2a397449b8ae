"""From sound to words through the real library, with the micro-model that ships; and a plain no where there is none."""

from __future__ import annotations

import json
import re
import wave
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.conversation import Layout, Speaker, Turn, Word
from qa_platform.demo import micro_whisper
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.ears import transcribe
from qa_platform.ears.clips import Clip
from qa_platform.ears.transcribe import Manner, NoModel, Transcriber, Transcript, load
from qa_platform.ears.voices import Hearing, listen

AGENT, CUSTOMER = Speaker.AGENT, Speaker.CUSTOMER
SPANISH = Manner(("es",))
AGENT_CHANNEL = {"agent_left": 0, "agent_right": 1}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(micro_whisper.unpack(tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def micro(model: str) -> Transcriber:
    return load(model, "cpu", "int8")


def truth(call: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(TRUTH.read_text("utf-8"))[call]
    return told


def heard(call: str) -> tuple[Path, Hearing]:
    told = truth(call)
    path = RECORDINGS / told["file"]
    return path, listen(path, agent_channel=AGENT_CHANNEL.get(told["layout"]))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def said(transcript: Transcript, side: Speaker) -> Counter[str]:
    return words(" ".join(turn.text for turn in transcript.turns if turn.speaker is side))


def test_each_side_gets_its_own_words_at_their_own_time(micro: Transcriber) -> None:
    told: list[float] = []
    path, hearing = heard("call-04")
    transcript = micro.transcribe(path, hearing.speech, manner=SPANISH, progress=told.append)
    for side in (AGENT, CUSTOMER):
        spoken = words(" ".join(line["text"] for line in truth("call-04")["lines"] if line["side"] == side))
        assert (spoken & said(transcript, side)).total() > 0.6 * spoken.total()
    assert transcript.fixture
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert [turn.index for turn in transcript.turns] == list(range(len(transcript.turns)))
    assert [turn.start for turn in transcript.turns] == sorted(turn.start or 0 for turn in transcript.turns)


def test_no_word_lies_where_nobody_speaks(micro: Transcriber) -> None:
    path, hearing = heard("call-11")
    talk = {voice.side: voice.talk for voice in hearing.speech.voices}
    turns = micro.transcribe(path, hearing.speech, manner=SPANISH).turns
    spoken = [(turn.speaker, word) for turn in turns for word in turn.words]
    assert len(spoken) > 20
    assert {type(moment) for _, word in spoken for moment in (word.start, word.end)} == {float}
    for side, word in spoken:
        assert any(each.start - 0.01 <= word.start <= word.end <= each.end + 0.01 for each in talk[side]), word


def test_two_channels_with_one_sound_are_written_down_once(micro: Transcriber) -> None:
    path, hearing = heard("call-13")
    assert hearing.speech.layout is Layout.IDENTICAL
    turns = micro.transcribe(path, hearing.speech, manner=SPANISH).turns
    assert {turn.speaker for turn in turns} == {Speaker.UNKNOWN}
    spoken = words(" ".join(line["text"] for line in truth("call-13")["lines"]))
    assert sum(words(turn.text).total() for turn in turns) < 1.3 * spoken.total()


def test_silence_has_no_words(micro: Transcriber, tmp_path: Path) -> None:
    path = tmp_path / "quiet.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(np.random.default_rng(1).normal(0, 60, (8000 * 20, 2)).astype("<i2").tobytes())
    assert micro.transcribe(path, listen(path, agent_channel=0).speech, manner=SPANISH).turns == ()


def test_a_model_is_loaded_once(micro: Transcriber, model: str) -> None:
    assert load(model, "cpu", "int8") is micro


def test_where_no_model_can_be_had_the_way_out_is_named(tmp_path: Path) -> None:
    for model in ("no-such-model", str(tmp_path)):
        with pytest.raises(NoModel) as missing:
            load(model, "cpu", "int8")
        assert model in str(missing.value)
        assert "QA_WHISPER_MODEL" in missing.value.remedy


def piece(side: Speaker, start: float, end: float, text: str) -> transcribe.Piece:
    voice = 0 if side is AGENT else 1
    return transcribe.Piece(side, voice, start, end, text, (Word(text, start, end),))


def spans(turns: tuple[Turn, ...]) -> list[tuple[Speaker, float | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.end, turn.text) for turn in turns]


def test_short_pauses_of_one_side_do_not_end_its_turn_and_the_others_words_do() -> None:
    heard_pieces = [
        piece(AGENT, 0.0, 2.0, "Buenos días,"),
        piece(AGENT, 2.8, 4.0, "le saluda Ana."),
        piece(AGENT, 9.0, 10.0, "¿Bueno?"),
        piece(CUSTOMER, 10.2, 10.6, "Sí."),
        piece(AGENT, 10.8, 12.0, "Le llamo por su cuenta."),
    ]
    assert spans(transcribe._turns(heard_pieces, 1.0)) == [
        (AGENT, 0.0, 4.0, "Buenos días, le saluda Ana."),
        (AGENT, 9.0, 10.0, "¿Bueno?"),
        (CUSTOMER, 10.2, 10.6, "Sí."),
        (AGENT, 10.8, 12.0, "Le llamo por su cuenta."),
    ]
    assert len(transcribe._turns(heard_pieces, 1.0)[0].words) == 2
    assert len(transcribe._turns(heard_pieces, 0.0)) == 5


def test_words_that_were_aligned_to_nothing_share_their_utterance_by_their_letters() -> None:
    clip = Clip(0, start=10.0, end=14.0, sound_start=9.9, sound=np.zeros(0, np.float32))
    aligned = (Word("Tiene", 10.0, 11.0), Word("quince", 11.0, 11.0), Word("minutos", 11.0, 14.0))
    assert transcribe._timed(aligned, clip) == aligned
    piled = tuple(Word(text, 10.0, 10.0) for text in ("uno", "dos", "cuatros"))
    assert transcribe._timed(piled, clip) == (
        Word("uno", 10.0, 11.0),
        Word("dos", 11.0, 12.0),
        Word("cuatros", 12.0, 14.0),
    )
