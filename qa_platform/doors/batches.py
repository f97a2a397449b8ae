"""Uploaded batches as people see them: what became of each file, and how far its interactions are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from models.finding import Outcome
from models.interactions import (
    FileStatus,
    IngestBatch,
    IngestFile,
    Interaction,
    Source,
    Stage,
    StoredFinding,
    Verdict,
)
from models.people import Agent, Person
from models.work import Worker
from qa_platform.access.rights import NotFound, Viewer, in_reach

FILES_SHOWN = 200
BATCHES_SHOWN = 6
SILENT_FOR = timedelta(seconds=30)
PAST: Mapping[Stage, int] = {Stage.LISTENING: 1, Stage.TRANSCRIBING: 2, Stage.ANALYZING: 3, Stage.READY: 4}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of a batch. `steps_done` of 4: received, heard, written down, understood."""

    name: str
    size: int | None
    status: FileStatus
    what: Mapping[str, Any] | None
    remedy: Mapping[str, Any] | None
    interaction: Interaction | None
    agent: str | None
    worst: str | None  # the code of its gravest finding
    findings: int
    reachable: bool

    @property
    def steps_done(self) -> int:
        return PAST.get(self.interaction.stage, 1) if self.interaction else 0

    @property
    def failed(self) -> bool:
        return self.interaction is not None and self.interaction.stage is Stage.FAILED

    @property
    def working(self) -> bool:
        return self.interaction is not None and self.interaction.stage not in (Stage.READY, Stage.FAILED)


@dataclass(frozen=True, slots=True)
class StepCount:
    """How many of those that need a step are through it; `without` did not need it, `missed` went on without it."""

    stage: Stage
    done: int
    total: int
    without: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class BatchView:
    id: int
    created_at: datetime
    finished_at: datetime | None
    by: str | None
    source: Source | None
    lines: tuple[FileLine, ...]
    counts: Mapping[FileStatus, int]
    steps: tuple[StepCount, ...]
    found: Mapping[str, int]  # findings by family

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def refused(self) -> tuple[FileLine, ...]:
        return tuple(line for line in self.lines if line.status in (FileStatus.REFUSED, FileStatus.SKIPPED))

    @property
    def taken(self) -> tuple[FileLine, ...]:
        return tuple(line for line in self.lines if line.interaction is not None)

    @property
    def ready(self) -> int:
        return self.steps[-1].done

    @property
    def failed(self) -> int:
        return len({line.interaction.id for line in self.taken if line.failed and line.interaction})

    @property
    def wordless(self) -> tuple[FileLine, ...]:
        """Recordings that went on without a transcript."""
        return tuple(line for line in self.taken if line.interaction is not None and line.interaction.no_transcript)

    @property
    def working(self) -> bool:
        return any(line.working for line in self.lines)


@dataclass(frozen=True, slots=True)
class EarlierBatch:
    id: int
    created_at: datetime
    source: str | None
    accepted: int
    total: int


def view(session: Session, viewer: Viewer, batch_id: int | None = None) -> BatchView | None:
    """A batch, or the newest one. None where there is none yet; raises NotFound for one out of reach."""
    if batch_id is None:
        newest = select(IngestBatch).where(_visible(viewer)).order_by(IngestBatch.id.desc()).limit(1)
        batch = session.scalar(newest)
        if batch is None:
            return None
    else:
        batch = visible_batch(session, viewer, batch_id)
    lines = _lines(session, viewer, batch.id)
    counts = session.execute(
        select(IngestFile.status, func.count().label("files"))
        .where(IngestFile.batch_id == batch.id)
        .group_by(IngestFile.status)
    )
    return BatchView(
        id=batch.id,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        by=session.scalar(select(Person.name).where(Person.id == batch.person_id)),
        source=session.get(Source, batch.source_id or 0),
        lines=lines,
        counts={row.status: row.files for row in counts},
        steps=_steps(session, batch.id),
        found=_found(session, batch.id),
    )


def earlier(session: Session, viewer: Viewer, *, than: int | None) -> tuple[EarlierBatch, ...]:
    accepted = func.count().filter(IngestFile.status == FileStatus.ACCEPTED)
    rows = session.execute(
        select(IngestBatch.id, IngestBatch.created_at, Source.name, accepted, func.count(IngestFile.id))
        .outerjoin(Source, Source.id == IngestBatch.source_id)
        .join(IngestFile, IngestFile.batch_id == IngestBatch.id)
        .where(_visible(viewer), IngestBatch.id != (than or 0))
        .group_by(IngestBatch.id, IngestBatch.created_at, Source.name)
        .order_by(IngestBatch.id.desc())
        .limit(BATCHES_SHOWN)
    )
    return tuple(EarlierBatch(*row) for row in rows)


