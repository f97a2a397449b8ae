"""Labelled examples: each line is whole, a broken one is named, and the weights were made of the lines beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzers.contract import kinds
from analyzers.likeness import SIDES, likeness
from qa_platform.learning.examples import ExampleRefused, digest, examples, turns
from qa_platform.learning.train import SAID, joined

LINE = {"side": "agent", "lang": "es", "text": "hola", "says": [], "asked": ["slip"]}


@pytest.mark.parametrize("side", SIDES)
def test_the_weights_were_made_of_the_examples_beside_them(side: str) -> None:
    assert likeness(side).version == digest(side, examples()), "run `qa rules train tests/conversations`"
    assert likeness(side).codes == SAID[side]


def test_every_label_is_a_finding_that_an_analyzer_makes() -> None:
    known = frozenset(kinds())
    assert {code for example in examples() for code in example.says} <= known


def test_no_wording_is_there_twice_for_one_side() -> None:
    keys = [(example.side, example.text) for example in examples()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "Expecting"),
        (json.dumps({"side": "agent"}), "lang, text, says, asked missing"),
        (json.dumps(LINE | {"side": "judge"}), "agent or debtor"),
    ],
)
def test_a_broken_line_is_told_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "own.jsonl").write_text(json.dumps(LINE) + "\n" + line, encoding="utf-8")
    with pytest.raises(ExampleRefused) as refused:
        examples(tmp_path)
    assert refused.value.details["line"] == 2
    assert reason in str(refused.value.details["reason"])


def test_a_labelled_conversation_gives_an_example_a_turn(tmp_path: Path) -> None:
    conversation = {
        "language": "es",
        "turns": [
            {"speaker": "agent", "text": "pague o lo encierran"},
            {"speaker": "ivr", "text": "esta llamada se graba"},
            {"speaker": "customer", "text": "no tengo"},
        ],
        "gold": {"findings": [{"code": "slip.threat_jail", "turn": 0}, {"code": "slip.missing_agent_id"}]},
    }
    (tmp_path / "a.json").write_text(json.dumps(conversation), encoding="utf-8")
    first, second = turns(tmp_path.glob("*.json"))
    assert (first.side, first.says) == ("agent", frozenset({"slip.threat_jail"}))
    assert (second.side, second.says, second.asked) == ("debtor", frozenset[str](), frozenset({"objection"}))


def test_joined_examples_say_what_both_say_and_are_the_same_every_time() -> None:
    few = [example for example in examples() if example.side == "agent"][:40]
    once, again = list(joined(few)), list(joined(few))
    assert once == again
    assert len(once) > 40
    assert all(any(example.says <= one.says for example in few) for one in once)
