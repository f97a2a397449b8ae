"""The stages of a call, told by the turns that fulfil its steps."""

from __future__ import annotations

from models.finding import Answer, Outcome, Severity
from models.interactions import StoredStep, StoredTurn
from qa_platform.review.course import stages
from qa_platform.review.page import Note

TURNS = [StoredTurn(position=at, start=at * 10.0, end=at * 10.0 + 8) for at in range(8)]


def step(code: str, *turns: int, answer: Answer = Answer.MET) -> StoredStep:
    return StoredStep(code=code, answer=answer, turns=list(turns))


def objection(turn: int) -> Note:
    return Note(1, 1, "objection.no_money", "", "amber", Severity.INFO, Outcome.DETECTED, "r", "1", 0.9, turn=turn)


def test_each_stage_runs_from_its_first_sign_to_the_next_stages() -> None:
    found = stages(
        [step("step.greeting", 0), step("step.identity_verified", 2, 3), step("step.balance_stated", 4)],
        [objection(5)],
        TURNS,
        80.0,
    )
    assert [(span.code, span.start, span.end) for span in found] == [
        ("opening", 0.0, 20.0),
        ("identity", 20.0, 40.0),
        ("balance", 40.0, 50.0),
        ("objection", 50.0, 80.0),
    ]


def test_a_sign_out_of_order_begins_no_stage() -> None:
    found = stages(
        [step("step.greeting", 3), step("step.identity_verified", 1), step("step.polite_close", 7)], [], TURNS, 80.0
    )
    assert [span.code for span in found] == ["opening", "close"]


def test_a_step_that_was_not_done_begins_no_stage() -> None:
    late = step("step.balance_stated", 4, answer=Answer.NOT_MET)
    assert stages([step("step.greeting", 0), late], [], TURNS, 80.0) == ()


def test_without_times_there_is_no_ribbon() -> None:
    silent = [StoredTurn(position=0), StoredTurn(position=1)]
    assert stages([step("step.greeting", 0), step("step.polite_close", 1)], [], silent, None) == ()
