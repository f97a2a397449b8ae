"""Several utterances in one of Whisper's windows: how they are laid out, and whose each word is afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzers.speech_events import measure
from models.context import Context
from models.conversation import Channel, Conversation
from qa_platform.demo import micro_whisper
from qa_platform.demo.call_scripts import RECORDINGS
from qa_platform.ears.clips import RATE, Clip
from qa_platform.ears.packing import BETWEEN, MOST, packs, spans
from qa_platform.ears.transcribe import Manner, Transcriber, load
from qa_platform.ears.voices import listen


def clip(voice: int, start: float, seconds: float) -> Clip:
    """Utterances filled with their own number of seconds, to be found again."""
    sound = np.full(round(seconds * RATE), seconds, np.float32)
    return Clip(voice, start, start + seconds, sound_start=start, sound=sound)


CLIPS = [clip(0, 5.0, 2.0), clip(1, 8.0, 3.0), clip(0, 20.0, 4.0), clip(0, 40.0, 25.0), clip(1, 70.0, 1.0)]


def test_utterances_share_windows_as_they_follow_each_other_and_no_window_is_too_long() -> None:
    found = packs(CLIPS, together=True)
    assert [[each.start for each in pack.clips] for pack in found] == [[5.0, 8.0, 20.0], [40.0, 70.0]]
    assert all(len(pack.sound) <= MOST * RATE for pack in found)
    assert [len(pack.clips) for pack in packs(CLIPS, together=False)] == [1] * 5


def test_silence_stands_between_two_utterances_and_a_time_tells_which_it_is() -> None:
    (pack,) = packs([CLIPS[0], CLIPS[2]], together=True)
    second = 2.0 + BETWEEN
    assert not pack.sound[round(2.0 * RATE) : round(second * RATE)].any()
    assert (pack.sound[round(second * RATE) + 10], pack.sound[10]) == (4.0, 2.0)
    for moment, start in {0.0: 5.0, 1.9: 5.0, 2.05: 5.0, 2.15: 20.0, 6.0: 20.0}.items():
        found, shift = pack.clip_at(moment)
        assert found.start == start
        assert shift == pytest.approx(start - (0.0 if start == 5.0 else second))


def test_sounds_that_follow_each_other_are_told_by_where_they_lie() -> None:
    told = list(spans([np.zeros(RATE, np.float32), np.zeros(2 * RATE, np.float32)]))
    assert told == [{"start": 0.0, "end": 1.0}, {"start": 1.0, "end": 3.0}]


@pytest.fixture(scope="module")
def micro(tmp_path_factory: pytest.TempPathFactory) -> Transcriber:
    return load(str(micro_whisper.unpack(tmp_path_factory.mktemp("models"))), "cpu", "int8")


@pytest.mark.parametrize("packed", [True, False])
def test_no_words_lie_in_a_silence_and_each_stays_in_its_utterance(micro: Transcriber, packed: bool) -> None:
    """The micro-model writes nonsense for two utterances at once; where it writes them is what counts here."""
    path: Path = RECORDINGS / "call-10.ogg"
    speech = listen(path, agent_channel=0).speech
    turns = micro.transcribe(path, speech, manner=Manner(("es",), packed=packed)).turns
    assert turns
    said = Conversation("c", Channel.VOICE, "es", turns, speech=speech)
    quiet = measure(replace(said, turns=()), Context(silence_seconds=0.6)).silences
    assert quiet
    for turn in turns:
        assert turn.start is not None
        assert turn.end is not None
        talk = next(voice.talk for voice in speech.voices if voice.side is turn.speaker)
        for word in turn.words:
            assert any(each.start - 0.01 <= word.start <= word.end <= each.end + 0.01 for each in talk), word
            assert not any(each.start + 0.01 < word.end and word.start < each.end - 0.01 for each in quiet), word
