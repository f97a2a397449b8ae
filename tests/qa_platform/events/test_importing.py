"""Files of payments: read as they are written, once each, in chunks that a kill cannot undo; refused rows return."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner

from models.events import Event, EventImport
from models.interactions import Debt
from models.outcomes import Payment
from models.people import Portfolio
from qa_platform.cli import app
from qa_platform.commands import terminal
from qa_platform.database import reading, transaction
from qa_platform.doors.sources import SourceSettings, save
from qa_platform.events import importing
from qa_platform.events.importing import Imported, Offered, import_payments, refused_rows
from qa_platform.events.payment_rows import ColumnsMissing, DateOrderUnknown, DecimalMarkUnknown
from qa_platform.events.sheets import NotATable, read_sheet
from qa_platform.settings import Settings

HOMES = ["engine", pytest.param("postgres", marks=pytest.mark.postgres)]
BANK = "Cuenta;Fecha de pago;Monto;Referencia\n0012;25/02/2026;1.250,55;R-1\n77;01/03/2026;$ 300,00;R-2\n"
MIDNIGHT = datetime(2026, 2, 25, 6, tzinfo=UTC)  # in Mexico City


class KilledError(RuntimeError):
    """Stands for kill -9: nothing after it runs."""


def bring(engine: Engine, data: str | bytes, *, progress: Any = lambda *_: None, **told: Any) -> Imported:
    with transaction(engine) as session:
        save(session, SourceSettings(name="bank", portfolio="andino", time_zone="America/Mexico_City"))
        session.scalars(select(Portfolio)).one().currency = "MXN"
    raw = data.encode() if isinstance(data, str) else data
    return import_payments(engine, Offered("pagos.csv", raw, "bank", **told), settings=Settings(), progress=progress)


def paid(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        rows = session.execute(
            select(Debt.ref, Payment.external_id, Payment.amount).join(Debt).order_by(Debt.ref, Payment.external_id)
        )
        return [(row.ref, row.external_id, f"{row.amount:.2f}") for row in rows]


def refusals(engine: Engine, done: Imported, data: bytes | str) -> list[dict[str, str]]:
    titles = read_sheet(data.encode() if isinstance(data, str) else data, name="x").titles
    return list(csv.DictReader(io.StringIO(refused_rows(engine, done.id, titles, language="es"))))


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    sheet = book.create_sheet(index=0)
    for row in rows:
        sheet.append(row)
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("home", HOMES)
def test_a_banks_file_is_read_as_it_is_written_and_only_once(home: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(home)
    done = bring(engine, BANK)
    again = bring(engine, BANK)
    longer = bring(engine, BANK + "77;02/03/2026;10,00;R-3\n")
    assert (done.accepted, done.duplicate, done.refused, done.layout.date_order) == (2, 0, 0, "dmy")
    assert (again.id, again.before) == (done.id, True)
    assert (longer.accepted, longer.duplicate) == (1, 2)
    assert paid(engine) == [("0012", "R-1", "1250.55"), ("77", "R-2", "300.00"), ("77", "R-3", "10.00")]
    with reading(engine) as session:
        assert session.scalar(select(Payment.paid_at).where(Payment.external_id == "R-1")) == MIDNIGHT


def test_a_later_file_with_another_amount_for_a_payment_corrects_it(engine: Engine) -> None:
    bring(engine, BANK)
    bring(engine, BANK.replace("300,00", "350,00"))
    assert paid(engine) == [("0012", "R-1", "1250.55"), ("77", "R-2", "350.00")]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 3


def test_two_like_payments_without_a_number_are_two(engine: Engine) -> None:
    rows = "cuenta,fecha,monto\n5,2026-03-01,10.00\n5,2026-03-01,10.00\n"
    assert bring(engine, rows).accepted == 2
    assert bring(engine, rows + "5,2026-03-01,10.00\n").accepted == 1
    assert len(paid(engine)) == 3


def test_refused_rows_say_why_and_count_once_when_they_are_mended(engine: Engine) -> None:
    bring(engine, BANK)
    sent = (
        "Cuenta;Fecha de pago;Monto;Referencia\n12;25/02/2026;5,00;S-1\n1,23E+11;25/02/2026;5,00;S-2\n"
        "9;31/02/2026;5,00;S-3\n9;25/02/2026;=1+1;S-4\n;25/02/2026;5,00;S-5\n9;25/02/2026;7,00;S-6\n"
        "9;25/02/2026;8,00;S-6\n9;25/02/2099;8,00;S-7\n"
    )
    done = bring(engine, sent)
    rows = refusals(engine, done, sent)
    fields = ["account", "account", "paid_at", "amount", "account", "payment_id", "paid_at"]
    assert (done.accepted, [row["__field"] for row in rows]) == (1, fields)
    assert "ceros" in rows[0]["__reason"]
    assert rows[3]["Monto"] == "'=1+1"  # a spreadsheet shows it and does not run it
    rows[0]["Cuenta"], rows[3]["Monto"] = "0012", "6,00"
    mended = io.StringIO()
    table = csv.DictWriter(mended, rows[0], delimiter=";")
    table.writeheader()
    table.writerows([rows[0], rows[3]])
    assert bring(engine, mended.getvalue()).accepted == 2
    assert bring(engine, mended.getvalue() + "\r\n;\r\n").duplicate == 2
    assert ("0012", "S-1", "5.00") in paid(engine)
    assert ("9", "S-4", "6.00") in paid(engine)


def test_a_killed_import_goes_on_after_its_last_chunk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 10)
    rows = "cuenta,fecha,monto,folio\n" + "".join(f"{n % 7},2026-03-01,{n}.50,F{n}\n" for n in range(1, 46))

    def killed(done: int, _total: int) -> None:
        if done == 20:
            raise KilledError

    with pytest.raises(KilledError):
        bring(engine, rows, progress=killed)
    with reading(engine) as session:
        assert session.scalars(select(EventImport.position)).one() == 20
    done = bring(engine, rows)
    assert (done.resumed, done.accepted, done.duplicate, done.refused) == (20, 45, 0, 0)
    assert sum(Decimal(amount) for *_, amount in paid(engine)) == sum(Decimal(f"{n}.50") for n in range(1, 46))


def test_a_workbook_keeps_its_dates_and_cents_and_tells_of_numbers_that_excel_cut(engine: Engine) -> None:
    data = workbook(
        ("Crédito", "Fecha", "Importe", "Folio"),
        ("0099", datetime(2026, 2, 25), 1250.55, 17),  # noqa: DTZ001 - a workbook knows no zones
        (1.23456789012345e17, datetime(2026, 2, 25), 10, 18),  # noqa: DTZ001
        ("0099", datetime(2026, 2, 25), 10.005, 19),  # noqa: DTZ001
    )
    done = bring(engine, data)
    assert paid(engine) == [("0099", "17", "1250.55")]
    assert [row["__field"] for row in refusals(engine, done, data)] == ["account", "amount"]
    with reading(engine) as session:
        assert session.scalars(select(Payment.paid_at)).one() == MIDNIGHT


def test_json_rows_keep_their_cents(engine: Engine) -> None:
    bring(engine, '[{"account": "A", "paid_at": "2026-02-25", "amount": 10.10, "payment_id": "J"}]')
    assert paid(engine) == [("A", "J", "10.10")]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ("cuenta,fecha,monto\n1,03/04/2026,5.00\n", DateOrderUnknown),
        ("cuenta;fecha;monto\n1;2026-03-04;5.00\n2;2026-03-04;5,00\n", DecimalMarkUnknown),
        ("a,b,c\n1,2026-03-04,5.00\n", ColumnsMissing),
        ("", NotATable),
        (b"PK\x03\x04 no workbook", NotATable),
        ('[{"a": 1}, 2]', NotATable),
    ],
)
def test_what_cannot_be_decided_is_asked_and_nothing_is_kept(engine: Engine, data: str, refusal: type) -> None:
    with pytest.raises(refusal):
        bring(engine, data)
    assert paid(engine) == []


def test_what_a_person_said_of_the_columns_is_remembered(engine: Engine) -> None:
    told = {"columns": {"account": "k", "amount": "v", "paid_at": "d"}, "date_order": "mdy"}
    bring(engine, "k,d,v\n1,03/04/2026,5.00\n", **told)
    done = bring(engine, "v,k,d\n6.00,1,03/05/2026\n")
    assert (done.accepted, done.layout.date_order) == (1, "mdy")
    assert sorted(amount for *_, amount in paid(engine)) == ["5.00", "6.00"]


def test_the_command_takes_a_file_in_and_writes_what_is_to_be_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QA_LANGUAGE", "es")
    terminal.settings.cache_clear()
    source = tmp_path / "bank.yaml"
    source.write_text("name: bank\nportfolio: andino\n", "utf-8")
    file = tmp_path / "pagos.csv"
    file.write_text("cuenta,fecha,monto,moneda\n1,2026-03-04,5.00,MXN\n1,2026-03-04,x,MXN\n", "utf-8")
    ran = CliRunner().invoke(app, ["events", "import", str(file), "--source", str(source)])
    terminal.settings.cache_clear()
    assert ran.exit_code == 1
    assert "1 fila aceptada · 0 filas que ya estaban · 1 fila rechazada" in ran.output
    assert "El importe no se puede leer." in (tmp_path / "pagos.refused.csv").read_text("utf-8-sig")
