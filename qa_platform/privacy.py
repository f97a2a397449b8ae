"""Personal data: what may not rest in the platform is hidden before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzers.card_dictation import spans_in
from analyzers.card_numbers import MASK, mask
from models.conversation import Speaker, Turn, Word


def without_card_data(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same turns with card numbers, security and one-time codes hidden; all that is left keeps its place."""
    hidden = spans_in(turns)
    return tuple(_masked(turn, spans) if spans else turn for turn, spans in zip(turns, hidden, strict=True))


def hidden_in(text: str) -> str:
    """What a person typed, with card data hidden in it."""
    turn = Turn(0, Speaker.UNKNOWN, text)
    return mask(text, spans_in([turn])[0])


def _masked(turn: Turn, spans: Sequence[tuple[int, int]]) -> Turn:
    text = mask(turn.text, spans)
    return replace(turn, text=text, words=tuple(_masked_words(turn, text)))


def _masked_words(turn: Turn, masked: str) -> list[Word]:
    """Each word as the masked text has it. One that cannot be found again in its turn is hidden whole, to be safe."""
    words, place = [], 0
    for word in turn.words:
        bare = word.text.strip()
        found = turn.text.find(bare, place)
        if found < 0:
            words.append(replace(word, text=MASK * len(bare)))
            continue
        place = found + len(bare)
        words.append(replace(word, text=masked[found:place]))
    return words
