"""A small archive judged by the rules at work, in SQLite and in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.conversation import Channel, Direction, Speaker, Turn
from models.interactions import Interaction, Stage, StoredFinding, Verdict
from models.people import Person, Portfolio, Role
from qa_platform.access.rights import Viewer
from qa_platform.archive import conversations
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House
from qa_platform.rules_desk import versions
from qa_platform.settings import Settings
from qa_platform.understanding import judging

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
OWN = """
- id: slip.threat_jail.own_words
  language: es
  code: slip.threat_jail
  speaker: agent
  say:
    - (lo|la) mand* al zoologico
  hits: [si no paga lo mando al zoológico]
  misses: [el domingo vamos al zoológico]
"""


@dataclass
class Archive:
    house: House
    viewer: Viewer
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def engine(self) -> Engine:
        return self.house.engine

    def call(self, *said: tuple[str, str], portfolio: int | None = 1, days_ago: int = 1) -> int:
        """A call that was judged when it came in."""
        number = self.stored(*said, portfolio=portfolio, days_ago=days_ago)
        with transaction(self.engine) as session:
            row = session.get_one(Interaction, number)
            found = judging.case(session, self.house.settings, row)
            judging.keep(session, row, found, judging.judge(found, versions.books(session)))
        return number

    def stored(self, *said: tuple[str, str], portfolio: int | None = 1, days_ago: int = 1) -> int:
        """A call with its words, before anybody judged it."""
        with transaction(self.engine) as session:
            row = Interaction(
                content_key=f"{next(self.numbers):064d}", channel=Channel.VOICE, direction=Direction.OUTBOUND,
                language="es", country="MX", portfolio_id=portfolio, started_at=NOW - timedelta(days=days_ago),
                received_at=NOW, processed_at=NOW, stage=Stage.READY, has_end_times=True,
            )  # fmt: skip
            session.add(row)
            session.flush()
            turns = [
                Turn(at, Speaker(who), text, start=5.0 * at, end=5.0 * at + 4) for at, (who, text) in enumerate(said)
            ]
            conversations.save_turns(session, row, turns)
            session.flush()
            return row.id

    def codes(self, interaction: int) -> set[str]:
        return {one.code for one in self.findings(interaction)}

    def findings(self, interaction: int) -> list[StoredFinding]:
        with reading(self.engine) as session:
            chosen = select(StoredFinding).where(StoredFinding.interaction_id == interaction)
            return list(session.scalars(chosen.order_by(StoredFinding.id)))

    def says(self, session: Session, interaction: int, code: str, verdict: Verdict) -> None:
        """A person's verdict on the findings of a code."""
        for row in session.scalars(
            select(StoredFinding).where(StoredFinding.interaction_id == interaction, StoredFinding.code == code)
        ):
            row.verdict, row.verdict_by, row.verdict_at = verdict, self.viewer.id, NOW


def filled(engine: Engine, folder: Path) -> Archive:
    with transaction(engine) as session:
        session.add_all([Portfolio(code="a", name="Andino"), Portfolio(code="q", name="Quindío")])
        person = Person(email="c@x.test", name="Carmen", password_hash="x", role=Role.COMPLIANCE, created_at=NOW)
        session.add(person)
        session.flush()
        viewer = Viewer(
            id=person.id, name="Carmen", email="c@x.test", role=Role.COMPLIANCE, language="es", theme="light",
            shortcuts=True, every_portfolio=True, portfolios=frozenset(), agent_id=None,
        )  # fmt: skip
    settings = Settings(data_dir=folder, _env_file=None)  # type: ignore[call-arg]
    return Archive(House(engine, settings), viewer)


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> Archive:
    return filled(engine, tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """The same archive in either database."""
    engine = request.getfixturevalue("engine" if request.param == "sqlite" else "postgres")
    return filled(engine, tmp_path)
