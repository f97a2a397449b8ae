"""Opening an original: who may, for what reason, for how long; each time is a line of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import Interaction
from models.originals import OriginalKind, OriginalOpening, OriginalsGrant, SealedOriginal
from qa_platform import audit
from qa_platform.access.rights import NotFound, Viewer, in_reach
from qa_platform.originals.keys import keys_of
from qa_platform.originals.policy import GRANTABLE
from qa_platform.originals.sealing import Unsealed, unsealed
from qa_platform.privacy import hidden_in
from qa_platform.settings import Settings
from qa_platform.storage import open_storage

MINUTES = 10
LONGEST_NOTE = 300
REASONS: Mapping[str, str] = {
    "dispute": "The debtor disputes what was said",
    "authority": "A court or an authority asks for it",
    "fraud": "Suspected misuse of card data",
    "masking": "To check what was hidden",
}


class WhyNeeded(QAError):
    status = 422
    says = "An original is opened for a reason only."
    remedy = "Choose one, and add what the record should say."


class LeaveOver(QAError):
    status = 410
    says = "The {minutes} minutes for which this original was open are over."
    remedy = "Open it again from the interaction, with a reason."


@dataclass(frozen=True, slots=True)
class There:
    """An original that lies sealed beside an interaction."""

    kind: OriginalKind
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Original:
    """An original that is open: `coding` tells how its bytes are to be read, `seconds` how long its sound is."""

    kind: OriginalKind
    coding: str
    content: Unsealed
    seconds: float


def may_open(session: Session, viewer: Viewer) -> bool:
    """The right is a person's own, and rests while their role is another."""
    return viewer.role in GRANTABLE and session.get(OriginalsGrant, viewer.id) is not None


def beside(session: Session, viewer: Viewer, interaction_id: int) -> tuple[There, ...]:
    """The originals of an interaction, for those who may open them; to others there are none."""
    if not may_open(session, viewer):
        return ()
    rows = session.scalars(
        select(SealedOriginal)
        .join(Interaction, Interaction.id == SealedOriginal.interaction_id)
        .where(SealedOriginal.interaction_id == interaction_id, in_reach(viewer))
        .order_by(SealedOriginal.kind)
    )
    return tuple(There(row.kind, row.sealed_at) for row in rows)


def open_original(
    session: Session, viewer: Viewer, interaction_id: int, kind: OriginalKind, *, reason: str, note: str, now: datetime
) -> int:
    """Leave to hear or read it for some minutes, on record. To those who may not, there is none.

    Raises NotFound, WhyNeeded.
    """
    if kind not in {there.kind for there in beside(session, viewer, interaction_id)}:
        raise NotFound
    if reason not in REASONS:
        raise WhyNeeded
    row = OriginalOpening(
        interaction_id=interaction_id,
        kind=kind,
        person_id=viewer.id,
        reason=reason,
        note=hidden_in(note.replace("\0", "").strip())[:LONGEST_NOTE] or None,
        opened_at=now,
        until=now + timedelta(minutes=MINUTES),
    )
    session.add(row)
    session.flush()
    details = {"kind": kind.value, "reason": reason, "opening": row.id}
    audit.record(
        session, "original.opened", subject="interaction", subject_id=interaction_id, person_id=viewer.id,
        details=details, at=now,
    )  # fmt: skip
    return row.id


def opened(
    session: Session, viewer: Viewer, interaction_id: int, opening_id: int, *, settings: Settings, now: datetime
) -> Original:
    """The original behind a leave that is still good. Raises NotFound, LeaveOver, KeyMissing, SealBroken."""
    leave = session.get(OriginalOpening, opening_id)
    if leave is None or leave.person_id != viewer.id or leave.interaction_id != interaction_id:
        raise NotFound
    if not may_open(session, viewer):
        raise NotFound
    if leave.until < now:
        raise LeaveOver(minutes=MINUTES)
    found = session.execute(
        select(SealedOriginal, Interaction.duration)
        .join(Interaction, Interaction.id == SealedOriginal.interaction_id)
        .where(SealedOriginal.interaction_id == interaction_id, SealedOriginal.kind == leave.kind, in_reach(viewer))
    ).one_or_none()
    if found is None:
        raise NotFound
    sealed, duration = found
    content = unsealed(open_storage(settings).path(sealed.folder), keys_of(settings), sealed.key_id)
    return Original(sealed.kind, sealed.coding, content, duration or 0.0)
