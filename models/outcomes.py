"""What the debtor then did: promises as the CRM keeps them, and payments.

Both are what stands after the log of events is folded (models/events.py): rows are rewritten when a correction comes,
and a payment or promise that a correction moved to another debt disappears here and appears there.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word


class PromiseState(StrEnum):
    PENDING = "pending"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class CrmPromise(Base):
    """A promise to pay as the CRM registered it."""

    __tablename__ = "crm_promise"
    __table_args__ = (UniqueConstraint("debt_id", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    debt_id: Mapped[int] = mapped_column(ForeignKey("debt.id"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="SET NULL"), index=True)
    external_id: Mapped[str] = mapped_column(String(120))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    due: Mapped[date]
    state: Mapped[PromiseState] = mapped_column(word(PromiseState), default=PromiseState.PENDING)
    created_at: Mapped[datetime]  # when it was made
    cancelled_at: Mapped[datetime | None]


class Payment(Base):
    """Money that came in for a debt; `reversed_at` where it was taken back."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("debt_id", "external_id"), Index(None, "debt_id", "paid_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    debt_id: Mapped[int] = mapped_column(ForeignKey("debt.id"))
    external_id: Mapped[str] = mapped_column(String(120))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    paid_at: Mapped[datetime]
    method: Mapped[str | None] = mapped_column(String(40))
    reversed_at: Mapped[datetime | None]
