"""The traps of what contact centres export: units of time, channel numbers, roles, and what only looks like words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.conversation import Channel
from models.errors import QAError
from qa_platform.formats.contract import Hints, Reading, read_transcript

WHEN = "2026-03-11T10:00:00-06:00"
EPOCH = 1_773_244_800  # the same instant, counted from 1970


def read(value: Any, **hints: Any) -> Reading:
    data = value if isinstance(value, str) else json.dumps(value)
    return read_transcript(data.encode(), Hints(name="x", country="MX", **hints))


def genesys(**phrase: Any) -> dict[str, Any]:
    said = {"text": "hola", "participantPurpose": "internal", **phrase}
    return {"conversationId": "c", "startTime": EPOCH * 1000, "transcripts": [{"phrases": [said]}]}


def azure(**phrase: Any) -> dict[str, Any]:
    return {"recognizedPhrases": [{"recognitionStatus": "Success", "nBest": [{"display": "hola"}], **phrase}]}


def contact_lens(**more: Any) -> dict[str, Any]:
    turn = {"BeginOffsetMillis": 1500, "EndOffsetMillis": 3000, "Content": "hola", "ParticipantId": "AGENT", **more}
    return {"Participants": [{"ParticipantId": "AGENT", "ParticipantRole": "AGENT"}], "Transcript": [turn]}


UNITS: dict[str, Any] = {
    "Contact Lens counts milliseconds": contact_lens(),
    "Call Analytics too, with decimals": {"JobStatus": "COMPLETED", **contact_lens(BeginOffsetMillis=1500.0)},
    "Genesys counts from 1970": genesys(startTimeMs=EPOCH * 1000 + 1500, duration={"totalMilliseconds": 1500}),
    "Genesys counts from the call": genesys(startTimeMs=1500, duration={"totalMilliseconds": 1500}),
    "Genesys states an offset": genesys(
        startTimeMs=EPOCH * 1000, offset={"totalMilliseconds": 1500}, duration={"totalMilliseconds": 1500}
    ),
    "Twilio writes seconds as text": {
        "sentences": [{"transcript": "hola", "media_channel": 1, "start_time": "1.500", "end_time": "3.000"}]
    },
    "Deepgram counts seconds": {
        "results": {"channels": [{}], "utterances": [{"transcript": "hola", "start": 1.5, "end": 3.0, "speaker": 0}]}
    },
    "AssemblyAI counts milliseconds, its length seconds": {
        "audio_duration": 9,
        "utterances": [{"text": "hola", "speaker": "A", "start": 1500, "end": 3000}],
    },
    "Azure writes ISO durations": azure(offset="PT1.5S", duration="PT1.5S"),
    "Azure counts ticks": azure(offset="PT9S", offsetInTicks=15_000_000, durationInTicks=15_000_000.0),
    "Azure counts milliseconds": azure(offsetMilliseconds=1500, durationMilliseconds=1500, offsetInTicks=1),
    "whisper counts seconds": {"segments": [{"text": "hola", "start": 1.5, "end": 3}]},
    "WhisperX writes them as text": {"segments": [{"text": "hola", "start": "1.5", "end": "3.0"}]},
    "SRT writes commas": "1\n00:00:01,500 --> 00:00:03,000\nhola\n",
    "WebVTT leaves hours out": "WEBVTT\n\n00:01.500 --> 00:03.000\nhola\n",
    "vCon counts from the dialog": {
        "parties": [{}],
        "dialog": [{"type": "recording", "start": WHEN, "parties": [0], "body": "AA", "encoding": "base64url"}],
        "analysis": [
            {
                "type": "transcript",
                "dialog": 0,
                "body": [{"text": "hola", "start": "2026-03-11T16:00:01.5Z", "duration": 1.5}],
            }
        ],
    },
    "CSV counts in a decimal comma": "inicio;fin;texto\n1,5;3;hola\n",
    "CSV says milliseconds in its title": "inicio_ms,fin_ms,texto\n1500,3000,hola\n",
}


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_becomes_seconds(unit: str) -> None:
    conversation = read(UNITS[unit]).conversation
    assert conversation is not None
    assert [(turn.text, turn.start, turn.end) for turn in conversation.turns] == [("hola", 1.5, 3.0)]
    assert conversation.has_end_times


NO_ENDS: dict[str, Any] = {
    "Google CCAI, in microseconds": {"entries": [{"text": "hola", "role": "AGENT", "start_timestamp_usec": 1_500_000}]},
    "Twilio with nulls": {
        "sentences": [{"transcript": "hola", "media_channel": 1, "start_time": None, "end_time": None}]
    },
    "WhisperX words without times": {"segments": [{"text": "hola 15", "words": [{"word": "15"}]}]},
    "Genesys without a duration": genesys(startTimeMs=1500),
}


@pytest.mark.parametrize("export", NO_ENDS)
def test_without_end_times_silence_is_not_claimed_and_it_is_said(export: str) -> None:
    found = read(NO_ENDS[export])
    assert found.conversation is not None
    assert not found.conversation.has_end_times
    assert any("silences cannot be measured" in str(notice) for notice in found.notices)


MOMENTS: dict[str, Any] = {
    "WhatsApp Cloud counts seconds, as text": {
        "object": "whatsapp_business_account",
        "entry": [{"changes": [{"value": {"messages": [
            {"from": "1", "timestamp": str(EPOCH), "type": "text", "text": {"body": "hola"}}]}}]}],
    },
    "Intercom counts seconds": {
        "type": "conversation", "created_at": EPOCH,
        "source": {"body": "<p>hola</p>", "author": {"type": "user"}}, "conversation_parts": {},
    },
    "Chatwoot's API counts seconds": [{"message_type": 0, "content": "hola", "created_at": EPOCH}],
    "Chatwoot's webhook writes a zone": {
        "event": "message_created", "message_type": "incoming", "content": "hola",
        "created_at": "2026-03-11 16:00:00 UTC",
    },
    "Chatwoot writes ISO": [{"message_type": "incoming", "content": "hola", "created_at": "2026-03-11T16:00:00.000Z"}],
    "Zendesk writes ISO": {
        "history": [{"type": "chat.msg", "msg": "hola", "sender_type": "Visitor", "timestamp": "2026-03-11T16:00:00Z"}]
    },
    "Contact Lens chat writes ISO": {
        "Participants": [{"ParticipantId": "u-1", "ParticipantRole": "CUSTOMER"}],
        "Transcript": [{"Type": "EVENT", "ParticipantId": "u-1", "AbsoluteTime": "2026-03-11T15:59:00Z"},
                       {"Type": "MESSAGE", "ParticipantId": "u-1", "Content": "hola",
                        "AbsoluteTime": "2026-03-11T16:00:00.000Z"}],
    },
    "CCAI chats count microseconds": {
        "entries": [{"text": "hola", "role": "END_USER", "start_timestamp_usec": EPOCH * 1_000_000}]
    },
    "WhatsApp's phone has no zone": "11/03/26, 10:00 - Rosa: hola\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", MOMENTS)
def test_every_clock_becomes_the_same_instant(kind: str) -> None:
    conversation = read(MOMENTS[kind], date_order="dmy").conversation
    assert conversation is not None
    (turn,) = conversation.turns
    assert turn.at is not None
    assert turn.at.timestamp() == EPOCH
    assert not conversation.channel.spoken


def sides(found: Reading) -> list[str]:
    assert found.conversation is not None
    return [turn.speaker.value for turn in found.conversation.turns]


def test_channels_counted_from_one_and_from_zero_mean_the_same_side() -> None:
    twilio = {"sentences": [{"transcript": "a", "media_channel": 1}, {"transcript": "b", "media_channel": 2}]}
    deepgram = {"results": {"channels": [{"alternatives": [{"transcript": word}]} for word in ("a", "b")]}}
    assembly = {
        "audio_duration": 3,
        "multichannel": True,
        "utterances": [
            {"text": word, "speaker": label, "start": 0, "end": 1} for word, label in (("a", "1"), ("b", "2"))
        ],
    }
    both = {
        "audio_duration": 3,
        "multichannel": True,
        "utterances": [
            {"text": word, "speaker": label, "start": 0, "end": 1} for word, label in (("a", "1A"), ("b", "2B"))
        ],
    }
    zero = {
        "recognizedPhrases": [
            {"recognitionStatus": "Success", "channel": number, "offset": "PT1S", "duration": "PT1S",
             "nBest": [{"display": word}]} for number, word in ((0, "a"), (1, "b"))
        ]
    }  # fmt: skip
    for export in (twilio, deepgram, assembly, both, zero):
        assert sides(read(export, agent_channel=0)) == ["agent", "customer"]
        assert sides(read(export, agent_channel=1)) == ["customer", "agent"]


@pytest.mark.parametrize(
    ("parties", "expected"),
    [([0, 1], 0), ([1, 0], 1), ([[0], [1]], 0), ([[1, 2], [0]], 1), ([None, 0], 1), ([0, 0], None), ([0], None),
     ([7, -1], None), ("0", None)],
    ids=str,
)  # fmt: skip
def test_a_vcon_names_the_party_of_each_channel_by_its_place(parties: Any, expected: int | None) -> None:
    dialog = {"type": "recording", "start": WHEN, "parties": parties, "body": "AAAA", "encoding": "base64url"}
    people = [{"role": "agent"}, {"meta": {"role": "customer"}}, {"type": "bot"}]
    assert read({"parties": people, "dialog": [dialog]}).agent_channel == expected


@pytest.mark.parametrize(
    "named",
    [
        {"mediatype": "text/html"},
        {"mimetype": "text/html"},
    ],
    ids=str,
)
def test_a_vcon_of_any_year_names_the_kind_of_its_body(named: dict[str, str]) -> None:
    dialog = {"type": "text", "start": WHEN, "parties": [0], "body": "<p>hola</p>", "encoding": "none", **named}
    found = read({"vcon": "0.0.2", "parties": [{"role": "customer"}], "dialog": [dialog]})
    assert found.conversation is not None
    assert [turn.text for turn in found.conversation.turns] == ["hola"]


ROLES: dict[str, tuple[Any, list[str]]] = {
    "Genesys by purpose": (
        {"conversationId": "c", "transcripts": [{"phrases": [
            {"text": str(n), "startTimeMs": n, "participantPurpose": purpose}
            for n, purpose in enumerate(("internal", "external", "agent", "customer", "ivr", "acd"))]}]},
        ["agent", "customer", "agent", "customer", "ivr", "ivr"],
    ),
    "Genesys after a transfer": (
        {"transcripts": [
            {"phrases": [{"text": "b", "startTimeMs": 9000, "participantPurpose": "internal"}]},
            {"phrases": [{"text": "a", "startTimeMs": 1000, "participantPurpose": "external"}]}]},
        ["customer", "agent"],
    ),
    "Chatwoot's numbers": (
        [{"message_type": n, "content": "x", "created_at": EPOCH} for n in (0, 1, 3, 2)],
        ["customer", "agent", "bot"],
    ),
    "Chatwoot's private notes": (
        [{"message_type": "outgoing", "content": "ojo", "private": True}, {"message_type": "incoming", "content": "x"}],
        ["customer"],
    ),
    "Zendesk's triggers are bots": (
        {"history": [{"type": "chat.msg", "msg": "x", "sender_type": who} for who in ("Trigger", "Agent", "Visitor")]
         + [{"type": "chat.rating", "msg": "x", "sender_type": "Visitor"}]},
        ["bot", "agent", "customer"],
    ),
    "Contact Lens chats have a system": (
        {"Participants": [{"ParticipantId": who, "ParticipantRole": role} for who, role in
                          (("1", "SYSTEM"), ("2", "AGENT"), ("3", "CUSTOMER"))],
         "Transcript": [{"Type": "MESSAGE", "ParticipantId": who, "Content": "x", "AbsoluteTime": WHEN}
                        for who in ("1", "2", "3")]},
        ["bot", "agent", "customer"],
    ),
    "CCAI's four roles": (
        {"entries": [{"text": "x", "role": role} for role in ("AGENT", "AUTOMATED_AGENT", "CUSTOMER", "END_USER")]},
        ["agent", "bot", "customer", "customer"],
    ),
    "Intercom's first message stands apart": (
        {"type": "conversation", "created_at": EPOCH, "source": {"body": "a", "author": {"type": "lead"}},
         "conversation_parts": {"conversation_parts": [
             {"part_type": "comment", "body": "b", "author": {"type": "admin"}, "created_at": EPOCH},
             {"part_type": "assignment", "body": None, "author": {"type": "admin"}, "created_at": EPOCH},
             {"part_type": "comment", "body": "c", "author": {"type": "bot"}, "created_at": EPOCH}]}},
        ["customer", "agent", "bot"],
    ),
    "WhatsApp's receipts are no messages": (
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": {
            "statuses": [{"id": "x", "status": "read", "timestamp": str(EPOCH), "recipient_id": "1"}],
            "message_echoes": [{"to": "1", "timestamp": str(EPOCH), "type": "text", "text": {"body": "a"}}],
            "messages": [{"from": "1", "timestamp": str(EPOCH + 1), "type": "reaction", "reaction": {"emoji": "x"}},
                         {"from": "1", "timestamp": str(EPOCH + 2), "type": "audio", "audio": {"voice": True}}]}}]}]},
        ["agent", "customer"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("export", ROLES)
def test_every_vendors_word_for_a_side_is_understood(export: str) -> None:
    value, expected = ROLES[export]
    assert sides(read(value)) == expected


def test_turns_that_overlap_keep_their_own_times_and_their_order() -> None:
    value = contact_lens()
    value["Transcript"] = [
        {"BeginOffsetMillis": begin, "EndOffsetMillis": end, "Content": text, "ParticipantId": who}
        for begin, end, text, who in (
            (0, 5000, "largo", "AGENT"),
            (2000, 2400, "ajá", "CUSTOMER"),
            (5100, 6000, "fin", "AGENT"),
        )
    ]
    conversation = read(value).conversation
    assert conversation is not None
    assert [(turn.start, turn.end) for turn in conversation.turns] == [(0, 5), (2, 2.4), (5.1, 6)]


QUOTES = {
    "Gmail in Spanish": "El lun, 3 mar 2025 a la(s) 10:15, Cobranza (<c@example.com>) escribió:\n> Debe mil pesos",
    "Gmail over two lines": "El lun, 3 mar 2025 a la(s) 10:15, Depto. de Cobranza\n<c@example.com> escribió:\n\nDebe",
    "Apple Mail": "On 3 Mar 2025, at 10:15, Collections <c@example.com> wrote:\n\n> You owe",
    "Outlook in Spanish": "De: Cobranza <c@example.com>\nEnviado el: lunes, 3 de marzo de 2025\nPara: R\n\nDebe",
    "Outlook in English": "From: Collections [mailto:c@example.com]\nSent: March-03-25 10:15\nTo: R\n\nYou owe",
    "Outlook on a phone": "________________________________\n*De:* Cobranza\n*Enviado:* lunes\n\nDebe",
    "old Outlook": "-----Mensaje original-----\nDe: Cobranza\n\nDebe",
    "forwarded": "---------- Mensaje reenviado ----------\nDe: Cobranza\n\nDebe",
    "a telephone": "Enviado desde mi iPhone",
    "Outlook's own": "Obtener Outlook para Android<https://example.com>",
    "a signature": "-- \nRosa Pérez\nTel. 55 0000 0000",
    "quote marks alone": "> Debe mil pesos\n> desde marzo",
}


@pytest.mark.parametrize("program", QUOTES)
def test_a_mail_is_what_its_sender_wrote_and_no_more(program: str) -> None:
    body = f"Ya pagué el lunes.\nDe: ayer para hoy cambió todo.\n\n{QUOTES[program]}\n"
    head = "From: Rosa <r@example.com>\nDate: Wed, 11 Mar 2026 10:00:00 -0600\nContent-Type: text/plain; charset=utf-8"
    mail = f"{head}\n\n{body}"
    conversation = read(mail).conversation
    assert conversation is not None
    text = conversation.turns[0].text.removesuffix("________________________________").strip()
    assert text == "Ya pagué el lunes.\nDe: ayer para hoy cambió todo."
    assert conversation.channel is Channel.EMAIL


TEXTS = {
    "right to left": "\u202eهلا\u202c hola",
    "accents as two signs": "Sen\u0303or Nu\u0301n\u0303ez",
    "emoji joined": "👩\u200d👧 ok",
    "nothing but zero width": "a\u200b\u200b",
    "ten million letters": "á" * 10_000_000,
    "a null": "ho\x00la",
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("form", ["json", "csv", "whatsapp", "webvtt"])
@pytest.mark.timeout(60)
def test_strange_writing_stays_readable_in_every_kind_of_file(kind: str, form: str) -> None:
    text = TEXTS[kind]
    wrapped = {
        "json": json.dumps({"turns": [{"speaker": "agent", "text": text}]}),
        "csv": f"hablante;texto\nAgente;{text}\n",
        "whatsapp": f"18/03/26, 10:00 - Rosa: {text}\n",
        "webvtt": f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n",
    }[form]
    if form == "csv" and len(text) > 131_072:
        with pytest.raises(QAError):  # no table holds a cell of that size
            read(wrapped)
        return
    conversation = read(wrapped).conversation
    assert conversation is not None
    (turn,) = conversation.turns
    assert len(turn.text) >= min(len(text), 3) - 2
    assert not set(turn.text) & set("\x00\u202e\u202c\u200b\u200e")
    turn.text.encode()
