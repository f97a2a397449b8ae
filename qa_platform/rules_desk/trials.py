"""Walks over history asked for, cancelled and read: what a changed rule would flip, and how often it would be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models.conversation import Channel, Speaker
from models.finding import Answer
from models.house_rules import Change, RuleFlip, RuleJob, RuleJobKind, RuleJobState, RuleVersion
from models.interactions import Interaction, Verdict
from models.people import Person, Portfolio
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer, in_reach
from qa_platform.rules_desk.trust import Precision, precision
from qa_platform.rules_desk.versions import Actor, numbers_at_work
from qa_platform.rules_desk.walk import within

GOING = (RuleJobState.WAITING, RuleJobState.RUNNING)
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Measure:
    """Against what people confirmed and rejected: right among found, and found among confirmed."""

    precision: Precision | None
    recall: Precision | None


@dataclass(frozen=True, slots=True)
class Flip:
    """One finding that comes or goes, with where to hear it."""

    interaction: int
    external_id: str | None
    change: Change
    code: str
    rule: str | None
    version: str | None
    answer: Answer | None
    turn: int | None
    speaker: Speaker | None
    start: float | None
    quote: str | None
    verdict: Verdict
    channel: Channel
    portfolio: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one code, channel and portfolio come and go."""

    code: str
    channel: Channel
    portfolio: str | None
    appears: int
    disappears: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A walk as people see it. Figures are of the whole house; flips of what the viewer may know of."""

    id: int
    kind: RuleJobKind
    state: RuleJobState
    done: int
    total: int
    since: datetime | None
    made_by: str | None
    made_at: datetime
    finished_at: datetime | None
    rules: tuple[tuple[str, str, str, int, bool], ...]  # language, id, version, its number, whether it is at work
    figures: Mapping[str, int]
    before: Measure
    after: Measure
    counts: tuple[Count, ...]
    flips: tuple[Flip, ...]

    @property
    def going(self) -> bool:
        return self.state in GOING


def ask_backtest(
    session: Session,
    actor: Actor,
    versions: Sequence[RuleVersion],
    *,
    since: datetime | None,
    now: datetime,
    in_terminal: bool = False,
) -> RuleJob:
    """A trial of these versions against those at work; one that already goes on with the same ones is that one."""
    actor.must(Right.MANAGE_RULES)
    numbers = sorted(one.id for one in versions)
    languages = sorted({one.language for one in versions})
    return _asked(
        session, actor, RuleJobKind.BACKTEST, numbers, languages, since=since, now=now, in_terminal=in_terminal
    )


def ask_retag(
    session: Session, actor: Actor, *, since: datetime | None, now: datetime, in_terminal: bool = False
) -> RuleJob:
    """All stored conversations judged again by what is at work now; people's verdicts stay."""
    actor.must(Right.MANAGE_RULES)
    return _asked(session, actor, RuleJobKind.RETAG, [], [], since=since, now=now, in_terminal=in_terminal)


def cancel(session: Session, actor: Actor, job_id: int, *, now: datetime) -> None:
    """What was done by then stays. Raises NotFound."""
    actor.must(Right.MANAGE_RULES)
    job = session.get(RuleJob, job_id, with_for_update=True)
    if job is None:
        raise NotFound
    if job.state in GOING:
        job.state, job.finished_at = RuleJobState.CANCELLED, now
        _recorded(session, actor, "rules.cancelled", job, now=now)


def waiting(session: Session) -> tuple[int, ...]:
    """The walks that a worker should have taken up."""
    chosen = select(RuleJob.id).where(RuleJob.state.in_(GOING), RuleJob.in_terminal.is_(False))
    return tuple(session.scalars(chosen.order_by(RuleJob.id)))


def recent(session: Session, viewer: Viewer, *, most: int = 12) -> tuple[RuleJob, ...]:
    viewer.must(Right.SEE_RULES)
    return tuple(session.scalars(select(RuleJob).order_by(RuleJob.id.desc()).limit(most)))


