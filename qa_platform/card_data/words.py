"""A transcript file without card data: what is kept of it holds no number, no security code and no one-time code.

A file of text keeps its own form, with the digits hidden where they stand, as long as it then reads as the masked
conversation does. Whatever cannot be hidden in place (tables of words, quoted history, archives, recordings inside)
is kept as this product's own JSON of the conversation, in which nothing stands but what was read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analyzers.card_dictation import spans_in
from analyzers.card_numbers import LONGEST_CARD, SHORTEST_CARD, is_card, mask
from models.conversation import Conversation, Turn
from models.errors import QAError
from qa_platform.formats.contract import Document, Hints, Notice, Reading, read_document
from qa_platform.formats.reading.text import is_text
from qa_platform.privacy import without_card_data

_GROUPS = re.compile(r"(?<![\d.+])\d+(?:[ \-\u00a0]\d+)*")
HIDDEN = Notice("Card data was hidden in the transcript before it was kept.")


def holds_card(text: str) -> bool:
    """Whether a card number stands written anywhere in a file, in the words or beside them."""
    return any(_is_card(found.group()) for found in _GROUPS.finditer(text))


def _is_card(written: str) -> bool:
    groups = re.split(r"[ \-\u00a0]", written)
    return any(
        is_card(digits)
        for first in range(len(groups))
        for stop in range(first + 1, min(len(groups), first + LONGEST_CARD) + 1)
        if SHORTEST_CARD <= len(digits := "".join(groups[first:stop])) <= LONGEST_CARD
    )


def without_cards(document: Document, reading: Reading, hints: Hints) -> bytes | None:
    """The file to keep in place of one that holds card data; None where it may be kept as it came."""
    words = reading.conversation
    if words is None:
        return None
    turns = without_card_data(words.turns)
    text = document.text if is_text(document.data) else ""
    if turns == words.turns and not holds_card(text):
        return None
    # In JSON a machine's words stand more than once: as text, one by one, in fields that no format reads.
    own_form = _in_place(text, words.turns) if text and document.json is None else None
    if own_form is not None and _reads_as(own_form, document.name, hints, turns):
        return own_form
    return _as_json(replace(words, turns=turns))


def _in_place(text: str, turns: Sequence[Turn]) -> bytes | None:
    """The same file with those characters hidden; None where a turn does not stand in it as it was read."""
    hidden, cursor = text, 0
    for turn, spans in zip(turns, spans_in(turns), strict=True):
        at = hidden.find(turn.text, cursor)
        if at < 0:
            if spans:
                return None
            continue
        cursor = at + len(turn.text)
        hidden = hidden[:at] + mask(turn.text, spans) + hidden[cursor:]
    return None if holds_card(hidden) else hidden.encode()


def _reads_as(data: bytes, name: str, hints: Hints, turns: Sequence[Turn]) -> bool:
    try:
        again = read_document(Document(data, name=name), hints).conversation
    except QAError:
        return False
    return again is not None and again.turns == tuple(turns)


def _as_json(words: Conversation) -> bytes:
    told: dict[str, Any] = {
        "id": words.id,
        "channel": words.channel,
        "language": words.language,
        "country": words.country,
        "started_at": words.started_at.isoformat() if words.started_at else None,
        "direction": words.direction,
        "duration": words.duration,
        "turns": [_turn(turn) for turn in words.turns],
    }
    return json.dumps({key: value for key, value in told.items() if value is not None}, ensure_ascii=False).encode()


def _turn(turn: Turn) -> dict[str, Any]:
    told: dict[str, Any] = {
        "speaker": turn.speaker,
        "text": turn.text,
        "start": turn.start,
        "end": turn.end,
        "at": turn.at.isoformat() if turn.at else None,
        "words": [{"text": word.text, "start": word.start, "end": word.end} for word in turn.words],
    }
    return {key: value for key, value in told.items() if value is not None}
