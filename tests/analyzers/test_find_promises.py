"""Promises to pay, read out of short conversations as they happen in the calls of ten countries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzers.analyze import read
from analyzers.find_promises import find
from analyzers.promises import find_promises
from models.context import Context
from models.conversation import Account, Channel, Conversation, Speaker, Turn
from models.finding import Promise, Strength

WEDNESDAY = datetime.fromisoformat("2026-03-11T10:00:00-06:00")
SPEAKERS = {"agent": Speaker.AGENT, "debtor": Speaker.CUSTOMER, "third": Speaker.THIRD_PARTY}


@dataclass(frozen=True)
class Story:
    """Lines of "speaker: words", and the promises in them as (sum, day or window, strength)."""

    name: str
    country: str
    balance: str
    minimum: str
    lines: tuple[str, ...]
    promises: tuple[tuple[str | None, str, str], ...] = ()
    language: str = "es"


def conversation(story: Story, *, at: datetime = WEDNESDAY) -> Conversation:
    turns = []
    for number, line in enumerate(story.lines):
        who, _, words = line.partition(": ")
        turns.append(Turn(number, SPEAKERS[who], words, number * 5.0, number * 5.0 + 4))
    account = Account(balance=Decimal(story.balance), minimum_payment=Decimal(story.minimum))
    return Conversation("x", Channel.VOICE, story.language, tuple(turns), story.country, at, account=account)


def found(story: Story) -> tuple[tuple[str | None, str, str], ...]:
    promises = find_promises(read(conversation(story)), Context())
    return tuple((_plain(p.amount), _due(p), p.strength.value) for p in promises)


def _plain(amount: Decimal | None) -> str | None:
    if amount is None:
        return None
    return f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"


def _due(promise: Promise) -> str:
    if promise.due is not None:
        return promise.due.isoformat()
    return f"{promise.due_from}/{promise.due_to}" if promise.due_from else ""


STORIES = (
    Story("an acceptance takes the terms of the proposal", "MX", "5000", "800",
          ("agent: le parece si lo dejamos para el viernes trece por ochocientos pesos", "debtor: sí está bien"),
          (("800", "2026-03-13", "strong"),)),
    Story("a recap and its yes make no second promise", "MX", "5000", "800",
          ("agent: ¿Podría hacer un pago de 800 pesos el viernes 13?", "debtor: Sí, perfecto.",
           "agent: Entonces le anoto 800 pesos para el viernes 13 de marzo.", "debtor: Correcto, gracias."),
          (("800", "2026-03-13", "strong"),)),
    Story("a day now and a sum later are one promise", "CO", "1200000", "300000",
          ("agent: para cuándo puede hacer el pago", "debtor: pues el veinte", "agent: y de cuánto sería",
           "debtor: de trescientos mil", "agent: listo entonces trescientos mil el viernes veinte de marzo"),
          (("300000", "2026-03-20", "strong"),)),
    Story("the agent's question gives the sum that the debtor leaves out", "MX", "5000", "800",
          ("agent: su mínimo es de 800 pesos cuándo lo podría pagar", "debtor: el viernes sin falta se lo pago"),
          (("800", "2026-03-13", "strong"),)),
    Story("a question promises nothing until it is answered and agreed", "AR", "300000", "50000",
          ("agent: El mínimo es de 50.000.", "debtor: ¿Puedo pagar 30 mil el viernes?",
           "agent: Sí, dale, te anoto 30.000 para el viernes 13.", "debtor: Dale, gracias."),
          (("30000", "2026-03-13", "strong"),)),
    Story("a question that is refused promises nothing", "AR", "300000", "50000",
          ("agent: El mínimo es de 50.000.", "debtor: ¿y si pago 30 mil el viernes me sacás los intereses?",
           "agent: No, los intereses no los puedo sacar.", "debtor: Ah, bueno.")),
    Story("a day that is ruled out is not the day", "CL", "400000", "60000",
          ("agent: ¿puede pagar el viernes 13 los 60 mil?", "debtor: no, el viernes no puedo, el lunes 16 le deposito"),
          (("60000", "2026-03-16", "strong"),)),
    Story("different dated instalments are promises of their own", "MX", "5000", "2000",
          ("agent: Debe 2,000 vencidos.", "debtor: Le puedo dar mil el 15 y los otros mil el 30."),
          (("1000", "2026-03-15", "strong"), ("1000", "2026-03-30", "strong"))),
    Story("what is left over is reckoned", "CO", "1000000", "500000",
          ("agent: Son 500.000 en mora.", "debtor: le abono 200 mil el viernes y el resto el 30"),
          (("200000", "2026-03-13", "strong"), ("300000", "2026-03-30", "strong"))),
    Story("of equal instalments the first is the promise", "AR", "300000", "50000",
          ("agent: Te puedo ofrecer tres cuotas de 100.000, la primera el 20 de marzo. ¿Te sirve?",
           "debtor: Dale, acepto."),
          (("100000", "2026-03-20", "strong"),)),
    Story("that day is the day named before", "MX", "5000", "800",
          ("agent: ¿qué fecha le pagan?", "debtor: me pagan el 15", "agent: ¿y entonces podría pagar ese día?",
           "debtor: sí ese día le deposito los 800"),
          (("800", "2026-03-15", "strong"),)),
    Story("a hedge makes it weak", "MX", "5000", "800",
          ("agent: cuándo va a pagar", "debtor: pues a ver si el viernes le puedo dar algo"),
          ((None, "2026-03-13", "weak"),)),
    Story("a condition makes it medium", "CO", "1000000", "200000",
          ("agent: cuándo cancela los 200.000", "debtor: si me pagan el viernes le consigno los 200"),
          (("200000", "2026-03-13", "medium"),)),
    Story("a revised sum replaces the first", "CL", "400000", "100000",
          ("agent: cuándo paga los 100", "debtor: el 20 le pago 50 lucas", "agent: no me sirve, tienen que ser 100",
           "debtor: ya, 100 entonces el 20"),
          (("100000", "2026-03-20", "strong"),)),
    Story("the recap settles a sum that was misheard", "MX", "5520", "690",
          ("agent: de hoy en ocho sería el miércoles 18 y ahí los dos abonos completos verdad",
           "debtor: los dos mil trescientos ochenta el miércoles 18",
           "agent: perfecto entonces le anoto mil trescientos ochenta el miércoles dieciocho de marzo"),
          (("1380", "2026-03-18", "strong"),)),
    Story("what is paid in the call is no promise", "MX", "5000", "800",
          ("agent: puede pagar los 800 ahorita con el link", "debtor: sí ahorita le pago los 800",
           "debtor: listo ya pagué", "agent: confirmado recibimos su pago")),
    Story("what was paid before is no promise", "MX", "5000", "800",
          ("agent: cuándo va a pagar", "debtor: ya pagué el lunes 800 pesos en el oxxo")),
    Story("a stall is no promise", "MX", "5000", "800",
          ("agent: cuándo va a pagar", "debtor: no sé joven cuando pueda yo le aviso")),
    Story("another person's payment is no promise", "PE", "900", "150",
          ("agent: cuando paga los 150", "debtor: mi esposo le va a pagar el viernes los 150")),
    Story("a third party promises nothing", "MX", "5000", "800",
          ("agent: cuándo estará el señor", "third: el viernes él paga los 800")),
    Story("a call back or a document is no payment", "CO", "1000000", "200000",
          ("agent: me puede enviar el comprobante", "debtor: sí mañana le mando el comprobante",
           "agent: cuándo podemos hablar", "debtor: márqueme el viernes")),
    Story("a deadline that the agent names is not accepted by thanks", "MX", "5000", "800",
          ("agent: tiene hasta el 15 para pagar 800 sin recargo", "debtor: ok gracias")),
    Story("each dated part of an accepted plan is a promise", "MX", "5000", "2000",
          ("agent: Le propongo dos pagos: 1,000 el 15 de marzo y 1,000 el 30 de marzo. ¿Le parece?",
           "debtor: Sí, acepto, así quedamos."),
          (("1000", "2026-03-15", "strong"), ("1000", "2026-03-30", "strong"))),
    Story("a counter-offer is the debtor's own", "CO", "1000000", "320000",
          ("agent: me puede cancelar los 320 mil el viernes", "debtor: no alcanzo los 320, le doy 150 el viernes"),
          (("150000", "2026-03-13", "strong"),)),
    Story("both halves are reckoned", "AR", "200000", "200000",
          ("agent: Son 200.000.", "debtor: te pago la mitad el viernes y la otra mitad a fin de mes"),
          (("100000", "2026-03-13", "strong"), ("100000", "2026-03-31", "medium"))),
    Story("a payday that the agent points back at", "CO", "1000000", "200000",
          ("agent: ¿qué día le pagan?", "debtor: el 15", "agent: ¿y ese día me puede consignar 200 mil?",
           "debtor: sí señora"),
          (("200000", "2026-03-15", "strong"),)),
    Story("a broken promise of old does not hide the new one", "CO", "1000000", "200000",
          ("agent: usted quedó de pagar el 5", "debtor: sí es que yo iba a pagar el viernes pero no pude",
           "agent: entonces cuándo", "debtor: el martes le pago los 200"),
          (("200000", "2026-03-17", "strong"),)),
    Story("another creditor's payment is no promise", "AR", "300000", "50000",
          ("agent: ¿Cuándo podés?", "debtor: el 20 pago la otra tarjeta, acá no sé")),
    Story("a sum with its day promises whatever the verb", "MX", "5300", "480",
          ("agent: ¿cuál sería el abono?", "debtor: mil varos el miércoles, es lo que hay"),
          (("1000", "2026-03-18", "strong"),)),
    Story("a birthday is no promise", "CO", "1460000", "182500",
          ("agent: ¿me confirma las últimas tres cifras de la cédula y su fecha de nacimiento?",
           "debtor: si soy yo, 452 y 9 de julio de 1990")),
    Story("wages and payment on one day", "AR", "288000", "108000",
          ("agent: ¿Cómo lo hacemos?",
           "debtor: el jueves 12 cobro y te paso 108, y los otros 180 el lunes 23"),
          (("108000", "2026-03-12", "strong"), ("180000", "2026-03-23", "strong"))),
    Story("each day goes with the sum beside it", "US", "210", "70",
          ("agent: ¿Le funcionan tres pagos?",
           "debtor: el de 70.80 ahorita mismo si quiere, los 60 el viernes 13 y los 80 el 27"),
          (("60", "2026-03-13", "strong"), ("80", "2026-03-27", "strong"))),
    Story("a sum that is turned down is not the promise", "PE", "3720", "310",
          ("agent: ¿qué le parece si pactamos?",
           "debtor: no le puedo dar los novecientos que me pide, pero el lunes 16 le pago trescientos diez"),
          (("310", "2026-03-16", "strong"),)),
    Story("the million that goes by its article", "CL", "3000000", "300000",
          ("agent: ¿Cuál toma?", "debtor: el lunes 16 les hago la transferencia por el millón ciento treinta y un mil"),
          (("1131000", "2026-03-16", "strong"),)),
    Story("a code read back revises nothing", "CO", "2800000", "235000",
          ("agent: ¿arrancamos con la primera?", "debtor: hágale, el 5 de mayo le consigno los 235 mil",
           "agent: Listo, con su cédula y el convenio treinta y uno cuarenta y cinco",
           "debtor: Treinta y uno cuarenta y cinco. Ya lo anoté."),
          (("235000", "2026-05-05", "strong"),)),
    Story("English: a doubtful question is a weak promise", "US", "900", "150",
          ("agent: could you do a smaller first one?", "debtor: idk maybe i can scrape together 100 on the 20th??"),
          (("100", "2026-03-20", "weak"),), "en"),
    Story("English: an acceptance", "US", "900", "150",
          ("agent: could you do 150 on friday the 13th", "debtor: yeah that works"),
          (("150", "2026-03-13", "strong"),), "en"),
    Story("English: wages are a condition", "US", "900", "150",
          ("agent: what can you do today", "debtor: i can do fifty next friday when i get paid"),
          (("50", "2026-03-20", "medium"),), "en"),
    Story("English: a try is weak", "US", "900", "150",
          ("agent: when can you pay", "debtor: i'll try to send something next week maybe"),
          ((None, "2026-03-16/2026-03-22", "weak"),), "en"),
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_promise_is_what_the_debtor_commits_to(story: Story) -> None:
    assert found(story) == story.promises


def test_a_weak_promise_on_which_the_agent_closes_is_doubtful() -> None:
    lines = (
        "agent: cuándo va a pagar",
        "debtor: voy a tratar el viernes de darle algo",
        "agent: perfecto, le anoto el viernes",
    )
    story = Story("doubtful", "MX", "5000", "800", lines)
    assert [f.code for f in find(read(conversation(story)), Context())] == ["promise", "promise.doubtful"]
    firm = Story(
        "firm", "MX", "5000", "800", ("agent: cuándo va a pagar", "debtor: el viernes le pago 800", "agent: anotado")
    )
    assert [f.code for f in find(read(conversation(firm)), Context())] == ["promise"]


def test_a_chat_over_several_days_counts_from_the_day_of_each_message() -> None:
    story = Story(
        "days", "MX", "5000", "800", ("agent: ¿Cuándo puede pagar los 800?", "debtor: mañana te deposito los 800")
    )
    plain = conversation(story)
    later = datetime.fromisoformat("2026-03-14T09:00:00-06:00")
    turns = (plain.turns[0], Turn(1, Speaker.CUSTOMER, plain.turns[1].text, at=later))
    chat = Conversation("x", Channel.WHATSAPP, "es", turns, "MX", WEDNESDAY, account=plain.account)
    (promise,) = find_promises(read(chat), Context())
    assert promise.due == date(2026, 3, 15)


def test_a_quote_stands_verbatim_in_its_turn_and_names_the_channel() -> None:
    story = Story(
        "channel", "PE", "350", "350", ("agent: ¿Cuándo paga?", "debtor: El 20 le pago los 350 soles por Yape")
    )
    (promise,) = find_promises(read(conversation(story)), Context())
    assert promise.quote in conversation(story).turns[promise.turn].text
    assert (promise.channel, promise.currency, promise.strength) == ("yape", "PEN", Strength.STRONG)


@pytest.mark.shared
def test_every_promise_of_the_shared_table_is_read_as_told(shared: Path) -> None:
    cases: dict[str, Any] = yaml.safe_load((shared / "knowledge" / "promises.yaml").read_text(encoding="utf-8"))
    wrong = []
    for level in ("strong", "medium"):
        for region, text, told in cases[level]:
            promises = _alone(region, text)
            right = len(promises) == 1 and promises[0].strength.value == level and _terms_as_told(promises[0], told)
            wrong += [] if right else [text]
    wrong += [
        text for region, text in cases["weak"] if any(p.strength is not Strength.WEAK for p in _alone(region, text))
    ]
    wrong += [text for who, text, _ in cases["not_a_promise"] if _alone(who, text)]
    assert not wrong, wrong


def _alone(region: str, text: str) -> tuple[Promise, ...]:
    """The promises of one line said in answer to the agent, on Wednesday 12 March 2025."""
    english = region == "EN"
    who = {"agent": "agent", "third_party": "third"}.get(region, "debtor")
    asked = "agent: When can you make a payment?" if english else "agent: ¿Cuándo podría realizar su pago?"
    country = region if len(region) == 2 and not english else "MX"
    story = Story(text, country, "3840", "420", (asked, f"{who}: {text}"), language="en" if english else "es")
    return find_promises(read(conversation(story, at=datetime.fromisoformat("2025-03-12T10:00:00-05:00"))), Context())


def _terms_as_told(promise: Promise, told: dict[str, Any]) -> bool:
    amount = Decimal(1920) if told["amount"] == "0.5*balance" else Decimal(str(told["amount"]))
    days = told.get("date") or told["window"]
    channel = told.get("channel")
    return promise.amount == amount and _due(promise) == days and (channel is None or promise.channel == channel)
