"""The database: migrations match the tables, writers wait their turn, times and money come back as they went in."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, QueueDraw, QueueItem
from models.interactions import Debt
from models.outcomes import Payment
from models.people import Portfolio
from models.tables import METADATA, ours
from qa_platform.database import _migrations, open_database, reading, transaction, upgrade

MOMENT = datetime(2026, 3, 11, 23, 30, tzinfo=timezone(timedelta(hours=-6)))


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(engine: Engine) -> None:
    assert _drift(engine) == []


@pytest.mark.postgres
def test_the_migrations_make_the_same_tables_on_postgresql(postgres: Engine) -> None:
    assert _drift(postgres) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert _drift(engine) == []


def test_a_database_of_the_first_release_keeps_its_queue_and_its_evaluations(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.execution_options(qa_writes=True).begin() as connection:
        command.upgrade(_migrations(connection), "0001")
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
    upgrade(engine)
    with reading(engine) as session:
        item = session.scalars(select(QueueItem)).one()
        kept = session.scalars(select(Evaluation)).one()
        draw = session.scalars(select(QueueDraw)).one()
    assert (item.draw_id, item.double, draw.number) == (draw.id, False, 1)
    assert (kept.queue_item_id, kept.points_submitted) == (item.id, 80.0)
    assert _drift(engine) == []
    with pytest.raises(IntegrityError), transaction(engine) as session:  # foreign keys hold again
        session.add(Payment(debt_id=99, external_id="p", amount=Decimal(1), currency="MXN", paid_at=MOMENT))
    engine.dispose()


OLD_ROWS = (
    (
        "INSERT INTO person (id, email, name, password_hash, role, language, theme, shortcuts, active, every_portfolio,"
        " created_at) VALUES (1, 'a@example.com', 'A', 'x', 'analyst', 'es', 'light', 1, 1, 1, '2026-01-01')"
    ),
    (
        "INSERT INTO interaction (id, content_key, channel, direction, language, started_at, started_at_known,"
        " warnings, stage, progress, received_at, run, turn_count, fixture_words, has_end_times) VALUES"
        " (1, 'k', 'voice', 'outbound', 'es', '2026-01-01', 1, '[]', 'ready', 0, '2026-01-01', 1, 0, 0, 1)"
    ),
    (
        "INSERT INTO queue_draw (id, day, plan, plan_version, plan_content, seed, population, drawn_at)"
        " VALUES (1, '2026-01-01', 'p', 1, '{}', 1, 1, '2026-01-01')"
    ),
    (
        "INSERT INTO queue_item (id, draw_id, interaction_id, position, severity, stratum, probability, reasons, state)"
        " VALUES (1, 1, 1, 0, 'info', 'random', 1, '[]', 'done')"
    ),
    (
        "INSERT INTO evaluation (id, interaction_id, queue_item_id, reviewer_id, scorecard, scorecard_version, state,"
        " version, points, failed_by, listened_seconds, created_at, updated_at) VALUES"
        " (1, 1, 1, 1, 'unified', 1, 'submitted', 3, 80.0, '[]', 0, '2026-01-01', '2026-01-01')"
    ),
)


@pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_instants_come_back_in_utc_and_money_to_the_cent(home: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        debt = _debt(session)
        session.add(Payment(debt_id=debt, external_id="p1", amount=Decimal("1250.55"), currency="MXN", paid_at=MOMENT))
    with reading(engine) as session:
        payment = session.scalars(select(Payment)).one()
        total = session.scalar(select(func.sum(Payment.amount)))
    assert payment.paid_at == MOMENT
    assert payment.paid_at.date() == date(2026, 3, 12)
    assert (payment.amount, total) == (Decimal("1250.55"), Decimal("1250.55"))


def test_a_time_without_offset_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="offset"), transaction(engine) as session:
        debt = _debt(session)
        session.add(
            Payment(
                debt_id=debt, external_id="p", amount=Decimal(1), currency="MXN", paid_at=MOMENT.replace(tzinfo=None)
            )
        )


def test_a_reference_to_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(Payment(debt_id=99, external_id="p", amount=Decimal(1), currency="MXN", paid_at=MOMENT))


def test_an_error_inside_a_transaction_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        session.add(Portfolio(code="x", name="X"))
        session.flush()
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.scalar(select(func.count(Portfolio.id))) == 0


def test_writers_that_read_first_wait_for_each_other_and_lose_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Portfolio(code="counter", name="0"))

    def add_one() -> None:
        for _ in range(10):
            with transaction(engine) as session:
                portfolio = session.scalars(select(Portfolio)).one()
                portfolio.name = str(int(portfolio.name) + 1)

    threads = [threading.Thread(target=add_one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert session.scalar(select(Portfolio.name)) == "60"


def _drift(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        return list(compare_metadata(context, METADATA))


def _debt(session: Session) -> int:
    portfolio = Portfolio(code="p", name="P")
    session.add(portfolio)
    session.flush()
    debt = Debt(portfolio_id=portfolio.id, ref="001", updated_at=datetime.now(UTC))
    session.add(debt)
    session.flush()
    return debt.id
