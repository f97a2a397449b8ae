"""The condition "this turn holds what a step asks", in the words of either database's full-text index."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, cast, column, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.search import FULL_TEXT, TurnDocument
from qa_platform.search.query import Either, Near, Piece, Step, Words

FTS = table(FULL_TEXT, column("rowid"), column(FULL_TEXT), column("rank"))


def full_text(session: Session) -> bool:
    """Whether an FTS5 table stands beside the documents; PostgreSQL has its index on their own column."""
    return session.get_bind().dialect.name == "sqlite"


def holding(session: Session, step: Step) -> Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]:
    """The condition on a document's number, whatever stands around it."""
    found = documents(session, step)
    return lambda turn_id: turn_id.in_(found)


def documents(session: Session, step: Step) -> Select[int]:
    if full_text(session):
        return select(FTS.c.rowid).where(fts_match(step)).correlate(None)
    return select(TurnDocument.turn_id).where(holds(TurnDocument.words, step)).correlate(None)


def interactions(session: Session, step: Step) -> Select[int]:
    """The numbers of interactions in which some turn holds what a step asks."""
    found = select(TurnDocument.interaction_id)
    if full_text(session):
        found = found.join(FTS, FTS.c.rowid == TurnDocument.turn_id).where(fts_match(step))
    else:
        found = found.where(holds(TurnDocument.words, step))
    return found.correlate(None)


def fts_match(step: Step) -> ColumnElement[bool]:
    return FTS.c[FULL_TEXT].op("MATCH", is_comparison=True)(fts_query(step))


def holds(words: InstrumentedAttribute[str], step: Step) -> ColumnElement[bool]:
    return words.op("@@", is_comparison=True)(as_tsquery(step))


def as_tsquery(step: Step) -> ColumnElement[str]:
    return cast(literal(ts_query(step)), TSQUERY)


def fts_query(step: Step) -> str:
    """In the syntax of sqlite.org/fts5.html, section 3; words hold letters and digits only, so nothing escapes."""
    asked = " AND ".join(_joined(either, _fts, " OR ") for either in step.wanted)
    lacking = " OR ".join(_joined(either, _fts, " OR ") for either in step.without)
    return f"({asked}) NOT ({lacking})" if lacking else asked


def ts_query(step: Step) -> str:
    """In the syntax of postgresql.org/docs/current/datatype-textsearch.html."""
    asked = [_joined(either, _ts, " | ") for either in step.wanted]
    lacking = [f"!({_joined(either, _ts, ' | ')})" for either in step.without]
    return " & ".join(asked + lacking)


def _joined(either: Either, written: Callable[[Piece], str], by: str) -> str:
    return f"({by.join(written(piece) for piece in either)})"


def _fts(piece: Piece) -> str:
    if isinstance(piece, Near):
        return f"NEAR({_fts(piece.one)} {_fts(piece.other)}, {piece.distance})"
    return f'"{" ".join(piece.words)}"' + (" *" if piece.prefix else "")


def _ts(piece: Piece) -> str:
    if isinstance(piece, Near):
        return f"({' | '.join(_apart(piece.one, piece.other, piece.distance))})"
    return _in_a_row(piece)


def _apart(one: Words, other: Words, distance: int) -> list[str]:
    """PostgreSQL only knows exact distances: each of them, in both orders. A phrase is as wide as its words."""
    return [
        f"({_in_a_row(left)} <{between + 1}> {_in_a_row(right)})"
        for left, right in ((one, other), (other, one))
        for between in range(distance + 1)
    ]


def _in_a_row(words: Words) -> str:
    signs = [f"'{word}'" for word in words.words]
    if words.prefix:
        signs[-1] += ":*"
    return signs[0] if len(signs) == 1 else f"({' <-> '.join(signs)})"
