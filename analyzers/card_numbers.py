"""Card data in words: numbers of payment cards (digits or said, Spanish and English) and security codes in context.

PCI DSS 3.3.1 forbids keeping a security code after authorisation, in sound or text; a number is one when 13 to 19
digits pass the Luhn check. Expiry dates alone are not card data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzers.numerals import fold

SHORTEST_CARD, LONGEST_CARD = 13, 19
MASK = "•"

UNITS = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
UNITS_EN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["diez", "once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"]
TEENS_EN = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TWENTIES = [
    "veinte",
    "veintiuno",
    "veintidos",
    "veintitres",
    "veinticuatro",
    "veinticinco",
    "veintiseis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
TENS = {
    word: 10 * (place + 3)
    for place, word in enumerate(["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"])
}
TENS_EN = {
    word: 10 * (place + 2)
    for place, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
HUNDREDS = {
    word: 100 * (place + 1)
    for place, word in enumerate(
        [
            "ciento",
            "doscientos",
            "trescientos",
            "cuatrocientos",
            "quinientos",
            "seiscientos",
            "setecientos",
            "ochocientos",
            "novecientos",
        ]
    )
}
SMALL = {
    **{word: number for number, word in enumerate(UNITS)},
    **{word: number for number, word in enumerate(UNITS_EN)},
    **{word: number + 10 for number, word in enumerate(TEENS)},
    **{word: number + 10 for number, word in enumerate(TEENS_EN)},
    **{word: number + 20 for number, word in enumerate(TWENTIES)},
    **TENS,
    **TENS_EN,
    "oh": 0,
    "un": 1,
}
CODE_ASKED = re.compile(
    r"\b(cvv|cvc|codigo de seguridad|security code|"
    r"(?<!ultimos )tres (?:digitos|numeros|numeritos|de atras)|three digits?|"
    r"(?:parte de|los de|al) atras|on the back|reverso)\b"
)
_CODE_WORDS = ("cvv", "cvc", "seguridad", "security", "tres ", "three", "atras", "back", "reverso")
# Lengths by first digit, of the schemes' own ranges and Latin American ones (Carnet, Cabal, Naranja, Elo): an account
# of 18 digits read out one by one holds a stretch that passes the check digit nine times in ten.
_SCHEMES = re.compile(r"4\d{12}|3[47]\d{13}|3[068]\d{12}|[2-6]\d{15}|[46]\d{16,18}")
# Bank accounts that people dictate in order to be paid: Mexico's CLABE, Peru's CCI, Argentina's CBU.
_ACCOUNTS: Mapping[str, int] = {"clabe": 18, "interbancaria": 18, "interbancario": 20, "cci": 20, "cbu": 22, "cvu": 22}
CODE_LENGTHS = range(3, 5)
_WORD = re.compile(r"[a-z]+|\d+")
# "doble cuatro", "triple oh": people and machines that read digits aloud count repeats
REPEATS = {"doble": 2, "double": 2, "triple": 3, "treble": 3, "cuadruple": 4, "quadruple": 4}
# how many digits a word stands for at most
_MOST_DIGITS = dict.fromkeys((*SMALL, *HUNDREDS), 3) | REPEATS
_FILLER = frozenset({"y", "eh", "este", "luego", "despues", "then", "and", "um", "coma"})


@dataclass(frozen=True, slots=True)
class Digits:
    """One said or written number and where it stands."""

    text: str
    start: int
    end: int


def card_spans(texts: Sequence[str]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For each turn's text the stretches (start, end) that hold card data. The turn before gives a code its context."""
    before = ["", *texts][: len(texts)]
    return tuple(
        tuple(sorted({*_card_numbers(text, previous), *_security_codes(text, previous)}))
        for previous, text in zip(before, texts, strict=True)
    )


def digit_runs(text: str) -> Iterator[Digits]:
    """Every stretch of digits or number words in `text` as one number, whatever it is a number of."""
    for run in _runs(fold(text)):
        yield Digits("".join(part.text for part in run), run[0].start, run[-1].end)


def mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with those stretches hidden; every character keeps its place, so that offsets stay true."""
    hidden = list(text)
    for start, end in spans:
        for place in range(start, end):
            if not hidden[place].isspace():
                hidden[place] = MASK
    return "".join(hidden)


def _card_numbers(text: str, previous: str) -> Iterator[tuple[int, int]]:
    if not _may_hold_a_card(fold(text)):
        return
    for run in runs_in(text):
        cards = list(cards_in(run))
        if cards and not is_account(run, text, previous):
            yield from ((run[first].start, run[stop - 1].end) for first, stop in cards)


def _may_hold_a_card(folded: str) -> bool:
    """Whether all that is said in a text makes the digits of a card: in most turns it does not, and nothing is read."""
    digits = (len(word) if word.isdigit() else _MOST_DIGITS.get(word, 0) for word in _WORD.findall(folded))
    return sum(digits) >= SHORTEST_CARD


def is_account(run: Sequence[Digits], *around: str) -> bool:
    """Whether the run is a bank account: it is called one, and has exactly that account's length."""
    length = sum(len(part.text) for part in run)
    said = {word for text in around for word in _WORD.findall(fold(text))}
    return any(name in said and length == digits for name, digits in _ACCOUNTS.items())


