"""Rows as CSV, Excel or JSON. A cell that a spreadsheet would take for a formula stays the text it is."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import xlsxwriter

from models.errors import QAError
from qa_platform.exports.evaluations import Cell, Row, columns

# What Excel, LibreOffice and Google Sheets read as the start of a formula or a command (OWASP, CSV Injection), also
# where it hides behind blanks; their full-width twins too.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no XML can hold these
LONGEST_CELL = 32_767  # Excel's own limit


class FileForm(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class FormUnknown(QAError):
    status = 422
    says = "'{form}' is none of the forms that are written."
    remedy = "Use csv, xlsx or json."


def form_of(name: str) -> FileForm:
    """The form that a file name or a word asks for."""
    word = Path(name).suffix.removeprefix(".") or name
    if word not in list(FileForm):
        raise FormUnknown(form=word)
    return FileForm(word)


def write_csv(rows: Sequence[Row], file: TextIO) -> None:
    """With a header; UTF-8 with a mark of its own is up to whoever opens the file (`encoding="utf-8-sig"`)."""
    names = columns(rows)
    writer = csv.writer(file)
    writer.writerow([safe(name) for name in names])
    writer.writerows([safe(row.get(name)) for name in names] for row in rows)


def write_xlsx(rows: Sequence[Row], file: BinaryIO) -> None:
    """One sheet; text is written as text, whatever it looks like."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("evaluations")
        names = columns(rows)
        for place, name in enumerate(names):
            sheet.write_string(0, place, name)
        for line, row in enumerate(rows, start=1):
            for place, name in enumerate(names):
                _write_cell(sheet, line, place, row.get(name))
        sheet.freeze_panes(1, 0)


def write_json(rows: Sequence[Row], file: TextIO) -> None:
    """A list of objects; numbers stay numbers and nothing is marked: no spreadsheet opens it."""
    json.dump(list(rows), file, ensure_ascii=False, indent=1)
    file.write("\n")


def write(rows: Sequence[Row], path: Path, form: FileForm) -> None:
    if form is FileForm.XLSX:
        with path.open("wb") as file:
            write_xlsx(rows, file)
        return
    encoding = "utf-8-sig" if form is FileForm.CSV else "utf-8"
    with path.open("w", encoding=encoding, newline="") as text:
        (write_csv if form is FileForm.CSV else write_json)(rows, text)


def safe(cell: Cell) -> Cell:
    """Text that would start a formula gets a mark in front; text that has such a mark already gets one more, so that
    `plain` finds back exactly what it was. Numbers are numbers."""
    if not isinstance(cell, str):
        return cell
    bare = cell.lstrip(MARK + " ")
    return MARK + cell if bare.startswith(DANGEROUS) or cell.startswith(DANGEROUS) else cell


def plain(cell: str) -> str:
    """What `safe` was given."""
    bare = cell.lstrip(MARK + " ")
    marked = cell.startswith(MARK) and (bare.startswith(DANGEROUS) or cell[1:].startswith(DANGEROUS))
    return cell[1:] if marked else cell


def _write_cell(sheet: Any, line: int, place: int, cell: Cell) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(line, place, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(line, place, cell)
    elif cell is not None:
        sheet.write_string(line, place, UNSEEN.sub("", cell)[:LONGEST_CELL])


def case_row(case: Any) -> Mapping[str, Any]:
    """A labelled case as plain data, one JSON object a line."""
    return {
        "interaction": case.interaction_id,
        "scorecard": {"code": case.scorecard, "version": case.scorecard_version},
        "criterion": case.criterion,
        "source": case.source.value,
        "proposed": case.proposed.value,
        "label": case.label.value,
        "why": case.why,
        "turns": list(case.turns),
        "quote": case.quote,
        "reason": case.reason,
        "at": case.created_at.isoformat(),
    }
