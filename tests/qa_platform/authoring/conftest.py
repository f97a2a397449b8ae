"""A database with somebody who may write scorecards and somebody who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.people import Person, Role
from qa_platform.access.rights import Viewer
from qa_platform.database import open_database, transaction, upgrade

NOW = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    engine: Engine
    ana: Viewer  # administrators
    beto: Viewer
    lucia: Viewer  # an analyst


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    engine = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    upgrade(engine)
    with transaction(engine) as session:
        people = []
        for name, role in (("Ana", Role.ADMIN), ("Beto", Role.ADMIN), ("Lucía", Role.ANALYST)):
            row = Person(email=f"{name}@example.com", name=name, password_hash="x", role=role, created_at=NOW)
            session.add(row)
            session.flush()
            people.append(
                Viewer(row.id, name, row.email, role, "es", "light", True, True, frozenset(), None)
            )  # fmt: skip
    yield Office(engine, *people)
    engine.dispose()
