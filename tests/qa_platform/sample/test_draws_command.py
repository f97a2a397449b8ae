"""`qa draws check`: every draw comes out again to the byte, and a queue that somebody changed is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from models.evaluations import QueueItem
from qa_platform.cli import app
from qa_platform.commands import terminal
from qa_platform.database import open_database, transaction, upgrade
from qa_platform.sample.sampling import build_queue
from tests.qa_platform.judgement.conftest import Desk


def test_draws_are_made_again_and_a_changed_queue_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_DATA_DIR", str(tmp_path))
    terminal.settings.cache_clear()
    desk, engine = Desk(), open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    upgrade(engine)
    with transaction(engine) as session:
        for _ in range(3):
            desk.call(session)
        build_queue(session, now=desk.now)
    same = CliRunner().invoke(app, ["draws", "check"])
    assert (same.exit_code, "1 sorteo sale igual." in same.output) == (0, True)
    assert CliRunner().invoke(app, ["draws", "check", "2020-01-01"]).exit_code == 0
    assert CliRunner().invoke(app, ["draws", "check", "ayer"]).exit_code == 1
    with transaction(engine) as session:
        session.execute(update(QueueItem).where(QueueItem.position == 0).values(probability=0.5))
    changed = CliRunner().invoke(app, ["draws", "check"])
    assert changed.exit_code == 1
    assert "distintos" in changed.output
    engine.dispose()
    terminal.settings.cache_clear()
