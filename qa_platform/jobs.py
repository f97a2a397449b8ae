"""Work that survives a crash: every interaction goes through the pipeline as one durable workflow (DBOS).

The interaction's own row is the request: a worker looks for rows that still have to be done and starts a workflow whose
id names the row and its run, so that however often it is seen, it runs once. Each worker has an id of its own and a
heartbeat; what a dead one held is handed to the living by DBOS's recovery, which admits one runner only.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine, delete, select

from models.interactions import Interaction, Stage
from models.work import Worker
from qa_platform import daily, logs, pipeline
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House
from qa_platform.rules_desk import trials, walk
from qa_platform.webhooks import courier

APP = "qa-platform"
QUEUE = "interactions"
RULES_QUEUE = "rules"  # of its own: a walk over history must not keep today's calls waiting
LOOK_SECONDS = 1.0
BEAT_SECONDS = 5.0
DEAD_AFTER = timedelta(seconds=30)
TEND_SECONDS = 60.0
SWEEP_SECONDS = 3600.0
AT_ONCE = 200  # rows taken up in one look
PENDING = (Stage.RECEIVED, Stage.LISTENING, Stage.TRANSCRIBING, Stage.ANALYZING)

log = logs.logger(__name__)
_house: House | None = None  # DBOS calls workflows by name: this is how they find the database


@DBOS.workflow(name="interaction")
def _interaction(interaction_id: int) -> None:
    try:
        for name in pipeline.STEPS:
            DBOS.run_step({"name": name, "retries_allowed": True, "max_attempts": 3}, _step, name, interaction_id)
    except pipeline.Stopped:
        return
    except Exception:
        log.exception("interaction.stopped", interaction=interaction_id, workflow=DBOS.workflow_id)
        pipeline.give_up(_at_home(), interaction_id)
        raise


def _step(name: str, interaction_id: int) -> None:
    pipeline.STEPS[name](_at_home(), interaction_id)


@DBOS.workflow(name="rules")
def _rules(job_id: int) -> None:
    try:
        DBOS.run_step({"name": "walk", "retries_allowed": True, "max_attempts": 3}, _walk, job_id)
    except Exception:
        log.exception("rules.stopped", job=job_id, workflow=DBOS.workflow_id)
        walk.give_up(_at_home(), job_id)
        raise


def _walk(job_id: int) -> None:
    walk.run(_at_home(), job_id)


def _at_home() -> House:
    if _house is None:
        raise RuntimeError("no worker runs in this process")
    return _house


@contextmanager
def at_work(house: House) -> Iterator[None]:
    """While inside, this process takes work. Leaving lets what runs finish its step."""
    global _house
    worker = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
    config: DBOSConfig = {
        "name": APP,
        "system_database_url": house.settings.jobs_database,
        "executor_id": worker,
        "application_version": "1",  # steps are idempotent: a newer release may finish what an older one began
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 0.2,
    }
    _house = house
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=house.settings.workers, polling_interval_sec=0.2)
    DBOS.register_queue(RULES_QUEUE, concurrency=1, polling_interval_sec=1.0)
    leaving = threading.Event()
    keeper = threading.Thread(target=_keep, args=(house, worker, leaving), name="qa-keeper", daemon=True)
    keeper.start()
    carrying = {"allow_private": house.settings.webhooks_private}
    carrier = threading.Thread(
        target=courier.rounds, args=(house.engine, leaving), kwargs=carrying, name="qa-courier", daemon=True
    )
    carrier.start()
    try:
        yield
    finally:
        leaving.set()
        keeper.join()
        carrier.join(timeout=15)
        DBOS.destroy(workflow_completion_timeout_sec=30)
        _sign_off(house.engine, worker)
        _house = None


def _keep(house: House, worker: str, leaving: threading.Event) -> None:
    """Every second: start what waits. Every five: say that we live, and take over from those who do not."""
    last_beat = last_tending = last_sweep = datetime.min.replace(tzinfo=UTC)
    while not leaving.is_set():
        try:
            now = datetime.now(UTC)
            if now - last_beat >= timedelta(seconds=BEAT_SECONDS):
                _beat(house.engine, worker, now)
                take_over(house.engine, now)
                last_beat = now
            if now - last_tending >= timedelta(seconds=TEND_SECONDS):
                daily.tend_queue(house.engine, now=now, zone=house.settings.time_zone)
                daily.tend_evaluations(house.engine, now=now)
                last_tending = now
            if now - last_sweep >= timedelta(seconds=SWEEP_SECONDS):
                daily.tend_store(house.engine, house.settings, now=now)
                last_sweep = now
            _start_waiting(house.engine)
            _start_walks(house.engine)
        except Exception:  # the keeper must outlive a database that is away for a while
            log.exception("keeper.stumbled", worker=worker)
        leaving.wait(LOOK_SECONDS)


def _start_waiting(engine: Engine) -> None:
    with reading(engine) as session:
        waiting = session.execute(
            select(Interaction.id, Interaction.run)
            .where(Interaction.stage.in_(PENDING))
            .order_by(Interaction.received_at, Interaction.id)
            .limit(AT_ONCE)
        ).all()
    known = (
        {status.workflow_id for status in DBOS.list_workflows(workflow_ids=[_name(*row) for row in waiting])}
        if waiting
        else set()
    )
    for interaction_id, run in waiting:
        if _name(interaction_id, run) not in known:
            with SetWorkflowID(_name(interaction_id, run)):
                DBOS.enqueue_workflow(QUEUE, _interaction, interaction_id)


def _start_walks(engine: Engine) -> None:
    with reading(engine) as session:
        waiting = trials.waiting(session)
    names = {number: f"rules-{number}" for number in waiting}
    known = {one.workflow_id for one in DBOS.list_workflows(workflow_ids=list(names.values()))} if names else set()
    for number, name in names.items():
        if name not in known:
            with SetWorkflowID(name):
                DBOS.enqueue_workflow(RULES_QUEUE, _rules, number)


def _name(interaction_id: int, run: int) -> str:
    return f"interaction-{interaction_id}-run-{run}"


def _beat(engine: Engine, worker: str, now: datetime) -> None:
    with transaction(engine) as session:
        row = session.get(Worker, worker)
        if row is None:
            session.add(Worker(id=worker, host=socket.gethostname(), pid=os.getpid(), started_at=now, seen_at=now))
        else:
            row.seen_at = now


def take_over(engine: Engine, now: datetime) -> list[str]:
    """Hand on what workers held that are gone; returns their ids. Twice is as good as once."""
    with reading(engine) as session:
        living = {row.id for row in session.scalars(select(Worker)) if lives(row, now)}
    pending = DBOS.list_workflows(status=["PENDING"], load_input=False, load_output=False)
    gone = sorted({w.executor_id for w in pending if w.executor_id and w.executor_id not in living})
    if gone:
        DBOS._recover_pending_workflows(gone)  # noqa: SLF001 - the documented recovery call has no public name in 3.4
        log.info("keeper.took_over", workers=gone)
    with transaction(engine) as session:
        session.execute(delete(Worker).where(Worker.id.not_in(living)))
    return gone


def lives(worker: Worker, now: datetime) -> bool:
    if worker.host == socket.gethostname():
        return _process_lives(worker.pid)
    return now - worker.seen_at < DEAD_AFTER


def _process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sign_off(engine: Engine, worker: str) -> None:
    with transaction(engine) as session:
        session.execute(delete(Worker).where(Worker.id == worker))
