"""Every phrase rule keeps its own word: what it says it finds, it finds, and what it must not find, it does not."""

from __future__ import annotations

import pytest

from analyzers.language import read_turn
from analyzers.phrasebook import PhraseRule, phrasebook
from models.conversation import Speaker, Turn

RULES = [rule for language in ("es", "en") for rule in phrasebook(language).rules]


def says(rule: PhraseRule, text: str) -> bool:
    turn = read_turn(Turn(0, rule.speaker or Speaker.AGENT, text), rule.language)
    return any(match.phrase.id == rule.id and match.holds for match in phrasebook(rule.language).scan(turn))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.language}:{rule.id}")
def test_a_rule_finds_its_specimens_and_leaves_its_hard_negatives(rule: PhraseRule) -> None:
    assert rule.hits, "a rule needs at least one specimen"
    assert [text for text in rule.hits if not says(rule, text)] == []
    assert [text for text in rule.misses if says(rule, text)] == []
