"""What came in before card data was hidden, where a portfolio keeps it: sealed, for few people, for a time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word


class OriginalKind(StrEnum):
    RECORDING = "recording"
    TRANSCRIPT = "transcript"


class OriginalsPolicy(Base):
    """The portfolio keeps its originals for so many days. Without a row they are not kept."""

    __tablename__ = "originals_policy"

    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"), primary_key=True)
    days: Mapped[int]
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class OriginalsGrant(Base):
    """This person may open originals. No role brings the right along."""

    __tablename__ = "originals_grant"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SealedOriginal(Base):
    """The bytes as they came in, encrypted (qa_platform/originals/sealing.py) with the key that `key_id` names."""

    __tablename__ = "sealed_original"
    __table_args__ = (UniqueConstraint("interaction_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    kind: Mapped[OriginalKind] = mapped_column(word(OriginalKind))
    folder: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    coding: Mapped[str] = mapped_column(String(12))  # the container of a recording, else "text" or "bytes"
    size: Mapped[int]
    sealed_at: Mapped[datetime] = mapped_column(index=True)


class OriginalOpening(Base):
    """One person's leave to hear one original for a few minutes, and why; the audit trail names it."""

    __tablename__ = "original_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    kind: Mapped[OriginalKind] = mapped_column(word(OriginalKind))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(300))
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
