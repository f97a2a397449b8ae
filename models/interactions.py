"""What came in and what was found in it: sources, files, interactions, their words, findings, promises and steps."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word
from models.conversation import Channel, Direction, Layout, LegalStatus, Speaker
from models.finding import Answer, Outcome, Severity, Strength


class Source(Base):
    """Where files come from and how to read their names, channels and clock. See qa_platform/doors/sources.py."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    portfolio_id: Mapped[int | None] = mapped_column(ForeignKey("portfolio.id"))
    file_name_pattern: Mapped[str | None] = mapped_column(String(500))  # regex with named groups
    agent_channel: Mapped[int | None]  # 0 = left, 1 = right, None = not known
    time_zone: Mapped[str | None] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str | None] = mapped_column(String(2))
    date_order: Mapped[str | None] = mapped_column(String(3))  # dmy, mdy, ymd
    agent_names: Mapped[list[Any]] = mapped_column(default=list)
    raw_rate: Mapped[int | None]  # samples a second of sound without a header
    raw_coding: Mapped[str | None] = mapped_column(String(12))
    raw_channels: Mapped[int | None]
    agent_leg: Mapped[str | None] = mapped_column(String(40))  # the word in the name of the agent's own file
    customer_leg: Mapped[str | None] = mapped_column(String(40))
    recording_hosts: Mapped[list[Any]] = mapped_column(default=list)  # whose addresses recordings are fetched from
    watched: Mapped[str | None] = mapped_column(String(500))  # a folder, or s3://bucket/prefix
    bucket_endpoint: Mapped[str | None] = mapped_column(String(300))
    bucket_region: Mapped[str | None] = mapped_column(String(60))


class SeenFile(Base):
    """A file that a watched place held and that was taken in; `mark` changes when its content does."""

    __tablename__ = "seen_file"
    __table_args__ = (UniqueConstraint("source_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(1024))
    mark: Mapped[str] = mapped_column(String(200))
    seen_at: Mapped[datetime]


class StoredObject(Base):
    """Bytes that came in, kept once. `folder` is a random name, never the submitted one."""

    __tablename__ = "stored_object"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    folder: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class IngestBatch(Base):
    __tablename__ = "ingest_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class FileStatus(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    SKIPPED = "skipped"


class IngestFile(Base):
    """What became of one file that was offered. `what`/`remedy` are {"id": message id, "params": {...}}."""

    __tablename__ = "ingest_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("ingest_batch.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(500))
    size: Mapped[int | None]
    status: Mapped[FileStatus] = mapped_column(word(FileStatus))
    what: Mapped[dict[str, Any] | None]
    remedy: Mapped[dict[str, Any] | None]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)


