"""Compliance slips as short conversations: said, missing, out of order, to whom, pressed on after a request."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analyzers.analyze import analyze
from models.context import Context
from models.conversation import Account, Channel, Conversation, Direction, LegalStatus, Speaker, Turn
from models.finding import Finding, Outcome

SIDES = {
    "A": Speaker.AGENT,
    "C": Speaker.CUSTOMER,
    "T": Speaker.THIRD_PARTY,
    "I": Speaker.IVR,
    "V": Speaker.VOICEMAIL,
}
KNOWN = Account(Decimal(5000), "MXN", Decimal(500), 40, LegalStatus.NONE)


def talk(
    *lines: str,
    country: str = "MX",
    language: str = "es",
    channel: Channel = Channel.VOICE,
    account: Account = KNOWN,
    direction: Direction = Direction.OUTBOUND,
) -> Conversation:
    """ "A: hola" is the agent's turn; C the customer, T a third party, I the IVR, V a voicemail."""
    turns = tuple(
        Turn(index, SIDES[line[0]], line[3:], start=index * 5.0, end=index * 5.0 + 4)
        for index, line in enumerate(lines)
    )
    return Conversation("t", channel, language, turns, country=country, account=account, direction=direction)


def slips(conversation: Conversation) -> list[tuple[str, int | None]]:
    found = analyze(conversation, Context()).findings
    return [(finding.code, finding.turn) for finding in found if finding.family == "slip"]


def codes(conversation: Conversation) -> set[str]:
    return {code for code, _ in slips(conversation)}


PROPER = (
    "I: esta llamada será grabada",
    "A: buenas tardes le habla ana ruiz de banco sol hablo con el señor luis paz",
    "C: sí soy yo",
    "A: me confirma su fecha de nacimiento y los últimos cuatro de su tarjeta",
    "C: tres de mayo del ochenta y dos y cuatro cinco seis uno",
    "A: gracias tiene un saldo vencido de quinientos pesos cuándo podría pagarlo",
    "C: el viernes le pago los quinientos",
    "A: perfecto quedamos el viernes con quinientos pesos gracias por su tiempo que tenga buena tarde",
)


def test_a_proper_call_has_no_slip() -> None:
    assert slips(talk(*PROPER)) == []


def test_every_finding_quotes_the_turn_verbatim_and_says_by_which_rule() -> None:
    conversation = talk(
        *PROPER[:6], "A: Si no paga, mañana lo EMBARGAN y va a la cárcel; le llamo a su jefe.", "C: ¡Qué!"
    )
    found = [finding for finding in analyze(conversation, Context()).findings if finding.turn is not None]
    assert {finding.code for finding in found} >= {"slip.threat_jail", "slip.employer_threat"}
    for finding in found:
        assert finding.quote
        assert finding.quote in conversation.turns[finding.turn or 0].text
        assert finding.rule.id
        assert finding.rule.version


class TestOrder:
    def test_the_debt_told_before_any_confirmation(self) -> None:
        assert ("slip.disclose_before_id", 0) in slips(
            talk("A: hola tiene una deuda vencida de mil pesos", "C: quién es")
        )

    def test_the_debt_told_after_the_name_alone(self) -> None:
        found = slips(talk("A: hablo con la señora rosa", "C: sí quién habla", "A: debe dos mensualidades", "C: ah"))
        assert ("slip.id_weak", 2) in found
        assert "slip.disclose_before_id" not in {code for code, _ in found}

    def test_a_customer_whom_the_system_authenticated_needs_no_check(self) -> None:
        conversation = talk(
            "I: Cliente autenticado en la app Banco Sol",
            "A: hola soy ana su saldo vencido es de 500 pesos",
            "C: gracias",
            channel=Channel.WEBCHAT,
            direction=Direction.INBOUND,
        )
        assert not codes(conversation) & {"slip.disclose_before_id", "slip.id_weak"}


