"""What a kill left behind goes after a day, copies go when there is no room, and what rows know of stays."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from qa_platform.archive.sweeping import Swept, sweep
from qa_platform.database import transaction
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.settings import Settings
from qa_platform.storage import Storage, open_storage

NOW = datetime.now(UTC)


@pytest.fixture
def storage(engine: Engine, tmp_path: Path) -> Storage:
    """A store with one object that a row knows of."""
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    with transaction(engine) as session:
        words = b'{"turns": [{"speaker": "agent", "text": "hola"}]}'
        (received,) = ingest.receive(session, Part("a.json", words), settings=settings)
    assert received.interaction_id is not None
    return open_storage(settings)


def old(path: Path, hours: float = 48) -> None:
    moment = time.time() - hours * 3600
    os.utime(path, (moment, moment))


def objects(storage: Storage) -> list[Path]:
    return sorted(storage.root.glob("objects/*/*"))


def test_an_object_that_no_row_knows_of_goes_after_a_day(engine: Engine, storage: Storage) -> None:
    (known,) = objects(storage)
    old(known)
    orphan = storage.path(storage.keep(b"half taken in").folder).parent
    assert sweep(engine, storage, room=0, now=NOW) == Swept()
    old(orphan)
    assert sweep(engine, storage, room=0, now=NOW) == Swept(orphans=1)
    assert objects(storage) == [known]


def test_what_was_never_finished_goes_too(engine: Engine, storage: Storage) -> None:
    (known,) = objects(storage)
    for name in ("replacement", "playable.wav.0123abcd", "partial"):
        (known / name).write_bytes(b"4111")
        old(known / name)
    (known / "replacement2").write_bytes(b"stays")
    for name in ("unpacked-x", "fetched-y"):
        (storage.root / name).mkdir()
        (storage.root / name / "call.wav").write_bytes(b"x")
        old(storage.root / name)
    (storage.root / "fetched-now").mkdir()
    assert sweep(engine, storage, room=0, now=NOW).unfinished == 5
    assert sorted(path.name for path in known.iterdir()) == ["content", "replacement2"]
    assert (storage.root / "fetched-now").is_dir()


def test_the_copies_that_were_played_longest_ago_go_first(engine: Engine, storage: Storage) -> None:
    copies = []
    for hours in (3, 2, 1, 0):
        copy = storage.path(storage.keep(bytes([hours + 1])).folder).with_name("playable.wav")
        copy.write_bytes(bytes(1000))
        old(copy, hours)
        copies.append(copy)
    assert sweep(engine, storage, room=2500, now=NOW).copies == 2
    assert [copy.exists() for copy in copies] == [False, False, True, True]
    assert sweep(engine, storage, room=0, now=NOW).copies == 1
    assert copies[-1].exists(), "somebody listens to it"
    assert sweep(engine, storage, room=0, now=NOW + timedelta(hours=1)).copies == 1
