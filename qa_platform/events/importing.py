"""A file of payments into the log, a chunk at a time: what a kill cuts off goes on where it stopped."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.events import EventImport, EventMapping, EventType, RefusedRow
from models.interactions import Debt, Source
from models.people import Portfolio
from qa_platform import audit
from qa_platform.access.people import portfolio_ids
from qa_platform.database import reading, transaction
from qa_platform.doors import sources
from qa_platform.events.log import record
from qa_platform.events.payment_rows import FIELD, ID, REASON, Layout, Reading, Row, guess, rows
from qa_platform.events.reading import Incoming, in_currency
from qa_platform.events.sheets import Sheet, read_sheet, shown
from qa_platform.settings import Settings
from qa_platform.text import phrase

CHUNK = 2000  # rows settled and committed together
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Progress = Callable[[int, int], None]


class ImportNeedsPortfolio(QAError):
    status = 422
    says = "Nothing says whose payments these are."
    remedy = "Give the source a portfolio, or name one."


@dataclass(frozen=True, slots=True)
class Offered:
    """A file and what a person says of it; what is not said is remembered or guessed."""

    name: str
    data: bytes
    source: str
    portfolio: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None
    decimal: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        return {"columns": dict(self.columns), "date_order": self.date_order, "decimal": self.decimal}


@dataclass(frozen=True, slots=True)
class Imported:
    """`resumed` is the row it went on after; `before` tells that the whole file had been taken in before."""

    id: int
    rows: int
    accepted: int
    duplicate: int
    refused: int
    layout: Layout
    resumed: int = 0
    before: bool = False


def import_payments(engine: Engine, offered: Offered, *, settings: Settings, progress: Progress) -> Imported:
    """Raises what makes the whole file unreadable; single rows are refused and listed."""
    sheet = read_sheet(offered.data, name=offered.name)
    with transaction(engine) as session:
        source, portfolio = _whose(session, offered)
        layout = _layout(session, offered, sheet, source, portfolio)
        begun = _begin(session, offered, source, portfolio, layout)
        facts = Reading(
            source.name, sources.zone_of(source, settings), begun.started_at, *_accounts(session, portfolio)
        )
    start, before = begun.position, begun.finished_at is not None
    settled = rows(sheet, layout, facts)
    progress(start, len(settled))
    for first in range(start, len(settled), CHUNK):
        with transaction(engine) as session:
            _settle(session, begun.id, portfolio, settled[first : first + CHUNK])
        progress(min(first + CHUNK, len(settled)), len(settled))
    with transaction(engine) as session:
        done = session.get_one(EventImport, begun.id)
        if done.finished_at is None:
            done.finished_at = datetime.now(UTC)
            counts = {"accepted": done.accepted, "duplicate": done.duplicate, "refused": done.refused}
            audit.record(session, "events.imported", subject="event_import", subject_id=done.id, details=counts)
    return Imported(begun.id, len(settled), done.accepted, done.duplicate, done.refused, layout, start, before)


def refused_rows(engine: Engine, import_id: int, titles: Sequence[str], *, language: str) -> str:
    """The refused rows as CSV, to be mended and sent again: only they, each under a number that counts once."""
    own = [title for title in titles if title not in (ID, FIELD, REASON)]
    kept = [place for place, title in enumerate(titles) if title in own]
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow([*own, ID, FIELD, REASON])
    with reading(engine) as session:
        found = select(RefusedRow).where(RefusedRow.import_id == import_id).order_by(RefusedRow.row)
        for row in session.scalars(found):
            cells = [_harmless(row.cells[place]) if place < len(row.cells) else "" for place in kept]
            table.writerow([*cells, row.event_id, row.field, _in_words(row.reason, language)])
    return written.getvalue()


def _whose(session: Session, offered: Offered) -> tuple[Source, Portfolio]:
    source = sources.named(session, offered.source)
    number = portfolio_ids(session, [offered.portfolio])[0] if offered.portfolio else source.portfolio_id
    if number is None:
        raise ImportNeedsPortfolio
    return source, session.get_one(Portfolio, number)


def _layout(session: Session, offered: Offered, sheet: Sheet, source: Source, portfolio: Portfolio) -> Layout:
    """Decided, and remembered for the source's next file."""
    same = (EventMapping.portfolio_id == portfolio.id, EventMapping.source == source.name)
    kept = session.scalar(select(EventMapping).where(*same, EventMapping.type == EventType.PAID))
    layout = guess(sheet, told=offered.told, remembered=kept.mapping if kept else {}, date_order=source.date_order)
    kept = kept or EventMapping(portfolio_id=portfolio.id, source=source.name, type=EventType.PAID)
    kept.mapping, kept.used_at = layout.kept(), datetime.now(UTC)
    session.add(kept)
    return layout


