"""The day's queue: drawn by plan, stored with the chance of every item so that it can be checked and made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.evaluations import ItemState, QueueDraw, QueueItem, Stratum
from models.finding import Severity
from models.interactions import Interaction
from models.people import Agent
from qa_platform import audit
from qa_platform import plan as plans
from qa_platform.draw import Candidate, Drawn, draw
from qa_platform.plan import Plan
from qa_platform.population import Member, population
from qa_platform.reasons import COVERAGE, RANDOM, Reason, worst

DRAW_LOCK = 7_411_905_323  # any constant of our own; names the drawing of a day among PostgreSQL's advisory locks
_ADDED: Mapping[Stratum, tuple[Reason, ...]] = {
    Stratum.RISK: (),
    Stratum.RANDOM: (RANDOM,),
    Stratum.COVERAGE: (COVERAGE,),
}


@dataclass(frozen=True, slots=True)
class QueueBuilt:
    """What building a queue did. `added` counts the items of this call, by stratum."""

    draw_id: int | None
    day: date
    seed: int
    population: int
    added: Mapping[Stratum, int]

    @property
    def total(self) -> int:
        return sum(self.added.values())


def build_queue(
    session: Session, *, now: datetime, plan: Plan | None = None, day: date | None = None, seed: int | None = None
) -> QueueBuilt:
    """Draw the day's queue from all that no draw has considered yet; to be called within `transaction`.

    A day is drawn once. Called again on the same day it adds what has turned out critical since (always taken, chance
    1); everything else that is new waits for the next day's draw, where it has its proper chance. `now` carries the
    offset of the place, which decides day and week. The seed is the day's date unless given.
    """
    plan = plan or plans.plan()
    day = day or now.date()
    _one_at_a_time(session)
    members = population(session, now=now)
    drawn_today = session.scalar(select(QueueDraw).where(QueueDraw.day == day, QueueDraw.plan == plan.code))
    if drawn_today is not None:
        return _admit_critical(session, drawn_today, members)
    seed = int(day.strftime("%Y%m%d")) if seed is None else seed
    if not members:
        return QueueBuilt(None, day, seed, 0, {})
    owed = _owed(session, plan, now=now)
    sample = draw(_candidates(members), plan, seed=seed, owed=owed)
    record = QueueDraw(
        day=day,
        plan=plan.code,
        plan_version=plan.version,
        plan_content={
            "plan": plans.content(plan),
            "owed": {str(agent): count for agent, count in sorted(owed.items())},
            "frame": [[one.interaction, one.severity.value, one.agent] for one in _candidates(members)],
        },
        seed=seed,
        population=len(members),
        drawn_at=now,
    )
    session.add(record)
    session.flush()
    _add_items(session, record, sample, members)
    return QueueBuilt(record.id, day, seed, len(members), _by_stratum(sample))


def replay(session: Session, draw_id: int) -> tuple[Drawn, ...]:
    """The draw made again from what was stored of it: plan, seed, debts and population."""
    record = session.get_one(QueueDraw, draw_id)
    stored = record.plan_content
    frame = [Candidate(interaction, Severity(severity), agent) for interaction, severity, agent in stored["frame"]]
    owed = {int(agent): count for agent, count in stored["owed"].items()}
    return draw(frame, plans.build(stored["plan"], file=record.plan), seed=record.seed, owed=owed)


def stored_sample(session: Session, draw_id: int) -> tuple[Drawn, ...]:
    """The draw as it stands in the queue, without what was admitted as critical later in the day."""
    record = session.get_one(QueueDraw, draw_id)
    admitted = set(record.plan_content.get("admitted", ()))
    items = session.execute(
        select(
            QueueItem.interaction_id, QueueItem.severity, QueueItem.stratum, QueueItem.probability, QueueItem.position
        )
        .where(QueueItem.draw_id == draw_id)
        .order_by(QueueItem.position)
    )
    return tuple(Drawn(*row) for row in items if row.interaction_id not in admitted)


@dataclass(frozen=True, slots=True)
class StratumProgress:
    stratum: Stratum
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far the newest draw is: all of it, whoever reviews. `finish_at` is None until three are done."""

    plan: Plan
    day: date
    seed: int
    population: int
    strata: tuple[StratumProgress, ...]
    finish_at: datetime | None

    @property
    def done(self) -> int:
        return sum(one.done for one in self.strata)

    @property
    def total(self) -> int:
        return sum(one.total for one in self.strata)


