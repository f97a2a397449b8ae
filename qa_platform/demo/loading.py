"""Loads the sample portfolio through the same doors as anybody's files: contacts, then what the debtors did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import Debt, FileStatus, Interaction
from models.outcomes import CrmPromise, Payment, PromiseState
from models.people import Agent, Portfolio, Role
from qa_platform.access import people
from qa_platform.database import transaction
from qa_platform.demo import micro_whisper, portfolio
from qa_platform.demo.portfolio import DemoInteraction, DemoPerson
from qa_platform.doors import ingest
from qa_platform.doors.ingest import Part, Received
from qa_platform.doors.metadata import read_fields
from qa_platform.pipeline import House
from qa_platform.sample import sampling

demo_people = portfolio.demo_people
unpack_model = micro_whisper.unpack


class DemoRefused(QAError):
    says = "The sample portfolio could not be loaded: {what}"
    remedy = "Install again from a clean checkout."


def take_in(house: House, now: datetime) -> list[int]:
    """Every contact of the portfolio through `ingest.receive`; the numbers of the interactions, oldest first."""
    with TemporaryDirectory() as folder:
        contacts = portfolio.demo_interactions(now, folder=Path(folder))
        with transaction(house.engine) as session:
            _name_creditors(session)
            batch = ingest.open_batch(session).id
        taken = [_accepted(answer) for contact in contacts for answer in _receive(house, contact, batch)]
        with transaction(house.engine) as session:
            ingest.close_batch(session, batch)
        return taken


def add_outcomes(session: Session, now: datetime) -> None:
    """What the agents registered and what came in."""
    debts = _debts(session)
    contacts = {
        row.external_id: row.id
        for row in session.execute(select(Interaction.id, Interaction.external_id))
        if row.external_id
    }
    session.add_all(
        CrmPromise(
            debt_id=debts[promise.portfolio, promise.account_ref],
            interaction_id=contacts[promise.interaction],
            external_id=promise.external_id,
            amount=promise.amount,
            currency=promise.currency,
            due=promise.due,
            state=PromiseState(promise.state),
            created_at=promise.created_at,
        )
        for promise in portfolio.demo_promises(now)
    )
    session.add_all(
        Payment(
            debt_id=debts[payment.portfolio, payment.account_ref],
            external_id=payment.external_id,
            amount=payment.amount,
            currency=payment.currency,
            paid_at=payment.paid_at,
            method=payment.method,
            reversed_at=payment.reversed_at,
        )
        for payment in portfolio.demo_payments(now)
    )


def add_people(session: Session, passwords: Mapping[str, str], now: datetime) -> None:
    agents = {agent.code: agent.id for agent in session.scalars(select(Agent))}
    for person in demo_people():
        people.add_person(
            session,
            email=person.email,
            name=person.name,
            role=Role(person.role),
            password=passwords[person.email],
            now=now,
            every_portfolio=True,
            agent_id=agents.get(person.agent or ""),
        )


def draw_queue(session: Session, now: datetime) -> int:
    return sampling.build_queue(session, now=now).total


def _receive(house: House, contact: DemoInteraction, batch: int) -> Iterable[Received]:
    told, _ = read_fields(contact.metadata)
    with transaction(house.engine) as session:
        part = Part(contact.path.name, contact.path)
        return ingest.receive(session, part, settings=house.settings, metadata=told, batch=batch)


def _accepted(answer: Received) -> int:
    if answer.status is not FileStatus.ACCEPTED or answer.interaction_id is None:
        raise DemoRefused(answer.name, what=answer.what("en"))
    return answer.interaction_id


def _name_creditors(session: Session) -> None:
    for code, creditor in portfolio.demo_creditors().items():
        session.add(Portfolio(code=code, name=creditor, creditor=creditor))


def _debts(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(select(Portfolio.code, Debt.ref, Debt.id).join(Portfolio, Portfolio.id == Debt.portfolio_id))
    return {(code, ref): number for code, ref, number in rows}


__all__ = ["DemoPerson", "DemoRefused", "add_outcomes", "add_people", "demo_people", "draw_queue", "take_in"]
