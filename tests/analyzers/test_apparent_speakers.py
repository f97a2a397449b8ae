"""Telephony labels whoever picks up as the customer: a machine or a relative is told by what it says."""

from __future__ import annotations

import pytest

from analyzers.analyze import analyze
from models.conversation import Channel, Conversation, Speaker, Turn
from models.finding import Analysis


def heard(*said: tuple[str, str], language: str = "es") -> Analysis:
    turns = tuple(Turn(index, Speaker(speaker), text) for index, (speaker, text) in enumerate(said))
    return analyze(Conversation(id="call", channel=Channel.VOICE, language=language, turns=turns))


@pytest.mark.parametrize(
    ("language", "answer", "reply", "outcome", "slip"),
    [
        ("es", "usted se ha comunicado con el buzón de voz", "su deuda es de tres mil pesos", "voicemail", "voicemail"),
        ("es", "no se encuentra ¿quién lo busca?", "tiene una deuda de tres mil pesos", "third_party", "third_party"),
        ("es", "soy la esposa", "su marido debe tres mil pesos", "third_party", "third_party"),
        ("en", "you've reached the voicemail of Dan", "you owe 300 dollars", "voicemail", "voicemail"),
        ("en", "this is his wife he's not home", "he owes us 300 dollars", "third_party", "third_party"),
    ],
)
def test_the_debt_told_to_a_machine_or_a_relative_is_found_although_both_are_labelled_customer(
    language: str, answer: str, reply: str, outcome: str, slip: str
) -> None:
    greeting = ("agent", "buenas tardes" if language == "es" else "good morning")
    analysis = heard(greeting, ("customer", answer), ("agent", reply), language=language)
    assert analysis.outcome == outcome
    assert f"slip.{slip}_disclosure" in {finding.code for finding in analysis.findings}


def test_once_the_person_asked_for_comes_on_the_customer_speaks_again() -> None:
    analysis = heard(
        ("agent", "buenas tardes ¿se encuentra don luis?"),
        ("customer", "soy la esposa, se lo paso"),
        ("agent", "gracias"),
        ("customer", "sí soy yo"),
        ("agent", "don luis, ¿me da su fecha de nacimiento y los últimos cuatro de su cédula?"),
        ("customer", "cuatro de mayo de mil novecientos ochenta, 4417"),
        ("agent", "gracias, tiene un saldo vencido de tres mil pesos"),
    )
    assert "slip.third_party_disclosure" not in {finding.code for finding in analysis.findings}


def test_a_customer_who_says_that_something_is_not_there_stays_the_customer() -> None:
    analysis = heard(
        ("agent", "hola ¿hablo con ana?"), ("customer", "sí soy yo"), ("customer", "ese pago no está registrado")
    )
    assert analysis.outcome not in ("third_party", "voicemail")
