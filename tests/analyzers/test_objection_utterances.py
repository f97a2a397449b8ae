"""How far the objections' wording carries: ways of saying each that were written before its rules, and none of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzers.language import read_turn
from analyzers.phrasebook import phrasebook
from models.conversation import Speaker, Turn

UTTERANCES = Path(__file__).with_name("utterances")
# whose words they are, where not the debtor's
SPEAKERS = {"objection.third_party": Speaker.THIRD_PARTY, "objection.deceased": Speaker.THIRD_PARTY}


def _read(name: str, language: str) -> Any:
    return yaml.safe_load((UTTERANCES / f"{name}.{language}.yaml").read_text(encoding="utf-8"))


SAID: list[tuple[str, str, list[str]]] = [
    (language, code, texts)
    for language in ("es", "en")
    for name in ("objections", "more_objections", "third_objections")
    for code, texts in _read(name, language).items()
]


def found(language: str, speaker: Speaker, text: str) -> set[str]:
    matches = phrasebook(language).scan(read_turn(Turn(0, speaker, text), language))
    return {match.code for match in matches if match.holds and match.code.startswith("objection.")}


@pytest.mark.parametrize(("language", "code", "texts"), SAID, ids=lambda value: value if isinstance(value, str) else "")
def test_most_ways_of_objecting_are_heard(language: str, code: str, texts: list[str]) -> None:
    speaker = SPEAKERS.get(code, Speaker.CUSTOMER)
    missed = [text for text in texts if code not in found(language, speaker, text)]
    assert len(missed) <= 0.25 * len(texts), missed


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", ["no_objections", "no_more_objections", "no_third_objections"])
def test_who_puts_nothing_in_the_way_objects_to_nothing(language: str, name: str) -> None:
    lines: list[str] = _read(name, language)
    heard = {text: codes for text in lines if (codes := found(language, Speaker.CUSTOMER, text))}
    assert len(heard) <= 0.02 * len(lines), heard
