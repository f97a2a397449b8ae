"""Calibration on record: the same interaction scored blind by several people, apart from every evaluation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word
from models.finding import Answer


class CalibrationKind(StrEnum):
    ROOM = "room"  # several people, one interaction, talked over afterwards
    DOUBLE = "double"  # a second person scores what a plan drew for it


class CalibrationSession(Base):
    """`expert_id` is the person whose sheet is the baseline; without one the majority is."""

    __tablename__ = "calibration_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    kind: Mapped[CalibrationKind] = mapped_column(word(CalibrationKind))
    scorecard: Mapped[str] = mapped_column(String(64))
    scorecard_version: Mapped[int]
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: a plan's draw
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CalibrationSheet(Base):
    """One person's own scoring in a session. Nobody else reads it before the session is closed."""

    __tablename__ = "calibration_sheet"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    points: Mapped[float | None]
    submitted_at: Mapped[datetime | None]


class CalibrationAnswer(Base):
    __tablename__ = "calibration_answer"
    __table_args__ = (UniqueConstraint("sheet_id", "criterion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("calibration_sheet.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(80))
    answer: Mapped[Answer] = mapped_column(word(Answer))
    value: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
