"""Events written to the log, once each, and what stands after them written to payments, promises and accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select, text, tuple_
from sqlalchemy.orm import Session

from models.events import Event
from models.interactions import Debt
from qa_platform.events import fold
from qa_platform.events.fold import Told
from qa_platform.events.projection import write_standing
from qa_platform.events.reading import Incoming

LOCK = 5_318_008_411  # with a portfolio's number it names one among PostgreSQL's advisory locks
AT_ONCE = 500  # values in one question to the database
Value = TypeVar("Value")


def record(
    session: Session,
    portfolio_id: int,
    events: Sequence[tuple[Incoming, Mapping[str, Any]]],
    *,
    now: datetime,
    import_id: int | None = None,
) -> list[bool]:
    """Keeps those that are new, each with its content in full; tells for each whether it was."""
    if session.get_bind().dialect.name == "postgresql":  # two deliveries about one payment take turns
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK + portfolio_id})
    fresh = _unknown(session, portfolio_id, [event for event, _ in events])
    chosen = [one for one, new in zip(events, fresh, strict=True) if new]
    if not chosen:
        return fresh
    debts = _debts(session, portfolio_id, [event.account for event, _ in chosen], now)
    told = [_told(debts[event.account], event, content) for event, content in chosen]
    rows = [{**_row(one), "portfolio_id": portfolio_id, "received_at": now, "import_id": import_id} for one in told]
    session.execute(insert(Event), rows)
    settle(session, portfolio_id, told, now=now)
    return fresh


def settle(session: Session, portfolio_id: int, told: Sequence[Told], *, now: datetime) -> None:
    """Folds everything that these events may touch, and writes what stands."""
    families = _with_families(session, portfolio_id, told)
    touched = fold.places(families)
    around = _with_families(session, portfolio_id, [*families, *_at(session, touched)])
    standing = fold.standing(around)
    write_standing(session, {place: standing.get(place, []) for place in touched}, now=now)


def events_of(session: Session, debt_id: int) -> list[Told]:
    """Everything told of a debt, with what corrects it or was corrected by it on other debts."""
    portfolio = session.scalar(select(Debt.portfolio_id).where(Debt.id == debt_id)) or 0
    own = [_read(row) for row in session.scalars(select(Event).where(Event.debt_id == debt_id))]
    return _with_families(session, portfolio, own)


def _unknown(session: Session, portfolio_id: int, events: Sequence[Incoming]) -> list[bool]:
    known: set[fold.Key] = set()
    for source in {event.source for event in events}:
        ids = [event.event_id for event in events if event.source == source]
        for part in _parts(ids):
            same = (Event.portfolio_id == portfolio_id, Event.source == source, Event.event_id.in_(part))
            known |= {(source, found) for found in session.scalars(select(Event.event_id).where(*same))}
    fresh = []
    for event in events:
        key = (event.source, event.event_id)
        fresh.append(key not in known)
        known.add(key)
    return fresh


def _debts(session: Session, portfolio_id: int, refs: Iterable[str], now: datetime) -> dict[str, int]:
    """An event may come before anything else is known of its account: the account then begins with it."""
    wanted = list(dict.fromkeys(refs))
    found = _known_debts(session, portfolio_id, wanted)
    missing = [{"portfolio_id": portfolio_id, "ref": ref, "updated_at": now} for ref in wanted if ref not in found]
    if missing:
        session.execute(insert(Debt), missing)
        found = _known_debts(session, portfolio_id, wanted)
    return found


def _known_debts(session: Session, portfolio_id: int, refs: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _parts(refs):
        rows = select(Debt.ref, Debt.id).where(Debt.portfolio_id == portfolio_id, Debt.ref.in_(part))
        found |= {row.ref: row.id for row in session.execute(rows)}
    return found


def _with_families(session: Session, portfolio_id: int, told: Sequence[Told]) -> list[Told]:
    """The events and whatever corrects them or is corrected by them, along whole lines of corrections."""
    found = {one.key: one for one in told}
    edge = list(found.values())
    while edge:
        reached: list[Told] = []
        for source in {one.source for one in edge}:
            mine = [one for one in edge if one.source == source]
            ids = list({one.event_id for one in mine})
            before = list({one.corrects for one in mine if one.corrects})
            reached += _related(session, portfolio_id, source, ids, before)
        edge = [one for one in {one.key: one for one in reached}.values() if one.key not in found]
        found |= {one.key: one for one in edge}
    return list(found.values())


def _related(session: Session, portfolio_id: int, source: str, ids: list[str], before: list[str]) -> list[Told]:
    own = select(Event).where(Event.portfolio_id == portfolio_id, Event.source == source)
    found: list[Told] = []
    # A correction whose first event is unknown still meets the other corrections of that event. Two questions: an OR
    # with an empty half would make SQLite read the whole log.
    for column, values in ((Event.corrects, list({*ids, *before})), (Event.event_id, before)):
        for part in _parts(values):
            found += [_read(row) for row in session.scalars(own.where(column.in_(part)))]
    return found


def _at(session: Session, places: set[fold.Place]) -> list[Told]:
    found: list[Told] = []
    for part in _parts(sorted(places)):
        rows = session.scalars(select(Event).where(tuple_(Event.debt_id, Event.thing).in_(part)))
        found += [_read(row) for row in rows]
    return found


def _told(debt: int, event: Incoming, content: Mapping[str, Any]) -> Told:
    return Told(
        debt=debt,
        source=event.source,
        event_id=event.event_id,
        type=event.type,
        thing=event.thing,
        named=event.named,
        happened_at=event.happened_at,
        version=event.version,
        corrects=event.corrects,
        content=content,
    )


def _row(told: Told) -> dict[str, Any]:
    return {
        "debt_id": told.debt,
        "source": told.source,
        "event_id": told.event_id,
        "type": told.type,
        "thing": told.thing,
        "named": told.named,
        "happened_at": told.happened_at,
        "version": told.version,
        "corrects": told.corrects,
        "content": dict(told.content),
    }


def _read(row: Event) -> Told:
    return Told(
        debt=row.debt_id,
        source=row.source,
        event_id=row.event_id,
        type=row.type,
        thing=row.thing,
        named=row.named,
        happened_at=row.happened_at,
        version=row.version,
        corrects=row.corrects,
        content=row.content,
    )


def _parts(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
