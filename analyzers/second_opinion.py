"""Rules and likeness together: what both doubt is dropped, and what likeness is sure of is added with its own quote.

A rule knows constructions (who denies, who is quoted); likeness knows thousands of wordings. Each errs alone in places
where the other does not: see `qa bench analysis`. A code that likeness was not trained on is left to its rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from math import exp, log

from analyzers.language import ReadTurn
from analyzers.likeness import Likeness, likeness
from analyzers.phrasebook import Match, Phrasebook, PhraseRule
from analyzers.polarity import Polarity
from models.context import Opinion
from models.conversation import Speaker

SIDE_OF = {Speaker.AGENT: "agent", Speaker.CUSTOMER: "debtor", Speaker.THIRD_PARTY: "debtor"}
SUFFIX = ".likeness"
# Chosen on wordings and conversations that neither rules nor weights were made from.
ADDED_FROM = {"agent": 0.95, "debtor": 0.9}
DROPPED_BELOW = {"agent": 0.05, "debtor": 0.05}
# the quote of a turn without punctuation: as many words as a short sentence has
_WINDOW, _STEP = 14, 5


def weigh(
    turns: Sequence[ReadTurn],
    said: Sequence[tuple[Match, ...]],
    book: Phrasebook,
    further: Opinion | None = None,
) -> tuple[tuple[Match, ...], ...]:
    """The rules' matches of each turn, less those that likeness rules out, and with those that it adds.

    Where a `further` opinion knows a code too, both chances count alike (the mean of their log-odds).
    """
    weighed = list(said)
    for side in sorted(set(SIDE_OF.values())):
        model = likeness(side)
        ours = [number for number, turn in enumerate(turns) if SIDE_OF.get(turn.speaker) == side and turn.tokens]
        if not ours:
            continue
        scores = model.scores([turns[number].norms for number in ours])
        told = further.chances([turns[number].text for number in ours]) if further else [{}] * len(ours)
        for number, row, other in zip(ours, scores.tolist(), told, strict=True):
            own = zip(model.codes, row, strict=True)
            chances = {code: _both(chance, other[code]) if code in other else chance for code, chance in own}
            weighed[number] = _weighed(turns[number], said[number], chances, side, book)
    return tuple(weighed)


def _weighed(
    turn: ReadTurn, matches: Iterable[Match], chances: dict[str, float], side: str, book: Phrasebook
) -> tuple[Match, ...]:
    kept = [match for match in matches if match.phrase.own or chances.get(match.code, 1.0) >= DROPPED_BELOW[side]]
    held = {match.code for match in kept if match.holds}
    added = [
        _alike(turn, code, chance, likeness(side), book)
        for code, chance in chances.items()
        if chance >= ADDED_FROM[side] and code not in held
    ]
    if not added:
        return tuple(kept)
    return tuple(sorted((*kept, *added), key=lambda match: (match.first, match.last, match.phrase.id)))


def _both(one: float, other: float) -> float:
    odds = [log(max(chance, 1e-6) / max(1 - chance, 1e-6)) for chance in (one, other)]
    return 1 / (1 + exp(-sum(odds) / 2))


def _alike(turn: ReadTurn, code: str, chance: float, model: Likeness, book: Phrasebook) -> Match:
    first, last = _where(turn, code, model)
    rule = replace(_pattern_of(code, book), version=model.version, confidence=round(min(chance, 0.95), 2))
    return Match(rule, turn, first, last, Polarity(), wording=rule.id)


def _pattern_of(code: str, book: Phrasebook) -> PhraseRule:
    """Whose words count and in which countries is as in the code's own rules."""
    known = _rules_of(book).get(code, [])
    speaker = known[0].speaker if known else None
    only = bool(known) and all(rule.only for rule in known)
    regions = known[0].regions if only else ("GEN",)
    return PhraseRule(
        id=code + SUFFIX, version="", code=code, language=book.language, wordings=(), speaker=speaker,
        unless=frozenset(), regions=regions, only=only, source="examples",
    )  # fmt: skip


@cache
def _rules_of(book: Phrasebook) -> dict[str, list[PhraseRule]]:
    rules: dict[str, list[PhraseRule]] = {}
    for rule in book.rules:
        rules.setdefault(rule.code, []).append(rule)
    return rules


def _where(turn: ReadTurn, code: str, model: Likeness) -> tuple[int, int]:
    """The sentence (in unpunctuated text: the stretch of words) that is most alike: the evidence to be read."""
    stretches = _stretches(turn)
    if len(stretches) == 1:
        return stretches[0]
    norms = turn.norms
    column = model.codes.index(code)
    scores = model.scores([norms[first : last + 1] for first, last in stretches])[:, column]
    return stretches[int(scores.argmax())]


def _stretches(turn: ReadTurn) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = 0
    for number, token in enumerate(turn.tokens):
        if token.sentence != turn.tokens[first].sentence:
            found.append((first, number - 1))
            first = number
    found.append((first, len(turn.tokens) - 1))
    if len(found) > 1 or len(turn.tokens) <= _WINDOW:
        return found
    end = len(turn.tokens)
    return [(at, min(at + _WINDOW, end) - 1) for at in range(0, max(1, end - _WINDOW + _STEP), _STEP)]
