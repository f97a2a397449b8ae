"""Sampling plans as people saved them: each save is a new version, the newest is the one that draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.judgement import AnalystCapacity, SamplingPlan
from models.people import Person
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.sample import plan as plans
from qa_platform.sample.plan import Plan

DEFAULT = "early-collections"


class PlanChanged(QAError):
    status = 409
    says = "Somebody saved version {version} of this plan meanwhile."
    remedy = "Look at it, then save yours on top of it."


class CapacityWrong(QAError):
    status = 422
    says = "{reviews} reviews a day cannot be."
    remedy = "Write a number from 0 to 500, and days in order."


@dataclass(frozen=True, slots=True)
class PlanVersion:
    plan: Plan
    made_by: str | None  # None: it came with the product
    made_at: datetime | None


def current(session: Session, code: str = DEFAULT) -> Plan:
    """The newest version: saved by somebody, or the file that came with the product."""
    saved = session.scalar(
        select(SamplingPlan.content).where(SamplingPlan.code == code).order_by(SamplingPlan.version.desc()).limit(1)
    )
    return plans.plan(code) if saved is None else plans.build(saved, file=code)


def history(session: Session, code: str = DEFAULT) -> tuple[PlanVersion, ...]:
    """Every version, the newest first."""
    rows = session.execute(
        select(SamplingPlan, Person.name)
        .join(Person, Person.id == SamplingPlan.made_by)
        .where(SamplingPlan.code == code)
        .order_by(SamplingPlan.version.desc())
    )
    saved = [PlanVersion(plans.build(row.content, file=code), name, row.made_at) for row, name in rows]
    return (*saved, PlanVersion(plans.plan(code), None, None))


def save(session: Session, viewer: Viewer, content: Mapping[str, Any], *, based_on: int, now: datetime) -> Plan:
    """Saves a plan as the next version after the one it was `based_on`; its own version number is worked out.

    Raises what `plan.build` raises on what it cannot keep, and PlanChanged where somebody was faster.
    """
    viewer.must(Right.MANAGE_PLANS)
    made = plans.build({**content, "version": based_on + 1}, file=str(content.get("code", "")))
    standing = current(session, made.code)
    if standing.version != based_on:
        raise PlanChanged(version=standing.version)
    session.add(
        SamplingPlan(code=made.code, version=made.version, content=plans.content(made), made_by=viewer.id, made_at=now)
    )
    session.flush()
    details = {"plan": made.code, "version": made.version}
    audit.record(session, "plan.saved", subject="sampling_plan", person_id=viewer.id, details=details, at=now)
    return made


def set_capacity(
    session: Session,
    viewer: Viewer,
    person_id: int,
    reviews: int,
    *,
    from_day: date,
    to_day: date | None = None,
    now: datetime,
) -> None:
    """How many reviews a day this analyst can do from a day on; 0 while away. Later entries win."""
    viewer.must(Right.MANAGE_PLANS)
    if not 0 <= reviews <= 500 or (to_day is not None and to_day < from_day):
        raise CapacityWrong(reviews=reviews)
    if session.get(Person, person_id) is None:
        raise NotFound
    session.add(AnalystCapacity(person_id=person_id, from_day=from_day, to_day=to_day, reviews=reviews))
    session.flush()
    details = {"reviews": reviews, "from": from_day.isoformat(), "to": to_day.isoformat() if to_day else None}
    audit.record(
        session, "capacity.set", subject="person", subject_id=person_id, person_id=viewer.id, details=details, at=now
    )


def with_places(plan: Plan, places: int) -> Plan:
    """The plan as it draws on a day with this many places."""
    return replace(plan, capacity=max(1, places))
