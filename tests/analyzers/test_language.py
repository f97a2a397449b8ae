"""Words are compared folded and quoted verbatim."""

from __future__ import annotations

import pytest

from analyzers.language import read_turn, tokenise
from models.conversation import Speaker, Turn


@pytest.mark.parametrize(
    ("language", "text", "norms"),
    [
        ("es", "Señora, ¿cuándo PAGÓ?", "senora cuando pago"),
        ("es", "holaaa xq no paga, ud. q dice", "hola por que no paga usted que dice"),
        ("es", "tmb dsps le aviso x wasap 😔", "tambien despues le aviso por whatsapp"),
        ("es", "S/ 2,450.00 y 61.300 pesos", "s/ 2,450.00 y 61.300 pesos"),
        ("es", "sin embargo pague", "sin obstante pague"),
        ("en", "You're gonna pay, don’t y'all", "you are going to pay do not you all"),
        ("en", "I cannot, mister", "i can not mr"),
    ],
)
def test_writing_habits_fold_into_the_same_words(language: str, text: str, norms: str) -> None:
    tokens, _ = tokenise(text, language)
    assert " ".join(token.norm for token in tokens) == norms


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Buenas. ¿Cuándo paga? Gracias", {1}),
        ("cuando paga? ok", {0}),
        ("la Sra. Ana debe... dos cuotas", set()),
        ("¡Pague! ¿Sí?", {1}),
    ],
)
def test_questions_are_known_by_their_marks(text: str, questions: set[int]) -> None:
    assert tokenise(text, "es")[1] == questions


def test_a_quote_is_cut_from_the_original_text() -> None:
    turn = read_turn(Turn(0, Speaker.AGENT, "Holaaa, Señora: ¿xq no PAGÓ?"), "es")
    first = turn.norms.index("por")
    assert turn.quote(first, len(turn.tokens) - 1) == "xq no PAGÓ"
    assert turn.quote_around(first, first) == "xq no PAGÓ"


def test_an_abbreviation_does_not_end_a_sentence_and_a_line_break_does() -> None:
    tokens, _ = tokenise("Sr. Paz llame\nGracias", "es")
    assert [token.sentence for token in tokens] == [0, 0, 0, 1]


@pytest.mark.parametrize("text", ["", "   ", "😔", "...", "¿?"])
def test_a_turn_without_words_reads_as_empty(text: str) -> None:
    turn = read_turn(Turn(0, Speaker.CUSTOMER, text), "es")
    assert turn.tokens == ()
    assert turn.line == "| | "
