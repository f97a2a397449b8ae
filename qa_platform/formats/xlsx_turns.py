"""A table of turns in an Excel workbook (.xlsx): the first sheet that has one, read without formulas or links."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, time, timedelta
from itertools import islice

from openpyxl import load_workbook

from models.errors import QAError
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints
from qa_platform.formats.reading.turn_table import as_row, draft_of, holds_turns, meanings
from qa_platform.formats.reading.turn_table import split as split_table

NAME = "xlsx-turns"
LABEL = "Excel (.xlsx)"

_WORKBOOK = "xl/workbook.xml"
_LARGEST = 256 << 20  # bytes unpacked
_RATIO = 100
_ROWS, _COLUMNS, _SHEETS = 200_000, 60, 20


class WorkbookTooLarge(QAError):
    status = 413
    says = "The workbook unpacks to far more than a table of turns holds."
    remedy = "Save the one sheet with the turns as CSV and send that."


class WorkbookDamaged(QAError):
    status = 422
    says = "The Excel workbook is damaged or protected and cannot be read."
    remedy = "Save it again from Excel without a password, or as CSV."


class NoTurnsTable(QAError):
    status = 422
    says = "No sheet of the workbook has a table of turns."
    remedy = "Give the first row column titles such as speaker, start, end and text."


def recognises(document: Document) -> bool:
    if not document.data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(document.data)) as packed:
            return _WORKBOOK in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read(document: Document, hints: Hints) -> Draft:
    titles, table = _table(document)
    header = meanings(titles)
    return draft_of([as_row(header, cells) for cells in table], hints, name=document.name)


def split(document: Document) -> tuple[bytes, ...]:
    titles, table = _table(document)
    return split_table(titles, table)


def _table(document: Document) -> tuple[list[str], list[list[str]]]:
    """Titles and rows of the first sheet whose first filled row names the columns of turns."""
    _within_bounds(document)
    try:
        for rows in _sheets(document.data):
            titles = next((cells for cells in islice(rows, 20) if holds_turns(meanings(cells))), None)
            if titles is not None:
                return titles, [cells for cells in rows if any(cells)]
    except QAError:
        raise
    except Exception as broken:  # what the reader meets in a damaged workbook has no common kind
        raise WorkbookDamaged(document.name) from broken
    raise NoTurnsTable(document.name)


def _within_bounds(document: Document) -> None:
    """What the packed parts say of themselves, before any is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(document.data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise WorkbookDamaged(document.name) from broken
    if size > min(_LARGEST, max(_RATIO * len(document.data), 1 << 20)):
        raise WorkbookTooLarge(document.name)


def _sheets(data: bytes) -> Iterator[Iterator[list[str]]]:
    # Read-only, so that memory holds a row at a time; defusedxml, where installed, guards the XML.
    with closing(load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)) as book:
        for sheet in book.worksheets[:_SHEETS]:
            cells = sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS, values_only=True)
            yield (_row(row) for row in cells)


def _row(cells: Sequence[object]) -> list[str]:
    return [_shown(cell) for cell in cells]


def _shown(cell: object) -> str:
    """The cell as CSV would have it; a count that Excel keeps as 12.0 is 12."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat(timespec="milliseconds") if isinstance(cell, time) else str(cell)
