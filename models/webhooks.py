"""What is told to other systems: their addresses, and every event on its way to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class WebhookEndpoint(Base):
    """Where events go. `secret` signs them and is shown once, when it is made."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(200))
    kinds: Mapped[list[Any]] = mapped_column(default=list)  # empty: every kind of event
    portfolio_id: Mapped[int | None] = mapped_column(ForeignKey("portfolio.id"))  # None: all of them
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]  # the receiver asked for no more: nothing is kept for it
    paused_at: Mapped[datetime | None]  # by a person: events wait until it goes on


class OutgoingEvent(Base):
    """One event for one endpoint. Written in the transaction of the act itself, so that none is lost or invented."""

    __tablename__ = "outgoing_event"
    __table_args__ = (UniqueConstraint("endpoint_id", "event"), Index(None, "done_at", "next_try_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(64))  # the same id at every attempt: a receiver drops repeats by it
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # delivered, or given up
    delivered: Mapped[bool] = mapped_column(default=False)
    tried_at: Mapped[datetime | None]  # the last attempt, with what the receiver answered and what went wrong
    status: Mapped[int | None]
    trouble: Mapped[str | None] = mapped_column(String(200))
