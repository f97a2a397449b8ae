"""A file of several conversations is taken in as that many interactions, each of which can be read again alone."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select

from models.interactions import Interaction
from qa_platform import pipeline
from qa_platform.database import reading, transaction
from qa_platform.doors import sources
from qa_platform.doors.ingest import receive_batch
from qa_platform.doors.sources import SourceSettings
from qa_platform.formats.contract import Document, Hints, conversations_in, read_transcript
from qa_platform.pipeline import House
from qa_platform.settings import Settings

CSV = (
    "id_llamada;hablante;inicio;fin;texto\n"
    "A1;Agente;0;1;Buenas tardes\nB2;Agente;0;1;Buenos días\n;Cliente;1;2;Diga\nA1;Cliente;2;3,5;¿Quién habla?\n"
)


def talk(text: str) -> dict[str, Any]:
    return {"turns": [{"speaker": "agent", "start": 0, "end": 1, "text": text}]}


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in CSV.splitlines():
        sheet.append(line.split(";"))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def message(talk: int, text: str, kind: str = "incoming") -> dict[str, Any]:
    return {"message_type": kind, "content": text, "created_at": 1_773_000_000, "conversation": {"id": talk}}


def delivery(customer: str, text: str, *, ours: bool = False) -> dict[str, Any]:
    at = {"timestamp": "1773000000", "type": "text", "text": {"body": text}}
    value = {"message_echoes": [{"to": customer, **at}]} if ours else {"messages": [{"from": customer, **at}]}
    return {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": value}]}]}


SEVERAL: dict[str, tuple[bytes, list[list[str]]]] = {
    "csv": (CSV.encode("cp1252"), [["Buenas tardes", "¿Quién habla?"], ["Buenos días", "Diga"]]),
    "xlsx": (workbook(), [["Buenas tardes", "¿Quién habla?"], ["Buenos días", "Diga"]]),
    "json list": (json.dumps([talk("uno"), talk("dos")]).encode(), [["uno"], ["dos"]]),
    "json lines": (f"{json.dumps(talk('uno'))}\n{json.dumps(talk('dos'))}\n".encode(), [["uno"], ["dos"]]),
    "wrapped": (json.dumps({"conversations": [talk("uno"), talk("dos")]}).encode(), [["uno"], ["dos"]]),
    "chatwoot": (
        json.dumps([message(1, "hola"), message(2, "buenas"), message(1, "sí", "outgoing")]).encode(),
        [["hola", "sí"], ["buenas"]],
    ),
    "whatsapp cloud": (
        json.dumps([delivery("5215550001", "hola"), delivery("5215550002", "qué tal"),
                    delivery("5215550001", "buenas", ours=True)]).encode(),
        [["hola", "buenas"], ["qué tal"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEVERAL)
def test_each_conversation_stands_as_a_file_of_its_own(kind: str) -> None:
    data, expected = SEVERAL[kind]
    pieces = conversations_in(Document(data, name="x"))
    read = [read_transcript(piece, Hints(name="x", country="MX")).conversation for piece in pieces]
    assert [[turn.text for turn in one.turns] for one in read if one] == expected
    assert all(not conversations_in(Document(piece)) for piece in pieces)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(talk("uno")).encode(),
        json.dumps([talk("uno")]).encode(),
        json.dumps([talk("uno"), {"hola": 1}]).encode(),
        b'{"turns": [{"text": "a"}]}\nno es json\n',
        b"[1, 2]",
        b"",
        b"hola",
    ],
)
def test_what_holds_one_conversation_or_none_is_left_whole(data: bytes) -> None:
    assert conversations_in(Document(data)) == ()


def test_a_table_of_a_day_becomes_interactions_that_are_told_once(engine: Engine, house: Settings, inbox: Path) -> None:
    (inbox / "dia.csv").write_bytes(CSV.encode("cp1252"))
    (inbox / "datos.csv").write_text("archivo,agente,cartera\ndia.csv,A7,visa\n")
    report = receive_batch(engine, [inbox / "dia.csv"], settings=house, metadata=inbox / "datos.csv")
    assert [(file.name, file.status.value) for file in report.files] == [
        ("dia.csv#1", "accepted"),
        ("dia.csv#2", "accepted"),
    ]
    again = receive_batch(engine, [inbox / "dia.csv"], settings=house)
    assert [file.status.value for file in again.files] == ["duplicate", "duplicate"]
    with reading(engine) as session:
        rows = list(session.scalars(select(Interaction).order_by(Interaction.id)))
    assert [row.external_id for row in rows] == ["A1", "B2"]
    assert all(row.agent_id and row.portfolio_id for row in rows)
    pipeline.process(House(engine, house), rows[0].id)
    with reading(engine) as session:
        assert session.get_one(Interaction, rows[0].id).turn_count == 2


def test_dates_that_a_source_settles_are_settled_for_every_piece(engine: Engine, house: Settings, inbox: Path) -> None:
    (inbox / "chats.csv").write_text(
        "chat_id,fecha_hora,autor,texto\n1,03/04/2026 10:00,Ana,hola\n2,05/04/2026 10:00,Luis,hola\n"
    )
    with transaction(engine) as session:
        sources.save(session, SourceSettings("mesa", date_order="mdy", country="CO"))
    receive_batch(engine, [inbox / "chats.csv"], settings=house, source="mesa")
    with reading(engine) as session:
        months = [row.started_at.month for row in session.scalars(select(Interaction).order_by(Interaction.id))]
    assert months == [3, 5]
