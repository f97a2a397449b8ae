"""A plan tried out: whom today's queue would hold, in words, and who is there to work on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.conversation import Channel
from models.evaluations import QueueDraw, QueueItem, Stratum
from models.finding import Severity
from models.interactions import Interaction
from models.people import Agent, Person, Portfolio
from qa_platform.access.rights import Viewer, in_reach
from qa_platform.sample import quota, stored_plans
from qa_platform.sample.draw import Candidate, Quotas, draw, quotas
from qa_platform.sample.plan import Plan
from qa_platform.sample.preview import Foreseen, Preview, RiskCount
from qa_platform.sample.reasons import Reason
from qa_platform.sample.strata import RISKS

BATCH = 500


@dataclass(frozen=True, slots=True)
class ForeseenRow:
    """One interaction that would be drawn, as a person of this reach may see it."""

    item: Foreseen
    interaction_id: int
    agent: str | None
    channel: Channel
    portfolio: str | None
    started_at: datetime


@dataclass(frozen=True, slots=True)
class AtWork:
    """An analyst and the reviews that count on this day."""

    id: int
    name: str
    reviews: int


def rows(session: Session, viewer: Viewer, items: Sequence[Foreseen]) -> tuple[ForeseenRow, ...]:
    """The items within this person's portfolios, in the order of work."""
    by_id = {item.drawn.interaction: item for item in items}
    ids = list(by_id)
    found: dict[int, ForeseenRow] = {}
    for start in range(0, len(ids), BATCH):
        for row in session.execute(
            select(
                Interaction.id,
                Interaction.channel,
                Interaction.started_at,
                Agent.name.label("agent"),
                Portfolio.name.label("portfolio"),
            )
            .outerjoin(Agent, Agent.id == Interaction.agent_id)
            .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
            .where(Interaction.id.in_(ids[start : start + BATCH]), in_reach(viewer))
        ):
            found[row.id] = ForeseenRow(by_id[row.id], row.id, row.agent, row.channel, row.portfolio, row.started_at)
    return tuple(found[one] for one in ids if one in found)


@dataclass(frozen=True, slots=True)
class Again:
    """The newest draw made again by another plan; of its items, `kept` were drawn then too."""

    seen: Preview
    kept: int


def again(session: Session, plan: Plan) -> Again | None:
    """For days on which nothing new is left to draw from; None where nothing was ever drawn."""
    record = session.scalars(select(QueueDraw).order_by(QueueDraw.day.desc(), QueueDraw.id.desc()).limit(1)).first()
    if record is None:
        return None
    stored = record.plan_content
    frame = [Candidate(interaction, Severity(severity), *rest) for interaction, severity, *rest in stored["frame"]]
    owed = {int(agent): count for agent, count in stored["owed"].items()}
    channels = stored.get("owed_channels", {})
    available = quota.places(session, plan, day=record.day)
    places = available.total if record.number == 1 else max(1, available.own)
    for_day = stored_plans.with_places(plan, places)
    planned = quotas(frame, for_day, seed=record.seed, owed=owed, owed_channels=channels)
    sample = draw(frame, for_day, seed=record.seed, owed=owed, owed_channels=channels)
    stored_reasons = select(QueueItem.interaction_id, QueueItem.reasons).where(QueueItem.draw_id == record.id)
    then = {row.interaction_id: row.reasons for row in session.execute(stored_reasons)}
    members = {one.interaction: one for one in frame}
    drawn_risks, all_risks = [one.risk for one in sample], [one.risk for one in frame]
    seen = Preview(
        plan=plan,
        day=record.day,
        seed=record.seed,
        places=available,
        population=len(frame),
        quotas=by_stratum(planned),
        risks=tuple(
            RiskCount(code, says, all_risks.count(code), drawn_risks.count(code)) for code, says in RISKS.items()
        ),
        items=tuple(
            Foreseen(
                one,
                members[one.interaction].agent,
                members[one.interaction].channel,
                tuple(Reason.from_json(told) for told in then.get(one.interaction, ())),
            )
            for one in sample
        ),
        notices=(),
    )
    return Again(seen, sum(one.interaction in then for one in sample))


def by_stratum(planned: Quotas) -> dict[Stratum, int]:
    return {
        Stratum.RISK: planned.certain + planned.risk,
        Stratum.RANDOM: planned.random,
        Stratum.COVERAGE: sum(planned.coverage.values()) + sum(planned.channels.values()),
    }


def analysts(session: Session, plan: Plan, *, day: date) -> tuple[AtWork, ...]:
    """Every active analyst with what they can do on this day."""
    able = quota.capacities(session, plan, day=day)
    names = session.execute(select(Person.id, Person.name).where(Person.id.in_(able)).order_by(Person.name))
    return tuple(AtWork(row.id, row.name, able[row.id]) for row in names)
