"""Is it said or denied, asked, conditional, or somebody else's words? Decided once for every rule, by the words around.

A negation reaches what follows it only through words that carry no meaning of their own ("no LE VAMOS A llamar a su
jefe"); "nadie" and "nunca" reach to the end of their clause; "si no", "sin embargo", "no se preocupe" deny nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property

from analyzers.language import ReadTurn
from analyzers.patterns import Wordings, compile_pattern, join, places
from analyzers.vocabulary import Vocabulary, vocabulary

# "sí" is a yes; "si" may be one too, or an if
_YES = re.compile(r"[sS][íÍ]")
# words before a wording that still say how it is meant, in text without punctuation
_BEFORE = 12
# how many words that are not "transparent" may stand between "nunca" and what it denies
_WIDE_REACH = 5


@dataclass(frozen=True, slots=True)
class Polarity:
    negated: bool = False
    question: bool = False
    conditional: bool = False
    attributed: bool = False


PLAIN = Polarity()


ALL_SENSES = frozenset({"negated", "question", "conditional", "attributed"})


@dataclass(frozen=True, slots=True)
class _Cues:
    words: Vocabulary
    negating: frozenset[str]
    not_negating: Wordings
    denials: Wordings
    denials_after: Wordings
    attributions: Wordings
    conditions: Wordings


def polarity(
    turn: ReadTurn, first: int, last: int, *, denies: bool = False, of: frozenset[str] = ALL_SENSES
) -> Polarity:
    """How the words from token `first` to token `last` are meant; `denies`: a negation among them is their own.

    Only the senses named in `of` are looked for.
    """
    return Surroundings(turn).polarity(first, last, denies=denies, of=of)


class Surroundings:
    """What stands around the wordings of one turn. Most turns hold no cue of most senses, which is asked first."""

    def __init__(self, turn: ReadTurn) -> None:
        self._turn = turn
        self._cues = cues = _cues(turn.language)
        self._negating = not cues.negating.isdisjoint(turn.words)
        self._denying = not cues.words.denying.isdisjoint(turn.words)
        self._denials = cues.denials.possible_among(turn.words)
        self._denials_after = cues.denials_after.possible_among(turn.words)
        self._attributions = cues.attributions.possible_among(turn.words)
        self._conditions = cues.conditions.possible_among(turn.words)

    def polarity(self, first: int, last: int, *, denies: bool, of: frozenset[str]) -> Polarity:
        negated = "negated" in of and (
            (self._negating and self._negated(first))
            or self._denied(first, last)
            or (self._denying and not denies and self._negated_inside(first, last))
        )
        question = "question" in of and self._asked(first)
        conditional = self._conditions and "conditional" in of and self._hangs(first)
        attributed = self._attributions and "attributed" in of and self._stands_before(self._cues.attributions, first)
        if not (negated or question or conditional or attributed):
            return PLAIN
        return Polarity(negated, question, conditional, attributed)

    def _negated(self, first: int) -> bool:
        """Whether a negator governs token `first`; found by walking back through transparent words."""
        tokens, words, idle = self._turn.tokens, self._cues.words, self._idle
        opaque = 0
        at = first - 1
        clause = tokens[first].clause
        while at >= 0 and tokens[at].clause == clause:
            word = tokens[at].norm
            if at not in idle:
                if word in words.negators and opaque == 0:
                    return True
                if word in words.wide_negators and opaque <= _WIDE_REACH:
                    return True
            if word not in words.transparent or at in idle:
                opaque += 1
            if opaque > _WIDE_REACH:
                return False
            at -= 1
        return False

    def _negated_inside(self, first: int, last: int) -> bool:
        norms, denying = self._turn.norms, self._cues.words.denying
        return any(norms[at] in denying and at not in self._idle for at in range(first + 1, last))

    def _denied(self, first: int, last: int) -> bool:
        if self._denials and self._stands_before(self._cues.denials, first):
            return True
        if not self._denials_after:
            return False
        after = self._turn.line[self._turn.places[last] :].split(" ", 1)[1][:60]
        return bool(self._cues.denials_after.regex.match(" " + after.removeprefix("| ")))

    def _asked(self, first: int) -> bool:
        turn = self._turn
        if turn.tokens[first].sentence in turn.asked:
            return True
        if turn.punctuated:
            return False
        return not self._cues.words.interrogatives.isdisjoint(turn.norms[max(0, first - 3) : first + 1])

    def _hangs(self, first: int) -> bool:
        return self._stands_before(self._cues.conditions, first, self._accented)

    @cached_property
    def _accented(self) -> str:
        """The line in which a written "sí" keeps its accent, so that a yes sets no condition."""
        turn = self._turn
        if not _YES.search(turn.text):
            return turn.line
        marks = list(turn.line)
        for token, place in zip(turn.tokens, turn.places, strict=True):
            if token.norm == "si" and _YES.fullmatch(turn.text, token.start, token.end):
                marks[place + 1] = "í"
        return "".join(marks)

    def _stands_before(self, wordings: Wordings, first: int, line: str | None = None) -> bool:
        """In the same sentence before token `first`, and at most a dozen words away."""
        turn = self._turn
        line = line or turn.line
        sentence = turn.tokens[first].sentence
        start = first
        while start > 0 and turn.tokens[start - 1].sentence == sentence and first - start < _BEFORE:
            start -= 1
        return bool(wordings.regex.search(" " + line[turn.places[start] : turn.places[first]]))

    @cached_property
    def _idle(self) -> frozenset[int]:
        """The tokens of wordings such as "sin embargo", whose negator denies nothing."""
        turn = self._turn
        if self._cues.words.negators.isdisjoint(turn.words):
            return frozenset()
        held: set[int] = set()
        for start, end in places(self._cues.not_negating.regex, turn.line):
            held.update(range(bisect_left(turn.places, start), bisect_left(turn.places, end)))
        return frozenset(held)


@cache
def _cues(language: str) -> _Cues:
    words = vocabulary(language)

    def any_of(wordings: tuple[str, ...]) -> Wordings:
        return join([compile_pattern(wording, language) for wording in wordings])

    return _Cues(
        words,
        words.negators | words.wide_negators,
        any_of(words.not_negating),
        any_of(words.denials),
        any_of(words.denials_after),
        any_of(words.attributions),
        any_of(words.conditions),
    )
