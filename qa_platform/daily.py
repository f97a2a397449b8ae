"""What recurs: the day's queue is drawn and tended, evaluations are released on their date, the store is swept."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from models.evaluations import QueueDraw
from models.interactions import Interaction, Stage
from qa_platform.appeals.release import release_due
from qa_platform.archive.sweeping import Swept, sweep
from qa_platform.calibration.room import close_due
from qa_platform.database import reading, transaction
from qa_platform.originals import keeping
from qa_platform.sample import sampling
from qa_platform.settings import Settings
from qa_platform.storage import open_storage

MORNING = time(6, 0)


def tend_queue(engine: Engine, *, now: datetime, zone: str) -> int:
    """Draw the day's queue once it is morning there, or admit what has become critical; how many were added.

    What comes in on the very first day waits for a person to ask for the draw: nobody wants a queue drawn from the
    first three files of a hundred.
    """
    here = now.astimezone(ZoneInfo(zone))
    with reading(engine) as session:
        drawn = session.scalar(select(QueueDraw.id).where(QueueDraw.day == here.date()).limit(1))
        waits = session.scalar(
            select(Interaction.id)
            .where(
                Interaction.stage == Stage.READY,
                Interaction.processed_at < datetime.combine(here, MORNING, here.tzinfo),
            )
            .limit(1)
        )
    if drawn is None and (waits is None or here.time() < MORNING):
        return 0
    try:
        with transaction(engine) as session:
            return sampling.tend_day(session, now=here).total
    except IntegrityError:  # another worker drew it at the same moment
        return 0


def tend_evaluations(engine: Engine, *, now: datetime) -> int:
    """Release what was set for a date that has come, and close calibrations whose time is over; how many of both."""
    with transaction(engine) as session:
        return release_due(session, now=now) + close_due(session, now=now)


def tend_store(engine: Engine, settings: Settings, *, now: datetime) -> Swept:
    """Originals whose time is over, objects without a row and copies beyond their room go."""
    storage = open_storage(settings)
    with transaction(engine) as session:
        keeping.delete_due(session, storage, now=now)
    return sweep(engine, storage, room=settings.playable_mb << 20, now=now)
