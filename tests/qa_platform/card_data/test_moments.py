"""When hidden words were said, to the word where its time is known; and what a second hearing keeps of the first."""

from __future__ import annotations

from math import inf

import pytest

from models.conversation import Interval, Layout, Speaker, Speech, Turn, Voice, Word
from qa_platform.card_data.moments import WHOLE, as_heard_before, moments, with_hidden

A, C = Speaker.AGENT, Speaker.CUSTOMER


def _turn(
    text: str, start: float | None = None, end: float | None = None, *, words: str = "", speaker: Speaker = C
) -> Turn:
    """`words`: one second each from the turn's start."""
    timed = tuple(Word(word, (start or 0) + n, (start or 0) + n + 0.8) for n, word in enumerate(words.split()))
    return Turn(0, speaker, text, start=start, end=end, words=timed)


@pytest.mark.parametrize(
    ("turns", "spans"),
    [
        ([_turn("nada", 0, 4)], ()),
        ([_turn("es ••• gracias", 10, 13, words="es ••• gracias")], (Interval(10.7, 12.1),)),
        ([_turn("es ••• y •••", 10, 14, words="es ••• y •••")], (Interval(10.7, 14.1),)),
        ([_turn("•••", 10, 14)], (Interval(9.7, 14.3),)),
        ([_turn("•••", 10), _turn("sí", 15, 16)], (Interval(9.7, 15.3),)),
        ([_turn("•••", 10)], (Interval(9.7, inf),)),
        ([_turn("•••", 0, 1), _turn("•••", 60, 61)], (Interval(0.0, 1.3), Interval(59.7, 61.3))),
        ([_turn("sí", 0, 1), _turn("•••")], (WHOLE,)),
    ],
)
def test_hidden_words_have_their_moments(turns: list[Turn], spans: tuple[Interval, ...]) -> None:
    found = moments(turns)
    assert len(found) == len(spans)
    for one, other in zip(found, spans, strict=True):
        assert (one.start, one.end) == pytest.approx((other.start, other.end))


def test_what_was_hidden_stays_in_the_words_of_a_second_hearing() -> None:
    before = [_turn("la tarjeta es •••• ••••", 10, 15, words="la tarjeta es •••• ••••")]
    heard = [_turn("la tarjeta es", 10, 12.9), _turn("mm", 13.2, 14.0), _turn("gracias", 20, 21, speaker=A)]
    again = with_hidden(heard, before)
    assert [(turn.index, turn.text) for turn in again] == [(0, "la tarjeta es"), (1, "•••• ••••"), (2, "gracias")]
    assert (again[1].start, again[1].end, again[1].speaker) == (13.0, 14.8, C)
    assert with_hidden(heard, again) == again
    assert with_hidden([turn for turn in heard if turn.text != "mm"], [])[1].text == "gracias"


def test_talk_that_was_silenced_is_still_measured_as_talk() -> None:
    def speech(*talk: tuple[float, float]) -> Speech:
        quiet = Voice(A, (Interval(30.0, 31.0),))
        return Speech(60.0, Layout.TWO_SIDES, (Voice(C, tuple(Interval(*part) for part in talk)), quiet))

    spans = [Interval(12.0, 16.0)]
    now = as_heard_before(speech((10.0, 12.0), (16.0, 20.0)), speech((10.0, 20.0)), spans)
    assert now == speech((10.0, 20.0))
    assert as_heard_before(speech((1.0, 2.0)), None, spans) == speech((1.0, 2.0))
