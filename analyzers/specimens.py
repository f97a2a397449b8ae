"""Every phrase rule keeps its own word: what it says it finds, it finds; what it must not find, it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.language import read_turn
from analyzers.phrasebook import Phrasebook, PhraseRule, phrasebook
from models.conversation import Speaker, Turn

LANGUAGES = ("es", "en")


@dataclass(frozen=True, slots=True)
class BrokenSpecimen:
    """A specimen that its rule treats wrongly; `expected` tells whether it should have been found."""

    rule: str
    text: str
    expected: bool


def rules() -> tuple[PhraseRule, ...]:
    return tuple(rule for language in LANGUAGES for rule in phrasebook(language).rules)


def broken(rule: PhraseRule, book: Phrasebook | None = None) -> Iterator[BrokenSpecimen]:
    """The specimens that `rule` gets wrong; none when it holds. `book`: where a rule stands that is not shipped."""
    yield from (BrokenSpecimen(rule.id, text, expected=True) for text in rule.hits if not says(rule, text, book))
    yield from (BrokenSpecimen(rule.id, text, expected=False) for text in rule.misses if says(rule, text, book))


def says(rule: PhraseRule, text: str, book: Phrasebook | None = None) -> bool:
    turn = read_turn(Turn(0, rule.speaker or Speaker.AGENT, text), rule.language)
    return any(match.phrase.id == rule.id and match.holds for match in (book or phrasebook(rule.language)).scan(turn))
