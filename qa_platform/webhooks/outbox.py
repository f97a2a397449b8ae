"""The outbox: an event is written in the transaction of the act it tells of, once for every endpoint that wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation
from models.interactions import Interaction
from models.webhooks import OutgoingEvent, WebhookEndpoint

# Every kind of event there is, with what it means (message ids).
KINDS = {
    "evaluation.submitted": "A reviewer submitted an evaluation.",
    "evaluation.released": "An evaluation was released to its agent.",
    "evaluation.acknowledged": "The agent acknowledged an evaluation.",
    "evaluation.appealed": "The agent appealed answers of an evaluation.",
    "evaluation.resolved": "An appeal was resolved.",
}
TEST = "webhook.test"  # sent on demand, whatever kinds an address asks for


def emit(session: Session, kind: str, evaluation: Evaluation, *, now: datetime, **more: Any) -> str | None:
    """Queue an evaluation event; returns its id, None where nobody listens. Only ids and codes go out."""
    interaction = session.get_one(Interaction, evaluation.interaction_id)
    wanted = [
        endpoint
        for endpoint in session.scalars(
            select(WebhookEndpoint).where(
                WebhookEndpoint.stopped_at.is_(None),
                or_(
                    WebhookEndpoint.portfolio_id.is_(None),
                    WebhookEndpoint.portfolio_id == interaction.portfolio_id,
                ),
            )
        )
        if not endpoint.kinds or kind in endpoint.kinds
    ]
    if not wanted:
        return None
    event = f"msg_{uuid4().hex}"
    payload = {"type": kind, "timestamp": stamp(now), "data": {**told(evaluation, interaction), **more}}
    session.add_all(
        OutgoingEvent(endpoint_id=endpoint.id, event=event, kind=kind, payload=payload, created_at=now, next_try_at=now)
        for endpoint in wanted
    )
    session.flush()
    return event


def told(evaluation: Evaluation, interaction: Interaction) -> dict[str, Any]:
    return {
        "evaluation": evaluation.id,
        "interaction": interaction.id,
        "external_id": interaction.external_id,
        "agent": interaction.agent_id,
        "state": evaluation.state.value,
        "scorecard": {"code": evaluation.scorecard, "version": evaluation.scorecard_version},
        "points": evaluation.points,
        "passed": evaluation.passed,
        "failed_by": list(evaluation.failed_by),
    }


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
