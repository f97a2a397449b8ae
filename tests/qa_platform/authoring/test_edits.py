"""Edits give what a file would say after the same edit by hand, and a draft says where it is not sound yet."""

from __future__ import annotations

from typing import Any

import pytest

from qa_platform.authoring import edits
from qa_platform.authoring.examine import examine
from scorecards import load

CARD = load.scorecard()
FIRST = CARD.sections[0].code


@pytest.fixture
def content() -> dict[str, Any]:
    return load.content(CARD)


def order(content: dict[str, Any]) -> list[list[str]]:
    return [[one["code"] for one in section["criteria"]] for section in content["sections"]]


def test_a_question_moves_within_its_section_and_on_into_the_next(content: dict[str, Any]) -> None:
    codes = order(content)
    assert order(edits.moved(content, codes[0][1], -1))[0][:2] == [codes[0][1], codes[0][0]]
    last = codes[0][-1]
    after = order(edits.moved(content, last, 1))
    assert last not in after[0]
    assert after[1][0] == last
    assert order(edits.moved(content, codes[0][0], -1)) == codes, "nothing is above the first"


def test_a_section_moves_as_a_whole(content: dict[str, Any]) -> None:
    codes = order(content)
    assert order(edits.moved(content, FIRST, 1))[:2] == [codes[1], codes[0]]


def test_the_last_question_takes_its_section_along_but_never_the_last_section(content: dict[str, Any]) -> None:
    alone, code = edits.with_new_section(content)
    question = order(alone)[-1][0]
    assert order(edits.removed(alone, question)) == order(content)
    single = {**content, "sections": [alone["sections"][-1]]}
    assert order(edits.removed(single, question)) == [[question]]
    assert order(edits.removed(single, code)) == [[question]]


def test_a_new_question_gets_a_code_that_no_version_has_used(content: dict[str, Any]) -> None:
    _, code = edits.with_new_question(content, FIRST, taken={"question_1"})
    assert code == "question_2"


def test_balancing_keeps_what_was_set_and_ends_on_100(content: dict[str, Any]) -> None:
    heavy = edits.with_weights(content, {"identification": 30})
    even = edits.balanced(heavy, keep={"identification"})
    card = load.build(even, file="x")
    assert sum(section.weight for section in card.sections) == pytest.approx(100)
    assert next(one.weight for one in card.criteria if one.code == "identification") == 30


def test_balancing_moves_everything_where_what_was_set_leaves_no_room(content: dict[str, Any]) -> None:
    heavy = edits.with_weights(content, {"identification": 100, "respect": 100})
    card = load.build(edits.balanced(heavy, keep={"identification", "respect"}), file="x")
    assert sum(section.weight for section in card.sections) == pytest.approx(100)


def test_a_question_can_change_its_section(content: dict[str, Any]) -> None:
    one = content["sections"][0]["criteria"][0]
    goal = content["sections"][1]["code"]
    after = edits.with_question(content, one["code"], one, section=goal)
    assert order(after)[1][-1] == one["code"]


def test_a_gap_is_found_where_it_is_and_the_rest_can_still_be_seen(content: dict[str, Any]) -> None:
    unfinished, code = edits.with_new_question(content, FIRST)
    seen = examine(unfinished, CARD)
    assert seen.problem is not None
    assert (seen.problem.section, seen.problem.question, seen.problem.key) == (FIRST, code, "guidance")
    assert seen.card is not None
    assert len(seen.card.criteria) == len(CARD.criteria) + 1


def test_weights_that_do_not_add_up_are_said_and_the_card_can_still_be_seen(content: dict[str, Any]) -> None:
    seen = examine(edits.with_weights(content, {"identification": 30}), CARD)
    assert seen.problem is not None
    assert seen.problem.error.code == "WeightsOff"
    assert seen.problem.question is None
    assert seen.card is not None


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"asked_if": {"criterion": "later", "answers": ["met"]}}, "asked_if"),
        ({"slips": ["slip.unheard_of"]}, "slips"),
        ({"weight": "ocho"}, "weight"),
        ({"kind": "choice", "slips": [], "steps": []}, None),
    ],
)
def test_whatever_is_wrong_is_told_at_its_question(content: dict[str, Any], change: dict[str, Any], key: str) -> None:
    one = {**content["sections"][0]["criteria"][0], **change}
    seen = examine(edits.with_question(content, one["code"], one, section=FIRST), CARD)
    assert seen.problem is not None
    assert (seen.problem.question, seen.problem.key) == (one["code"], key)


def test_an_open_weight_is_worked_out(content: dict[str, Any]) -> None:
    seen = examine(edits.with_weights(content, {"identification": None}), CARD)
    assert seen.problem is None
    assert seen.changes == ()
