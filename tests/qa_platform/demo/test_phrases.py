"""The calls are spoken from the closed list, and from nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from qa_platform.demo.call_scripts import CallScript, call_scripts, recordings, truth
from qa_platform.demo.phrases import all_texts, phrase, phrases, voices

LONGEST_SECONDS, LONGEST_WORDS = 7.0, 16
CALLS = pytest.mark.parametrize("script", call_scripts(), ids=lambda script: script.id)


@CALLS
def test_every_line_of_a_call_is_a_sentence_that_the_model_was_taught(script: CallScript) -> None:
    assert {line.text for line in script.lines} <= all_texts()
    assert {script.agent, script.customer} <= set(voices())


@CALLS
def test_a_recording_says_its_script_in_order(script: CallScript) -> None:
    spoken = truth()[script.id]["lines"]
    assert [(line["side"], line["text"]) for line in spoken] == [(line.side, line.text) for line in script.lines]
    assert truth()[script.id]["layout"] == script.layout
    assert recordings()[script.id].is_file()


@CALLS
def test_no_utterance_is_longer_than_the_model_hears_well(script: CallScript) -> None:
    assert all(0.2 < line["end"] - line["start"] <= LONGEST_SECONDS for line in truth()[script.id]["lines"])


@CALLS
def test_one_side_never_talks_over_itself(script: CallScript) -> None:
    """The detector would hear one utterance, and the model knows single sentences only."""
    for side in ("agent", "customer"):
        lines = [line for line in truth()[script.id]["lines"] if line["side"] == side]
        assert all(after["start"] - before["end"] > 0.4 for before, after in pairwise(lines))


def test_the_list_holds_whole_sentences_told_apart_by_their_words() -> None:
    texts = [text for one in phrases().values() for text in one.texts()]
    assert all(len(text.split()) <= LONGEST_WORDS for text in texts)
    by_side = [(one.side, text.casefold()) for one in phrases().values() for text in one.texts()]
    assert len(by_side) == len(set(by_side))


def test_a_slot_takes_only_what_the_model_was_taught() -> None:
    day = phrase("customer", "only_day")
    assert day.text(weekday="martes") == "El martes sería."
    with pytest.raises(ValueError, match="only_day"):
        day.text(weekday="domingo")
    with pytest.raises(ValueError, match="only_day"):
        day.text()


def test_the_calls_hold_a_long_silence_overlaps_and_every_layout() -> None:
    gaps = [line.gap for script in call_scripts() for line in script.lines]
    assert max(gaps) >= 42
    assert sum(gap < 0 for gap in gaps) >= 10
    assert {script.layout for script in call_scripts()} == {"agent_left", "agent_right", "identical", "mono"}
