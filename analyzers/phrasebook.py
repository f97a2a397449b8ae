"""Every phrase rule of a language, and one pass over a turn that finds which of them are said in it.

Rules are data: `phrases/<language>/*.yaml`, one list of rules a file, the folder being the registry. A rule:

    - id: slip.threat_jail.arrest        unique; its code is the id without its last part, unless `code` says another
      version: "1"
      speaker: agent                     whose words count; absent: anybody's
      unless: [negated, attributed]      what makes it not count (also: question, conditional); this is the default
      regions: [MX, CO]                  where it is said (information); `only: true` makes them a condition
      confidence: 0.9
      source: knowledge
      say: [le giran orden de aprehension]    wordings (patterns.py)
      but: [orden de pago]                    wordings that cancel it in the same sentence
      hits: [...]                        specimens that must match, misses: that must not; run by the tests

To add a wording is to add one line under `say`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from analyzers.language import ReadTurn
from analyzers.patterns import Pattern, Wordings, compile_pattern, join, places
from analyzers.phrase_index import Index, Rarity
from analyzers.polarity import PLAIN, Polarity, Surroundings
from analyzers.vocabulary import PHRASES, fold, vocabulary, words
from models.conversation import Speaker
from models.errors import QAError
from models.finding import Rule

_FIELDS = words("id version code speaker unless regions only confidence source say but hits misses title")
# what opens a condition, in both languages
_IF = words("si if")
_UNLESS = frozenset({"negated", "question", "conditional", "attributed"})


class PhraseRuleError(QAError):
    says = "The phrase rule “{rule}” is not valid: {reason}."
    remedy = "Correct the file; analyzers/phrasebook.py explains the fields."


@dataclass(frozen=True)
class PhraseRule:
    id: str
    version: str
    code: str
    language: str
    wordings: tuple[Pattern, ...]
    exceptions: tuple[Pattern, ...] = ()
    speaker: Speaker | None = None
    unless: frozenset[str] = frozenset({"negated", "attributed"})
    regions: tuple[str, ...] = ("GEN",)
    only: bool = False
    confidence: float = 0.85
    source: str = ""
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    own: bool = False  # a house's, with an id that is not shipped: nothing was trained on its wordings

    @property
    def rule(self) -> Rule:
        return Rule(self.id, self.version)

    @cached_property
    def excepted(self) -> Wordings | None:
        """Its exceptions as one."""
        return join(self.exceptions) if self.exceptions else None


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's wording in a turn: tokens `first` to `last`, the verbatim words, and how they are meant."""

    phrase: PhraseRule
    turn: ReadTurn
    first: int
    last: int
    polarity: Polarity
    wording: str = ""

    @property
    def code(self) -> str:
        return self.phrase.code

    @property
    def quote(self) -> str:
        return self.turn.quote(self.first, self.last)

    @property
    def sentence(self) -> int:
        return self.turn.tokens[self.first].sentence

    @property
    def holds(self) -> bool:
        """Said by whom it counts for, and not taken back by the words around it."""
        if self.phrase.speaker is not None and self.turn.speaker is not self.phrase.speaker:
            return False
        return self.polarity is PLAIN or not any(getattr(self.polarity, guard) for guard in self.phrase.unless)


