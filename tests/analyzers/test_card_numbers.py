"""Card data is found however it is said, and what only looks like it is left alone."""

from __future__ import annotations

import pytest

from analyzers.card_numbers import card_spans, luhn, mask


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("mi tarjeta es 4111 1111 1111 1111 y vence en mayo", "mi tarjeta es •••• •••• •••• •••• y vence en mayo"),
        ("4111-1111-1111-1111", "•••••••••••••••••••"),
        ("es 4539148803436467", "es ••••••••••••••••"),
        (
            "cuatro uno uno uno, uno uno uno uno, uno uno uno uno, uno uno uno uno",
            "•••••• ••• ••• •••• ••• ••• ••• •••• ••• ••• ••• •••• ••• ••• ••• •••",
        ),
        (
            (
                "cuarenta y cinco treinta y nueve catorce ochenta y ocho cero tres cuarenta y tres sesenta y cuatro "
                "sesenta y siete"
            ),
            None,
        ),
        ("four one one one eh one one one one one one one one one one one one", None),
        ("american express 3782 822463 10005", "american express •••• •••••• •••••"),
    ],
)
def test_a_card_number_is_hidden_however_it_is_given(text: str, hidden: str | None) -> None:
    masked = mask(text, card_spans([text])[0])
    assert len(masked) == len(text)
    if hidden is None:
        assert not any(word.isalpha() and word != "eh" for word in masked.split())
    else:
        assert masked == hidden


@pytest.mark.parametrize(
    "text",
    [
        "los últimos cuatro dígitos de su tarjeta son 4321",
        "su número de caso es 4152 3138 9021",
        "debe un millón quinientos veintitrés mil",
        "llámeme al 55 1250 5050",
        "le deposito 1,250.50 el 15 de marzo",
        "0000 0000 0000 0000",
        "la clabe es 012 180 0123 4567 8911 5",
        "deposite a la clabe cero uno dos uno ocho cero cuatro uno uno uno uno uno uno uno uno uno uno uno",
        "folio 1234567890123452",
        "",
    ],
)
def test_other_numbers_are_left_as_they_are(text: str) -> None:
    assert card_spans([text]) == ((),)


@pytest.mark.parametrize(
    ("turns", "hidden"),
    [
        (["¿y los tres de atrás?", "ochocientos doce"], ["¿y los tres de atrás?", "••••••••••• ••••"]),
        (["dígame el CVV", "es 123"], ["dígame el CVV", "es •••"]),
        (["what's the security code?", "four five six"], ["what's the security code?", "•••• •••• •••"]),
        (["el cvv es 9 8 7 gracias"], ["el cvv es • • • gracias"]),
        (["¿cuánto puede pagar?", "ochocientos doce"], ["¿cuánto puede pagar?", "ochocientos doce"]),
    ],
)
def test_a_security_code_is_hidden_only_where_it_was_asked_for(turns: list[str], hidden: list[str]) -> None:
    assert [mask(text, spans) for text, spans in zip(turns, card_spans(turns), strict=True)] == hidden


@pytest.mark.parametrize(
    ("digits", "right"), [("4111111111111111", True), ("4111111111111112", False), ("0" * 16, False)]
)
def test_the_check_digit_decides(digits: str, right: bool) -> None:
    assert luhn(digits) is right


def test_nobody_said_anything() -> None:
    assert card_spans([]) == ()
