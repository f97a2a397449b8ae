"""`qa transcribe` writes down, compares two models over the same recordings, and counts errors where the truth is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qa_platform.cli import app
from qa_platform.commands import terminal
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.settings import Settings
from qa_platform.transcription.comparison import ModelChoice, NotAModel, choice_of

FILES = {name: RECORDINGS / told["file"] for name, told in json.loads(TRUTH.read_text("utf-8")).items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One call with what was said beside it, as subtitles with sides; one with nothing."""
    truth = json.loads(TRUTH.read_text("utf-8"))["call-04"]
    shutil.copy(FILES["call-04"], tmp_path / "known.wav")
    turns = [{"speaker": line["side"], "start": line["start"], "end": line["end"], "text": line["text"]}
             for line in truth["lines"]]  # fmt: skip
    (tmp_path / "known.json").write_text(json.dumps({"channel": "voice", "language": "es", "turns": turns}), "utf-8")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, model: Path, *given: str) -> tuple[int, list[dict[str, Any]], str]:
    own = Settings(whisper_model=str(model), whisper_device="cpu", whisper_compute_type="int8", _env_file=None)  # type: ignore[call-arg]
    terminal.settings.cache_clear()
    monkeypatch.setenv("COLUMNS", "200")
    for module in ("qa_platform.commands.transcribe", "qa_platform.commands.terminal"):
        monkeypatch.setattr(f"{module}.settings", lambda: own)
    told = CliRunner().invoke(app, ["transcribe", *given])
    lines = [json.loads(line) for line in told.output.splitlines() if line.startswith("{")]
    return told.exit_code, lines, told.output


def test_one_model_writes_down_and_its_errors_are_counted(
    monkeypatch: pytest.MonkeyPatch, model: Path, folder: Path
) -> None:
    code, (found, whole), _ = run(monkeypatch, model, str(folder / "known.wav"), "--json")
    assert code == 0
    (attempt,) = found["models"]
    errors = attempt["word_errors"]
    assert errors["rate"] < 0.4
    assert errors["words"] > 60
    assert round(errors["words"] * errors["rate"]) == sum(
        errors[kind] for kind in ("substitutions", "deletions", "insertions")
    )
    assert whole["models"][0]["word_errors"] == errors
    assert len(found["lines"]) > 8


def test_two_models_stand_side_by_side(monkeypatch: pytest.MonkeyPatch, model: Path, folder: Path) -> None:
    files = [str(folder / "known.wav"), str(folder / "missing.wav")]
    code, (found, whole), said = run(
        monkeypatch, model, "--compare", str(model), f"{model}@float32@beam3", *files, "--json"
    )
    assert code == 1
    assert "missing.wav" in said
    assert [one["model"].partition("@")[2] for one in found["models"]] == ["int8", "float32@beam3"]
    assert all(len(line["texts"]) == 2 for line in found["lines"])
    assert found["disagreement"]["words"] > 60
    assert whole["time_ratio"] > 0
    assert whole["recordings"] == 1


def test_for_people_the_same_is_a_table(monkeypatch: pytest.MonkeyPatch, model: Path, folder: Path) -> None:
    code, _, said = run(monkeypatch, model, str(folder / "known.wav"), "--reference", str(folder))
    assert code == 0
    assert "mi nombre es Diego Rivas" in said
    assert "palabras" in said


def test_where_a_reference_was_promised_and_is_not_there_it_is_said(
    monkeypatch: pytest.MonkeyPatch, model: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    code, _, said = run(monkeypatch, model, str(folder / "known.wav"), "--reference", str(tmp_path / "elsewhere"))
    assert code == 1
    assert "referencia" in said


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("small", ModelChoice("small")),
        ("small@int8", ModelChoice("small", "int8")),
        ("/models/mine@float32@beam5", ModelChoice("/models/mine", "float32", 5)),
        ("small@beam2", ModelChoice("small", "default", 2)),
        ("@int8", None),
        ("small@", None),
        ("small@int 8", None),
    ],
)
def test_a_model_is_named_with_its_precision_and_its_search(text: str, choice: ModelChoice | None) -> None:
    own = Settings(_env_file=None)  # type: ignore[call-arg]
    if choice is None:
        with pytest.raises(NotAModel):
            choice_of(text, own)
    else:
        assert choice_of(text, own) == choice
