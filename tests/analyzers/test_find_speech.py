"""What the measured events become for a reviewer: codes, severity, place and figures."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analyzers import find_holds, find_interruptions, find_monologues, find_overlaps, find_silences, find_slow_replies
from analyzers.contract import AnalyzerModule, Reading
from models.context import Context
from models.conversation import Channel, Conversation, Hold, HoldSign, Interval, Speaker, Turn
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
    slow = [each for each in found if each.code == "speech.slow_reply"]
    assert [(each.turn, each.value["seconds"], each.severity) for each in slow] == expected


Thread = list[tuple[Speaker, float, str]]  # who, minutes after nine, what
Told = list[tuple[str, int]]
DAYTIME = Context(opens_hour=9.0, closes_hour=18.0)
LATE: dict[str, tuple[Thread, Context, Told]] = {
    "the first answer has a limit of its own": (
        [(CUSTOMER, 0, "Hola"), (AGENT, 6, "Dígame"), (CUSTOMER, 7, "¿Cuánto debo?"), (AGENT, 14, "Mil")],
        Context(),
        [("slow_first_reply", 1)],
    ),
    "the first answer to a thread that the agent began": (
        [(AGENT, 0, "Hola"), (CUSTOMER, 60, "¿Cuánto debo?"), (AGENT, 90, "Mil")],
        Context(),
        [("slow_first_reply", 2), ("slow_reply", 2)],
    ),
    "a question that nobody answers": (
        [(AGENT, 0, "Hola"), (CUSTOMER, 1, "¿Cuánto debo?")],
        Context(),
        [("unanswered", 1)],
    ),
    "a thread that no agent ever enters": ([(CUSTOMER, 0, "Quiero pagar")], Context(), [("unanswered", 0)]),
    "thanks wants no answer": ([(AGENT, 0, "Listo"), (CUSTOMER, 1, "Muchas gracias, buen día")], Context(), []),
    "a plain yes at the end wants none": ([(AGENT, 0, "¿Le llegó?"), (CUSTOMER, 1, "Sí 👍")], Context(), []),
    "after more than a day it was left without one": (
        [(CUSTOMER, 0, "¿Cuánto debo?"), (AGENT, 30 * 60, "Mil")],
        Context(),
        [("unanswered", 0)],
    ),
    "a desk with hours: the night does not count": (
        [(CUSTOMER, 9 * 60 - 2, "¿Cuánto debo?"), (AGENT, 24 * 60 + 1, "Mil")],
        DAYTIME,
        [],
    ),
    "a desk with hours: the open part of it does": (
        [(CUSTOMER, 8 * 60 + 50, "¿Cuánto debo?"), (AGENT, 24 * 60 - 1 + 10, "Mil")],
        DAYTIME,
        [("slow_first_reply", 1), ("slow_reply", 1)],
    ),
    "without hours, another day may be another shift": (
        [(CUSTOMER, 9 * 60, "¿Cuánto debo?"), (AGENT, 24 * 60 + 1, "Mil")],
        Context(),
        [],
    ),
}


@pytest.mark.parametrize(("thread", "context", "expected"), LATE.values(), ids=LATE.keys())
def test_first_late_and_missing_answers(thread: Thread, context: Context, expected: Told) -> None:
    turns = tuple(
        Turn(index, who, text, at=NINE + timedelta(minutes=minutes))
        for index, (who, minutes, text) in enumerate(thread)
    )
    reading = Reading(Conversation("c", Channel.WHATSAPP, "es", turns), (), (), SpeechEvents(), None)
    found = [(each.code.removeprefix("speech."), each.turn) for each in find_slow_replies.find(reading, context)]
    assert found == expected


def test_a_hold_is_a_finding_once_it_is_long() -> None:
    held = tuple(Hold(10.0, 10.0 + seconds, HoldSign.MUSIC) for seconds in (59.0, 60.0, 180.0))
    found = findings(find_holds, events=SpeechEvents(holds=held, measured=True))
    assert [(each.value["seconds"], each.severity) for each in found] == [
        (60.0, Severity.LOW),
        (180.0, Severity.MEDIUM),
    ]
    assert found[0].value["sign"] == "music"


def test_mail_is_not_held_to_a_chats_pace() -> None:
    turns = (Turn(0, CUSTOMER, "…", at=NINE), Turn(1, AGENT, "…", at=NINE + timedelta(hours=2)))
    assert findings(find_slow_replies, conversation=Conversation("c", Channel.EMAIL, "es", turns)) == []
