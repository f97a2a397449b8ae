"""What a CRM, a dialer or a bank tells: an append-only log. What stands of an account is a fold over its events.

Nothing here is changed or deleted. Within one portfolio an event is known by source + event_id. It speaks of one
`thing` of one debt ("payment:P-9", "promise:77", "consent:whatsapp:collections", "dispute:5", "contact:…",
"account"). An event that `corrects` another of its source stands in that one's place, whichever comes first. Of
several about one thing the highest (version, happened_at) counts. The fold is qa_platform/events/fold.py:

- payment: `paid` {amount, currency, paid_at, method}, `payment.reversed` {payment_id, reversed_at} -> Payment rows
- promise: `promised` {amount, currency, due, made_at}, `promise.cancelled` {promise_id, cancelled_at} -> CrmPromise
- account: `account.updated` {balance, …} -> the Debt's figures, field by field
- `consent.granted`/`consent.revoked`, `disputed`, `contacted`, `replied` stay in the log and are folded when read

`content` holds the fields as JSON: money as text ("1250.55"), instants with offset, dates as ISO.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word


class EventType(StrEnum):
    CONTACTED = "contacted"
    REPLIED = "replied"
    PROMISED = "promised"
    PROMISE_CANCELLED = "promise.cancelled"
    PAID = "paid"
    PAYMENT_REVERSED = "payment.reversed"
    DISPUTED = "disputed"
    CONSENT_GRANTED = "consent.granted"
    CONSENT_REVOKED = "consent.revoked"
    ACCOUNT_UPDATED = "account.updated"


class EventImport(Base):
    """One file of events. `position` rows of it are settled; each chunk is committed together with it."""

    __tablename__ = "event_import"
    __table_args__ = (UniqueConstraint("portfolio_id", "source", "type", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id"))
    source: Mapped[str] = mapped_column(String(200))
    type: Mapped[EventType] = mapped_column(word(EventType))
    name: Mapped[str] = mapped_column(String(500))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("portfolio_id", "source", "event_id"),
        Index(None, "portfolio_id", "source", "corrects"),
        Index(None, "debt_id", "thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id"))
    debt_id: Mapped[int] = mapped_column(ForeignKey("debt.id"))
    source: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[str] = mapped_column(String(200))
    type: Mapped[EventType] = mapped_column(word(EventType))
    thing: Mapped[str] = mapped_column(String(260))
    named: Mapped[bool]  # whether the sender named the thing; else a correction speaks of what its first event did
    happened_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=0)
    corrects: Mapped[str | None] = mapped_column(String(200))  # the event_id, of the same source, that it replaces
    content: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("event_import.id"), index=True)


class EventMapping(Base):
    """How a source names and writes its columns: as it was last used, remembered for the next file."""

    __tablename__ = "event_mapping"
    __table_args__ = (UniqueConstraint("portfolio_id", "source", "type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id"))
    source: Mapped[str] = mapped_column(String(200))
    type: Mapped[EventType] = mapped_column(word(EventType))
    mapping: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]


class RefusedRow(Base):
    """A row of an import that was not taken in. `reason` is {"id": message id, "params": {...}}."""

    __tablename__ = "refused_row"
    __table_args__ = (UniqueConstraint("import_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("event_import.id", ondelete="CASCADE"))
    row: Mapped[int]
    event_id: Mapped[str] = mapped_column(String(200))  # kept for the mended row, so that it counts once
    cells: Mapped[list[Any]]
    field: Mapped[str] = mapped_column(String(60))
    reason: Mapped[dict[str, Any]]