class Phrasebook:
    """All rules of one language; `scan` costs a look-up for each word, and a search only for rules that may apply."""

    def __init__(self, language: str, rules: Iterable[PhraseRule]) -> None:
        self.language = language
        self.rules = tuple(rules)
        self._wordings = tuple((rule, pattern) for rule in self.rules for pattern in rule.wordings)
        self._indexes: dict[Speaker | None, Index] = {}  # for whom it is asked

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that any wording names: common words of the trade, and no names."""
        said = (re.findall(r"[a-z]{3,}", fold(wording.wording)) for rule in self.rules for wording in rule.wordings)
        return frozenset(word for line in said for word in line)

    @cached_property
    def _rarity(self) -> Rarity:
        return Rarity(pattern for _, pattern in self._wordings)

    def scan(self, turn: ReadTurn, *, whoever: bool = True) -> tuple[Match, ...]:
        """Every rule said in `turn`, in the order of the words, each rule at most once in a sentence.

        `whoever`: also the rules about another speaker's words, which cannot hold here.
        """
        found: dict[tuple[str, int], Match] = {}
        alone = bool(turn.tokens) and turn.tokens[-1].sentence == 0
        around: Surroundings | None = None
        for number in self._index(None if whoever else turn.speaker).candidates(turn):
            phrase, pattern = self._wordings[number]
            if alone and (known := found.get((phrase.id, 0))) is not None and known.holds:
                continue
            for start, end in places(pattern.regex, turn.line):
                first, last = bisect_left(turn.places, start), bisect_left(turn.places, end) - 1
                place = phrase.id, turn.tokens[first].sentence
                known = found.get(place)
                if known is not None and known.holds:
                    continue
                around = around or Surroundings(turn)
                meant = around.polarity(first, last, denies=pattern.denies, of=phrase.unless)
                match = Match(phrase, turn, first, last, meant, pattern.wording)
                if known is None or match.holds:
                    found[place] = match
        said = [match for match in found.values() if not _excepted(match)]
        said.sort(key=_in_order)
        return tuple(said)

    def _index(self, speaker: Speaker | None) -> Index:
        known = self._indexes.get(speaker)
        if known is None:
            numbered = enumerate(self._wordings)
            asked = (
                (number, said)
                for number, (rule, said) in numbered
                if speaker in (None, rule.speaker) or not rule.speaker
            )
            known = self._indexes[speaker] = Index(asked, self._rarity)
        return known


def spans(turn: ReadTurn, pattern: Pattern) -> Iterator[tuple[int, int]]:
    """The first and last token of every place where `pattern` stands in `turn`, none overlapping another."""
    for start, end in places(pattern.regex, turn.line):
        yield bisect_left(turn.places, start), bisect_left(turn.places, end) - 1


@cache
def phrasebook(language: str) -> Phrasebook:
    rules: list[PhraseRule] = []
    for path in sorted((PHRASES / language).glob("*.yaml")):
        if path.stem != "vocabulary":
            rules += load_rules(path, language)
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise PhraseRuleError(rule=rule.id, reason="its id is used twice")
        seen.add(rule.id)
    return Phrasebook(language, rules)


def load_rules(path: Path, language: str) -> list[PhraseRule]:
    # the C parser where PyYAML was built with it: a second less at every start
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or []  # noqa: S506 - a safe loader either way
    return [read_rule(entry, language, where=path.name) for entry in raw]


def read_rule(raw: Mapping[str, Any], language: str, *, where: str = "") -> PhraseRule:
    name = str(raw.get("id", "?"))
    unknown = set(raw) - _FIELDS
    if unknown or "id" not in raw or "version" not in raw or not raw.get("say"):
        reason = f"unknown fields {sorted(unknown)}" if unknown else "id, version and say are needed"
        raise PhraseRuleError(where, rule=name, reason=reason)
    unless = frozenset(raw.get("unless", ("negated", "attributed")))
    if not unless <= _UNLESS:
        raise PhraseRuleError(where, rule=name, reason=f"unless knows only {sorted(_UNLESS)}")
    return PhraseRule(
        id=name,
        version=str(raw["version"]),
        code=raw.get("code") or name.rsplit(".", 1)[0],
        language=language,
        wordings=tuple(compile_pattern(str(wording), language) for wording in raw["say"]),
        exceptions=tuple(compile_pattern(str(wording), language) for wording in raw.get("but", ())),
        speaker=Speaker(raw["speaker"]) if "speaker" in raw else None,
        unless=unless,
        regions=tuple(raw.get("regions", ("GEN",))),
        only=bool(raw.get("only", False)),
        confidence=float(raw.get("confidence", 0.85)),
        source=str(raw.get("source", "")),
        hits=tuple(str(text) for text in raw.get("hits", ())),
        misses=tuple(str(text) for text in raw.get("misses", ())),
    )


def _in_order(match: Match) -> tuple[int, int, str]:
    return match.first, match.last, match.phrase.id


def _excepted(match: Match) -> bool:
    """Whether a cancelling wording stands in the sentence of the match (in unpunctuated text: in the whole turn)."""
    turn, exceptions = match.turn, match.phrase.excepted
    if exceptions is None or not exceptions.possible_among(turn.words):
        return False
    first = match.first
    while first > 0 and turn.tokens[first - 1].sentence == match.sentence:
        first -= 1
    for start, _ in places(exceptions.regex, turn.line, turn.places[first] - 1):
        at = bisect_left(turn.places, start)
        if turn.tokens[at].sentence != match.sentence:
            return False
        if not _of_a_condition(turn, at):
            return True
    return False


def _of_a_condition(turn: ReadTurn, at: int) -> bool:
    """Whether token `at` is the "no" of "si no paga, ...": it denies what the threat depends on, not the threat."""
    norms = turn.norms
    return norms[at] in vocabulary(turn.language).negators and not _IF.isdisjoint(norms[max(0, at - 3) : at])
