"""Searches kept under a name: one's own, and those that others share with the team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.people import Person
from models.search import SavedSearch
from qa_platform import audit
from qa_platform.access.rights import NotAllowed, NotFound, Right, Viewer

LONGEST_NAME = 120
MOST = 100  # of one person


class NameMissing(QAError):
    says = "A search is kept under a name."
    remedy = "Write one, such as “Threats this week”."


class TooManySaved(QAError):
    says = "You keep {most} searches already."
    remedy = "Delete one that you no longer need."


@dataclass(frozen=True, slots=True)
class Kept:
    """`owner` is set where somebody else shares it."""

    id: int
    name: str
    query: str
    narrowed: Mapping[str, str]
    shared: bool
    mine: bool
    owner: str | None


def keep(
    session: Session,
    viewer: Viewer,
    name: str,
    query: str,
    narrowed: Mapping[str, str],
    *,
    shared: bool,
    now: datetime,
) -> int:
    """Keep a search; one of the same name is replaced. Sharing is for those who review, and is written down."""
    viewer.must(Right.SEE_INTERACTIONS)
    if shared and not may_share(viewer):
        raise NotAllowed
    wanted = " ".join(name.split())[:LONGEST_NAME]
    if not wanted:
        raise NameMissing
    own = session.scalars(select(SavedSearch).where(SavedSearch.person_id == viewer.id)).all()
    row = next((each for each in own if each.name == wanted), None)
    if row is None:
        if len(own) >= MOST:
            raise TooManySaved(most=MOST)
        row = SavedSearch(person_id=viewer.id, name=wanted, created_at=now)
        session.add(row)
    was_shared = bool(row.shared)
    row.query, row.narrowed, row.shared = query, dict(narrowed), shared
    session.flush()
    if shared != was_shared:
        act = "search.shared" if shared else "search.unshared"
        audit.record(session, act, subject="saved_search", subject_id=row.id, person_id=viewer.id, at=now)
    return row.id


def kept(session: Session, viewer: Viewer) -> tuple[Kept, ...]:
    """One's own first, then the team's; agents see only their own."""
    reachable = [SavedSearch.person_id == viewer.id]
    if viewer.may(Right.SEE_QUEUE):
        reachable.append(SavedSearch.shared.is_(True))
    rows = session.execute(
        select(SavedSearch, Person.name)
        .join(Person, Person.id == SavedSearch.person_id)
        .where(or_(*reachable))
        .order_by(SavedSearch.person_id != viewer.id, SavedSearch.name, SavedSearch.id)
    )
    return tuple(_kept(row, name, viewer) for row, name in rows)


def one(session: Session, viewer: Viewer, number: int) -> Kept:
    found = next((each for each in kept(session, viewer) if each.id == number), None)
    if found is None:
        raise NotFound
    return found


def forget(session: Session, viewer: Viewer, number: int, *, now: datetime) -> None:
    """Delete one's own search; what others share is theirs to delete."""
    row = session.get(SavedSearch, number)
    if row is None or row.person_id != viewer.id:
        raise NotFound
    if row.shared:
        audit.record(session, "search.unshared", subject="saved_search", subject_id=number, person_id=viewer.id, at=now)
    session.delete(row)


def may_share(viewer: Viewer) -> bool:
    return viewer.may(Right.REVIEW)


def _kept(row: SavedSearch, owner: str, viewer: Viewer) -> Kept:
    mine = row.person_id == viewer.id
    return Kept(row.id, row.name, row.query, row.narrowed, row.shared, mine, None if mine else owner)
