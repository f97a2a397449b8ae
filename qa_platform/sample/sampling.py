"""The day's queue: drawn by plan, stored with the chance of every item so that it can be checked and made again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.evaluations import ItemState, QueueDraw, QueueItem, Stratum
from models.finding import Severity
from models.interactions import Interaction
from models.people import Agent
from qa_platform import audit
from qa_platform.calibration.doubles import open_doubles
from qa_platform.sample import plan as plans
from qa_platform.sample import quota, stored_plans
from qa_platform.sample.draw import Candidate, Drawn, doubled, draw
from qa_platform.sample.plan import Plan
from qa_platform.sample.population import Member, population
from qa_platform.sample.reasons import COVERAGE, RANDOM, Reason, worst

DRAW_LOCK = 7_411_905_323  # any constant of our own; names the drawing of a day among PostgreSQL's advisory locks
ALL_DRAWN = "The plan has {places} places and only {population} interactions are new: all of them are drawn."
Notice: TypeAlias = tuple[str, Mapping[str, Any]]  # message id and its blanks
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
    number: int = 1  # of the day's draws
    notices: tuple[Notice, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.added.values())


def build_queue(
    session: Session, *, now: datetime, plan: Plan | None = None, day: date | None = None, seed: int | None = None
) -> QueueBuilt:
    """Draw a queue from all that no draw has considered yet; to be called within `transaction`.

    A day may be drawn as often as a person asks: each draw takes what is new, with the whole of the day's places, and
    every interaction enters exactly one draw, so that its chance is that of one draw. `now` carries the offset of the
    place, which decides day and week. The seed is the day's date (and the number of a later draw) unless given.
    """
    plan = plan or stored_plans.current(session)
    day = day or now.date()
    _one_at_a_time(session)
    members = population(session, now=now)
    number = 1 + (last_number(session, plan, day) or 0)
    seed = seed_of(day, number) if seed is None else seed
    if not members:
        return QueueBuilt(None, day, seed, 0, {}, number)
    available = quota.places(session, plan, day=day)
    for_day = stored_plans.with_places(plan, available.total if number == 1 else max(1, available.own))
    owed = quota.owed_agents(session, plan, now=now)
    owed_channels = quota.owed_channels(session, plan, now=now)
    frame = candidates(members, plan)
    sample = draw(frame, for_day, seed=seed, owed=owed, owed_channels=owed_channels)
    record = QueueDraw(
        day=day,
        plan=plan.code,
        number=number,
        plan_version=plan.version,
        plan_content={
            "plan": plans.content(for_day),
            "places": {"own": available.own, "carried": available.carried, "analysts": available.analysts},
            "owed": {str(agent): count for agent, count in sorted(owed.items())},
            "owed_channels": dict(sorted(owed_channels.items())),
            "frame": [[one.interaction, one.severity.value, one.agent, one.channel, one.risk] for one in frame],
        },
        seed=seed,
        population=len(members),
        drawn_at=now,
    )
    session.add(record)
    session.flush()
    twice = doubled(sample, for_day, seed=seed)
    _add_items(session, record, sample, members, twice=twice)
    open_doubles(session, twice, now=now)
    few = len(members) <= for_day.capacity
    notices = ((ALL_DRAWN, {"places": for_day.capacity, "population": len(members)}),) if few else ()
    return QueueBuilt(record.id, day, seed, len(members), _by_stratum(sample), number, notices)


def tend_day(session: Session, *, now: datetime, plan: Plan | None = None) -> QueueBuilt:
    """What the clock does: the day's first draw, and later in the day only what has turned out critical since (always
    taken, chance 1). Everything else that is new waits for the next draw, where it has its proper chance."""
    plan = plan or stored_plans.current(session)
    day = now.date()
    _one_at_a_time(session)
    drawn_today = session.scalar(
        select(QueueDraw)
        .where(QueueDraw.day == day, QueueDraw.plan == plan.code)
        .order_by(QueueDraw.number.desc())
        .limit(1)
    )
    if drawn_today is None:
        return build_queue(session, now=now, plan=plan)
    return _admit_critical(session, drawn_today, population(session, now=now))


def replay(session: Session, draw_id: int) -> tuple[Drawn, ...]:
    """The draw made again from what was stored of it: plan, seed, debts and population."""
    record = session.get_one(QueueDraw, draw_id)
    stored = record.plan_content
    frame = [Candidate(interaction, Severity(severity), *rest) for interaction, severity, *rest in stored["frame"]]
    return draw(
        frame,
        plans.build(stored["plan"], file=record.plan),
        seed=record.seed,
        owed={int(agent): count for agent, count in stored["owed"].items()},
        owed_channels=stored.get("owed_channels", {}),
    )


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
    plan = plan or stored_plans.current(session)
    done = quota.items_of_agents(session, now=now, states=(ItemState.DONE,))
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
        Drawn(member.interaction, Severity.CRITICAL, Stratum.RISK, 1.0, following + place, member.risk({}))
        for place, member in enumerate(critical)
    )
    if sample:
        content = record.plan_content
        already = content.get("admitted", [])
        record.plan_content = {**content, "admitted": [*already, *(one.interaction for one in sample)]}
        _add_items(session, record, sample, critical)
    return QueueBuilt(record.id, record.day, record.seed, record.population, _by_stratum(sample), record.number)


def _add_items(
    session: Session,
    record: QueueDraw,
    sample: Iterable[Drawn],
    members: Iterable[Member],
    *,
    twice: Collection[int] = (),
) -> None:
    why = {member.interaction: member.reasons for member in members}
    sample = tuple(sample)
    session.add_all(
        QueueItem(
            draw_id=record.id,
            interaction_id=one.interaction,
            position=one.position,
            severity=one.severity,
            stratum=one.stratum,
            risk=one.risk,
            double=one.interaction in twice,
            probability=one.probability,
            reasons=[reason.to_json() for reason in (*_ADDED[one.stratum], *why[one.interaction])],
        )
        for one in sample
    )
    details = {"plan": record.plan, "version": record.plan_version, "number": record.number, "seed": record.seed}
    details["items"] = len(sample)
    audit.record(session, "queue.drawn", subject="queue_draw", subject_id=record.id, details=details)


def candidates(members: Iterable[Member], plan: Plan) -> list[Candidate]:
    weights = dict(plan.risk)
    return [
        Candidate(member.interaction, worst(member.reasons), member.agent, member.channel, member.risk(weights))
        for member in members
    ]


def _by_stratum(sample: Iterable[Drawn]) -> dict[Stratum, int]:
    drawn = [one.stratum for one in sample]
    return {stratum: drawn.count(stratum) for stratum in Stratum if stratum in drawn}


def last_number(session: Session, plan: Plan, day: date) -> int | None:
    return session.scalar(select(func.max(QueueDraw.number)).where(QueueDraw.day == day, QueueDraw.plan == plan.code))


def seed_of(day: date, number: int) -> int:
    first = int(day.strftime("%Y%m%d"))
    return first if number == 1 else first * 100 + number


def _finish_at(done: list[datetime], remaining: int, *, now: datetime) -> datetime | None:
    if len(done) < 3 or not remaining:
        return None
    pace = (max(done) - min(done)) / (len(done) - 1)
    return now + pace * remaining
