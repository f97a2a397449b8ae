"""The measurement of the sample: the same seed gives the same figures, and they keep what the product claims."""

from __future__ import annotations

import json
import math
from statistics import fmean

import pytest
from typer.testing import CliRunner

from qa_platform.benchmarks import sampling
from qa_platform.cli import app


def test_corrected_figures_hold_the_truth_where_raw_ones_do_not_and_risk_finds_more() -> None:
    found = sampling.run(draws=150)
    # 150 draws: two standard errors around 95 % are 3.6 points; the full run of 1,000 is `qa bench sampling`.
    assert 0.91 <= found["interval_coverage"] <= 0.99
    assert found["raw_interval_coverage"] < 0.2
    assert found["raw_bias"] < -10 < -1 < found["bias"] < 1
    assert found["lift_per_hour"] >= 5
    assert found == sampling.run(draws=150)


def test_the_made_up_world_is_what_it_says() -> None:
    everything = [one for day in sampling.world(1) for one in day]
    share = fmean(one.critical for one in everything)
    error = math.sqrt(sampling.CRITICAL * (1 - sampling.CRITICAL) / len(everything))
    assert abs(share - sampling.CRITICAL) < 4 * error
    assert all(one.points == 0 for one in everything if one.critical)


def test_the_command_answers_in_json_and_lists_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "run", lambda: {"interval_coverage": 0.95, "lift_per_hour": 12.0})
    answered = CliRunner().invoke(app, ["bench", "sampling", "--json"])
    assert json.loads(answered.stdout) == {"interval_coverage": 0.95, "lift_per_hour": 12.0}
    assert "sampling" in CliRunner().invoke(app, ["bench"]).stdout


def test_an_unknown_measurement_is_refused() -> None:
    assert CliRunner().invoke(app, ["bench", "wishes"]).exit_code == 1
