"""A table of events as a file: CSV in whatever separator, the first sheet of a workbook, or a JSON list of objects."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from openpyxl import load_workbook

from models.errors import QAError
from qa_platform.formats.reading.text import decoded

LARGEST = 256 << 20  # bytes, also unpacked
_RATIO = 100  # a workbook that unpacks to more is made to harm
_SEPARATORS = ";,\t|"
Cell: TypeAlias = str | int | float | Decimal | date | None  # a datetime is a date too


class TableTooLarge(QAError):
    status = 413
    says = "The table is larger than one import takes."
    remedy = "Cut it into several files."


class NotATable(QAError):
    status = 422
    says = "The file cannot be read as a table with a row of titles."
    remedy = "Save it as CSV, as an Excel workbook (.xlsx) without a password, or as a JSON list of objects."


@dataclass(frozen=True, slots=True)
class Sheet:
    titles: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def read_sheet(data: bytes, *, name: str) -> Sheet:
    """Rows without a filled cell are left out. Raises TableTooLarge, NotATable."""
    if len(data) > LARGEST:
        raise TableTooLarge(name)
    if data.startswith(b"PK\x03\x04"):
        rows = _workbook(data, name)
    else:
        text = decoded(data, name=name)
        rows = _objects(text, name) if text.lstrip()[:1] in {"[", "{"} else _lines(text, name)
    filled = [row for row in rows if any(cell is not None and str(cell).strip() for cell in row)]
    if not filled:
        raise NotATable(name)
    titles = tuple(str(cell if cell is not None else "").strip() for cell in filled[0])
    return Sheet(titles, filled[1:])


def shown(cell: Cell) -> str:
    """A cell as text; what Excel keeps as 12.0 is 12."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell).strip().removeprefix("'").strip()


def _lines(text: str, name: str) -> list[list[Cell]]:
    head = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)]
    except csv.Error:
        raise NotATable(name) from None


def _objects(text: str, name: str) -> list[list[Cell]]:
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise NotATable(name) from None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotATable(name)
    titles = list(dict.fromkeys(title for one in value for title in one))
    return [list(titles), *([_plain(one.get(title)) for title in titles] for one in value)]


def _plain(value: object) -> Cell:
    if isinstance(value, bool | list | dict):
        return json.dumps(value, default=str)
    return value if isinstance(value, str | int | Decimal) else None


def _workbook(data: bytes, name: str) -> list[list[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > min(LARGEST, max(_RATIO * len(data), 1 << 20)):
            raise TableTooLarge(name)
        with closing(load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)) as book:
            return [[_cell(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except QAError:
        raise
    except Exception as broken:  # what the reader meets in a damaged workbook has no common kind
        raise NotATable(name) from broken


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, str | int | float | date) else str(value)
