"""Rows of payments: which column is which, how amounts and dates are written, and each row as an event."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from models.errors import QAError
from qa_platform.events.reading import Incoming, read_event
from qa_platform.events.sheets import Cell, Sheet, shown
from qa_platform.formats.reading import dates
from qa_platform.formats.reading.speakers import folded

ID, FIELD, REASON = "__id", "__field", "__reason"  # columns of a file of refused rows
NEEDED = ("account", "amount", "paid_at")
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "account": "account account_ref cuenta numero_cuenta num_cuenta credito num_credito numero_credito obligacion "
        "operacion contrato id_cuenta prestamo",
        "amount": "amount monto importe valor monto_pago importe_pago valor_pago pago monto_pagado total",
        "paid_at": "paid_at fecha_pago fecha_de_pago fecha date payment_date fecha_hora fecha_abono",
        "currency": "currency moneda divisa",
        "payment_id": "payment_id id_pago referencia folio recibo num_recibo comprobante id_transaccion transaction_id "
        "numero_operacion reference",
        "method": "method metodo medio medio_pago forma_pago forma_de_pago canal_pago",
    }
)
FIELDS = tuple(_NAMES)
_COLUMNS = {alias: field for field, aliases in _NAMES.items() for alias in aliases.split()}
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_CENTS = {mark: re.compile(rf"[^{mark}]*\{mark}\d{{1,2}}") for mark in ".,"}
_WHOLE = {
    ".": re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d{1,2})?"),
    ",": re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d{1,2})?"),
}


class ColumnsMissing(QAError):
    status = 422
    says = "No column of the file tells these: {fields}."
    remedy = "Its columns are {titles}. Name them, such as account=“{example}”."


class DateOrderUnknown(QAError):
    status = 422
    says = "Every date of the file, such as {example}, could be day first or month first."
    remedy = "Say which: dmy or mdy."


class DecimalMarkUnknown(QAError):
    status = 422
    says = "Some amounts of the file have a point before the cents and some a comma."
    remedy = "Say which is right; the other rows are then listed to be mended."


class DamagedNumber(QAError):
    status = 422
    says = "Excel has cut this number short, such as 1.23E+11."
    remedy = "Write the whole number, in a column kept as text."


class LostZeros(QAError):
    status = 422
    says = "There is no such account, but there is one with zeros before it: Excel may have taken them away."
    remedy = "Write the account with its zeros, in a column kept as text."


class AmountUnusable(QAError):
    status = 422
    says = "The amount cannot be read."
    remedy = "Write it with two decimals at most, and with the decimal mark of the rest of the file."


class DateUnusable(QAError):
    status = 422
    says = "The date cannot be read."
    remedy = "Write it like the other dates of the file, or as 2026-03-12."


class ToldTwice(QAError):
    status = 422
    says = "This payment number stands further up in the file with other values."
    remedy = "Leave the right one, or give the other its own number."


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is read: the title of each field, the order of its dates, the mark before the cents."""

    columns: Mapping[str, str]
    date_order: str | None
    decimal: str

    def kept(self) -> dict[str, Any]:
        return {"columns": dict(self.columns), "date_order": self.date_order, "decimal": self.decimal}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: an event, or why it is none. `event_id` is the same whenever the same row comes."""

    number: int
    event_id: str
    event: Incoming | None
    refusal: QAError | None
    cells: Sequence[Cell]


def guess(sheet: Sheet, *, told: Mapping[str, Any], remembered: Mapping[str, Any], date_order: str | None) -> Layout:
    """What a person says first, then what the source used last, then names that are usual.

    Raises ColumnsMissing, DateOrderUnknown, DecimalMarkUnknown.
    """
    columns: dict[str, str] = {}
    for title in sheet.titles:
        field = _COLUMNS.get(folded(title))
        if field:
            columns.setdefault(field, title)
    for source in (remembered.get("columns", {}), told.get("columns", {})):
        columns |= {field: title for field, title in source.items() if field in FIELDS and title in sheet.titles}
    missing = [field for field in NEEDED if field not in columns]
    if missing:
        raise ColumnsMissing(fields=", ".join(missing), titles=", ".join(sheet.titles), example=sheet.titles[0])
    written = [shown(cell) for cell in _column(sheet, columns["paid_at"]) if isinstance(cell, str)]
    order = told.get("date_order") or dates.order_of(written, date_order or remembered.get("date_order"))
    if order is None:
        raise DateOrderUnknown(example=written[0])
    return Layout(columns, order, told.get("decimal") or _decimal(_column(sheet, columns["amount"]), remembered))


def rows(sheet: Sheet, mapping: Layout, reading: Reading) -> list[Row]:
    """Every row, in order; what is told of rows further up counts (the same row twice, one number for two payments)."""
    places = {field: sheet.titles.index(title) for field, title in mapping.columns.items()}
    own = sheet.titles.index(ID) if ID in sheet.titles else None
    seen: Counter[str] = Counter()
    numbers: dict[tuple[str, str], str] = {}
    found = []
    for number, cells in enumerate(sheet.rows, start=2):
        told = {field: cells[place] for field, place in places.items() if place < len(cells)}
        digest = hashlib.sha256("\0".join(shown(told.get(field)) for field in FIELDS).encode("utf-8", "replace"))
        base = digest.hexdigest()[:32]
        if not shown(told.get("payment_id")):  # without a number two like payments are two
            seen[base] += 1
            base = f"{base}.{seen[base]}"
        event_id = (shown(cells[own]) if own is not None and own < len(cells) else "") or f"row-{base}"
        try:
            event = _event(told, mapping, reading, event_id)
            key = (event.account, event.thing)
            if numbers.setdefault(key, base) != base:
                raise ToldTwice("payment_id")
            found.append(Row(number, event_id, event, None, cells))
        except QAError as refusal:
            # A number of its own, so that the mended row is neither lost as a duplicate nor counted twice.
            found.append(Row(number, f"{event_id[:150]}-mended", None, refusal, cells))
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known beside the file. `padded`: accounts that begin with zeros, by what is left without them."""

    source: str
    zone: tzinfo
    told_at: datetime
    accounts: frozenset[str]
    padded: Mapping[str, str]


