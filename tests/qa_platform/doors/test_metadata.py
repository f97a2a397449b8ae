"""Tables beside the recordings, as Excel and CRMs save them; a bad value is named and never stops a file."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from models.conversation import Channel, Direction, LegalStatus
from qa_platform.doors.metadata import Metadata, NoFileColumn, NotMetadata, read_fields, read_table

BOGOTA = ZoneInfo("America/Bogota")


def test_a_table_from_a_spanish_excel_is_read() -> None:
    table = (
        "Archivo;ID llamada;Agente;Nombre agente;Equipo;Cartera;Cuenta;Canal;País;Fecha llamada;Tipo llamada;Saldo;"
        "Moneda;Días mora;Situación legal;Canal agente;Color\r\n"
        "llamada 1.WAV;1741709100.0;12.0;Luis Añorga;Norte;Banco Sur;'00123;Llamada;co;22/11/2026 14:00;Saliente;"
        "1.234.567,50;cop;45;Prejurídico;izquierdo;rojo\r\n"
    )
    sidecar = read_table(table.encode("cp1252"), name="m.csv", zone=BOGOTA)
    told, notices = sidecar.of("lotes/Llamada 1.wav")
    assert notices == ()
    assert sidecar.unknown == ("Color",)
    assert told == Metadata(
        external_id="1741709100",
        agent="12",
        agent_name="Luis Añorga",
        team="Norte",
        portfolio="Banco Sur",
        account_ref="00123",
        channel=Channel.VOICE,
        country="CO",
        started_at=told.started_at,
        direction=Direction.OUTBOUND,
        balance=Decimal("1234567.50"),
        currency="COP",
        days_past_due=45,
        legal_status=LegalStatus.PRE_LEGAL,
        agent_channel=0,
    )
    assert told.started_at is not None
    assert told.started_at.isoformat() == "2026-11-22T14:00:00-05:00"


def test_a_bad_value_is_left_out_and_named_with_its_row() -> None:
    sidecar = read_table(
        b"file,agent,dias_mora,pais,saldo\na.wav,L1,muchos,Colombia,12x\nb.wav,L2,3,CO,5\n", name="m.csv"
    )
    told, notices = sidecar.of("a.wav")
    assert told == Metadata(agent="L1")
    assert [str(notice) for notice in notices] == [
        "Row 2 of the metadata: the value “muchos” of “dias_mora” could not be used and was left out.",
        "Row 2 of the metadata: the value “Colombia” of “pais” could not be used and was left out.",
        "Row 2 of the metadata: the value “12x” of “saldo” could not be used and was left out.",
    ]
    assert sidecar.of("b.wav") == (Metadata(agent="L2", days_past_due=3, country="CO", balance=Decimal(5)), ())


@pytest.mark.parametrize(
    "data",
    [
        b'{"a.wav": {"agent": "L1", "days_past_due": 3}}',
        b'[{"file": "A.wav", "agent": "L1", "days_past_due": "3.0"}]',
        b'{"archivo": "a.wav", "agente": "L1", "mora": 3}',
        "\ufefffile|agent|dpd\na.wav|L1|3\n".encode("utf-16"),
        b"sep=;\nfile;agent;dpd\na;L1;3\n",
    ],
)
def test_json_and_every_separator_say_the_same(data: bytes) -> None:
    assert read_table(data, name="m").of("a.wav") == (Metadata(agent="L1", days_past_due=3), ())


def test_rows_about_files_that_are_not_there_are_told() -> None:
    sidecar = read_table(b"file,agent\na.wav,L1\nb.wav,L2\n", name="m.csv")
    assert sidecar.unmatched(["x/A.WAV"]) == ["b.wav"]


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"agent,dpd\nL1,3\n", NoFileColumn), (b"", NotMetadata), (b'{"a.wav": ', NotMetadata), (b"[1]", NotMetadata)],
)
def test_what_is_no_table_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_table(data, name="m.csv")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.134.000", "1134000"),
        ("1,134,000.50", "1134000.50"),
        ("1.134.000,5", "1134000.5"),
        ("$ 420,00", "420.00"),
        ("18430", "18430"),
        ("1.134", "1134"),
        ("0.500", "0.500"),
    ],
)
def test_amounts_are_read_with_either_decimal_mark(written: str, amount: str) -> None:
    assert read_fields({"saldo": written})[0].balance == Decimal(amount)


@pytest.mark.parametrize("written", ["NaN", "Infinity", "1e999999999", "--5", "cinco"])
def test_an_amount_that_is_none_is_left_out(written: str) -> None:
    told, notices = read_fields({"saldo": written})
    assert (told.balance, len(notices)) == (None, 1)


def test_what_is_told_first_wins_and_the_rest_fills_the_gaps() -> None:
    assert Metadata(agent="A").over(Metadata(agent="B", team="T")) == Metadata(agent="A", team="T")
