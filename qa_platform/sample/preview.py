"""What would today's queue be? The draw of a plan, shown and not stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.evaluations import Stratum
from qa_platform.sample import quota, sampling, stored_plans
from qa_platform.sample.draw import Drawn, draw, quotas
from qa_platform.sample.plan import Plan
from qa_platform.sample.population import population
from qa_platform.sample.quota import Places
from qa_platform.sample.reasons import Reason
from qa_platform.sample.strata import RISKS


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One interaction that would be drawn, with its reasons (`Reason.words(language)`)."""

    drawn: Drawn
    agent_id: int | None
    channel: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RiskCount:
    """A risk stratum in the population and in the sample. `says` is a message id."""

    code: str
    says: str
    population: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`notices` are message ids with their blanks; `quotas` are the places by stratum before anything is drawn."""

    plan: Plan
    day: date
    seed: int
    places: Places
    population: int
    quotas: Mapping[Stratum, int]
    risks: tuple[RiskCount, ...]
    items: tuple[Foreseen, ...]
    notices: tuple[sampling.Notice, ...]


def preview(session: Session, *, now: datetime, plan: Plan | None = None) -> Preview:
    """Exactly what `sampling.build_queue` would draw at this moment, as long as nothing changes until then."""
    plan = plan or stored_plans.current(session)
    day = now.date()
    members = population(session, now=now)
    available = quota.places(session, plan, day=day)
    number = 1 + (sampling.last_number(session, plan, day) or 0)
    for_day = stored_plans.with_places(plan, available.total if number == 1 else max(1, available.own))
    seed = sampling.seed_of(day, number)
    owed = quota.owed_agents(session, plan, now=now)
    owed_channels = quota.owed_channels(session, plan, now=now)
    candidates = sampling.candidates(members, plan)
    planned = quotas(candidates, for_day, seed=seed, owed=owed, owed_channels=owed_channels)
    sample = draw(candidates, for_day, seed=seed, owed=owed, owed_channels=owed_channels)
    by_id = {member.interaction: member for member in members}
    drawn_risks = [one.risk for one in sample]
    all_risks = [one.risk for one in candidates]
    few = 0 < len(members) <= for_day.capacity
    return Preview(
        plan=plan,
        day=day,
        seed=seed,
        places=available,
        population=len(members),
        quotas={
            Stratum.RISK: planned.certain + planned.risk,
            Stratum.RANDOM: planned.random,
            Stratum.COVERAGE: sum(planned.coverage.values()) + sum(planned.channels.values()),
        },
        risks=tuple(
            RiskCount(code, says, all_risks.count(code), drawn_risks.count(code)) for code, says in RISKS.items()
        ),
        items=tuple(
            Foreseen(one, by_id[one.interaction].agent, by_id[one.interaction].channel, by_id[one.interaction].reasons)
            for one in sample
        ),
        notices=((sampling.ALL_DRAWN, {"places": for_day.capacity, "population": len(members)}),) if few else (),
    )