def _event(told: Mapping[str, Cell], mapping: Layout, reading: Reading, event_id: str) -> Incoming:
    account, payment_id = _number(told, "account"), _number(told, "payment_id")
    if account and account not in reading.accounts and account in reading.padded:
        raise LostZeros("account")
    data: dict[str, Any] = {"account": account, "payment_id": payment_id, "method": shown(told.get("method"))}
    data |= {"amount": _amount(told.get("amount"), mapping.decimal), "currency": shown(told.get("currency")).upper()}
    data["paid_at"] = _moment(told.get("paid_at"), mapping.date_order, reading.zone)
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": reading.source,
        "type": "paid",
        "time": reading.told_at,
        "data": {field: value for field, value in data.items() if value not in ("", None)},
    }
    return read_event(envelope, now=reading.told_at)


def _number(told: Mapping[str, Cell], field: str) -> str:
    cell = told.get(field)
    text = shown(cell)
    if _SCIENTIFIC.fullmatch(text) or (isinstance(cell, int | float) and abs(cell) >= 10**15):
        raise DamagedNumber(field)  # Excel keeps 15 digits
    return text


def _amount(cell: Cell, mark: str) -> str:
    if isinstance(cell, float):
        cents = round(Decimal(repr(cell)), 2)
        if abs(cents - Decimal(repr(cell))) > Decimal("0.000001"):
            raise AmountUnusable("amount")
        return format(cents, "f")
    if isinstance(cell, int | Decimal):
        return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
    text = re.sub(r"[\s\u00a0\u202f$€]|S/\.?", "", shown(cell))
    if not text:
        return ""
    if not _WHOLE[mark].fullmatch(text):
        raise AmountUnusable("amount")
    return text.replace("," if mark == "." else ".", "").replace(",", ".")


def _moment(cell: Cell, order: str | None, zone: tzinfo) -> datetime | str:
    """A day without an hour is midnight where the source is."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=zone)
    if not shown(cell):
        return ""
    try:
        found = dates.instant(shown(cell), order=order, zone=zone, where="paid_at")
    except (QAError, ValueError, OverflowError):
        raise DateUnusable("paid_at") from None
    if found is None or found.year < 1990:
        raise DateUnusable("paid_at")
    return found


def _decimal(cells: Iterable[Cell], remembered: Mapping[str, Any]) -> str:
    texts = [shown(cell) for cell in cells if isinstance(cell, str)]
    marks = [mark for mark in ".," if any(_CENTS[mark].fullmatch(text) for text in texts)]
    if len(marks) > 1:
        raise DecimalMarkUnknown
    if marks:
        return marks[0]
    # 1.134.000 and 1,134: three digits after a mark are thousands, so the other mark stands before cents.
    if any(re.search(r"\.\d{3}\b", text) for text in texts):
        return ","
    return str(remembered.get("decimal") or ".")


def _column(sheet: Sheet, title: str) -> list[Cell]:
    place = sheet.titles.index(title)
    return [row[place] for row in sheet.rows if place < len(row)]
