"""Keeps the index in step with the stored turns: written in their transaction, and made anew where it is asked for.

Deleting a turn deletes its document (a foreign key), deleting a document its words in the FTS5 table (a trigger).
Who speaks is not indexed but read from the turn, so that changing sides needs no work here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select, text
from sqlalchemy.orm import Session, load_only

from models.interactions import Interaction, StoredTurn
from models.search import FULL_TEXT, TurnDocument
from qa_platform.database import reading, transaction
from qa_platform.search import fold
from qa_platform.search.matching import full_text

_READ = (StoredTurn.position, StoredTurn.text, StoredTurn.start, StoredTurn.end, StoredTurn.at)
AT_ONCE = 50  # interactions a transaction


@dataclass(frozen=True, slots=True)
class Rebuilt:
    interactions: int
    turns: int


def put(session: Session, interaction_id: int, duration: float | None, turns: Sequence[StoredTurn]) -> None:
    """Index the words of an interaction as they stand; what was indexed of it before must be gone."""
    session.flush()  # the turns need their numbers
    if rows := _documents(interaction_id, duration, turns):
        session.execute(insert(TurnDocument), rows)


def rebuild(engine: Engine, *, whole: bool = False, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Index what is not indexed, a part at a time; stopped, it goes on where it was. `whole` begins from nothing."""
    if whole:
        with transaction(engine) as session:
            session.execute(delete(TurnDocument))
            if full_text(session):  # of nothing: whatever was wrong with it is gone
                session.execute(text(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}) VALUES ('rebuild')"))  # noqa: S608 - our name
    done = Rebuilt(0, 0)
    after = 0
    while ids := _missing(engine, after):
        with transaction(engine) as session:
            turns = sum(_anew(session, interaction_id) for interaction_id in ids)
        after, done = ids[-1], Rebuilt(done.interactions + len(ids), done.turns + turns)
        progress(done.interactions)
    with transaction(engine) as session:
        session.execute(text("ANALYZE turn_document"))  # so that the database plans with how much there is
    return done


def _missing(engine: Engine, after: int) -> list[int]:
    """Interactions with a turn that has no document."""
    missing = (
        select(StoredTurn.interaction_id)
        .outerjoin(TurnDocument, TurnDocument.turn_id == StoredTurn.id)
        .where(TurnDocument.turn_id.is_(None), StoredTurn.interaction_id > after)
        .distinct()
        .order_by(StoredTurn.interaction_id)
        .limit(AT_ONCE)
    )
    with reading(engine) as session:
        return list(session.scalars(missing))


def _anew(session: Session, interaction_id: int) -> int:
    session.execute(delete(TurnDocument).where(TurnDocument.interaction_id == interaction_id))
    wanted = select(StoredTurn).where(StoredTurn.interaction_id == interaction_id).options(load_only(*_READ))
    turns = session.scalars(wanted).all()
    duration = session.scalar(select(Interaction.duration).where(Interaction.id == interaction_id))
    put(session, interaction_id, duration, turns)
    return len(turns)


def _documents(interaction_id: int, duration: float | None, turns: Sequence[StoredTurn]) -> list[dict[str, object]]:
    begun = min((turn.at for turn in turns if turn.at), default=None)
    seconds = {turn.position: _second(turn, begun) for turn in turns}
    ends = [turn.end for turn in turns if turn.end is not None]
    known = [second for second in seconds.values() if second is not None]
    end = max([*ends, *known], default=0.0) if duration is None else max(duration, *ends, 0.0)
    return [
        {
            "turn_id": turn.id,
            "interaction_id": interaction_id,
            "position": turn.position,
            "second": second,
            "left": None if second is None else max(end - second, 0.0),
            "words": fold.document(turn.text),
        }
        for turn in turns
        for second in (seconds[turn.position],)
    ]


def _second(turn: StoredTurn, begun: datetime | None) -> float | None:
    if turn.start is not None:
        return turn.start
    return (turn.at - begun).total_seconds() if turn.at and begun else None
