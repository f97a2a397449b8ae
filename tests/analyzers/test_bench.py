"""The labelled conversations of the shared benchmark, where they exist: nothing that was understood is lost again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa_platform.settings import Settings
from qa_platform.understanding.stateless import analyze_file

BENCH = Path(__file__).parents[2].parent / "shared" / "bench"
FILES = sorted((BENCH / "dev").glob("*.json"))
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FILES, reason="the shared benchmark is not here")]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return [analyze_file(file, settings) for file in FILES]


def test_every_quote_stands_verbatim_in_its_turn(analysed: list[dict[str, Any]]) -> None:
    for conversation in analysed:
        for finding in conversation["findings"]:
            if finding["turn"] is not None and finding["quote"] is not None:
                assert finding["quote"] in conversation["turns"][finding["turn"]]["text"], conversation["id"]


def test_the_score_does_not_fall(analysed: list[dict[str, Any]], tmp_path: Path) -> None:
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in analysed), encoding="utf-8")
    command = [sys.executable, str(BENCH / "score.py"), str(BENCH / "dev"), str(predictions), "--json"]
    report: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert report["slip"]["f1"] >= 0.9
    assert report["slip"]["precision"] >= 0.9
    assert report["step_not_met"]["f1"] >= 0.85
    assert report["outcome_accuracy"] >= 0.9
