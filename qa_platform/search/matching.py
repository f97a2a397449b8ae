"""The condition "this turn holds what a step asks", in the words of either database's full-text index."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, Text, cast, column, func, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.interactions import Interaction
from models.search import FULL_TEXT, TurnDocument
from qa_platform.search.query import Either, Near, Piece, Step, Words

COMMON = 20_000  # turns: what more hold is found quickly wherever one looks
FTS = table(FULL_TEXT, column("rowid"), column(FULL_TEXT), column("rank"))


def full_text(session: Session) -> bool:
    """Whether an FTS5 table stands beside the documents; PostgreSQL has its index on their own column."""
    return session.get_bind().dialect.name == "sqlite"


def holding(session: Session, step: Step) -> Callable[[InstrumentedAttribute[int]], ColumnElement[bool]]:
    """The condition on a document's number, whatever stands around it.

    What is said everywhere is asked of each turn that is looked at: to gather all of its places would take seconds.
    """
    found = documents(session, step)
    if not common(session, step):
        return lambda turn_id: turn_id.in_(found)
    if full_text(session):
        return lambda turn_id: (
            select(FTS.c.rowid).where(fts_match(step), FTS.c.rowid == turn_id).correlate_except(FTS).exists()
        )
    document = aliased(TurnDocument)
    asked = select(document.turn_id).where(holds(document.words, step))
    return lambda turn_id: asked.where(document.turn_id == turn_id).correlate_except(document).exists()


def common(session: Session, step: Step) -> bool:
    some = documents(session, step).limit(COMMON + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > COMMON


def documents(session: Session, step: Step) -> Select[int]:
    if full_text(session):
        return select(FTS.c.rowid).where(fts_match(step)).correlate(None)
    return select(TurnDocument.turn_id).where(holds(TurnDocument.words, step)).correlate(None)


def said_in(session: Session, words: Words) -> ColumnElement[bool]:
    """The condition on `Interaction` that some turn of it holds these words."""
    step = Step(((words,),))
    if not common(session, step):
        found = select(TurnDocument.interaction_id)
        if full_text(session):
            found = found.join(FTS, FTS.c.rowid == TurnDocument.turn_id).where(fts_match(step))
        else:
            found = found.where(holds(TurnDocument.words, step))
        return Interaction.id.in_(found.correlate(None))
    within = select(TurnDocument.turn_id).where(TurnDocument.interaction_id == Interaction.id)
    if full_text(session):  # the folded words themselves; letters and digits are no pattern
        begun = f"% {' '.join(words.words)}{'%' if words.prefix else ' %'}"
        within = within.where((literal(" ").concat(cast(TurnDocument.words, Text)).concat(" ")).like(begun))
    else:
        within = within.where(holds(TurnDocument.words, step))
    return within.correlate(Interaction).exists()


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
