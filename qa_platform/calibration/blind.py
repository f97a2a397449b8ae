"""Whoever still has to score a conversation blind must not see how others judged it."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.calibration import CalibrationKind, CalibrationSession, CalibrationSheet
from qa_platform.access.rights import Right, Viewer


def blind(session: Session, viewer: Viewer, interaction_id: int) -> bool:
    """Their own sheet is open, or a second scoring is free for them to take. Whoever leads is not kept blind to the
    latter: they would not take it."""
    if not viewer.may(Right.CALIBRATE):
        return False
    mine = (
        select(CalibrationSheet.id)
        .where(
            CalibrationSheet.session_id == CalibrationSession.id,
            CalibrationSheet.person_id == viewer.id,
            CalibrationSheet.submitted_at.is_(None),
        )
        .exists()
    )
    taken = select(CalibrationSheet.id).where(CalibrationSheet.session_id == CalibrationSession.id).exists()
    free = and_(CalibrationSession.kind == CalibrationKind.DOUBLE, ~taken)
    open_ = select(CalibrationSession.id).where(
        CalibrationSession.interaction_id == interaction_id,
        CalibrationSession.closed_at.is_(None),
        mine if viewer.may(Right.LEAD_CALIBRATION) else or_(mine, free),
    )
    return session.scalar(open_.limit(1)) is not None