def runs_in(text: str) -> Iterator[list[Digits]]:
    """The numbers of `text`, those together that nothing but signs and fillers parts."""
    yield from _runs(fold(text))


def cards_in(run: Sequence[Digits]) -> Iterator[tuple[int, int]]:
    """Where card numbers stand in a run: from which of its parts to before which, none overlapping another."""
    first = 0
    while first < len(run):
        stop = _card_from(run, first)
        if stop is None:
            first += 1
            continue
        yield first, stop
        first = stop


def _card_from(run: Sequence[Digits], first: int) -> int | None:
    """Where a card number that begins at `first` stops: the longest that passes, since a part may pass by chance."""
    digits, found = "", None
    for stop in range(first, len(run)):
        digits += run[stop].text
        if len(digits) > LONGEST_CARD:
            break
        if is_card(digits):
            found = stop + 1
    return found


def is_card(digits: str) -> bool:
    """Whether digits are a card's number by their length, beginning and check digit."""
    return _SCHEMES.fullmatch(digits) is not None and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and any(digit != "0" for digit in digits)


def _security_codes(text: str, previous: str) -> Iterator[tuple[int, int]]:
    folded = fold(text)
    here = _code_asked(folded)
    if here is None and not _code_asked(fold(previous)):
        return
    for run in _runs(folded):
        code = _code_in(run) if here is None or run[0].start > here.start() else ()
        if code:
            yield code[0].start, code[-1].end


def _code_in(run: Sequence[Digits]) -> Sequence[Digits]:
    """The whole run where it is as long as a code; else what it begins with, the card's number coming after it."""
    if len("".join(part.text for part in run)) in CODE_LENGTHS:
        return run
    if len(run[0].text) in CODE_LENGTHS:
        return run[:1]
    singles = next((n for n, part in enumerate(run) if len(part.text) > 1), len(run))
    return run[:singles] if singles in CODE_LENGTHS and singles < len(run) else ()


def _one_digit(word: str) -> str | None:
    """The digit that a word is, said or written."""
    value = word if word.isdigit() else str(SMALL.get(word, ""))
    return value if len(value) == 1 else None


def _code_asked(folded: str) -> re.Match[str] | None:
    return CODE_ASKED.search(folded) if any(word in folded for word in _CODE_WORDS) else None


def _runs(folded: str) -> Iterator[list[Digits]]:
    """Stretches of numbers with nothing between them but signs, fillers and "y"."""
    run: list[Digits] = []
    tens: tuple[int, int] | None = None  # a ten that may still take its unit: (value, start)
    repeat: tuple[int, int] | None = None  # how often the next digit is meant, and where that was said
    for word in _WORD.finditer(folded):
        text, start, end = word.group(), word.start(), word.end()
        if repeat is not None and (digit := _one_digit(text)) is not None:
            run.append(Digits(digit * repeat[0], repeat[1], end))
            repeat = tens = None
            continue
        repeat = (REPEATS[text], start) if text in REPEATS else None
        if repeat is not None:
            continue
        if tens is not None and text == "y":
            continue
        if tens is not None and 1 <= SMALL.get(text, 0) <= 9:
            run[-1] = Digits(str(tens[0] + SMALL[text]), tens[1], end)
            tens = None
            continue
        tens = None
        if text.isdigit():
            run.append(Digits(text, start, end))
        elif text in HUNDREDS:
            run.append(Digits(str(HUNDREDS[text]), start, end))
            tens = (HUNDREDS[text], start)
        elif text in SMALL:
            previous_hundred = (
                run and len(run[-1].text) == 3 and run[-1].text.endswith("00") and start - run[-1].end <= 1
            )
            if previous_hundred and SMALL[text] > 9:
                run[-1] = Digits(str(int(run[-1].text) + SMALL[text]), run[-1].start, end)
            else:
                run.append(Digits(str(SMALL[text]), start, end))
            value = int(run[-1].text)
            tens = (value, run[-1].start) if text in TENS or text in TENS_EN else None
        elif text not in _FILLER:
            if run:
                yield run
            run = []
    if run:
        yield run