class Debt(Base):
    """The debt that is worked (the account), as last told."""

    __tablename__ = "debt"
    __table_args__ = (UniqueConstraint("portfolio_id", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolio.id"))
    ref: Mapped[str] = mapped_column(String(120))  # the creditor's number for it
    balance: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    minimum_payment: Mapped[Decimal | None]
    days_past_due: Mapped[int | None]
    legal_status: Mapped[LegalStatus | None] = mapped_column(word(LegalStatus))
    segment: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[datetime]


class Stage(StrEnum):
    """How far an interaction has come. The order is the order of work."""

    RECEIVED = "received"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    ANALYZING = "analyzing"
    READY = "ready"
    FAILED = "failed"


class Interaction(Base):
    """One call, chat thread or mail. The account's figures are those of its own day."""

    __tablename__ = "interaction"
    __table_args__ = (
        Index(None, "portfolio_id", "started_at"),
        Index(None, "agent_id", "started_at"),
        Index(None, "started_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    content_key: Mapped[str] = mapped_column(String(64), unique=True)  # digest of all its bytes: the same twice is one
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    portfolio_id: Mapped[int | None] = mapped_column(ForeignKey("portfolio.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    debt_id: Mapped[int | None] = mapped_column(ForeignKey("debt.id"), index=True)
    channel: Mapped[Channel] = mapped_column(word(Channel))
    direction: Mapped[Direction] = mapped_column(word(Direction), default=Direction.OUTBOUND)
    language: Mapped[str] = mapped_column(String(2))
    language_told: Mapped[bool] = mapped_column(default=True)  # else it is the house's own, until the words are heard
    country: Mapped[str | None] = mapped_column(String(2))
    started_at: Mapped[datetime]  # the time it came in, where nothing tells when it began
    started_at_known: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str | None] = mapped_column(String(64))
    disposition: Mapped[str | None] = mapped_column(String(120))  # the code that the agent typed
    balance: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    minimum_payment: Mapped[Decimal | None]
    days_past_due: Mapped[int | None]
    legal_status: Mapped[LegalStatus | None] = mapped_column(word(LegalStatus))
    segment: Mapped[str | None] = mapped_column(String(64))

    recording_id: Mapped[int | None] = mapped_column(ForeignKey("stored_object.id"))
    transcript_id: Mapped[int | None] = mapped_column(ForeignKey("stored_object.id"))
    transcript_format: Mapped[str | None] = mapped_column(String(40))
    agent_channel: Mapped[int | None]
    stage: Mapped[Stage] = mapped_column(word(Stage), default=Stage.RECEIVED, index=True)
    progress: Mapped[float] = mapped_column(default=0.0)  # of the stage, 0..1
    failure: Mapped[dict[str, Any] | None]  # {"says": id, "remedy": id, "params": {...}}
    warnings: Mapped[list[Any]] = mapped_column(default=list)  # [{"id": message id, "params": {...}}]
    received_at: Mapped[datetime]
    run: Mapped[int] = mapped_column(default=1)  # grows each time it is sent through the pipeline again
    processed_at: Mapped[datetime | None]

    duration: Mapped[float | None]
    layout: Mapped[Layout | None] = mapped_column(word(Layout))
    turn_count: Mapped[int] = mapped_column(default=0)
    transcript_model: Mapped[str | None] = mapped_column(String(200))
    fixture_words: Mapped[bool] = mapped_column(default=False)  # spoken through the demonstration micro-model
    no_transcript: Mapped[dict[str, Any] | None]  # why there are no words: {"id": message id, "params": {...}}
    has_end_times: Mapped[bool] = mapped_column(default=True)
    speech: Mapped[dict[str, Any] | None]  # SpeechEvents as in the contract, plus voices: [{"side", "talk": [[s, e]]}]
    outcome: Mapped[str | None] = mapped_column(String(40))
    worst: Mapped[Severity | None] = mapped_column(word(Severity))
    proposed_points: Mapped[float | None]
    proposed_range: Mapped[list[Any] | None]  # [low, high]
    heard_languages: Mapped[list[Any] | None]  # [{"side", "language", "by", "sure"}], a channel each
    thresholds: Mapped[dict[str, Any] | None]  # {"version": 0 for the house's, "values": {...}} of the last analysis
    only_understand: Mapped[bool] = mapped_column(default=False)  # sent again for the analysis alone
    sides: Mapped[dict[str, Any] | None]  # how it was decided who is the agent; see qa_platform/sides.py


class Waveform(Base):
    """Precomputed peaks for the player; see qa_platform/ears/peaks.py for the bytes."""

    __tablename__ = "waveform"

    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class StoredTurn(Base):
    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("interaction_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    position: Mapped[int]
    speaker: Mapped[Speaker] = mapped_column(word(Speaker))
    text: Mapped[str] = mapped_column(Text)
    start: Mapped[float | None]
    end: Mapped[float | None]
    at: Mapped[datetime | None]
    words: Mapped[list[Any]] = mapped_column(default=list)  # [[text, start, end], ...]


class Verdict(StrEnum):
    """What a person says of a finding."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class StoredFinding(Base):
    __tablename__ = "finding"
    __table_args__ = (Index(None, "interaction_id", "code"), Index(None, "code", "verdict"))

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(80))
    severity: Mapped[Severity] = mapped_column(word(Severity))
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    rule_id: Mapped[str] = mapped_column(String(120))
    rule_version: Mapped[str] = mapped_column(String(40))
    turn: Mapped[int | None]
    speaker: Mapped[Speaker | None] = mapped_column(word(Speaker))
    start: Mapped[float | None]
    end: Mapped[float | None]
    quote: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[float]
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
    verdict: Mapped[Verdict] = mapped_column(word(Verdict), default=Verdict.OPEN)
    verdict_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verdict_why: Mapped[str | None] = mapped_column(String(500))
    verdict_at: Mapped[datetime | None]


class StoredPromise(Base):
    __tablename__ = "promise"

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    turn: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    strength: Mapped[Strength] = mapped_column(word(Strength))
    rule_id: Mapped[str] = mapped_column(String(120))
    rule_version: Mapped[str] = mapped_column(String(40))
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    due: Mapped[date | None]
    due_from: Mapped[date | None]
    due_to: Mapped[date | None]
    ambiguous: Mapped[bool] = mapped_column(default=False)
    alternative_due: Mapped[date | None]
    channel: Mapped[str | None] = mapped_column(String(40))
    conditional: Mapped[bool] = mapped_column(default=False)
    start: Mapped[float | None]
    end: Mapped[float | None]
    confidence: Mapped[float] = mapped_column(default=1.0)


class StoredStep(Base):
    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("interaction_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(80))
    answer: Mapped[Answer] = mapped_column(word(Answer))
    turns: Mapped[list[Any]] = mapped_column(default=list)
    quote: Mapped[str | None] = mapped_column(Text)