class TestRole:
    def test_the_debt_told_to_a_third_party(self) -> None:
        found = slips(talk("A: está luis", "T: no soy su mamá", "A: dígale que debe ocho mil pesos y ya está vencido"))
        assert ("slip.third_party_disclosure", 2) in found

    def test_a_third_party_who_guesses_is_told_nothing(self) -> None:
        found = codes(
            talk("A: está luis", "T: no es por la deuda del banco", "A: es un asunto personal a qué hora lo encuentro")
        )
        assert "slip.third_party_disclosure" not in found

    def test_a_child_is_left_with_the_debt(self) -> None:
        found = codes(talk("T: bueno", "A: está tu mamá", "T: no tengo diez años", "A: dile que debe dos cuotas"))
        assert "slip.minor_contact" in found

    def test_a_child_is_asked_for_an_adult_and_no_more(self) -> None:
        found = codes(talk("T: bueno", "A: hay un adulto en casa", "T: no tengo diez años", "A: gracias llamo después"))
        assert "slip.minor_contact" not in found

    @pytest.mark.parametrize(
        ("message", "revealed"),
        [
            ("A: mensaje para juan le llamo por su deuda de mil pesos", True),
            ("A: le habla la casa de cobranza comuníquese", True),
            ("A: mensaje para juan soy ana de servicios abc por favor llámeme gracias", False),
        ],
    )
    def test_a_voicemail(self, message: str, revealed: bool) -> None:
        found = codes(talk("V: deje su mensaje", message))
        assert ("slip.voicemail_disclosure" in found) is revealed


class TestMissing:
    def test_neither_name_nor_company_nor_notice(self) -> None:
        conversation = talk(
            "A: bueno karla",
            "C: sí quién habla",
            "A: ya sabe debe mil pesos",
            "C: cuáles",
            "A: los de la tarjeta atrasada",
            "C: ah",
        )
        missing = {"slip.missing_agent_id", "slip.missing_creditor_id", "slip.missing_recording_notice"}
        assert codes(conversation) >= missing

    def test_a_short_call_is_not_reproached_for_what_it_had_no_time_for(self) -> None:
        assert not {code for code in codes(talk("A: bueno karla", "C: ahora no", "A: ok")) if "missing" in code}

    @pytest.mark.parametrize(
        ("notice", "missing"),
        [
            (
                "A: this is an attempt to collect a debt and any information obtained will be used for that purpose",
                False,
            ),
            ("A: this is an attempt to collect a debt", True),
        ],
    )
    def test_the_mini_miranda_in_the_united_states_only(self, notice: str, missing: bool) -> None:
        lines = (
            "A: hi is this bob",
            "C: yes",
            "A: date of birth please",
            "C: may third 1980",
            notice,
            "C: ok",
            "A: you owe 300",
        )
        there = codes(talk(*lines, country="US", language="en"))
        assert ("slip.missing_mini_miranda" in there) is missing
        assert "slip.missing_mini_miranda" not in codes(talk(*lines, country="GB", language="en"))

    def test_a_message_without_a_way_out_in_the_united_states(self) -> None:
        lines = ("A: Hola, soy Ana de Banco Sol. Un asunto personal.", "C: ok")
        assert "slip.no_opt_out" in codes(talk(*lines, country="US", channel=Channel.SMS))
        offered = ("A: Banco Sol: responda BAJA para no recibir más.", "C: ok")
        assert "slip.no_opt_out" not in codes(talk(*offered, country="US", channel=Channel.SMS))
        assert "slip.no_opt_out" not in codes(talk(*lines, country="MX", channel=Channel.SMS))


