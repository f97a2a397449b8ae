"""Word error rate: how many words must be put right, of how many that were said, and of which kind.

Case, signs and the way numbers are written make no error ("dos mil quinientos" is "2,500"); accents make none unless
they are asked to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.numerals import Numeral, Token, fold, numerals, tokens

_ONE = 1 << 42  # one error; its kind is counted in the bits below, so that one sum tells both
_SUBSTITUTED, _DELETED = 1, 1 << 21


@dataclass(frozen=True, slots=True)
class WordErrors:
    """`words` is how many the reference has."""

    words: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        return self.errors / self.words if self.words else None

    def __add__(self, other: WordErrors) -> WordErrors:
        return WordErrors(
            self.words + other.words,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )


def word_errors(reference: str, heard: str, *, language: str = "es", accents: bool = False) -> WordErrors:
    """The fewest words to substitute, delete and insert that turn what was said into what was heard."""
    said = plain_words(reference, language=language, accents=accents)
    return _errors(said, plain_words(heard, language=language, accents=accents))


def plain_words(text: str, *, language: str = "es", accents: bool = False) -> list[str]:
    """The words as they are compared."""
    folded = fold(text)
    parts = tokens(folded)
    shown = text.lower() if accents and len(text.lower()) == len(folded) else folded
    numbers = {number.first: number for number in numerals(parts, language=language, country=None)}
    return list(_words(parts, numbers, shown))


def _words(parts: Sequence[Token], numbers: dict[int, Numeral], shown: str) -> Iterator[str]:
    at, digits = 0, ""
    while at < len(parts):
        number = numbers.get(at)
        if number is not None:  # read out digit by digit or in pairs, it is the same number
            digits += format(number.value.normalize(), "f")
            at = number.stop
            continue
        word = shown[parts[at].start : parts[at].end]
        if word.isalnum():
            yield from (digits,) if digits else ()
            digits = ""
            yield word
        at += 1
    yield from (digits,) if digits else ()


def _errors(said: Sequence[str], heard: Sequence[str]) -> WordErrors:
    """One row of the table of edits at a time: memory stays that of one text."""
    codes = {word: number for number, word in enumerate(dict.fromkeys([*said, *heard]))}
    columns = np.array([codes[word] for word in heard], dtype=np.int64)
    steps = np.arange(len(heard) + 1, dtype=np.int64) * _ONE  # insertions
    row = steps.copy()
    for word in said:
        best = row + _ONE + _DELETED
        best[1:] = np.minimum(best[1:], row[:-1] + np.where(columns == codes[word], 0, _ONE + _SUBSTITUTED))
        row = np.minimum.accumulate(best - steps) + steps
    total = int(row[-1])
    substituted, deleted = total % _DELETED, (total % _ONE) // _DELETED
    return WordErrors(len(said), substituted, deleted, total // _ONE - substituted - deleted)
