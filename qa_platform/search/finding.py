"""The use case: what a person asks, within what they may see, as excerpts with their place in the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from models.conversation import Channel, Speaker
from models.finding import Outcome, Severity
from models.interactions import Interaction, StoredFinding, StoredTurn, Verdict
from models.people import Agent, Portfolio
from models.search import TurnDocument
from qa_platform.access.rights import Right, Viewer, in_reach
from qa_platform.search import narrowing, statement
from qa_platform.search.chains import Said, followers
from qa_platform.search.marks import Part, excerpt
from qa_platform.search.narrowing import Narrowed
from qa_platform.search.query import Query, Step
from qa_platform.search.statement import Cursor

PAGE = 30


@dataclass(frozen=True, slots=True)
class Ask:
    """`query` may be missing where `narrowed` names something that has a place in a call."""

    query: Query | None
    narrowed: Narrowed = field(default_factory=Narrowed)
    best_first: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as it is shown. `position` is -1 where a place has no turn."""

    position: int
    speaker: Speaker | None
    parts: tuple[Part, ...]
    second: float | None  # of the recording
    at: datetime | None  # of a message


@dataclass(frozen=True, slots=True)
class Hit:
    interaction: int
    line: Line
    followers: tuple[Line, ...]
    agent: str | None
    channel: Channel
    portfolio: str | None
    started_at: datetime
    codes: tuple[tuple[str, Severity], ...]  # of the turn itself first, then of the whole, the gravest first
    code: str | None = None  # the finding whose place this is, where no words were asked for


@dataclass(frozen=True, slots=True)
class Page:
    hits: tuple[Hit, ...]
    count: int
    more_than_counted: bool
    following: Cursor | None


def find(session: Session, viewer: Viewer, ask: Ask, *, zone: ZoneInfo, after: Cursor | None = None) -> Page:
    """One page of what a viewer may see. Without words and without a place to show, nothing is found."""
    viewer.must(Right.SEE_INTERACTIONS)
    conditions = [in_reach(viewer), *narrowing.interactions(ask.narrowed, zone)]
    query = _narrowed(ask)
    if query is None:
        if not ask.narrowed.has_places:
            return Page((), 0, False, None)
        found = statement.places(ask.narrowed, conditions)
        count = statement.counted(session, found)
        rows = session.execute(statement.newest(found, after, PAGE + 1)).all()
    else:
        found = statement.spoken(session, query, conditions)
        count = statement.counted(session, found)
        rows = _page(session, query, conditions, ask, after, plenty=count > statement.COUNT_UP_TO) if count else []
    page, further = rows[:PAGE], len(rows) > PAGE
    return Page(
        hits=_hits(session, page, query),
        count=min(count, statement.COUNT_UP_TO),
        more_than_counted=count > statement.COUNT_UP_TO,
        following=_cursor(page[-1]) if further else None,
    )


def _narrowed(ask: Ask) -> Query | None:
    """Who is chosen beside the box speaks the first turn, unless the query itself says who."""
    if ask.query is None or ask.narrowed.speaker is None or ask.query.steps[0].speaker is not None:
        return ask.query
    first, *rest = ask.query.steps
    return replace(ask.query, steps=(replace(first, speaker=ask.narrowed.speaker), *rest))


def _page(
    session: Session,
    query: Query,
    conditions: list[ColumnElement[bool]],
    ask: Ask,
    after: Cursor | None,
    *,
    plenty: bool,
) -> Sequence[Row[Any]]:
    if ask.best_first:
        return session.execute(statement.best(statement.spoken(session, query, conditions), after, PAGE + 1)).all()
    # Where nearly every call has it, sorting all of them to show thirty would take seconds: the newest are tried first.
    for size in statement.WINDOWS if plenty else ():
        limits = statement.window(session, conditions, after, size)
        if limits is None:
            break
        within = statement.spoken(session, query, conditions, limits)
        rows = session.execute(statement.newest(within, after, PAGE + 1)).all()
        if len(rows) > PAGE:
            return rows
    return session.execute(statement.newest(statement.spoken(session, query, conditions), after, PAGE + 1)).all()


def _cursor(row: Row[Any]) -> Cursor:
    return Cursor(row.started_at, row.interaction, row.position, row.key, row.score)


