"""WebVTT and SRT: timings of every shape, voices, tags, and cues whose time cannot be read."""

from __future__ import annotations

import pytest

from models.conversation import Turn
from qa_platform.formats.contract import Hints, Reading, read_transcript


def read(text: str, hints: Hints | None = None) -> Reading:
    return read_transcript(text.encode(), hints or Hints(name="a.vtt"))


def turns(text: str, hints: Hints | None = None) -> tuple[Turn, ...]:
    conversation = read(text, hints).conversation
    assert conversation is not None
    return conversation.turns


@pytest.mark.parametrize(
    ("timing", "start", "end"),
    [
        ("00:00:01.000 --> 00:00:02.500", 1.0, 2.5),
        ("00:01.000 --> 00:02.500 align:start position:0%", 1.0, 2.5),
        ("01:00:01.000 --> 01:00:02.500", 3601.0, 3602.5),
        ("100:00:01.000 --> 100:00:02.500", 360001.0, 360002.5),
    ],
)
def test_a_timing_is_read_with_or_without_hours(timing: str, start: float, end: float) -> None:
    assert [(turn.start, turn.end, turn.text) for turn in turns(f"WEBVTT\n\n{timing}\nhola\n")] == [
        (start, end, "hola")
    ]


def test_voices_tags_and_entities() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Agente><c.red>Tom &amp; Co</c> <00:01.500>hola\n\n"
        "00:03.000 --> 00:04.000\n<v Agente>pague</v>\n<v Cliente>no puedo</v>\n"
    )
    assert [(turn.speaker.value, turn.text) for turn in turns(text)] == [
        ("agent", "Tom & Co hola"),
        ("agent", "pague"),
        ("customer", "no puedo"),
    ]


@pytest.mark.parametrize(
    ("line", "speaker", "text"),
    [
        ("[SPEAKER_00]: hola", "agent", "hola"),
        ("SPEAKER_00: hola", "agent", "hola"),
        ("Agente: hola", "agent", "hola"),
        ("Cliente: hola", "customer", "hola"),
        ("Importante: pague hoy", "unknown", "Importante: pague hoy"),
        ("Son las 10: 30", "unknown", "Son las 10: 30"),
    ],
)
def test_a_prefix_is_a_speaker_only_where_it_names_one(line: str, speaker: str, text: str) -> None:
    found = turns(f"1\n00:00:01,000 --> 00:00:02,000\n{line}\n", Hints(agent_names=("SPEAKER_00",)))
    assert [(turn.speaker.value, turn.text) for turn in found] == [(speaker, text)]


def test_words_whose_time_cannot_be_read_are_kept_and_silences_are_not_claimed() -> None:
    found = read("1\n00:00:01,000 --> 00:00:02,000\nhola\n\n2\nno tengo\n\n3\n00:00:1x,000 --> 00:00:09,000\ndinero\n")
    assert found.conversation is not None
    assert [turn.text for turn in found.conversation.turns] == ["hola", "no tengo", "dinero"]
    assert found.conversation.has_end_times is False
    assert "Lines without a readable time: 5, 8." in str(found.notices[0])


def test_a_cue_needs_no_empty_line_after_the_header_or_before_it() -> None:
    text = "WEBVTT\n00:01.000 --> 00:02.000\nuno\n00:03.000 --> 00:04.000\ndos\n"
    assert [(turn.start, turn.text) for turn in turns(text)] == [(1.0, "uno"), (3.0, "dos")]


def test_notes_and_styles_are_no_words_and_the_header_tells_the_language() -> None:
    found = read("WEBVTT\nLanguage: en-US\n\nNOTE de la editora\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\nbueno\n")
    assert found.conversation is not None
    assert ([turn.text for turn in found.conversation.turns], found.conversation.language) == (["bueno"], "en")


def test_latin_one_subtitles_keep_their_accents() -> None:
    conversation = read_transcript(
        "1\r\n00:00:01,000 --> 00:00:02,000\r\n¿Señora Muñoz?\r\n".encode("latin-1")
    ).conversation
    assert conversation is not None
    assert conversation.turns[0].text == "¿Señora Muñoz?"
