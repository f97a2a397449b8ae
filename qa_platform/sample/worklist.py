"""The queue as people see it: what waits, why, from which stratum and with what chance, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.conversation import Channel, Direction
from models.evaluations import ItemState, QueueItem, Stratum
from models.finding import Severity
from models.interactions import Interaction, StoredTurn
from models.people import Agent, Person, Portfolio
from qa_platform.access.rights import NotFound, Viewer, in_reach
from qa_platform.sample.reasons import Reason

CLAIM = timedelta(minutes=30)  # after its holder's last act
PAGE = 50
FARTHEST = 1_000_000  # a page beyond it is empty anyway


class Order(StrEnum):
    SEVERITY = "severity"
    AGE = "age"
    WORK = "work"  # the order in which "next" hands them out


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """None: everything. `text` is looked for in agent, portfolio, external id and the words said."""

    stratum: Stratum | None = None
    severity: Severity | None = None
    agent_id: int | None = None
    channel: Channel | None = None
    portfolio_id: int | None = None
    mine: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `reasons` know their words (`Reason.words(language)`), `held_since` only while claimed."""

    id: int
    interaction_id: int
    severity: Severity
    reasons: tuple[Reason, ...]
    agent_id: int | None
    agent: str | None
    channel: Channel
    direction: Direction
    duration: float | None
    messages: int
    portfolio: str | None
    country: str | None
    days_past_due: int | None
    stratum: Stratum
    probability: float
    started_at: datetime
    state: ItemState
    held_by: str | None
    held_since: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`total` counts all that wait under the filter, `rows` are one page of them."""

    rows: tuple[QueueRow, ...]
    total: int


def list_queue(
    session: Session,
    viewer: Viewer,
    *,
    now: datetime,
    only: QueueFilter | None = None,
    order: Order = Order.SEVERITY,
    limit: int = PAGE,
    offset: int = 0,
) -> QueuePage:
    """What waits within the viewer's reach, and what others hold; most severe first, then the oldest."""
    only = only or QueueFilter()
    conditions = [waiting(), in_reach(viewer), *_filters(only, viewer)]
    total = session.scalar(
        select(func.count())
        .select_from(QueueItem)
        .join(Interaction, Interaction.id == QueueItem.interaction_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .where(*conditions)
    )
    rows = session.execute(
        _rows().where(*conditions).order_by(*ordered(order)).limit(limit).offset(min(max(offset, 0), FARTHEST))
    )
    return QueuePage(tuple(_row(row, viewer, now=now) for row in rows), total or 0)


def item(session: Session, viewer: Viewer, item_id: int, *, now: datetime) -> QueueRow:
    """One item within the viewer's reach. Raises NotFound."""
    row = session.execute(_rows().where(QueueItem.id == item_id, in_reach(viewer))).one_or_none()
    if row is None:
        raise NotFound
    return _row(row, viewer, now=now)


def free(now: datetime) -> ColumnElement[bool]:
    """Nobody has it, or whoever had it has left it for too long."""
    expired = and_(QueueItem.state == ItemState.CLAIMED, QueueItem.claimed_at <= now - CLAIM)
    return or_(QueueItem.state == ItemState.FREE, expired)


def waiting() -> ColumnElement[bool]:
    return QueueItem.state.in_([ItemState.FREE, ItemState.CLAIMED])


def ordered(order: Order) -> tuple[ColumnElement[Any], ...]:
    rank = case({severity.value: severity.rank for severity in Severity}, value=QueueItem.severity)
    if order is Order.AGE:
        return Interaction.started_at.asc(), QueueItem.id.asc()
    if order is Order.WORK:
        critical_first = case((QueueItem.severity == Severity.CRITICAL, 0), else_=1)
        return critical_first, QueueItem.position.asc(), QueueItem.id.asc()
    return rank, Interaction.started_at.asc(), QueueItem.id.asc()


def _filters(only: QueueFilter, viewer: Viewer) -> list[ColumnElement[bool]]:
    wanted = [
        (QueueItem.stratum, only.stratum),
        (QueueItem.severity, only.severity),
        (Interaction.agent_id, only.agent_id),
        (Interaction.channel, only.channel),
        (Interaction.portfolio_id, only.portfolio_id),
        (QueueItem.claimed_by, viewer.id if only.mine else None),
    ]
    conditions: list[ColumnElement[bool]] = [column == value for column, value in wanted if value is not None]
    text = only.text.replace("\0", "").strip()  # PostgreSQL knows no NUL in a text
    if text:
        conditions.append(_mentions(text))
    return conditions


def _mentions(text: str) -> ColumnElement[bool]:
    said = select(StoredTurn.id).where(
        StoredTurn.interaction_id == Interaction.id, StoredTurn.text.icontains(text, autoescape=True)
    )
    return or_(
        Agent.name.icontains(text, autoescape=True),
        Portfolio.name.icontains(text, autoescape=True),
        Interaction.external_id.icontains(text, autoescape=True),
        said.exists(),
    )


_Holder = aliased(Person)


def _rows() -> Select[Any]:
    return (
        select(
            *(QueueItem.id, QueueItem.interaction_id, QueueItem.severity, QueueItem.reasons, QueueItem.stratum),
            *(QueueItem.probability, QueueItem.state, QueueItem.claimed_by, QueueItem.claimed_at),
            *(Interaction.agent_id, Interaction.channel, Interaction.direction, Interaction.duration),
            *(Interaction.turn_count, Interaction.days_past_due, Interaction.started_at),
            Agent.name.label("agent"),
            Portfolio.name.label("portfolio"),
            func.coalesce(Interaction.country, Portfolio.country).label("country"),
            _Holder.name.label("holder"),
        )
        .join(Interaction, Interaction.id == QueueItem.interaction_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .outerjoin(_Holder, _Holder.id == QueueItem.claimed_by)
    )


def _row(found: Row[Any], viewer: Viewer, *, now: datetime) -> QueueRow:
    expired = found.state is ItemState.CLAIMED and found.claimed_at <= now - CLAIM
    state = ItemState.FREE if expired else found.state
    held = state is ItemState.CLAIMED
    return QueueRow(
        id=found.id,
        interaction_id=found.interaction_id,
        severity=found.severity,
        reasons=tuple(Reason.from_json(reason) for reason in found.reasons),
        agent_id=found.agent_id,
        agent=found.agent,
        channel=found.channel,
        direction=found.direction,
        duration=found.duration,
        messages=found.turn_count,
        portfolio=found.portfolio,
        country=found.country,
        days_past_due=found.days_past_due,
        stratum=found.stratum,
        probability=found.probability,
        started_at=found.started_at,
        state=state,
        held_by=found.holder if held else None,
        held_since=found.claimed_at if held else None,
        mine=held and found.claimed_by == viewer.id,
    )