def trial(
    session: Session,
    viewer: Viewer | None,
    job_id: int,
    *,
    code: str = "",
    change: str = "",
    after: int = 0,
    most: int = SHOWN,
) -> Trial:
    """Raises NotFound. `viewer` None: the house's own terminal."""
    if viewer is not None:
        viewer.must(Right.SEE_RULES)
    job = session.get(RuleJob, job_id)
    if job is None:
        raise NotFound
    conditions: list[ColumnElement[bool]] = [RuleFlip.job_id == job_id]
    if viewer is not None:
        conditions.append(in_reach(viewer))
    narrowed = list(conditions)
    if code:
        narrowed.append(RuleFlip.code == code)
    if change in set(Change):
        narrowed.append(RuleFlip.change == Change(change))
    standing = numbers_at_work(session)
    versions = session.scalars(select(RuleVersion).where(RuleVersion.id.in_(job.versions)).order_by(RuleVersion.id))
    return Trial(
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        since=job.since,
        made_by=session.scalar(select(Person.name).where(Person.id == job.made_by)),
        made_at=job.made_at,
        finished_at=job.finished_at,
        rules=tuple((one.language, one.rule_id, one.version, one.id, one.id in standing) for one in versions),
        figures={name: number for name, number in job.figures.items() if name != "base"},
        before=_measure(job.figures, "before"),
        after=_measure(job.figures, "after"),
        counts=_counts(session, conditions),
        flips=tuple(_flip(*row) for row in session.execute(_flips(narrowed).offset(after).limit(most))),
    )


def _asked(
    session: Session,
    actor: Actor,
    kind: RuleJobKind,
    numbers: list[int],
    languages: list[str],
    *,
    since: datetime | None,
    now: datetime,
    in_terminal: bool,
) -> RuleJob:
    going = session.scalars(
        select(RuleJob).where(RuleJob.kind == kind, RuleJob.state.in_(GOING)).order_by(RuleJob.id)
    ).all()
    base = numbers_at_work(session)
    for job in going:
        if (job.versions, job.since, job.figures.get("base")) == (numbers, since, base):
            return job
    last = session.scalar(select(func.max(Interaction.id))) or 0
    chosen = within(since, last)
    total = session.scalar(select(func.count()).select_from(Interaction).where(*chosen)) or 0
    job = RuleJob(
        kind=kind, versions=numbers, since=since, total=total, last=last, figures={"base": base},
        in_terminal=in_terminal, made_by=actor.id, made_at=now,
    )  # fmt: skip
    session.add(job)
    session.flush()
    _recorded(session, actor, f"rules.{kind.value}_asked", job, now=now, languages=languages)
    return job


def _measure(figures: Mapping[str, Any], when: str) -> Measure:
    confirmed, rejected = figures.get(f"{when}_confirmed", 0), figures.get(f"{when}_rejected", 0)
    known = figures.get("confirmed", 0)
    return Measure(
        precision(confirmed, confirmed + rejected) if confirmed + rejected else None,
        precision(confirmed, known) if known else None,
    )


def _counts(session: Session, conditions: Sequence[ColumnElement[bool]]) -> tuple[Count, ...]:
    grouped = (RuleFlip.code, Interaction.channel, Portfolio.name)
    rows = session.execute(
        select(*grouped, RuleFlip.change, func.count())
        .join(Interaction, Interaction.id == RuleFlip.interaction_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .where(*conditions)
        .group_by(*grouped, RuleFlip.change)
    )
    found: dict[tuple[str, Channel, str | None], dict[Change, int]] = {}
    for code, channel, portfolio, change, number in rows:
        found.setdefault((code, channel, portfolio), {})[change] = number
    ordered = sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0][0], item[0][1], item[0][2] or ""))
    return tuple(Count(*key, each.get(Change.APPEARS, 0), each.get(Change.DISAPPEARS, 0)) for key, each in ordered)


def _flips(conditions: Sequence[ColumnElement[bool]]) -> Select[RuleFlip, str | None, Channel, str | None]:
    return (
        select(RuleFlip, Interaction.external_id, Interaction.channel, Portfolio.name)
        .join(Interaction, Interaction.id == RuleFlip.interaction_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .where(*conditions)
        .order_by(RuleFlip.id)
    )


def _flip(row: RuleFlip, external_id: str | None, channel: Channel, portfolio: str | None) -> Flip:
    return Flip(
        row.interaction_id, external_id, row.change, row.code, row.rule_id, row.rule_version, row.answer, row.turn,
        row.speaker, row.start, row.quote, row.verdict, channel, portfolio,
    )  # fmt: skip


def _recorded(session: Session, actor: Actor, act: str, job: RuleJob, *, now: datetime, **details: Any) -> None:
    told = {"versions": job.versions, "since": job.since.isoformat() if job.since else None, **details}
    audit.record(session, act, subject="rule_job", subject_id=job.id, person_id=actor.id, details=told, at=now)
