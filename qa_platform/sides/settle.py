"""Names the two sides of a call once its words and its sound are there, or says that a told map looks wrong.

`Interaction.sides` keeps how it was decided: `by` (one of By), `confidence`, `doubt` (how sure it is that what was told
is the wrong way round), `told` (the channel that the source gave, once a person changed it), `voice` (which of two
voices told apart by ear is the agent's) and `swapped` (the speakers that a transcript states are to be read the other
way round).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analyzers import roles
from models.conversation import Apart, Conversation, Layout, Speaker, Speech, Turn
from models.interactions import Interaction, StoredTurn
from qa_platform.archive import conversations
from qa_platform.sides import by_ear

DOUBTED = 0.9  # share of the stated speakers' turns that lie in the other side's voice


class By(StrEnum):
    SOURCE = "source"
    WORDS = "words"
    PERSON = "person"
    NOBODY = "nobody"


def decided_by(row: Interaction) -> By:
    return By((row.sides or {}).get("by", By.SOURCE))


def channel_of_sound(row: Interaction) -> int | None:
    """The agent's channel as told or set right; what the words decided before is decided anew."""
    return None if decided_by(row) is By.WORDS else row.agent_channel


def told_by_ear(row: Interaction) -> bool:
    """Two people on one channel, told apart by their voices."""
    heard = (row.speech or {}).get("by_ear") or {}
    return bool(heard.get("apart") == Apart.TOLD)


def agent_voice(row: Interaction) -> int | None:
    """Which of the two voices is the agent's, as told, decided or set right."""
    if not told_by_ear(row):
        return row.agent_channel
    voice: int | None = (row.sides or {}).get("voice")
    return voice


def channel_of_words(row: Interaction) -> int | None:
    """The channel map by which a transcript is read: the source's own, whatever was decided since."""
    if decided_by(row) is By.PERSON:
        told: int | None = (row.sides or {}).get("told")
        return told
    return channel_of_sound(row)


def as_set_right(row: Interaction, turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """The speakers of a transcript the other way round, where a person said that they are."""
    if not (row.sides or {}).get("swapped"):
        return tuple(turns)
    return tuple(replace(turn, speaker=roles.swapped(turn.speaker)) for turn in turns)


def settle(session: Session, row: Interaction) -> None:
    """Decides where nobody told, doubts where the words contradict what was told. A person's word is final."""
    words = conversations.load(session, row)
    if not words.channel.spoken:
        return
    words = _divided(session, row, words)
    by = decided_by(row)
    if by is By.PERSON:
        _name(session, row, words, agent_voice(row))
    elif _unnamed(words.speech):
        decision = roles.agent_voice(words)
        agent = decision.agent if decision.sure else None
        row.sides = {"by": By.WORDS if decision.sure else By.NOBODY, "confidence": decision.confidence}
        if told_by_ear(row):
            row.sides |= {"voice": agent}
        else:
            row.agent_channel = agent
        _name(session, row, words, agent)
    else:
        row.sides = _doubt(row, words)


def _unnamed(speech: Speech | None) -> bool:
    """Two voices, and no map says whose they are."""
    return speech is not None and speech.two_voices and all(v.side is Speaker.UNKNOWN for v in speech.voices[:2])


def _two_channels(speech: Speech | None) -> bool:
    return speech is not None and speech.layout is Layout.TWO_SIDES and len(speech.voices) == 2


def _divided(session: Session, row: Interaction, words: Conversation) -> Conversation:
    """The words with turns of nobody cut where the voice changes."""
    if words.speech is None:
        return words
    turns = by_ear.divided(words.turns, words.speech)
    if len(turns) == len(words.turns):
        return words
    conversations.save_turns(session, row, turns)
    session.flush()
    return replace(words, turns=turns)


def _name(session: Session, row: Interaction, words: Conversation, agent: int | None) -> None:
    if agent is None or words.speech is None or not words.speech.two_voices:
        return
    named = by_ear.named(words, agent)
    if named.speech is not None:
        row.speech = {**(row.speech or {}), **conversations.heard_to_json(named.speech)}
    speakers = {turn.index: turn.speaker for turn in named.turns}
    for stored in session.scalars(select(StoredTurn).where(StoredTurn.interaction_id == row.id)):
        stored.speaker = speakers[stored.position]


def _doubt(row: Interaction, words: Conversation) -> dict[str, Any] | None:
    """How sure it is that agent and customer are swapped; nothing to keep where all agrees."""
    by_words = roles.likely_swapped(words)
    if by_words is not None:
        return {"by": By.SOURCE, "doubt": by_words.confidence}
    if row.transcript_id is not None and row.agent_channel is not None and _two_channels(words.speech):
        by_times = roles.agent_voice(words)
        if by_times.agent not in (None, row.agent_channel) and by_times.confidence >= DOUBTED:
            return {"by": By.SOURCE, "doubt": by_times.confidence}
    return None
