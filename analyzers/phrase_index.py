"""Which wordings may stand in a turn: an inverted index from words, and pairs of neighbours, to the wordings.

A wording is looked up by its rarest need alone; only where that is met are its other needs compared, by number. So a
turn costs a look-up for each of its words, however many rules there are, and most searches that are made find.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from analyzers.language import ReadTurn
from analyzers.patterns import COMMON, Need, Pattern

# distinct words remembered: a bound on memory, as debtors can type anything
_REMEMBERED = 100_000
# a common word counts as if so many wordings named it, and a pair of words as this part of its rarer one
_COMMON_WORD = 200
_PAIRED = 0.15
# a wording's number, and a bit for each need that must be met beside the one that it is looked up by
_Entry = tuple[int, int]


class _Heard(NamedTuple):
    """What a word brings with it: a bit for each need that it meets, and the wordings looked up by one of them."""

    met: int
    entries: tuple[_Entry, ...]


class Rarity:
    """How often a need is met, by the rules' own words: what many wordings name is said often.

    A rough measure, and that is enough: it decides by which need a wording is looked up, never whether it stands.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._words: Counter[str] = Counter()
        for pattern in patterns:
            self._words.update({name for need in pattern.needs for name in need.named if " " not in name})
        self._beginnings: Counter[str] = Counter()
        for word, count in self._words.items():
            for length in range(1, len(word) + 1):
                self._beginnings[word[:length]] += count
        self._known: dict[Need, float] = {}

    def of(self, need: Need) -> float:
        known = self._known.get(need)
        if known is None:
            exact = sum(self._name(name) for name in need.exact)
            near = sum(self._beginnings[stem] for stem in need.stems | need.fuzzy)
            known = self._known[need] = exact + near
        return known

    def _name(self, name: str) -> float:
        if " " not in name:
            return self._words[name] + (_COMMON_WORD if name in COMMON else 1)
        return min(self._name(word) for word in name.split()) * _PAIRED


class Index:
    """Wordings by number; `candidates` are those whose every need a turn meets."""

    def __init__(self, wordings: Iterable[tuple[int, Pattern]], rarity: Rarity) -> None:
        entries: defaultdict[Need, list[_Entry]] = defaultdict(list)
        bits: dict[Need, int] = {}
        self._free: list[int] = []
        for wording, pattern in wordings:
            if not pattern.needs:
                self._free.append(wording)
                continue
            rarest = min(pattern.needs, key=rarity.of)
            wanted = sum(bits.setdefault(need, 1 << len(bits)) for need in pattern.needs if need is not rarest)
            entries[rarest].append((wording, wanted))
        self._words = _Words(entries, bits)
        pairs = {name for need in (*entries, *bits) for name in need.exact if " " in name}
        self._pairs = {tuple(pair.split()): pair for pair in pairs}

    def candidates(self, turn: ReadTurn) -> list[int]:
        """The wordings that may stand in `turn`, in the order of their numbers."""
        words, pairs = self._words, self._pairs
        heard = [words[word] for word in turn.words]
        heard += [words[pairs[pair]] for pair in pairwise(turn.line.split()) if pair in pairs]
        met = 0
        for one in heard:
            met |= one.met
        begun = {wording for one in heard for wording, others in one.entries if met & others == others}
        return sorted(begun.union(self._free))


class _Words(dict[str, _Heard]):
    """What each word brings with it, worked out when it is first heard: a language repeats its words."""

    def __init__(self, entries: Mapping[Need, Sequence[_Entry]], bits: Mapping[Need, int]) -> None:
        super().__init__()
        self._entries, self._bits = entries, bits
        self._exact: defaultdict[str, list[Need]] = defaultdict(list)
        self._stems: defaultdict[str, list[Need]] = defaultdict(list)
        self._fuzzy: list[Need] = []
        for need in {*entries, *bits}:
            for word in need.exact:
                self._exact[word].append(need)
            for stem in need.stems:
                self._stems[stem].append(need)
            if need.fuzzy:
                self._fuzzy.append(need)

    def __missing__(self, word: str) -> _Heard:
        needs = set(self._exact.get(word, ()))
        for length in range(1, len(word) + 1):
            needs.update(self._stems.get(word[:length], ()))
        needs.update(need for need in self._fuzzy if need.met_by(word))
        met = sum(self._bits.get(need, 0) for need in needs)
        heard = _Heard(met, tuple(entry for need in needs for entry in self._entries.get(need, ())))
        if len(self) < _REMEMBERED:
            self[word] = heard
        return heard
