"""A stored conversation: its words kept without card data, and read back as the value the analyzers take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.conversation import (
    Account,
    Apart,
    ByEar,
    Conversation,
    HeardStretch,
    Hold,
    HoldSign,
    Interval,
    Layout,
    Speaker,
    Speech,
    Turn,
    Voice,
    Word,
)
from models.interactions import Interaction, StoredTurn
from qa_platform.privacy import without_card_data
from qa_platform.search import index


def save_turns(session: Session, interaction: Interaction, turns: Iterable[Turn]) -> None:
    """Replace the words of an interaction. Running it twice leaves the same rows."""
    session.execute(delete(StoredTurn).where(StoredTurn.interaction_id == interaction.id))
    rows = [_row(interaction.id, turn) for turn in without_card_data(tuple(turns))]
    session.add_all(rows)
    interaction.turn_count = len(rows)
    index.put(session, interaction.id, interaction.duration, rows)


def load(session: Session, interaction: Interaction) -> Conversation:
    """The conversation as stored, with the account as it stood that day."""
    rows = session.scalars(
        select(StoredTurn).where(StoredTurn.interaction_id == interaction.id).order_by(StoredTurn.position)
    )
    return described(interaction, tuple(_turn(row) for row in rows))


def described(interaction: Interaction, turns: tuple[Turn, ...]) -> Conversation:
    """Words together with all that is known of their interaction."""
    return Conversation(
        id=str(interaction.id),
        channel=interaction.channel,
        language=interaction.language,
        turns=turns,
        country=interaction.country,
        started_at=interaction.started_at,
        direction=interaction.direction,
        account=Account(
            balance=interaction.balance,
            currency=interaction.currency,
            minimum_payment=interaction.minimum_payment,
            days_past_due=interaction.days_past_due,
            legal_status=interaction.legal_status,
        ),
        duration=interaction.duration,
        speech=_speech(interaction),
        has_end_times=interaction.has_end_times,
        told_holds=_holds((interaction.speech or {}).get("told_holds", [])),
    )


def heard_to_json(speech: Speech) -> dict[str, Any]:
    """Who was heard when, and how far voices on one channel were told apart by ear: a part of `Interaction.speech`."""
    voices = [
        {"side": voice.side.value, "talk": [[part.start, part.end] for part in voice.talk]} for voice in speech.voices
    ]
    heard: dict[str, Any] = {"voices": voices, "heard_holds": _holds_to_json(speech.holds)}
    return heard if speech.by_ear is None else {**heard, "by_ear": by_ear_to_json(speech.by_ear)}


def told_holds_to_json(holds: tuple[Hold, ...]) -> dict[str, Any]:
    """What the source itself says of holds: a part of `Interaction.speech`, before and after the analysis."""
    return {"told_holds": _holds_to_json(holds)} if holds else {}


def _holds_to_json(holds: tuple[Hold, ...]) -> list[list[Any]]:
    return [[hold.start, hold.end, hold.sign.value] for hold in holds]


def _holds(kept: list[list[Any]]) -> tuple[Hold, ...]:
    return tuple(Hold(start, end, HoldSign(sign)) for start, end, sign in kept)


def by_ear_to_json(heard: ByEar) -> dict[str, Any]:
    return {
        "apart": heard.apart.value,
        "confidence": heard.confidence,
        "stretches": [[each.start, each.end, each.voice, each.confidence] for each in heard.stretches],
    }


def _speech(interaction: Interaction) -> Speech | None:
    if interaction.layout is None or interaction.speech is None:
        return None
    return Speech(
        duration=interaction.duration or 0.0,
        layout=Layout(interaction.layout),
        voices=tuple(
            Voice(Speaker(voice["side"]), tuple(Interval(start, end) for start, end in voice["talk"]))
            for voice in interaction.speech.get("voices", [])
        ),
        by_ear=_by_ear(interaction.speech.get("by_ear")),
        holds=_holds(interaction.speech.get("heard_holds", [])),
    )


def _by_ear(kept: dict[str, Any] | None) -> ByEar | None:
    if kept is None:
        return None
    stretches = tuple(HeardStretch(*stretch) for stretch in kept["stretches"])
    return ByEar(Apart(kept["apart"]), kept["confidence"], stretches)


def _row(interaction_id: int, turn: Turn) -> StoredTurn:
    return StoredTurn(
        interaction_id=interaction_id,
        position=turn.index,
        speaker=turn.speaker,
        text=turn.text,
        start=turn.start,
        end=turn.end,
        at=turn.at,
        words=[[word.text, word.start, word.end] for word in turn.words],
    )


def _turn(row: StoredTurn) -> Turn:
    return Turn(
        index=row.position,
        speaker=row.speaker,
        text=row.text,
        start=row.start,
        end=row.end,
        at=row.at,
        words=tuple(Word(text, start, end) for text, start, end in row.words),
    )
