"""One wording of a rule: a small notation for phrases, compiled to a regular expression over a turn's folded words.

    le (giran|sacan) orden de aprehension     words and alternatives
    demand*                                   a stem
    qued(o|aste) mal                          endings of one word
    buro~                                     one letter may be off (speech recognition)
    no? va _ pagar                            an optional word, any one word
    si no paga ... carcel                     a gap of up to four words; ...8 of up to eight
    <num> pesos                               a named group of vocabulary.yaml; <digits> is a number in digits
    ^bueno, gracias$                          where a sentence begins and ends
    policia & (llev*|deten*)                  both in either order, at most eight words apart

A gap never crosses the end of a sentence. The `needs` of a wording name words, and pairs of neighbouring words, without
which it cannot match: the phrasebook looks wordings up by them, so that most rules cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import permutations
from typing import NamedTuple

from analyzers.vocabulary import fold, vocabulary, words
from models.errors import QAError

_ITEM = re.compile(
    r"\s*(?:(?P<gap>\.\.\.\d*)|(?P<edge>[\^$])|(?P<open>\()|(?P<close>\)\??)|(?P<bar>\|)"
    r"|<(?P<group>[a-z_]+)>(?P<group_optional>\?)?|(?P<word>[^\s()|<>^$,]+)|(?P<comma>,))"
)
_ENDINGS = re.compile(r"(\w+)\(([\w|]*)\)(\?)?")
_WORD = r"[^ |]"
_EDGE = frozenset({"|"})
# a need of more pairs than this sifts little for what it costs to keep
_MOST_PAIRS = 48
# words too common to be worth looking a wording up by
COMMON = words(
    "a al de del el en la las le les lo los me no o por que se si su sus te tu un una usted y ya es va con para mi "
    "an and are be do for have i in is it not of on or s that the this to we will you your"
)


class PatternError(QAError):
    says = "The wording “{wording}” cannot be read: {reason}."
    remedy = "Correct the wording; analyzers/patterns.py explains the notation."


class Need(NamedTuple):
    """Words of which one must stand in a turn: exactly so, by their stem, or but for a letter.

    "orden de" among the exact ones are two neighbours, "| bueno" and "gracias |" words at the edge of a sentence.
    """

    exact: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    fuzzy: frozenset[str] = frozenset()

    @property
    def named(self) -> frozenset[str]:
        return self.exact | self.stems | self.fuzzy

    def met_by(self, word: str) -> bool:
        return (
            word in self.exact
            or any(word.startswith(stem) for stem in self.stems)
            or any(re.fullmatch(_fuzzy(near), word + " ") for near in self.fuzzy)
        )


@dataclass(frozen=True)
class Pattern:
    """A compiled wording; `needs`, the rarest first, must all be met for it to match (none: it is always tried)."""

    wording: str
    expression: str
    needs: tuple[Need, ...]
    denies: bool = False  # a negation is part of the wording itself

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Begins with the blank before its first word: `re` runs from one to the next, and tries no other place."""
        return re.compile(" " + self.expression)


