"""Words of a long call that outlive a kill: what is settled is kept, and the work goes on at the utterance after it.

Settled is what no later word can change: the turns before a quiet moment, card data hidden. Words in the middle of a
dictated number are not kept at all: half a card number looks like any other, and would rest unhidden.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from analyzers.card_dictation import complete
from models.conversation import Speaker, Speech, Turn, Word
from models.transcription import HeardStretch
from qa_platform.database import reading, transaction
from qa_platform.ears.clips import LONGEST
from qa_platform.ears.transcribe import Heard
from qa_platform.privacy import without_card_data

SHORTEST = 15.0  # seconds of the recording between two writings
CONTEXT = 4  # turns before a stretch that tell what its first numbers are


@dataclass(slots=True)
class Stretches:
    """What is kept of one interaction under one key. `turns` are settled; everything before `until` is among them."""

    engine: Engine
    interaction_id: int
    key: str
    speech: Speech
    turns: list[Turn] = field(default_factory=list)
    until: float = 0.0
    count: int = 0
    _before: int = 0  # settled turns that an earlier work left; the others are this one's own

    def keep(self, heard: Heard) -> None:
        """Writes down what has become settled since the last time; `heard` is what this work has heard so far."""
        own = len(self.turns) - self._before
        border = settled_until(heard, self.speech, own)
        if border is None or heard.turns[border].start is None or _start(heard, border) - self.until < SHORTEST:
            return
        context = self.turns[-CONTEXT:]
        hidden = without_card_data([*context, *heard.turns[own:border]])[len(context) :]
        until = _start(heard, border)
        with transaction(self.engine) as session:
            session.add(
                HeardStretch(
                    interaction_id=self.interaction_id,
                    key=self.key,
                    position=self.count,
                    until=until,
                    pieces=[_as_json(turn) for turn in hidden],
                    created_at=datetime.now(UTC),
                )
            )
        self.turns.extend(hidden)
        self.until, self.count = until, self.count + 1

    def whole(self, heard: Sequence[Turn]) -> tuple[Turn, ...]:
        """What earlier works left, and all that this one heard after it."""
        joined = [*self.turns[: self._before], *heard]
        return tuple(replace(turn, index=index) for index, turn in enumerate(joined))


def begun(engine: Engine, interaction_id: int, key: str, speech: Speech) -> Stretches:
    """What an earlier work left under this key; what it left under another is of no use any more."""
    mine = HeardStretch.interaction_id == interaction_id
    with transaction(engine) as session:
        session.execute(delete(HeardStretch).where(mine, HeardStretch.key != key))
    with reading(engine) as session:
        rows = session.scalars(select(HeardStretch).where(mine).order_by(HeardStretch.position)).all()
    turns = [_turn(told) for row in rows for told in row.pieces]
    until = rows[-1].until if rows else 0.0
    return Stretches(engine, interaction_id, key, speech, turns, until, len(rows), len(turns))


def forget(session: Session, interaction_id: int) -> None:
    """Once the whole call is written down."""
    session.execute(delete(HeardStretch).where(HeardStretch.interaction_id == interaction_id))


def key_of(speech: Speech, **everything: Any) -> str:
    """A digest of all that the words depend on."""
    talk = [[[part.start, part.end] for part in voice.talk] for voice in speech.voices]
    told = json.dumps({"talk": talk, **everything}, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def settled_until(heard: Heard, speech: Speech, after: int) -> int | None:
    """The latest turn, beyond number `after`, before which nothing can change any more."""
    starts = {round(part.start, 2) for voice in speech.voices for part in voice.talk}
    long_ones = [(p.start, p.end) for voice in speech.voices for p in voice.talk if p.seconds > LONGEST]
    for place in range(len(heard.turns) - 1, after, -1):
        at = _start(heard, place)
        inside = any(start < at < end for start, end in long_ones)  # its parts are cut anew each time
        if at <= heard.whole_until and at in starts and not inside and complete(heard.turns[:place]):
            return place
    return None


def _start(heard: Heard, place: int) -> float:
    return heard.turns[place].start or 0.0


def _as_json(turn: Turn) -> list[Any]:
    return [turn.speaker.value, turn.text, turn.start, turn.end, [[w.text, w.start, w.end] for w in turn.words]]


def _turn(told: Sequence[Any]) -> Turn:
    speaker, text, start, end, words = told
    return Turn(0, Speaker(speaker), text, start=start, end=end, words=tuple(Word(*word) for word in words))
