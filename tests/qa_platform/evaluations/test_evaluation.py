"""A review from the first proposal to the submitted score: what is confirmed, refused, undone, and kept for two."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.conversation import Channel, Direction, Speaker
from models.evaluations import (
    Evaluation,
    EvaluationAnswer,
    EvaluationState,
    ItemState,
    PublishedScorecard,
    QueueItem,
)
from models.finding import Answer, Outcome, Severity
from models.interactions import Interaction, Stage, StoredFinding, StoredStep, StoredTurn, Verdict
from models.people import Person, Role
from qa_platform.access.rights import NotAllowed, NotFound, Viewer
from qa_platform.audit import broken_links
from qa_platform.database import reading, transaction
from qa_platform.evaluations import evaluation, published_cards
from qa_platform.evaluations.change import AlreadySubmitted, StaleVersion
from qa_platform.evaluations.evaluation import (
    AlreadyReviewed,
    CommentEmpty,
    CriterionUnknown,
    Incomplete,
    MomentUnknown,
    NotReady,
)
from qa_platform.evaluations.view import EvaluationView, Missing, Need
from qa_platform.sample.sampling import build_queue
from scorecards.load import scorecard

NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
NUMBERS = count(1)
MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.UNDETERMINED
STEPS = [code for one in scorecard().criteria for code in one.steps]


def person(session: Session, name: str = "Lucía", role: Role = Role.ANALYST) -> Viewer:
    row = Person(email=f"p{next(NUMBERS)}@example.com", name=name, password_hash="x", role=role, created_at=NOW)
    session.add(row)
    session.flush()
    return Viewer(
        id=row.id,
        name=name,
        email=row.email,
        role=role,
        language="es",
        theme="light",
        shortcuts=True,
        every_portfolio=True,
        portfolios=frozenset(),
        agent_id=None,
    )


def call(
    session: Session,
    *,
    slips: tuple[tuple[str, Severity], ...] = (),
    steps: dict[str, Answer] | None = None,
    stage: Stage = Stage.READY,
    channel: Channel = Channel.VOICE,
) -> int:
    """A call whose script was kept, except for `steps`, and in which `slips` were found."""
    row = Interaction(
        content_key=f"{next(NUMBERS):064d}",
        channel=channel,
        direction=Direction.OUTBOUND,
        language="es",
        started_at=NOW - timedelta(hours=3),
        received_at=NOW - timedelta(hours=2),
        processed_at=NOW - timedelta(hours=1),
        stage=stage,
        duration=151.0,
        turn_count=4,
        outcome="promise",
    )
    session.add(row)
    session.flush()
    key = row.id
    session.add_all(
        StoredTurn(interaction_id=key, position=at, speaker=Speaker.AGENT, text=f"turno {at}", start=10.0 * at)
        for at in range(4)
    )
    answers = dict.fromkeys(STEPS, MET) | (steps or {})
    session.add_all(
        StoredStep(
            interaction_id=key,
            code=code,
            answer=given,
            turns=[1] if given is MET else [],
            quote="turno 1" if given is MET else None,
        )
        for code, given in answers.items()
    )
    session.add_all(
        StoredFinding(
            interaction_id=key,
            code=code,
            severity=severity,
            outcome=Outcome.DETECTED,
            rule_id="r",
            rule_version="1",
            turn=2,
            quote="turno 2",
            confidence=0.9,
        )
        for code, severity in slips
    )
    session.flush()
    return key


JAIL = ("slip.threat_jail", Severity.CRITICAL)
WEAK_ID = ("slip.id_weak", Severity.MEDIUM)


def answered(
    session: Session, viewer: Viewer, view: EvaluationView, criterion: str, given: Answer | None, **more: str
) -> EvaluationView:
    return evaluation.answer(session, viewer, view.id, criterion, given, expected_version=view.version, now=NOW, **more)


def all_confirmed(session: Session, viewer: Viewer, view: EvaluationView) -> EvaluationView:
    for line in view.lines:
        if line.answer is None:
            given = NA if line.proposed is OPEN else line.proposed
            view = answered(session, viewer, view, line.code, given)
    return view


def test_a_draft_starts_with_a_proposal_and_its_evidence_for_every_question(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session, slips=(WEAK_ID,)), now=NOW)
    assert (view.state, view.version, view.confirmed, view.total) == (EvaluationState.DRAFT, 1, 0, 14)
    verified = view.line("identity_verified")
    assert verified is not None
    assert (verified.proposed, verified.finding_code, verified.why) == (NOT_MET, "slip.id_weak", "")
    assert [(one.turn, one.second, one.quote) for one in verified.evidence] == [(2, 20.0, "turno 2")]
    balance = view.line("balance")
    assert balance is not None
    assert (balance.proposed, balance.why) == (MET, "The script says so, and it was said.")
    assert view.score.points == pytest.approx(100 * 86 / 94, abs=0.05)
    assert [line.number for line in view.lines] == list(range(1, 15))


def test_opening_again_gives_the_same_draft(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer, key = person(session), call(session)
        first = evaluation.open_evaluation(session, viewer, key, now=NOW)
        changed = answered(session, viewer, first, "balance", MET)
    with transaction(engine) as session:
        again = evaluation.open_evaluation(session, viewer, key, now=NOW + timedelta(hours=1))
    assert again == replace(changed, comments=again.comments)


def test_an_untouched_draft_follows_a_new_analysis_and_a_touched_one_does_not(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        keys = [call(session), call(session)]
        untouched, touched = (evaluation.open_evaluation(session, viewer, key, now=NOW) for key in keys)
        answered(session, viewer, touched, "recap", MET)
        for key in keys:
            session.get_one(Interaction, key).processed_at = NOW + timedelta(hours=1)
            step = select(StoredStep).where(StoredStep.interaction_id == key, StoredStep.code == "step.balance_stated")
            session.scalars(step).one().answer = NOT_MET
        proposed = [
            evaluation.open_evaluation(session, viewer, key, now=NOW + timedelta(hours=2)).line("balance")
            for key in keys
        ]
        assert [line.proposed for line in proposed if line] == [NOT_MET, MET]
        assert untouched.line("balance") is not None


def test_answers_are_saved_with_their_version_and_the_score_follows(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        assert view.score.points == 100
        view = answered(session, viewer, view, "balance", NOT_MET, reason="Cifra incompleta")
        line = view.line("balance")
        assert line is not None
        assert (line.standing, line.overridden, line.reason, line.needs) == (NOT_MET, True, "Cifra incompleta", None)
        assert (view.version, view.confirmed, view.score.points) == (2, 1, 91.5)
        back = answered(session, viewer, view, "balance", None)
        line = back.line("balance")
        assert line is not None
        assert (line.answer, line.reason, back.score.points, back.version) == (None, "", 100, 3)


def test_a_stale_change_is_refused_with_both_versions_and_loses_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        old = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        new = answered(session, viewer, old, "balance", NOT_MET, comment="falta la cuota")
    with transaction(engine) as session, pytest.raises(StaleVersion) as caught:
        answered(session, viewer, old, "balance", MET)
    assert caught.value.status == 409
    assert caught.value.current == new
    assert caught.value.attempted["answer"] is MET
    with reading(engine) as session:
        row = session.scalars(select(EvaluationAnswer).where(EvaluationAnswer.criterion == "balance")).one()
        assert (row.answer, row.comment) == (NOT_MET, "falta la cuota")


def test_confirming_the_clear_ones_spares_critical_and_open_questions_and_can_be_undone(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        key = call(session, steps={"step.payment_date_agreed": OPEN})
        view = evaluation.open_evaluation(session, viewer, key, now=NOW)
        view = answered(session, viewer, view, "balance", MET)
        clear = view.clear
        done = evaluation.confirm_clear(session, viewer, view.id, expected_version=view.version, now=NOW)
        left = {line.code for line in done.lines if line.answer is None}
        assert left == {"respect", "debt_kept_private", "date"}
        assert (done.undoable, done.clear) == (clear, 0)
        undone = evaluation.undo_clear(session, viewer, done.id, expected_version=done.version, now=NOW)
        assert [line.code for line in undone.lines if line.answer is not None] == ["balance"]


def test_one_answer_changed_after_bulk_confirmation_survives_the_undo(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        view = evaluation.confirm_clear(session, viewer, view.id, expected_version=view.version, now=NOW)
        view = answered(session, viewer, view, "recap", NOT_MET, reason="No lo repite")
        view = evaluation.undo_clear(session, viewer, view.id, expected_version=view.version, now=NOW)
        assert [line.code for line in view.lines if line.answer is not None] == ["recap"]


def test_submitting_names_exactly_what_is_missing_in_the_order_of_the_form(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session, slips=(JAIL,)), now=NOW)
        view = all_confirmed(session, viewer, view)
        view = answered(session, viewer, view, "balance", NOT_MET)
        view = answered(session, viewer, view, "recap", None)
        view = answered(session, viewer, view, "date", OPEN, reason="Dos lecturas")
        with pytest.raises(Incomplete) as caught:
            evaluation.submit(session, viewer, view.id, expected_version=view.version, now=NOW)
    finding_id = caught.value.missing[0].finding_id
    assert caught.value.missing == (
        Missing(Need.VERDICT, "slip.threat_jail", finding_id),
        Missing(Need.COMMENT, "respect"),
        Missing(Need.REASON, "balance"),
        Missing(Need.ANSWER, "recap"),
    )
    assert "Repite monto y fecha acordados (respuesta)" in str(caught.value)


def test_submitting_records_the_score_beside_the_outcome_and_empties_the_queue(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer, key = person(session), call(session)
        build_queue(session, now=NOW)
        view = evaluation.open_evaluation(session, viewer, key, now=NOW)
        item = session.scalars(select(QueueItem)).one()
        assert (item.state, item.claimed_by) == (ItemState.CLAIMED, viewer.id)
        view = answered(session, viewer, view, "recap", NOT_MET, reason="No lo repite")
        view = all_confirmed(session, viewer, view)
        done = evaluation.submit(session, viewer, view.id, expected_version=view.version, now=NOW)
    assert (done.state, done.editable, done.outcome, done.missing) == (EvaluationState.SUBMITTED, False, "promise", ())
    with reading(engine) as session:
        row = session.scalars(select(Evaluation)).one()
        assert (row.points, row.failed_by, row.outcome, row.submitted_at) == (done.score.points, [], "promise", NOW)
        assert row.points == pytest.approx(100 * 90 / 94, abs=0.05)
        assert session.scalars(select(QueueItem.state)).one() is ItemState.DONE
        acts = set(session.scalars(select(AuditEntry.act)))
        assert {"evaluation.opened", "evaluation.answered", "evaluation.submitted", "queue.drawn"} <= acts
        assert broken_links(session) == []


def test_a_submitted_evaluation_does_not_change_any_more(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer, key = person(session), call(session, slips=(WEAK_ID,))
        view = all_confirmed(session, viewer, evaluation.open_evaluation(session, viewer, key, now=NOW))
        view = evaluation.submit(session, viewer, view.id, expected_version=view.version, now=NOW)
        finding = session.scalars(select(StoredFinding.id)).one()
        with pytest.raises(AlreadySubmitted):
            answered(session, viewer, view, "recap", NOT_MET)
        with pytest.raises(AlreadySubmitted):
            evaluation.comment_at(session, viewer, view.id, "tarde", now=NOW)
        with pytest.raises(AlreadySubmitted):
            evaluation.judge_finding(session, viewer, finding, Verdict.REJECTED, now=NOW)
        assert evaluation.open_evaluation(session, viewer, key, now=NOW).state is EvaluationState.SUBMITTED


@pytest.mark.parametrize(
    ("verdict", "points", "passed", "failed_by"),
    [
        (Verdict.CONFIRMED, 0.0, False, ("slip.threat_jail",)),
        (Verdict.REJECTED, 91.5, False, ()),
    ],
)
def test_a_critical_slip_zeroes_the_form_only_once_a_person_confirms_it(
    engine: Engine, verdict: Verdict, points: float, passed: bool, failed_by: tuple[str, ...]
) -> None:
    with transaction(engine) as session:
        viewer, key = person(session), call(session, slips=(JAIL,))
        before = evaluation.open_evaluation(session, viewer, key, now=NOW)
        assert (before.score.points, before.score.low) == (91.5, 0)
        (open_,) = before.auto_fail_open
        assert open_.finding_id is not None
        evaluation.judge_finding(session, viewer, open_.finding_id, verdict, now=NOW, why="Se oye claro")
        after = evaluation.open_evaluation(session, viewer, key, now=NOW)
        assert (after.score.points, after.score.passed, after.score.failed_by) == (points, passed, failed_by)
        assert after.auto_fail_open == ()


def test_rejecting_the_evidence_is_reason_enough_to_change_the_answer(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer, key = person(session), call(session, slips=(WEAK_ID,))
        view = evaluation.open_evaluation(session, viewer, key, now=NOW)
        finding = session.scalars(select(StoredFinding.id)).one()
        judged = evaluation.judge_finding(session, viewer, finding, Verdict.REJECTED, now=NOW, why="Dio dos datos")
        assert (judged.code, judged.verdict, judged.why) == ("slip.id_weak", Verdict.REJECTED, "Dio dos datos")
        view = answered(session, viewer, view, "identity_verified", MET)
        line = view.line("identity_verified")
        assert line is not None
        assert (line.overridden, line.evidence_rejected, line.needs) == (True, True, None)
        reopened = evaluation.judge_finding(session, viewer, finding, Verdict.OPEN, now=NOW)
        assert (reopened.verdict, reopened.why) == (Verdict.OPEN, "")


def test_remarks_stand_at_their_moment_and_can_be_taken_back_by_their_writer(engine: Engine) -> None:
    with transaction(engine) as session:
        lucia, mateo = person(session), person(session, "Mateo")
        key = call(session)
        view = evaluation.open_evaluation(session, lucia, key, now=NOW)
        comment = evaluation.comment_at(
            session, lucia, view.id, " Aquí cabía el convenio ", now=NOW, turn=2, second=21.5
        )
        assert (comment.text, comment.turn, comment.second) == ("Aquí cabía el convenio", 2, 21.5)
        with pytest.raises(CommentEmpty):
            evaluation.comment_at(session, lucia, view.id, "  ", now=NOW)
        assert evaluation.open_evaluation(session, lucia, key, now=NOW).comments == (comment,)
        with pytest.raises(NotFound):
            evaluation.remove_comment(session, mateo, comment.id, now=NOW)
        evaluation.remove_comment(session, lucia, comment.id, now=NOW)
        assert evaluation.open_evaluation(session, lucia, key, now=NOW).comments == ()


@pytest.mark.parametrize(
    ("turn", "second"), [(4, None), (-1, None), (10**12, None), (None, 153.0), (None, -0.1), (None, float("nan"))]
)
def test_a_remark_at_a_moment_that_is_not_there_is_refused(
    engine: Engine, turn: int | None, second: float | None
) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        with pytest.raises(MomentUnknown):
            evaluation.comment_at(session, viewer, view.id, "aquí", now=NOW, turn=turn, second=second)


@pytest.mark.postgres
def test_what_people_write_is_stored_whatever_it_holds(postgres: Engine) -> None:
    odd = "no \0dijo 'monto'; DROP TABLE evaluation; -- 🙂 " + "x" * 5000
    with transaction(postgres) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        view = answered(session, viewer, view, "recap", NOT_MET, reason=odd, comment=odd)
        line = view.line("recap")
        assert line is not None
        assert (len(line.reason), len(line.comment)) == (200, 4000)
        assert line.comment.startswith("no dijo 'monto'; DROP TABLE evaluation; -- 🙂")


@pytest.mark.parametrize(
    ("reports", "heard"), [((12.5, 7.5), 20.0), ((100.0, 100.0), 151.0), ((-5.0,), 0.0), ((float("nan"),), 0.0)]
)
def test_listened_seconds_add_up_to_the_length_at_most(
    engine: Engine, reports: tuple[float, ...], heard: float
) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        sums = [evaluation.listened(session, viewer, view.id, seconds, now=NOW) for seconds in reports]
        assert sums[-1] == heard
        again = evaluation.open_evaluation(session, viewer, view.interaction_id, now=NOW)
        assert (again.listened_seconds, again.version) == (heard, 1)


def test_a_summary_is_kept_and_raises_the_version(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        view = evaluation.summarize(session, viewer, view.id, " Buen cierre ", expected_version=1, now=NOW)
        assert (view.summary, view.version) == ("Buen cierre", 2)


def test_a_draft_is_its_writers_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        lucia, mateo, auditor = person(session), person(session, "Mateo"), person(session, "Eva", Role.AUDITOR)
        key = call(session)
        view = evaluation.open_evaluation(session, lucia, key, now=NOW)
        with pytest.raises(NotFound):
            answered(session, mateo, view, "recap", MET)
        with pytest.raises(NotAllowed):
            evaluation.open_evaluation(session, auditor, key, now=NOW)
        assert evaluation.evaluations_of(session, mateo, key) == ()
        done = evaluation.submit(
            session,
            lucia,
            view.id,
            expected_version=all_confirmed(session, lucia, view).version,
            now=NOW,
        )
        assert evaluation.evaluations_of(session, auditor, key) == (done,)


@pytest.mark.parametrize("stage", [Stage.RECEIVED, Stage.TRANSCRIBING, Stage.FAILED])
def test_what_is_still_in_work_cannot_be_judged(engine: Engine, stage: Stage) -> None:
    with transaction(engine) as session, pytest.raises(NotReady):
        evaluation.open_evaluation(session, person(session), call(session, stage=stage), now=NOW)


def test_unknown_things_are_not_found(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        with pytest.raises(CriterionUnknown):
            answered(session, viewer, view, "charm", MET)
        with pytest.raises(NotFound):
            evaluation.judge_finding(session, viewer, 999, Verdict.CONFIRMED, now=NOW)
        with pytest.raises(NotFound):
            evaluation.open_evaluation(session, viewer, 999, now=NOW)


def test_a_card_is_locked_by_its_first_use(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer, key = person(session), call(session)
        view = evaluation.open_evaluation(session, viewer, key, now=NOW)
        row = session.scalars(select(PublishedScorecard)).one()
        assert (row.code, row.version) == ("unified", 1)
        row.content = {**row.content, "pass_mark": 70}  # as if the file had been another when it was first used
        session.flush()
        assert evaluation.open_evaluation(session, viewer, key, now=NOW).card.pass_mark == 70
        assert published_cards.newest(session, now=NOW).pass_mark == 70
        assert view.card.pass_mark == 80


def test_proposals_that_people_keep_overruling_are_withheld(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        for _ in range(20):
            view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
            view = answered(session, viewer, view, "recap", NOT_MET, reason="No lo repite")
            view = all_confirmed(session, viewer, view)
            evaluation.submit(session, viewer, view.id, expected_version=view.version, now=NOW)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)
        recap, date = view.line("recap"), view.line("date")
        assert recap is not None
        assert date is not None
        assert (recap.proposed, recap.clear) == (OPEN, False)
        assert recap.why.startswith("Proposals to this question")
        assert recap.agreement is not None
        assert (recap.agreement.kept, recap.agreement.cases) == (0, 20)
        assert (date.proposed, date.clear) == (MET, True)


def together(engine: Engine, *acts: object) -> list[BaseException]:
    start = threading.Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: object) -> None:
        assert callable(act)
        start.wait()
        try:
            with transaction(engine) as session:
                act(session)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


HOMES = pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])


@HOMES
def test_of_two_who_submit_one_interaction_at_once_the_second_is_told(
    home: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        people = [person(session, "Lucía"), person(session, "Mateo")]
        key = call(session)
        views = [all_confirmed(session, one, evaluation.open_evaluation(session, one, key, now=NOW)) for one in people]

    def submit(place: int) -> object:
        return lambda session: evaluation.submit(
            session, people[place], views[place].id, expected_version=views[place].version, now=NOW
        )

    errors = together(engine, submit(0), submit(1))
    assert [type(error) for error in errors] == [AlreadyReviewed]
    with reading(engine) as session:
        states = sorted(session.scalars(select(Evaluation.state)))
        assert states == [EvaluationState.DRAFT, EvaluationState.SUBMITTED]


@HOMES
def test_two_windows_that_answer_from_one_version_keep_exactly_one_answer(
    home: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        viewer = person(session)
        view = evaluation.open_evaluation(session, viewer, call(session), now=NOW)

    def give(given: Answer) -> object:
        return lambda session: answered(session, viewer, view, "recap", given)

    errors = together(engine, give(MET), give(NOT_MET), give(NA))
    assert [type(error) for error in errors] == [StaleVersion] * 2
    with reading(engine) as session:
        assert session.scalars(select(Evaluation.version)).one() == 2


@HOMES
def test_two_windows_that_open_one_interaction_at_once_share_the_draft(
    home: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        viewer, key = person(session), call(session)
    acts = [lambda session: evaluation.open_evaluation(session, viewer, key, now=NOW)] * 3
    assert together(engine, *acts) == []
    with reading(engine) as session:
        assert len(session.scalars(select(Evaluation)).all()) == 1
        assert len(session.scalars(select(EvaluationAnswer)).all()) == 14
