"""A table of turns saved as CSV, as Excel saves it in Latin America too: `;`, decimal commas, Windows-1252, UTF-16."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints
from qa_platform.formats.reading.turn_table import as_row, draft_of, holds_turns, meanings
from qa_platform.formats.reading.turn_table import split as split_table

NAME = "csv-turns"
LABEL = "CSV"


def recognises(document: Document) -> bool:
    return holds_turns(meanings(_titles(document.text)))


def read(document: Document, hints: Hints) -> Draft:
    header = meanings(_titles(document.text))
    rows = [as_row(header, cells) for cells in _lines(document.text)]
    return draft_of(rows, hints, name=document.name)


def split(document: Document) -> tuple[bytes, ...]:
    return split_table(_titles(document.text), _lines(document.text))


def _titles(text: str) -> list[str]:
    """The first line's cells; empty for what is no table."""
    first = _body(text).split("\n", 1)[0][:2000]
    delimiter = _delimiter(first)
    return first.split(delimiter) if delimiter in first else []


def _body(text: str) -> str:
    """Without the line in which Excel names its separator."""
    body = text.lstrip("\ufeff")
    if body[:4].lower() != "sep=":
        return body
    return body.split("\n", 1)[1] if "\n" in body else ""


def _delimiter(line: str) -> str:
    return max(";,\t|", key=line.count)


def _lines(text: str) -> Iterator[list[str]]:
    body = _body(text)
    delimiter = _delimiter(body.split("\n", 1)[0])
    lines = csv.reader(io.StringIO(body.replace("\x00", "")), delimiter=delimiter)
    try:
        next(lines, None)
        yield from lines
    except csv.Error:
        raise fields.Missing(f"row {lines.line_num}", field="text") from None
