"""The index leaves out only what cannot stand: it makes rules cheap and never changes what they find."""

from __future__ import annotations

from functools import cache

import pytest

from analyzers.language import ReadTurn, read_turn
from analyzers.patterns import Pattern, compile_pattern
from analyzers.phrase_index import Index, Rarity
from analyzers.phrasebook import phrasebook, spans
from models.conversation import Speaker, Turn


def turn(text: str, language: str = "es") -> ReadTurn:
    return read_turn(Turn(0, Speaker.AGENT, text), language)


def index(*wordings: str) -> Index:
    patterns = [compile_pattern(wording, "es") for wording in wordings]
    return Index(enumerate(patterns), Rarity(patterns))


@cache
def some_wordings(language: str) -> tuple[Pattern, ...]:
    return tuple(pattern for rule in phrasebook(language).rules for pattern in rule.wordings)[::31]


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_wording_that_stands_in_a_specimen_is_left_out(language: str) -> None:
    patterns = some_wordings(language)
    known = Index(enumerate(patterns), Rarity(patterns))
    stood = 0
    for text in {text for rule in phrasebook(language).rules for text in (*rule.hits[:2], *rule.misses[:1])}:
        read = turn(text, language)
        standing = {number for number, pattern in enumerate(patterns) if any(True for _ in spans(read, pattern))}
        assert standing <= set(known.candidates(read)), text
        stood += len(standing)
    assert stood > 9


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("le (giran|sacan) orden de aprehension", "la aprehensión va en orden"),
        ("(no soy|no es) (yo|ella)", "yo no quiero, ella es así"),
        ("^(bueno|ya)$", "bueno, dígame usted"),
        ("policia & llev*", "la policía existe"),
    ],
)
def test_words_that_stand_apart_are_not_searched_for_a_wording(wording: str, text: str) -> None:
    assert index(wording).candidates(turn(text)) == []


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("le (giran|sacan) orden de aprehension", "mañana le giran orden de aprehensión"),
        ("no (me)? llame*", "no llamen, no me llamen"),
        ("(no soy|no es) (yo|ella)", "le digo que no es ella"),
        ("^(bueno|ya)$", "sí. bueno. adiós"),
        ("policia & llev*", "se lo lleva la policía"),
        ("_ pesos", "son cien pesos"),
        ("buro~", "en el burro"),
        ("<digits>", "son 300"),
        ("(a|de) (ver|verdad)?", "a"),
    ],
)
def test_a_wording_is_searched_for_where_its_words_are(wording: str, text: str) -> None:
    assert index("otra cosa", wording).candidates(turn(text)) == [1]


def test_the_same_place_is_not_taken_twice_and_neighbours_both_count() -> None:
    assert list(spans(turn("ya ya ya no"), compile_pattern("ya", "es"))) == [(0, 0), (1, 1), (2, 2)]
    assert list(spans(turn("ya ya ya no"), compile_pattern("ya ya", "es"))) == [(0, 1)]
