"""The database: one engine, one way to commit, and the migrations that bring it up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).parents[1] / "models" / "migrations"
BUSY_SECONDS = 10


def open_database(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys on, writers wait their turn) or PostgreSQL.

    Raises sqlalchemy.exc.ArgumentError on an address that cannot be read.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    _make_folder(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that may write; commits once at the end, or not at all. Nobody else calls commit."""
    with Session(engine.execution_options(qa_writes=True), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: it never makes a writer wait."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest form. Safe to run again."""
    writing = engine.execution_options(qa_writes=True)
    with writing.connect() as connection, _tables_rebuilt(connection), connection.begin():
        command.upgrade(_migrations(connection), "head")


@contextmanager
def _tables_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: with foreign keys on, dropping the old one would empty what refers
    to it (sqlite.org/lang_altertable.html, section 7). The pragma only works outside a transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the pool hands out open connections
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _migrations(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _make_folder(url: str) -> None:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN would start readers and writers alike; ours comes from the "begin" event.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that later writes fails with "database is locked" in spite of the timeout.
    writes = connection.get_execution_options().get("qa_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
