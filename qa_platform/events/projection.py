"""What stands, written where the rest of the house reads it: payments, promises of the CRM, the account's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from models.conversation import LegalStatus
from models.interactions import Debt, Interaction
from models.outcomes import CrmPromise, Payment, PromiseState
from qa_platform.events import fold
from qa_platform.events.fold import ACCOUNT, Place, StandingPayment, StandingPromise, Told

AT_ONCE = 500
Row = TypeVar("Row", Payment, CrmPromise)
_MONEY = ("balance", "minimum_payment")


def write_standing(session: Session, standing: Mapping[Place, Sequence[Told]], *, now: datetime) -> None:
    """Rewrites the rows of these places and no others; a place where nothing stands any more loses its row."""
    payments = {place: fold.payment(told) for place, told in standing.items() if place[1].startswith("payment:")}
    promises = {place: fold.promise(told) for place, told in standing.items() if place[1].startswith("promise:")}
    _write_payments(session, payments)
    _write_promises(session, promises)
    for (debt_id, thing), told in standing.items():
        if thing == ACCOUNT and told:
            _write_account(session, debt_id, fold.account(told), now)


def _write_payments(session: Session, payments: Mapping[Place, StandingPayment | None]) -> None:
    rows = _rows(session, Payment, list(payments))
    fresh = []
    for place, payment in payments.items():
        row = rows.get(place)
        if payment is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            fresh.append({"debt_id": place[0], "external_id": _name(place), **asdict(payment)})
        else:
            for field, value in asdict(payment).items():
                setattr(row, field, value)
    session.flush()
    if fresh:
        session.execute(insert(Payment), fresh)


def _write_promises(session: Session, promises: Mapping[Place, StandingPromise | None]) -> None:
    rows = _rows(session, CrmPromise, list(promises))
    for place, promise in promises.items():
        row = rows.get(place)
        if promise is None:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = CrmPromise(debt_id=place[0], external_id=_name(place), state=PromiseState.PENDING)
            session.add(row)
        row.amount, row.currency, row.due = promise.amount, promise.currency, promise.due
        row.created_at, row.cancelled_at = promise.made_at, promise.cancelled_at
        if promise.interaction:
            row.interaction_id = _interaction(session, place[0], promise.interaction)
        if promise.cancelled_at is not None:
            row.state = PromiseState.CANCELLED
        elif row.state is PromiseState.CANCELLED:
            row.state = PromiseState.PENDING
    session.flush()


def _write_account(session: Session, debt_id: int, figures: Mapping[str, Any], now: datetime) -> None:
    debt = session.get_one(Debt, debt_id)
    for field, value in figures.items():
        if field in _MONEY:
            setattr(debt, field, Decimal(value))
        else:
            setattr(debt, field, LegalStatus(value) if field == "legal_status" else value)
    debt.updated_at = now
    session.flush()


def _interaction(session: Session, debt_id: int, external_id: str) -> int | None:
    """The call or chat it was made in, if it is here and of the same portfolio."""
    of_debt = select(Debt.portfolio_id).where(Debt.id == debt_id).scalar_subquery()
    same = select(Interaction.id).where(Interaction.external_id == external_id, Interaction.portfolio_id == of_debt)
    return session.scalar(same.order_by(Interaction.id).limit(1))


def _rows(session: Session, table: type[Row], places: list[Place]) -> dict[Place, Row]:
    """What is written so far at these places, which are all of one kind."""
    wanted = {(debt, thing.partition(":")[2]): (debt, thing) for debt, thing in places}
    found: dict[Place, Row] = {}
    keys = list(wanted)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        for row in session.scalars(select(table).where(tuple_(table.debt_id, table.external_id).in_(part))):
            found[wanted[row.debt_id, row.external_id]] = row
    return found


def _name(place: Place) -> str:
    return place[1].partition(":")[2]
