"""Each vendor's units, channel numbers and roles, on specimens of our own; the traps of their documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.conversation import Channel, Direction
from qa_platform.formats.contract import Hints, Reading, read_transcript
from qa_platform.formats.reading.fields import SeveralConversations

SPECIMENS = Path(__file__).parent / "specimens"
AGENT_LEFT = Hints(agent_channel=0, country="MX")


def read(name: str, hints: Hints | None = None) -> Reading:
    return read_transcript((SPECIMENS / name).read_bytes(), hints or Hints(name=name, country="MX"))


@pytest.mark.parametrize(
    ("name", "hints", "expected"),
    [
        (
            "amazon-contact-lens/voice.json",
            None,
            [("agent", "Buenas tardes.", 0.1, 1.64), ("customer", "Dígame, soy [PII].", 1.5, 3.0)],
        ),
        (
            "amazon-contact-lens/call-analytics.json",
            None,
            [("agent", "Thank you for calling.", 0.04, 2.0), ("customer", "Hi.", 1.8, 2.4)],
        ),
        (
            "assemblyai/channels.json",
            AGENT_LEFT,
            [("agent", "Buenas tardes.", 0.5, 1.3), ("customer", "Diga.", 2.0, 2.4)],
        ),
        (
            "assemblyai/letters.json",
            Hints(agent_names=("SPEAKER_A",)),
            [("agent", "Hello.", 0.5, 1.3), ("customer", "Hi.", 2.0, 2.4)],
        ),
        (
            "azure-speech/by-channel.json",
            AGENT_LEFT,
            [
                ("agent", "Buenas tardes.", 0.76, 2.08),
                ("customer", "Diga.", 2.5, 3.0),
                ("agent", "Le llamo.", 4.5, 5.5),
            ],
        ),
        (
            "azure-speech/by-channel.json",
            Hints(agent_channel=1),
            [
                ("customer", "Buenas tardes.", 0.76, 2.08),
                ("agent", "Diga.", 2.5, 3.0),
                ("customer", "Le llamo.", 4.5, 5.5),
            ],
        ),
        (
            "genesys-cloud/call.json",
            None,
            [("agent", "Buenas tardes.", 0.5, 1.5), ("customer", "diga", 2.0, 2.5), ("agent", "listo", 6.5, 6.9)],
        ),
        (
            "twilio-intelligence/sentences.json",
            AGENT_LEFT,
            [("agent", "Buenas tardes.", 0.5, 1.3), ("customer", "Diga.", 2.0, 2.4)],
        ),
        (
            "google-ccai/call.json",
            None,
            [
                ("customer", "Hello, I'm calling about my account.", 1.0, None),
                ("bot", "Thank you for holding.", 5.5, None),
                ("agent", "Yes, I can help.", 9.0, None),
            ],
        ),
    ],
)
def test_calls(name: str, hints: Hints | None, expected: list[tuple[str, str, float, float | None]]) -> None:
    conversation = read(name, hints).conversation
    assert conversation is not None
    assert [(turn.speaker.value, turn.text, turn.start, turn.end) for turn in conversation.turns] == expected
    assert conversation.channel is Channel.VOICE
    assert conversation.has_end_times is all(end is not None for *_, end in expected)


@pytest.mark.parametrize(
    ("name", "channel", "expected"),
    [
        (
            "amazon-contact-lens/chat.json",
            "webchat",
            [
                ("bot", "En un momento lo atienden.", "16:05:01"),
                ("agent", "Buenas tardes", "16:05:09"),
                ("customer", "Hola", "16:06:00"),
            ],
        ),
        (
            "google-ccai/chat.json",
            "webchat",
            [("customer", "Hola, ¿está usted?", "16:05:00"), ("agent", "Buenas tardes", "16:06:00")],
        ),
        (
            "intercom/conversation.json",
            "whatsapp",
            [("customer", "Hola,\ndebo <algo>?", "16:05:00"), ("agent", "Buenas tardes", "16:06:00")],
        ),
        (
            "zendesk-chat/chat.json",
            "webchat",
            [
                ("bot", "Bienvenida", "16:05:01"),
                ("agent", "Buenas tardes", "16:05:11"),
                ("customer", "Hola", "16:05:20"),
            ],
        ),
        (
            "chatwoot/api.json",
            "webchat",
            [
                ("customer", "Hola, debo algo?", "16:05:00"),
                ("agent", "Buenas tardes", "16:05:20"),
                ("bot", "¿Cómo le atendimos?", "16:05:30"),
            ],
        ),
        ("chatwoot/webhook.json", "whatsapp", [("customer", "Hola", "13:05:57")]),
        (
            "whatsapp-cloud/thread.json",
            "whatsapp",
            [
                ("agent", "Buenas tardes", "16:05:00"),
                ("customer", "¿Cuánto debo?", "16:06:00"),
                ("customer", "[image]\nmi recibo", "16:06:10"),
            ],
        ),
        (
            "conversation-mining/chat.json",
            "webchat",
            [("agent", "Thank you for calling.", "17:54:11"), ("customer", "Hello.", "17:54:26")],
        ),
    ],
)
def test_chats(name: str, channel: str, expected: list[tuple[str, str, str]]) -> None:
    conversation = read(name).conversation
    assert conversation is not None
    assert conversation.channel.value == channel
    assert [
        (turn.speaker.value, turn.text, turn.at.strftime("%H:%M:%S") if turn.at else None)
        for turn in conversation.turns
    ] == expected


def test_a_mail_keeps_its_own_words_only() -> None:
    found = read("eml/reply.eml", Hints(agent_names=("Cobranza",)))
    assert found.conversation is not None
    (turn,) = found.conversation.turns
    assert (turn.text, found.conversation.channel, found.id) == ("Pagué el lunes.", Channel.EMAIL, "m-1@example.com")
    assert turn.at is not None
    assert turn.at.isoformat() == "2026-03-11T11:00:00-06:00"


def test_what_the_file_says_beside_the_words_is_kept() -> None:
    assert read("zendesk-chat/chat.json").agent == "Luis"
    assert read("amazon-contact-lens/chat.json").agent == "Luis"
    assert read("genesys-cloud/call.json").id == "g-1"
    intercom = read("intercom/conversation.json").conversation
    assert intercom is not None
    assert intercom.direction is Direction.INBOUND


def test_notes_that_only_agents_see_are_left_out_and_counted() -> None:
    assert "1 internal notes" in str(read("intercom/conversation.json").notices[0])
    assert "2 internal notes" in str(read("chatwoot/api.json").notices[0])


def test_without_a_channel_map_both_sides_of_a_vendors_call_stay_unknown() -> None:
    for name in ("azure-speech/by-channel.json", "twilio-intelligence/sentences.json", "assemblyai/channels.json"):
        found = read(name)
        assert found.conversation is not None
        assert {turn.speaker.value for turn in found.conversation.turns} == {"unknown"}
        assert any("which of its 2 speakers" in str(notice) for notice in found.notices)


@pytest.mark.parametrize(
    ("name", "key"), [("chatwoot/api.json", "conversation_id"), ("whatsapp-cloud/thread.json", "from")]
)
def test_two_conversations_in_one_file_are_refused(name: str, key: str) -> None:
    text = (SPECIMENS / name).read_text()
    value: Any = json.loads(text)
    (value["payload"][0] if isinstance(value, dict) else value[0]["entry"][0]["changes"][0]["value"]["messages"][0])[
        key
    ] = "8"
    with pytest.raises(SeveralConversations, match="holds 2 conversations"):
        read_transcript(json.dumps(value).encode())


def test_a_page_of_several_says_so() -> None:
    value = json.loads((SPECIMENS / "twilio-intelligence/sentences.json").read_text())
    value["meta"]["next_page_url"] = "https://example.com/2"
    assert "one page of several" in " ".join(map(str, read_transcript(json.dumps(value).encode()).notices))
