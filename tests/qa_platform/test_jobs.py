"""Work survives: a worker that is killed loses nothing, and what was done is not done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models.interactions import Interaction, Stage, StoredTurn
from models.work import Worker
from qa_platform import jobs, pipeline, standing
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.doors import ingest
from qa_platform.doors.ingest import Part
from qa_platform.pipeline import House
from qa_platform.settings import Settings

HOUSE = Path(__file__).parents[2]
CALL = """{"id": "T%03d", "channel": "voice", "language": "es", "country": "MX", "turns": [
  {"speaker": "agent", "start": 0.0, "end": 4.0, "text": "buenas tardes le habla diego de recupera por banco andino"},
  {"speaker": "customer", "start": 4.5, "end": 7.0, "text": "no tengo dinero ahorita estoy sin trabajo %d"}]}"""
WAIT_SECONDS = 60


def _take_in(house: House, number: int) -> list[int]:
    numbers = []
    for place in range(number):
        with transaction(house.engine) as session:
            part = Part(f"T{place}.json", (CALL % (place, place)).encode())
            numbers += [answer.interaction_id for answer in ingest.receive(session, part, settings=house.settings)]
    return [number for number in numbers if number is not None]


def _wait(house: House, interactions: list[int]) -> None:
    patience = time.monotonic() + WAIT_SECONDS
    for done in standing.until_done(house.engine, interactions):
        assert time.monotonic() < patience, f"only {done} of {len(interactions)} were done"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    engine = open_database(settings.database)
    upgrade(engine)
    yield House(engine, settings)
    engine.dispose()


def test_what_waits_is_worked_through_without_being_asked_for(house: House) -> None:
    interactions = _take_in(house, 3)
    with jobs.at_work(house):
        _wait(house, interactions)
    with reading(house.engine) as session:
        assert set(session.scalars(select(Interaction.stage))) == {Stage.READY}
        assert session.scalar(select(func.count(StoredTurn.id))) == 6
        assert session.scalar(select(func.count(Worker.id))) == 0


def test_what_comes_in_while_the_worker_runs_is_worked_through_too(house: House) -> None:
    with jobs.at_work(house):
        _wait(house, _take_in(house, 2))
        with reading(house.engine) as session:
            assert session.scalar(select(func.count(Worker.id))) == 1


def test_an_interaction_sent_again_is_worked_through_again(house: House) -> None:
    (interaction,) = _take_in(house, 1)
    with jobs.at_work(house):
        _wait(house, [interaction])
        with transaction(house.engine) as session:
            pipeline.again(session, interaction)
        _wait(house, [interaction])
    with reading(house.engine) as session:
        assert session.get_one(Interaction, interaction).run == 2
        assert session.scalar(select(func.count(StoredTurn.id))) == 2


def test_a_killed_worker_loses_nothing_and_another_takes_over(house: House) -> None:
    interactions = _take_in(house, 12)
    with _other_worker(house) as other:
        patience = time.monotonic() + WAIT_SECONDS
        while not 0 < _ready(house.engine) < 12 and time.monotonic() < patience:
            time.sleep(0.02)
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert _ready(house.engine) < 12, "the worker was done before it could be killed"
    with jobs.at_work(house):
        _wait(house, interactions)
    with reading(house.engine) as session:
        assert set(session.scalars(select(Interaction.stage))) == {Stage.READY}
        assert session.scalar(select(func.count(StoredTurn.id))) == 24


def test_a_worker_that_is_asked_to_stop_stops_by_itself(house: House) -> None:
    with _other_worker(house) as other:
        patience = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < patience and not _workers(house.engine):
            time.sleep(0.1)
        other.send_signal(signal.SIGTERM)
        assert other.wait(WAIT_SECONDS) == 0
    assert _workers(house.engine) == 0


def test_a_worker_on_another_host_is_dead_when_it_was_not_seen_for_a_while(engine: Engine) -> None:
    now = datetime.now(UTC)
    seen = {"fresh": now - jobs.DEAD_AFTER / 2, "gone": now - jobs.DEAD_AFTER * 2}
    living = [
        name
        for name, at in seen.items()
        if jobs.lives(Worker(id=name, host="elsewhere", pid=1, started_at=at, seen_at=at), now)
    ]
    assert living == ["fresh"]


def _ready(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count(Interaction.id)).where(Interaction.stage == Stage.READY)) or 0


def _workers(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count(Worker.id))) or 0


@contextmanager
def _other_worker(house: House) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "QA_DATA_DIR": str(house.settings.data_dir), "QA_LOG_LEVEL": "WARNING"}
    worker = subprocess.Popen(
        [sys.executable, "-c", "from qa_platform.cli import app; app()", "work"],
        env=environment,
        cwd=HOUSE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
