"""Every format is told by its content alone, and whatever comes in is either words or a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.conversation import Speaker
from models.errors import QAError
from qa_platform.formats.contract import Document, Hints, formats, read_transcript, recognised_by

SPECIMENS = sorted(path for path in (Path(__file__).parent / "specimens").rglob("*") if path.is_file())
SEEDS = [path.read_bytes() for path in SPECIMENS]
TREES = [json.loads(seed) for seed in SEEDS if seed.lstrip()[:1] == b"{"]


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_exactly_one_format_recognises_each_specimen_whatever_its_name(specimen: Path) -> None:
    for name in (specimen.name, "upload", "call.wav"):
        document = Document(specimen.read_bytes(), name=name)
        assert [form.NAME for form in recognised_by(document)] == [specimen.parent.name]


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_specimen_gives_turns_in_order_with_clean_words(specimen: Path) -> None:
    conversation = read_transcript(specimen.read_bytes(), Hints(name=specimen.name, country="MX")).conversation
    assert conversation is not None
    assert [turn.index for turn in conversation.turns] == list(range(len(conversation.turns)))
    assert all(
        turn.text and turn.text == turn.text.strip() and "\u200e" not in turn.text for turn in conversation.turns
    )
    starts = [turn.start for turn in conversation.turns if turn.start is not None]
    assert starts == sorted(starts)
    assert all(turn.at is None or turn.at.tzinfo for turn in conversation.turns)


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.NAME)
def test_every_format_has_a_specimen_a_name_and_a_label(form: object) -> None:
    name, label = getattr(form, "NAME", ""), getattr(form, "LABEL", "")
    assert name in {path.parent.name for path in SPECIMENS}
    assert label


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NoWords"),
        (b"  \n\t", "NoWords"),
        (b"Estimado cliente: le recordamos su pago.", "UnknownFormat"),
        (b"# Titulo\n\nnotas", "UnknownFormat"),
        (b"\x00\x01\x02\x03", "UnknownFormat"),
        (b'{"hola": 1, "otra": 2}', "UnknownJson"),
        (b'{"turns": [{"text": "a"', "BrokenJson"),
        (b'{"turns": [], "id": "x"}', "NoWords"),
        (b'{"turns": [{"text": "  \\u200e "}]}', "NoWords"),
        (b'{"turns": [{"text": "a", "start": NaN}]}', "BrokenJson"),
        (b"[" * 100_000, "BrokenJson"),
        (b"WEBVTT\n\nNOTE nothing\n", "NoWords"),
        ("1\n00:00:01,000 --> 00:00:02,000\n你好你好你好\n".encode("gb2312"), "UnknownEncoding"),
    ],
)
def test_what_is_no_conversation_is_refused_with_what_to_do(data: bytes, code: str) -> None:
    with pytest.raises(QAError) as refused:
        read_transcript(data, Hints(name="x"))
    assert (refused.value.code, bool(refused.value.remedy)) == (code, True)


def test_a_refusal_names_the_place_of_the_value() -> None:
    turns = [{"speaker": "agent", "text": "a", "start": 0, "end": 1}, {"speaker": "boss", "text": "b"}]
    with pytest.raises(QAError, match=r"call\.json: turns\[1\]\.speaker: “boss” is not one of: agent, customer"):
        read_transcript(json.dumps({"turns": turns}).encode(), Hints(name="call.json"))


def test_the_files_own_word_wins_over_hints_and_hints_fill_what_it_leaves_open() -> None:
    data = json.dumps(
        {"language": "en", "turns": [{"speaker": "agent", "text": "hola", "start": 0, "end": 1}]}
    ).encode()
    conversation = read_transcript(data, Hints(name="a.json", language="es", country="PE")).conversation
    assert conversation is not None
    assert (conversation.language, conversation.country, conversation.id) == ("en", "PE", "a")


def test_lone_surrogates_and_control_characters_never_reach_the_words() -> None:
    data = b'{"turns": [{"speaker": "agent", "text": "ho\\ud800la\\u0000 \\u0007fin"}]}'
    conversation = read_transcript(data).conversation
    assert conversation is not None
    conversation.turns[0].text.encode()
    assert conversation.turns[0].text == "ho\ufffdla fin"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_accents_survive_whatever_program_saved_the_file(encoding: str) -> None:
    data = "inicio;fin;hablante;texto\n0;1;Agente;Señor Núñez, ¿pagó?\n".encode(encoding)
    conversation = read_transcript(data).conversation
    assert conversation is not None
    assert [(turn.speaker, turn.text) for turn in conversation.turns] == [(Speaker.AGENT, "Señor Núñez, ¿pagó?")]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_words_or_a_reason(data: bytes) -> None:
    words_or_a_reason(data)


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_specimen_is_words_or_a_reason(seed: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(seed)))
    gone = draw.draw(st.integers(0, 30))
    put = draw.draw(
        st.sampled_from([b"", b"\xff", b'"', b"null", b"-1", b"1e999", b"{}", b"\n\n", b":", b"99", b"\xe2\x80\x8e"])
    )
    words_or_a_reason(seed[:at] + put + seed[at + gone :])


@given(st.sampled_from(TREES), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_field_of_the_wrong_kind_is_words_or_a_reason(tree: Any, draw: st.DataObject) -> None:
    paths = list(nodes(tree))
    path = draw.draw(st.sampled_from(paths))
    odd = draw.draw(
        st.sampled_from([None, True, -1, 1e300, 10**30, "x", "", [], {}, [None], {"a": 1}, "2026-13-45T99:00"])
    )
    words_or_a_reason(json.dumps(replaced(tree, path, odd)).encode())


def nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from nodes(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], odd)
    return copy


def words_or_a_reason(data: bytes) -> None:
    try:
        reading = read_transcript(data, Hints(name="x"))
    except QAError as refused:
        found = str(refused)
    else:
        found = "".join(turn.text for turn in reading.conversation.turns) if reading.conversation else "audio"
    assert found


@pytest.mark.parametrize(
    "character", ["a", "1", ":", " ", "<", "[", "\u202f", "1/", "(archivo ", "<adjunto: ", "On ", "- "]
)
@pytest.mark.parametrize(
    "opening",
    [
        "18/03/26, 10:00 - Rosa: ",
        "18/03/26, 10:00 - ",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v ",
        "From: a@b.c\nDate: x\n\n",
        "inicio;texto\n1;",
        "",
    ],
)
@pytest.mark.timeout(20)
def test_a_hundred_thousand_of_one_character_come_back(opening: str, character: str) -> None:
    words_or_a_reason((opening + character * 100_000).encode())
