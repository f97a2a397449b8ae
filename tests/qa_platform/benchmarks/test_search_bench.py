"""The measurement of searches: it measures every kind of query on its own made-up calls, through the real use case."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from qa_platform.benchmarks import search
from qa_platform.cli import app


def test_every_kind_of_query_is_measured_over_as_many_calls_as_are_asked_for() -> None:
    answered = CliRunner().invoke(app, ["bench", "search", "--size", "30", "--json"])
    found = json.loads(answered.stdout)
    assert (found["interactions"], found["turns"]) == (30, 30 * search.TURNS)
    assert set(search.QUERIES) < set(found["sqlite"])
    assert found["sqlite"]["a common word"]["found"] > 0
    assert found["sqlite"]["a phrase nobody said"]["found"] == 0


def test_a_measurement_that_makes_nothing_up_takes_no_size() -> None:
    assert CliRunner().invoke(app, ["bench", "sampling", "--size", "3"]).exit_code == 1
