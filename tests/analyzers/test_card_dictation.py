"""Card data is found when it is given in pieces, repeated, misheard or asked for; other numbers stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.card_dictation import complete, spans_in
from analyzers.card_numbers import MASK, mask
from models.conversation import Speaker, Turn
from qa_platform.privacy import without_card_data

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
        [(U, "4539"), (U, "4539, ajá"), (U, "1488"), (U, "¿88?"), (U, "sí, 0343"), (U, "6467")],
        [(C, "es la 4539"), (A, "4539"), (C, "1488 0343"), (A, "¿43?"), (C, "sí, 6467")],
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
        [(A, "¿el CVV?"), (C, "no lo tengo"), (A, "ok"), (C, "pago 2100 pesos")],
        [(A, "le dicto el número de caso: 4152 3138"), (C, "ajá"), (A, "9021")],
        [(A, "¿me da el código que le llegó?"), (C, "no me llegó"), (A, "entonces pague 2100 el 15"),
         (C, "sí 2100 pesos puedo dar ese día")],
        [(A, "le dicto la clabe"), (C, "sí"), (A, "012 180 411"), (C, "ajá"), (A, "111 111 111"), (C, "listo")],
        [(A, "su saldo es de 18430"), (C, "deposité 1200"), (A, "llame al 55 1250 5050")],
    ],
)  # fmt: skip
def test_other_numbers_stay(said: list[Said]) -> None:
    assert _hidden(*said) == [text for _, text in said]


@pytest.mark.parametrize(
    "said",
    [
        [(C, "cuatro triple uno, doble uno doble uno"), (A, "ajá"), (C, "cuádruple uno triple uno uno")],
        [(C, "four triple one quadruple one"), (A, "go on"), (C, "double one double one"), (C, "quadruple one")],
        [(C, "cinco cinco doble cinco, cuádruple cinco, doble cinco doble cinco, doble 4 doble cuatro")],
    ],
)
def test_repeats_that_are_counted_are_digits_too(said: list[Said]) -> None:
    assert not {"uno", "one", "cinco", "doble", "4"} & set(" ".join(_hidden(*said)).replace(",", "").split())


EXPIRIES: dict[str, tuple[list[Said], str]] = {
    "in figures": ([(C, "es la 4111 1111 1111 1111, vence 12/27")], "1227"),
    "in words": ([(C, "4111 1111 1111 1111"), (A, "¿vencimiento?"), (C, "doce del veintisiete")], "doce veintisiete"),
    "year in full": ([(C, "4111111111111111"), (A, "ajá, ¿cuándo vence?"), (C, "12 del dos mil veintisiete")], "12 27"),
    "with a month": ([(C, "4111111111111111 expires may 2028")], "2028"),
    "one by one": ([(C, "4111111111111111"), (A, "expiry?"), (C, "oh four twenty eight")], "four twenty"),
    "before the number": ([(C, "caduca el 04/28"), (A, "¿y el número?"), (C, "4111111111111111")], "0428"),
    "the number was misheard": ([(A, "¿me dicta el número de su tarjeta y el vencimiento?"), (C, "0428")], "0428"),
}


@pytest.mark.parametrize("way", EXPIRIES)
def test_the_date_beside_a_number_is_hidden_with_it(way: str) -> None:
    said, words = EXPIRIES[way]
    masked = " ".join(_hidden(*said))
    assert _digits_left([masked]) == ""
    assert not set(words.split()) & set(masked.split())


def test_the_amount_agreed_right_after_a_card_stays() -> None:
    masked = _hidden((A, "¿me dicta su tarjeta?"), (C, "4111 1111 1111 1111"), (A, "gracias, son 2100 pesos"))
    assert masked[2] == "gracias, son 2100 pesos"


def test_a_code_right_before_its_card_is_hidden_too() -> None:
    assert _hidden((A, "su CVV 737 y 5555555555554444")) == ["su CVV ••• y ••••••••••••••••"]
    assert "siete" not in _hidden((A, "el CVV siete tres siete y la tarjeta 5555555555554444"))[0]


def test_a_due_date_without_a_card_stays() -> None:
    said = [(A, "su pago vence el 15/03"), (C, "¿la fecha de vencimiento de la tarjeta?"), (A, "el 15/03, 2100 pesos")]
    assert _hidden(*said) == [text for _, text in said]


LINES = st.sampled_from(
    ["ajá", "4111", "1111", "cuatro uno", "sí, 1488", "¿el CVV?", "737", "¿qué código le llegó?", "482913", "buenas",
     "puedo pagar 1500 el 15", "¿me dicta el número de su tarjeta?", "vence 12/27", "4111 1111 1111 1111", "gracias",
     "le dicto la clabe", "012180", "no entiendo nada de eso"]
)  # fmt: skip


SAID = st.lists(st.tuples(st.sampled_from([A, C]), LINES), max_size=12)
QUIET: list[Said] = [(A, "le explico las opciones que tenemos"), (C, "bueno"), (A, "permítame un momento")]


@settings(max_examples=300, deadline=None)
@given(SAID, SAID)
def test_what_is_hidden_before_a_quiet_moment_does_not_depend_on_what_comes_after(
    before: list[Said], after: list[Said]
) -> None:
    turns = [Turn(index, speaker, text) for index, (speaker, text) in enumerate([*before, *QUIET, *after])]
    first = turns[: len(before) + len(QUIET)]
    assert complete(first)
    assert spans_in(turns)[: len(first)] == spans_in(first)
    twice = without_card_data([*without_card_data(first), *turns[len(first) :]])
    for once, again in zip(without_card_data(turns), twice, strict=True):
        assert all(b in {a, MASK} for a, b in zip(once.text, again.text, strict=True))
    assert [turn.text for turn in twice[len(first) :]] == [turn.text for turn in without_card_data(turns)[len(first) :]]


@pytest.mark.parametrize("last", ["4111 1111", "¿me da el CVV?", "¿el número de su tarjeta?", "¿y cuándo vence?"])
def test_while_a_number_may_still_come_nothing_is_complete(last: str) -> None:
    assert not complete([Turn(0, C, "hola"), Turn(1, A, last), Turn(2, C, "a ver")])


def test_nobody_said_anything() -> None:
    assert spans_in([]) == ()
