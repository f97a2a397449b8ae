"""Waiting on hold: what tells it, where it begins and ends, and that it is no dead air."""

from __future__ import annotations

import pytest

from analyzers.analyze import analyze, read
from models.conversation import Channel, Conversation, Hold, HoldSign, Interval, Layout, Speaker, Speech, Turn, Voice

AGENT, CUSTOMER = Speaker.AGENT, Speaker.CUSTOMER
Lines = list[tuple[Speaker, float, float, str]]
Spans = list[tuple[float, float, str]]


def call(lines: Lines, *, told: tuple[Hold, ...] = (), heard: tuple[Hold, ...] | None = None) -> Conversation:
    turns = tuple(Turn(i, who, text, start=a, end=b) for i, (who, a, b, text) in enumerate(lines))
    speech = None
    if heard is not None:
        talk = {side: tuple(Interval(a, b) for who, a, b, _ in lines if who is side) for side in (AGENT, CUSTOMER)}
        speech = Speech(600.0, Layout.TWO_SIDES, tuple(Voice(*each) for each in talk.items()), holds=heard)
    return Conversation("c", Channel.VOICE, "es", turns, told_holds=told, speech=speech)


def holds(conversation: Conversation) -> Spans:
    return [(each.start, each.end, each.sign.value) for each in read(conversation).speech_events.holds]


BEFORE: Lines = [(AGENT, 0, 5, "Buenas tardes, le llamo del banco"), (CUSTOMER, 6, 9, "Dígame, ¿cuánto debo?")]
WAIT: Lines = [*BEFORE, (AGENT, 10, 13, "Un momento por favor, no me cuelgue"), (CUSTOMER, 13.5, 14, "Sí")]
BACK = (AGENT, 74.0, 78.0, "Gracias por esperar, su saldo es de dos mil pesos")

CALLS: dict[str, tuple[Lines, Spans]] = {
    "asked to wait, and thanked for it": ([*WAIT, BACK], [(14, 74, "announced")]),
    "asked to wait, and the agent just goes on": (
        [*WAIT, (AGENT, 40, 44, "Su saldo es de dos mil pesos"), (AGENT, 60, 61, "¿Bueno?")],
        [(14, 40, "announced")],
    ),
    "a word of the customer's own does not end it": (
        [*WAIT, (CUSTOMER, 40, 41, "Ay, cuánto tardan"), BACK],
        [(14, 74, "announced")],
    ),
    "nobody asked for it": ([*BEFORE, BACK], []),
    "the customer asks the agent to wait": (
        [*BEFORE, (CUSTOMER, 10, 13, "Un momento por favor, no me cuelgue"), (AGENT, 60, 62, "Aquí sigo")],
        [],
    ),
    "asked to wait, and no wait follows": ([*WAIT, (AGENT, 15, 19, "Su saldo es de dos mil pesos")], []),
}


@pytest.mark.parametrize(("lines", "expected"), CALLS.values(), ids=CALLS.keys())
def test_what_the_agent_announces_is_a_hold_until_the_agent_is_back(lines: Lines, expected: Spans) -> None:
    assert holds(call(lines)) == expected


def test_a_hold_is_no_silence_and_what_is_left_of_a_silence_is() -> None:
    quiet: Lines = [*BEFORE, (AGENT, 60, 64, "Su saldo es de dos mil pesos")]
    assert [each.start for each in read(call(quiet)).speech_events.silences] == [9]
    told = (Hold(20.0, 58.0, HoldSign.TOLD),)
    events = read(call(quiet, told=told)).speech_events
    assert [(each.start, each.end) for each in events.silences] == [(9, 20.0)]
    codes = {finding.code for finding in analyze(call([*WAIT, BACK])).findings}
    assert "speech.silence" not in codes
    assert "speech.hold" in codes


def test_several_signs_of_one_wait_are_one_hold_by_the_surest() -> None:
    music = (Hold(20.0, 60.0, HoldSign.MUSIC), Hold(200.0, 202.0, HoldSign.BEEPS))
    assert holds(call([*WAIT, BACK], heard=music)) == [(14, 74, "announced")]
    system = (Hold(12.0, 73.0, HoldSign.TOLD),)
    assert holds(call([*WAIT, BACK], heard=music, told=system)) == [(12.0, 74, "told")]
