"""A published version is locked: a file that says something else since is told, by the use case and by the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from models.evaluations import PublishedScorecard
from qa_platform.cli import app
from qa_platform.commands import terminal
from qa_platform.database import open_database, transaction, upgrade
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.published_cards import VersionEdited, check_unedited
from qa_platform.text import explain
from scorecards.load import scorecard


def edited_since(engine: Engine, desk: Any) -> None:
    """As if the file had said something else when its version was published."""
    with transaction(engine) as session:
        published_cards.newest(session, now=desk.now)
        check_unedited(session, [scorecard()])
        session.scalars(select(PublishedScorecard)).one().digest = "0" * 64


def test_a_version_edited_after_publishing_is_told_in_both_languages(engine: Engine, desk: Any) -> None:
    edited_since(engine, desk)
    with transaction(engine) as session, pytest.raises(VersionEdited) as caught:
        check_unedited(session, [scorecard()])
    assert explain(caught.value, "es")[0] == "La versión 1 de «unified» está publicada y se editó después."
    assert explain(caught.value, "en")[0] == "Version 1 of 'unified' is published and was edited since."


def test_the_rules_are_checked_against_what_was_published(
    tmp_path: Path, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_DATA_DIR", str(tmp_path))
    terminal.settings.cache_clear()
    assert CliRunner().invoke(app, ["rules", "check"]).exit_code == 0
    assert not (tmp_path / "qa.db").exists()
    engine = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    upgrade(engine)
    assert CliRunner().invoke(app, ["rules", "check"]).exit_code == 0
    edited_since(engine, desk)
    engine.dispose()
    assert CliRunner().invoke(app, ["rules", "check"]).exit_code == 1
    terminal.settings.cache_clear()
