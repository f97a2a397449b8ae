"""The draws of one day, as anybody may check them: plan, seed, what they drew from and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.evaluations import ItemState, QueueDraw, QueueItem

FINISHED = (ItemState.DONE, ItemState.SKIPPED)


@dataclass(frozen=True, slots=True)
class DayDraw:
    """`number` counts the draws of the day; `items` are all that it put into the queue, `finished` those done."""

    number: int
    plan: str
    plan_version: int
    seed: int
    population: int
    drawn_at: datetime
    items: int
    finished: int


def draws_of(session: Session, day: date) -> tuple[DayDraw, ...]:
    """Every draw of the day, the first one first. One that drew nothing is told too."""
    rows = session.execute(
        select(
            QueueDraw.number,
            QueueDraw.plan,
            QueueDraw.plan_version,
            QueueDraw.seed,
            QueueDraw.population,
            QueueDraw.drawn_at,
            func.count(QueueItem.id).label("items"),
            func.coalesce(func.sum(case((QueueItem.state.in_(FINISHED), 1), else_=0)), 0).label("finished"),
        )
        .outerjoin(QueueItem, QueueItem.draw_id == QueueDraw.id)
        .where(QueueDraw.day == day)
        .group_by(QueueDraw.id)
        .order_by(QueueDraw.id)
    )
    return tuple(
        DayDraw(
            number=row.number,
            plan=row.plan,
            plan_version=row.plan_version,
            seed=row.seed,
            population=row.population,
            drawn_at=row.drawn_at,
            items=row.items,
            finished=int(row.finished),
        )
        for row in rows
    )
