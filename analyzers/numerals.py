"""Numbers as people say and type them, in Spanish and English: "dos mil 500", "1.250,50", "twenty-five hundred"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

THOUSAND = Decimal(1000)
MILLION = Decimal(1_000_000)
CENTS_WITH_COMMA = frozenset({"AR", "CL", "CO", "CR", "EC", "ES", "UY", "PY", "BO", "VE"})

_TOKEN = re.compile(r"\d+(?:[.,']\d+)*|[a-z]+|[^\sa-z\d]")


class _Folding(dict[int, str]):
    """Lower case without accents, one character for one, so that offsets stay true."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFD", chr(code))[0].lower()
        self[code] = letter if len(letter) == 1 else chr(code)
        return self[code]


_FOLDING = _Folding({ord("’"): "'", ord("´"): "'", ord("º"): "o", ord("ª"): "a"})


@lru_cache(maxsize=256)  # several readers fold the same turn
def fold(text: str) -> str:
    """The text in lower case without accents; every character keeps its place."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


class Token(NamedTuple):
    """A word, a figure or a sign of the folded text."""

    text: str
    start: int
    end: int

    @property
    def is_figure(self) -> bool:
        return self.text[0].isdigit()


def tokens(folded: str) -> tuple[Token, ...]:
    new = tuple.__new__  # a third of the time of `Token(...)`
    return tuple([new(Token, (found.group(), *found.span())) for found in _TOKEN.finditer(folded)])


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and the tokens it covers (`first` to `stop`, exclusive).

    `alternative` is the other reading of an elliptic or oddly punctuated one; `large` tells that a magnitude was said
    ("mil", "hundred") or written with separators, so that it cannot be a day or an hour.
    """

    first: int
    stop: int
    value: Decimal
    alternative: Decimal | None = None
    large: bool = False
    spelled: bool = False


def _table(**groups: str) -> dict[str, int]:
    """`n7="siete"` and the like: every word of a group means the number in its name."""
    return {word: int(name[1:]) for name, words in groups.items() for word in words.split()}


_ES_UNITS = _table(
    n1="un uno una", n2="dos", n3="tres tress", n4="cuatro", n5="cinco sinco", n6="seis", n7="siete", n8="ocho",
    n9="nueve", n10="diez dies", n11="once", n12="doce dose", n13="trece", n14="catorce", n15="quince",
    n16="dieciseis diesiseis", n17="diecisiete diesisiete", n18="dieciocho diesiocho", n19="diecinueve diesinueve",
    n20="veinte beinte", n21="veintiun veintiuno veintiuna", n22="veintidos", n23="veintitres", n24="veinticuatro",
    n25="veinticinco", n26="veintiseis", n27="veintisiete", n28="veintiocho", n29="veintinueve",
)  # fmt: skip
_ES_TENS = _table(
    n30="treinta", n40="cuarenta", n50="cincuenta sincuenta", n60="sesenta", n70="setenta", n80="ochenta", n90="noventa"
)
_ES_HUNDREDS = _table(
    n100="cien ciento sien", n200="doscientos doscientas docientos docientas",
    n300="trescientos trescientas trecientos trecientas", n400="cuatrocientos cuatrocientas",
    n500="quinientos quinientas",
    n600="seiscientos seiscientas seicientos", n700="setecientos setecientas sietecientos",
    n800="ochocientos ochocientas", n900="novecientos novecientas nuevecientos",
)  # fmt: skip
_ES_MILLION = frozenset({"millon", "millones", "melon", "melones"})

_EN_UNITS = _table(
    n1="one", n2="two", n3="three", n4="four", n5="five", n6="six", n7="seven", n8="eight", n9="nine", n10="ten",
    n11="eleven", n12="twelve", n13="thirteen", n14="fourteen", n15="fifteen", n16="sixteen", n17="seventeen",
    n18="eighteen", n19="nineteen",
)  # fmt: skip
_EN_TENS = _table(
    n20="twenty", n30="thirty", n40="forty fourty", n50="fifty", n60="sixty", n70="seventy", n80="eighty", n90="ninety"
)

NUMBER_WORDS: Mapping[str, frozenset[str]] = {
    "es": frozenset({*_ES_UNITS, *_ES_TENS, *_ES_HUNDREDS, *_ES_MILLION, "mil", "cero", "medio", "media"}),
    "en": frozenset({*_EN_UNITS, *_EN_TENS, "hundred", "thousand", "grand", "million", "half"}),
}

# "a hundred" begins with no number word
_BEGINS_EN = NUMBER_WORDS["en"] | {"a"}


