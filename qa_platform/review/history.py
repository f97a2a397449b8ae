"""What else happened with the same debt: earlier contacts, promises in the CRM, payments; newest first."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation
from models.interactions import Interaction
from models.outcomes import CrmPromise, Payment
from models.people import Agent
from qa_platform.access.rights import Viewer, evaluation_shown, in_reach
from qa_platform.review.page import Event, LedgerPayment, LedgerPromise, PastContact

MOST = 12


def history(session: Session, viewer: Viewer, interaction: Interaction) -> tuple[Event, ...]:
    """Only contacts within the viewer's reach; promises and payments belong to the debt itself."""
    if interaction.debt_id is None:
        return ()
    events: list[Event] = [
        *_contacts(session, viewer, interaction),
        *_promises(session, interaction.debt_id),
        *_payments(session, interaction.debt_id),
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:MOST])


def _promises(session: Session, debt: int) -> list[LedgerPromise]:
    rows = session.scalars(
        select(CrmPromise).where(CrmPromise.debt_id == debt).order_by(CrmPromise.id.desc()).limit(MOST)
    )
    return [LedgerPromise(row.created_at, row.amount, row.currency, row.due, row.state) for row in rows]


def _payments(session: Session, debt: int) -> list[LedgerPayment]:
    rows = session.scalars(select(Payment).where(Payment.debt_id == debt).order_by(Payment.paid_at.desc()).limit(MOST))
    return [LedgerPayment(row.paid_at, row.amount, row.currency, row.method, row.reversed_at) for row in rows]


def _contacts(session: Session, viewer: Viewer, interaction: Interaction) -> tuple[PastContact, ...]:
    points = (
        select(func.max(Evaluation.points))
        .where(Evaluation.interaction_id == Interaction.id, evaluation_shown(viewer))
        .scalar_subquery()
    )
    found = session.execute(
        select(Interaction, Agent.name, points)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .where(Interaction.debt_id == interaction.debt_id, Interaction.id != interaction.id, in_reach(viewer))
        .order_by(Interaction.started_at.desc(), Interaction.id.desc())
        .limit(MOST)
    )
    return tuple(
        PastContact(row.started_at, row.id, row.channel, row.outcome, agent, scored) for row, agent, scored in found
    )
