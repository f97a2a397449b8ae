"""The definitions of silence, overlap, interruption and monologue, case by case."""

from __future__ import annotations

import pytest

from analyzers.speech_events import measure, turn_at
from models.context import Context
from models.conversation import Channel, Conversation, Interval, Layout, Speaker, Speech, Turn, Voice
from models.finding import SpeechEvents

AGENT, CUSTOMER, UNKNOWN = Speaker.AGENT, Speaker.CUSTOMER, Speaker.UNKNOWN
Spans = list[tuple[float, float]]


def heard(
    agent: Spans, customer: Spans, *, context: Context | None = None, sides: tuple[Speaker, Speaker] = (AGENT, CUSTOMER)
) -> SpeechEvents:
    voices = tuple(
        Voice(side, tuple(Interval(start, end) for start, end in spans))
        for side, spans in zip(sides, (agent, customer), strict=True)
    )
    speech = Speech(300.0, Layout.TWO_SIDES, voices)
    return measure(Conversation("c", Channel.VOICE, "es", (), speech=speech), context or Context())


def told(agent: Spans, customer: Spans) -> Conversation:
    """The same speech, known only from the turns of a transcript."""
    turns = sorted([(start, end, AGENT) for start, end in agent] + [(start, end, CUSTOMER) for start, end in customer])
    return Conversation(
        "c", Channel.VOICE, "es", tuple(Turn(i, side, "…", start=a, end=b) for i, (a, b, side) in enumerate(turns))
    )


SILENCES: dict[str, tuple[Spans, Spans, list[tuple[float, float, Speaker]]]] = {
    "nobody speaks for as long as the threshold": ([(0, 4)], [(9, 12)], [(4, 9, AGENT)]),
    "a little shorter is a pause": ([(0, 4)], [(8.9, 12)], []),
    "the last to speak is named": ([(0, 4)], [(3, 6), (20, 21)], [(6, 20, CUSTOMER)]),
    "one side keeps speaking through": ([(0, 4), (20, 22)], [(3, 21)], []),
    "before the first word and after the last is none": ([(50, 60)], [(60, 70)], []),
    "two of them": ([(0, 1), (10, 11)], [(30, 31)], [(1, 10, AGENT), (11, 30, AGENT)]),
}


@pytest.mark.parametrize(("agent", "customer", "silences"), SILENCES.values(), ids=SILENCES.keys())
def test_a_silence_is_a_stretch_between_words_in_which_nobody_speaks(
    agent: Spans, customer: Spans, silences: list[tuple[float, float, Speaker]]
) -> None:
    for events in (heard(agent, customer), measure(told(agent, customer), Context())):
        assert [(each.start, each.end, each.after) for each in events.silences] == silences


BOTH: dict[str, tuple[Spans, Spans, Spans, list[tuple[float, float, Speaker]]]] = {
    "taking turns": ([(0, 5)], [(5.2, 9)], [], []),
    "a touch of both is how people take turns": ([(0, 5)], [(4.6, 9)], [], []),
    "the customer takes the floor": ([(0, 5)], [(4, 9)], [(4, 5)], [(4, 5, CUSTOMER)]),
    "the agent takes the floor": ([(4, 9)], [(0, 5)], [(4, 5)], [(4, 5, AGENT)]),
    "a back-channel is no interruption": ([(0, 9)], [(4, 4.7)], [(4, 4.7)], []),
    "a back-channel at the very end is none either": ([(0, 5)], [(4.4, 5.2)], [(4.4, 5)], []),
    "a whole sentence that the other talks over is one": ([(0, 9)], [(4, 6)], [(4, 6)], [(4, 6, CUSTOMER)]),
    "a breath does not make two of one": ([(0, 5)], [(3, 3.4), (3.7, 9)], [(3, 5)], [(3, 5, CUSTOMER)]),
    "both start at once: nobody cuts in": ([(4, 9)], [(4.1, 7)], [(4.1, 7)], []),
    "each in turn": (
        [(0, 5), (8, 12)],
        [(4, 9)],
        [(4, 5), (8, 9)],
        [(4, 5, CUSTOMER), (8, 9, AGENT)],
    ),
}


