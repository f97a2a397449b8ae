"""What every test may use: a fresh database file, a PostgreSQL where one is found, and no network beyond this host."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from qa_platform.database import open_database, upgrade

SHARED = Path(__file__).parents[1].parent / "shared"
POSTGRES = os.environ.get("QA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, never listened on


class NetworkReached(AssertionError):
    """A test tried to leave this host."""


@pytest.fixture(autouse=True, scope="session")
def stay_on_this_host() -> Iterator[None]:
    """Every test runs without the network: only loopback and sockets of this host may be opened."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise NetworkReached(f"a test tried to reach {address[0]}")
        return original(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = original  # type: ignore[method-assign]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A real SQLite file with every table."""
    engine = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres() -> Iterator[Engine]:
    """A database of its own on a real PostgreSQL server; skipped, and said so, where none answers."""
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"qa_test_{uuid4().hex[:12]}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        admin.dispose()
        pytest.skip("no PostgreSQL server answers at 127.0.0.1:5432 (set QA_TEST_POSTGRES to name another)")
    engine = open_database(str(admin.url.set(database=name).render_as_string(hide_password=False)))
    upgrade(engine)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def shared() -> Path:
    """The shared benchmark folder; tests over it run only where it exists."""
    if not SHARED.is_dir():
        pytest.skip("the shared benchmark is not here")
    return SHARED
