"""Thresholds of a portfolio over time: each save is a new, dated version; analyses may be made again with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import Session

from models.context import Context
from models.errors import QAError
from models.interactions import Interaction, Stage
from models.people import Person, Portfolio, ThresholdSet
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.understanding.thresholds import Thresholds, checked, legacy

AT_ONCE = 5_000  # analyses made again by one press of a button


class ThresholdsChanged(QAError):
    status = 409
    says = "Somebody saved version {version} of these thresholds meanwhile."
    remedy = "Look at it, then save yours on top of it."


@dataclass(frozen=True, slots=True)
class Saved:
    """One version. `made_by` is None where it is what stood before there were versions."""

    version: int
    own: Mapping[str, float]
    made_by: str | None
    made_at: datetime | None


def portfolios(session: Session, viewer: Viewer) -> tuple[Portfolio, ...]:
    viewer.must(Right.MANAGE_PLANS)
    mine = true() if viewer.every_portfolio else Portfolio.id.in_(sorted(viewer.portfolios))
    return tuple(session.scalars(select(Portfolio).where(mine).order_by(Portfolio.name)))


def current(session: Session, portfolio_id: int | None) -> Thresholds:
    """The newest version."""
    if portfolio_id is None:
        return Thresholds()
    row = session.scalars(_versions(portfolio_id).limit(1)).first()
    return Thresholds() if row is None else Thresholds(row.version, dict(row.content))


def history(session: Session, viewer: Viewer, portfolio_id: int) -> tuple[Saved, ...]:
    """Every version, the newest first; the last is what counted before anybody saved one."""
    portfolio = _reachable(session, viewer, portfolio_id)
    makers = select(ThresholdSet.made_by).where(ThresholdSet.portfolio_id == portfolio_id)
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(makers)))}
    rows = session.scalars(_versions(portfolio_id))
    saved = [Saved(row.version, dict(row.content), names.get(row.made_by or 0), row.made_at) for row in rows]
    return (*saved, Saved(0, legacy(portfolio).own, None, None))


def save(
    session: Session,
    viewer: Viewer,
    portfolio_id: int,
    values: Mapping[str, Any],
    *,
    based_on: int,
    house: Context,
    now: datetime,
) -> Thresholds:
    """The next version after the one it was `based_on`. Raises ThresholdsChanged and what `checked` raises."""
    _reachable(session, viewer, portfolio_id)
    own = checked(values, house)
    standing = current(session, portfolio_id)
    if standing.version != based_on:
        raise ThresholdsChanged(version=standing.version)
    if standing.version and dict(standing.own) == own:
        return standing
    made = Thresholds(based_on + 1, own)
    session.add(
        ThresholdSet(portfolio_id=portfolio_id, version=made.version, content=own, made_by=viewer.id, made_at=now)
    )
    session.flush()
    audit.record(
        session,
        "thresholds.saved",
        subject="portfolio",
        subject_id=portfolio_id,
        person_id=viewer.id,
        details={"version": made.version, **own},
        at=now,
    )
    return made


def out_of_date(session: Session, viewer: Viewer, portfolio_id: int) -> int:
    """How many analyses of this portfolio used an earlier version."""
    _reachable(session, viewer, portfolio_id)
    found = _earlier(portfolio_id, current(session, portfolio_id).version).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def analyze_again(session: Session, viewer: Viewer, portfolio_id: int, *, now: datetime) -> int:
    """Send what an earlier version judged through the analysis alone; people's verdicts stay. How many were sent."""
    _reachable(session, viewer, portfolio_id)
    version = current(session, portfolio_id).version
    numbers = session.scalars(_earlier(portfolio_id, version).order_by(Interaction.id).limit(AT_ONCE)).all()
    for row in session.scalars(select(Interaction).where(Interaction.id.in_(numbers))):
        row.stage, row.progress, row.failure, row.only_understand = Stage.RECEIVED, 0.0, None, True
        row.run += 1
    if numbers:
        audit.record(
            session,
            "thresholds.analyzed_again",
            subject="portfolio",
            subject_id=portfolio_id,
            person_id=viewer.id,
            details={"version": version, "interactions": len(numbers)},
            at=now,
        )
    return len(numbers)


def _earlier(portfolio_id: int, version: int) -> Select[int]:
    used = Interaction.thresholds["version"].as_integer()
    return select(Interaction.id).where(
        Interaction.portfolio_id == portfolio_id,
        Interaction.stage == Stage.READY,
        or_(Interaction.thresholds.is_(None), used.is_(None), used != version),
    )


def _versions(portfolio_id: int) -> Select[ThresholdSet]:
    return select(ThresholdSet).where(ThresholdSet.portfolio_id == portfolio_id).order_by(ThresholdSet.version.desc())


def _reachable(session: Session, viewer: Viewer, portfolio_id: int) -> Portfolio:
    found = next((one for one in portfolios(session, viewer) if one.id == portfolio_id), None)
    if found is None:
        raise NotFound
    return found
