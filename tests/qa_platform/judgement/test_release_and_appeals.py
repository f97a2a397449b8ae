"""From a submitted evaluation to an agent who knows why: released, acknowledged, appealed, resolved, in time."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState
from models.finding import Answer, Severity
from models.interactions import StoredFinding, Verdict
from models.judgement import AppealedAnswer, AppealOutcome, CaseSource, LabelledCase
from models.people import Role
from qa_platform import daily
from qa_platform.access.rights import NotAllowed, NotFound
from qa_platform.appeals.appeal import (
    AlreadyAppealed,
    AnswerUnknown,
    AppealResolved,
    AppealTooLate,
    Decision,
    DecisionMissing,
    NothingAppealed,
    NothingChanged,
    Objection,
    OwnEvaluation,
    ReasonNeeded,
    appeal,
    resolve,
)
from qa_platform.appeals.inbox import appeal_view, appeals, figures, own_evaluations
from qa_platform.appeals.release import (
    AlreadyAcknowledged,
    AlreadyReleased,
    DatePassed,
    NotSubmitted,
    acknowledge,
    release,
    release_due,
)
from qa_platform.archive import interactions
from qa_platform.audit import broken_links
from qa_platform.calibration import room
from qa_platform.cases.labelling import cases
from qa_platform.database import reading, transaction
from qa_platform.evaluations import evaluation
from qa_platform.notices.inbox import mark_read, notices, unread
from qa_platform.text import explain

MET, NOT_MET = Answer.MET, Answer.NOT_MET
DAY = timedelta(days=1)


class Story:
    """An evaluation of Karla's call by Lucía, with two answers not met, submitted."""

    def __init__(self, session: Any, desk: Any, **call: Any) -> None:
        self.agent_id = desk.agent(session)
        self.karla = desk.person(session, "Karla", Role.AGENT, agent_id=self.agent_id)
        self.lucia = desk.person(session, "Lucía")
        self.vera = desk.person(session, "Vera", Role.SUPERVISOR)
        self.call = desk.call(session, agent_id=self.agent_id, **call)
        self.view = desk.reviewed(session, self.lucia, self.call, answers={"recap": NOT_MET, "balance": NOT_MET})
        self.id = self.view.id


def objections(*criteria: str) -> list[Objection]:
    return [Objection(one, "Lo dije al final") for one in criteria]