@dataclass(frozen=True)
class Wordings:
    """Several wordings as one expression. `words` and `stems`: without any of them none of the wordings stands."""

    regex: re.Pattern[str]
    words: frozenset[str]
    stems: tuple[str, ...]

    def possible_among(self, spoken: frozenset[str]) -> bool:
        if not self.words.isdisjoint(spoken):
            return True
        return bool(self.stems) and any(word.startswith(self.stems) for word in spoken)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a wording; `first` and `last` are the words that it begins and ends with, None where any may."""

    expression: str
    need: Need | None = None  # None: not bound to any word
    first: frozenset[str] | None = None
    last: frozenset[str] | None = None
    optional: bool = False


def compile_pattern(wording: str, language: str) -> Pattern:
    groups = vocabulary(language).groups
    pieces = _pieces(_in_any_order(wording), groups)
    expression = "".join(piece.expression for piece in pieces)
    if not expression:
        raise PatternError(wording=wording, reason="it is empty")
    if re.fullmatch(expression, ""):
        raise PatternError(wording=wording, reason="it would match no words at all")
    parts = wording.split(" & ")
    bound = [pieces] if len(parts) == 1 else [_pieces(part, groups) for part in parts]
    needs = sorted(dict.fromkeys(need for each in bound for need in _needs(each)), key=_cost)
    denies = bool(vocabulary(language).denying & set(re.findall(r"\w+", fold(wording))))
    return Pattern(wording, expression, tuple(needs), denies)


def join(patterns: Sequence[Pattern]) -> Wordings:
    """One expression for them all, which begins with the blank before its first word as each does alone."""
    regex = re.compile(" (?:" + "|".join(pattern.expression for pattern in patterns) + ")")
    needs = [pattern.needs[0] for pattern in patterns if pattern.needs]
    if len(needs) < len(patterns):
        return Wordings(regex, frozenset(), ("",))
    words = frozenset(max(name.split(), key=len) for need in needs for name in need.exact)
    # of a word that may be misspelt only the first letter is sure
    stems = {stem for need in needs for stem in need.stems} | {near[0] for need in needs for near in need.fuzzy}
    return Wordings(regex, words, tuple(sorted(stems)))


def places(regex: re.Pattern[str], line: str, at: int = 0) -> Iterator[tuple[int, int]]:
    """Where a wording stands in `line` from `at` on, none overlapping another: from its first letter on."""
    while found := regex.search(line, at):
        start, end = found.span()
        yield start + 1, end
        at = end - 1  # the blank that ends this place may begin the next


def _pieces(wording: str, groups: Mapping[str, str]) -> list[_Piece]:
    pieces, rest = _sequence(_items(wording, groups), 0, wording)
    if rest is not None:
        raise PatternError(wording=wording, reason="a ) closes nothing")
    return pieces


def _items(wording: str, groups: Mapping[str, str], depth: int = 0) -> list[re.Match[str]]:
    """The lexical items of a wording, named groups replaced by what they stand for."""
    if depth > 5:
        raise PatternError(wording=wording, reason="its groups name each other in a circle")
    items: list[re.Match[str]] = []
    for item in _ITEM.finditer(_ENDINGS.sub(_spelled_out, fold(wording))):
        name = item["group"]
        if name is None:
            items.append(item)
            continue
        if name not in groups:
            raise PatternError(wording=wording, reason=f"there is no group <{name}>")
        items += _items(f"({groups[name]}){item['group_optional'] or ''}", groups, depth + 1)
    return items


def _in_any_order(wording: str) -> str:
    """ "a & b" as the two orders that it stands for."""
    parts = wording.split(" & ")
    if len(parts) == 1:
        return wording
    return "(" + "|".join(" ...8 ".join(order) for order in permutations(parts)) + ")"


def _spelled_out(ending: re.Match[str]) -> str:
    """quede(s|mos)? as (quede|quedes|quedemos)."""
    endings = ending[2].split("|") + ([""] if ending[3] else [])
    return "(" + "|".join(ending[1] + each for each in endings) + ")"


def _sequence(items: list[re.Match[str]], at: int, wording: str) -> tuple[list[_Piece], int | None]:
    """The pieces from `at` on until a "|" or ")" that closes them; its place, or None at the end."""
    pieces: list[_Piece] = []
    while at < len(items):
        item = items[at]
        if item["bar"] or item["close"]:
            return pieces, at
        if item["open"]:
            piece, at = _choice(items, at + 1, wording)
            pieces.append(piece)
        elif not item["comma"]:
            pieces.append(_piece(item))
        at += 1
    return pieces, None


def _choice(items: list[re.Match[str]], at: int, wording: str) -> tuple[_Piece, int]:
    branches: list[list[_Piece]] = []
    while True:
        branch, end = _sequence(items, at, wording)
        if end is None:
            raise PatternError(wording=wording, reason="a ( is never closed")
        branches.append(branch)
        if items[end]["close"]:
            break
        at = end + 1
    joined = "|".join("".join(piece.expression for piece in branch) for branch in branches)
    if items[end]["close"].endswith("?"):
        return _Piece(f"(?:{joined})?", None, _any(map(_first, branches)), _any(map(_last, branches)), True), end
    each = [_rarest(branch) for branch in branches]
    known = [need for need in each if need is not None]
    need = Need(*(frozenset().union(*kind) for kind in zip(*known, strict=True))) if len(known) == len(each) else None
    return _Piece(f"(?:{joined})", need, _any(map(_first, branches)), _any(map(_last, branches))), end


def _rarest(pieces: Sequence[_Piece]) -> Need | None:
    if len(pieces) == 1:
        return pieces[0].need
    return min(_needs(pieces), key=_cost, default=None)


def _needs(pieces: Sequence[_Piece]) -> Iterator[Need]:
    """What a sequence cannot do without: the words of each piece, and where two pieces meet, their pairs."""
    for at, piece in enumerate(pieces):
        if piece.optional:
            continue
        if piece.need is not None:
            yield piece.need
        yield from _pairs(piece.last, _first(pieces[at + 1 :]))
        yield from _pairs(_last(pieces[:at]), piece.first)


def _pairs(left: frozenset[str] | None, right: frozenset[str] | None) -> Iterator[Need]:
    if left is not None and right is not None and len(left) * len(right) <= _MOST_PAIRS:
        yield Need(frozenset(f"{one} {other}" for one in left for other in right))


def _first(pieces: Sequence[_Piece]) -> frozenset[str] | None:
    """The words that a sequence may begin with; None where it may be any, or where the sequence may be empty."""
    words: frozenset[str] = frozenset()
    for piece in pieces:
        if piece.first is None:
            return None
        words |= piece.first
        if not piece.optional:
            return words
    return None


def _last(pieces: Sequence[_Piece]) -> frozenset[str] | None:
    words: frozenset[str] = frozenset()
    for piece in reversed(pieces):
        if piece.last is None:
            return None
        words |= piece.last
        if not piece.optional:
            return words
    return None


def _any(each: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """The words of all branches, where each is known."""
    known = list(each)
    return None if None in known else frozenset().union(*(words for words in known if words is not None))


def _piece(item: re.Match[str]) -> _Piece:
    if item["gap"]:
        return _Piece(rf"(?:{_WORD}+ ){{0,{item['gap'][3:] or 4}}}?", optional=True)
    if item["edge"] == "^":
        return _Piece(r"(?<=\| )", last=_EDGE)
    if item["edge"]:
        return _Piece(r"(?=\|)", first=_EDGE)
    word = item["word"]
    if not word.endswith("?") or len(word) == 1:
        return _word(word)
    piece = _word(word[:-1])
    return replace(piece, expression=f"(?:{piece.expression})?", need=None, optional=True)


@cache
def _word(word: str) -> _Piece:
    if word == "_":
        return _Piece(rf"{_WORD}+ ")
    if word == "#":
        return _Piece(rf"{_WORD}*\d{_WORD}* ")
    if word.endswith("*"):
        return _Piece(re.escape(word[:-1]) + rf"{_WORD}* ", Need(stems=frozenset({word[:-1]})))
    if word.endswith("~"):
        return _Piece(_fuzzy(word[:-1]), Need(fuzzy=frozenset({word[:-1]})))
    only = frozenset({word})
    return _Piece(re.escape(word) + " ", Need(only), only, only)


def _fuzzy(word: str) -> str:
    """`word` with at most one letter changed, dropped or added (the first one holds)."""
    near = [re.escape(word)]
    for at in range(1, len(word)):
        before, after = re.escape(word[:at]), re.escape(word[at + 1 :])
        near += [rf"{before}{_WORD}?{after}", rf"{before}{_WORD}{re.escape(word[at:])}"]
    return f"(?:{'|'.join(near)}) "


@cache
def _cost(need: Need) -> tuple[bool, int, int]:
    """How many turns will meet a need, roughly: no common words, few alternatives, long ones come first."""
    common = any(COMMON.issuperset(name.split()) for name in need.named)
    return common, len(need.named), -min(len(word) for word in need.named)
