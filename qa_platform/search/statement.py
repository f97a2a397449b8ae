"""A search as SQL: turns that the index finds, joined with what they are narrowed to, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from models.interactions import Interaction, StoredFinding, StoredPromise, StoredTurn
from models.search import TurnDocument
from qa_platform.search import narrowing
from qa_platform.search.matching import FTS, as_tsquery, fts_match, full_text, holding, holds
from qa_platform.search.narrowing import Narrowed
from qa_platform.search.query import Query, Step, Within

PROMISE = "promise"  # stands where a place is a promise, not a finding
RANKED_AMONG = 5000  # of the turns found, those indexed last; beyond them a rank costs more than it tells
COUNT_UP_TO = 2000
WINDOWS = (500, 8000)  # interactions looked into first where nearly every one has what is asked

Found: TypeAlias = Select[Any]
Conditions: TypeAlias = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the results: when and where newest come first, a score where the best do."""

    started_at: datetime | None
    interaction: int
    position: int
    key: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """A part of the past that is looked at: interactions from a moment on, and the numbers of their turns."""

    since: tuple[datetime, int]
    turns: tuple[int, int]


def spoken(session: Session, query: Query, conditions: Conditions, limits: Limits | None = None) -> Found:
    """Turns that hold the query's first step and are followed by the others."""
    step = query.steps[0]
    document = TurnDocument
    number: ColumnElement[int] = FTS.c.rowid if full_text(session) else document.turn_id.expression
    columns: list[ColumnElement[Any]] = [
        Interaction.id.label("interaction"),
        Interaction.started_at.label("started_at"),
        document.position.label("position"),
        number.label("key"),
        document.second.label("second"),
        _score(session, step).label("score"),
    ]
    found: Found = select(*columns)
    if full_text(session):
        found = found.select_from(FTS).join(document, document.turn_id == number).where(fts_match(step))
    else:
        found = found.select_from(document).where(holds(document.words, step))
    found = found.join(Interaction, Interaction.id == document.interaction_id).where(*conditions)
    found = found.where(*_place(document, step))
    if limits is not None:
        started, began = limits.since
        found = found.where(
            number.between(*limits.turns),
            tuple_(Interaction.started_at, Interaction.id) >= (started, began),
        )
    if step.speaker is not None:
        found = found.where(_said_by(document.turn_id, step))
    if len(query.steps) > 1:
        found = found.where(_followed(session, document, query.steps[1:], query.gaps))
    return found


def places(narrowed: Narrowed, conditions: Conditions) -> Found:
    """Where nothing is to be said: the places of what it is narrowed to (a finding, a silence, a promise)."""
    table: type[StoredFinding] | type[StoredPromise] = StoredFinding
    if narrowed.code:
        condition = narrowing.coded(narrowed.code)
    elif narrowed.silence is not None:
        condition = narrowing.silent(narrowed.silence)
    else:
        table, condition = StoredPromise, narrowing.HEARD[narrowed.promise or narrowing.Promised.ANY]
    found = select(
        Interaction.id.label("interaction"),
        Interaction.started_at.label("started_at"),
        func.coalesce(table.turn, -1).label("position"),
        table.id.label("key"),
        table.start.label("second"),
        cast(null(), Double).label("score"),
        (StoredFinding.code if table is StoredFinding else literal(PROMISE)).label("code"),
    ).join(Interaction, Interaction.id == table.interaction_id)
    if narrowed.speaker is not None:
        said = select(StoredTurn.id).where(
            StoredTurn.interaction_id == table.interaction_id,
            StoredTurn.position == table.turn,
            StoredTurn.speaker == narrowed.speaker,
        )
        found = found.where(said.exists())
    return found.where(condition, *conditions)


def newest(found: Found, after: Cursor | None, most: int) -> Found:
    """A page: the newest interactions first, within one in the order it was said."""
    columns = found.selected_columns
    started, number = columns["started_at"], columns["interaction"]
    place = tuple_(columns["position"], columns["key"])
    if after is not None and after.started_at is not None:
        earlier = tuple_(started, number) < (after.started_at, after.interaction)
        later_in_it = and_(number == after.interaction, place > (after.position, after.key))
        found = found.where(or_(earlier, later_in_it))
    return found.order_by(started.desc(), number.desc(), columns["position"], columns["key"]).limit(most)


def best(found: Found, after: Cursor | None, most: int) -> Found:
    """A page: what fits best first, among those indexed last."""
    among = found.order_by(found.selected_columns["key"].desc()).limit(RANKED_AMONG).subquery()
    page = select(among)
    if after is not None and after.score is not None:
        page = page.where(tuple_(among.c.score, among.c.key) < (after.score, after.key))
    return page.order_by(among.c.score.desc(), among.c.key.desc()).limit(most)


def counted(session: Session, found: Found) -> int:
    """How many there are, counted no further than one beyond what is told."""
    some = found.with_only_columns(literal(1, Integer).label("one")).limit(COUNT_UP_TO + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def window(session: Session, conditions: Conditions, after: Cursor | None, size: int) -> Limits | None:
    """The newest `size` interactions from a cursor on; None where there are not so many."""
    key = tuple_(Interaction.started_at, Interaction.id)
    newest_first = select(Interaction.id, Interaction.started_at).where(*conditions)
    if after is not None and after.started_at is not None:
        newest_first = newest_first.where(key <= (after.started_at, after.interaction))
    newest_first = newest_first.order_by(Interaction.started_at.desc(), Interaction.id.desc()).limit(size)
    last = session.execute(newest_first.offset(size - 1).limit(1)).first()
    if last is None:
        return None
    among = newest_first.subquery()
    low, high = session.execute(
        select(func.min(TurnDocument.turn_id), func.max(TurnDocument.turn_id)).where(
            TurnDocument.interaction_id.in_(select(among.c.id))
        )
    ).one()
    return Limits((last.started_at, last.id), (low or 0, high or 0))


def _score(session: Session, step: Step) -> ColumnElement[float]:
    if full_text(session):
        return -cast(FTS.c.rank, Double)  # bm25 there is better the smaller it is
    return cast(func.ts_rank(TurnDocument.words, as_tsquery(step)), Double)


def _place(document: Any, step: Step) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if step.first is not None:
        found.append(document.second <= step.first)
    if step.last is not None:
        found.append(document.left <= step.last)
    return found


def _said_by(turn_id: Any, step: Step) -> ColumnElement[bool]:
    turn = aliased(StoredTurn)
    return select(turn.id).where(turn.id == turn_id, turn.speaker == step.speaker).exists()


def _followed(session: Session, before: Any, steps: tuple[Step, ...], gaps: tuple[Within, ...]) -> ColumnElement[bool]:
    (step, *rest), (gap, *_) = steps, gaps
    following = aliased(TurnDocument)
    found = select(following.turn_id).where(
        following.interaction_id == before.interaction_id,
        following.position > before.position,
        holding(session, step)(following.turn_id),
        *_place(following, step),
    )
    if gap.turns is not None:
        found = found.where(following.position <= before.position + gap.turns)
    if gap.seconds is not None:
        found = found.where(following.second <= before.second + gap.seconds)
    if step.speaker is not None:
        found = found.where(_said_by(following.turn_id, step))
    if rest:
        found = found.where(_followed(session, following, tuple(rest), gaps[1:]))
    return found.exists()
