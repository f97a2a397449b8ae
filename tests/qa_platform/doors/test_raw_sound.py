"""Sound without a header is heard as its suffix or its source states, and never by a guess."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.interactions import Interaction, Source, StoredObject
from qa_platform.database import reading, transaction
from qa_platform.doors import sources
from qa_platform.doors.ingest import receive_batch
from qa_platform.doors.sources import BadSourceSetting, SourceSettings
from qa_platform.ears import audio
from qa_platform.settings import Settings
from qa_platform.storage import open_storage
from tests.qa_platform.doors.conftest import samples, tone


def heard(engine: Engine, house: Settings) -> tuple[float, int, str]:
    """Seconds, rate and coding of the one recording that is kept."""
    with reading(engine) as session:
        stored = session.scalars(select(StoredObject)).one()
        assert session.scalars(select(Interaction)).one().recording_id == stored.id
    path = open_storage(house).path(stored.folder)
    facts = audio.probe(path)
    seconds = sum(block.shape[1] for block in audio.blocks(path, rate=8000)) / 8000
    return seconds, facts.sample_rate, facts.codec


@pytest.mark.parametrize(
    ("name", "data", "stated", "expected"),
    [
        ("a.sln", samples(2, 440), None, (2.0, 8000, "pcm_s16le")),
        ("a.sln16", samples(2, 440, rate=16_000), None, (2.0, 16_000, "pcm_s16le")),
        ("a.ulaw", b"\xff\xfb" + bytes(range(256)) * 62 + bytes(126), None, (2.0, 8000, "pcm_mulaw")),
        ("a.alaw", b"\xd5" * 16_000, None, (2.0, 8000, "pcm_alaw")),
        ("a.raw", samples(2, 440), SourceSettings("s", raw_rate=8000), (2.0, 8000, "pcm_s16le")),
        ("a.pcm", bytes(range(256)) * 125, SourceSettings("s", raw_rate=8000, raw_coding="mulaw", raw_channels=2),
         (2.0, 8000, "pcm_mulaw")),
        ("a.sln", samples(1, 440, rate=16_000), SourceSettings("s", raw_rate=16_000), (1.0, 16_000, "pcm_s16le")),
        ("odd.raw", samples(2, 440) + b"\x01", SourceSettings("s", raw_rate=8000), (2.0, 8000, "pcm_s16le")),
        ("con-cara.raw", tone(1.5), SourceSettings("s", raw_rate=44_100), (1.5, 8000, "pcm_s16le")),
    ],
)  # fmt: skip
def test_it_lasts_as_long_as_it_lasted(
    engine: Engine, house: Settings, inbox: Path, name: str, data: bytes, stated: SourceSettings | None,
    expected: tuple[float, int, str],
) -> None:  # fmt: skip
    (inbox / name).write_bytes(data)
    if stated:
        with transaction(engine) as session:
            sources.save(session, stated)
    (answer,) = receive_batch(engine, [inbox / name], settings=house, source="s" if stated else None).files
    assert answer.why is None
    seconds, rate, codec = heard(engine, house)
    assert (round(seconds, 2), rate, codec) == expected


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.raw", samples(1, 440), "RateNotStated"),
        ("a.pcm", samples(1, 440), "RateNotStated"),
        ("a.sln", b"<html>502 Bad Gateway</html>", "TextNotAudio"),
        ("a.ulaw", b"%PDF-1.7 nada", "NotAudio"),
        ("a.sln", b"", "EmptyFile"),
        ("a.sln", b"\x01", "DamagedAudio"),
    ],
)
def test_without_a_stated_rate_or_without_sound_it_is_refused_in_words(
    engine: Engine, house: Settings, inbox: Path, name: str, data: bytes, code: str
) -> None:
    (inbox / name).write_bytes(data)
    (answer,) = receive_batch(engine, [inbox / name], settings=house).files
    assert answer.why is not None
    assert answer.why.code == code
    assert not list(house.data_dir.rglob("content*"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"raw_rate": 3}, {"raw_rate": "8000"}, {"raw_coding": "flac"}, {"raw_channels": 6}, {"agent_leg": "in"},
        {"agent_leg": "in", "customer_leg": "in"}, {"recording_hosts": ("127.0.0.1",)},
        {"recording_hosts": ("localhost",)},
                {"recording_hosts": ("https://a.example",)}, {"watched": "relative/folder"}, {"watched": "file:///etc"},
        {"bucket_endpoint": "ftp://x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_source_that_states_the_impossible_is_not_saved(engine: Engine, wrong: dict[str, object]) -> None:
    with pytest.raises(BadSourceSetting), transaction(engine) as session:
        sources.save(session, SourceSettings("s", **wrong))  # type: ignore[arg-type]
    with reading(engine) as session:
        assert not session.scalars(select(Source)).all()
