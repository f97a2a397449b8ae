"""A walk over history belongs to the workers: one that is killed loses nothing, and nothing is counted twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from models.house_rules import RuleFlip, RuleJob, RuleJobState
from models.interactions import Interaction
from qa_platform import jobs
from qa_platform.database import reading, transaction
from qa_platform.rules_desk import trials, versions
from qa_platform.rules_desk.written import read_rules
from tests.qa_platform.rules_desk.conftest import NOW, OWN, Archive

HOUSE = Path(__file__).parents[3]
CALLS, PATIENCE = 100, 90
TALK = (("agent", "Si no paga lo mando al zoológico."), *((("customer", "No entiendo lo que me dice usted.")),) * 30)


def _cursor(archive: Archive) -> int:
    with reading(archive.engine) as session:
        return session.scalar(select(RuleJob.cursor)) or 0


def _state(archive: Archive) -> RuleJobState | None:
    with reading(archive.engine) as session:
        return session.scalar(select(RuleJob.state))


def test_a_killed_worker_s_walk_is_finished_by_another_and_counts_each_conversation_once(archive: Archive) -> None:
    for _ in range(CALLS):
        archive.stored(*TALK)
    with transaction(archive.engine) as session:
        kept = versions.keep(session, archive.viewer, read_rules(OWN), now=NOW)
        trials.ask_backtest(session, archive.viewer, kept, since=None, now=NOW)
    environment = {**os.environ, "QA_DATA_DIR": str(archive.house.settings.data_dir), "QA_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-c", "from qa_platform.cli import app; app()", "work"]
    with subprocess.Popen(command, env=environment, cwd=HOUSE, stdout=subprocess.DEVNULL) as other:
        until = time.monotonic() + PATIENCE
        while not _cursor(archive) and time.monotonic() < until:
            time.sleep(0.01)
        other.send_signal(signal.SIGKILL)
    reached = _cursor(archive)
    assert reached > 0, "the worker never began"
    with reading(archive.engine) as session:
        assert reached < (session.scalar(select(func.max(Interaction.id))) or 0), "it was done before it was killed"
    with jobs.at_work(archive.house):
        until = time.monotonic() + PATIENCE
        while _state(archive) is not RuleJobState.DONE and time.monotonic() < until:
            time.sleep(0.05)
    with reading(archive.engine) as session:
        assert session.scalar(select(RuleJob.state)) is RuleJobState.DONE
        assert session.scalar(select(RuleJob.done)) == CALLS
        assert session.scalar(select(func.count(RuleFlip.id))) == CALLS
