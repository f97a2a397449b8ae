"""The words for weekdays, months and day numbers in both languages, and the fragments of patterns made of them."""

from __future__ import annotations

import re

_WEEKDAYS = {
    "lun": 0, "mar": 1, "mie": 2, "jue": 3, "vie": 4, "bie": 4, "sab": 5, "sav": 5, "dom": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_MONTHS = {
    "ene": 1, "feb": 2, "mar": 3, "mzo": 3, "abr": 4, "may": 5, "jun": 6, "jul": 7, "ago": 8, "sep": 9, "set": 9,
    "oct": 10,    "nov": 11, "dic": 12, "jan": 1, "apr": 4, "aug": 8, "dec": 12,
}  # fmt: skip
_SPANISH_NUMBERS = {
    "primero": 1, "uno": 1, "un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
    "dieciseis": 16,
    "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiuno": 21, "veintiun": 21, "veintidos": 22,
    "veintitres": 23, "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28,
    "veintinueve": 29, "treinta y uno": 31, "treinta": 30,
}  # fmt: skip
_ENGLISH_NUMBERS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty first": 21, "twenty second": 22,
    "twenty third": 23, "twenty fourth": 24, "twenty fifth": 25, "twenty sixth": 26, "twenty seventh": 27,
    "twenty eighth": 28, "twenty ninth": 29, "thirtieth": 30, "thirty first": 31,
}  # fmt: skip
_NUMBERS = {**_SPANISH_NUMBERS, **_ENGLISH_NUMBERS}


def _longest_first(names: dict[str, int]) -> str:
    return "|".join(name.replace(" ", "[ -]") for name in sorted(names, key=len, reverse=True))


WEEKDAY = (
    r"(?:lunes(?:ito)?|martes(?:ito)?|miercoles?(?:ito)?|jueves(?:ito)?|juebes|viernes(?:ito)?|viernecito|biernes|sabad(?:o|ito)|savado|"
    r"doming(?:o|uito)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|martecito|juevecito|miercolit[oa])"
)
MONTH = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|"
    r"(?:ene|feb|mzo|abr|jun|jul|ago|sept?|oct|nov|dic)\b)"
)
NUMBER = rf"(?:\d{{1,2}}(?:ro|ero|o)?\b|(?:{_longest_first(_SPANISH_NUMBERS)})\b)"
# what may number a day: "el sábado un abono" names no first of the month
_DAYS = {name: n for name, n in _SPANISH_NUMBERS.items() if name not in ("un", "una", "primero")}
DAY_NUMBER = rf"(?:\d{{1,2}}(?:ro|ero|o)?\b|(?:{_longest_first(_DAYS)})\b)"

WEEKDAY_EN = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|wed|thurs?|fri|sat|sun)\b)"
MONTH_EN = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(?:jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)\b)"
)
_ORDINALS = {name: n for name, n in _ENGLISH_NUMBERS.items() if name.endswith(("st", "nd", "rd", "th"))}
ORDINAL_EN = rf"(?:\d{{1,2}}(?:st|nd|rd|th)\b|(?:{_longest_first(_ORDINALS)})\b)"
COUNT_EN = rf"(?:\d{{1,2}}\b|(?:{_longest_first(_ENGLISH_NUMBERS)})\b)"


def weekday(name: str) -> int:
    """Monday is 0."""
    return _WEEKDAYS[name[:3]]


def month(name: str) -> int:
    return _MONTHS[name[:3]]


def number(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits.group()) if digits else _NUMBERS[said.replace("-", " ")]
