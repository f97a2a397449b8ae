"""Whisper, Deepgram and vCon: units, speakers and channels as their real files have them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from models.conversation import Channel, Direction
from qa_platform.formats.contract import Hints, Reading, read_transcript
from qa_platform.formats.vcon import NeverAnswered, RecordingElsewhere

SPECIMENS = Path(__file__).parent / "specimens"


def read(value: Any, hints: Hints | None = None) -> Reading:
    return read_transcript(json.dumps(value).encode(), hints or Hints(name="x.json"))


def specimen(name: str, hints: Hints | None = None) -> Reading:
    return read_transcript((SPECIMENS / name).read_bytes(), hints or Hints(name=name))


def lines(reading: Reading) -> list[tuple[str, str, float | None, float | None]]:
    assert reading.conversation is not None
    return [(turn.speaker.value, turn.text, turn.start, turn.end) for turn in reading.conversation.turns]


def test_whisperx_strings_are_seconds_and_a_segment_of_two_voices_is_split() -> None:
    found = specimen("whisper/whisperx.json", Hints(agent_names=("SPEAKER_00",)))
    assert lines(found) == [
        ("customer", "¿Aló?", 0.5, 2.0),
        ("agent", "Buenos días.", 2.2, 3.0),
        ("customer", "¿Con quién?", 4.8, 6.0),
        ("agent", "Son 1500 pesos.", 6.5, 9.0),
    ]
    assert found.conversation is not None
    assert [word.text for word in found.conversation.turns[3].words] == ["Son", "pesos."]


def test_numbered_speakers_stay_unknown_until_somebody_says_who_is_the_agent() -> None:
    found = specimen("whisper/whisperx.json")
    assert {speaker for speaker, *_ in lines(found)} == {"unknown"}
    assert any("which of its 2 speakers" in str(notice) for notice in found.notices)


def test_deepgram_channels_are_merged_by_time_and_the_source_says_which_is_the_agent() -> None:
    assert lines(specimen("deepgram/two-channels.json", Hints(agent_channel=0))) == [
        ("agent", "Buenas tardes.", 0.5, 1.3),
        ("customer", "Diga.", 2.0, 2.4),
        ("agent", "Le llamo.", 4.0, 4.5),
    ]
    assert {speaker for speaker, *_ in lines(specimen("deepgram/two-channels.json"))} == {"unknown"}


def test_deepgram_utterances_are_used_where_they_were_asked_for() -> None:
    utterances = [
        {"start": 2.0, "end": 2.5, "speaker": 1, "transcript": "diga", "channel": 0},
        {"start": 0.5, "end": 1.3, "speaker": 0, "transcript": "buenas", "channel": 0},
    ]
    found = read({"results": {"channels": [{}], "utterances": utterances}}, Hints(agent_names=("SPEAKER_00",)))
    assert lines(found) == [("agent", "buenas", 0.5, 1.3), ("customer", "diga", 2.0, 2.5)]


def test_vcon_times_are_counted_from_the_dialog_whatever_the_zone() -> None:
    found = specimen("vcon/core-04.vcon.json")
    assert lines(found) == [("agent", "Buenas tardes", 1.0, 3.0), ("customer", "Dígame", 4.0, 5.0)]
    assert (found.agent, found.agent_channel) == ("Luis A.", 0)
    assert len(found.elsewhere) == 1


def test_the_old_vcon_has_its_roles_in_meta_and_no_times() -> None:
    found = specimen("vcon/old-0.0.1.vcon.json")
    assert lines(found) == [("agent", "Hello, this is Luis.", None, None), ("customer", "Hi.", None, None)]
    assert found.conversation is not None
    assert (found.conversation.direction, found.conversation.has_end_times) == (Direction.INBOUND, False)
    assert found.agent_channel == 1


def test_vcon_mails_lose_their_quotations() -> None:
    found = specimen("vcon/text.vcon.json")
    assert [(speaker, text) for speaker, text, *_ in lines(found)] == [
        ("agent", "Le recuerdo su pago."),
        ("customer", "Pago el viernes."),
    ]
    assert found.conversation is not None
    assert found.conversation.channel is Channel.EMAIL


def test_vcon_hands_out_the_recording_inside_it() -> None:
    body = base64.urlsafe_b64encode(b"RIFF\xff\xfe audio").decode().rstrip("=")
    found = read(
        {
            "parties": [{}],
            "dialog": [{"type": "recording", "encoding": "base64url", "body": body, "filename": "../a.wav"}],
        }
    )
    assert found.conversation is None
    assert [(recording.data, recording.name) for recording in found.recordings] == [(b"RIFF\xff\xfe audio", "a.wav")]


@pytest.mark.parametrize(
    ("dialog", "error"),
    [
        ({"type": "recording", "url": "https://example.com/a.wav"}, RecordingElsewhere),
        ({"type": "incomplete", "disposition": "no-answer"}, NeverAnswered),
    ],
)
def test_a_vcon_without_words_or_sound_is_refused_with_its_reason(dialog: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        read({"parties": [{}], "dialog": [dialog]})


def test_a_signed_vcon_is_read_and_its_signature_is_said_to_be_unchecked() -> None:
    payload = base64.urlsafe_b64encode((SPECIMENS / "vcon/core-04.vcon.json").read_bytes()).decode().rstrip("=")
    found = read({"payload": payload, "signatures": [{"protected": "e30", "signature": "x"}]})
    assert [text for _, text, *_ in lines(found)] == ["Buenas tardes", "Dígame"]
    assert "signature was not checked" in " ".join(map(str, found.notices))


def test_a_vcon_may_hold_another_vendors_transcript() -> None:
    inside = json.loads((SPECIMENS / "deepgram/two-channels.json").read_text())
    vcon = {
        "parties": [{}],
        "dialog": [],
        "analysis": [{"type": "transcript", "vendor": "deepgram", "body": json.dumps(inside)}],
    }
    assert [text for _, text, *_ in lines(read(vcon))] == ["Buenas tardes.", "Diga.", "Le llamo."]
