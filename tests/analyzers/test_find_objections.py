"""Objections: who says them, what they are beside other words, and when they are said again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzers.analyze import read
from analyzers.find_objections import KINDS, find
from models.context import Context
from models.conversation import Channel, Conversation, Speaker, Turn

SPEAKERS = {"agent": Speaker.AGENT, "debtor": Speaker.CUSTOMER, "third": Speaker.THIRD_PARTY}
AT = datetime.fromisoformat("2026-03-11T10:00:00-06:00")


def objections(*lines: str, language: str = "es", country: str = "MX") -> list[tuple[int, str]]:
    turns = []
    for number, line in enumerate(lines):
        who, _, words = line.partition(": ")
        turns.append(Turn(number, SPEAKERS[who], words, number * 5.0, number * 5.0 + 4))
    conversation = Conversation("x", Channel.VOICE, language, tuple(turns), country, AT)
    return [(f.turn or 0, f.code.removeprefix("objection.")) for f in find(read(conversation), Context())]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("debtor: no me alcanza ni pa la renta", "no_money"),
        ("debtor: me quedé sin chamba en enero", "unemployed"),
        ("debtor: eso yo lo cancelé en efecty la semana pasada", "already_paid"),
        ("debtor: cómo que ochocientos si yo debía trescientos", "dispute_amount"),
        ("third: número equivocado, aquí no vive", "not_mine_wrong_person"),
        ("debtor: yo jamás firmé nada con ustedes, usaron mi cédula", "identity_theft"),
        ("debtor: cuando pueda yo le aviso", "vague_later"),
        ("debtor: me quitan los intereses y le pago", "wants_discount"),
        ("debtor: se puede en cuotas", "wants_instalments"),
        ("debtor: me dejaron sin internet dos semanas", "service_complaint"),
        ("debtor: ando en la chamba márcame al rato", "callback"),
        ("debtor: cómo sé que usted es del banco", "distrust_fraud"),
        ("debtor: no les pienso pagar nada", "refuses"),
        ("debtor: tengo a mi hijo hospitalizado", "illness"),
        ("third: él falleció hace un año", "deceased"),
        ("debtor: hable con mi abogado", "attorney"),
        ("debtor: mándeme el contrato por escrito", "in_writing"),
        ("debtor: ya dejen de llamarme", "stop_contact"),
        ("third: no se encuentra, quién lo busca", "third_party"),
        ("debtor: eso ya prescribió", "time_barred"),
        ("debtor: estoy en ley de insolvencia", "insolvency"),
        ("debtor: la página no carga", "payment_problem"),
        ("debtor: vete a la mierda", "hostile"),
    ],
)
def test_each_objection_is_heard(line: str, code: str) -> None:
    assert objections("agent: buenas tardes", line) == [(1, code)]


@pytest.mark.parametrize(
    "line",
    [
        "agent: sé que a veces no alcanza la plata",
        "agent: tenemos un descuento del 30 por ciento",
        "third: no me llame más",
        "debtor: ya pagué una cuota, me faltan dos",
        "debtor: no me llame tan temprano",
        "debtor: debo tres cuotas",
        "debtor: voy a buscar un abogado",
        "debtor: ya estoy enfermo de que me llamen",
        "debtor: le mando el comprobante por correo",
    ],
)
def test_hard_negatives_are_left_alone(line: str) -> None:
    assert objections("agent: buenas tardes", line) == []


def test_one_episode_is_one_finding() -> None:
    again = ("debtor: no tengo dinero", "agent: entiendo", "debtor: es que no me alcanza", "agent: y el viernes")
    assert objections(*again) == [(0, "no_money")]


def test_an_objection_that_comes_back_after_another_topic_is_new() -> None:
    lines = (
        "debtor: ahorita no puedo hablar, llámeme mañana",
        "agent: es rápido",
        "debtor: no tengo dinero",
        "agent: y cuándo",
        "debtor: pues quién sabe",
        "agent: dígame",
        "debtor: mejor llámeme el lunes",
    )
    assert [code for _, code in objections(*lines)].count("callback") == 2


def test_a_firm_promise_is_no_stall_and_a_weak_one_is() -> None:
    assert objections("agent: ¿cuándo paga?", "debtor: el viernes le pago 500, yo le aviso cuando deposite") == []
    assert (1, "vague_later") in objections("agent: ¿cuándo paga?", "debtor: si Dios quiere el viernes le doy algo")


def test_a_graver_claim_holds_the_lesser() -> None:
    assert objections("debtor: yo nunca saqué ese crédito, esa deuda no es mía") == [(0, "identity_theft")]


def test_every_code_of_the_taxonomy_has_its_labels() -> None:
    assert len(KINDS) == 23
    assert all(kind.es and kind.en for kind in KINDS.values())


@pytest.mark.shared
def test_every_phrase_of_the_shared_taxonomy_is_heard(shared: Path) -> None:
    entries: list[dict[str, Any]] = yaml.safe_load(
        (shared / "knowledge" / "objections.yaml").read_text(encoding="utf-8")
    )
    missed = []
    for entry in entries:
        code = entry["code"].removeprefix("objection.")
        who = "third" if code in ("third_party", "deceased") else "debtor"
        lines = [("es", country, text) for country, text in entry["phrases"]]
        lines += [("en", "US", text) for text in entry["phrases_en"]]
        for language, country, text in lines:
            heard = [found for _, found in objections(f"{who}: {text}", language=language, country=country)]
            missed += [] if code in heard else [(code, text)]
    assert not missed, missed


@pytest.mark.shared
def test_no_hard_negative_of_the_shared_taxonomy_is_heard(shared: Path) -> None:
    entries: list[dict[str, Any]] = yaml.safe_load(
        (shared / "knowledge" / "objections.yaml").read_text(encoding="utf-8")
    )
    wrong = []
    for entry in entries:
        code = entry["code"].removeprefix("objection.")
        for who, text, why in entry["neg"]:
            speaker = {"third_party": "third", "agent": "agent"}.get(who, "debtor")
            heard = [found for _, found in objections(f"{speaker}: {text}")]
            wrong += [(code, text)] if code in heard and "both" not in why else []
    assert not wrong, wrong