def plan_progress(session: Session, *, now: datetime) -> PlanProgress | None:
    """None where nothing was ever drawn. A skipped item counts as done: it needs nobody any more."""
    # Of the stored content only the plan: the frame beside it may be long.
    newest = session.execute(
        select(
            QueueDraw.id,
            QueueDraw.day,
            QueueDraw.seed,
            QueueDraw.population,
            QueueDraw.plan_content["plan"].label("plan"),
        )
        .order_by(QueueDraw.day.desc(), QueueDraw.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return None
    items = session.execute(
        select(QueueItem.stratum, QueueItem.state, QueueItem.done_at).where(QueueItem.draw_id == newest.id)
    ).all()
    finished = [item for item in items if item.state in (ItemState.DONE, ItemState.SKIPPED)]
    strata = tuple(
        StratumProgress(
            stratum,
            sum(item.stratum is stratum for item in finished),
            sum(item.stratum is stratum for item in items),
        )
        for stratum in Stratum
    )
    return PlanProgress(
        plan=plans.build(newest.plan, file="stored plan"),
        day=newest.day,
        seed=newest.seed,
        population=newest.population,
        strata=strata,
        finish_at=_finish_at([item.done_at for item in finished if item.done_at], len(items) - len(finished), now=now),
    )


@dataclass(frozen=True, slots=True)
class AgentCoverage:
    """Reviews of one agent this week against the plan's minimum."""

    agent_id: int
    agent: str
    done: int
    minimum: int

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.done)


def coverage(session: Session, *, now: datetime, plan: Plan | None = None) -> tuple[AgentCoverage, ...]:
    """Every active agent who has interactions, who lacks most first."""
    plan = plan or plans.plan()
    done = _items_of_agents(session, now=now, states=(ItemState.DONE,))
    agents = session.execute(
        select(Agent.id, Agent.name)
        .where(Agent.active, select(Interaction.id).where(Interaction.agent_id == Agent.id).exists())
        .order_by(Agent.name)
    )
    found = [AgentCoverage(row.id, row.name, done.get(row.id, 0), plan.minimum_per_agent) for row in agents]
    return tuple(sorted(found, key=lambda one: (-one.missing, one.agent)))


def _one_at_a_time(session: Session) -> None:
    """Of two who build the same day at once, the second finds it drawn. SQLite's writers wait anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": DRAW_LOCK})


def _admit_critical(session: Session, record: QueueDraw, members: Iterable[Member]) -> QueueBuilt:
    critical = [member for member in members if worst(member.reasons) is Severity.CRITICAL]
    following = (session.scalar(select(func.max(QueueItem.position)).where(QueueItem.draw_id == record.id)) or 0) + 1
    sample = tuple(
        Drawn(member.interaction, Severity.CRITICAL, Stratum.RISK, 1.0, following + place)
        for place, member in enumerate(critical)
    )
    if sample:
        content = record.plan_content
        already = content.get("admitted", [])
        record.plan_content = {**content, "admitted": [*already, *(one.interaction for one in sample)]}
        _add_items(session, record, sample, critical)
    return QueueBuilt(record.id, record.day, record.seed, record.population, _by_stratum(sample))


def _add_items(session: Session, record: QueueDraw, sample: Iterable[Drawn], members: Iterable[Member]) -> None:
    why = {member.interaction: member.reasons for member in members}
    sample = tuple(sample)
    session.add_all(
        QueueItem(
            draw_id=record.id,
            interaction_id=one.interaction,
            position=one.position,
            severity=one.severity,
            stratum=one.stratum,
            probability=one.probability,
            reasons=[reason.to_json() for reason in (*_ADDED[one.stratum], *why[one.interaction])],
        )
        for one in sample
    )
    details = {"plan": record.plan, "version": record.plan_version, "seed": record.seed, "items": len(sample)}
    audit.record(session, "queue.drawn", subject="queue_draw", subject_id=record.id, details=details)


def _candidates(members: Iterable[Member]) -> list[Candidate]:
    return [Candidate(member.interaction, worst(member.reasons), member.agent) for member in members]


def _by_stratum(sample: Iterable[Drawn]) -> dict[Stratum, int]:
    drawn = [one.stratum for one in sample]
    return {stratum: drawn.count(stratum) for stratum in Stratum if stratum in drawn}


def _owed(session: Session, plan: Plan, *, now: datetime) -> dict[int, int]:
    """What each active agent lacks this week, counting what waits in the queue as done."""
    waiting = (ItemState.FREE, ItemState.CLAIMED, ItemState.DONE)
    counted = _items_of_agents(session, now=now, states=waiting)
    agents = session.scalars(select(Agent.id).where(Agent.active).order_by(Agent.id))
    missing = {agent: plan.minimum_per_agent - counted.get(agent, 0) for agent in agents}
    return {agent: count for agent, count in missing.items() if count > 0}


def _items_of_agents(session: Session, *, now: datetime, states: Iterable[ItemState]) -> dict[int, int]:
    """This week's queue items by agent: done this week, or drawn this week and still waiting."""
    monday = datetime.combine(now.date() - timedelta(days=now.weekday()), time(), now.tzinfo)
    when = func.coalesce(QueueItem.done_at, QueueDraw.drawn_at)
    rows = session.execute(
        select(Interaction.agent_id, func.count())
        .join(QueueItem, QueueItem.interaction_id == Interaction.id)
        .join(QueueDraw, QueueDraw.id == QueueItem.draw_id)
        .where(QueueItem.state.in_(list(states)), when >= monday, Interaction.agent_id.is_not(None))
        .group_by(Interaction.agent_id)
    )
    return {agent: count for agent, count in rows if agent is not None}


def _finish_at(done: list[datetime], remaining: int, *, now: datetime) -> datetime | None:
    if len(done) < 3 or not remaining:
        return None
    pace = (max(done) - min(done)) / (len(done) - 1)
    return now + pace * remaining
