"""How far the wording carries: utterances that were written before the rules that now find them, and compliant ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from analyzers.language import read_turn
from analyzers.phrasebook import phrasebook
from models.conversation import Speaker, Turn

UTTERANCES = Path(__file__).with_name("utterances")
SAID_BY_CUSTOMERS = (
    "cue.stop_request", "cue.vulnerable", "cue.attorney", "cue.inconvenient", "cue.dispute", "cue.difficulty",
    "cue.minor_says",
)  # fmt: skip
SETS = ("slips", "slips_unseen", "slips_third", "slips_fourth", "steps", "customers")
WRITTEN = [
    (language, code, tuple(texts))
    for language in ("es", "en")
    for name in SETS
    for code, texts in yaml.safe_load((UTTERANCES / f"{name}.{language}.yaml").read_text(encoding="utf-8")).items()
]
SLIPS = [entry for entry in WRITTEN if not entry[1].startswith("not ")]
LOOKALIKES = [entry for entry in WRITTEN if entry[1].startswith("not ")]


def found(language: str, speaker: Speaker, text: str) -> set[str]:
    turn = read_turn(Turn(0, speaker, text), language)
    return {match.code for match in phrasebook(language).scan(turn) if match.holds}


@pytest.mark.parametrize(
    ("language", "code", "texts"), SLIPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_most_ways_of_saying_it_are_found(language: str, code: str, texts: tuple[str, ...]) -> None:
    speaker = Speaker.CUSTOMER if code in SAID_BY_CUSTOMERS else Speaker.AGENT
    missed = [text for text in texts if not any(known.startswith(code) for known in found(language, speaker, text))]
    assert len(missed) <= 0.25 * len(texts), missed


@pytest.mark.parametrize(
    ("language", "code", "texts"), LOOKALIKES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_only_looks_like_it_is_left_alone(language: str, code: str, texts: tuple[str, ...]) -> None:
    told = code.removeprefix("not ")
    speaker = Speaker.CUSTOMER if told in SAID_BY_CUSTOMERS else Speaker.AGENT
    assert [text for text in texts if any(known.startswith(told) for known in found(language, speaker, text))] == []


@pytest.mark.parametrize("name", ["compliant", "compliant_unseen"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_good_agent_is_not_accused(language: str, name: str) -> None:
    lines = yaml.safe_load((UTTERANCES / f"{name}.{language}.yaml").read_text(encoding="utf-8"))
    # asking for the reason of a default is a slip in Colombia only, which a lone line does not tell
    accused = {
        text: slips
        for text in lines
        if (slips := {code for code in found(language, Speaker.AGENT, text) if code.startswith("slip.")})
        - {"slip.ask_default_reason"}
    }
    assert accused == {}
