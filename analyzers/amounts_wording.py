"""Patterns over folded text for parts of a debt, ranges, corrections and percentages."""

# ruff: noqa: E501 - one pattern a line

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

# a text without any of these words holds no sum; most turns are done with here
_TELLS_OF_A_SUM = re.compile(
    r".*\d.*|(?:mil|cien\w*|\w+cient[oa]s|quinient[oa]s|millon\w*|mitad|todo|total|minimo|tercera|tercio|cuarta|saldo|deuda|palos?|medio|"
    r"lucas?|gambas?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w+|veint\w+|treinta|cuarenta|"
    r"cincuenta|sesenta|setenta|ochenta|noventa|completo|saldad[oa]|liquidad[oa]|sien\w*|"
    r"hundred|thousand|grand|half|all|full|minimum|whole|entire|third|quarter|lot|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"\w+teen|twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety|fiver|tenner)"
)
_WORD = re.compile(r"\w+")


def holds_a_sum(folded: str) -> bool:
    return any(map(_tells_of_a_sum, _WORD.findall(folded)))


@lru_cache(maxsize=50_000)  # a language repeats its words
def _tells_of_a_sum(word: str) -> bool:
    return _TELLS_OF_A_SUM.fullmatch(word) is not None


PERCENT = re.compile(r"\s*(?:%|por\s?ciento\b|percent\b|per cent\b)")
RATE_AFTER = re.compile(
    r"\s*(?:mensual|anual|diario|al mes|de (?:interes|mora|descuento|rebaja|quita|recargo|ahorro|condonacion)|menos\b|off\b|"
    r"discount|interest|a month|apr|de los intereses)"
)
RATE_BEFORE = re.compile(
    r"(?:descuento|rebaja|quita|tasa|interes|intereses|beneficio|discount|rate|interest)\s+(?:del?|of|es|is)?\s*(?:el|hasta)?\s*$"
)
PAYING = (
    r"(?:pago|pagar\w*|pagamos|abono|abonar\w*|deposito|depositar\w*|transfier\w+|transferir\w*|liquido|liquidar\w*|cancelo|"
    r"cancelar\w*|consigno|consignar\w*|doy|dar|darle|pongo|saldo|saldar\w*|cubro|cubrir\w*)"
)
SHARES: dict[bool, tuple[tuple[re.Pattern[str], str | None], ...]] = {
    False: (
        (re.compile(r"\b(?:la mitad|el cincuenta por ciento|mitad)\b(?! de (?:mes|semana|precio))"), "0.5"),
        (re.compile(r"\b(?:la tercera parte|un tercio)\b"), str(Decimal(1) / Decimal(3))),
        (re.compile(r"\b(?:la cuarta parte|un cuarto)\b(?! de)"), "0.25"),
        (re.compile(r"\b(?:el|lo|del|al|pago) minimo\b"), "minimum"),
        (re.compile(r"^\W*todo\W*$"), "1"),
        (re.compile(rf"\b{PAYING}(?: (?:el|la|lo|los|las|eso|ya))? (?:todo|la totalidad|el total|la deuda completa|el saldo completo|completo)\b(?! el dia| lo que pueda)"), "1"),
        (re.compile(r"\btodo (?:junto|de una(?: vez)?|completo|el saldo|lo que debo|lo que se debe|de un jalon|de contado)\b"), "1"),
        (re.compile(r"\b(?:el saldo|la deuda|el monto) (?:total|complet[oa]|enter[oa])\b|\b(?:por|con) el total\b(?! de)"), "1"),
        (re.compile(r"\b(?:lo|la|le) (?:dejo|deja|dejamos|liquido|saldo) (?:todo )?(?:saldad[oa]|liquidad[oa]|en ceros?|tod[oa])\b"), "1"),
    ),
    True: (
        (re.compile(r"\b(?:half of (?:it|that|the (?:balance|debt))|half the (?:balance|debt|amount)|half now|pay half|half)\b(?! (?:past|an hour|a day|\w+ (?:o'clock|am|pm)|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d))"), "0.5"),
        (re.compile(r"\b(?:a|one) third of (?:it|that|the balance)\b"), str(Decimal(1) / Decimal(3))),
        (re.compile(r"\b(?:a|one) quarter of (?:it|that|the balance)\b"), "0.25"),
        (re.compile(r"\bthe minimum(?: payment)?\b"), "minimum"),
        (re.compile(r"\b(?:all of it|the (?:whole|full|entire) (?:thing|amount|balance|lot|bill|sum)|(?:pay|paid|clear|settle) (?:it )?(?:all|in full)|the lot)\b"), "1"),
    ),
}  # fmt: skip
# without any of these a text names no part of a debt
SHARED: dict[bool, tuple[str, ...]] = {
    False: (
        "mitad",
        "cincuenta por",
        "terc",
        "cuart",
        "minimo",
        "todo",
        "total",
        "complet",
        "enter",
        "saldad",
        "liquidad",
    ),
    True: ("half", "third", "quarter", "minimum", "all", "whole", "full", "lot", "entire"),
}
RANGE_BEFORE = re.compile(r"\b(?:entre|de|between|from|unos|como)(?: (?:los|las|unos))?\s*[$£€]?\s*$")
RANGE_BETWEEN = re.compile(r"\s*(?:y|a|o|u|and|to|or|-)\s*(?:los |las )?")
CORRECTION = re.compile(
    r"[\s,.…;:-]*(?:(?:\w+ ){0,2}?)(?:no|perdon|mejor|digo|o sea|bueno|quiero decir|no no|sorry|i mean|actually|make (?:it|that)|scratch that|let's say|wait)"
    r"(?:[\s,.…]+(?:no|mejor|perdon|digo|que sean|pongale|ponle|bueno|mas bien|make it|sorry|i mean|actually|son|serian|wait))*[\s,.…:]*(?:los |las |a |de )?"
)
JOINED = re.compile(r"[\s,;]*(?:y|and|mas|luego|despues|then)?\s*(?:otr[oa]s?\s*)?")
