"""All that a scorecard may ask: kinds of questions, weights that balance, conditions, N/A, auto-fail, bonus."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.errors import QAError
from models.finding import Answer
from models.scorecard import Scorecard
from scorecards import load, questions, strict, weights
from scorecards.asked import applies, not_asked
from scorecards.compare import on_common_ground, shared
from scorecards.diff import changes
from scorecards.score import score
from scorecards.suggest import suggest
from scorecards.worth import answer_of

MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.UNDETERMINED


def text(es: str = "hola", en: str = "hello") -> dict[str, str]:
    return {"es": es, "en": en}


def question(code: str, weight: float | None = None, **more: Any) -> dict[str, Any]:
    plain = more.get("kind", "yes_no") == "yes_no"
    return {
        "code": code,
        "label": text(code, code),
        "guidance": text(),
        **({} if weight is None else {"weight": weight}),
        **({"by_person": True} if plain else {}),
        **more,
    }


def card(*asked: dict[str, Any], **more: Any) -> Scorecard:
    raw = {
        "code": "c",
        "version": 1,
        "label": text(),
        "sections": [{"code": "s", "label": text(), "criteria": list(asked)}],
    }
    found = load.build({**raw, **more}, file="c.yaml", known={"slip.x"}, known_steps=set())
    assert load.build(yaml.safe_load(load.as_yaml(found)), file="again") == found
    return found


OPTIONS = [
    {"code": "full", "label": text(), "points": 4},
    {"code": "half", "label": text(), "points": 2},
    {"code": "harm", "label": text(), "points": -2},
]
BANDS = [{"at_least": 0, "points": 4}, {"at_least": 2, "points": 2}, {"at_least": 5, "points": 0}]
CHOICE = question("tone", 50, kind="choice", options=OPTIONS)
NUMBER = question("holds", 50, kind="number", bands=BANDS)


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ({"tone": "full", "holds": "1"}, 100),
        ({"tone": "half", "holds": "1"}, 75),
        ({"tone": "half", "holds": "3,5"}, 50),
        ({"tone": "harm", "holds": "1"}, 25),
        ({"tone": "harm", "holds": "9"}, 0),  # a negative score is shown as none
        ({"tone": "full", "holds": "-1"}, 50),
    ],
)
def test_choices_and_numbers_earn_what_their_answers_are_worth(values: dict[str, str], points: float) -> None:
    form = card(CHOICE, NUMBER)
    answers = {one.code: answer_of(one, values[one.code]) or OPEN for one in form.criteria}
    result = score(form, answers, values=values)
    assert result.points == result.low == result.high == points


@pytest.mark.parametrize("value", ["", "none", "tone", None])
def test_a_value_that_answers_nothing_leaves_the_question_open(value: str | None) -> None:
    form = card(CHOICE, NUMBER)
    assert [answer_of(one, value) for one in form.criteria] == [None, None]
    open_ = score(form, {"tone": MET, "holds": MET}, values={"holds": "0"})
    assert (open_.points, open_.low, open_.high) == (100, 25, 100)


def test_a_text_is_kept_and_never_counted() -> None:
    form = card(question("a", 100), question("note", kind="text", optional=True))
    assert [one.weight for one in form.criteria] == [100, 0]
    assert score(form, {"a": MET, "note": NOT_MET}).points == 100


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ((None, None, None), [33.34, 33.33, 33.33]),
        ((50, None, None), [50, 25, 25]),
        ((50, 30, 20), [50, 30, 20]),
        ((None,), [100]),
    ],
)
def test_what_has_no_weight_shares_what_is_left(given_: tuple[float | None, ...], expected: list[float]) -> None:
    form = card(*(question(f"q{place}", weight) for place, weight in enumerate(given_)))
    assert [one.weight for one in form.criteria] == expected
    assert sum(one.weight for one in form.criteria) == pytest.approx(100)


def test_a_sections_weight_is_shared_within_it() -> None:
    sections = [
        {"code": "a", "label": text(), "weight": 40, "criteria": [question("a1", 10), question("a2"), question("a3")]},
        {"code": "b", "label": text(), "criteria": [question("b1"), question("b2", 5, counts="bonus")]},
    ]
    form = load.build({"code": "c", "version": 1, "label": text(), "sections": sections}, file="c.yaml")
    assert {one.code: one.weight for one in form.criteria} == {"a1": 10, "a2": 15, "a3": 15, "b1": 60, "b2": 5}
    assert [section.weight for section in form.sections] == [40, 60]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9), st.integers(0, 9))
def test_rescaled_weights_always_sum_to_100_and_keep_what_is_kept(parts: list[int], kept: int) -> None:
    given_ = {f"q{place}": float(part) for place, part in enumerate(parts)}
    keep = [code for code in given_ if code == f"q{kept}" and len(given_) > 1 and given_[code] < 100]
    found = weights.rescaled(given_, keep=keep)
    assert sum(found.values()) == pytest.approx(100)
    assert all(found[code] == given_[code] for code in keep)


@pytest.mark.parametrize(
    ("asked", "error", "where"),
    [
        ([question("a", 100), question("b")], weights.WeightsOverlap, "weight"),
        ([question("a", 70), question("b", 70)], weights.WeightsOff, "weight"),
        ([question("a", 100, kind="choice")], questions.AnswersMissing, "criteria[0]"),
        ([question("a", 100, options=OPTIONS)], questions.AnswersUnwanted, "criteria[0]"),
        ([question("a", 100, kind="choice", options=OPTIONS[2:])], questions.NothingToEarn, "options"),
        ([question("a", 100, kind="choice", options=OPTIONS[:1] * 2)], strict.CodeRepeated, "options"),
        ([question("a", 100, kind="number", bands=BANDS[::-1])], questions.BandsOutOfOrder, "bands"),
        ([question("a", 100, kind="scale")], strict.ChoiceWanted, "kind"),
        ([question("a", 100), question("b", counts="bonus")], questions.WeightMissing, "criteria[1]"),
        ([question("a", 100, na="hide")], strict.ChoiceWanted, "na"),
        ([question("a", 100, asked_if={"criterion": "b", "answers": ["met"]})], load.ConditionUnknown, "asked_if"),
        ([question("a", 100, asked_if={"criterion": "a"})], strict.KeyMissing, "asked_if"),
        (
            [CHOICE, question("b", 50, asked_if={"criterion": "tone", "values": ["loud"]})],
            load.ConditionImpossible,
            "asked_if",
        ),
        ([question("a", 100, directions=["up"])], strict.ChoiceWanted, "directions"),
        ([question("a", 100, kind="number", bands=BANDS, slips=["slip.x"])], questions.ProposedToo, "criteria[0]"),
    ],
)
def test_what_is_wrong_with_a_question_is_named_with_its_place(
    asked: list[dict[str, Any]], error: type[QAError], where: str
) -> None:
    with pytest.raises(error) as caught:
        card(*asked)
    assert where in caught.value.where
    assert caught.value.remedy
    assert "{" not in str(caught.value).replace("{'", "")


def test_weights_that_overlap_within_a_section_are_refused() -> None:
    for criteria, error in (
        ([question("a", 30), question("b")], weights.WeightsOverlap),
        ([question("a", 10)], weights.SectionWeightsOff),
    ):
        sections = [{"code": "s", "label": text(), "weight": 30, "criteria": criteria}]
        with pytest.raises(error):
            load.build({"code": "c", "version": 1, "label": text(), "sections": sections}, file="c.yaml")


CONDITIONAL = card(
    question("objected", 20),
    question("answered", 50, asked_if={"criterion": "objected", "answers": ["met"]}),
    question("again", 30, asked_if={"criterion": "answered", "answers": ["not_met"]}),
)


@pytest.mark.parametrize(
    ("answers", "left_out", "points", "low", "high"),
    [
        ({}, set(), None, 0, 100),
        ({"objected": NOT_MET}, {"answered", "again"}, 0, 0, 0),
        ({"objected": MET}, set(), 100, 20, 100),
        ({"objected": MET, "answered": NOT_MET}, set(), 28.6, 20, 50),
        ({"objected": MET, "answered": MET}, {"again"}, 100, 100, 100),
        ({"objected": NA}, {"answered", "again"}, None, 0, 100),
    ],
)
def test_a_question_is_asked_after_the_answer_that_raises_it(
    answers: dict[str, Answer], left_out: set[str], points: float | None, low: float, high: float
) -> None:
    assert not_asked(CONDITIONAL, answers) == left_out
    result = score(CONDITIONAL, answers, not_asked=left_out)
    assert (result.points, result.low, result.high) == (points, low, high)


def test_a_condition_may_name_the_option_chosen() -> None:
    form = card(CHOICE, question("why", 50, asked_if={"criterion": "tone", "values": ["harm"]}))
    assert not_asked(form, {"tone": NOT_MET}, values={"tone": "harm"}) == set()
    assert not_asked(form, {"tone": MET}, values={"tone": "full"}) == {"why"}


@pytest.mark.parametrize(
    ("whole", "own", "points"),
    [("redistribute", None, 40), ("pass", None, 70), ("pass", "redistribute", 40), ("redistribute", "pass", 70)],
)
def test_not_applicable_redistributes_or_passes_as_the_card_or_the_question_says(
    whole: str, own: str | None, points: float
) -> None:
    na = {} if own is None else {"na": own}
    form = card(question("a", 50, **na), question("b", 20), question("c", 30), na=whole)
    assert score(form, {"a": NA, "b": MET, "c": NOT_MET}).points == points


@pytest.mark.parametrize(("mode", "points"), [("zero", 0), ("outcome", 60)])
def test_an_auto_fail_zeroes_the_form_or_fails_the_outcome_and_keeps_the_score(mode: str, points: float) -> None:
    form = card(question("a", 60), question("b", 40), auto_fail=["slip.x"], auto_fail_mode=mode, pass_mark=50)
    answers = {"a": MET, "b": NOT_MET}
    confirmed = score(form, answers, auto_fail=["slip.x"])
    assert (confirmed.points, confirmed.passed, confirmed.failed_by) == (points, False, ("slip.x",))
    unjudged = score(form, answers, auto_fail_open=["slip.x"])
    assert (unjudged.points, unjudged.low, unjudged.passed) == (60, points, None)


def test_a_question_may_zero_the_form() -> None:
    form = card(question("a", 60, zero_if_not_met=True), question("b", 40))
    failed = score(form, {"a": NOT_MET, "b": MET})
    assert (failed.points, failed.passed, failed.zeroed_by) == (0, False, ("a",))
    assert score(form, {"b": MET}).low == 0
    assert score(form, {"a": MET, "b": MET}).passed is True


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"a": MET, "b": NOT_MET, "extra": NOT_MET, "late": MET}, 60),
        ({"a": MET, "b": NOT_MET, "extra": MET, "late": MET}, 70),
        ({"a": MET, "b": NOT_MET, "extra": NOT_MET, "late": NOT_MET}, 40),
        ({"a": MET, "b": MET, "extra": MET, "late": MET}, 100),
        ({"a": NOT_MET, "b": NOT_MET, "extra": NOT_MET, "late": NOT_MET}, 0),
        ({"a": MET, "b": NOT_MET, "extra": NA, "late": NA}, 60),
    ],
)
def test_bonus_and_penalty_stand_outside_the_hundred_and_never_leave_its_bounds(
    answers: dict[str, Answer], points: float
) -> None:
    form = card(
        question("a", 60),
        question("b", 40),
        question("extra", 10, counts="bonus"),
        question("late", 20, counts="penalty"),
    )
    result = score(form, answers)
    assert result.points == result.low == result.high == points
    open_ = score(form, {"a": MET, "b": NOT_MET})
    assert (open_.points, open_.low, open_.high) == (60, 40, 70)


def test_channel_and_direction_decide_whether_a_question_is_asked() -> None:
    form = card(
        question("a", 50, channels=["voice"]),
        {**question("b", 50, directions=["inbound"], slips=["slip.x"])},
    )
    a, b = form.criteria
    assert (applies(a, channel="sms"), applies(a, channel="voice")) == ("channel", "")
    assert (applies(b, channel="sms", direction="outbound"), applies(b, channel="sms")) == ("direction", "")
    proposed = suggest(form, channel="voice", direction="outbound", findings=[], steps=[])
    assert [(one.answer, one.why) for one in proposed] == [(OPEN, "by_person"), (NA, "direction")]


def test_versions_share_the_questions_that_ask_the_same() -> None:
    old = card(CHOICE, question("gone", 20), question("kept", 30))
    new = card(CHOICE | {"weight": 40}, question("kept", 40), question("fresh", 20))
    assert shared(old, new) == ("tone", "kept")
    ground = on_common_ground(old, new)
    assert ground is not None
    assert [one.code for one in ground.criteria] == ["tone", "kept"]
    reworked = card(CHOICE | {"options": OPTIONS[:2]}, question("kept", 50))
    assert shared(old, reworked) == ("kept",)
    assert on_common_ground(card(question("x", 100)), card(question("y", 100))) is None


def test_a_difference_says_every_change_once_and_nothing_where_nothing_changed() -> None:
    old = card(question("a", 60, critical=True), question("gone", 40))
    assert changes(old, old) == ()
    new = card(question("a", 70), question("fresh", 30), auto_fail=["slip.x"], na="pass", appeal_days=10)
    told = [(change.code, change.says) for change in changes(old, new)]
    assert told == [
        ("na", "“Not applicable” now means: {new} (before: {old})."),
        ("appeal_days", "Agents have {new} days to appeal instead of {old}."),
        ("slip.x", "{finding} now fails the form."),
        ("a", "{question} weighs {new} instead of {old}."),
        ("a", "{question}: whether it is critical changed."),
        ("fresh", "New question: {question} ({weight})."),
        ("gone", "Question removed: {question}."),
    ]
