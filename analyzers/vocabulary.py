"""What a language's words mean to the rules: chat spellings, negators, openers of a clause, named groups of words.

Data of `phrases/<language>/vocabulary.yaml`, read once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PHRASES = Path(__file__).with_name("phrases")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`groups` are named alternatives that patterns may use as <name>; the rest serves normalisation and polarity."""

    language: str
    chat: Mapping[str, tuple[str, ...]]
    fixed: Mapping[tuple[str, str], str]
    abbreviations: frozenset[str]
    clause_openers: frozenset[str]
    negators: frozenset[str]
    wide_negators: frozenset[str]
    denying: frozenset[str]
    transparent: frozenset[str]
    not_negating: tuple[str, ...]
    denials: tuple[str, ...]
    denials_after: tuple[str, ...]
    attributions: tuple[str, ...]
    conditions: tuple[str, ...]
    interrogatives: frozenset[str]
    groups: Mapping[str, str]


@cache
def vocabulary(language: str) -> Vocabulary:
    raw: dict[str, Any] = yaml.safe_load((PHRASES / language / "vocabulary.yaml").read_text(encoding="utf-8"))
    return Vocabulary(
        language=language,
        chat={word: tuple(meaning.split()) for word, meaning in raw["chat"].items()},
        fixed={(pair.split()[0], pair.split()[1]): word for pair, word in raw["fixed"].items()},
        abbreviations=words(raw["abbreviations"]),
        clause_openers=words(raw["clause_openers"]),
        negators=words(raw["negators"]),
        wide_negators=words(raw["wide_negators"]),
        denying=words(raw["denying"]),
        transparent=words(raw["transparent"]),
        not_negating=tuple(raw["not_negating"]),
        denials=tuple(raw["denials"]),
        denials_after=tuple(raw["denials_after"]),
        attributions=tuple(raw["attributions"]),
        conditions=tuple(raw["conditions"]),
        interrogatives=words(raw["interrogatives"]),
        groups=raw["groups"],
    )


def fold(text: str) -> str:
    """Lower case without accents (ñ included, as chats write "senora")."""
    if text.isascii():
        return text.lower()
    return "".join(mark for mark in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(mark))


def words(text: str) -> frozenset[str]:
    """A set of words written as one line."""
    return frozenset(text.split())
