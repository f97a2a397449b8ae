"""The list of interactions: filtered, searched, a page at a time, and never beyond what a person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from models.conversation import Channel, Direction
from models.evaluations import Evaluation, EvaluationState
from models.finding import Outcome, Severity
from models.interactions import Debt, Interaction, Stage, StoredFinding, StoredTurn, Verdict
from models.people import Agent, Person, Portfolio
from qa_platform.access.rights import Viewer, evaluation_shown, in_reach
from qa_platform.archive.names import matcher
from qa_platform.search import fold, matching
from qa_platform.search.marks import around
from qa_platform.search.query import Step, Words

PAGE = 40
COUNT_UP_TO = 2000  # beyond it the list says "more than": counting everything would cost more than it tells
LONGEST_PHRASE = 30  # words that are looked for
SETTLED = 20.0  # points between the least and the most a proposal may still become
AT_WORK = (Stage.RECEIVED, Stage.LISTENING, Stage.TRANSCRIBING, Stage.ANALYZING)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; nothing set shows everything."""

    text: str = ""
    channel: Channel | None = None
    severity: Severity | None = None
    family: str = ""  # slip, objection, promise, speech, step: has a finding of it
    outcome: str = ""
    agent: int | None = None
    portfolio: int | None = None
    state: str = ""  # open, reviewed, working, failed

    @property
    def narrowed(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list, by what it is ordered by."""

    started_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A kind of finding in an interaction, and how often."""

    code: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class Card:
    """One interaction in the list."""

    id: int
    external_id: str | None
    started_at: datetime
    channel: Channel
    direction: Direction
    agent: str | None
    portfolio: str | None
    country: str | None
    duration: float | None
    turn_count: int
    worst: Severity | None
    outcome: str | None
    stage: Stage
    wordless: bool
    proposed_points: float | None
    proposed_range: tuple[float, float] | None
    marks: tuple[Mark, ...]
    points: float | None  # of the evaluation last submitted
    reviewed_by: str | None
    snippet: tuple[str, str, str] | None  # before, found, after

    @property
    def settled(self) -> bool:
        """Whether the proposed score is worth a number: what is open could hardly move it."""
        low, high = self.proposed_range or (0.0, 100.0)
        return self.proposed_points is not None and high - low <= SETTLED

    @property
    def place(self) -> Cursor:
        return Cursor(self.started_at, self.id)


@dataclass(frozen=True, slots=True)
class Listing:
    cards: tuple[Card, ...]
    count: int
    more_than_counted: bool
    newer: Cursor | None
    older: Cursor | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters can be set to, within a person's reach."""

    agents: tuple[tuple[int, str], ...]
    portfolios: tuple[tuple[int, str], ...]
    outcomes: tuple[str, ...]


def listing(
    session: Session,
    viewer: Viewer,
    filters: Filters,
    *,
    older_than: Cursor | None = None,
    newer_than: Cursor | None = None,
) -> Listing:
    """One page, newest first. By place, not by page number: new arrivals never shift what is being read."""
    wanted = _wanted(session, viewer, filters)
    key = tuple_(Interaction.started_at, Interaction.id)
    rows = select(Interaction).where(wanted)
    if newer_than is not None:
        rows = rows.where(key > (newer_than.started_at, newer_than.id)).order_by(Interaction.started_at, Interaction.id)
    else:
        if older_than is not None:
            rows = rows.where(key < (older_than.started_at, older_than.id))
        rows = rows.order_by(Interaction.started_at.desc(), Interaction.id.desc())
    found = list(session.scalars(rows.limit(PAGE + 1)))
    further, page = len(found) > PAGE, found[:PAGE]
    if newer_than is not None:
        page.reverse()
    counted = _count(session, wanted)
    cards = _cards(session, viewer, page, filters.text)
    has_newer = further if newer_than is not None else older_than is not None
    has_older = bool(page) if newer_than is not None else further
    return Listing(
        cards=cards,
        count=min(counted, COUNT_UP_TO),
        more_than_counted=counted > COUNT_UP_TO,
        newer=cards[0].place if cards and has_newer else None,
        older=cards[-1].place if cards and has_older else None,
    )


def choices(session: Session, viewer: Viewer) -> Choices:
    mine = in_reach(viewer)
    agents = select(Agent.id, Agent.name).where(
        select(Interaction.id).where(Interaction.agent_id == Agent.id, mine).exists()
    )
    portfolios = select(Portfolio.id, Portfolio.name).where(
        select(Interaction.id).where(Interaction.portfolio_id == Portfolio.id, mine).exists()
    )
    outcomes = select(Interaction.outcome).where(mine, Interaction.outcome.is_not(None)).distinct()
    return Choices(
        agents=tuple((row.id, row.name) for row in session.execute(agents.order_by(Agent.name))),
        portfolios=tuple((row.id, row.name) for row in session.execute(portfolios.order_by(Portfolio.name))),
        outcomes=tuple(sorted(outcome for outcome in session.scalars(outcomes) if outcome)),
    )


def _wanted(session: Session, viewer: Viewer, filters: Filters) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [in_reach(viewer)]
    if filters.channel is not None:
        conditions.append(Interaction.channel == filters.channel)
    if filters.severity is not None:
        conditions.append(Interaction.worst == filters.severity)
    if filters.outcome:
        conditions.append(Interaction.outcome == filters.outcome)
    if filters.agent is not None:
        conditions.append(Interaction.agent_id == filters.agent)
    if filters.portfolio is not None:
        conditions.append(Interaction.portfolio_id == filters.portfolio)
    if filters.family:
        conditions.append(_has_finding(filters.family))
    if filters.state:
        conditions.append(_in_state(filters.state))
    if filters.text.strip():
        conditions.append(_says(session, filters.text.strip()))
    return and_(*conditions)


def _has_finding(family: str) -> ColumnElement[bool]:
    return (
        select(StoredFinding.id)
        .where(
            StoredFinding.interaction_id == Interaction.id,
            StoredFinding.code.startswith(f"{family}.", autoescape=True),
            StoredFinding.outcome == Outcome.DETECTED,
            StoredFinding.verdict != Verdict.REJECTED,
        )
        .exists()
    )


def _in_state(state: str) -> ColumnElement[bool]:
    reviewed = (
        select(Evaluation.id)
        .where(Evaluation.interaction_id == Interaction.id, Evaluation.state != EvaluationState.DRAFT)
        .exists()
    )
    return {
        "reviewed": reviewed,
        "open": and_(Interaction.stage == Stage.READY, ~reviewed),
        "working": Interaction.stage.in_(AT_WORK),
        "failed": Interaction.stage == Stage.FAILED,
    }.get(state, Interaction.id.is_not(None))


def _says(session: Session, text: str) -> ColumnElement[bool]:
    """The words of a turn, an agent's name, or the exact number of the interaction or its account."""
    agents = select(Agent.id).where(matcher(session, text)(Agent.name))
    debts = select(Debt.id).where(Debt.ref == text)
    named = [Interaction.agent_id.in_(agents), Interaction.debt_id.in_(debts), Interaction.external_id == text]
    if said := _phrase(text):
        named.append(matching.said_in(session, said))
    return or_(*named)


def _phrase(text: str) -> Words | None:
    """The words one after another; the last may still be being typed."""
    words = fold.words(text)[:LONGEST_PHRASE]
    return Words(words, prefix=True) if words else None


def _count(session: Session, wanted: ColumnElement[bool]) -> int:
    some = select(Interaction.id).where(wanted).limit(COUNT_UP_TO + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _cards(session: Session, viewer: Viewer, page: Sequence[Interaction], text: str) -> tuple[Card, ...]:
    ids = [row.id for row in page]
    agents = _names(session, Agent, {row.agent_id for row in page})
    portfolios = {
        row.id: row
        for row in session.scalars(select(Portfolio).where(Portfolio.id.in_({row.portfolio_id for row in page})))
    }
    marks, verdicts, found = _marks(session, ids), _evaluations(session, viewer, ids), _snippets(session, ids, text)
    return tuple(
        Card(
            id=row.id,
            external_id=row.external_id,
            started_at=row.started_at,
            channel=row.channel,
            direction=row.direction,
            agent=agents.get(row.agent_id or 0),
            portfolio=portfolios[row.portfolio_id].name if row.portfolio_id else None,
            country=row.country or (portfolios[row.portfolio_id].country if row.portfolio_id else None),
            duration=row.duration,
            turn_count=row.turn_count,
            worst=row.worst,
            outcome=row.outcome,
            stage=row.stage,
            wordless=row.no_transcript is not None,
            proposed_points=row.proposed_points,
            proposed_range=(row.proposed_range[0], row.proposed_range[1]) if row.proposed_range else None,
            marks=marks.get(row.id, ()),
            points=verdicts[row.id][0] if row.id in verdicts else None,
            reviewed_by=verdicts[row.id][1] if row.id in verdicts else None,
            snippet=found.get(row.id),
        )
        for row in page
    )


def _names(session: Session, table: type[Agent], ids: set[int | None]) -> Mapping[int, str]:
    return {row.id: row.name for row in session.scalars(select(table).where(table.id.in_(ids)))}


def _marks(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[Mark, ...]]:
    """The kinds of finding of each interaction, the gravest first; what a person rejected does not count."""
    counted = (
        select(StoredFinding.interaction_id, StoredFinding.code, StoredFinding.severity, func.count())
        .where(
            StoredFinding.interaction_id.in_(ids),
            StoredFinding.outcome == Outcome.DETECTED,
            StoredFinding.verdict != Verdict.REJECTED,
        )
        .group_by(StoredFinding.interaction_id, StoredFinding.code, StoredFinding.severity)
    )
    marks: dict[int, list[Mark]] = {}
    for interaction_id, code, severity, count in session.execute(counted):
        marks.setdefault(interaction_id, []).append(Mark(code, severity, count))
    return {
        key: tuple(sorted(found, key=lambda mark: (mark.severity.rank, -mark.count, mark.code)))
        for key, found in marks.items()
    }


def _evaluations(session: Session, viewer: Viewer, ids: Sequence[int]) -> Mapping[int, tuple[float | None, str]]:
    submitted = (
        select(Evaluation.interaction_id, Evaluation.points, Person.name)
        .join(Person, Person.id == Evaluation.reviewer_id)
        .where(Evaluation.interaction_id.in_(ids), evaluation_shown(viewer))
        .order_by(Evaluation.submitted_at)
    )
    return {row.interaction_id: (row.points, row.name) for row in session.execute(submitted)}


def _snippets(session: Session, ids: Sequence[int], text: str) -> Mapping[int, tuple[str, str, str]]:
    """Of each interaction the first turn that holds the words."""
    said = _phrase(text)
    if said is None:
        return {}
    turns = (
        select(StoredTurn.interaction_id, StoredTurn.text)
        .where(StoredTurn.interaction_id.in_(ids))
        .order_by(StoredTurn.position)
    )
    sought = f" {' '.join(fold.words(text)[:LONGEST_PHRASE])}"
    found: dict[int, tuple[str, str, str]] = {}
    for row in session.execute(turns):
        if row.interaction_id not in found and sought in f" {fold.document(row.text)}":
            found[row.interaction_id] = around(row.text, Step(((said,),)))
    return found
