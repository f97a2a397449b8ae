"""What people call money: currencies, slang and its worth by country, all as folded words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple


class Unit(NamedTuple):
    """What one of it is worth; `currency` is None where it is the local one."""

    worth: Decimal
    currency: str | None = None


CURRENCY_OF: Mapping[str, str] = {
    "MX": "MXN", "CO": "COP", "PE": "PEN", "CL": "CLP", "AR": "ARS", "EC": "USD", "CR": "CRC", "ES": "EUR", "US": "USD",
    "GB": "GBP", "PA": "USD", "SV": "USD", "GT": "GTQ", "HN": "HNL", "UY": "UYU", "PY": "PYG", "BO": "BOB", "DO": "DOP",
}  # fmt: skip

# Currencies in which nobody owes or pays less than a thousand: "los cien" are a hundred thousand.
COUNTED_IN_THOUSANDS = frozenset({"COP", "CLP", "ARS", "CRC", "PYG"})
LARGE_BALANCE = Decimal(50_000)

SIGNS: Mapping[str, str | None] = {
    "$": None, "€": "EUR", "£": "GBP", "₡": "CRC", "usd": "USD", "us": "USD", "u": "USD", "s": "PEN", "mxn": "MXN",
    "cop": "COP", "clp": "CLP", "ars": "ARS", "pen": "PEN", "eur": "EUR",
}  # fmt: skip


def _units(worth: int, words: str, currency: str | None = None) -> dict[str, Unit]:
    return {word: Unit(Decimal(worth), currency) for word in words.split()}


_EVERYWHERE: dict[str, Unit] = {
    **_units(1, "peso pesos pesitos mango mangos mangazos varo varos baro baros bolas morlaco morlacos plata euritos"),
    **_units(1, "dolar dolares dolarcitos dolaritos usd dollar dollars buck bucks verdes", "USD"),
    **_units(1, "sol soles solcitos pen", "PEN"),
    **_units(1, "euro euros pavos eur", "EUR"),
    **_units(1, "colon colones crc", "CRC"),
    **_units(1, "pound pounds quid gbp libras", "GBP"),
    **_units(1, "mxn cop clp ars"),
    **_units(1000, "k luca lucas luquitas"),
    **_units(1_000_000, "palo palos palito palitos"),
    **_units(100, "gamba gambas"),
    **_units(500, "quina quinas"),
}
_LOCAL: Mapping[str, Mapping[str, Unit]] = {
    "PE": {**_units(1, "luca lucas luquitas mangos"), **_units(100, "gamba gambas")},
    "EC": _units(1, "luca lucas latas plata"),
    "CO": {**_units(1000, "barra barras"), **_units(1, "pesitos")},
    "CR": {**_units(1000, "rojo rojos"), **_units(100, "teja tejas"), **_units(5000, "tucan tucanes")},
    "AR": _units(1000, "lucarda lucardas"),
    "ES": _units(1, "pavos pavo lereles"),
    "GB": {**_units(5, "fiver"), **_units(10, "tenner tenners")},
    # Caribbean Spanish in the United States calls the dollar a peso
    "US": _units(1, "peso pesos", "USD"),
    "MX": _units(500, "quinienton"),
}


def units_of(country: str | None) -> Mapping[str, Unit]:
    """The money words of a country."""
    return {**_EVERYWHERE, **_LOCAL.get(country or "", {})}
