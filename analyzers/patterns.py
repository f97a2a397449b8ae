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

A gap never crosses the end of a sentence. The `needs` of a wording name words without which it cannot match: the
phrasebook looks wordings up by them, so that most rules cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
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
# how many needs of a wording are looked up; more sift no further
MOST_NEEDS = 3
# words too common to be worth looking a wording up by
_COMMON = words(
    "a al de del el en la las le les lo los me no o por que se si su sus te tu un una usted y ya es va con para mi "
    "an and are be do for have i in is it not of on or s that the this to we will you your"
)


class PatternError(QAError):
    says = "The wording “{wording}” cannot be read: {reason}."
    remedy = "Correct the wording; analyzers/patterns.py explains the notation."


class Need(NamedTuple):
    """Words of which one must stand in a turn: exactly so, by their stem, or but for a letter."""

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
        return re.compile(r"(?<= )" + self.expression)


@dataclass(frozen=True, slots=True)
class _Piece:
    expression: str
    need: Need | None = None  # None: not bound to any word


def compile_pattern(wording: str, language: str) -> Pattern:
    groups = vocabulary(language).groups
    pieces = _pieces(_in_any_order(wording), groups)
    expression = "".join(piece.expression for piece in pieces)
    if not expression:
        raise PatternError(wording=wording, reason="it is empty")
    parts = wording.split(" & ")
    bound = pieces if len(parts) == 1 else [piece for part in parts for piece in _pieces(part, groups)]
    needs = sorted((piece.need for piece in bound if piece.need), key=_cost)[:MOST_NEEDS]
    denies = bool(vocabulary(language).denying & set(re.findall(r"\w+", fold(wording))))
    return Pattern(wording, expression, tuple(needs), denies)


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
    optional = items[end]["close"].endswith("?")
    joined = "|".join("".join(piece.expression for piece in branch) for branch in branches)
    if optional:
        return _Piece(f"(?:{joined})?"), end
    each = [min((piece.need for piece in branch if piece.need), key=_cost, default=None) for branch in branches]
    known = [need for need in each if need is not None]
    need = Need(*(frozenset().union(*kind) for kind in zip(*known, strict=True))) if len(known) == len(each) else None
    return _Piece(f"(?:{joined})", need), end


def _piece(item: re.Match[str]) -> _Piece:
    if item["gap"]:
        return _Piece(rf"(?:{_WORD}+ ){{0,{item['gap'][3:] or 4}}}?")
    if item["edge"]:
        return _Piece(r"(?<=\| )" if item["edge"] == "^" else r"(?=\|)")
    word = item["word"]
    optional = word.endswith("?") and len(word) > 1
    piece = _word(word[:-1] if optional else word)
    return _Piece(f"(?:{piece.expression})?") if optional else piece


def _word(word: str) -> _Piece:
    if word == "_":
        return _Piece(rf"{_WORD}+ ")
    if word == "#":
        return _Piece(rf"{_WORD}*\d{_WORD}* ")
    if word.endswith("*"):
        return _Piece(re.escape(word[:-1]) + rf"{_WORD}* ", Need(stems=frozenset({word[:-1]})))
    if word.endswith("~"):
        return _Piece(_fuzzy(word[:-1]), Need(fuzzy=frozenset({word[:-1]})))
    return _Piece(re.escape(word) + " ", Need(frozenset({word})))


def _fuzzy(word: str) -> str:
    """`word` with at most one letter changed, dropped or added (the first one holds)."""
    near = [re.escape(word)]
    for at in range(1, len(word)):
        before, after = re.escape(word[:at]), re.escape(word[at + 1 :])
        near += [rf"{before}{_WORD}?{after}", rf"{before}{_WORD}{re.escape(word[at:])}"]
    return f"(?:{'|'.join(near)}) "


def _cost(need: Need) -> tuple[bool, int, int]:
    """How many turns will meet a need, roughly: no common words, few alternatives, long ones come first."""
    return bool(need.named & _COMMON), len(need.named), -min(len(word) for word in need.named)