def numerals(words: Sequence[Token], *, language: str, country: str | None) -> tuple[Numeral, ...]:
    """All numbers of a text, left to right, none overlapping another."""
    read, begins = (_english, _BEGINS_EN) if language == "en" else (_spanish, NUMBER_WORDS["es"])
    found: list[Numeral] = []
    at = 0
    while at < len(words):
        text = words[at].text
        numeral = read(words, at, country) if text in begins or text[0].isdigit() else None
        if numeral is None:
            at += 1
        else:
            found.append(numeral)
            at = numeral.stop
    return tuple(found)


def figure(text: str, country: str | None) -> tuple[Decimal, Decimal | None]:
    """A written figure by the country's punctuation, and its second reading where three digits end it."""
    plain = text.replace("'", "")
    marks = [c for c in plain if c in ".,"]
    if not marks:
        return Decimal(plain), None
    tail = re.split(r"[.,]", plain)[-1]
    whole = re.sub(r"[.,]", "", plain)
    if len(set(marks)) == 2:
        cents = len(tail) if len(tail) in (1, 2) else 0
        return Decimal(whole).scaleb(-cents), None
    if len(marks) > 1 or "'" in text:
        return Decimal(whole), None
    if len(tail) != 3:
        return Decimal(whole).scaleb(-len(tail)), None
    decimal_mark = "," if country in CENTS_WITH_COMMA else "."
    other = Decimal(plain.replace(",", ".")) if marks[0] == decimal_mark else None
    return Decimal(whole), other


def _small_figure(word: Token) -> int | None:
    return int(word.text) if word.text.isdigit() and len(word.text) <= 3 and not word.text.startswith("0") else None


def _word(words: Sequence[Token], at: int) -> str:
    return words[at].text if at < len(words) else ""


def _spanish(words: Sequence[Token], at: int, country: str | None) -> Numeral | None:
    if words[at].is_figure and _small_figure(words[at]) is None:
        return _spanish_figure(words, at, country)
    if _word(words, at) in ("medio", "media") and _word(words, at + 1) in _ES_MILLION:
        return Numeral(at, at + 2, MILLION / 2, large=True, spelled=True)
    if _word(words, at) == "millon":  # "el millón doscientos"
        return _spanish_millions(words, Numeral(at, at, Decimal(1), spelled=True))
    head = _spanish_thousands(words, at)
    if head is None:
        return None
    if _word(words, head.stop) not in _ES_MILLION:
        return head
    return _spanish_millions(words, head)


def _spanish_figure(words: Sequence[Token], at: int, country: str | None) -> Numeral:
    """A figure with separators or many digits, perhaps with "mil" or "millones" after it."""
    value, other = figure(words[at].text, country)
    large = not words[at].text.isdigit()
    if _word(words, at + 1) == "mil" and value < THOUSAND:
        return Numeral(at, at + 2, value * THOUSAND, large=True)
    if other is not None and _word(words, at + 1) in _ES_MILLION:
        return Numeral(at, at + 2, other * MILLION, large=True)
    if _word(words, at + 1) in _ES_MILLION:
        return Numeral(at, at + 2, value * MILLION, large=True)
    return Numeral(at, at + 1, value, other, large=large)


def _spanish_millions(words: Sequence[Token], head: Numeral) -> Numeral:
    value, stop = head.value * MILLION, head.stop + 1
    if _word(words, stop) == "y" and _word(words, stop + 1) in ("medio", "media"):
        return Numeral(head.first, stop + 2, value + MILLION / 2, large=True, spelled=True)
    rest = _spanish_thousands(words, stop) if stop < len(words) else None
    if rest is None:
        return Numeral(head.first, stop, value, large=True, spelled=head.spelled)
    if rest.value >= THOUSAND or rest.value < 10:
        return Numeral(head.first, rest.stop, value + rest.value, large=True, spelled=head.spelled)
    # "un millón doscientos cincuenta" leaves out the second "mil"; 1.000.250 is the literal reading
    return Numeral(
        head.first, rest.stop, value + rest.value * THOUSAND, value + rest.value, large=True, spelled=head.spelled
    )


def _spanish_thousands(words: Sequence[Token], at: int) -> Numeral | None:
    """Below a million: "mil 200", "veinte mil quinientos", "350"; also "dos doscientos", which leaves out "mil"."""
    if _word(words, at) == "mil":
        return _after_mil(words, at, at + 1, THOUSAND, spelled=True)
    small = _spanish_hundreds(words, at)
    if small is None:
        return None
    value, stop = small
    spelled = not words[at].is_figure
    if _word(words, stop) == "mil":
        return _after_mil(words, at, stop + 1, value * THOUSAND, spelled=spelled)
    rest = _spanish_hundreds(words, stop)
    elliptic = (
        rest is not None and _starts_hundred(words[stop]) and value % 100 != 0 and value < 1000 and rest[0] >= 100
    )
    if rest is not None and elliptic and (spelled or not words[stop].is_figure or value < 100):
        return Numeral(at, rest[1], value * THOUSAND + rest[0], rest[0], large=True, spelled=spelled)
    return Numeral(at, stop, Decimal(value), large=value >= 100, spelled=spelled)


