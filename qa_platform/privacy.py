"""Personal data: what may not rest in the platform is hidden before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analyzers.card_dictation import spans_in
from analyzers.card_numbers import MASK, is_card, mask
from models.conversation import Speaker, Turn, Word

_NUMBERS = re.compile(r"(?<!\d)(?:\d{13,19}|\d{4}([ _-])\d{4}\1\d{4}\1\d{4})(?!\d)")


def without_card_data(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same turns with card numbers, security and one-time codes hidden; all that is left keeps its place."""
    hidden = spans_in(turns)
    return tuple(_masked(turn, spans) if spans else turn for turn, spans in zip(turns, hidden, strict=True))


def hidden_in(text: str) -> str:
    """What a person typed, with card data hidden in it."""
    turn = Turn(0, Speaker.UNKNOWN, text)
    return mask(text, spans_in([turn])[0])


def typed(text: str, most: int) -> str:
    """What a person typed, as it may be stored: PostgreSQL knows no NUL in a text, and card data rests nowhere."""
    return hidden_in(text.replace("\0", "").strip())[:most]


def hidden_in_name(name: str) -> str:
    """A file's name without a card number. Only digits that stand together: a date and a phone beside each other are
    no card, however their check digit comes out."""
    return _NUMBERS.sub(lambda found: MASK * len(found[0]) if is_card(re.sub(r"\D", "", found[0])) else found[0], name)


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
