"""Card data is reported where it was dictated, also after it was hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.analyze import read
from analyzers.card_numbers import card_spans, mask
from analyzers.find_card_data import find
from models.context import Context
from models.conversation import Channel, Conversation, Speaker, Turn

DICTATED = ("le leo la tarjeta", "es 4111 1111 1111 1111", "¿y los tres de atrás?", "ochocientos doce", "gracias")


def _conversation(*texts: str) -> Conversation:
    turns = tuple(
        Turn(place, Speaker.CUSTOMER if place % 2 else Speaker.AGENT, text, float(place), place + 0.9)
        for place, text in enumerate(texts)
    )
    return Conversation(id="x", channel=Channel.VOICE, language="es", turns=turns)


@pytest.mark.parametrize("hide_first", [False, True])
def test_each_dictation_is_found_before_and_after_it_is_hidden(hide_first: bool) -> None:
    conversation = _conversation(*DICTATED)
    if hide_first:
        spans = card_spans(DICTATED)
        conversation = replace(
            conversation,
            turns=tuple(replace(t, text=mask(t.text, s)) for t, s in zip(conversation.turns, spans, strict=True)),
        )
    found = list(find(read(conversation), Context()))
    assert [finding.turn for finding in found] == [1, 3]
    assert all(finding.quote and finding.quote in conversation.turns[finding.turn or 0].text for finding in found)


def test_last_four_digits_are_no_finding() -> None:
    assert not list(find(read(_conversation("los últimos cuatro son 4321", "sí, cuatro tres dos uno")), Context()))
