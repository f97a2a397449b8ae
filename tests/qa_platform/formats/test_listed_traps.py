"""The remaining traps of real exports, one line each: what looks like words and is none, what is said twice, what is
missing."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

import pytest

from models.conversation import Channel
from models.errors import QAError
from qa_platform.formats.contract import Hints, Reading, read_transcript

WHEN = "2026-03-11T10:00:00-06:00"
EPOCH = 1_773_244_800


def read(value: Any, **hints: Any) -> Reading:
    data = (
        value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value).encode()
    )
    return read_transcript(data, Hints(name="x", country="MX", **hints))


def said(found: Reading) -> list[tuple[str, str]]:
    assert found.conversation is not None
    return [(turn.speaker.value, turn.text) for turn in found.conversation.turns]


def words_or_reason(value: Any) -> str:
    """What stands in it, else what to do."""
    try:
        return " ".join(text for _, text in said(read(value)))
    except QAError as refused:
        return refused.remedy


CALL_ANALYTICS: dict[str, Any] = {
    "JobStatus": "COMPLETED",
    "LanguageCode": "es-US",
    "ContentMetadata": {"Output": "Redacted"},
    "ConversationCharacteristics": {
        "NonTalkTime": {"Instances": [{"BeginOffsetMillis": 0, "EndOffsetMillis": 900000}]}
    },
    "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
    "Transcript": [
        {
            "ParticipantRole": "CUSTOMER",
            "Content": "soy [PII], sí.",
            "BeginOffsetMillis": 1000,
            "EndOffsetMillis": 2000,
            "LoudnessScores": [70.1],
            "Items": [
                {"Type": "pronunciation", "Content": "soy", "BeginOffsetMillis": 1000, "EndOffsetMillis": 1200},
                {"Type": "punctuation", "Content": ","},
                {"Type": "pronunciation", "Content": "sí", "BeginOffsetMillis": 1300, "EndOffsetMillis": 1500},
            ],
        }
    ],
}


def test_call_analytics_keeps_its_redactions_and_its_own_silences_are_not_believed() -> None:
    found = read(CALL_ANALYTICS)
    assert said(found) == [("customer", "soy [PII], sí.")]
    assert found.conversation is not None
    assert found.conversation.speech is None
    assert all(word.start <= word.end for word in found.conversation.turns[0].words)


def test_a_contact_lens_chat_has_events_and_attachments_that_are_no_words() -> None:
    people = [{"ParticipantId": "u-1", "ParticipantRole": "CUSTOMER"}]
    entry = {"ParticipantId": "u-1", "AbsoluteTime": WHEN}
    lines = [
        {**entry, "Type": "EVENT", "ContentType": "application/vnd.amazonaws.connect.event.participant.joined"},
        {**entry, "Type": "ATTACHMENT", "Attachments": [{"AttachmentName": "recibo.pdf"}]},
        {**entry, "Type": "MESSAGE", "Content": "ya pagué"},
    ]
    assert [text for _, text in said(read({"Participants": people, "Transcript": lines}))][-1] == "ya pagué"
    assert not any("joined" in text for _, text in said(read({"Participants": people, "Transcript": lines})))


CONNECT_EVALUATION = {
    "schemaVersion": "3.5",
    "evaluationId": "e",
    "metadata": {"contactId": "c"},
    "sections": [{"sectionRefId": "s"}],
    "questions": [{"questionRefId": "q", "answer": {"values": [{"valueText": "Yes", "selected": True}]}}],
}
PURECONNECT = {"callerPhoneNumber": "+5255", "eventHistory": [{"type": "Initiated"}], "mediaFiles": [{"name": "a.mp3"}]}


@pytest.mark.parametrize("other", [CONNECT_EVALUATION, PURECONNECT], ids=["an evaluation", "a call's record"])
def test_a_systems_other_exports_are_no_conversations(other: dict[str, Any]) -> None:
    with pytest.raises(QAError):
        read(other)


@pytest.mark.parametrize("broken", ['{"Transcript": [{"Content": "hola",}]}', '{"Transcript": [{"Content": "hola"}'])
def test_an_example_copied_from_the_documents_says_that_it_is_no_json(broken: str) -> None:
    with pytest.raises(QAError) as refused:
        read(broken)
    assert refused.value.remedy


def azure(*phrases: tuple[int, float, str, str]) -> dict[str, Any]:
    return {
        "recognizedPhrases": [
            {
                "recognitionStatus": status,
                "channel": channel,
                "offset": f"PT{at}S",
                "duration": "PT1S",
                "nBest": [{"display": text}],
            }
            for channel, at, text, status in phrases
        ]
    }


def test_azure_phrases_come_by_channel_and_are_put_in_order_of_time() -> None:
    value = azure(
        (0, 1.0, "uno", "Success"),
        (0, 9.0, "tres", "Success"),
        (1, 5.0, "dos", "Success"),
        (1, 7.0, "", "InitialSilence"),
    )
    assert [text for _, text in said(read(value))] == ["uno", "dos", "tres"]


def test_whisperx_says_its_words_twice_and_some_have_no_time() -> None:
    words = [{"word": "debe", "start": 1.0, "end": 1.4}, {"word": "2500"}]
    value = {
        "segments": [{"text": "debe 2500", "start": 1.0, "end": 2.0, "words": words, "speaker": "SPEAKER_00"}],
        "word_segments": words,
    }
    assert [text for _, text in said(read(value))] == ["debe 2500"]


def test_three_labels_for_two_people_name_nobody() -> None:
    value = {
        "segments": [
            {"text": word, "start": at, "end": at + 1, "speaker": f"SPEAKER_0{at}"}
            for at, word in enumerate(("hola", "sí", "bien"))
        ]
    }
    assert {who for who, _ in said(read(value))} == {"unknown"}


@pytest.mark.parametrize(
    ("coding", "text"), [("latin-1", "está bien, señor"), ("cp1252", "dijo “mañana”"), ("utf-8-sig", "está bien")]
)
def test_subtitles_of_any_year_keep_their_letters(coding: str, text: str) -> None:
    srt = f"7\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n".encode(coding)
    assert said(read(srt)) == [("unknown", text)]


def test_subtitles_in_a_coding_that_cannot_be_told_are_words_or_a_reason() -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\n你好, hola\n".encode("gb2312")
    assert words_or_reason(srt)


def test_a_cue_inside_a_cue_is_no_word() -> None:
    vtt = "WEBVTT\n\nNOTE hecho a mano\n\nid-1\n00:18.000 --> 00:20.000\n<v Rosa>ya <00:19.000><c>pagué</c>\n"
    assert [text for _, text in said(read(vtt))] == ["ya pagué"]


def cloud(*messages: dict[str, Any], **value: Any) -> dict[str, Any]:
    told = [{"from": "52155", "timestamp": str(EPOCH + n), **message} for n, message in enumerate(messages)]
    change = {"value": {"messaging_product": "whatsapp", "messages": told, **value}, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def test_one_post_may_hold_several_messages_and_what_is_no_message() -> None:
    value = cloud(
        {"type": "text", "text": {"body": "hola"}},
        {"type": "system", "system": {"body": "cambió de número", "type": "user_changed_number"}},
        {"type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}},
        {"type": "text", "text": {"body": "pago el viernes"}},
        contacts=[{"profile": {"name": "Rosa"}, "wa_id": "52155", "user_id": "MX.123"}],
    )
    assert [text for _, text in said(read(value))] == ["hola", "pago el viernes"]


def test_a_message_with_a_new_kind_of_id_and_no_phone_is_still_the_customers() -> None:
    value = cloud({"type": "text", "text": {"body": "hola"}, "from_user_id": "MX.123"})
    del value["entry"][0]["changes"][0]["value"]["messages"][0]["from"]
    assert said(read(value)) == [("customer", "hola")]


def test_a_voice_note_that_was_not_fetched_stays_visible() -> None:
    value = cloud({"type": "audio", "audio": {"voice": True, "mime_type": "audio/ogg; codecs=opus", "id": "m"}})
    ((who, text),) = said(read(value))
    assert (who, bool(text)) == ("customer", True)


def test_chatwoots_activity_lines_are_nobodys_words() -> None:
    value = [
        {"message_type": "activity", "content": "Conversación resuelta por Ana", "created_at": EPOCH},
        {"message_type": "incoming", "content": "gracias", "created_at": EPOCH + 1},
    ]
    assert said(read(value)) == [("customer", "gracias")]


def test_intercoms_paragraphs_are_lines_and_its_other_parts_are_left_out() -> None:
    value = {
        "type": "conversation",
        "created_at": EPOCH,
        "source": {"body": "<p>Hola&nbsp;Ana</p><p>¿cuánto <b>debo</b>?</p>", "author": {"type": "contact"}},
        "conversation_parts": {
            "conversation_parts": [
                {"part_type": "close", "body": None, "author": {"type": "admin"}, "created_at": EPOCH},
                {"part_type": "note", "body": "<p>moroso</p>", "author": {"type": "admin"}, "created_at": EPOCH},
            ]
        },
    }
    ((who, text),) = said(read(value))
    assert (who, text.split()) == ("customer", ["Hola", "Ana", "¿cuánto", "debo?"])


@pytest.mark.parametrize("coding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_that_excel_saved_is_read_with_its_accents(coding: str) -> None:
    table = "hablante;inicio;fin;texto\r\nAgente;0,5;2,25;¿Señora Núñez?\r\n".encode(coding)
    found = read(table)
    assert said(found) == [("agent", "¿Señora Núñez?")]
    assert found.conversation is not None
    assert (found.conversation.turns[0].start, found.conversation.turns[0].end) == (0.5, 2.25)


@pytest.mark.parametrize(("stated", "day"), [("11/22/2024 14:00", "2024-11-22"), ("22/11/2024 14:00", "2024-11-22")])
def test_a_day_beyond_the_twelfth_tells_the_order_of_a_table(stated: str, day: str) -> None:
    found = read(f"fecha,hablante,texto\n{stated},Agente,hola\n")
    assert found.conversation is not None
    at = found.conversation.turns[0].at
    assert at is not None
    assert at.date().isoformat() == day


def mail(body: str, **kind: Any) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Date"] = (
        "r@example.com",
        "c@example.com",
        "Wed, 11 Mar 2026 10:00:00 -0600",
    )
    message.set_content(body, **kind)
    return message.as_bytes()


@pytest.mark.parametrize(
    "kind", [{"subtype": "html"}, {"charset": "iso-8859-1", "cte": "quoted-printable"}, {"cte": "base64"}], ids=str
)
def test_a_mail_of_any_coding_is_read(kind: dict[str, Any]) -> None:
    body = "<html><body><p>Ya pagué, señor.</p></body></html>" if kind.get("subtype") else "Ya pagué, señor.\n"
    found = read(mail(body, **kind))
    assert [text.strip() for _, text in said(found)] == ["Ya pagué, señor."]
    assert found.conversation is not None
    assert found.conversation.channel is Channel.EMAIL


@pytest.mark.parametrize(
    "damaged",
    [
        "From: r@example.com\nDate: ayer\nContent-Type: multipart/mixed\n\nYa pagué.\n",
        'From: r@example.com\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nYa pagué.\n',
        "From: r@example.com\nContent-Transfer-Encoding: base64\nContent-Type: text/plain\n\n%%%%\n",
    ],
    ids=["no boundary", "never closed", "no base64"],
)
def test_a_malformed_mail_is_words_or_a_reason(damaged: str) -> None:
    assert words_or_reason(damaged)


# ------------------------------------------------------------------------------------------------------------- vCon

DIALOG = {"type": "text", "start": WHEN, "parties": [0], "originator": 0, "mediatype": "text/plain", "body": "hola"}
PARTIES = [{"name": "Rosa", "role": "customer"}, {"name": "Ana", "meta": {"role": "agent"}}]


@pytest.mark.parametrize(
    "more",
    [
        {"vcon": "0.4.0"},
        {"vcon": "0.0.1", "appended": {"uuid": "x"}, "must_support": []},
        {"amended": {}, "redacted": {}, "critical": ["CC"], "extensions": ["CC"]},
        {"attachments": [{"type": "ticket", "body": "x"}, {"purpose": "ticket", "body": "x"}]},
        {"analysis": [{"type": "tts", "body": "x"}, {"type": "sentiment", "dialog": 0, "body": {"x": 1}}]},
    ],
    ids=["deprecated number", "old words", "new words", "attachments", "other analyses"],
)
def test_a_vcon_of_any_draft_is_read(more: dict[str, Any]) -> None:
    found = read({"uuid": "u", "parties": PARTIES, "dialog": [{**DIALOG, "encoding": "none"}], **more})
    assert said(found) == [("customer", "hola")]


def test_a_transfer_between_messages_is_no_message() -> None:
    transfers = [
        {"type": "transfer", "transfer_target": 1, "transferor": 0},
        {"type": "transfer", "transfer-target": 1},
        {"type": "recording-set", "parties": [0, 1]},
    ]
    found = read({"parties": PARTIES, "dialog": [*transfers, {**DIALOG, "encoding": "none"}]})
    assert said(found) == [("customer", "hola")]


@pytest.mark.parametrize(
    "disposition", ["no-answer", "congestion", "failed", "busy", "hung-up", "voicemail-no-message"]
)
def test_a_call_that_did_not_take_place_says_why(disposition: str) -> None:
    with pytest.raises(QAError) as refused:
        read({"parties": PARTIES, "dialog": [{"type": "incomplete", "start": WHEN, "disposition": disposition}]})
    assert disposition in str(refused.value)


@pytest.mark.parametrize("encoding", ["json", "none"])
def test_a_transcript_in_an_analysis_may_be_json_or_text(encoding: str) -> None:
    lines: Any = [{"party": 1, "text": "hola", "start": 1.0, "duration": 2.0}]
    body = lines if encoding == "json" else json.dumps(lines)
    value = {
        "parties": PARTIES,
        "dialog": [{"type": "recording", "start": WHEN, "parties": [0, 1], "duration": 9.5, "url": "https://x.test/a"}],
        "analysis": [{"type": "transcript", "dialog": 0, "vendor": "v", "encoding": encoding, "body": body}],
    }
    found = read(value)
    assert said(found) == [("agent", "hola")]
    assert found.agent_channel == 1
