"""The evaluator report: severity against colleagues on the same conversations, drift, and adjusted scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calibration import CalibrationSession
from models.evaluations import Evaluation, EvaluationState
from models.interactions import Interaction
from models.people import Person
from qa_platform.access.rights import Right, Viewer, in_reach
from qa_platform.calibration.results import filled_sheets
from scorecards.severity import Drift, Given, Leniency, adjusted, drift, leniencies

EPOCH = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class EvaluatorRow:
    """`raw` and `adjusted` are the means of their official evaluations in the period; `leniency` None where nobody
    scored the same conversations."""

    person_id: int
    person: str
    evaluations: int
    raw: float | None
    adjusted: float | None
    leniency: Leniency | None
    drift: Drift | None


def evaluators(session: Session, viewer: Viewer, *, since: datetime, until: datetime) -> tuple[EvaluatorRow, ...]:
    """Everybody who evaluated or calibrated in the period, by name."""
    viewer.must(Right.READ_JUDGEMENT)
    given = _given(session, viewer, since=since, until=until)
    known = {one.rater: one for one in leniencies(given)}
    official: dict[int, list[float]] = {}
    for row in session.execute(
        select(Evaluation.reviewer_id, Evaluation.points_submitted)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(
            Evaluation.state != EvaluationState.DRAFT,
            Evaluation.submitted_at >= since,
            Evaluation.submitted_at <= until,
            Evaluation.points_submitted.is_not(None),
            in_reach(viewer),
        )
    ):
        official.setdefault(row.reviewer_id, []).append(row.points_submitted)
    concerned = sorted({*official, *(int(one.rater) for one in given)})
    names = session.execute(select(Person.id, Person.name).where(Person.id.in_(concerned)).order_by(Person.name))
    return tuple(
        EvaluatorRow(
            person_id=row.id,
            person=row.name,
            evaluations=len(official.get(row.id, ())),
            raw=_mean(official.get(row.id, [])),
            adjusted=_mean([adjusted(points, str(row.id), known) for points in official.get(row.id, [])]),
            leniency=known.get(str(row.id)),
            drift=drift(given, str(row.id)),
        )
        for row in names
    )


def adjusted_points(session: Session, viewer: Viewer, *, since: datetime, until: datetime) -> dict[int, float]:
    """By evaluation, the points as an evaluator of middling severity would have given them. For show: nothing is
    stored."""
    viewer.must(Right.READ_JUDGEMENT)
    known = {one.rater: one for one in leniencies(_given(session, viewer, since=since, until=until))}
    rows = session.execute(
        select(Evaluation.id, Evaluation.reviewer_id, Evaluation.points)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(Evaluation.state != EvaluationState.DRAFT, Evaluation.points.is_not(None), in_reach(viewer))
    )
    return {row.id: adjusted(row.points, str(row.reviewer_id), known) for row in rows}


def _given(session: Session, viewer: Viewer, *, since: datetime, until: datetime) -> list[Given]:
    """Points that several people gave to one interaction, from closed sessions."""
    rooms = session.scalars(
        select(CalibrationSession)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(CalibrationSession.closed_at >= since, CalibrationSession.closed_at <= until, in_reach(viewer))
        .order_by(CalibrationSession.id)
    ).all()
    return [
        Given(str(room.id), str(sheet.person_id), sheet.points, float((room.closed_at.date() - EPOCH).days))
        for room in rooms
        if room.closed_at is not None
        for sheet in filled_sheets(session, room)
        if sheet.points is not None
    ]


def _mean(points: list[float]) -> float | None:
    return round(fmean(points), 1) if points else None