def _starts_hundred(word: Token) -> bool:
    return word.text in _ES_HUNDREDS or (len(word.text) == 3 and word.text.isdigit() and word.text[0] != "0")


def _after_mil(words: Sequence[Token], first: int, at: int, thousands: Decimal, *, spelled: bool) -> Numeral:
    rest = _spanish_hundreds(words, at)
    if rest is None:
        return Numeral(first, at, thousands, large=True, spelled=spelled)
    return Numeral(first, rest[1], thousands + rest[0], large=True, spelled=spelled)


def _spanish_hundreds(words: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    """A number below a thousand and where it stops."""
    if at >= len(words):
        return None
    written = _small_figure(words[at])
    if written is not None:
        return Decimal(written), at + 1
    hundreds, next_at = _ES_HUNDREDS.get(words[at].text), at + 1
    if hundreds is None and _word(words, at + 1) in ("cientos", "cientas") and _ES_UNITS.get(words[at].text, 10) < 10:
        hundreds, next_at = _ES_UNITS[words[at].text] * 100, at + 2  # speech recognition cuts "cuatrocientos"
    if hundreds is None:
        return _spanish_tens(words, at)
    # "ciento y seis", as the Andes say it
    linked = words[at].text == "ciento" and _word(words, at + 1) == "y"
    rest = _spanish_tens(words, at + 2 if linked else next_at)
    return (hundreds + rest[0], rest[1]) if rest is not None else (Decimal(hundreds), next_at)


def _spanish_tens(words: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    word = _word(words, at)
    if word in _ES_UNITS:
        return Decimal(_ES_UNITS[word]), at + 1
    if word not in _ES_TENS:
        return None
    unit = _ES_UNITS.get(_word(words, at + 2), 0) if _word(words, at + 1) == "y" else 0
    return (Decimal(_ES_TENS[word] + unit), at + 3) if 0 < unit < 10 else (Decimal(_ES_TENS[word]), at + 1)


def _english(words: Sequence[Token], at: int, country: str | None) -> Numeral | None:
    word = words[at]
    if word.is_figure and _small_figure(word) is None:
        value, other = figure(word.text, country)
        return _english_scale(words, Numeral(at, at + 1, value, other, large=not word.text.isdigit()))
    article = word.text == "a" and _word(words, at + 1) in ("hundred", "thousand", "grand", "million")
    if article or word.text in ("hundred", "thousand"):
        return _english_scale(words, Numeral(at, at + (1 if article else 0), Decimal(1), spelled=True))
    small = _english_tens(words, at)
    if small is None:
        return None
    value, stop = small
    pair = _english_tens(words, stop + 1 if _word(words, stop) == "-" else stop)  # "four-fifty"
    # "two fifty", "twelve fifty": hundreds said without the word; 2.50 is the other reading
    if pair is not None and not word.is_figure and value < 100 and 10 <= pair[0] < 100 and _word(words, stop) != "one":
        both = value * 100 + pair[0]
        return _english_scale(words, Numeral(at, pair[1], both, both / 100, large=True, spelled=True))
    return _english_scale(words, Numeral(at, stop, value, spelled=not word.is_figure))


def _english_scale(words: Sequence[Token], head: Numeral) -> Numeral:
    """Applies "hundred", "thousand", "grand", and what follows them."""
    value, stop, large, other = head.value, head.stop, head.large, head.alternative
    for name, factor in (("hundred", Decimal(100)), ("thousand", THOUSAND), ("grand", THOUSAND), ("million", MILLION)):
        if _word(words, stop) != name:
            continue
        value, stop, large, other = value * factor, stop + 1, True, None
        joined = stop + 1 if _word(words, stop) == "and" else stop
        rest = _english(words, joined, None) if joined < len(words) and not words[joined].is_figure else None
        if (
            rest is not None
            and rest.value < factor
            and not (joined > stop and _word(words, rest.stop).startswith("cent"))
        ):
            value, stop = value + rest.value, rest.stop
    return Numeral(head.first, stop, value, other, large=large or value >= 100, spelled=head.spelled)


def _english_tens(words: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    if at >= len(words):
        return None
    written = _small_figure(words[at])
    if written is not None:
        return Decimal(written), at + 1
    word = words[at].text
    if word in _EN_UNITS:
        return Decimal(_EN_UNITS[word]), at + 1
    if word not in _EN_TENS:
        return None
    after = at + 2 if _word(words, at + 1) == "-" else at + 1
    unit = _EN_UNITS.get(_word(words, after), 0)
    return (Decimal(_EN_TENS[word] + unit), after + 1) if 0 < unit < 10 else (Decimal(_EN_TENS[word]), at + 1)
