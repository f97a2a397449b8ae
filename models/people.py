"""Who works here: portfolios, teams, agents, the people who sign in, and how they are known again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word


class Role(StrEnum):
    AGENT = "agent"
    ANALYST = "analyst"
    COACH = "coach"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    ADMIN = "admin"
    AUDITOR = "auditor"  # reads everything, changes nothing
    INTEGRATION = "integration"


class Portfolio(Base):
    """The client whose debts are worked. It limits what a person sees."""

    __tablename__ = "portfolio"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    creditor: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    currency: Mapped[str | None] = mapped_column(String(3))
    thresholds: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what stood before there were versions


class ThresholdSet(Base):
    """From when on something counts in one portfolio. Never changed: a new version is a new row, with its day."""

    __tablename__ = "threshold_set"
    __table_args__ = (UniqueConstraint("portfolio_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]  # only what differs from the house
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Agent(Base):
    """A person who talks to debtors. `code` is the agent's name in the dialer or CRM."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)


class Person(Base):
    """Somebody who signs in. `agent_id` where that somebody is also an agent."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(255))
    first_password: Mapped[bool] = mapped_column(default=False)  # somebody else knows it: to be changed first of all
    role: Mapped[Role] = mapped_column(word(Role))
    language: Mapped[str] = mapped_column(String(2), default="es")
    theme: Mapped[str] = mapped_column(String(8), default="light")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    every_portfolio: Mapped[bool] = mapped_column(default=False)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]


class PersonPortfolio(Base):
    """A person may see this portfolio (needless where `every_portfolio`)."""

    __tablename__ = "person_portfolio"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"), primary_key=True)


class SignIn(Base):
    """One signed-in browser. Only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """A try at signing in, to slow guessing down; `who` is a digest of address and e-mail."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class IntegrationToken(Base):
    """A dialer's or CRM's key to the HTTP interface; shown once, kept as SHA-256."""

    __tablename__ = "integration_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    portfolio_id: Mapped[int | None] = mapped_column(ForeignKey("portfolio.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The first answer to a request, given again when the same key comes back."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("integration_token.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
