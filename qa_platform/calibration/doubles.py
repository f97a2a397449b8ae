"""What a plan drew to be scored twice: a blind session each, for anybody but the reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models.calibration import CalibrationKind, CalibrationSession
from qa_platform.evaluations import published_cards


def open_doubles(session: Session, interactions: Iterable[int], *, now: datetime) -> None:
    chosen = sorted(interactions)
    if not chosen:
        return
    card = published_cards.newest(session, now=now)
    session.add_all(
        CalibrationSession(
            interaction_id=interaction,
            kind=CalibrationKind.DOUBLE,
            scorecard=card.code,
            scorecard_version=card.version,
            opened_at=now,
        )
        for interaction in chosen
    )
    session.flush()