def _hits(session: Session, rows: Sequence[Row[Any]], query: Query | None) -> tuple[Hit, ...]:
    ids = {row.interaction for row in rows}
    interactions = {row.id: row for row in session.scalars(select(Interaction).where(Interaction.id.in_(ids)))}
    agents = _names(session, Agent, {row.agent_id for row in interactions.values()})
    portfolios = _names(session, Portfolio, {row.portfolio_id for row in interactions.values()})
    turns = _turns(session, rows, whole=query is not None and len(query.steps) > 1)
    codes = _codes(session, ids)
    step = query.steps[0] if query else None
    return tuple(
        Hit(
            interaction=row.interaction,
            line=_line(turns.get((row.interaction, row.position)), row, step),
            followers=_following(turns, row, query) if query else (),
            agent=agents.get(interactions[row.interaction].agent_id or 0),
            channel=interactions[row.interaction].channel,
            portfolio=portfolios.get(interactions[row.interaction].portfolio_id or 0),
            started_at=row.started_at,
            codes=_of(codes.get(row.interaction, []), row.position, None if query else row.code),
            code=None if query or row.code == statement.PROMISE else row.code,
        )
        for row in rows
    )


def _names(session: Session, table: type[Agent] | type[Portfolio], ids: set[int | None]) -> Mapping[int, str]:
    return {row.id: row.name for row in session.execute(select(table.id, table.name).where(table.id.in_(ids)))}


def _turns(session: Session, rows: Sequence[Row[Any]], *, whole: bool) -> Mapping[tuple[int, int], Said]:
    """The turns found; the whole of their interactions where others follow."""
    wanted = select(
        StoredTurn.interaction_id, StoredTurn.position, StoredTurn.speaker, StoredTurn.text, StoredTurn.start,
        StoredTurn.at, TurnDocument.second, TurnDocument.left,
    ).outerjoin(TurnDocument, TurnDocument.turn_id == StoredTurn.id)  # fmt: skip
    wanted = wanted.where(StoredTurn.interaction_id.in_({row.interaction for row in rows}))
    if not whole:
        wanted = wanted.where(StoredTurn.position.in_({row.position for row in rows}))
    return {
        (row.interaction_id, row.position): Said(
            row.position, row.speaker, row.text, row.start, row.at, row.second, row.left
        )
        for row in session.execute(wanted)
    }


def _line(said: Said | None, row: Row[Any], step: Step | None) -> Line:
    if said is None:
        return Line(-1, None, (), row.second, None)
    start = row.second if said.start is not None and step is None and row.second is not None else said.start
    return Line(said.position, said.speaker, excerpt(said.text, step), start, said.at)


def _following(turns: Mapping[tuple[int, int], Said], row: Row[Any], query: Query) -> tuple[Line, ...]:
    if len(query.steps) == 1:
        return ()
    call = sorted((said for key, said in turns.items() if key[0] == row.interaction), key=lambda said: said.position)
    return tuple(
        Line(said.position, said.speaker, excerpt(said.text, step), said.start, said.at)
        for said, step in zip(followers(call, row.position, query), query.steps[1:], strict=False)
    )


def _codes(session: Session, ids: set[int]) -> Mapping[int, list[tuple[int | None, str, Severity]]]:
    found: dict[int, list[tuple[int | None, str, Severity]]] = {}
    rows = select(StoredFinding.interaction_id, StoredFinding.turn, StoredFinding.code, StoredFinding.severity).where(
        StoredFinding.interaction_id.in_(ids),
        StoredFinding.outcome == Outcome.DETECTED,
        StoredFinding.verdict != Verdict.REJECTED,
    )
    for row in session.execute(rows):
        found.setdefault(row.interaction_id, []).append((row.turn, row.code, row.severity))
    return found


def _of(
    codes: Sequence[tuple[int | None, str, Severity]], position: int, code: str | None
) -> tuple[tuple[str, Severity], ...]:
    ordered = sorted(codes, key=lambda each: (each[1] != code, each[0] != position, each[2].rank, each[1]))
    return tuple({each: (each, severity) for _, each, severity in reversed(ordered)}.values())[::-1]