def somebody_works(session: Session, *, now: datetime) -> bool:
    """Whether any worker process has been heard of lately."""
    newest = session.scalar(select(func.max(Worker.seen_at)))
    return newest is not None and now - newest <= SILENT_FOR


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.every_portfolio else IngestBatch.person_id == viewer.id


def visible_batch(session: Session, viewer: Viewer, batch_id: int) -> IngestBatch:
    """Raises NotFound for a batch of somebody else, unless the viewer sees every portfolio."""
    batch = session.scalar(select(IngestBatch).where(IngestBatch.id == batch_id, _visible(viewer)))
    if batch is None:
        raise NotFound
    return batch


def _lines(session: Session, viewer: Viewer, batch_id: int) -> tuple[FileLine, ...]:
    rows = session.execute(
        select(IngestFile, Interaction, Agent.name, in_reach(viewer).label("reachable"))
        .outerjoin(Interaction, Interaction.id == IngestFile.interaction_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .where(IngestFile.batch_id == batch_id)
        .order_by(IngestFile.id.desc())
        .limit(FILES_SHOWN)
    ).all()
    graded = _graded(session, [row.Interaction.id for row in rows if row.Interaction])
    return tuple(
        FileLine(
            name=row.IngestFile.name,
            size=row.IngestFile.size,
            status=row.IngestFile.status,
            what=row.IngestFile.what,
            remedy=row.IngestFile.remedy,
            interaction=row.Interaction,
            agent=row.name,
            worst=graded[row.Interaction.id][0] if row.Interaction and row.Interaction.id in graded else None,
            findings=graded[row.Interaction.id][1] if row.Interaction and row.Interaction.id in graded else 0,
            reachable=bool(row.reachable) and row.Interaction is not None,
        )
        for row in rows
    )


def _graded(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[str, int]]:
    """The gravest finding of each interaction, and how many there are."""
    found = session.execute(
        select(StoredFinding.interaction_id, StoredFinding.severity, StoredFinding.code).where(
            StoredFinding.interaction_id.in_(ids), _stands()
        )
    ).all()
    counts = Counter(row.interaction_id for row in found)
    gravest = {row.interaction_id: row.code for row in sorted(found, key=lambda row: -row.severity.rank)}
    return {key: (gravest[key], count) for key, count in counts.items()}


def _steps(session: Session, batch_id: int) -> tuple[StepCount, ...]:
    columns = (Interaction.id, Interaction.stage, Interaction.recording_id, Interaction.transcript_id)
    rows = session.execute(
        select(*columns, Interaction.no_transcript)
        .join(IngestFile, IngestFile.interaction_id == Interaction.id)
        .where(IngestFile.batch_id == batch_id, IngestFile.status == FileStatus.ACCEPTED)
        .distinct()
    ).all()
    heard = [PAST.get(row.stage, 1) for row in rows if row.recording_id]
    spoken = [row for row in rows if row.recording_id and not row.transcript_id]
    written = [row for row in spoken if PAST.get(row.stage, 1) >= 3]
    wordless = sum(row.no_transcript is not None for row in written)
    understood = [PAST.get(row.stage, 1) for row in rows]
    return (
        StepCount(Stage.RECEIVED, len(rows), len(rows)),
        StepCount(Stage.LISTENING, sum(past >= 2 for past in heard), len(heard), len(rows) - len(heard)),
        StepCount(Stage.TRANSCRIBING, len(written) - wordless, len(spoken), len(rows) - len(spoken), wordless),
        StepCount(Stage.ANALYZING, sum(past >= 4 for past in understood), len(understood)),
    )


def _found(session: Session, batch_id: int) -> Mapping[str, int]:
    codes = session.scalars(
        select(StoredFinding.code).where(
            StoredFinding.interaction_id.in_(
                select(IngestFile.interaction_id).where(
                    IngestFile.batch_id == batch_id, IngestFile.interaction_id.is_not(None)
                )
            ),
            _stands(),
        )
    )
    return Counter(code.split(".", 1)[0] for code in codes)


def _stands() -> ColumnElement[bool]:
    return (StoredFinding.outcome == Outcome.DETECTED) & (StoredFinding.verdict != Verdict.REJECTED)
