"""What is proposed for a question, on what words, and when the system holds back."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from models.finding import Answer, Finding, Outcome, Rule, Severity, Step
from models.scorecard import Criterion, Label, ProposedAnswer, Scorecard, Section
from scorecards.agreement import Agreement, agreements, wilson, withheld
from scorecards.load import scorecard
from scorecards.suggest import WHY, suggest

MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.UNDETERMINED
NOTHING = Label(es="", en="")
RULE = Rule("r", "1")
TALKED = Step("step.other", MET, (0,), "Buenos días")


def found(code: str, turn: int | None = 4, outcome: Outcome = Outcome.DETECTED, confidence: float = 0.9) -> Finding:
    quote = None if turn is None else f"words of turn {turn}"
    return Finding(code, Severity.HIGH, RULE, outcome, turn=turn, quote=quote, confidence=confidence)


def step(code: str, answer: Answer, *turns: int) -> Step:
    return Step(code, answer, turns, f"words of turn {turns[0]}" if turns else None)


def proposal(
    criterion: Criterion, *, channel: str = "voice", findings: tuple[Finding, ...] = (), steps: tuple[Step, ...] = ()
) -> ProposedAnswer:
    card = Scorecard("small", 1, NOTHING, (Section("s", NOTHING, (criterion,)),), ())
    return suggest(card, channel=channel, findings=findings, steps=(TALKED, *steps))[0]


BOTH = Criterion("q", NOTHING, NOTHING, 100, steps=("step.a", "step.b"), slips=("slip.x",))
ONLY_SLIPS = Criterion("q", NOTHING, NOTHING, 100, slips=("slip.x", "slip.y"))
RAISED = Criterion("q", NOTHING, NOTHING, 100, slips=("slip.x",), applies_on=("objection.stop_contact",))
VOICE = Criterion("q", NOTHING, NOTHING, 100, steps=("step.a",), slips=("slip.x",), channels=("voice",))
UNSURE = Outcome.INSUFFICIENT_EVIDENCE
A, B = step("step.a", MET, 1), step("step.b", MET, 2)


@pytest.mark.parametrize(
    ("criterion", "findings", "steps", "answer", "why", "turns"),
    [
        pytest.param(BOTH, (), (A, B), MET, "steps_met", (1, 2), id="every step met"),
        pytest.param(BOTH, (), (A, step("step.b", NOT_MET)), NOT_MET, "steps_not_met", (), id="one step missed"),
        pytest.param(BOTH, (), (A, step("step.b", NA)), MET, "steps_met", (1,), id="a step without occasion"),
        pytest.param(BOTH, (), (step("step.a", NA), step("step.b", NA)), NA, "steps_not_applicable", (), id="none"),
        pytest.param(BOTH, (), (A, step("step.b", OPEN, 7)), OPEN, "not_enough_evidence", (7,), id="one step in doubt"),
        pytest.param(BOTH, (), (A,), OPEN, "not_enough_evidence", (), id="a step that nobody looked for"),
        pytest.param(BOTH, (found("slip.x"),), (A, B), NOT_MET, "slip.x", (4,), id="a slip outweighs the steps"),
        pytest.param(BOTH, (found("slip.x", outcome=UNSURE),), (A, B), OPEN, "not_enough_evidence", (4,), id="doubt"),
        pytest.param(BOTH, (found("slip.x", confidence=0.3),), (A, B), OPEN, "not_enough_evidence", (4,), id="faint"),
        pytest.param(
            BOTH, (found("slip.x", outcome=UNSURE),), (step("step.a", NOT_MET), B), NOT_MET, "steps_not_met", (),
            id="a missed step needs no slip",
        ),
        pytest.param(BOTH, (found("slip.z"),), (A, B), MET, "steps_met", (1, 2), id="another question's slip"),
        pytest.param(BOTH, (found("slip.x", outcome=Outcome.CLEAR),), (A, B), MET, "steps_met", (1, 2), id="cleared"),
        pytest.param(BOTH, (found("slip.x", None),), (A, B), NOT_MET, "slip.x", (), id="what is missing has no turn"),
        pytest.param(
            ONLY_SLIPS, (found("slip.y", 9), found("slip.x", 4), found("slip.x", 4)), (), NOT_MET, "slip.x", (4, 9),
            id="turns in order, each once",
        ),
        pytest.param(ONLY_SLIPS, (), (), MET, "nothing_found", (), id="no slip in words that were judged"),
        pytest.param(RAISED, (), (), NA, "not_raised", (), id="the customer asked for nothing"),
        pytest.param(RAISED, (found("objection.stop_contact", 3),), (), MET, "nothing_found", (3,), id="respected"),
        pytest.param(
            RAISED, (found("objection.stop_contact", 3, UNSURE),), (), OPEN, "not_enough_evidence", (3,), id="unclear"
        ),
        pytest.param(RAISED, (found("slip.x", 6),), (), NOT_MET, "slip.x", (6,), id="the slip proves the occasion"),
    ],
)  # fmt: skip
def test_proposals(
    criterion: Criterion,
    findings: tuple[Finding, ...],
    steps: tuple[Step, ...],
    answer: Answer,
    why: str,
    turns: tuple[int, ...],
) -> None:
    proposed = proposal(criterion, findings=findings, steps=steps)
    assert (proposed.answer, proposed.why, proposed.turns) == (answer, why, turns)
    assert proposed.why.startswith("slip.") or proposed.why in WHY
    assert (proposed.quote is None) == (turns == ())


def test_the_channel_is_asked_before_anything_else() -> None:
    proposed = proposal(VOICE, channel="whatsapp", findings=(found("slip.x"),), steps=(A,))
    assert (proposed.answer, proposed.why) == (NA, "channel")
    assert proposal(VOICE, findings=(), steps=(A,)).answer is MET


@pytest.mark.parametrize("steps", [(), (step("step.a", OPEN), step("step.b", OPEN))], ids=["none", "all in doubt"])
def test_without_words_nothing_is_proposed(steps: tuple[Step, ...]) -> None:
    proposals = suggest(scorecard(), channel="voice", findings=(), steps=steps)
    assert {(one.answer, one.why) for one in proposals} == {(OPEN, "no_words")}


def test_the_order_of_the_input_changes_nothing() -> None:
    card = scorecard()
    findings = [found(code, turn) for turn, code in enumerate(("slip.humiliation", "slip.threat_jail", "slip.id_weak"))]
    findings += [found("slip.missing_agent_id", None), found("objection.attorney", 5)]
    steps = [step(code, MET, turn) for turn, code in enumerate(code for one in card.criteria for code in one.steps)]
    first = suggest(card, channel="voice", findings=findings, steps=steps)
    for seed in range(5):
        random.Random(seed).shuffle(findings)
        random.Random(seed).shuffle(steps)
        assert suggest(card, channel="voice", findings=findings, steps=steps) == first
    assert [one.criterion for one in first] == [one.code for one in card.criteria]


@pytest.mark.shared
def test_labelled_conversations_get_the_answers_their_labels_imply(shared: Path) -> None:
    """A missed step or a slip of the labels fails its question; a step met and no slip meets it."""
    card, seen = scorecard(), 0
    for path in sorted((shared / "bench" / "dev").glob("*.json")):
        talk = json.loads(path.read_text(encoding="utf-8"))
        steps = [Step(code, Answer(given), (0,), "…") for code, given in talk["gold"]["steps"].items()]
        slips = {label["code"] for label in talk["gold"]["findings"] if label["code"].startswith("slip.")}
        proposed = suggest(card, channel=talk["channel"], findings=[found(code) for code in sorted(slips)], steps=steps)
        missed = {step.code for step in steps if step.answer is NOT_MET}
        for criterion, one in zip(card.criteria, proposed, strict=True):
            if one.why == "channel":
                assert talk["channel"] != "voice"
                continue
            fails = bool(slips & set(criterion.slips) or missed & set(criterion.steps))
            assert (one.answer is NOT_MET) == fails, (path.name, criterion.code)
            seen += 1
    assert seen > 500


def test_a_withheld_proposal_shows_its_evidence_and_leaves_the_answer_open() -> None:
    card = Scorecard("small", 1, NOTHING, (Section("s", NOTHING, (BOTH,)),), ())
    (proposed,) = suggest(card, channel="voice", findings=(), steps=(A, B), withheld={"q"})
    assert (proposed.answer, proposed.turns, proposed.why) == (OPEN, (1, 2), "withheld")


def test_agreement_counts_only_what_was_proposed() -> None:
    record = agreements({("a", MET, MET): 3, ("a", MET, NOT_MET): 1, ("a", OPEN, MET): 9, ("b", OPEN, NA): 2})
    assert list(record) == ["a"]
    assert (record["a"].cases, record["a"].kept, record["a"].share) == (4, 3, 0.75)


@pytest.mark.parametrize(
    ("cases", "kept", "is_withheld"), [(20, 15, True), (20, 16, False), (19, 0, False), (100, 79, True)]
)
def test_proposals_below_the_bar_are_withheld_once_there_are_enough_cases(
    cases: int, kept: int, is_withheld: bool
) -> None:
    record = [Agreement("a", cases, kept, *wilson(kept, cases))]
    assert withheld(record) == (frozenset({"a"}) if is_withheld else frozenset())


@pytest.mark.parametrize(
    ("successes", "cases", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_match_the_published_ones(successes: int, cases: int, low: float, high: float) -> None:
    assert list(wilson(successes, cases)) == pytest.approx([low, high], abs=5e-5)


def test_no_cases_tell_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
