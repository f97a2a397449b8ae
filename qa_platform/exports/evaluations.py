"""Evaluations as rows: one an evaluation, with a column a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import Row as Found
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, QueueDraw, QueueItem
from models.interactions import Interaction
from models.judgement import Appeal
from models.people import Agent, Person, Portfolio
from qa_platform.access.rights import Right, Viewer, in_reach

BATCH = 500
Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = Mapping[str, Cell]

COLUMNS = (
    "evaluation",
    "interaction",
    "external_id",
    "channel",
    "direction",
    "started_at",
    "portfolio",
    "agent_code",
    "agent",
    "reviewer",
    "scorecard",
    "scorecard_version",
    "state",
    "points",
    "points_submitted",
    "passed",
    "failed_by",
    "outcome",
    "stratum",
    "risk",
    "probability",
    "draw_seed",
    "listened_seconds",
    "submitted_at",
    "released_at",
    "acknowledged_at",
    "appeal_outcome",
    "resolved_at",
    "summary",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Submitted in this period (its end not in); None: since ever, until now."""

    since: datetime | None = None
    until: datetime | None = None
    portfolio_id: int | None = None
    agent_id: int | None = None
    scorecard: str | None = None


def evaluation_rows(session: Session, viewer: Viewer, *, wanted: Wanted | None = None) -> Iterator[Row]:
    """Every submitted evaluation within the viewer's reach, the oldest first, a few hundred at a time.

    Answers are columns "answer.<question>", given values "value.<question>", comments "comment.<question>".
    """
    viewer.must(Right.EXPORT)
    wanted = wanted or Wanted()
    last = 0
    while batch := session.execute(_asked(viewer, wanted).where(Evaluation.id > last).limit(BATCH)).all():
        last = batch[-1].Evaluation.id
        answers = _answers(session, [row.Evaluation.id for row in batch])
        for row in batch:
            yield {**_facts(row), **answers.get(row.Evaluation.id, {})}


def columns(rows: Sequence[Row]) -> tuple[str, ...]:
    """The fixed columns, then every question's that any row has, in the order met."""
    seen = dict.fromkeys(COLUMNS)
    for row in rows:
        seen.update(dict.fromkeys(row))
    return tuple(seen)


def _asked(viewer: Viewer, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    asked = (
        select(
            Evaluation,
            Interaction,
            Agent.code.label("agent_code"),
            Agent.name.label("agent"),
            Person.name.label("reviewer"),
            Portfolio.code.label("portfolio"),
            QueueItem.stratum,
            QueueItem.risk,
            QueueItem.probability,
            QueueDraw.seed,
            Appeal.outcome.label("appeal"),
        )
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .join(Person, Person.id == Evaluation.reviewer_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .outerjoin(QueueItem, QueueItem.id == Evaluation.queue_item_id)
        .outerjoin(QueueDraw, QueueDraw.id == QueueItem.draw_id)
        .outerjoin(Appeal, Appeal.evaluation_id == Evaluation.id)
        .where(Evaluation.state != EvaluationState.DRAFT, in_reach(viewer))
        .order_by(Evaluation.id)
    )
    if wanted.since is not None:
        asked = asked.where(Evaluation.submitted_at >= wanted.since)
    if wanted.until is not None:
        asked = asked.where(Evaluation.submitted_at < wanted.until)
    for column, value in (
        (Interaction.portfolio_id, wanted.portfolio_id),
        (Interaction.agent_id, wanted.agent_id),
        (Evaluation.scorecard, wanted.scorecard),
    ):
        if value is not None:
            asked = asked.where(column == value)
    return asked


def _facts(row: Found[Any]) -> dict[str, Cell]:
    one: Evaluation = row.Evaluation
    interaction: Interaction = row.Interaction
    return {
        "evaluation": one.id,
        "interaction": interaction.id,
        "external_id": interaction.external_id,
        "channel": interaction.channel.value,
        "direction": interaction.direction.value,
        "started_at": _moment(interaction.started_at),
        "portfolio": row.portfolio,
        "agent_code": row.agent_code,
        "agent": row.agent,
        "reviewer": row.reviewer,
        "scorecard": one.scorecard,
        "scorecard_version": one.scorecard_version,
        "state": one.state.value,
        "points": one.points,
        "points_submitted": one.points_submitted,
        "passed": one.passed,
        "failed_by": " ".join(one.failed_by),
        "outcome": one.outcome,
        "stratum": row.stratum.value if row.stratum else None,
        "risk": row.risk,
        "probability": row.probability,
        "draw_seed": row.seed,
        "listened_seconds": one.listened_seconds,
        "submitted_at": _moment(one.submitted_at),
        "released_at": _moment(one.released_at),
        "acknowledged_at": _moment(one.acknowledged_at),
        "appeal_outcome": row.appeal.value if row.appeal else None,
        "resolved_at": _moment(one.resolved_at),
        "summary": one.summary,
    }


def _answers(session: Session, evaluations: Iterable[int]) -> dict[int, dict[str, Cell]]:
    found: dict[int, dict[str, Cell]] = {}
    for row in session.scalars(
        select(EvaluationAnswer)
        .where(EvaluationAnswer.evaluation_id.in_(list(evaluations)))
        .order_by(EvaluationAnswer.id)
    ):
        own = found.setdefault(row.evaluation_id, {})
        own[f"answer.{row.criterion}"] = row.answer.value if row.answer else None
        if row.value:
            own[f"value.{row.criterion}"] = row.value
        own[f"comment.{row.criterion}"] = row.comment
    return found


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="seconds")
