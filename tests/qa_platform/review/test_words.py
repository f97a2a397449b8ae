"""A turn's text cut into marks and words: nothing is lost, nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_platform.review.words import Quote, Stretch, stretches

TEXT = "Si no paga, lo pueden meter a la cárcel por fraude."
WORDS = [[word, at * 0.5, at * 0.5 + 0.4] for at, word in enumerate(TEXT.split())]


def read(cut: tuple[Stretch, ...]) -> str:
    return "".join(token.text for stretch in cut for token in stretch.tokens)


@given(
    st.text(alphabet="abc ñ.,", max_size=40), st.lists(st.text(alphabet="abc ñ", min_size=1, max_size=6), max_size=4)
)
def test_the_pieces_together_are_the_text(text: str, quotes: list[str]) -> None:
    words = [[word, 1.0, 2.0] for word in text.split()]
    marks = [Quote(number, "red", quote) for number, quote in enumerate(quotes, start=1)]
    assert read(stretches(text, words, marks)) == text


def test_a_quote_is_marked_where_it_stands_and_numbered_at_its_end() -> None:
    before, marked, after = stretches(TEXT, WORDS, [Quote(5, "red", "lo pueden meter a la cárcel")])
    assert (before.number, marked.number, marked.hue, marked.ends, after.number) == (0, 5, "red", (5,), 0)
    assert next(token.start for token in marked.tokens if token.start is not None) == WORDS[3][1]


def test_of_two_quotes_one_inside_the_other_both_numbers_are_shown() -> None:
    cut = stretches(TEXT, WORDS, [Quote(1, "red", "lo pueden meter a la cárcel"), Quote(2, "amber", "la cárcel")])
    assert [(stretch.number, stretch.ends) for stretch in cut] == [(0, ()), (1, ()), (1, (1, 2)), (0, ())]


def test_a_quote_that_does_not_stand_verbatim_marks_nothing() -> None:
    assert all(stretch.number == 0 for stretch in stretches(TEXT, WORDS, [Quote(1, "red", "irá preso")]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Es el •••• •••• y ya.", ["Es el ", "HIDDEN", " y ya."]),
        ("Termina en ••••.", ["Termina en ", "HIDDEN", "."]),
        ("4152 •••• •••• 8", ["4152 ", "HIDDEN", " 8"]),
    ],
)
def test_masked_data_is_one_hidden_piece(text: str, shown: list[str]) -> None:
    (cut,) = stretches(text, [], [])
    assert ["HIDDEN" if token.hidden else token.text for token in cut.tokens] == shown


def test_masked_words_with_times_are_hidden_too() -> None:
    words = [["Es", 0.0, 0.2], ["••••", 0.3, 0.6], ["••••,", 0.7, 1.0], ["sí", 1.1, 1.3]]
    (cut,) = stretches("Es •••• ••••, sí", words, [])
    assert [("HIDDEN" if token.hidden else token.text) for token in cut.tokens] == ["Es", " ", "HIDDEN", ",", " ", "sí"]


def test_a_word_that_is_not_in_the_text_takes_no_other_words_place() -> None:
    words = [["uno", 0.0, 0.2], ["borrado", 0.3, 0.5], ["dos", 0.6, 0.8]]
    (cut,) = stretches("uno dos", words, [])
    assert [(token.text, token.start) for token in cut.tokens] == [("uno", 0.0), (" ", None), ("dos", 0.6)]
