"""What a plan drew to be scored twice: a blind session each, for anybody but the reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models.calibration import CalibrationKind, CalibrationSession
from models.interactions import Interaction
from qa_platform.evaluations import published_cards


def open_doubles(session: Session, interactions: Iterable[int], *, now: datetime) -> None:
    for interaction in sorted(interactions):
        portfolio = session.get_one(Interaction, interaction).portfolio_id
        card = published_cards.newest(session, code=published_cards.code_for(session, portfolio), now=now)
        session.add(
            CalibrationSession(
                interaction_id=interaction,
                kind=CalibrationKind.DOUBLE,
                scorecard=card.code,
                scorecard_version=card.version,
                opened_at=now,
            )
        )
    session.flush()
