"""What surrounds an evaluation: drafts of scorecards, plans, appeals, notices and the cases people have labelled."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word
from models.finding import Answer


class ScorecardDraft(Base):
    """The next version of a scorecard while people write it. `version` grows with each save."""

    __tablename__ = "scorecard_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    base_version: Mapped[int]  # of the published card that it started from; 0 for a new one
    content: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class PortfolioScorecard(Base):
    """The scorecard that a portfolio's new evaluations use; without a row it is the usual one."""

    __tablename__ = "portfolio_scorecard"

    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime]


class SamplingPlan(Base):
    """A version of a sampling plan as somebody saved it. Never changed: a new version is a new row."""

    __tablename__ = "sampling_plan"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class AnalystCapacity(Base):
    """How many reviews a day one analyst can do from a day on; 0 while away."""

    __tablename__ = "analyst_capacity"
    __table_args__ = (Index(None, "person_id", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    from_day: Mapped[date]
    to_day: Mapped[date | None]  # the last day of it; None: until another entry says otherwise
    reviews: Mapped[int]


class AppealOutcome(StrEnum):
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


class Appeal(Base):
    """An agent's objection to answers of one evaluation. `due_at` is when it should be answered at the latest."""

    __tablename__ = "appeal"
    __table_args__ = (Index(None, "resolved_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"), unique=True)
    filed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    outcome: Mapped[AppealOutcome | None] = mapped_column(word(AppealOutcome))
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]
    points_before: Mapped[float | None]
    points_after: Mapped[float | None]


class AppealedAnswer(Base):
    """One answer under appeal: why, how it stood, and what was decided."""

    __tablename__ = "appealed_answer"
    __table_args__ = (UniqueConstraint("appeal_id", "criterion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(80))
    comment: Mapped[str] = mapped_column(Text)
    before: Mapped[Answer | None] = mapped_column(word(Answer))
    value_before: Mapped[str | None] = mapped_column(Text)
    accepted: Mapped[bool | None]
    after: Mapped[Answer | None] = mapped_column(word(Answer))
    value_after: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)  # in the resolver's words


class Notification(Base):
    """Something a person should know, told in the app. `says` is a message id with {placeholders}."""

    __tablename__ = "notification"
    __table_args__ = (Index(None, "person_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    says: Mapped[str] = mapped_column(String(200))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class CaseSource(StrEnum):
    OVERRIDE = "override"
    APPEAL = "appeal"


class LabelledCase(Base):
    """A question where a person knew better: the proposal (or the answer overturned) and the answer that stands."""

    __tablename__ = "labelled_case"
    __table_args__ = (UniqueConstraint("evaluation_id", "criterion", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    scorecard: Mapped[str] = mapped_column(String(64))
    scorecard_version: Mapped[int]
    criterion: Mapped[str] = mapped_column(String(80), index=True)
    source: Mapped[CaseSource] = mapped_column(word(CaseSource))
    proposed: Mapped[Answer] = mapped_column(word(Answer))
    label: Mapped[Answer] = mapped_column(word(Answer))
    why: Mapped[str] = mapped_column(String(200), default="")  # what the proposal stood on
    turns: Mapped[list[Any]] = mapped_column(default=list)
    quote: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)  # the person's own words
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
