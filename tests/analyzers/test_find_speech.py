"""What the measured events become for a reviewer: codes, severity, place and figures."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analyzers import find_interruptions, find_monologues, find_overlaps, find_silences, find_slow_replies
from analyzers.contract import AnalyzerModule, Reading
from models.context import Context
from models.conversation import Channel, Conversation, Interval, Speaker, Turn
from models.finding import Finding, Interruption, Monologue, Outcome, Severity, Silence, SpeechEvents

AGENT, CUSTOMER = Speaker.AGENT, Speaker.CUSTOMER
CALL = Conversation(
    "c",
    Channel.VOICE,
    "es",
    (
        Turn(0, AGENT, "Buenos días", start=0.0, end=5.0),
        Turn(1, CUSTOMER, "Dígame", start=4.2, end=8.0),
        Turn(2, AGENT, "Le informo", start=50.0, end=130.0),
    ),
)
EVENTS = SpeechEvents(
    silences=(Silence(8.0, 14.0, CUSTOMER), Silence(20.0, 36.0, AGENT), Silence(8.0, 50.0, CUSTOMER)),
    overlaps=(Interval(4.2, 5.0),),
    interruptions=(Interruption(4.2, 5.0, CUSTOMER), Interruption(50.0, 51.0, AGENT)),
    monologues=(Monologue(50.0, 130.0, AGENT),),
    measured=True,
    sides_known=True,
)


def findings(module: AnalyzerModule, conversation: Conversation = CALL, events: SpeechEvents = EVENTS) -> list[Finding]:
    reading = Reading(conversation, turns=(), said=(), speech_events=events, country=None)
    return list(module.find(reading, Context()))


def test_the_longer_a_silence_the_graver() -> None:
    found = findings(find_silences)
    assert [each.severity for each in found] == [Severity.LOW, Severity.MEDIUM, Severity.HIGH]
    assert [each.value["seconds"] for each in found] == [6.0, 16.0, 42.0]
    assert {each.turn for each in found} == {1}
    assert {each.code for each in found} == {"speech.silence"}
    assert found[0].speaker is CUSTOMER


def test_an_agent_cutting_in_weighs_more_than_a_customer() -> None:
    by_customer, by_agent = findings(find_interruptions)
    assert (by_customer.severity, by_customer.speaker, by_customer.turn) == (Severity.LOW, CUSTOMER, 1)
    assert (by_agent.severity, by_agent.speaker, by_agent.turn) == (Severity.MEDIUM, AGENT, 2)


def test_an_overlap_is_information() -> None:
    (found,) = findings(find_overlaps)
    assert (found.code, found.severity, found.value["seconds"]) == ("speech.overlap", Severity.INFO, 0.8)


def test_a_monologue_points_at_who_holds_it() -> None:
    (found,) = findings(find_monologues)
    assert (found.code, found.speaker, found.turn, found.value["seconds"]) == ("speech.monologue", AGENT, 2, 80.0)


@pytest.mark.parametrize("module", [find_silences, find_interruptions, find_overlaps, find_monologues])
def test_times_that_a_transcript_states_are_trusted_less_than_sound(module: AnalyzerModule) -> None:
    assert {each.confidence for each in findings(module)} == {0.8}


def test_a_call_without_times_says_that_silence_cannot_be_told() -> None:
    (found,) = findings(find_silences, events=SpeechEvents())
    assert found.outcome is Outcome.INSUFFICIENT_EVIDENCE
    chat = Conversation("c", Channel.WHATSAPP, "es", CALL.turns)
    assert findings(find_silences, conversation=chat, events=SpeechEvents()) == []


NINE = datetime.fromisoformat("2026-03-11T09:00:00-06:00")
Messages = list[tuple[Speaker, float]]  # who, minutes after nine
CHATS: dict[str, tuple[Messages, list[tuple[int, float, Severity]]]] = {
    "soon enough": ([(CUSTOMER, 0), (AGENT, 10)], []),
    "too late": ([(CUSTOMER, 0), (AGENT, 11)], [(1, 660.0, Severity.LOW)]),
    "much too late": ([(CUSTOMER, 0), (AGENT, 31)], [(1, 1860.0, Severity.MEDIUM)]),
    "counted from the first message left waiting": (
        [(CUSTOMER, 0), (CUSTOMER, 9), (AGENT, 15)],
        [(2, 900.0, Severity.LOW)],
    ),
    "an answer counts once": ([(CUSTOMER, 0), (AGENT, 12), (AGENT, 40)], [(1, 720.0, Severity.LOW)]),
    "a bot's answer ends the wait": ([(CUSTOMER, 0), (Speaker.BOT, 1), (AGENT, 30)], []),
    "the customer may take all day": ([(AGENT, 0), (CUSTOMER, 300)], []),
    "another day is another shift": ([(CUSTOMER, 0), (AGENT, 24 * 60)], []),
}


@pytest.mark.parametrize(("messages", "expected"), CHATS.values(), ids=CHATS.keys())
def test_a_slow_reply_is_the_agents_within_the_day(
    messages: Messages, expected: list[tuple[int, float, Severity]]
) -> None:
    turns = tuple(
        Turn(index, who, "…", at=NINE + timedelta(minutes=minutes)) for index, (who, minutes) in enumerate(messages)
    )
    found = findings(find_slow_replies, conversation=Conversation("c", Channel.WHATSAPP, "es", turns))
    assert [(each.turn, each.value["seconds"], each.severity) for each in found] == expected


def test_mail_is_not_held_to_a_chats_pace() -> None:
    turns = (Turn(0, CUSTOMER, "…", at=NINE), Turn(1, AGENT, "…", at=NINE + timedelta(hours=2)))
    assert findings(find_slow_replies, conversation=Conversation("c", Channel.EMAIL, "es", turns)) == []
