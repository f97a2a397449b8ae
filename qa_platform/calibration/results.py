"""What calibration says: per session who answered what against the baseline, and over many how far people agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calibration import CalibrationKind, CalibrationSession, CalibrationSheet
from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState
from models.finding import Answer
from models.interactions import Interaction
from models.judgement import Appeal, AppealedAnswer
from models.people import Person
from models.scorecard import Scorecard
from qa_platform.access.rights import NotFound, Right, Viewer, in_reach
from qa_platform.calibration.room import StillBlind, answers_of
from qa_platform.evaluations import published_cards
from scorecards.reliability import (
    Coefficient,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)

CHOICES = 4  # met, not met, not applicable, undetermined: what a rater could have said


@dataclass(frozen=True, slots=True)
class Given:
    answer: Answer
    value: str | None
    comment: str | None = None

    @property
    def category(self) -> Hashable:
        return (self.answer.value, self.value or "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`points_off`: against the baseline's; None where either has none."""

    person_id: int
    person: str
    points: float | None
    expert: bool
    official: bool  # the reviewer's own evaluation, beside a double scoring
    points_off: float | None
    answers_off: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question over all sheets. `baseline` is the expert's answer, or what most gave (None: no majority);
    `off` are the people who differ from it."""

    criterion: str
    label: str
    given: tuple[tuple[int, Given], ...]  # by person id
    baseline: Given | None
    off: tuple[int, ...]

    @property
    def agreed(self) -> bool:
        return not self.off and self.baseline is not None


@dataclass(frozen=True, slots=True)
class Reliability:
    """The coefficients of one table of ratings; `kappa` is Cohen's, only where the same two people rated."""

    name: str
    percent: Coefficient
    fleiss: Coefficient
    alpha: Coefficient
    ac1: Coefficient
    kappa: Coefficient | None


@dataclass(frozen=True, slots=True)
class SessionResult:
    id: int
    interaction_id: int
    kind: CalibrationKind
    closed_at: datetime
    card: Scorecard
    sheets: tuple[Sheet, ...]
    questions: tuple[QuestionResult, ...]
    reliability: Reliability


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as the room lists it. `sheet_id` is the viewer's own; `free` a double scoring they may take."""

    id: int
    interaction_id: int
    kind: CalibrationKind
    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None
    invited: int
    submitted: int
    sheet_id: int | None
    mine_submitted: bool
    free: bool


def sessions(session: Session, viewer: Viewer, *, open_only: bool = True) -> tuple[SessionRow, ...]:
    """The sessions that concern the viewer: their own, free double scorings, and all of them for whoever leads."""
    if not viewer.may(Right.READ_JUDGEMENT):
        viewer.must(Right.CALIBRATE)
    asked = (
        select(CalibrationSession)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(in_reach(viewer))
        .order_by(CalibrationSession.id.desc())
    )
    if open_only:
        asked = asked.where(CalibrationSession.closed_at.is_(None))
    rooms = session.scalars(asked).all()
    sheets: dict[int, list[CalibrationSheet]] = defaultdict(list)
    for sheet in session.scalars(
        select(CalibrationSheet).where(CalibrationSheet.session_id.in_([room.id for room in rooms]))
    ):
        sheets[sheet.session_id].append(sheet)
    evaluated = set(session.scalars(select(Evaluation.interaction_id).where(Evaluation.reviewer_id == viewer.id)))
    rows = [_row(room, sheets[room.id], viewer, evaluated) for room in rooms]
    leads = viewer.may(Right.READ_JUDGEMENT)
    return tuple(row for row in rows if leads or row.sheet_id is not None or row.free)


def result(session: Session, viewer: Viewer, session_id: int) -> SessionResult:
    """A closed session, for those who took part and whoever leads. Raises NotFound, StillBlind."""
    room = session.scalar(
        select(CalibrationSession)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(CalibrationSession.id == session_id, in_reach(viewer))
    )
    if room is None:
        raise NotFound
    filled = filled_sheets(session, room)
    if not viewer.may(Right.READ_JUDGEMENT) and viewer.id not in {one.person_id for one in filled}:
        raise NotFound
    if room.closed_at is None:
        raise StillBlind
    card = published_cards.published(session, room.scorecard, room.scorecard_version)
    questions = tuple(
        _question(code, label, filled, room.expert_id)
        for code, label in ((one.code, one.label.in_(viewer.language)) for one in card.criteria)
        if any(code in one.given for one in filled)
    )
    units = [[given.category for _, given in one.given] for one in questions]
    pairs = _pairs(questions) if len(filled) == 2 else None
    return SessionResult(
        id=room.id,
        interaction_id=room.interaction_id,
        kind=room.kind,
        closed_at=room.closed_at,
        card=card,
        sheets=_sheets(session, filled, questions, room.expert_id),
        questions=questions,
        reliability=_reliability("", units, pairs),
    )


