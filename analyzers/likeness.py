"""How alike a turn is to labelled wordings: a linear model over words, pairs, triples and parts of words.

A second opinion beside the phrase rules (second_opinion.py), trained by `qa rules train` from `examples/*.jsonl`, in
Spanish and English together. Linear on purpose: a turn's score is the sum of what its words weigh, so it can be traced
to the words that a person then reads as evidence. Weights are one small file for each side; nothing is downloaded.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

EXAMPLES = Path(__file__).with_name("examples")
SIDES = ("agent", "debtor")
PART_LENGTHS = (3, 4)
# distinct words whose features are remembered: a bound on memory, as debtors can type anything
_REMEMBERED = 100_000
_OUTSIDE = "|"


@dataclass(frozen=True, eq=False)
class Likeness:
    """The trained weights of one side. `weights` is (features, codes) and already holds each feature's rarity."""

    codes: tuple[str, ...]
    version: str
    vocabulary: dict[str, int]
    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]
    bias: NDArray[np.float32]
    _known: dict[str, tuple[tuple[int, ...], str]] = field(default_factory=dict)

    def scores(self, lines: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """(lines, codes): how likely each line (its norms) says each code, from 0 to 1."""
        rows = [self._features(norms) for norms in lines]
        logits = np.tile(self.bias, (len(rows), 1))
        told = [number for number, row in enumerate(rows) if row]
        if told:
            starts = np.cumsum([0, *(len(rows[number]) for number in told[:-1])])
            found = np.concatenate([np.asarray(rows[number]) for number in told])
            sums = np.add.reduceat(self.weights[found], starts, axis=0)
            lengths = np.sqrt(np.add.reduceat(self.rarity[found] ** 2, starts))
            logits[told] += sums / lengths[:, None]
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)

    def _features(self, norms: Sequence[str]) -> list[int]:
        """The numbers of what `features` yields, the unknown left out: a run with an unknown word is not looked up."""
        found: list[int] = []
        pair, look = "", self.vocabulary.get
        before = _OUTSIDE
        for word in (*norms, _OUTSIDE):
            numbers, name = self._word(word)
            found += numbers
            joined = f"{before} {name}" if before and name else ""
            if joined and (number := look(joined)) is not None:
                found.append(number)
                if pair and (number := look(f"{pair} {name}")) is not None:
                    found.append(number)
                pair = joined
            else:
                pair = ""
            before = name
        return found

    def _word(self, word: str) -> tuple[tuple[int, ...], str]:
        """A word's own features, and its name in runs: empty where no run holds it."""
        known = self._known.get(word)
        if known is None:
            name = plain(word)
            own = () if word == _OUTSIDE else parts(name)
            known = (
                tuple(n for part in own if (n := self.vocabulary.get(part)) is not None),
                name * (name in self._in_runs),
            )
            if len(self._known) < _REMEMBERED:
                self._known[word] = known
        return known

    @cached_property
    def _in_runs(self) -> frozenset[str]:
        return frozenset(word for feature in self.vocabulary if " " in feature[1:] for word in feature.split())


def features(norms: Sequence[str]) -> Iterator[str]:
    """Every feature of a line, as often as it occurs: what the weights are trained on."""
    for word in norms:
        yield from parts(plain(word))
    yield from runs(norms)


def plain(word: str) -> str:
    """Figures say that there is a figure, not which."""
    return "".join("0" if mark.isdigit() else mark for mark in word) if not word.isalpha() else word


def parts(word: str) -> Iterator[str]:
    """A word and its runs of letters: endings, clitics and misspellings are then not all new words."""
    yield word
    framed = f" {word} "
    for length in PART_LENGTHS:
        for first in range(len(framed) - length + 1):
            yield "#" + framed[first : first + length]


def runs(norms: Sequence[str]) -> Iterator[str]:
    """The pairs and triples of neighbouring words; a line's ends count as words."""
    words = [_OUTSIDE, *map(plain, norms), _OUTSIDE]
    for first, second in pairwise(words):
        yield f"{first} {second}"
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        yield f"{first} {second} {third}"


@cache
def likeness(side: str) -> Likeness:
    """The weights of "agent" or "debtor"."""
    return unpacked((EXAMPLES / f"{side}.weights").read_bytes())


def packed(model: Likeness) -> bytes:
    """The weights as one file: eight bits a weight, scaled by code, which changes no score by a visible amount."""
    scale = np.maximum(np.abs(model.weights).max(axis=0), 1e-9) / 127.0
    about = {"codes": model.codes, "version": model.version}
    arrays = {
        "weights": np.rint(model.weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "rarity": model.rarity.astype(np.float32),
        "bias": model.bias.astype(np.float32),
    }
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _put(archive, "about.json", json.dumps(about, indent=1).encode())
        _put(archive, "vocabulary.txt", "\n".join(model.vocabulary).encode())
        for name, array in arrays.items():
            part = io.BytesIO()
            np.save(part, array, allow_pickle=False)
            _put(archive, f"{name}.npy", part.getvalue())
    return body.getvalue()


def unpacked(body: bytes) -> Likeness:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        about = json.loads(archive.read("about.json"))
        vocabulary = archive.read("vocabulary.txt").decode().split("\n")
        weights, scale, rarity, bias = (
            np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
            for name in ("weights", "scale", "rarity", "bias")
        )
    return Likeness(
        codes=tuple(about["codes"]),
        version=str(about["version"]),
        vocabulary={feature: number for number, feature in enumerate(vocabulary)},
        weights=weights.astype(np.float32) * scale,
        rarity=rarity,
        bias=bias,
    )


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """With a fixed date: the same weights are the same bytes."""
    archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
