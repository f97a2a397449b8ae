"""Card data is found when it is given in pieces, repeated, misheard or asked for; other numbers stay."""

from __future__ import annotations

import pytest

from analyzers.card_dictation import spans_in
from analyzers.card_numbers import mask
from models.conversation import Speaker, Turn

A, C, U = Speaker.AGENT, Speaker.CUSTOMER, Speaker.UNKNOWN
Said = tuple[Speaker, str]


def _hidden(*said: Said) -> list[str]:
    turns = [Turn(index, speaker, text) for index, (speaker, text) in enumerate(said)]
    return [mask(turn.text, spans) for turn, spans in zip(turns, spans_in(turns), strict=True)]


def _digits_left(masked: list[str]) -> str:
    return "".join(letter for line in masked for letter in line if letter.isdigit())


@pytest.mark.parametrize(
    "said",
    [
        [(C, "4111 1111"), (A, "ajá"), (C, "1111 1111")],
        [(C, "es el 4539"), (A, "4539"), (C, "1488"), (A, "sí, 1488"), (C, "0343"), (A, "ok"), (C, "6467")],
        [(A, "okay"), (C, "3782 822"), (A, "go on"), (C, "463 10005 and that is it")],
        [(A, "¿me dicta el número de su tarjeta?"), (C, "4539 1488 0343 6461")],
        [(U, "dígame los dieciséis dígitos"), (U, "4539"), (U, "4539"), (U, "1488"), (U, "1488"), (U, "0343 6461")],
    ],
)
def test_a_number_in_pieces_is_hidden_whole(said: list[Said]) -> None:
    assert _digits_left(_hidden(*said)) == ""


def test_a_number_said_in_words_and_in_pieces_is_hidden() -> None:
    masked = _hidden(
        (C, "cuarenta y cinco treinta y nueve catorce ochenta y ocho"),
        (A, "ajá"),
        (C, "cero tres cuarenta y tres sesenta y cuatro sesenta y siete"),
    )
    assert "cuarenta" not in " ".join(masked)
    assert "sesenta" not in " ".join(masked)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([(A, "¿me da el código que le llegó por mensaje?"), (C, "48 29 13")], "482913"),
        ([(A, "le va a llegar un código, ¿qué código le llegó?"), (C, "ya"), (A, "dígame"), (C, "482913")], "482913"),
        ([(A, "What's the verification code we sent?"), (C, "it's 4829")], "4829"),
        ([(C, "su código de verificación es 482913, no lo comparta")], "482913"),
        ([(A, "¿el CVV?"), (C, "a ver"), (A, "con calma"), (C, "812")], "812"),
    ],
)
def test_a_code_that_was_asked_for_is_hidden(said: list[Said], code: str) -> None:
    masked = _hidden(*said)
    assert code not in "".join(masked).replace(" ", "")
    assert _digits_left(masked) == ""


@pytest.mark.parametrize(
    "said",
    [
        [(A, "¿cuánto puede pagar?"), (C, "1500"), (A, "¿y cuándo?"), (C, "el 15")],
        [(A, "¿los últimos cuatro dígitos de su tarjeta?"), (C, "4321")],
        [(A, "le dicto el número de caso: 4152 3138"), (C, "ajá"), (A, "9021")],
        [(A, "¿me da el código que le llegó?"), (C, "no me llegó"), (A, "entonces pague 2100 el 15"),
         (C, "sí 2100 pesos puedo dar ese día")],
        [(A, "le dicto la clabe"), (C, "sí"), (A, "012 180 411"), (C, "ajá"), (A, "111 111 111"), (C, "listo")],
        [(A, "su saldo es de 18430"), (C, "deposité 1200"), (A, "llame al 55 1250 5050")],
    ],
)  # fmt: skip
def test_other_numbers_stay(said: list[Said]) -> None:
    assert _hidden(*said) == [text for _, text in said]


def test_nobody_said_anything() -> None:
    assert spans_in([]) == ()
