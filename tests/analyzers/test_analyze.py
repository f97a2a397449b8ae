"""The whole analysis: what is said of a conversation as one, and of one without words."""

from __future__ import annotations

from analyzers.analyze import analyze
from models.conversation import Channel, Conversation, Interval, Layout, Speaker, Speech, Turn, Voice
from scorecards.load import scorecard
from scorecards.suggest import suggest

HEARD = Speech(
    duration=30.0,
    layout=Layout.TWO_SIDES,
    voices=(
        Voice(Speaker.AGENT, (Interval(0.0, 4.0), Interval(20.0, 24.0))),
        Voice(Speaker.CUSTOMER, (Interval(5.0, 8.0),)),
    ),
)


def test_a_call_without_words_gets_its_silences_and_no_judgement_of_its_words() -> None:
    call = Conversation(id="x", channel=Channel.VOICE, language="es", turns=(), speech=HEARD, duration=30.0)
    analysis = analyze(call)
    assert {finding.family for finding in analysis.findings} == {"speech"}
    assert (analysis.steps, analysis.promises, analysis.outcome) == ((), (), "unknown")
    proposals = suggest(scorecard(), channel="voice", findings=analysis.findings, steps=analysis.steps)
    assert {proposal.answer.value for proposal in proposals} == {"undetermined"}


def test_words_of_nobody_knows_whom_leave_every_question_to_a_person() -> None:
    turns = (
        Turn(0, Speaker.UNKNOWN, "buenas tardes le llamo de banco andino", 0.0, 4.0),
        Turn(1, Speaker.UNKNOWN, "sí dígame", 4.5, 6.0),
    )
    analysis = analyze(Conversation(id="x", channel=Channel.VOICE, language="es", turns=turns))
    proposals = suggest(scorecard(), channel="voice", findings=analysis.findings, steps=analysis.steps)
    assert {proposal.answer.value for proposal in proposals} == {"undetermined"}


def test_the_same_conversation_is_analysed_the_same_way_twice() -> None:
    turns = (
        Turn(0, Speaker.AGENT, "buenas tardes, si no paga hoy va a ir a la cárcel", 0.0, 4.0),
        Turn(1, Speaker.CUSTOMER, "no tengo dinero, el viernes le pago 500 pesos", 4.5, 8.0),
    )
    call = Conversation(id="x", channel=Channel.VOICE, language="es", turns=turns, country="MX")
    assert analyze(call) == analyze(call)
    assert "slip.threat_jail" in {finding.code for finding in analyze(call).findings}
