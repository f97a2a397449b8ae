"""Said, denied, asked, conditional, or somebody else's words: decided once for every rule."""

from __future__ import annotations

import pytest

from analyzers.language import read_turn
from analyzers.patterns import compile_pattern
from analyzers.phrasebook import spans
from analyzers.polarity import polarity
from models.conversation import Speaker, Turn


def meant(language: str, wording: str, text: str) -> set[str]:
    turn = read_turn(Turn(0, Speaker.AGENT, text), language)
    first, last = next(spans(turn, compile_pattern(wording, language)))
    found = polarity(turn, first, last)
    return {name for name in ("negated", "question", "attributed") if getattr(found, name)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("va a la cárcel", set()),
        ("por una deuda civil nadie va a la cárcel", {"negated"}),
        ("no, usted no va a la cárcel", {"negated"}),
        ("nunca le dije que va a la cárcel", {"negated"}),
        ("no es cierto que va a la cárcel", {"negated"}),
        ("va a la cárcel, eso es mentira", {"negated"}),
        ("si no paga va a la cárcel", set()),
        ("sin embargo va a la cárcel", set()),
        ("no se preocupe va a la cárcel otro", set()),
        ("no conteste así porque va a la cárcel", set()),
        ("¿va a la cárcel?", {"question"}),
        ("cuándo va a la cárcel", {"question"}),
        ("usted me dice que va a la cárcel", {"attributed"}),
        ("el otro asesor le dijo que va a la cárcel", {"attributed"}),
    ],
)
def test_spanish(text: str, expected: set[str]) -> None:
    assert meant("es", "va a la carcel", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("you will go to jail", set()),
        ("nobody can go to jail", {"negated"}),
        ("you won't go to jail", {"negated"}),
        ("you don't go to jail", {"negated"}),
        ("you told me you go to jail", {"attributed"}),
        ("if you don't pay you go to jail", set()),
        ("do you go to jail?", {"question"}),
    ],
)
def test_english(text: str, expected: set[str]) -> None:
    assert meant("en", "go to jail", text) == expected
