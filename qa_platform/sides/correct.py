"""A person sets right whose side is whose; everything that follows from it is worked out again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analyzers.roles import swapped
from models.conversation import Layout, Speaker
from models.errors import QAError
from models.interactions import Interaction, Stage, StoredTurn
from qa_platform import audit, pipeline
from qa_platform.access.rights import Right, Viewer
from qa_platform.review.opening import reachable
from qa_platform.sides.settle import By, channel_of_words, told_by_ear


class NothingToSwap(QAError):
    status = 409
    says = "It is not known whose side is whose, so there is nothing to swap."
    remedy = "Say which channel is the agent's."


class StillWorking(QAError):
    status = 409
    says = "It is still being processed."
    remedy = "Open it again when its words are there."


def swap(session: Session, viewer: Viewer, interaction_id: int, *, now: datetime) -> None:
    """Agent and customer change places, in words and sound. Raises NotAllowed, NotFound or why it cannot be done."""
    row = _ready(session, viewer, interaction_id)
    turns = session.scalars(select(StoredTurn).where(StoredTurn.interaction_id == row.id)).all()
    if row.agent_channel is None and not {turn.speaker for turn in turns} & {Speaker.AGENT, Speaker.CUSTOMER}:
        raise NothingToSwap
    told, was_swapped = channel_of_words(row), bool((row.sides or {}).get("swapped"))
    for turn in turns:  # what was hidden in them cannot be heard again: it changes sides with them
        turn.speaker = swapped(turn.speaker)
    if row.agent_channel is not None:
        row.agent_channel = 1 - row.agent_channel
    voice = (row.sides or {}).get("voice")
    row.sides = {"by": By.PERSON, "told": told, "swapped": not was_swapped}
    if voice is not None:
        row.sides |= {"voice": 1 - voice}
    _again(session, viewer, row, "interaction.sides_swapped", now=now)


def name_agent(session: Session, viewer: Viewer, interaction_id: int, channel: int, *, now: datetime) -> None:
    """The agent is this channel or voice (0 or 1), where neither the source nor the words could tell."""
    row = _ready(session, viewer, interaction_id)
    by_ear = told_by_ear(row)
    if not (by_ear or row.layout is Layout.TWO_SIDES) or channel not in (0, 1):
        raise NothingToSwap
    row.sides = {"by": By.PERSON, "told": None, "swapped": False}
    if by_ear:
        row.sides |= {"voice": channel}
    else:
        row.agent_channel = channel
    _again(session, viewer, row, "interaction.agent_named", now=now)


def _ready(session: Session, viewer: Viewer, interaction_id: int) -> Interaction:
    viewer.must(Right.REVIEW)
    row = reachable(session, viewer, interaction_id)
    if row.stage not in (Stage.READY, Stage.FAILED):
        raise StillWorking
    return row


def _again(session: Session, viewer: Viewer, row: Interaction, act: str, *, now: datetime) -> None:
    pipeline.again(session, row.id)
    audit.record(
        session,
        act,
        subject="interaction",
        subject_id=row.id,
        person_id=viewer.id,
        details={"agent_channel": row.agent_channel, "run": row.run},
        at=now,
    )
