"""Which conversation a session is opened on: one that is named, or one of those that would teach most."""

from __future__ import annotations

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from models.calibration import CalibrationSession
from models.errors import QAError
from models.finding import Severity
from models.interactions import Interaction, Stage
from qa_platform.access.rights import Right, Viewer, in_reach
from qa_platform.calibration.sheet import Subject, subjects

OFFERED = 6
LONG_ENOUGH = 6  # turns: in fewer there is little to judge


class ConversationUnknown(QAError):
    status = 422
    says = "No conversation within your reach is called '{text}'."
    remedy = "Write its number or its own reference, as it stands in the list of interactions."


def named(session: Session, viewer: Viewer, text: str) -> int:
    """The conversation with this reference of its own, or this number. Raises ConversationUnknown."""
    wanted = text.strip().removeprefix("#")
    found = session.scalar(
        select(Interaction.id)
        .where(Interaction.external_id == wanted, in_reach(viewer))
        .order_by(Interaction.id.desc())
        .limit(1)
    )
    if found is None and wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        found = session.scalar(select(Interaction.id).where(Interaction.id == int(wanted), in_reach(viewer)))
    if found is None:
        raise ConversationUnknown(text=text[:40])
    return found


def offered(session: Session, viewer: Viewer) -> tuple[Subject, ...]:
    """Not calibrated yet, the gravest first: where people disagree most is where it matters most."""
    viewer.must(Right.LEAD_CALIBRATION)
    gravity = case({one.value: place for place, one in enumerate(Severity)}, value=Interaction.worst, else_=99)
    calibrated = select(CalibrationSession.interaction_id)
    chosen = session.scalars(
        select(Interaction.id)
        .where(
            Interaction.stage == Stage.READY,
            Interaction.turn_count >= LONG_ENOUGH,
            Interaction.id.not_in(calibrated),
            in_reach(viewer),
        )
        .order_by(gravity, Interaction.started_at.desc(), Interaction.id)
        .limit(OFFERED)
    ).all()
    known = subjects(session, viewer, chosen)
    return tuple(known[one] for one in chosen)
