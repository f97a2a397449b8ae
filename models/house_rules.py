"""A house's own wordings over time: versions, what was put to work when, trials over history, and the bars of trust."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word
from models.conversation import Speaker
from models.finding import Answer, Severity
from models.interactions import StoredFinding, Verdict


class RuleVersion(Base):
    """A rule as a house wrote it. Never changed: a new wording is a new row with the next version."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("language", "rule_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    rule_id: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(40))  # h1, h2, ...: shipped versions are plain numbers
    base: Mapped[str | None] = mapped_column(String(40))  # the version at work when it was written; None: a new rule
    content: Mapped[dict[str, Any]]  # the fields of analyzers/phrasebook.py, without id and version
    written: Mapped[str] = mapped_column(Text)  # as its author wrote it, comments and all
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class RuleActivation(Base):
    """From when on a version judges what comes in; the newest row of a rule counts."""

    __tablename__ = "rule_activation"
    __table_args__ = (Index(None, "language", "rule_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    rule_id: Mapped[str] = mapped_column(String(120))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("rule_version.id"))  # None: as shipped
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RuleJobKind(StrEnum):
    BACKTEST = "backtest"
    RETAG = "retag"


class RuleJobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RuleJob(Base):
    """One walk over stored conversations. `cursor` is the last one that is wholly done: a killed job goes on there."""

    __tablename__ = "rule_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RuleJobKind] = mapped_column(word(RuleJobKind))
    state: Mapped[RuleJobState] = mapped_column(word(RuleJobState), default=RuleJobState.WAITING, index=True)
    versions: Mapped[list[Any]] = mapped_column(default=list)  # ids of the rule versions on trial
    since: Mapped[datetime | None]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    last: Mapped[int]  # the newest interaction when it was asked for
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    in_terminal: Mapped[bool] = mapped_column(default=False)  # a person runs it by command, no worker takes it
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Change(StrEnum):
    APPEARS = "appears"
    DISAPPEARS = "disappears"


class RuleFlip(Base):
    """A finding (or the answer of a script step) that is there under one version of the rules only."""

    __tablename__ = "rule_flip"
    __table_args__ = (Index(None, "job_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("rule_job.id", ondelete="CASCADE"))
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    change: Mapped[Change] = mapped_column(word(Change))
    code: Mapped[str] = mapped_column(String(80))
    rule_id: Mapped[str | None] = mapped_column(String(120))  # None for a step
    rule_version: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[Answer | None] = mapped_column(word(Answer))  # of a step
    turn: Mapped[int | None]
    speaker: Mapped[Speaker | None] = mapped_column(word(Speaker))
    start: Mapped[float | None]
    quote: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[Verdict] = mapped_column(word(Verdict), default=Verdict.OPEN)  # what a person said of it


class RuleBar(Base):
    """The precision that a rule must not be surely below, by severity; the newest row counts."""

    __tablename__ = "rule_bar"
    __table_args__ = (Index(None, "portfolio_id", "severity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int | None] = mapped_column(ForeignKey("portfolio.id", ondelete="CASCADE"))  # None: the house
    severity: Mapped[Severity] = mapped_column(word(Severity))
    bar: Mapped[float | None]  # None: the house's, or the product's own
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


# What live precision is counted from: only judged findings are read, however many there are.
Index(None, StoredFinding.verdict, StoredFinding.rule_id, StoredFinding.rule_version)