def test_an_evaluation_goes_all_the_way_and_everybody_is_told(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        assert evaluation.evaluations_of(session, story.karla, story.call) == ()
        assert [card.points for card in interactions.listing(session, story.karla, interactions.Filters()).cards] == [
            None
        ]
        released = release(session, story.vera, story.id, now=desk.now)
        assert (released.state, released.appeal_until) == (EvaluationState.RELEASED, desk.now + 7 * DAY)
        assert [one.words("es") for one in notices(session, story.karla)] == [
            "Una evaluación de una de tus conversaciones está lista para leer."
        ]
        assert len(evaluation.evaluations_of(session, story.karla, story.call)) == 1
        acknowledge(session, story.karla, story.id, now=desk.now + DAY)
        filed = appeal(session, story.karla, story.id, objections("recap", "balance"), now=desk.now + 2 * DAY)
        assert notices(session, story.lucia)[0].words("es") == "Karla apeló 2 respuestas de tu evaluación."
        decisions = [
            Decision("recap", True, "Sí: en el segundo 140", MET),
            Decision("balance", False, "El saldo no se dice"),
        ]
        done = resolve(session, story.vera, filed, decisions, now=desk.now + 3 * DAY)
    before, after = story.view.score.points, done.score.points
    assert before is not None
    assert after is not None
    assert after > before
    assert (done.state, done.points_submitted) == (EvaluationState.RESOLVED, before)
    with reading(engine) as session:
        row = session.get_one(Evaluation, story.id)
        assert (row.points, row.points_submitted) == (after, before)
        kept = {one.criterion: (one.before, one.after, one.accepted) for one in session.scalars(select(AppealedAnswer))}
        assert kept == {"recap": (NOT_MET, MET, True), "balance": (NOT_MET, NOT_MET, False)}
        assert notices(session, story.karla)[0].words("es") == "Tu apelación se aceptó en parte."
        assert (unread(session, story.lucia), unread(session, story.vera)) == (3, 0)
        (own,) = own_evaluations(session, story.karla, now=desk.now + 3 * DAY)
        assert (own.outcome, own.may_appeal, own.points) == (AppealOutcome.PARTLY, False, after)
        assert broken_links(session) == []
    with transaction(engine) as session:
        mark_read(session, story.lucia, now=desk.now)
        assert unread(session, story.lucia) == 0


def test_a_date_set_for_release_is_kept_by_the_clock_and_once(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        with pytest.raises(DatePassed):
            release(session, story.vera, story.id, now=desk.now, at=desk.now)
        set_for = release(session, story.vera, story.id, now=desk.now, at=desk.now + DAY)
        assert (set_for.state, set_for.release_at) == (EvaluationState.SUBMITTED, desk.now + DAY)
        assert release_due(session, now=desk.now + DAY - timedelta(seconds=1)) == 0
        assert release_due(session, now=desk.now + DAY) == 1
        assert release_due(session, now=desk.now + DAY) == 0
        with pytest.raises(AlreadyReleased):
            release(session, story.vera, story.id, now=desk.now + DAY)


def test_the_clock_releases_and_closes_what_is_due(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        release(session, story.vera, story.id, now=desk.now, at=desk.now + DAY)
        room.open_session(session, story.vera, story.call, [story.lucia.id], now=desk.now, closes_at=desk.now + DAY)
    assert daily.tend_evaluations(engine, now=desk.now) == 0
    assert daily.tend_evaluations(engine, now=desk.now + DAY) == 2


def test_who_may_not_release_and_what_is_no_evaluation_yet(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        colleague = desk.person(session, "Mateo")
        for outsider in (colleague, story.karla):
            with pytest.raises(NotAllowed):
                release(session, outsider, story.id, now=desk.now)
        assert release(session, story.lucia, story.id, now=desk.now).state is EvaluationState.RELEASED
        draft = evaluation.open_evaluation(session, story.lucia, desk.call(session), now=desk.now)
        with pytest.raises(NotSubmitted):
            release(session, story.vera, draft.id, now=desk.now)


def test_an_appeal_after_the_window_is_refused_in_both_languages(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        release(session, story.vera, story.id, now=desk.now)
        with pytest.raises(AppealTooLate) as caught:
            appeal(session, story.karla, story.id, objections("recap"), now=desk.now + 7 * DAY + timedelta(seconds=1))
        assert explain(caught.value, "en")[0] == "The time to appeal ended on 2026-11-26."
        assert explain(caught.value, "es")[0] == "El plazo para apelar terminó el 2026-11-26."
        appeal(session, story.karla, story.id, objections("recap"), now=desk.now + 7 * DAY)


def test_an_appeal_needs_answers_with_a_comment_each_and_comes_once(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        other = desk.person(session, "Diego", Role.AGENT, agent_id=desk.agent(session, "Diego"))
        with pytest.raises(NotFound):
            appeal(session, story.karla, story.id, objections("recap"), now=desk.now)
        release(session, story.vera, story.id, now=desk.now)
        for attempt, error in (
            ([], NothingAppealed),
            ([Objection("recap", "  ")], ReasonNeeded),
            (objections("charm"), AnswerUnknown),
        ):
            with pytest.raises(error), session.begin_nested():
                appeal(session, story.karla, story.id, attempt, now=desk.now)
        with pytest.raises(NotFound):
            appeal(session, other, story.id, objections("recap"), now=desk.now)
        with pytest.raises(NotAllowed):
            appeal(session, story.lucia, story.id, objections("recap"), now=desk.now)
        appeal(session, story.karla, story.id, objections("recap"), now=desk.now)
        with pytest.raises(AlreadyAppealed):
            appeal(session, story.karla, story.id, objections("balance"), now=desk.now)
        with pytest.raises(AlreadyAcknowledged):
            acknowledge(session, story.karla, story.id, now=desk.now)


def test_only_somebody_else_decides_and_every_answer_is_decided(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        chief = desk.person(session, "Eva", Role.COMPLIANCE)
        own = desk.reviewed(session, chief, desk.call(session, agent_id=story.agent_id), answers={"recap": NOT_MET})
        filed = {}
        for key in (story.id, own.id):
            release(session, story.vera, key, now=desk.now)
            filed[key] = appeal(session, story.karla, key, objections("recap"), now=desk.now)
        yes = [Decision("recap", True, "Cierto", MET)]
        with pytest.raises(NotAllowed):
            resolve(session, story.lucia, filed[story.id], yes, now=desk.now)
        with pytest.raises(OwnEvaluation):
            resolve(session, chief, filed[own.id], yes, now=desk.now)
        for decisions, error in (
            ([], DecisionMissing),
            ([Decision("recap", True, "", MET)], ReasonNeeded),
            ([Decision("recap", True, "Cierto", NOT_MET)], NothingChanged),
        ):
            with pytest.raises(error), session.begin_nested():
                resolve(session, story.vera, filed[story.id], decisions, now=desk.now)
        assert (
            session.scalars(
                select(EvaluationAnswer.answer).where(
                    EvaluationAnswer.evaluation_id == story.id, EvaluationAnswer.criterion == "recap"
                )
            ).one()
            is NOT_MET
        )
        resolve(session, story.vera, filed[story.id], yes, now=desk.now)
        with pytest.raises(AppealResolved, match="Vera"):
            resolve(session, chief, filed[story.id], yes, now=desk.now)


def test_an_appeal_against_what_zeroed_the_form_gives_the_points_back(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        agent_id = desk.agent(session)
        karla = desk.person(session, "Karla", Role.AGENT, agent_id=agent_id)
        lucia, vera = desk.person(session), desk.person(session, "Vera", Role.SUPERVISOR)
        key = desk.call(session, agent_id=agent_id, slips=(("slip.threat_jail", Severity.CRITICAL),))
        finding = session.scalars(select(StoredFinding.id)).one()
        evaluation.judge_finding(session, lucia, finding, Verdict.CONFIRMED, now=desk.now)
        view = desk.reviewed(session, lucia, key)
        assert (view.score.points, view.score.failed_by) == (0.0, ("slip.threat_jail",))
        release(session, vera, view.id, now=desk.now)
        filed = appeal(session, karla, view.id, objections("slip.threat_jail"), now=desk.now)
        shown = appeal_view(session, karla, filed, now=desk.now).lines[0]
        assert shown.label == "Amenaza de cárcel"
        done = resolve(session, vera, filed, [Decision("slip.threat_jail", True, "Citaba a otro")], now=desk.now)
        assert done.score.points is not None
        assert done.score.points > 0
        assert session.get_one(Evaluation, view.id).failed_by == []


def test_the_inbox_orders_by_date_and_its_figures_say_who_was_right(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        second = desk.reviewed(
            session, story.lucia, desk.call(session, agent_id=story.agent_id), answers={"recap": NOT_MET}
        )
        for key in (story.id, second.id):
            release(session, story.vera, key, now=desk.now)
        late = appeal(session, story.karla, second.id, objections("recap"), now=desk.now)
        quick = appeal(session, story.karla, story.id, objections("recap"), now=desk.now + DAY)
        later = desk.now + 6 * DAY
        waiting = appeals(session, story.vera, now=later)
        assert [(row.id, row.overdue) for row in waiting] == [(late, True), (quick, False)]
        resolve(session, story.vera, quick, [Decision("recap", False, "No se oye")], now=later)
        resolve(session, story.vera, late, [Decision("recap", True, "Sí se oye", MET)], now=later)
        told = figures(session, story.vera, since=desk.now - DAY, now=later)
        assert (told.open, told.resolved, told.in_time, told.median_hours) == (0, 2, 1, (120 + 144) / 2)
        assert [(one.key, one.overturned, one.decided) for one in told.questions] == [("recap", 1, 2)]
        assert [one.key for one in told.reviewers] == ["Lucía"]
        assert told.by_outcome == {
            AppealOutcome.ACCEPTED: 1, AppealOutcome.PARTLY: 0, AppealOutcome.REJECTED: 1
        }  # fmt: skip
        assert appeals(session, story.vera, now=later) == ()
        with pytest.raises(NotAllowed):
            appeals(session, story.karla, now=later)


def test_overrides_and_overturned_appeals_become_labelled_cases(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        story = Story(session, desk)
        release(session, story.vera, story.id, now=desk.now)
        filed = appeal(session, story.karla, story.id, objections("recap"), now=desk.now)
        resolve(session, story.vera, filed, [Decision("recap", True, "En el 140", MET)], now=desk.now)
        found = [(one.criterion, one.source, one.proposed, one.label) for one in cases(session, story.vera)]
        assert found == [
            ("balance", CaseSource.OVERRIDE, MET, NOT_MET),
            ("recap", CaseSource.OVERRIDE, MET, NOT_MET),
            ("recap", CaseSource.APPEAL, NOT_MET, MET),
        ]
        assert session.scalars(select(LabelledCase.reason).where(LabelledCase.source == CaseSource.APPEAL)).one() == (
            "En el 140"
        )


@pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_of_two_who_resolve_one_appeal_at_once_the_second_is_told(
    home: str, request: pytest.FixtureRequest, desk: Any
) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        story = Story(session, desk)
        judges = [story.vera, desk.person(session, "Eva", Role.COMPLIANCE)]
        release(session, story.vera, story.id, now=desk.now)
        filed = appeal(session, story.karla, story.id, objections("recap"), now=desk.now)
    start, errors = threading.Barrier(2), []

    def decide(judge: Any) -> None:
        start.wait()
        try:
            with transaction(engine) as session:
                resolve(session, judge, filed, [Decision("recap", True, "Cierto", MET)], now=desk.now)
        except Exception as error:
            errors.append(type(error))

    threads = [threading.Thread(target=decide, args=(judge,)) for judge in judges]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [AppealResolved]
