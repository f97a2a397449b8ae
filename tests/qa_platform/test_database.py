"""The database: migrations match the tables, writers wait their turn, times and money come back as they went in."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from models.interactions import Debt
from models.outcomes import Payment
from models.people import Portfolio
from models.tables import METADATA
from qa_platform.database import reading, transaction, upgrade

MOMENT = datetime(2026, 3, 11, 23, 30, tzinfo=timezone(timedelta(hours=-6)))


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(engine: Engine) -> None:
    assert _drift(engine) == []


@pytest.mark.postgres
def test_the_migrations_make_the_same_tables_on_postgresql(postgres: Engine) -> None:
    assert _drift(postgres) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert _drift(engine) == []


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
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def _debt(session: Session) -> int:
    portfolio = Portfolio(code="p", name="P")
    session.add(portfolio)
    session.flush()
    debt = Debt(portfolio_id=portfolio.id, ref="001", updated_at=datetime.now(UTC))
    session.add(debt)
    session.flush()
    return debt.id