def reliability(
    session: Session, viewer: Viewer, *, since: datetime, until: datetime
) -> tuple[Reliability, tuple[Reliability, ...], tuple[Reliability, ...]]:
    """Over all sessions closed in the period: everything, question by question (named by its code), and Cohen's kappa
    of each pair of people (named "id id") who rated the same."""
    viewer.must(Right.READ_JUDGEMENT)
    rooms = session.scalars(
        select(CalibrationSession)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(CalibrationSession.closed_at >= since, CalibrationSession.closed_at <= until, in_reach(viewer))
        .order_by(CalibrationSession.id)
    ).all()
    by_question: dict[str, list[list[Hashable]]] = defaultdict(list)
    by_pair: dict[tuple[int, int], list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for room in rooms:
        filled = filled_sheets(session, room)
        for code in sorted({code for one in filled for code in one.given}):
            given = {one.person_id: one.given[code].category for one in filled if code in one.given}
            by_question[code].append(list(given.values()))
            for first, second in combinations(sorted(given), 2):
                by_pair[first, second].append((given[first], given[second]))
    everything = [unit for units in by_question.values() for unit in units]
    return (
        _reliability("", everything),
        tuple(_reliability(code, units) for code, units in sorted(by_question.items())),
        tuple(
            _reliability(f"{first} {second}", [list(pair) for pair in pairs], pairs)
            for (first, second), pairs in sorted(by_pair.items())
        ),
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """One person's answers to one interaction, with the points."""

    person_id: int
    points: float | None
    given: dict[str, Given]
    official: bool = False


def filled_sheets(session: Session, room: CalibrationSession) -> list[Filled]:
    """Every submitted sheet; beside a double scoring also what the reviewer answered officially, read only."""
    sheets = session.scalars(
        select(CalibrationSheet)
        .where(CalibrationSheet.session_id == room.id, CalibrationSheet.submitted_at.is_not(None))
        .order_by(CalibrationSheet.id)
    ).all()
    found = []
    for sheet in sheets:
        answers, values = answers_of(session, sheet.id)
        given = {code: Given(answer, values.get(code)) for code, answer in answers.items()}
        found.append(Filled(sheet.person_id, sheet.points, given))
    if room.kind is CalibrationKind.DOUBLE:
        found += _official(session, room)
    return found


def _official(session: Session, room: CalibrationSession) -> list[Filled]:
    evaluation = session.scalar(
        select(Evaluation).where(
            Evaluation.interaction_id == room.interaction_id,
            Evaluation.state != EvaluationState.DRAFT,
            Evaluation.scorecard == room.scorecard,
            Evaluation.scorecard_version == room.scorecard_version,
        )
    )
    if evaluation is None:
        return []
    rows = session.scalars(
        select(EvaluationAnswer).where(
            EvaluationAnswer.evaluation_id == evaluation.id, EvaluationAnswer.answer.is_not(None)
        )
    )
    given = {row.criterion: Given(row.answer, row.value) for row in rows if row.answer is not None}
    # What an appeal overturned later is compared as the reviewer gave it.
    for overturned in session.scalars(
        select(AppealedAnswer)
        .join(Appeal, Appeal.id == AppealedAnswer.appeal_id)
        .where(Appeal.evaluation_id == evaluation.id, AppealedAnswer.accepted.is_(True))
    ):
        if overturned.before is not None and overturned.criterion in given:
            given[overturned.criterion] = Given(overturned.before, overturned.value_before)
    return [Filled(evaluation.reviewer_id, evaluation.points_submitted, given, official=True)]


def _question(code: str, label: str, filled: Sequence[Filled], expert_id: int | None) -> QuestionResult:
    given = tuple((one.person_id, one.given[code]) for one in filled if code in one.given)
    baseline = next((answer for person, answer in given if person == expert_id), None)
    if expert_id is None:
        baseline = _majority([answer for _, answer in given])
    off = () if baseline is None else tuple(person for person, answer in given if answer.category != baseline.category)
    return QuestionResult(code, label, given, baseline, off)


def _majority(given: Sequence[Given]) -> Given | None:
    """What more than half of them gave."""
    times = Counter(one.category for one in given)
    return next((one for one in given if times[one.category] * 2 > len(given)), None)


def _sheets(
    session: Session, filled: Sequence[Filled], questions: Sequence[QuestionResult], expert_id: int | None
) -> tuple[Sheet, ...]:
    names = {
        row.id: row.name
        for row in session.execute(
            select(Person.id, Person.name).where(Person.id.in_([one.person_id for one in filled]))
        )
    }
    baseline = next((one.points for one in filled if one.person_id == expert_id), None)
    if expert_id is None:
        points = [one.points for one in filled if one.points is not None]
        baseline = sum(points) / len(points) if points else None
    return tuple(
        Sheet(
            person_id=one.person_id,
            person=names[one.person_id],
            points=one.points,
            expert=one.person_id == expert_id,
            official=one.official,
            points_off=None if one.points is None or baseline is None else round(one.points - baseline, 1),
            answers_off=sum(one.person_id in question.off for question in questions),
        )
        for one in filled
    )


def _pairs(questions: Sequence[QuestionResult]) -> list[tuple[Hashable, Hashable]]:
    return [(one.given[0][1].category, one.given[1][1].category) for one in questions if len(one.given) == 2]


def _reliability(
    name: str, units: Sequence[Sequence[Hashable]], pairs: Sequence[tuple[Hashable, Hashable]] | None = None
) -> Reliability:
    return Reliability(
        name=name,
        percent=percent_agreement(units),
        fleiss=fleiss_kappa(units),
        alpha=krippendorff_alpha(units),
        ac1=gwet_ac1(units, categories=CHOICES),
        kappa=None if pairs is None else cohen_kappa(pairs),
    )


def _row(
    room: CalibrationSession, sheets: Sequence[CalibrationSheet], viewer: Viewer, evaluated: set[int]
) -> SessionRow:
    own = next((sheet for sheet in sheets if sheet.person_id == viewer.id), None)
    free = room.kind is CalibrationKind.DOUBLE and not sheets and room.closed_at is None
    return SessionRow(
        id=room.id,
        interaction_id=room.interaction_id,
        kind=room.kind,
        opened_at=room.opened_at,
        closes_at=room.closes_at,
        closed_at=room.closed_at,
        invited=len(sheets),
        submitted=sum(sheet.submitted_at is not None for sheet in sheets),
        sheet_id=own.id if own else None,
        mine_submitted=own is not None and own.submitted_at is not None,
        free=free and room.interaction_id not in evaluated and viewer.may(Right.CALIBRATE),
    )
