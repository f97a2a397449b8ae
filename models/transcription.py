"""How calls are written down: what a portfolio's calls are told to expect, and words that a killed work left behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PortfolioSpeech(Base):
    """What is said in a portfolio's calls: names that the speech model should expect, and the language where fixed."""

    __tablename__ = "portfolio_speech"

    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"), primary_key=True)
    hotwords: Mapped[list[Any]] = mapped_column(default=list)  # creditors, products: as they are written
    language: Mapped[str | None] = mapped_column(String(5))  # spoken on both channels; None is found out by hearing
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class HeardStretch(Base):
    """Words of a stretch that is settled, card data hidden, kept until the whole call is written down.

    `key` is a digest of all that the words depend on: what was heard with other settings is not gone on from.
    """

    __tablename__ = "heard_stretch"
    __table_args__ = (UniqueConstraint("interaction_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    until: Mapped[float]  # seconds: everything that began before is written down
    pieces: Mapped[list[Any]]  # see qa_platform/transcription/stretches.py
    created_at: Mapped[datetime]
