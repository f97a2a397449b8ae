"""The script's steps and the outcome of a contact, told as short conversations."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from analyzers.analyze import analyze
from models.context import Context
from models.conversation import Account, Channel, Conversation, LegalStatus, Speaker, Turn
from models.finding import Answer

SIDES = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "T": Speaker.THIRD_PARTY, "I": Speaker.IVR, "V": Speaker.VOICEMAIL}
KNOWN = Account(Decimal(5000), "MXN", Decimal(500), 40, LegalStatus.NONE)
OPENING = (
    "I: esta llamada será grabada",
    "A: buenas tardes le habla ana ruiz de banco sol hablo con el señor luis paz",
    "C: sí soy yo",
    "A: me confirma su fecha de nacimiento y los últimos cuatro de su tarjeta",
    "C: tres de mayo del ochenta y dos y cuatro cinco seis uno",
    "A: gracias tiene un saldo vencido de quinientos pesos",
)
CLOSING = ("A: gracias por su tiempo que tenga buena tarde",)


def talk(*lines: str, channel: Channel = Channel.VOICE) -> Conversation:
    turns = tuple(
        Turn(index, SIDES[line[0]], line[3:], start=index * 5.0, end=index * 5.0 + 4)
        for index, line in enumerate(lines)
    )
    started = datetime.fromisoformat("2026-03-11T10:05:00-06:00")
    return Conversation("t", channel, "es", turns, country="MX", account=KNOWN, started_at=started)


def answers(conversation: Conversation) -> dict[str, Answer]:
    return {step.code.removeprefix("step."): step.answer for step in analyze(conversation, Context()).steps}


def outcome(*lines: str) -> str:
    return analyze(talk(*lines), Context()).outcome


AGREED = (
    *OPENING,
    "C: es que me quedé sin trabajo no tengo dinero ahora",
    "A: lo siento mucho lo entiendo le parece si lo dividimos en dos pagos",
    "C: sí el viernes le pago doscientos cincuenta pesos",
    "A: perfecto quedamos el viernes 13 con doscientos cincuenta pesos le envío la referencia para pagar en oxxo",
    "C: gracias",
    *CLOSING,
)


def test_a_call_by_the_book_meets_every_step_with_evidence() -> None:
    conversation = talk(*AGREED)
    steps = analyze(conversation, Context()).steps
    assert {step.code: step.answer for step in steps if step.answer is not Answer.MET} == {}
    assert len(steps) == 13
    assert all(step.turns and step.quote == conversation.turns[step.turns[0]].text for step in steps)


def test_a_hard_call_meets_few() -> None:
    found = answers(
        talk(
            "A: bueno karla",
            "C: sí quién habla",
            "A: cuándo va a pagar",
            "C: no tengo dinero",
            "A: no me interesa",
            "C: adiós",
        )
    )
    failed = {"greeting", "agent_identified", "recording_notice", "identity_verified", "balance_stated", "polite_close"}
    assert {code for code, answer in found.items() if answer is Answer.NOT_MET} >= failed


def test_with_a_third_party_only_the_opening_is_judged() -> None:
    found = answers(talk("A: buenas tardes soy ana ruiz de servicios sol está luis", "T: no está", "A: gracias"))
    assert found["greeting"] is Answer.MET
    assert {answer for code, answer in found.items() if code not in ("greeting", "agent_identified")} == {
        Answer.NOT_APPLICABLE
    }


def test_a_logged_dispute_leaves_nothing_to_agree_on() -> None:
    found = answers(
        talk(
            *OPENING,
            "C: ese monto no es lo que debo",
            "A: le abro el reclamo 883 y mientras tanto no se cobra",
            *CLOSING,
        )
    )
    assert found["payment_date_agreed"] is Answer.NOT_APPLICABLE
    assert found["agreement_recap"] is Answer.NOT_APPLICABLE


def test_a_chat_needs_no_recording_notice() -> None:
    found = answers(talk("A: hola soy ana de banco sol", "C: hola", channel=Channel.WHATSAPP))
    assert found["recording_notice"] is Answer.NOT_APPLICABLE


def test_an_empty_conversation_abstains() -> None:
    analysis = analyze(Conversation("t", Channel.VOICE, "es", ()), Context())
    assert analysis.outcome == "unknown"
    assert Answer.MET not in {step.answer for step in analysis.steps}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (AGREED, "promise"),
        (("V: deje su mensaje", "A: soy ana por favor llámeme"), "voicemail"),
        (("A: está luis", "T: no está soy su hermana", "A: gracias"), "third_party"),
        (("A: está luis", "T: no está equivocado aquí no vive ningún luis", "A: disculpe"), "wrong_person"),
        ((*OPENING, "C: ese monto no es lo que debo", "A: le abro el reclamo 883", *CLOSING), "dispute"),
        ((*OPENING, "C: no voy a pagar nada nunca", "A: entiendo", *CLOSING), "refusal"),
        ((*OPENING, "C: bueno lo voy a pensar", "A: entiendo", *CLOSING), "no_agreement"),
        (
            (*OPENING, "C: se los pago ahorita", "A: listo ya quedó el cargo por quinientos pesos", *CLOSING),
            "payment_made",
        ),
    ],
)
def test_the_outcome_that_the_words_imply(lines: tuple[str, ...], expected: str) -> None:
    assert outcome(*lines) == expected
