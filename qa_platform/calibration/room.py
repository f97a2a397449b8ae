"""Calibration sessions: people score one interaction blind, the session closes, then all see all sheets.

All of it is called within `transaction`. Nothing here reads or writes an evaluation: an agent's score cannot move.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.calibration import CalibrationAnswer, CalibrationKind, CalibrationSession, CalibrationSheet
from models.errors import QAError
from models.evaluations import Evaluation
from models.finding import Answer
from models.interactions import Interaction, Stage, StoredFinding, Verdict
from models.people import Person
from models.scorecard import Scorecard
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer, in_reach
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.change import given_by, reachable
from qa_platform.evaluations.evaluation import CriterionUnknown, NotReady
from qa_platform.notices.inbox import notify
from qa_platform.privacy import typed
from scorecards.asked import applies, not_asked
from scorecards.score import score

INVITED = "You are invited to a calibration: score the same conversation as your colleagues, without seeing theirs."
CLOSED = "A calibration session is closed: compare your answers with those of your colleagues."


class SessionClosed(QAError):
    status = 409
    says = "This calibration session is closed."
    remedy = "Look at its result."


class SheetSubmitted(QAError):
    status = 409
    says = "Your sheet has been submitted and does not change any more."
    remedy = "Wait until the session is closed to compare."


class SheetStale(QAError):
    status = 409
    says = "This sheet was changed in another window; your change has not been saved."
    remedy = "Open it again and repeat the change."


class SheetIncomplete(QAError):
    status = 422
    says = "{count} questions have no answer yet."
    remedy = "Answer them and submit again."


class StillBlind(QAError):
    status = 403
    says = "Nobody sees the others' answers before the session is closed."
    remedy = "Submit your own sheet and wait."


class ScoredAlready(QAError):
    status = 409
    says = "You have already evaluated this interaction."
    remedy = "Take another one: a second scoring has to be somebody else's."


def open_session(
    session: Session,
    viewer: Viewer,
    interaction_id: int,
    people: Iterable[int],
    *,
    now: datetime,
    expert_id: int | None = None,
    closes_at: datetime | None = None,
) -> int:
    """Opens a session for these people (and the expert, whose sheet is the baseline); returns its id."""
    viewer.must(Right.LEAD_CALIBRATION)
    interaction = reachable(session, viewer, interaction_id)
    if interaction.stage is not Stage.READY:
        raise NotReady(where=str(interaction_id))
    code = published_cards.code_for(session, interaction.portfolio_id)
    card = published_cards.newest(session, code=code, now=now)
    room = CalibrationSession(
        interaction_id=interaction_id,
        kind=CalibrationKind.ROOM,
        scorecard=card.code,
        scorecard_version=card.version,
        expert_id=expert_id,
        opened_by=viewer.id,
        opened_at=now,
        closes_at=closes_at,
    )
    session.add(room)
    session.flush()
    invited = sorted({*people, *([] if expert_id is None else [expert_id])})
    known = set(session.scalars(select(Person.id).where(Person.id.in_(invited), Person.active)))
    if known != set(invited):
        raise NotFound
    session.add_all(CalibrationSheet(session_id=room.id, person_id=person) for person in invited)
    notify(session, invited, INVITED, subject="calibration_session", subject_id=room.id, now=now)
    _record(session, "calibration.opened", room.id, viewer, now=now, interaction=interaction_id, people=invited)
    return room.id


def join(session: Session, viewer: Viewer, session_id: int, *, now: datetime) -> int:
    """The viewer's sheet of a session: the one they were invited to, or the free second scoring that a plan drew.

    Returns the sheet's id. Raises NotFound, SessionClosed, ScoredAlready.
    """
    viewer.must(Right.CALIBRATE)
    room = _room(session, viewer, session_id)
    known = session.scalar(_sheet_of(session_id, viewer.id))
    if known is not None:
        return known.id
    if room.kind is not CalibrationKind.DOUBLE:
        raise NotFound  # only those invited
    if room.closed_at is not None:
        raise SessionClosed
    if session.scalar(
        select(Evaluation.id).where(
            Evaluation.interaction_id == room.interaction_id, Evaluation.reviewer_id == viewer.id
        )
    ):
        raise ScoredAlready
    try:
        with session.begin_nested():
            sheet = CalibrationSheet(session_id=session_id, person_id=viewer.id)
            session.add(sheet)
            session.flush()
    except IntegrityError:  # the same person in another window
        return session.scalars(_sheet_of(session_id, viewer.id)).one().id
    _record(session, "calibration.joined", session_id, viewer, now=now)
    return sheet.id


def answer(
    session: Session,
    viewer: Viewer,
    sheet_id: int,
    criterion: str,
    given: Answer | None,
    *,
    expected_version: int,
    value: str = "",
    comment: str = "",
) -> int:
    """Records one answer of the viewer's own sheet (None takes it back); returns the sheet's new version.

    Raises NotFound, SheetSubmitted, SessionClosed, SheetStale, CriterionUnknown, ValueUnfit.
    """
    sheet, card = _own(session, viewer, sheet_id)
    question = next((one for one in card.criteria if one.code == criterion), None)
    if question is None:
        raise CriterionUnknown(criterion=criterion)
    given = given_by(question, given, value)
    _raise_version(session, sheet, expected_version)
    session.execute(
        delete(CalibrationAnswer).where(
            CalibrationAnswer.sheet_id == sheet_id, CalibrationAnswer.criterion == criterion
        )
    )
    if given is not None:
        session.add(
            CalibrationAnswer(
                sheet_id=sheet_id,
                criterion=criterion,
                answer=given,
                value=typed(value, 4000) or None if given in (Answer.MET, Answer.NOT_MET) else None,
                comment=typed(comment, 4000) or None,
            )
        )
    session.flush()
    return expected_version + 1


def submit(session: Session, viewer: Viewer, sheet_id: int, *, expected_version: int, now: datetime) -> float | None:
    """Closes the viewer's sheet; returns its points. A double scoring closes once its one sheet is in.

    Raises what `answer` raises, and SheetIncomplete.
    """
    sheet, card = _own(session, viewer, sheet_id)
    room = session.get_one(CalibrationSession, sheet.session_id)
    answers, values = answers_of(session, sheet_id)
    interaction = session.get_one(Interaction, room.interaction_id)
    left_out = not_asked(card, answers, values=values) | {
        one.code for one in card.criteria if applies(one, channel=interaction.channel, direction=interaction.direction)
    }
    open_ = [
        one.code for one in card.criteria if one.code not in answers and one.code not in left_out and not one.optional
    ]
    if open_:
        raise SheetIncomplete(count=len(open_))
    _raise_version(session, sheet, expected_version)
    sheet.points = score(
        card, answers, values=values, not_asked=left_out, auto_fail=_confirmed(session, room.interaction_id)
    ).points
    sheet.submitted_at = now
    _record(session, "calibration.submitted", room.id, viewer, now=now, sheet=sheet_id)
    if room.kind is CalibrationKind.DOUBLE:
        _close(session, room, now=now)
    session.flush()
    return sheet.points


def close(session: Session, viewer: Viewer, session_id: int, *, now: datetime) -> None:
    """Ends the blind phase: from now on all sheets are seen by those who took part and by whoever leads."""
    viewer.must(Right.LEAD_CALIBRATION)
    room = _room(session, viewer, session_id)
    if room.closed_at is not None:
        raise SessionClosed
    _close(session, room, now=now)
    _record(session, "calibration.closed", session_id, viewer, now=now)


def close_due(session: Session, *, now: datetime) -> int:
    """Closes every session whose time has come; how many. Called by the clock."""
    due = session.scalars(
        select(CalibrationSession)
        .where(CalibrationSession.closed_at.is_(None), CalibrationSession.closes_at <= now)
        .with_for_update()
    ).all()
    for room in due:
        _close(session, room, now=now)
    return len(due)


def answers_of(session: Session, sheet_id: int) -> tuple[dict[str, Answer], dict[str, str]]:
    rows = session.scalars(select(CalibrationAnswer).where(CalibrationAnswer.sheet_id == sheet_id)).all()
    return {row.criterion: row.answer for row in rows}, {row.criterion: row.value for row in rows if row.value}


def _close(session: Session, room: CalibrationSession, *, now: datetime) -> None:
    room.closed_at = now
    people = session.scalars(select(CalibrationSheet.person_id).where(CalibrationSheet.session_id == room.id)).all()
    if room.kind is CalibrationKind.ROOM:
        notify(session, people, CLOSED, subject="calibration_session", subject_id=room.id, now=now)
    session.flush()


def _room(session: Session, viewer: Viewer, session_id: int) -> CalibrationSession:
    room = session.scalar(
        select(CalibrationSession)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(CalibrationSession.id == session_id, in_reach(viewer))
    )
    if room is None or not viewer.may(Right.CALIBRATE):
        raise NotFound
    return room


def _own(session: Session, viewer: Viewer, sheet_id: int) -> tuple[CalibrationSheet, Scorecard]:
    sheet = session.get(CalibrationSheet, sheet_id, with_for_update=True, populate_existing=True)
    if sheet is None or sheet.person_id != viewer.id:
        raise NotFound
    room = _room(session, viewer, sheet.session_id)
    if sheet.submitted_at is not None:
        raise SheetSubmitted
    if room.closed_at is not None:
        raise SessionClosed
    return sheet, published_cards.published(session, room.scorecard, room.scorecard_version)


def _raise_version(session: Session, sheet: CalibrationSheet, expected: int) -> None:
    raised = session.scalar(
        update(CalibrationSheet)
        .where(CalibrationSheet.id == sheet.id, CalibrationSheet.version == expected)
        .values(version=expected + 1)
        .returning(CalibrationSheet.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(sheet)
    if raised is None:
        raise SheetStale


def _sheet_of(session_id: int, person_id: int) -> Select[CalibrationSheet]:
    return select(CalibrationSheet).where(
        CalibrationSheet.session_id == session_id, CalibrationSheet.person_id == person_id
    )


def _confirmed(session: Session, interaction_id: int) -> list[str]:
    return list(
        session.scalars(
            select(StoredFinding.code).where(
                StoredFinding.interaction_id == interaction_id, StoredFinding.verdict == Verdict.CONFIRMED
            )
        )
    )


def _record(session: Session, act: str, session_id: int, viewer: Viewer, *, now: datetime, **details: object) -> None:
    audit.record(
        session,
        act,
        subject="calibration_session",
        subject_id=session_id,
        person_id=viewer.id,
        details=details,
        at=now,
    )
