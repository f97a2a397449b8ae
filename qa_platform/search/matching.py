"""The condition "this turn holds what a step asks", in the words of either database's full-text index."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, Text, and_, cast, column, func, literal, not_, or_, select, table
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
    pieces = [piece for either in (*step.wanted, *step.without) for piece in either]
    if full_text(session) and any(isinstance(piece, Near) for piece in pieces):
        looked_up = select(FTS.c.rowid).where(fts_match(step)).correlate_except(FTS)
        return lambda turn_id: looked_up.where(FTS.c.rowid == turn_id).exists()
    document = aliased(TurnDocument)
    held = _reads(document.words, step) if full_text(session) else holds(document.words, step)
    asked = select(document.turn_id).where(held)
    return lambda turn_id: asked.where(document.turn_id == turn_id).correlate_except(document).exists()


def common(session: Session, step: Step) -> bool:
    some = documents(session, step).limit(COMMON + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > COMMON


def _reads(words: InstrumentedAttribute[str], step: Step) -> ColumnElement[bool]:
    """The same read off the folded words, for steps without "near": cheaper than the index for one turn at a time."""

    def any_of(either: Either) -> ColumnElement[bool]:
        return or_(*(_like(words, piece) for piece in either if isinstance(piece, Words)))

    return and_(*map(any_of, step.wanted), *(not_(any_of(either)) for either in step.without))


def _like(words: InstrumentedAttribute[str], sought: Words) -> ColumnElement[bool]:
    pattern = f"% {' '.join(sought.words)}{'%' if sought.prefix else ' %'}"
    return literal(" ").concat(cast(words, Text)).concat(" ").like(pattern)


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
        within = within.where(_like(TurnDocument.words, words))
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
