"""Judgement on record: the day's draw, its queue items, evaluations, their answers and comments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word
from models.finding import Answer, Severity


class Stratum(StrEnum):
    RISK = "risk"
    RANDOM = "random"
    COVERAGE = "coverage"


class QueueDraw(Base):
    """One draw of a queue: with its plan, seed and population it can be made again to the byte."""

    __tablename__ = "queue_draw"
    __table_args__ = (UniqueConstraint("day", "plan", "number"),)  # two workers that draw at once: one of them is told

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    plan: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(default=1)  # of the day: the first is the morning's, others were asked for
    plan_version: Mapped[int]
    plan_content: Mapped[dict[str, Any]]
    seed: Mapped[int]
    population: Mapped[int]
    drawn_at: Mapped[datetime]


class ItemState(StrEnum):
    FREE = "free"
    CLAIMED = "claimed"
    DONE = "done"
    SKIPPED = "skipped"


class QueueItem(Base):
    """An interaction to be reviewed, why, from which stratum and with what probability it could come."""

    __tablename__ = "queue_item"
    __table_args__ = (UniqueConstraint("draw_id", "interaction_id"), Index(None, "state", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("queue_draw.id", ondelete="CASCADE"))
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    severity: Mapped[Severity] = mapped_column(word(Severity))
    stratum: Mapped[Stratum] = mapped_column(word(Stratum))
    risk: Mapped[str | None] = mapped_column(String(40))  # the plan's risk stratum, whichever way it was drawn
    double: Mapped[bool] = mapped_column(default=False)  # a second person scores it too, for calibration
    probability: Mapped[float]
    reasons: Mapped[list[Any]]  # [{"code": ..., "id": message id, "params": {...}}]
    state: Mapped[ItemState] = mapped_column(word(ItemState), default=ItemState.FREE)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    skip_reason: Mapped[str | None] = mapped_column(String(500))


class PublishedScorecard(Base):
    """A scorecard as it stood when first used. Never changed: a new version is a new row."""

    __tablename__ = "published_scorecard"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id")
    )  # None: its file was used for the first time


class EvaluationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RELEASED = "released"
    ACKNOWLEDGED = "acknowledged"
    APPEALED = "appealed"
    RESOLVED = "resolved"


class Evaluation(Base):
    """One person's judgement of one interaction. `version` grows with each change: a stale writer is told."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("interaction_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    queue_item_id: Mapped[int | None] = mapped_column(ForeignKey("queue_item.id", ondelete="SET NULL"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scorecard: Mapped[str] = mapped_column(String(64))
    scorecard_version: Mapped[int]
    state: Mapped[EvaluationState] = mapped_column(word(EvaluationState), default=EvaluationState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    points: Mapped[float | None]  # what counts today: an upheld appeal changes it
    points_submitted: Mapped[float | None]  # as the reviewer sent it
    passed: Mapped[bool | None]
    failed_by: Mapped[list[Any]] = mapped_column(default=list)
    outcome: Mapped[str | None] = mapped_column(String(40))  # what the words led to, recorded beside the score
    summary: Mapped[str | None] = mapped_column(Text)
    listened_seconds: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    release_at: Mapped[datetime | None]  # the date it is to be released on, where one was set
    released_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]


class EvaluationAnswer(Base):
    """The system's proposal and the person's answer to one criterion, side by side."""

    __tablename__ = "evaluation_answer"
    __table_args__ = (UniqueConstraint("evaluation_id", "criterion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(80))
    proposed: Mapped[Answer] = mapped_column(word(Answer))
    turns: Mapped[list[Any]] = mapped_column(default=list)
    quote: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(200), default="")
    hidden: Mapped[Answer | None] = mapped_column(word(Answer))  # what was proposed and withheld, to go on measuring it
    answer: Mapped[Answer | None] = mapped_column(word(Answer))  # None: not answered by a person yet
    value: Mapped[str | None] = mapped_column(Text)  # the option, number or text of a question that asks for one
    reason: Mapped[str | None] = mapped_column(String(200))
    comment: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]


class MomentComment(Base):
    """A reviewer's remark at a turn or a second."""

    __tablename__ = "moment_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    turn: Mapped[int | None]
    second: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
