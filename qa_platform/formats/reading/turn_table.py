"""A table of turns, whatever file it stood in: what its columns mean, and its rows as a conversation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType

from models.conversation import Channel
from models.errors import QAError
from qa_platform.formats.reading import dates, fields
from qa_platform.formats.reading.draft import Draft, Hints, Said
from qa_platform.formats.reading.speakers import folded

COLUMNS: Mapping[str, str] = MappingProxyType(
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
_NAMES = {name: column for column, names in COLUMNS.items() for name in names.split()}
_CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {"llamada": Channel.VOICE, "voz": Channel.VOICE, "chat": Channel.WEBCHAT, "correo": Channel.EMAIL}
    | {channel.value: channel for channel in Channel}
)


class DayOrMonthFirst(QAError):
    status = 422
    says = "Every date of the table, such as {example}, could be day first or month first."
    remedy = "Say which in the source's settings (date order dmy or mdy) and send the file again."


Row = Mapping[str, str]


def meanings(titles: Iterable[str]) -> list[str]:
    """What each column means, "" where it is not known."""
    return [_NAMES.get(folded(title), "") for title in titles]


def holds_turns(header: Sequence[str]) -> bool:
    return "text" in header and bool({"who", "start", "start_ms", "at", "date", "clock"} & set(header))


def as_row(header: Sequence[str], cells: Sequence[str]) -> Row:
    pairs = zip(header, cells, strict=False)
    return {column: cell.strip().lstrip("'") for column, cell in pairs if column and cell.strip()}


def draft_of(rows: Sequence[Row], hints: Hints, *, name: str) -> Draft:
    """The conversation of these rows. Raises SeveralConversations, DayOrMonthFirst and what a bad cell raises."""
    told = {row["id"] for row in rows if row.get("id")}
    if len(told) > 1:
        raise fields.SeveralConversations(name, count=len(told))
    order = _date_order(rows, hints, name=name)
    turns = tuple(
        _said(row, order, hints.zone, where=f"{name}, row {number}")
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


def split(titles: Sequence[str], table: Iterable[Sequence[str]]) -> tuple[bytes, ...]:
    """The rows of each conversation as a CSV of their own. A row that names none belongs to the one before it."""
    header = meanings(titles)
    if "id" not in header:
        return ()
    at = header.index("id")
    talks: dict[str, list[Sequence[str]]] = {}
    last = ""
    for cells in table:
        last = (cells[at].strip().lstrip("'") if at < len(cells) else "") or last
        talks.setdefault(last, []).append(cells)
    if "" in talks and len(talks) > 1:  # rows above the first number belong to it
        above = talks.pop("")
        talks[next(iter(talks))][:0] = above
    return tuple(_csv([titles, *rows]) for rows in talks.values())


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().encode("utf-8", "replace")


def _first(rows: Sequence[Row], column: str) -> str:
    return next((row[column] for row in rows if row.get(column)), "")


def _said(row: Row, order: str | None, zone: tzinfo, *, where: str) -> Said:
    start = _seconds(row, "start", where=where)
    end = _seconds(row, "end", where=where)
    at = dates.instant(_dated(row), order=order, zone=zone, where=where)
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


def _dated(row: Row) -> str:
    """The date and time of a row, whether in one column or in two."""
    return row.get("at") or (f"{row['date']} {row.get('clock', '')}".strip() if row.get("date") else "")


def _date_order(rows: Sequence[Row], hints: Hints, *, name: str) -> str:
    stated = [_dated(row) for row in rows]
    order = dates.order_of(stated, hints.date_order)
    if order is None:
        raise DayOrMonthFirst(name, example=fields.shown(next(date for date in stated if date)))
    return order
