"""What monitoring asks for: how much came in, how far it is, what waits and who works. Counts only, of no person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.evaluations import ItemState, QueueItem
from models.interactions import FileStatus, IngestFile, Interaction, Stage
from models.work import Worker
from qa_platform.doors.batches import SILENT_FOR


@dataclass(frozen=True, slots=True)
class Figure:
    """One number under its name; `labels` tell several of one name apart."""

    name: str
    says: str
    value: float
    labels: Mapping[str, str]


def figures(session: Session, *, now: datetime) -> tuple[Figure, ...]:
    stages = _counted(session, Interaction.stage)
    files = _counted(session, IngestFile.status)
    items = _counted(session, QueueItem.state)
    alive = session.scalar(select(func.count()).select_from(Worker).where(Worker.seen_at > now - SILENT_FOR))
    oldest = session.scalar(select(func.min(Interaction.received_at)).where(Interaction.stage == Stage.RECEIVED))
    return (
        *_each("qa_interactions", "Interactions by stage", "stage", Stage, stages),
        *_each("qa_files", "Files offered, by what became of them", "status", FileStatus, files),
        *_each("qa_queue_items", "Items of the review queue by state", "state", ItemState, items),
        Figure("qa_workers", "Workers heard of lately", alive or 0, {}),
        Figure("qa_oldest_waiting_seconds", "Age of what waits longest", _seconds(oldest, now), {}),
    )


def exposition(found: tuple[Figure, ...]) -> str:
    """The figures in the text format that Prometheus reads."""
    return "".join(_lines(found))


def _lines(found: tuple[Figure, ...]) -> Iterator[str]:
    told: set[str] = set()
    for figure in found:
        if figure.name not in told:
            told.add(figure.name)
            yield f"# HELP {figure.name} {figure.says}.\n# TYPE {figure.name} gauge\n"
        labels = ",".join(f'{name}="{value}"' for name, value in figure.labels.items())
        yield f"{figure.name}{{{labels}}} {figure.value:g}\n" if labels else f"{figure.name} {figure.value:g}\n"


def _counted(session: Session, column: object) -> Mapping[str, int]:
    rows = session.execute(select(column, func.count()).group_by(column))  # type: ignore[call-overload]
    return {str(word): count for word, count in rows}


def _each(
    name: str, says: str, label: str, words: type[Stage] | type[FileStatus] | type[ItemState], counts: Mapping[str, int]
) -> Iterator[Figure]:
    """A figure for every word, also for those of which there are none: a missing line looks like a broken one."""
    for word in words:
        yield Figure(name, says, counts.get(word.value, 0), {label: word.value})


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
