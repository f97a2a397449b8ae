"""How far the work has come: what waits, what is done, what failed and why."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, func, select

from models.interactions import Interaction, Stage
from qa_platform.database import reading

LOOK_SECONDS = 0.5
DONE = (Stage.READY, Stage.FAILED)


def until_done(engine: Engine, interactions: Sequence[int]) -> Iterator[int]:
    """How many of these are done, told again and again until all are."""
    while True:
        with reading(engine) as session:
            done = session.scalar(
                select(func.count(Interaction.id)).where(Interaction.id.in_(interactions), Interaction.stage.in_(DONE))
            )
        yield done or 0
        if (done or 0) >= len(set(interactions)):
            return
        time.sleep(LOOK_SECONDS)


def failures(engine: Engine, interactions: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    """The interactions that could not be worked through, with why."""
    with reading(engine) as session:
        rows = session.execute(
            select(Interaction.id, Interaction.failure)
            .where(Interaction.id.in_(interactions), Interaction.stage == Stage.FAILED)
            .order_by(Interaction.id)
        )
        return [(number, why or {"says": "", "remedy": "", "params": {}}) for number, why in rows]
