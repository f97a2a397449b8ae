"""Errors are counted as anybody would count them by hand, and the fewest that explain the difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_platform.transcription.word_errors import WordErrors, plain_words, word_errors


@pytest.mark.parametrize(
    ("said", "heard", "substituted", "deleted", "inserted"),
    [
        ("le llamo del banco", "le llamo del banco", 0, 0, 0),
        ("le llamo del banco", "le llame del banco", 1, 0, 0),
        ("le llamo del banco", "llamo del banco", 0, 1, 0),
        ("le llamo del banco", "le llamo yo del banco", 0, 0, 1),
        ("le llamo del banco", "", 0, 4, 0),
        ("", "gracias por ver el video", 0, 0, 5),
        ("¿Hablo con Raúl?", "hablo con raul", 0, 0, 0),
        ("debe dos mil quinientos pesos", "debe $2,500 pesos", 0, 0, 0),
        ("son cuarenta y cinco días", "son 45 días", 0, 0, 0),
        ("cuatro uno uno uno", "4111", 0, 0, 0),
        ("el total es nueve mil", "el total es 9100", 1, 0, 0),
        ("a b c d", "x b y z d", 2, 0, 1),
    ],
)
def test_errors_are_of_three_kinds(said: str, heard: str, substituted: int, deleted: int, inserted: int) -> None:
    found = word_errors(said, heard)
    assert found == WordErrors(len(plain_words(said)), substituted, deleted, inserted)


def test_an_accent_is_an_error_only_where_it_is_asked_for() -> None:
    assert word_errors("él pagó", "el pago").errors == 0
    assert word_errors("él pagó", "el pago", accents=True).substitutions == 2
    assert word_errors("ÉL PAGÓ", "él pagó", accents=True).errors == 0


def test_english_numbers_are_numbers_too() -> None:
    assert word_errors("you owe twenty five hundred", "you owe 2500", language="en").errors == 0


def test_recordings_are_pooled_by_their_words() -> None:
    both = WordErrors(90, 1, 0, 0) + WordErrors(10, 0, 4, 5)
    assert both == WordErrors(100, 1, 4, 5)
    assert both.rate == 0.1
    assert WordErrors().rate is None


WORDS = st.lists(st.sampled_from(["pago", "banco", "viernes", "no"]), max_size=7)


@given(WORDS, WORDS)
def test_no_fewer_errors_explain_the_difference(said: list[str], heard: list[str]) -> None:
    found = word_errors(" ".join(said), " ".join(heard))
    assert found.errors == _fewest(tuple(said), tuple(heard))
    assert len(said) - found.deletions + found.insertions == len(heard)


def _fewest(said: tuple[str, ...], heard: tuple[str, ...]) -> int:
    """By the definition, cell by cell."""
    table = [[max(row, column) for column in range(len(heard) + 1)] for row in range(len(said) + 1)]
    for row in range(1, len(said) + 1):
        for column in range(1, len(heard) + 1):
            swap = table[row - 1][column - 1] + (said[row - 1] != heard[column - 1])
            table[row][column] = min(swap, table[row - 1][column] + 1, table[row][column - 1] + 1)
    return table[-1][-1]
