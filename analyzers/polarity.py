"""Is it said or denied, asked, conditional, or somebody else's words? Decided once for every rule, by the words around.

A negation reaches what follows it only through words that carry no meaning of their own ("no LE VAMOS A llamar a su
jefe"); "nadie" and "nunca" reach to the end of their clause; "si no", "sin embargo", "no se preocupe" deny nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from analyzers.language import ReadTurn
from analyzers.patterns import compile_pattern
from analyzers.vocabulary import Vocabulary, vocabulary

# how many words that are not "transparent" may stand between "nunca" and what it denies
_WIDE_REACH = 5


@dataclass(frozen=True, slots=True)
class Polarity:
    negated: bool = False
    question: bool = False
    conditional: bool = False
    attributed: bool = False


_PLAIN = Polarity()


@dataclass(frozen=True, slots=True)
class _Cues:
    words: Vocabulary
    not_negating: re.Pattern[str]
    denials: re.Pattern[str]
    denials_after: re.Pattern[str]
    attributions: re.Pattern[str]
    conditions: re.Pattern[str]


ALL_SENSES = frozenset({"negated", "question", "conditional", "attributed"})


def polarity(
    turn: ReadTurn, first: int, last: int, *, denies: bool = False, of: frozenset[str] = ALL_SENSES
) -> Polarity:
    """How the words from token `first` to token `last` are meant; `denies`: a negation among them is their own.

    Only the senses named in `of` are looked for.
    """
    if not of:
        return _PLAIN
    cues = _cues(turn.language)
    before = _before(turn, first)
    return Polarity(
        negated="negated" in of
        and (
            _negated(turn, first, cues)
            or _denied(turn, first, last, cues)
            or (not denies and _negated_inside(turn, first, last, cues))
        ),
        question="question" in of and _asked(turn, first, cues),
        conditional="conditional" in of and bool(cues.conditions.search(before)),
        attributed="attributed" in of and bool(cues.attributions.search(before)),
    )


def _negated(turn: ReadTurn, first: int, cues: _Cues) -> bool:
    """Whether a negator governs token `first`; found by walking back through transparent words."""
    idle = _idle(turn, cues)
    opaque = 0
    at = first - 1
    clause = turn.tokens[first].clause
    while at >= 0 and turn.tokens[at].clause == clause:
        word = turn.tokens[at].norm
        if at not in idle:
            if word in cues.words.negators and opaque == 0:
                return True
            if word in cues.words.wide_negators and opaque <= _WIDE_REACH:
                return True
        if word not in cues.words.transparent or at in idle:
            opaque += 1
        if opaque > _WIDE_REACH:
            return False
        at -= 1
    return False


def _negated_inside(turn: ReadTurn, first: int, last: int, cues: _Cues) -> bool:
    inside = range(first + 1, last)
    if not any(turn.tokens[at].norm in cues.words.denying for at in inside):
        return False
    idle = _idle(turn, cues)
    return any(turn.tokens[at].norm in cues.words.denying and at not in idle for at in inside)


def _denied(turn: ReadTurn, first: int, last: int, cues: _Cues) -> bool:
    if cues.denials.search(_before(turn, first)):
        return True
    after = turn.line[turn.places[last] :].split(" ", 1)[1][:60]
    return bool(cues.denials_after.match(" " + after.removeprefix("| "), 1))


def _asked(turn: ReadTurn, first: int, cues: _Cues) -> bool:
    token = turn.tokens[first]
    if token.sentence in turn.asked:
        return True
    if turn.punctuated:
        return False
    near = turn.norms[max(0, first - 3) : first + 1]
    return any(word in cues.words.interrogatives for word in near)


def _before(turn: ReadTurn, first: int) -> str:
    """The words of the same sentence before token `first`, at most a dozen in text without punctuation."""
    sentence = turn.tokens[first].sentence
    start = first
    while start > 0 and turn.tokens[start - 1].sentence == sentence and first - start < 12:
        start -= 1
    return " " + turn.line[turn.places[start] : turn.places[first]]


def _idle(turn: ReadTurn, cues: _Cues) -> frozenset[int]:
    """The tokens of wordings such as "sin embargo", whose negator denies nothing."""
    if not any(f" {word} " in turn.line for word in cues.words.negators):
        return frozenset()
    held: set[int] = set()
    for match in cues.not_negating.finditer(turn.line):
        held.update(range(bisect_left(turn.places, match.start()), bisect_left(turn.places, match.end())))
    return frozenset(held)


@cache
def _cues(language: str) -> _Cues:
    words = vocabulary(language)

    def any_of(wordings: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile(
            r"(?<= )(?:" + "|".join(compile_pattern(wording, language).expression for wording in wordings) + ")"
        )

    return _Cues(
        words,
        any_of(words.not_negating),
        any_of(words.denials),
        any_of(words.denials_after),
        any_of(words.attributions),
        any_of(words.conditions),
    )
