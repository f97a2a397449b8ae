"""The labelling conventions as small dialogues: who is on the line, when they are known, what must be heeded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analyzers.analyze import analyze
from models.conversation import Account, Channel, Conversation, Direction, Speaker, Turn
from models.finding import Analysis

SIDES = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "T": Speaker.THIRD_PARTY, "I": Speaker.IVR, "V": Speaker.VOICEMAIL}
HOLA = "A: Buenas tardes, ¿hablo con el señor Ramiro Cotrina?"
PIDE = (
    "A: Le habla Elsa Ríos, de Banco Lomas. ¿Me confirma su fecha de nacimiento y los cuatro últimos de su documento?"
)
DATOS = "C: Doce de mayo del ochenta, y 4471."
DEUDA = "A: Gracias. Su préstamo tiene una cuota vencida de trescientos soles."
HI = "A: Good morning, is this Dana Whitlock?"
ASKS = "A: This is Owen Reed with Harbor Bank on a recorded line. Can you verify your date of birth and your zip code?"
FACTS = "C: March fourth nineteen eighty, and 60614."
OWED = "A: Thank you. Your account is past due, you owe three hundred dollars."


def heard(*lines: str, language: str = "es", country: str = "PE", channel: Channel = Channel.VOICE) -> Analysis:
    turns = tuple(Turn(index, SIDES[line[0]], line[3:]) for index, line in enumerate(lines))
    account = Account(Decimal(3000), {"US": "USD"}.get(country, "PEN"), Decimal(300), 45)
    return analyze(
        Conversation("c", channel, language, turns, country=country, account=account, direction=Direction.OUTBOUND)
    )


def slips(analysis: Analysis) -> set[tuple[str, int | None]]:
    return {(found.code.removeprefix("slip."), found.turn) for found in analysis.findings if found.family == "slip"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((HOLA, "C: ¿Quién es?", "A: Soy Elsa, de Banco Lomas. Tiene una cuota vencida."), ("disclose_before_id", 2)),
        ((HOLA, "C: Sí, ¿quién habla?", "A: Soy Elsa, de Banco Lomas. Tiene una cuota vencida."), ("id_weak", 2)),
        ((HOLA, "C: Sí, con él.", PIDE, "C: ¿Y para qué los quiere?", DEUDA), ("id_weak", 4)),
        ((HOLA, "C: Sí, con él.", PIDE, DATOS, DEUDA), None),
        ((HOLA, "C: Sí, con él.", PIDE, "C: cuatro cuatro siete uno y el doce de mayo del ochenta", DEUDA), None),
        ((HOLA, "C: Sí.", "A: ¿Me da su RUT y su comuna?", "C: 15.908.227-1, Puerto Varas.", DEUDA), None),
        (
            (HOLA, "C: Sí.", PIDE, "C: 4471.", "A: Me falta su fecha de nacimiento. Su cuota está vencida."),
            ("id_weak", 4),
        ),
        ((HOLA, "C: Sí.", "A: Páseme el código que le llegó al celular", "C: 778190", DEUDA), ("id_weak", 4)),
    ],
)
def test_the_debt_is_told_once_two_data_are_given(lines: tuple[str, ...], told: tuple[str, int] | None) -> None:
    found = {slip for slip in slips(heard(*lines)) if slip[0] in ("disclose_before_id", "id_weak")}
    assert found == ({told} if told else set())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((HOLA, "T: Soy su hermana.", "A: Dígale que lo de la tarjeta sigue sin pagar."), {"third_party_disclosure"}),
        ((HOLA, "T: Soy su hermana.", "A: Es un asunto personal. ¿A qué hora lo encuentro?"), set()),
        ((HOLA, "T: Soy la codeudora.", "A: Entonces le informo que la cuota está vencida."), set()),
        ((HOLA, "T: Mi papi salió, tengo nueve.", "A: Dile que debe tres cuotas."),
         {"minor_contact", "third_party_disclosure"}),
        ((HOLA, "T: Mi papi salió, tengo nueve.", "A: Gracias, llamo cuando esté tu papá."), set()),
        (("V: Deje su mensaje después del tono", "A: Señor Cotrina, su refinanciamiento se cae si no abona hoy."),
         {"voicemail_disclosure"}),
        (("V: Deje su mensaje después del tono", "A: Soy Elsa Ríos, llámeme al 600 411 2200, por favor."), set()),
        ((HOLA, "C: Sí, con él, ¿quién lo busca?", PIDE, DATOS, DEUDA, "C: El viernes pago."), set()),
    ],
)  # fmt: skip
def test_to_whom_the_debt_is_told(lines: tuple[str, ...], expected: set[str]) -> None:
    roles = {"third_party_disclosure", "minor_contact", "voicemail_disclosure"}
    assert {code for code, _ in slips(heard(*lines))} & roles == expected


@pytest.mark.parametrize(
    ("said", "answers", "expected"),
    [
        ("C: No me llamen más a este número.", ("A: Igual, ¿cuándo me deposita?",), ("ignore_cease", 6)),
        ("C: No me llamen más a este número.", ("A: Registro su pedido, no lo llamamos más.",), None),
        ("C: No me llamen más.", ("A: Queda registrado, pero antes dígame cuánto puede pagar hoy.",),
         ("ignore_cease", 6)),
        ("C: Esa cuota ya la pagué en el agente.", ("A: Eso no me consta, ¿qué día paga?",), ("ignore_dispute", 6)),
        ("C: Esa cuota ya la pagué en el agente.", ("A: Le abro el reclamo, ¿me manda el voucher?",), None),
        ("C: Eso lo lleva mi abogada.", ("A: Su abogada no va a pagar, ¿cuánto puede poner?",), ("ignore_attorney", 6)),
        ("C: Eso lo lleva mi abogada.", ("A: ¿Me da el nombre y el teléfono de su abogada?",), None),
        ("C: Me acaban de operar de la columna.", ("A: La cuota son trescientos, ¿cuándo va a pagar?",),
         ("vulnerability_ignored", 6)),
        ("C: Murió mi esposa el domingo.", ("A: Ay, qué pena. ¿Y para cuándo me aparta los trescientos?",),
         ("vulnerability_ignored", 6)),
        ("C: Murió mi esposa el domingo.", ("A: Mi sentido pésame. Suspendo la gestión, no se preocupe.",), None),
        ("C: Voy manejando, llámeme a la una.",
         ("A: Es cortito.", "C: Pero voy manejando.", "A: ¿Y qué fecha le pongo?"),
         ("inconvenient_time_ignored", 8)),
        ("C: Voy manejando, llámeme a la una.", ("A: Claro, lo llamo a la una. Maneje con cuidado.",), None),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_heeded_or_ignored(
    said: str, answers: tuple[str, ...], expected: tuple[str, int] | None
) -> None:
    found = slips(heard(HOLA, "C: Sí, con él.", PIDE, DATOS, DEUDA, said, *answers))
    after = ("ignore_cease", "ignore_dispute", "ignore_attorney", "vulnerability_ignored", "inconvenient_time_ignored")
    assert {slip for slip in found if slip[0] in after} == ({expected} if expected else set())


def test_a_lawyer_in_english_is_asked_for_and_the_mini_miranda_is_missed() -> None:
    pressed = heard(
        HI, "C: Speaking.", ASKS, FACTS, OWED, "C: I've got a lawyer on that.", "A: What can you put down today?",
        language="en", country="US",
    )  # fmt: skip
    assert {("ignore_attorney", 6), ("missing_mini_miranda", None)} <= slips(pressed)
    heeded = heard(
        HI, "C: Speaking.", ASKS, FACTS, OWED, "C: I've got a lawyer on that.",
        "A: Thank you. Could I get your attorney's name and number? We'll write to them.", language="en", country="US",
    )  # fmt: skip
    assert "ignore_attorney" not in {code for code, _ in slips(heeded)}


@pytest.mark.parametrize(
    ("lines", "identified"),
    [
        ((HOLA, "C: Sí, ¿de dónde llama?", "A: De Servicios Andalién, mi nombre es Constanza Riffo."), True),
        ((HOLA, "C: Sí, ¿de dónde llama?", "A: De la casa de cobranzas, señor."), False),
        ((HOLA, "C: Sí.", "A: le habla este óscar oropeza de aquí de crédito mazahua"), True),
        ((HOLA, "C: Sí.", "A: le hablo de la fiscalía soy el licenciado barragán"), False),
    ],
)
def test_name_and_company_are_heard_where_they_are_said(lines: tuple[str, ...], identified: bool) -> None:
    met = {step.code for step in heard(*lines).steps if step.answer == "met"}
    assert ("step.agent_identified" in met) is identified


@pytest.mark.parametrize(
    ("said", "answer", "held"),
    [
        (
            "C: Ese monto no es, yo no debo eso.",
            "A: Le abro el reclamo 4471 y mientras se revisa suspendo el cobro.",
            True,
        ),
        ("C: Ese monto no es, yo no debo eso.", "A: Es lo que sale. ¿Cuándo paga?", False),
        ("C: Estoy en diálisis, señorita.", "A: Lo lamento mucho. Dejo la cuenta en pausa por sesenta días.", True),
    ],
)
def test_after_a_hold_that_is_honoured_there_is_no_date_to_agree(said: str, answer: str, held: bool) -> None:
    analysis = heard(HOLA, "C: Sí, con él.", PIDE, DATOS, DEUDA, said, answer, "C: Gracias.")
    answers = {step.code: step.answer for step in analysis.steps}
    assert (answers["step.payment_date_agreed"] == "not_applicable") is held


def test_the_month_and_the_code_beside_a_card_number_are_card_data() -> None:
    analysis = heard(
        "A: Mándeme el número de su tarjeta, la fecha y los tres de atrás", "C: 5105 1051 0510 5100",
        "C: 08/27 y atras 417", channel=Channel.WHATSAPP,
    )  # fmt: skip
    assert {("card_data_captured", 1), ("card_data_captured", 2)} <= slips(analysis)
