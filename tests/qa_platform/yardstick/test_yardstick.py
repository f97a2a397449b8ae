"""The yardstick counts as the contract says, and nothing that became worse passes for as good."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from models.conversation import Channel, Conversation, Speaker, Turn
from qa_platform.benchmarks import analysis
from qa_platform.cli import app
from qa_platform.settings import Settings
from qa_platform.understanding.stateless import analyze_file
from qa_platform.yardstick import made_up, speed
from qa_platform.yardstick.labels import NothingLabelled, read_folder, style
from qa_platform.yardstick.matching import Hits, paired

FOLDER = Path(__file__).parents[2] / "conversations" / "a"


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return analysis.run(FOLDER, turns=48, rounds=1)


@pytest.mark.parametrize(
    ("expected", "got", "near", "pairs"),
    [
        ([3], [4], 1, {(0, 0)}),
        ([3], [5], 1, set()),
        ([3, 4], [4], 1, {(1, 0)}),  # the nearest first
        ([None], [7], 1, {(0, 0)}),  # what is missing has no turn
        ([3], [3, 3], 1, {(0, 0)}),  # each at most once
        ([2, 9], [4, 9], 2, {(0, 0), (1, 1)}),
    ],
)
def test_a_finding_matches_the_nearest_expected_one_within_reach(
    expected: Sequence[int | None], got: Sequence[int | None], near: int, pairs: set[tuple[int, int]]
) -> None:
    assert set(paired(expected, got, near)) == pairs


def test_figures_of_nothing_are_zero_and_of_a_mixture_are_right() -> None:
    assert (Hits().precision, Hits().recall, Hits().f1) == (0.0, 0.0, 0.0)
    mixed = Hits(right=6, false=2, missed=4)
    assert (mixed.precision, mixed.recall, round(mixed.f1, 4)) == (0.75, 0.6, 0.6667)


@pytest.mark.parametrize(
    ("channel", "texts", "told"),
    [
        (Channel.VOICE, ["Buenos días, ¿con quién hablo?", "Con él."], "clean"),
        (Channel.VOICE, ["buenos días con quién hablo", "con él dígame"], "asr"),
        (Channel.WHATSAPP, ["hola kien es"], "chat"),
    ],
)
def test_how_a_conversation_was_written_down_is_told_by_its_text(channel: Channel, texts: list[str], told: str) -> None:
    turns = tuple(Turn(place, Speaker.AGENT, text) for place, text in enumerate(texts))
    assert style(Conversation(id="x", channel=channel, language="es", turns=turns)) == told


def test_every_group_adds_up_to_the_whole(measured: dict[str, Any]) -> None:
    whole = [measured["slip"][key] + measured["objection"][key] for key in ("tp", "fp", "fn")]
    for group in ("by_code", "by_country", "by_channel", "by_style"):
        assert [sum(row[key] for row in measured[group].values()) for key in ("tp", "fp", "fn")] == whole, group
    assert whole[0] > 40
    for group in ("by_country", "by_channel", "by_style"):
        assert sum(row["conversations"] for row in measured[group].values()) == measured["conversations"]
    assert measured["turns_per_second_per_core"] > 0


def test_the_same_result_is_no_worse_and_a_drop_is_told_by_name(measured: dict[str, Any]) -> None:
    assert list(analysis.worse(measured, measured)) == []
    better = json.loads(json.dumps(measured))
    better["slip"]["recall"] += 0.02
    better["by_style"]["asr"]["f1"] += 0.02  # a group may swing three times as far
    better["by_channel"]["voice"]["f1"] += 0.04
    lines = list(analysis.worse(measured, better))
    assert [line.split()[0] for line in lines] == ["slip.recall", "by_channel.voice.f1"]
    assert list(analysis.worse(measured, better, tolerance=0.05)) == []
    faster = {**measured, "turns_per_second_per_core": measured["turns_per_second_per_core"] * 2}
    assert [line.split()[0] for line in analysis.worse(measured, faster)] == ["turns_per_second_per_core"]


def test_results_over_other_conversations_are_not_compared(measured: dict[str, Any]) -> None:
    with pytest.raises(analysis.OtherConversations):
        list(analysis.worse(measured, {**measured, "labels": "others"}))


def test_a_folder_without_labels_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"id": "x", "turns": []}', encoding="utf-8")
    with pytest.raises(NothingLabelled, match=tmp_path.name):
        read_folder(tmp_path)


def test_the_command_fails_on_a_drop_and_says_which(
    measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def known(folder: Path | None = None) -> dict[str, Any]:
        return measured if folder in (None, FOLDER) else {}

    monkeypatch.setattr(analysis, "run", known)
    before = tmp_path / "before.json"
    better = {**measured, "slip": {**measured["slip"], "f1": measured["slip"]["f1"] + 0.02}}
    for earlier, code in ((measured, 0), (better, 1)):
        before.write_text(json.dumps(earlier), encoding="utf-8")
        answered = CliRunner().invoke(app, ["bench", "analysis", str(FOLDER), "--against", str(before), "--json"])
        assert answered.exit_code == code
        assert json.loads(answered.stdout.splitlines()[0])["slip"] == measured["slip"]
        assert ("slip.f1" in answered.stderr) is bool(code)
    shown = CliRunner().invoke(app, ["bench", "analysis", str(FOLDER)]).stdout
    assert "by_country" in shown
    before.write_text("[]", encoding="utf-8")
    assert CliRunner().invoke(app, ["bench", "analysis", "--against", str(before)]).exit_code == 1
    assert CliRunner().invoke(app, ["bench", "sampling", str(FOLDER)]).exit_code == 1


def test_made_up_conversations_are_the_same_for_a_seed_and_another_for_another() -> None:
    first = made_up.conversations(24, length=12, seed=1)
    assert first == made_up.conversations(24, length=12, seed=1)
    assert first != made_up.conversations(24, length=12, seed=2)
    assert [len(conversation.turns) for conversation in first] == [12, 12]
    assert all(
        turn.text.count(" ") + 1 >= made_up.WORDS_A_TURN for conversation in first for turn in conversation.turns
    )


def test_the_speed_tells_its_seed_and_sizes() -> None:
    told = speed.measure(turns=24, rounds=1, seed=5)
    assert told["turns_per_second_per_core"] > 0
    assert (told["speed"]["turns"], told["speed"]["rounds"], told["speed"]["seed"]) == (24, 1, 5)


@pytest.mark.shared
def test_the_totals_agree_with_the_shared_scorer(shared: Path, tmp_path: Path) -> None:
    bench = shared / "bench"
    dev = bench / "dev"
    predictions = tmp_path / "predictions.jsonl"
    settings = Settings(data_dir=tmp_path)
    lines = [json.dumps(analyze_file(file, settings)) for file in sorted(dev.glob("*.json"))]
    predictions.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, str(bench / "score.py"), str(dev), str(predictions), "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    ours = analysis.run(dev, turns=24, rounds=1)
    for key in ("conversations", "slip", "objection", "promise", "step_not_met", "step_agreement", "outcome_accuracy"):
        assert ours[key] == theirs[key], key
    assert ours["by_code"] == theirs["by_code"]
    assert ours["by_step"] == theirs["by_step"]
