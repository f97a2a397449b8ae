"""A table of turns saved as CSV, as Excel saves it in Latin America too: `;`, decimal commas, Windows-1252, UTF-16."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType

from models.conversation import Channel
from models.errors import QAError
from qa_platform.formats.reading import dates, fields
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, Said
from qa_platform.formats.reading.speakers import folded

NAME = "csv-turns"
LABEL = "CSV"

_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "text": "texto text mensaje message contenido content transcripcion transcript utterance frase dialogo body",
        "who": "hablante speaker quien rol role interlocutor participante participant autor author remitente sender "
        "emisor from de who",
        "start": "inicio start desde begin comienzo start_time tiempo_inicio inicio_s start_s segundo_inicio offset "
        "inicio_seg start_seconds inicio_segundos",
        "end": "fin end hasta final end_time tiempo_fin fin_s end_s segundo_fin fin_seg end_seconds fin_segundos",
        "start_ms": "inicio_ms start_ms begin_ms startms offset_ms start_time_ms",
        "end_ms": "fin_ms end_ms endms end_time_ms",
        "duration": "duracion duration duracion_s duration_s",
        "at": "fecha_hora fecha_y_hora timestamp datetime at sent_at created_at enviado fecha_envio date_time",
        "date": "fecha date dia",
        "clock": "hora time",
        "id": "conversation_id id_conversacion conversacion call_id id_llamada llamada interaction_id id_interaccion "
        "chat_id",
        "channel": "canal channel",
        "agent": "agente agent asesor gestor nombre_agente agent_name",
        "language": "idioma language lang",
    }
)
_NAMES = {name: column for column, names in _COLUMNS.items() for name in names.split()}
_CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {"llamada": Channel.VOICE, "voz": Channel.VOICE, "chat": Channel.WEBCHAT, "correo": Channel.EMAIL}
    | {channel.value: channel for channel in Channel}
)


class DayOrMonthFirst(QAError):
    status = 422
    says = "Every date of the table, such as {example}, could be day first or month first."
    remedy = "Say which in the source's settings (date order dmy or mdy) and send the file again."


Row = Mapping[str, str]


def recognises(document: Document) -> bool:
    header = _header(document.text)
    return "text" in header and bool({"who", "start", "start_ms", "at", "date", "clock"} & set(header))


def read(document: Document, hints: Hints) -> Draft:
    header = _header(document.text)
    rows = list(_rows(document.text, header))
    told = {row["id"] for row in rows if row.get("id")}
    if len(told) > 1:
        raise fields.SeveralConversations(document.name, count=len(told))
    order = _date_order(rows, hints, name=document.name)
    turns = tuple(
        _said(row, order, hints.zone, where=f"{document.name}, row {number}")
        for number, row in enumerate(rows, start=2)
        if row.get("text")
    )
    return Draft(
        turns=turns,
        id=next(iter(told), None),
        channel=_CHANNELS.get(folded(_first(rows, "channel"))),
        language=_first(rows, "language") or None,
        agent=_first(rows, "agent") or None,
        local_times=any(said.at is not None for said in turns),
    )


def _first(rows: Sequence[Row], column: str) -> str:
    return next((row[column] for row in rows if row.get(column)), "")


def _header(text: str) -> list[str]:
    """What each column means, "" where it is not known; empty for what is no table."""
    first = text.lstrip("\ufeff").split("\n", 1)[0][:2000]
    if first.lower().startswith("sep="):
        first = text.lstrip("\ufeff").split("\n", 2)[1][:2000] if text.count("\n") > 1 else ""
    delimiter = _delimiter(first)
    if delimiter not in first:
        return []
    return [_NAMES.get(folded(cell), "") for cell in first.split(delimiter)]


def _delimiter(line: str) -> str:
    return max(";,\t|", key=line.count)


def _rows(text: str, header: Sequence[str]) -> Iterator[Row]:
    body = text.lstrip("\ufeff")
    if body.lower().startswith("sep="):  # what Excel writes to name its separator
        body = body.split("\n", 1)[1]
    delimiter = _delimiter(body.split("\n", 1)[0])
    lines = csv.reader(io.StringIO(body.replace("\x00", "")), delimiter=delimiter)
    try:
        next(lines, None)
        for cells in lines:
            pairs = zip(header, cells, strict=False)
            yield {column: cell.strip().lstrip("'") for column, cell in pairs if column and cell.strip()}
    except csv.Error:
        raise fields.Missing(f"row {lines.line_num}", field="text") from None


def _said(row: Row, order: str | None, zone: tzinfo, *, where: str) -> Said:
    start = _seconds(row, "start", where=where)
    end = _seconds(row, "end", where=where)
    at = _moment(row, order, zone, where=where)
    if start is None and end is None and at is None and row.get("clock"):
        start = fields.seconds(row["clock"], where=f"{where}, clock")
    if end is None and start is not None and row.get("duration"):
        end = start + (fields.seconds(row["duration"], where=f"{where}, duration") or 0.0)
    if start is not None and end is not None and end < start:
        raise fields.EndsBeforeStart(where, start=start, end=end)
    return Said(row["text"], row.get("who"), start=start, end=end, at=at if start is None else None)


def _seconds(row: Row, edge: str, *, where: str) -> float | None:
    if row.get(f"{edge}_ms"):
        number = fields.decimal(row[f"{edge}_ms"], where=f"{where}, {edge}")
        return None if number is None else fields.seconds(float(number) / 1000, where=f"{where}, {edge}")
    return fields.seconds(row.get(edge), where=f"{where}, {edge}")


def _moment(row: Row, order: str | None, zone: tzinfo, *, where: str) -> datetime | None:
    return dates.instant(_dated(row), order=order, zone=zone, where=where)


def _dated(row: Row) -> str:
    """The date and time of a row, whether in one column or in two."""
    return row.get("at") or (f"{row['date']} {row.get('clock', '')}".strip() if row.get("date") else "")


def _date_order(rows: Sequence[Row], hints: Hints, *, name: str) -> str:
    stated = [_dated(row) for row in rows]
    order = dates.order_of(stated, hints.date_order)
    if order is None:
        raise DayOrMonthFirst(name, example=fields.shown(next(date for date in stated if date)))
    return order
