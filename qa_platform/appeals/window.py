"""Until when an agent may appeal, and until when an appeal should be answered: days that the scorecard sets."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.evaluations import Evaluation
from models.scorecard import Scorecard


def appeal_until(evaluation: Evaluation, card: Scorecard) -> datetime | None:
    """None until it is released."""
    return None if evaluation.released_at is None else evaluation.released_at + timedelta(days=card.appeal_days)


def answer_until(filed_at: datetime, card: Scorecard) -> datetime:
    return filed_at + timedelta(days=card.resolve_days)
