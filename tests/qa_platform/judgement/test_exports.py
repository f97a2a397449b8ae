"""Evaluations as files: complete, within reach, and harmless in a spreadsheet whatever people wrote."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from typer.testing import CliRunner

from models.evaluations import Evaluation
from models.finding import Answer
from models.people import Role
from qa_platform.access.rights import NotAllowed
from qa_platform.cli import app
from qa_platform.commands import terminal
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.evaluations import evaluation
from qa_platform.exports.evaluations import COLUMNS, Wanted, evaluation_rows
from qa_platform.exports.tables import DANGEROUS, FileForm, FormUnknown, form_of, plain, safe, write
from qa_platform.sample.sampling import build_queue

ATTACKS = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "=HYPERLINK(\"http://x\")", " =1+1", "'=1+1",
    "＝1+1", "=cmd|' /C calc'!A0", "-", "''=1", "'",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_starts_a_formula_leaves_as_one_and_all_of_it_comes_back(attack: str) -> None:
    cell = safe(attack)
    assert isinstance(cell, str)
    assert not cell.startswith(DANGEROUS)
    assert plain(cell) == attack


@given(st.text(alphabet=st.sampled_from("='+-@ \t\nab＝"), max_size=8))
def test_any_text_survives_the_round_trip(text: str) -> None:
    cell = safe(text)
    assert isinstance(cell, str)
    assert plain(cell) == text
    assert not cell.startswith(DANGEROUS)


def test_harmless_cells_stay_as_they_are() -> None:
    for cell in ("Monto exacto", "3-4 pagos", "", None, -5.5, True, "O'Higgins"):
        assert safe(cell) == cell


def exported(engine: Engine, desk: Any) -> list[dict[str, Any]]:
    with transaction(engine) as session:
        agent_id = desk.agent(session, "=Karla")
        lucia, vera = desk.person(session), desk.person(session, "Vera", Role.SUPERVISOR)
        key = desk.call(session, agent_id=agent_id)
        build_queue(session, now=desk.now)
        view = desk.reviewed(session, lucia, key, answers={"recap": Answer.NOT_MET})
        session.get_one(Evaluation, view.id).summary = "=1+1"
        evaluation.open_evaluation(session, lucia, desk.call(session), now=desk.now)
        session.flush()
        return [dict(row) for row in evaluation_rows(session, vera)]


def test_a_row_holds_the_score_its_chance_and_every_answer_and_drafts_stay_out(engine: Engine, desk: Any) -> None:
    (row,) = exported(engine, desk)
    assert set(COLUMNS) <= set(row)
    assert (row["state"], row["stratum"], row["probability"], row["draw_seed"]) == (
        "submitted", "random", 1.0, 20261119,
    )  # fmt: skip
    assert (row["answer.recap"], row["comment.recap"]) == ("not_met", "Se oye claro")
    assert row["points"] == row["points_submitted"]


def test_who_may_not_export_and_what_is_out_of_reach_or_time(engine: Engine, desk: Any) -> None:
    exported(engine, desk)
    with reading(engine) as session:
        lucia = desk.person(session)
        with pytest.raises(NotAllowed):
            list(evaluation_rows(session, lucia))
        elsewhere = replace(lucia, role=Role.SUPERVISOR, every_portfolio=False, portfolios=frozenset({77}))
        assert list(evaluation_rows(session, elsewhere)) == []
        chief = replace(lucia, role=Role.SUPERVISOR)
        assert list(evaluation_rows(session, chief, wanted=Wanted(since=desk.now + timedelta(days=1)))) == []
        assert len(list(evaluation_rows(session, chief, wanted=Wanted(until=desk.now + timedelta(days=1))))) == 1


@pytest.mark.parametrize("form", list(FileForm))
def test_every_form_is_written_and_read_back(engine: Engine, desk: Any, tmp_path: Path, form: FileForm) -> None:
    rows = exported(engine, desk)
    path = tmp_path / f"out.{form}"
    write(rows, path, form)
    if form is FileForm.JSON:
        assert json.loads(path.read_text("utf-8")) == rows
    elif form is FileForm.CSV:
        (read,) = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        assert (read["agent"], plain(read["agent"])) == ("'=Karla", "=Karla")
        assert read["answer.recap"] == "not_met"
    else:
        with zipfile.ZipFile(path) as book:
            sheet, strings = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
        assert "<f>" not in sheet
        assert "=Karla" in strings
        assert "=1+1" in strings


def test_a_form_that_is_not_written_is_refused() -> None:
    assert form_of("september.xlsx") is FileForm.XLSX
    assert form_of("csv") is FileForm.CSV
    with pytest.raises(FormUnknown, match="pdf"):
        form_of("september.pdf")


def test_the_command_writes_files_and_refuses_clearly(
    tmp_path: Path, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QA_LANGUAGE", "en")
    terminal.settings.cache_clear()
    engine = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    upgrade(engine)
    exported(engine, desk)
    engine.dispose()
    target = tmp_path / "out.json"
    told = CliRunner().invoke(app, ["export", "evaluations", str(target), "--since", "2026-11-01"])
    assert "1 evaluations written to out.json." in told.stdout
    assert json.loads(target.read_text("utf-8"))[0]["answer.recap"] == "not_met"
    cases = tmp_path / "cases.jsonl"
    assert CliRunner().invoke(app, ["export", "cases", str(cases)]).exit_code == 0
    assert [json.loads(line)["criterion"] for line in cases.read_text("utf-8").splitlines()] == ["recap"]
    for arguments in (["--since", "soon"], ["--portfolio", "nowhere"], ["--format", "pdf"]):
        assert CliRunner().invoke(app, ["export", "evaluations", str(target), *arguments]).exit_code == 1
    terminal.settings.cache_clear()
