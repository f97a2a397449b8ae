"""A house whose speech model is the demonstration's micro-model, and a real call that it knows every word of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa_platform.database import open_database, transaction, upgrade
from qa_platform.demo import micro_whisper
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.pipeline import House
from qa_platform.settings import Settings


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return micro_whisper.unpack(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def listening_model(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same weights, told which of their tokens are languages, as every published Whisper is."""
    folder = tmp_path_factory.mktemp("listening") / "micro-listening"
    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "lang_ids": [50259, 50262, 50267]}), "utf-8")  # en es pt
    return folder


@dataclass(frozen=True, slots=True)
class Call:
    path: Path
    said: str  # every word, in order


@pytest.fixture(scope="session")
def call() -> Call:
    told = json.loads(TRUTH.read_text("utf-8"))["call-11"]
    return Call(RECORDINGS / told["file"], " ".join(line["text"] for line in told["lines"]))


@pytest.fixture
def house(tmp_path: Path, model: Path) -> Iterator[House]:
    yield from house_with(model, tmp_path)


def house_with(model: Path, folder: Path) -> Iterator[House]:
    settings = Settings(
        data_dir=folder / "data",
        whisper_model=str(model),
        whisper_device="cpu",
        whisper_compute_type="int8",
        whisper_batch=2,
        _env_file=None,  # type: ignore[call-arg]
    )
    engine = open_database(settings.database)
    upgrade(engine)
    yield House(engine, settings)
    engine.dispose()


def arrive(house: House, path: Path, *, language: str | None = None, portfolio: str | None = None) -> int:
    with transaction(house.engine) as session:
        (received,) = ingest.receive(
            session,
            Part(path.name, path),
            settings=house.settings,
            metadata=Metadata(agent_channel=0, language=language, portfolio=portfolio),
        )
    assert received.interaction_id is not None
    return received.interaction_id
