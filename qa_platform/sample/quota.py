"""How many places a day has, and who lacks reviews: the analysts there are, what was left over, agents, channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.evaluations import ItemState, QueueDraw, QueueItem
from models.interactions import Interaction
from models.judgement import AnalystCapacity
from models.people import Agent, Person, Role
from qa_platform.sample.plan import Plan

COUNTED = (ItemState.FREE, ItemState.CLAIMED, ItemState.DONE)  # what waits in the queue counts as done


@dataclass(frozen=True, slots=True)
class Places:
    """The reviews of one day: `own` from the plan or the analysts who are there, `carried` from the day before."""

    own: int
    carried: int
    analysts: int | None  # None: the plan names a fixed capacity

    @property
    def total(self) -> int:
        return max(1, self.own + self.carried)


def places(session: Session, plan: Plan, *, day: date) -> Places:
    carried = _carried(session, plan, day=day)
    if plan.per_analyst is None:
        return Places(plan.capacity, carried, None)
    able = capacities(session, plan, day=day)
    return Places(sum(able.values()), carried, sum(reviews > 0 for reviews in able.values()))


def capacities(session: Session, plan: Plan, *, day: date) -> dict[int, int]:
    """What each active analyst can do on this day: their newest entry that covers it, else the plan's own figure."""
    people = session.scalars(
        select(Person.id).where(Person.active, Person.role == Role.ANALYST).order_by(Person.id)
    ).all()
    entries = session.execute(
        select(AnalystCapacity.person_id, AnalystCapacity.reviews)
        .where(AnalystCapacity.from_day <= day, or_(AnalystCapacity.to_day.is_(None), AnalystCapacity.to_day >= day))
        .order_by(AnalystCapacity.from_day, AnalystCapacity.id)
    )
    told = {row.person_id: row.reviews for row in entries}
    return {person: told.get(person, plan.per_analyst or 0) for person in people}


def owed_agents(session: Session, plan: Plan, *, now: datetime) -> dict[int, int]:
    """What each active agent lacks this week, counting what waits in the queue as done."""
    counted = items_of_agents(session, now=now, states=COUNTED)
    agents = session.scalars(select(Agent.id).where(Agent.active).order_by(Agent.id))
    missing = {agent: plan.minimum_per_agent - counted.get(agent, 0) for agent in agents}
    return {agent: count for agent, count in missing.items() if count > 0}


def owed_channels(session: Session, plan: Plan, *, now: datetime) -> dict[str, int]:
    """The same by channel, for those that the plan names."""
    counted = _items_by(session, Interaction.channel, now=now, states=COUNTED)
    done = {str(channel): count for channel, count in counted.items()}
    missing = {channel: minimum - done.get(channel, 0) for channel, minimum in plan.minimum_per_channel}
    return {channel: count for channel, count in missing.items() if count > 0}


def items_of_agents(session: Session, *, now: datetime, states: Iterable[ItemState]) -> dict[int, int]:
    """This week's queue items by agent: done this week, or drawn this week and still waiting."""
    return _items_by(session, Interaction.agent_id, now=now, states=states)


def _items_by(
    session: Session,
    column: InstrumentedAttribute[Any],
    *,
    now: datetime,
    states: Iterable[ItemState],
) -> dict[Any, int]:
    monday = datetime.combine(now.date() - timedelta(days=now.weekday()), time(), now.tzinfo)
    when = func.coalesce(QueueItem.done_at, QueueDraw.drawn_at)
    rows = session.execute(
        select(column.label("key"), func.count().label("times"))
        .join(QueueItem, QueueItem.interaction_id == Interaction.id)
        .join(QueueDraw, QueueDraw.id == QueueItem.draw_id)
        .where(QueueItem.state.in_(list(states)), when >= monday, column.is_not(None))
        .group_by(column)
    )
    return {row.key: row.times for row in rows}


def _carried(session: Session, plan: Plan, *, day: date) -> int:
    """What the last day could not fill, up to the plan's limit. A day without a plan's figure carries nothing over."""
    if not plan.carry_over:
        return 0
    last = session.scalar(select(func.max(QueueDraw.day)).where(QueueDraw.plan == plan.code, QueueDraw.day < day))
    if last is None:
        return 0
    draws = session.execute(
        select(QueueDraw.id, QueueDraw.number, QueueDraw.plan_content["places"].label("places")).where(
            QueueDraw.plan == plan.code, QueueDraw.day == last
        )
    ).all()
    had: Mapping[str, int] = next((row.places for row in draws if row.number == 1 and row.places), {})
    taken = session.scalar(
        select(func.count()).select_from(QueueItem).where(QueueItem.draw_id.in_([row.id for row in draws]))
    )
    return min(plan.carry_over, max(0, had.get("own", 0) + had.get("carried", 0) - (taken or 0)))
