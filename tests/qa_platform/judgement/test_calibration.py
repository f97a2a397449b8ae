"""Calibration: blind until it is closed, compared with the expert, and never anywhere near an agent's score."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.calibration import CalibrationKind, CalibrationSession
from models.evaluations import Evaluation
from models.finding import Answer
from models.judgement import Notification
from models.people import Role
from qa_platform.access.rights import NotAllowed, NotFound
from qa_platform.appeals.appeal import Decision, Objection, appeal, resolve
from qa_platform.appeals.release import release
from qa_platform.calibration import room
from qa_platform.calibration.doubles import open_doubles
from qa_platform.calibration.evaluators import adjusted_points, evaluators
from qa_platform.calibration.results import reliability, result, sessions
from qa_platform.calibration.room import (
    ScoredAlready,
    SessionClosed,
    SheetIncomplete,
    SheetStale,
    SheetSubmitted,
    StillBlind,
)
from qa_platform.database import transaction
from qa_platform.evaluations import evaluation
from qa_platform.notices.inbox import notices
from scorecards.load import scorecard

MET, NOT_MET = Answer.MET, Answer.NOT_MET
CODES = [one.code for one in scorecard().criteria]
DAY = timedelta(days=1)


def filled(session: Any, desk: Any, person: Any, sheet: int, **answers: Answer) -> float | None:
    version = 1
    for code in CODES:
        version = room.answer(session, person, sheet, code, answers.get(code, MET), expected_version=version)
    return room.submit(session, person, sheet, expected_version=version, now=desk.now)


class Room:
    def __init__(self, session: Any, desk: Any) -> None:
        self.vera = desk.person(session, "Vera", Role.SUPERVISOR)
        self.expert, self.lucia, self.mateo = (desk.person(session, name) for name in ("Eva", "Lucía", "Mateo"))
        self.call = desk.call(session)
        people = [self.lucia.id, self.mateo.id]
        self.id = room.open_session(session, self.vera, self.call, people, expert_id=self.expert.id, now=desk.now)

    def sheet(self, session: Any, desk: Any, person: Any) -> int:
        return room.join(session, person, self.id, now=desk.now)


def test_a_session_is_blind_until_closed_and_then_shows_who_differs_from_the_expert(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Room(session, desk)
        for person, answers in (
            (story.expert, {"recap": NOT_MET}),
            (story.lucia, {"recap": NOT_MET}),
            (story.mateo, {"balance": NOT_MET}),
        ):
            filled(session, desk, person, story.sheet(session, desk, person), **answers)
            with pytest.raises(StillBlind):
                result(session, person, story.id)
        with pytest.raises(StillBlind):
            result(session, story.vera, story.id)
        room.close(session, story.vera, story.id, now=desk.now)
        told = result(session, story.lucia, story.id)
    off = {one.criterion: one.off for one in told.questions if one.off}
    assert off == {"recap": (story.mateo.id,), "balance": (story.mateo.id,)}
    sheets = {one.person: (one.expert, one.points_off, one.answers_off) for one in told.sheets}
    assert sheets["Eva"] == (True, 0.0, 0)
    assert sheets["Lucía"] == (False, 0.0, 0)
    assert sheets["Mateo"][2] == 2
    assert told.reliability.percent.value == pytest.approx((12 + 2 / 3) / 14)
    assert told.reliability.kappa is None


def test_only_those_invited_take_part_and_each_is_told(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Room(session, desk)
        stranger = desk.person(session, "Otra")
        with pytest.raises(NotFound):
            room.join(session, stranger, story.id, now=desk.now)
        with pytest.raises(NotAllowed):
            room.open_session(session, story.lucia, story.call, [stranger.id], now=desk.now)
        assert notices(session, story.lucia)[0].words("es").startswith("Te invitaron a una calibración")
        assert [row.sheet_id is not None for row in sessions(session, story.lucia)] == [True]
        assert sessions(session, stranger) == ()
        room.close(session, story.vera, story.id, now=desk.now)
        with pytest.raises(NotFound):
            result(session, stranger, story.id)


def test_a_sheet_is_saved_by_version_and_complete_and_once(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Room(session, desk)
        sheet = story.sheet(session, desk, story.lucia)
        assert room.answer(session, story.lucia, sheet, "recap", MET, expected_version=1) == 2
        with pytest.raises(SheetStale):
            room.answer(session, story.lucia, sheet, "recap", NOT_MET, expected_version=1)
        with pytest.raises(evaluation.CriterionUnknown):
            room.answer(session, story.lucia, sheet, "charm", MET, expected_version=2)
        with pytest.raises(NotFound):
            room.answer(session, story.mateo, sheet, "recap", MET, expected_version=2)
        with pytest.raises(SheetIncomplete, match="13"):
            room.submit(session, story.lucia, sheet, expected_version=2, now=desk.now)
        version = 2
        for code in CODES:
            version = room.answer(session, story.lucia, sheet, code, MET, expected_version=version)
        assert room.submit(session, story.lucia, sheet, expected_version=version, now=desk.now) == 100
        with pytest.raises(SheetSubmitted):
            room.answer(session, story.lucia, sheet, "recap", MET, expected_version=version + 1)
        room.close(session, story.vera, story.id, now=desk.now)
        with pytest.raises(SessionClosed):
            room.close(session, story.vera, story.id, now=desk.now)
        with pytest.raises(SessionClosed):
            room.answer(session, story.mateo, story.sheet(session, desk, story.mateo), "recap", MET, expected_version=1)


def test_a_session_closes_by_itself_when_its_time_has_come(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        vera, lucia = desk.person(session, "Vera", Role.SUPERVISOR), desk.person(session)
        key = room.open_session(session, vera, desk.call(session), [lucia.id], now=desk.now, closes_at=desk.now + DAY)
        assert room.close_due(session, now=desk.now) == 0
        assert room.close_due(session, now=desk.now + DAY) == 1
        assert result(session, vera, key).questions == ()


def test_calibration_never_touches_an_agents_score(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        agent_id = desk.agent(session)
        desk.person(session, "Karla", Role.AGENT, agent_id=agent_id)
        vera, lucia, mateo = desk.person(session, "Vera", Role.SUPERVISOR), desk.person(session), desk.person(session)
        key = desk.call(session, agent_id=agent_id)
        desk.reviewed(session, lucia, key)
        before = [(row.points, row.version, row.updated_at, row.state) for row in session.scalars(select(Evaluation))]
        opened = room.open_session(session, vera, key, [mateo.id], now=desk.now)
        filled(session, desk, mateo, room.join(session, mateo, opened, now=desk.now), balance=NOT_MET, date=NOT_MET)
        room.close(session, vera, opened, now=desk.now)
        session.flush()
        session.expire_all()
        after = [(row.points, row.version, row.updated_at, row.state) for row in session.scalars(select(Evaluation))]
        assert after == before
        told = session.scalars(select(Notification.person_id)).all()
        assert set(told) == {mateo.id}


def test_a_double_scoring_is_free_to_anybody_but_the_reviewer_and_stays_blind(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        lucia, mateo = desk.person(session), desk.person(session, "Mateo")
        key = desk.call(session)
        desk.reviewed(session, lucia, key, answers={"recap": NOT_MET})
        open_doubles(session, [key], now=desk.now)
        drawn = session.scalars(select(CalibrationSession)).one()
        assert drawn.kind is CalibrationKind.DOUBLE
        assert [row.free for row in sessions(session, mateo)] == [True]
        assert sessions(session, lucia) == ()
        with pytest.raises(ScoredAlready):
            room.join(session, lucia, drawn.id, now=desk.now)
        assert evaluation.evaluations_of(session, mateo, key) == ()
        sheet = room.join(session, mateo, drawn.id, now=desk.now)
        filled(session, desk, mateo, sheet, requests_respected=Answer.NOT_APPLICABLE)
        assert len(evaluation.evaluations_of(session, mateo, key)) == 1
        told = result(session, mateo, drawn.id)
        assert {one.person: one.official for one in told.sheets} == {"Mateo": False, "Lucía": True}
        assert [one.criterion for one in told.questions if not one.agreed] == ["recap"]
        assert told.reliability.kappa is not None
        assert told.reliability.percent.value == pytest.approx(13 / 14)


def test_the_report_shows_who_is_severe_and_the_adjusted_score_beside_the_raw(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        vera, strict, mild = (
            desk.person(session, "Vera", Role.SUPERVISOR),
            desk.person(session, "Ana"),
            desk.person(session, "Blas"),
        )
        for number in range(6):
            key = desk.call(session)
            opened = room.open_session(session, vera, key, [strict.id, mild.id], now=desk.now)
            hard = {"recap": NOT_MET, "date": NOT_MET} | ({"balance": NOT_MET} if number % 2 else {})
            filled(session, desk, strict, room.join(session, strict, opened, now=desk.now), **hard)
            filled(session, desk, mild, room.join(session, mild, opened, now=desk.now))
            room.close(session, vera, opened, now=desk.now + number * DAY)
        view = desk.reviewed(session, strict, desk.call(session), answers={"recap": NOT_MET})
        period = {"since": desk.now - DAY, "until": desk.now + 30 * DAY}
        rows = {row.person: row for row in evaluators(session, vera, **period)}
        ana, blas = rows["Ana"].leniency, rows["Blas"].leniency
        assert ana is not None
        assert blas is not None
        assert ana.effect < 0 < blas.effect
        assert ana.clear
        assert rows["Ana"].raw == view.score.points
        assert rows["Ana"].adjusted is not None
        assert rows["Ana"].raw is not None
        assert rows["Ana"].adjusted > rows["Ana"].raw
        assert rows["Ana"].drift is not None
        assert adjusted_points(session, vera, **period)[view.id] == rows["Ana"].adjusted
        overall, by_question, by_pair = reliability(session, vera, **period)
        assert overall.percent.units == 6 * 14
        assert {one.name: one.percent.value for one in by_question}["recap"] == 0.0
        assert [one.name for one in by_pair] == [f"{strict.id} {mild.id}"]
        with pytest.raises(NotAllowed):
            evaluators(session, strict, **period)


def test_what_an_appeal_overturned_is_compared_as_the_reviewer_gave_it(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        agent_id = desk.agent(session)
        karla = desk.person(session, "Karla", Role.AGENT, agent_id=agent_id)
        vera, lucia, mateo = desk.person(session, "Vera", Role.SUPERVISOR), desk.person(session), desk.person(session)
        key = desk.call(session, agent_id=agent_id)
        view = desk.reviewed(session, lucia, key, answers={"recap": NOT_MET})
        open_doubles(session, [key], now=desk.now)
        release(session, vera, view.id, now=desk.now)
        filed = appeal(session, karla, view.id, [Objection("recap", "Lo repetí")], now=desk.now)
        resolve(session, vera, filed, [Decision("recap", True, "Cierto", MET)], now=desk.now)
        drawn = session.scalars(select(CalibrationSession.id)).one()
        sheet = room.join(session, mateo, drawn, now=desk.now)
        filled(session, desk, mateo, sheet, requests_respected=Answer.NOT_APPLICABLE)
        told = result(session, vera, drawn)
        assert [one.criterion for one in told.questions if not one.agreed] == ["recap"]
