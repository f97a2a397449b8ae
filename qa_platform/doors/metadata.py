"""What a dialer or CRM says of each file: from a table beside the files, a file's name, a form or an API call.

A value that cannot be used is left out and named; it never stops the file that it describes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from models.conversation import Account, Channel, Direction, LegalStatus
from models.errors import QAError
from qa_platform.formats.contract import Document, Notice
from qa_platform.formats.reading import dates
from qa_platform.formats.reading import fields as values
from qa_platform.formats.reading.document import Json
from qa_platform.formats.reading.language import supported
from qa_platform.formats.reading.speakers import folded

# Other names for the same column, as dialers and CRMs in Spanish and English write them.
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "file": "file filename file_name archivo nombre_archivo nombre_de_archivo grabacion recording audio",
        "external_id": "external_id id call_id id_llamada interaction_id id_interaccion uniqueid id_externo recid",
        "agent": "agent agente agent_code codigo_agente agent_id id_agente gestor asesor usuario",
        "agent_name": "agent_name nombre_agente nombre_gestor nombre_asesor",
        "team": "team equipo grupo celula supervisor_team",
        "portfolio": "portfolio cartera portafolio campaign campana campania client cliente_corporativo",
        "account_ref": "account_ref account cuenta numero_cuenta credito obligacion operacion contrato num_credito",
        "channel": "channel canal medio",
        "country": "country pais",
        "language": "language idioma lang",
        "started_at": "started_at start inicio fecha_hora fecha_inicio fecha_llamada date datetime timestamp fecha",
        "direction": "direction direccion sentido tipo_llamada",
        "disposition": "disposition tipificacion resultado codigo_resultado gestion status_code",
        "balance": "balance saldo saldo_total deuda deuda_total",
        "currency": "currency moneda divisa",
        "minimum_payment": "minimum_payment pago_minimo minimo",
        "days_past_due": "days_past_due dias_mora dias_de_mora dias_atraso mora dpd",
        "legal_status": "legal_status estado_legal situacion_legal",
        "segment": "segment segmento tramo bucket",
        "leg": "leg side lado extremo pierna",
        "recording_url": "recording_url url_grabacion enlace_grabacion audio_url",
        "agent_channel": "agent_channel canal_agente canal_del_agente",
    }
)
_COLUMNS = {alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()}
_DIRECTIONS = {
    "saliente": Direction.OUTBOUND,
    "out": Direction.OUTBOUND,
    "entrante": Direction.INBOUND,
    "in": Direction.INBOUND,
} | {direction.value: direction for direction in Direction}
_CHANNELS = {"llamada": Channel.VOICE, "voz": Channel.VOICE, "call": Channel.VOICE, "chat": Channel.WEBCHAT}
_CHANNELS |= {"correo": Channel.EMAIL, "mail": Channel.EMAIL} | {channel.value: channel for channel in Channel}
_LEGAL = {"ninguno": LegalStatus.NONE, "prejuridico": LegalStatus.PRE_LEGAL, "prejudicial": LegalStatus.PRE_LEGAL}
_LEGAL |= {"demandado": LegalStatus.FILED, "judicial": LegalStatus.FILED, "sentencia": LegalStatus.JUDGMENT}
_LEGAL |= {status.value: status for status in LegalStatus}
_LEGS = dict.fromkeys(["agent", "agente", "asesor", "gestor"], "agent")
_LEGS |= dict.fromkeys(["customer", "cliente", "deudor", "caller"], "customer")
_AGENT_CHANNELS = {"0": 0, "1": 1, "left": 0, "right": 1, "izquierdo": 0, "derecho": 1, "l": 0, "r": 1}


_NUMBERED = re.compile(r"#\d+$")


class NoFileColumn(QAError):
    status = 422
    says = "The metadata has no column that names the files."
    remedy = "Add a column called file with each file's name."


class NotMetadata(QAError):
    status = 422
    says = "The metadata can be read neither as CSV nor as JSON."
    remedy = "Save it as CSV with a header row, or as JSON keyed by file name."


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was told of one interaction; None is not told."""

    external_id: str | None = None
    agent: str | None = None
    agent_name: str | None = None
    team: str | None = None
    portfolio: str | None = None
    account_ref: str | None = None
    channel: Channel | None = None
    country: str | None = None
    language: str | None = None
    started_at: datetime | None = None
    direction: Direction | None = None
    disposition: str | None = None
    balance: Decimal | None = None
    currency: str | None = None
    minimum_payment: Decimal | None = None
    days_past_due: int | None = None
    legal_status: LegalStatus | None = None
    segment: str | None = None
    agent_channel: int | None = None
    leg: str | None = None  # whose side a file of one side holds: agent or customer
    recording_url: str | None = None

    @property
    def account(self) -> Account:
        return Account(self.balance, self.currency, self.minimum_payment, self.days_past_due, self.legal_status)

    def over(self, other: Metadata) -> Metadata:
        """This, with what it does not tell taken from `other`."""
        told = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}
        return replace(other, **told)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A table of metadata, by file name. `notices` are its bad values by row; `unknown` its columns nobody reads."""

    rows: Mapping[str, Metadata]
    notices: Mapping[str, tuple[Notice, ...]]
    unknown: tuple[str, ...] = ()

    def of(self, name: str) -> tuple[Metadata, tuple[Notice, ...]]:
        """By the file's name, or by its stem where the table leaves the suffix out.

        What is told of a file of several conversations is told of each (`chats.csv#2`).
        """
        whole = _NUMBERED.sub("", name)
        for key in (_key(name), _key(whole), _key(PurePath(whole).stem)):
            if key in self.rows:
                return self.rows[key], self.notices.get(key, ())
        return Metadata(), ()

    def unmatched(self, names: Sequence[str]) -> list[str]:
        """Rows about files that were not among `names`."""
        there = {key for name in names for key in (_key(name), _key(PurePath(name).stem))}
        return [key for key in self.rows if key not in there]


def read_table(data: bytes, *, name: str, zone: tzinfo = UTC, date_order: str | None = None) -> Sidecar:
    """A CSV with a header, a JSON object keyed by file name, or a JSON list of objects that name their file."""
    document = Document(data, name=name)
    records = list(_json_records(document) if document.json is not None else _csv_records(document))
    columns = dict.fromkeys(column for _, record in records for column in record)
    if not any(_COLUMNS.get(folded(column)) == "file" for column in columns):
        raise NoFileColumn(name)
    stated = [str(value) for _, record in records for column, value in record.items() if _is(column, "started_at")]
    order = dates.order_of(stated, date_order)
    rows: dict[str, Metadata] = {}
    notices: dict[str, tuple[Notice, ...]] = {}
    for number, record in records:
        key = _key(next((str(value) for column, value in record.items() if _is(column, "file")), ""))
        if key:
            rows[key], notices[key] = read_fields(record, zone=zone, date_order=order, row=number)
    unknown = tuple(column for column in columns if folded(column) not in _COLUMNS)
    return Sidecar(rows, notices, unknown)


def read_fields(
    record: Mapping[str, Json], *, zone: tzinfo = UTC, date_order: str | None = None, row: int | None = None
) -> tuple[Metadata, tuple[Notice, ...]]:
    """One set of named values, under any of the names that are known, and a notice for each that cannot be used."""
    told: dict[str, Any] = {}
    notices: list[Notice] = []
    for label, raw in record.items():
        column = _COLUMNS.get(folded(label))
        text = _plain(raw)
        if column is None or column == "file" or not text:
            continue
        try:
            told[column] = _value(column, text, zone=zone, order=date_order)
        except (QAError, ValueError):
            notices.append(_left_out(label, text, row))
    return replace(Metadata(), **told), tuple(notices)


def _left_out(label: str, text: str, row: int | None) -> Notice:
    details = {"column": values.shown(label), "value": values.shown(text)}
    if row is None:
        return Notice("The value “{value}” of “{column}” could not be used and was left out.", details)
    return Notice(
        "Row {row} of the metadata: the value “{value}” of “{column}” could not be used and was left out.",
        {"row": str(row)} | details,
    )


def _value(column: str, text: str, *, zone: tzinfo, order: str | None) -> Any:
    """The value as its column means it. Raises QAError or ValueError."""
    word = folded(text)
    match column:
        case "started_at":
            return dates.instant(text, order=order, zone=zone, where=column)
        case "balance" | "minimum_payment":
            return values.decimal(text, where=column)
        case "days_past_due":
            return values.integer(text, where=column)
        case "channel":
            return _one_of(_CHANNELS, word)
        case "direction":
            return _one_of(_DIRECTIONS, word)
        case "legal_status":
            return _one_of(_LEGAL, word)
        case "agent_channel":
            return _one_of(_AGENT_CHANNELS, word)
        case "leg":
            return _one_of(_LEGS, word)
        case "country":
            return _told(values.country_code(text))
        case "language":
            return _told(supported(text))
        case "currency":
            return _told(text.upper() if len(text) == 3 and text.isalpha() else None)
        case _:
            return text[: _LENGTHS.get(column, 120)]


_LENGTHS: Mapping[str, int] = MappingProxyType(
    {"external_id": 200, "agent_name": 200, "team": 200, "segment": 64, "recording_url": 2000}
)


def _one_of(known: Mapping[str, object], word: str) -> object:
    return _told(known.get(word))


def _told(value: object) -> object:
    if value is None:
        raise ValueError
    return value


def _plain(value: Json) -> str:
    """The cell as a person meant it: without the quote that keeps Excel from counting, or the `.0` that it adds."""
    text = (values.string(value) or "").removeprefix("'").strip()
    whole, point, rest = text.partition(".")
    return whole if point and rest == "0" and whole.lstrip("-").isdigit() else text


def _is(column: str, meaning: str) -> bool:
    return _COLUMNS.get(folded(column)) == meaning


def _key(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name.casefold()


def _csv_records(document: Document) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Rows with the number that a spreadsheet shows beside them."""
    text = document.text.lstrip("\ufeff")
    skipped = text.lower().startswith("sep=")
    body = text.split("\n", 1)[1] if skipped and "\n" in text else text
    first = body.split("\n", 1)[0]
    if not first.strip() or document.broken_json:
        raise NotMetadata(document.name)
    rows = csv.DictReader(io.StringIO(body.replace("\x00", "")), delimiter=max(";,\t|", key=first.count), restval="")
    try:
        for number, row in enumerate(rows, start=3 if skipped else 2):
            yield number, {column.strip(): cell for column, cell in row.items() if column and isinstance(cell, str)}
    except csv.Error:
        raise NotMetadata(document.name) from None


def _json_records(document: Document) -> Iterator[tuple[int, Mapping[str, Json]]]:
    value = document.json
    if isinstance(value, Mapping) and all(isinstance(item, Mapping) for item in value.values()):
        items: list[Json] = [{"file": name} | dict(item) for name, item in value.items() if isinstance(item, Mapping)]
    else:
        items = [value] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    for number, item in enumerate(items, start=1):
        if not isinstance(item, Mapping):
            raise NotMetadata(document.name)
        yield number, item