def _begin(session: Session, offered: Offered, source: Source, portfolio: Portfolio, layout: Layout) -> EventImport:
    """The same file goes on where it stopped; read in another way, it is gone through anew (what is known stays)."""
    digest = hashlib.sha256(offered.data).hexdigest()
    same = (EventImport.portfolio_id == portfolio.id, EventImport.source == source.name, EventImport.sha256 == digest)
    begun = session.scalar(select(EventImport).where(*same, EventImport.type == EventType.PAID))
    if begun is not None and begun.mapping == layout.kept():
        return begun
    if begun is None:
        begun = EventImport(portfolio_id=portfolio.id, source=source.name, type=EventType.PAID, sha256=digest)
        session.add(begun)
    else:
        session.execute(delete(RefusedRow).where(RefusedRow.import_id == begun.id))
    begun.name, begun.mapping = offered.name[:500], layout.kept()
    begun.position = begun.accepted = begun.duplicate = begun.refused = 0
    begun.started_at, begun.finished_at = datetime.now(UTC), None
    session.flush()
    return begun


def _accounts(session: Session, portfolio: Portfolio) -> tuple[frozenset[str], dict[str, str]]:
    refs = frozenset(session.scalars(select(Debt.ref).where(Debt.portfolio_id == portfolio.id)))
    return refs, {ref.lstrip("0"): ref for ref in refs if ref.startswith("0")}


def _settle(session: Session, import_id: int, portfolio: Portfolio, chunk: Sequence[Row]) -> None:
    """One chunk with its place in the file: both are kept, or neither."""
    begun = session.get_one(EventImport, import_id, with_for_update=True)
    fit: list[tuple[Incoming, Mapping[str, Any]]] = []
    refused: list[tuple[Row, QAError]] = []
    for row in chunk:
        try:
            if row.event is None:
                raise row.refusal or ImportNeedsPortfolio
            fit.append((row.event, in_currency(row.event, portfolio.currency)))
        except QAError as refusal:
            refused.append((row, refusal))
    fresh = record(session, portfolio.id, fit, now=datetime.now(UTC), import_id=import_id)
    if refused:
        session.execute(insert(RefusedRow), [_refused(import_id, row, why) for row, why in refused])
    begun.position += len(chunk)
    begun.accepted += sum(fresh)
    begun.duplicate += len(fresh) - sum(fresh)
    begun.refused += len(refused)


def _refused(import_id: int, row: Row, why: QAError) -> dict[str, Any]:
    details = {name: str(value) for name, value in why.details.items()}
    return {
        "import_id": import_id,
        "row": row.number,
        "event_id": row.event_id,
        "cells": [shown(cell).replace("\0", "") for cell in row.cells],
        "field": why.where.removeprefix("data.")[:60],
        "reason": {"id": why.says, "remedy": why.remedy, "params": details},
    }


def _in_words(reason: Mapping[str, Any], language: str) -> str:
    return " ".join(phrase(reason[part], reason["params"], language) for part in ("id", "remedy"))


def _harmless(cell: str) -> str:
    """A spreadsheet must not run what a file brought; the mark is taken off when the file comes back."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