@pytest.mark.parametrize(("agent", "customer", "overlaps", "interruptions"), BOTH.values(), ids=BOTH.keys())
def test_who_speaks_over_whom(
    agent: Spans, customer: Spans, overlaps: Spans, interruptions: list[tuple[float, float, Speaker]]
) -> None:
    events = heard(agent, customer)
    assert [(each.start, each.end) for each in events.overlaps] == overlaps
    assert [(each.start, each.end, each.by) for each in events.interruptions] == interruptions


MONOLOGUES: dict[str, tuple[Spans, Spans, list[tuple[float, float, Speaker]]]] = {
    "a minute on end": ([(0, 61)], [], [(0, 61, AGENT)]),
    "breaths do not end it": ([(0, 30), (31.5, 70)], [], [(0, 70, AGENT)]),
    "a real pause ends it": ([(0, 40), (43, 80)], [], []),
    "a back-channel in a breath does not": ([(0, 30), (31.5, 70)], [(30.2, 30.9)], [(0, 70, AGENT)]),
    "an answer in a breath does": ([(0, 30), (31.5, 70)], [(30.1, 31.4)], []),
    "the customer's counts as well": ([(0, 5)], [(6, 70)], [(6, 70, CUSTOMER)]),
}


@pytest.mark.parametrize(("agent", "customer", "monologues"), MONOLOGUES.values(), ids=MONOLOGUES.keys())
def test_a_monologue_is_one_side_on_and_on(
    agent: Spans, customer: Spans, monologues: list[tuple[float, float, Speaker]]
) -> None:
    events = heard(agent, customer)
    assert [(each.start, each.end, each.by) for each in events.monologues] == monologues


def test_talk_is_counted_per_side_and_thresholds_come_with_the_context() -> None:
    strict = Context(silence_seconds=2.0, monologue_seconds=10.0)
    events = heard([(0, 12), (20, 22.5)], [(15, 18)], context=strict)
    assert events.talk_seconds == {"agent": 14.5, "customer": 3.0}
    assert len(events.silences) == 2
    assert len(events.monologues) == 1
    assert (events.measured, events.sides_known) == (True, True)


def test_where_nobody_knows_which_side_is_the_agent_no_side_is_named() -> None:
    events = heard([(0, 70)], [(69, 80), (90, 91)], sides=(UNKNOWN, UNKNOWN))
    assert (events.measured, events.sides_known) == (True, False)
    assert len(events.silences) == len(events.overlaps) == 1
    assert (events.interruptions, events.monologues) == ((), ())
    assert events.talk_seconds == {"unknown": 82.0}


def test_mono_has_silences_and_talk_only() -> None:
    speech = Speech(60.0, Layout.MONO, (Voice(UNKNOWN, (Interval(0, 10), Interval(20, 25))),))
    events = measure(Conversation("c", Channel.VOICE, "es", (), speech=speech), Context())
    assert [(each.start, each.end) for each in events.silences] == [(10, 20)]
    assert (events.talk_seconds, events.overlaps, events.sides_known) == ({"unknown": 15.0}, (), False)


UNMEASURABLE = {
    "no turns": Conversation("c", Channel.VOICE, "es", ()),
    "a chat": Conversation("c", Channel.WHATSAPP, "es", (Turn(0, AGENT, "Hola", start=0.0, end=1.0),)),
    "a source without ends": Conversation(
        "c", Channel.VOICE, "es", (Turn(0, AGENT, "Hola", start=0.0, end=1.0),), has_end_times=False
    ),
    "a turn without times": Conversation(
        "c", Channel.VOICE, "es", (Turn(0, AGENT, "Hola", start=0.0, end=1.0), Turn(1, CUSTOMER, "Sí"))
    ),
}


@pytest.mark.parametrize("conversation", UNMEASURABLE.values(), ids=UNMEASURABLE.keys())
def test_without_times_nothing_is_measured(conversation: Conversation) -> None:
    assert measure(conversation, Context()) == SpeechEvents()


def test_the_turn_at_a_moment_is_the_one_being_said_or_just_said() -> None:
    conversation = told([(0, 5), (20, 25)], [(6, 10)])
    moments = {-1.0: None, 0.0: 0, 5.5: 0, 7.0: 1, 19.8: 2, 60.0: 2}
    assert {moment: turn_at(conversation, moment) for moment in moments} == moments
    assert turn_at(conversation, 60.0, by=CUSTOMER) == 1