class TestAfter:
    @pytest.mark.parametrize(
        ("said", "pressed", "slip"),
        [
            ("C: ya no me marquen", "A: pero cuándo va a pagar", "slip.ignore_cease"),
            ("C: ese monto no es lo que debo", "A: es lo que sale necesito la fecha de pago", "slip.ignore_dispute"),
            ("C: hable con mi abogado", "A: usted es quien debe pagar cuánto abona hoy", "slip.ignore_attorney"),
            ("C: estoy en quimioterapia", "A: para qué fecha el pago", "slip.vulnerability_ignored"),
        ],
    )
    def test_a_demand_after_a_request(self, said: str, pressed: str, slip: str) -> None:
        assert (slip, 9) in slips(talk(*PROPER, said, pressed, "C: oiga"))

    @pytest.mark.parametrize(
        ("said", "heeded", "slip"),
        [
            ("C: ese monto no es lo que debo", "A: le abro el reclamo 883 y pauso la gestión", "slip.ignore_dispute"),
            ("C: hable con mi abogado", "A: me da el teléfono de su abogado", "slip.ignore_attorney"),
            ("C: estoy en quimioterapia", "A: lo lamento mucho pauso la gestión", "slip.vulnerability_ignored"),
        ],
    )
    def test_a_request_that_is_heeded_is_no_slip(self, said: str, heeded: str, slip: str) -> None:
        assert slip not in codes(talk(*PROPER, said, heeded, "C: gracias"))

    def test_going_on_after_a_bad_moment(self) -> None:
        lines = ("A: hola luis", "C: no puedo hablar ahora", "A: es rápido", "C: estoy en clase", "A: dígame la fecha")
        assert ("slip.inconvenient_time_ignored", 4) in slips(talk(*lines))
        kind = (*lines[:2], "A: claro a qué hora lo llamo", "C: a las seis", "A: gracias")
        assert "slip.inconvenient_time_ignored" not in codes(talk(*kind))


class TestState:
    THREAT = (*PROPER[:6], "A: ya está la demanda mañana va el actuario a embargarle los muebles", "C: cómo")

    def legal(self, status: LegalStatus | None) -> list[Finding]:
        conversation = talk(*self.THREAT, account=Account(Decimal(5000), "MXN", legal_status=status))
        found = analyze(conversation, Context()).findings
        return [finding for finding in found if finding.code == "slip.false_legal_process"]

    def test_a_lawsuit_that_does_not_exist(self) -> None:
        assert [finding.outcome for finding in self.legal(LegalStatus.NONE)] == [Outcome.DETECTED]

    def test_a_lawsuit_that_was_filed_is_a_fact(self) -> None:
        assert self.legal(LegalStatus.FILED) == []

    def test_without_the_account_the_words_prove_nothing(self) -> None:
        assert [finding.outcome for finding in self.legal(None)] == [Outcome.INSUFFICIENT_EVIDENCE]

    def test_a_debt_told_greater_than_the_account_holds(self) -> None:
        inflated = (*PROPER[:5], "A: su deuda es de once mil pesos", "C: cómo")
        assert "slip.misleading_amount" in codes(talk(*inflated))
        assert "slip.misleading_amount" not in codes(talk(*inflated, account=Account()))


@pytest.mark.parametrize(("country", "found"), [("CO", True), ("MX", False)])
def test_asking_why_is_a_slip_in_colombia_only(country: str, found: bool) -> None:
    conversation = talk(*PROPER[:6], "A: por qué no ha pagado la cuota", "C: perdí el trabajo", country=country)
    assert ("slip.ask_default_reason" in codes(conversation)) is found


def test_restating_a_threat_is_one_episode() -> None:
    conversation = talk(*PROPER[:6], "A: va a ir a la cárcel", "C: cómo", "A: sí a la cárcel va a ir", "C: no")
    assert [code for code, _ in slips(conversation)].count("slip.threat_jail") == 1


def test_a_simulated_court_paper_counts_in_writing_only() -> None:
    line = "A: CITATORIO: deberá comparecer con bienes para señalar embargo"
    assert "slip.false_document" in codes(talk(line, "C: qué", channel=Channel.EMAIL))
    assert "slip.false_document" not in codes(talk(line, "C: qué"))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("si no paga llamo a su jefe en la fábrica", "slip.employer_threat"),
        ("si usted no deposita hoy le cuento a todos sus vecinos lo que debe", "slip.expose_publicly"),
        ("si no cancela le van a romper las piernas", "slip.threat_violence"),
    ],
)
def test_the_no_of_a_condition_excuses_no_threat(line: str, code: str) -> None:
    assert code in codes(talk(*PROPER[:6], f"A: {line}", "C: cómo"))


def test_a_threat_that_shames_is_told_as_a_threat() -> None:
    found = codes(talk(*PROPER[:6], "A: qué vergüenza para su familia cuando vaya a dormir en el calabozo", "C: cómo"))
    assert "slip.threat_jail" in found
    assert "slip.humiliation" not in found
