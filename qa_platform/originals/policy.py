"""Which portfolios keep originals and for how long, and which people may open them. Both are acts on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import Interaction
from models.originals import OriginalOpening, OriginalsGrant, OriginalsPolicy, SealedOriginal
from models.people import Person, Portfolio, Role
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.originals.keys import keys_of
from qa_platform.settings import Settings

MOST_DAYS = 3650
GRANTABLE = frozenset({Role.COMPLIANCE, Role.ADMIN})
SHOWN = 50


class BadDays(QAError):
    status = 422
    says = "Originals are kept for 1 to {most} days."
    remedy = "Write a number of days, or stop keeping them."


class NotGrantable(QAError):
    status = 422
    says = "Only people of compliance and administrators may be let to open originals, and nobody lets themselves."
    remedy = "Ask a colleague who may."


@dataclass(frozen=True, slots=True)
class PortfolioPolicy:
    id: int
    name: str
    days: int | None
    kept: int  # originals that lie there now


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be let to open originals. `since` where they are."""

    id: int
    name: str
    email: str
    role: Role
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    by: str
    interaction_id: int
    kind: str
    reason: str
    note: str | None
    at: datetime


def policies(session: Session, viewer: Viewer) -> tuple[PortfolioPolicy, ...]:
    viewer.must(Right.MANAGE_ORIGINALS)
    mine = true() if viewer.every_portfolio else Portfolio.id.in_(sorted(viewer.portfolios))
    sealed = (
        select(Interaction.portfolio_id, func.count(SealedOriginal.id).label("sealed"))
        .join(SealedOriginal, SealedOriginal.interaction_id == Interaction.id)
        .group_by(Interaction.portfolio_id)
    )
    counts = {row.portfolio_id: row.sealed for row in session.execute(sealed)}
    rows = session.execute(
        select(Portfolio.id, Portfolio.name, OriginalsPolicy.days)
        .outerjoin(OriginalsPolicy, OriginalsPolicy.portfolio_id == Portfolio.id)
        .where(mine)
        .order_by(Portfolio.name)
    )
    return tuple(PortfolioPolicy(row.id, row.name, row.days, counts.get(row.id, 0)) for row in rows)


def set_policy(
    session: Session, viewer: Viewer, portfolio_id: int, days: int | None, *, settings: Settings, now: datetime
) -> None:
    """Keep originals for so many days, or (None) no longer: what lies there then goes with the next daily work.

    Raises NotFound, BadDays, NoOriginalsKey.
    """
    if portfolio_id not in {one.id for one in policies(session, viewer)}:
        raise NotFound
    row = session.get(OriginalsPolicy, portfolio_id)
    if days is None:
        if row is not None:
            session.delete(row)
    else:
        if not 1 <= days <= MOST_DAYS:
            raise BadDays(most=MOST_DAYS)
        keys_of(settings)
        row = row or OriginalsPolicy(portfolio_id=portfolio_id)
        row.days, row.set_at, row.set_by = days, now, viewer.id
        session.add(row)
    audit.record(
        session, "originals.policy_set", subject="portfolio", subject_id=portfolio_id, person_id=viewer.id,
        details={"days": days}, at=now,
    )  # fmt: skip


def candidates(session: Session, viewer: Viewer) -> tuple[Candidate, ...]:
    viewer.must(Right.MANAGE_ORIGINALS)
    rows = session.execute(
        select(Person, OriginalsGrant.granted_at)
        .outerjoin(OriginalsGrant, OriginalsGrant.person_id == Person.id)
        .where(Person.active, Person.role.in_(GRANTABLE))
        .order_by(Person.name)
    )
    return tuple(Candidate(person.id, person.name, person.email, person.role, since) for person, since in rows)


def grant(session: Session, viewer: Viewer, person_id: int, *, given: bool, now: datetime) -> None:
    """Lets somebody open originals, or no longer. Raises NotGrantable; anybody may give the right back."""
    viewer.must(Right.MANAGE_ORIGINALS)
    person = session.get(Person, person_id)
    row = session.get(OriginalsGrant, person_id)
    if given and (person is None or person.role not in GRANTABLE or not person.active or person_id == viewer.id):
        raise NotGrantable
    if given and row is None:
        session.add(OriginalsGrant(person_id=person_id, granted_at=now, granted_by=viewer.id))
    elif not given and row is not None:
        session.delete(row)
    else:
        return
    act = "originals.granted" if given else "originals.revoked"
    audit.record(session, act, subject="person", subject_id=person_id, person_id=viewer.id, at=now)


def last_opened(session: Session, viewer: Viewer) -> tuple[Opened, ...]:
    """Who opened what, and why, newest first."""
    viewer.must(Right.MANAGE_ORIGINALS)
    mine = true() if viewer.every_portfolio else Interaction.portfolio_id.in_(sorted(viewer.portfolios))
    rows = session.execute(
        select(OriginalOpening, Person.name)
        .join(Person, Person.id == OriginalOpening.person_id)
        .join(Interaction, Interaction.id == OriginalOpening.interaction_id)
        .where(mine)
        .order_by(OriginalOpening.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Opened(name, row.interaction_id, row.kind.value, row.reason, row.note, row.opened_at) for row, name in rows
    )
