"""No finding is surer than it is who spoke."""

from __future__ import annotations

from dataclasses import replace

from analyzers.analyze import analyze
from models.conversation import Apart, ByEar, Channel, Conversation, Interval, Layout, Speaker, Speech, Turn, Voice
from models.finding import Answer, Outcome

AGENT, CUSTOMER, NOBODY = Speaker.AGENT, Speaker.CUSTOMER, Speaker.UNKNOWN
LINES = (
    (CUSTOMER, "¿Bueno?"),
    (AGENT, "Buenas tardes, ¿hablo con la señora Marta Ruiz?"),
    (CUSTOMER, "Sí, ella habla."),
    (AGENT, "Su tarjeta presenta un saldo vencido de dos mil pesos."),
    (CUSTOMER, "No tengo dinero ahorita, me quedé sin trabajo."),
    (AGENT, "Si no paga lo vamos a meter a la cárcel."),
    (CUSTOMER, "Le pago mil pesos el viernes."),
    (AGENT, "Hasta luego."),
)
THREAT = "slip.threat_jail"


def _call(*lines: tuple[Speaker, str], confidence: float | None = 0.84) -> Conversation:
    turns = tuple(
        Turn(index, speaker, text, start=5.0 * index, end=5.0 * index + 4)
        for index, (speaker, text) in enumerate(lines)
    )
    talk = {side: tuple(Interval(t.start or 0.0, t.end or 0.0) for t in turns if t.speaker is side) for side in Speaker}
    voices = tuple(Voice(side, talk[side]) for side in (AGENT, CUSTOMER, NOBODY) if talk[side] or side is not NOBODY)
    heard = None if confidence is None else ByEar(Apart.TOLD, confidence)
    layout = Layout.TWO_SIDES if confidence is None else Layout.MONO
    speech = Speech(5.0 * len(lines), layout, voices, by_ear=heard)
    return Conversation("1", Channel.VOICE, "es", turns, country="MX", duration=speech.duration, speech=speech)


def test_a_finding_is_no_surer_than_the_voices() -> None:
    by_channel, by_ear = analyze(_call(*LINES, confidence=None)), analyze(_call(*LINES, confidence=0.81))
    (sure,) = [one for one in by_channel.findings if one.code == THREAT]
    (less,) = [one for one in by_ear.findings if one.code == THREAT]
    assert sure.confidence > 0.81 == less.confidence
    assert less.outcome is Outcome.DETECTED
    assert [one.confidence for one in by_ear.promises] == [min(one.confidence, 0.81) for one in by_channel.promises]


def test_what_is_missing_may_have_been_said_by_nobody_known() -> None:
    hidden = (*LINES[:3], (NOBODY, "le informo que la llamada puede quedar registrada"), *LINES[3:])
    known, unsure = analyze(_call(*LINES)), analyze(_call(*hidden))
    assert {one.outcome for one in known.findings if one.code == "slip.missing_agent_id"} == {Outcome.DETECTED}
    assert {one.outcome for one in unsure.findings if one.code == "slip.missing_agent_id"} == {
        Outcome.INSUFFICIENT_EVIDENCE
    }
    assert Answer.NOT_MET in {step.answer for step in known.steps}
    assert Answer.NOT_MET not in {step.answer for step in unsure.steps}


def test_a_short_reply_of_nobody_hides_nothing() -> None:
    steps = analyze(_call(*LINES, (NOBODY, "ajá"))).steps
    assert Answer.NOT_MET in {step.answer for step in steps}


def test_who_interrupts_whom_is_never_measured_on_one_channel() -> None:
    events = analyze(_call(*LINES)).speech
    assert not events.sides_known
    assert events.interruptions == ()
    assert events.talk_seconds == {"agent": 16.0, "customer": 16.0}


def test_a_threat_of_nobody_known_is_listed_and_accuses_nobody() -> None:
    nobody = _call(*((NOBODY, text) for _, text in LINES))
    one_voice = Speech(40.0, Layout.MONO, (Voice(NOBODY, (Interval(0, 40),)),), by_ear=ByEar(Apart.DOUBTFUL, 0.4))
    analysis = analyze(replace(nobody, speech=one_voice))
    (threat,) = [one for one in analysis.findings if one.code == THREAT]
    assert (threat.outcome, threat.speaker, threat.turn) == (Outcome.INSUFFICIENT_EVIDENCE, None, 5)
    assert threat.quote is not None
    assert "cárcel" in threat.quote
    assert analysis.steps == ()
    assert all(one.outcome is not Outcome.DETECTED for one in analysis.findings if one.family in ("slip", "objection"))
