"""How fast each side speaks, and how long each takes to answer."""

from __future__ import annotations

import pytest

from analyzers.pace import pace, response_delays
from models.conversation import Channel, Conversation, Hold, HoldSign, Interval, Speaker, Turn, Word
from models.finding import Delay

SENTENCE = "le confirmo que su saldo es de dos mil pesos y que puede pagar en cualquier tienda hasta el viernes"
WORDS = SENTENCE.split()


def said(*, timed: bool) -> Conversation:
    """Forty words in half a second each, a second of pause after every one."""
    spoken = tuple(Word(word, i * 1.5, i * 1.5 + 0.5) for i, word in enumerate(WORDS * 2)) if timed else ()
    turn = Turn(0, Speaker.AGENT, " ".join(WORDS * 2), start=0.0, end=60.0, words=spoken)
    return Conversation("c", Channel.VOICE, "es", (turn,))


def test_pauses_are_no_part_of_the_pace_where_words_have_times() -> None:
    told = pace(said(timed=True), {"agent": 60.0})["agent"]
    assert (told.words_per_minute, told.estimated) == (120.0, False)
    assert told.syllables_per_second == pytest.approx(sum(map(syllables, WORDS)) / len(WORDS) * 2, abs=0.15)


def syllables(word: str) -> int:
    counted = {"confirmo": 3, "saldo": 2, "pesos": 2, "puede": 2, "pagar": 2, "cualquier": 3, "tienda": 2, "hasta": 2}
    return {**counted, "viernes": 2}.get(word, 1)


def test_without_times_the_words_are_spread_over_the_talk_and_it_says_so() -> None:
    told = pace(said(timed=False), {"agent": 20.0})["agent"]
    assert (told.words_per_minute, told.estimated) == (120.0, True)


def test_a_few_words_have_no_pace() -> None:
    short = Conversation("c", Channel.VOICE, "es", (Turn(0, Speaker.AGENT, "Sí, dígame", start=0.0, end=1.0),))
    assert pace(short, {"agent": 1.0}) == {}


def talk(*spans: tuple[float, float, str]) -> list[tuple[Interval, str]]:
    return [(Interval(start, end), side) for start, end, side in spans]


def test_a_delay_is_from_the_others_last_word_to_the_first_of_ones_own() -> None:
    told = response_delays(
        talk((0, 5, "agent"), (6, 8, "customer"), (8.5, 12, "agent"), (13, 14, "agent"), (16, 18, "customer")), ()
    )
    assert told == {"agent": Delay(0.5, 0.5, 1), "customer": Delay(1.5, 2.0, 2)}


def test_cutting_in_and_holds_and_minutes_are_no_delay() -> None:
    spans = talk((0, 5, "agent"), (4, 8, "customer"), (50, 60, "agent"), (200, 201, "customer"))
    assert response_delays(spans, [Hold(10.0, 45.0, HoldSign.MUSIC)]) == {}
