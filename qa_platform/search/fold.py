"""Words as they are compared: without case, accents or marks, in every language alike: "¿Cárcel?" is "carcel"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 64  # letters of a word that are told apart; PostgreSQL takes no word beyond 2 kB
MOST = 10_000  # words of one turn that are searched: a tsvector holds places up to 16,383
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A word and where it stands in the text it was taken from."""

    word: str
    start: int
    end: int


def words(text: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST] for word in _WORD.findall(_plain(text)))


def document(text: str) -> str:
    """A turn as it is indexed."""
    return " ".join(words(text)[:MOST])


def places(text: str) -> tuple[Place, ...]:
    """The same words as `words`, each with the letters of `text` that it came from."""
    letters: list[str] = []
    origins: list[int] = []
    for at, letter in enumerate(text):
        plain = _plain(letter)
        letters.append(plain)
        origins.extend([at] * len(plain))
    folded = "".join(letters)
    return tuple(
        Place(found[0][:LONGEST], origins[found.start()], _end(text, origins[found.end() - 1]))
        for found in _WORD.finditer(folded)
    )


def _end(text: str, last: int) -> int:
    """Behind a word's last letter and the accents that hang on it."""
    end = last + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
