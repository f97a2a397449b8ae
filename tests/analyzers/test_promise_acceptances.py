"""Acceptances of a concrete proposal, answers to "when", slang and hedges: what each promises, country by country."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from analyzers.analyze import read
from analyzers.promises import find_promises
from models.context import Context
from models.conversation import Account, Channel, Conversation, Speaker, Turn

# country, what the agent says, what the debtor says, what the agent answers; what is promised: sum, day, strength
CASES: list[tuple[str, str, str, str, tuple[float | None, str, str] | None]] = [
    (
        "MX",
        "Le puedo dejar un pago de 850 pesos el viernes 13 de marzo, ¿le parece?",
        "ya, listo entonces",
        "Perfecto, lo anoto.",
        (850, "2026-03-13", "strong"),
    ),
    (
        "MX",
        "Entonces quedamos en 850 pesos el viernes 13, ¿de acuerdo?",
        "va, hecho",
        "Gracias.",
        (850, "2026-03-13", "strong"),
    ),
    (
        "MX",
        "¿Le parece 500 hoy en quince y se pone al corriente?",
        "ándele pues",
        "Queda.",
        (500, "2026-03-25", "strong"),
    ),
    (
        "CO",
        "¿Le queda bien pagar doscientos mil el lunes 16?",
        "listo, quedamos así",
        "Perfecto.",
        (200000, "2026-03-16", "strong"),
    ),
    ("PE", "¿Te parece S/ 236 el 20 de marzo?", "ok quedamos así", "Listo.", (236, "2026-03-20", "strong")),
    ("AR", "¿Lo cerramos en 45.000 el viernes 20?", "dale", "Buenísimo.", (45000, "2026-03-20", "strong")),
    (
        "AR",
        "Te ofrezco tres cuotas de 30.000, la primera el 16 de marzo. ¿Te sirve?",
        "sí, me sirve, anotame",
        "Listo.",
        (30000, "2026-03-16", "strong"),
    ),
    (
        "CL",
        "¿Le acomoda pagar 80.000 el viernes 20 de marzo?",
        "ya po, el viernes entonces",
        "Perfecto.",
        (80000, "2026-03-20", "strong"),
    ),
    ("ES", "¿Le va bien 120 euros el día 25?", "vale, el 25 te los paso", "Perfecto.", (120, "2026-03-25", "strong")),
    (
        "EC",
        "¿Me confirma entonces 60 dólares para el lunes 16?",
        "confirmado",
        "Gracias.",
        (60, "2026-03-16", "strong"),
    ),
    (
        "MX",
        "¿Cuándo podría pagar los 420 del mínimo?",
        "el viernes sin falta",
        "Anotado.",
        (420, "2026-03-13", "strong"),
    ),
    ("MX", "¿Cuánto podría dar y qué día?", "pues unos 300 el sábado", "Anotado.", (300, "2026-03-14", "medium")),
    ("MX", "¿Entonces?", "le deposito el mínimo el 15", "Perfecto.", (420, "2026-03-15", "strong")),
    ("MX", "¿Entonces?", "el 15 me pagan a mí y ya vemos", "Ok.", None),
    ("MX", "¿Puede el viernes 850?", "no, el viernes no puedo", "Entiendo.", None),
    ("MX", "¿Le parece 850 el viernes 13?", "déjeme ver y yo le aviso", "Ok.", None),
    ("MX", "¿Entonces?", "si me pagan el viernes le deposito 500", "Ok.", (500, "2026-03-13", "medium")),
    ("MX", "¿Entonces?", "mañana paso a la tienda y dejo la mitad", "Ok.", (1920, "2026-03-12", "strong")),
    ("MX", "¿Entonces?", "ahí le caigo con mil el domingo", "Ok.", (1000, "2026-03-15", "strong")),
    ("CO", "¿Entonces?", "yo le consigno cincuenta mil el martecito", "Ok.", (50000, "2026-03-17", "strong")),
    ("PE", "¿Entonces?", "el dominguito le pago esos ciento y seis en el agente", "Ok.", (106, "2026-03-15", "strong")),
    ("AR", "¿Entonces?", "te tiro 20 lucas el viernes", "Dale.", (20000, "2026-03-13", "strong")),
    ("CL", "¿Entonces?", "le meto 50 lucas este viernes por transferencia", "Ok.", (50000, "2026-03-13", "strong")),
    ("US", "Can you do 85 on Friday the 13th?", "yeah that works", "Great.", (85, "2026-03-13", "strong")),
    ("US", "When could you pay the 40?", "friday", "Great.", (40, "2026-03-13", "strong")),
    ("US", "So what can you do?", "put me down for sixty on the 20th", "Great.", (60, "2026-03-20", "strong")),
    ("US", "Would 85 on the 20th work?", "sounds good", "Great.", (85, "2026-03-20", "strong")),
    ("US", "Would 85 on the 20th work?", "I'll have to check, no promises", "Okay.", None),
    ("US", "So?", "I'll try to get fifty to you by Friday", "Okay.", (50, "2026-03-13", "weak")),
    ("GB", "Could you do 30 pounds on the 27th?", "aye go on then", "Lovely.", (30, "2026-03-27", "strong")),
    ("MX", "¿Entonces?", "a ver si le junto 200 para el lunes", "Ok.", (200, "2026-03-16", "weak")),
    (
        "CR",
        "¿Le parece cuarenta mil colones el viernes 13?",
        "pura vida, así lo hacemos",
        "Perfecto.",
        (40000, "2026-03-13", "strong"),
    ),
    ("MX", "¿Entonces?", "mi esposo le paga el viernes", "Ok.", None),
    ("MX", "¿Entonces?", "ese lunes le abono alguito", "Ok.", (None, "2026-03-16", "medium")),
    (
        "MX",
        "Pague 850 hoy antes de las seis.",
        "está bien, hoy mismo le hago la transferencia",
        "Ok.",
        (850, "2026-03-11", "strong"),
    ),
    (
        "CO",
        "Tendría que pagar 236.000 a más tardar el viernes 13.",
        "bueno, hágale",
        "Listo.",
        (236000, "2026-03-13", "strong"),
    ),
    ("PE", "¿Qué día?", "para el quincena", "Ok.", None),
    ("MX", "Entonces le registro 500 para el sábado 14.", "sí, regístrelo", "Ok.", (500, "2026-03-14", "strong")),
    (
        "AR",
        "Entonces, 45.000 el viernes 20 por Pago Fácil, ¿cerramos?",
        "cerramos",
        "Listo.",
        (45000, "2026-03-20", "strong"),
    ),
]
CURRENCIES = {
    "MX": "MXN", "CO": "COP", "PE": "PEN", "AR": "ARS", "CL": "CLP", "ES": "EUR", "EC": "USD", "US": "USD",
    "GB": "GBP", "CR": "CRC",
}  # fmt: skip


@pytest.mark.parametrize(("country", "asks", "says", "closes", "promised"), CASES, ids=[case[2] for case in CASES])
def test_what_is_promised(
    country: str, asks: str, says: str, closes: str, promised: tuple[float | None, str, str] | None
) -> None:
    lines = [(Speaker.AGENT, asks), (Speaker.CUSTOMER, says), (Speaker.AGENT, closes)]
    turns = tuple(Turn(n, speaker, text, n * 5.0, n * 5.0 + 4) for n, (speaker, text) in enumerate(lines))
    conversation = Conversation(
        "x",
        Channel.VOICE,
        "en" if country in ("US", "GB") else "es",
        turns,
        country,
        datetime.fromisoformat("2026-03-11T10:00:00-06:00"),
        account=Account(balance=Decimal(3840), currency=CURRENCIES[country], minimum_payment=Decimal(420)),
    )
    made = [
        (
            None if promise.amount is None else float(promise.amount),
            str(promise.due or promise.due_from),
            promise.strength.value,
        )
        for promise in find_promises(read(conversation), Context())
    ]
    assert made[:1] == ([] if promised is None else [promised])
