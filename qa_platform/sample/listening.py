"""Reviewing by moments: where to start listening, and how much a plan asks to be heard before an evaluation counts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, QueueDraw, QueueItem
from models.finding import Outcome
from models.interactions import Interaction, StoredFinding, Verdict


def first_moment(findings: Iterable[StoredFinding]) -> float | None:
    """The second of the gravest finding that can be heard, the earliest of equals; None where nothing was flagged."""
    heard = [
        one
        for one in findings
        if one.start is not None and one.outcome is Outcome.DETECTED and one.verdict is not Verdict.REJECTED
    ]
    gravest = min(heard, key=lambda one: (one.severity.rank, one.start or 0.0, one.id), default=None)
    return None if gravest is None else gravest.start


def required_listening(session: Session, evaluation: Evaluation, interaction: Interaction) -> float:
    """Seconds of the recording that the plan it was drawn by asks for, never more than there are; 0 without any."""
    if evaluation.queue_item_id is None or interaction.recording_id is None or not interaction.duration:
        return 0.0
    asked = session.scalar(
        select(QueueDraw.plan_content["plan"]["listen_seconds"])
        .join(QueueItem, QueueItem.draw_id == QueueDraw.id)
        .where(QueueItem.id == evaluation.queue_item_id)
    )
    return min(float(asked or 0), interaction.duration)
