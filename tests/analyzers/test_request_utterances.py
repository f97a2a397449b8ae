"""Requests, how they are heeded and demands, in the words of people who had not seen the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from analyzers.language import read_turn
from analyzers.phrasebook import phrasebook
from models.conversation import Speaker, Turn

UTTERANCES = Path(__file__).with_name("utterances")
ASKED_BY_CUSTOMERS = frozenset(
    {"cue.stop_request", "cue.vulnerable", "cue.attorney", "cue.inconvenient", "cue.dispute"}
)  # fmt: skip
WRITTEN = [
    (language, code, tuple(texts))
    for language in ("es", "en")
    for code, texts in yaml.safe_load((UTTERANCES / f"requests.{language}.yaml").read_text(encoding="utf-8")).items()
]


def tells(language: str, code: str, text: str) -> bool:
    speaker = Speaker.CUSTOMER if code in ASKED_BY_CUSTOMERS else Speaker.AGENT
    matches = phrasebook(language).scan(read_turn(Turn(0, speaker, text), language))
    return any(match.code.startswith(code) for match in matches if match.holds)


@pytest.mark.parametrize(("language", "code", "texts"), WRITTEN, ids=lambda value: value if len(value) < 40 else "")
def test_requests_are_heard_and_what_only_looks_like_them_is_not(
    language: str, code: str, texts: tuple[str, ...]
) -> None:
    if code.startswith("not "):
        assert [text for text in texts if tells(language, code.removeprefix("not "), text)] == []
    else:
        missed = [text for text in texts if not tells(language, code, text)]
        assert len(missed) <= 0.25 * len(texts), missed
