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

A gap never crosses the end of a sentence. `needs` names words of which one must stand in a turn for the wording to
match at all: the phrasebook looks wordings up by them, so that most rules cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

from analyzers.vocabulary import fold, vocabulary, words
from models.errors import QAError

_ITEM = re.compile(
    r"\s*(?:(?P<gap>\.\.\.\d*)|(?P<edge>[\^$])|(?P<open>\()|(?P<close>\)\??)|(?P<bar>\|)"
    r"|<(?P<group>[a-z_]+)>(?P<group_optional>\?)?|(?P<word>[^\s()|<>^$,]+)|(?P<comma>,))"
)
_ENDINGS = re.compile(r"(\w+)\(([\w|]*)\)(\?)?")
_WORD = r"[^ |]"
# words too common to be worth looking a wording up by
_COMMON = words(
    "a al de del el en la las le les lo los me no o por que se si su sus te tu un una usted y ya es va con para mi "
    "an and are be do for have i in is it not of on or s that the this to we will you your"
)


class PatternError(QAError):
    says = "The wording “{wording}” cannot be read: {reason}."
    remedy = "Correct the wording; analyzers/patterns.py explains the notation."


@dataclass(frozen=True)
class Pattern:
    """A compiled wording. `exact`, `stems` and `fuzzy` together are the `needs`; all empty: it must always be tried."""

    wording: str
    expression: str
    exact: frozenset[str]
    stems: frozenset[str]
    fuzzy: frozenset[str]
    denies: bool = False  # a negation is part of the wording itself

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(r"(?<= )" + self.expression)

    def wants(self, word: str) -> bool:
        """Whether `word` is one of the words that this wording stands on."""
        return (
            word in self.exact
            or any(word.startswith(stem) for stem in self.stems)
            or any(re.fullmatch(_fuzzy(near), word + " ") for near in self.fuzzy)
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    expression: str
    needs: tuple[frozenset[str], frozenset[str], frozenset[str]] | None = None  # None: not bound to any word


def compile_pattern(wording: str, language: str) -> Pattern:
    pieces, rest = _sequence(_items(_in_any_order(wording), vocabulary(language).groups), 0, wording)
    if rest is not None:
        raise PatternError(wording=wording, reason="a ) closes nothing")
    exact, stems, fuzzy = _best([piece for piece in pieces if piece.needs]) or (frozenset(), frozenset(), frozenset())
    expression = "".join(piece.expression for piece in pieces)
    if not expression:
        raise PatternError(wording=wording, reason="it is empty")
    denies = bool(vocabulary(language).denying & set(re.findall(r"\w+", fold(wording))))
    return Pattern(wording, expression, exact, stems, fuzzy, denies)


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
    each = [_best([piece for piece in branch if piece.needs]) for branch in branches]
    known = [needs for needs in each if needs is not None]
    needs = None
    if len(known) == len(branches):
        first, second, third = zip(*known, strict=True)
        needs = (frozenset().union(*first), frozenset().union(*second), frozenset().union(*third))
    return _Piece(f"(?:{joined})", needs), end


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
    none: frozenset[str] = frozenset()
    if word == "_":
        return _Piece(rf"{_WORD}+ ")
    if word == "#":
        return _Piece(rf"{_WORD}*\d{_WORD}* ")
    if word.endswith("*"):
        return _Piece(re.escape(word[:-1]) + rf"{_WORD}* ", (none, frozenset({word[:-1]}), none))
    if word.endswith("~"):
        return _Piece(_fuzzy(word[:-1]), (none, none, frozenset({word[:-1]})))
    return _Piece(re.escape(word) + " ", (frozenset({word}), none, none))


def _fuzzy(word: str) -> str:
    """`word` with at most one letter changed, dropped or added (the first one holds)."""
    near = [re.escape(word)]
    for at in range(1, len(word)):
        before, after = re.escape(word[:at]), re.escape(word[at + 1 :])
        near += [rf"{before}{_WORD}?{after}", rf"{before}{_WORD}{re.escape(word[at:])}"]
    return f"(?:{'|'.join(near)}) "


def _best(pieces: list[_Piece]) -> tuple[frozenset[str], frozenset[str], frozenset[str]] | None:
    """The needs of the piece that fewest turns will meet: no common words, few alternatives, long ones."""

    def cost(piece: _Piece) -> tuple[bool, int, int]:
        exact, stems, fuzzy = piece.needs or (frozenset(), frozenset(), frozenset())
        named = exact | stems | fuzzy
        return bool(named & _COMMON), len(named), -min(len(word) for word in named)

    return min(pieces, key=cost).needs if pieces else None
