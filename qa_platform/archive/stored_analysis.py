"""What is known of a stored interaction, in the contract's shape: read back, never computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.finding import Analysis, Finding, Promise, Rule, SpeechEvents, Step
from models.interactions import Interaction, StoredFinding, StoredPromise, StoredStep
from qa_platform.archive import conversations
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.proposal import propose
from qa_platform.rules_desk.trust import trust
from qa_platform.understanding.analysis_json import analysis_json

KEPT_ONLY = frozenset({"voices", "heard_holds", "told_holds"})  # what an analysis is made from again


def stored_analysis(session: Session, interaction: Interaction) -> dict[str, Any]:
    """The contract's JSON of one interaction that is ready."""
    conversation = conversations.load(session, interaction)
    analysis = Analysis(
        findings=tuple(finding(row) for row in _rows(session, StoredFinding, interaction.id)),
        promises=tuple(_promise(row) for row in _rows(session, StoredPromise, interaction.id)),
        steps=tuple(Step(row.code, row.answer, tuple(row.turns), row.quote) for row in _steps(session, interaction.id)),
        outcome=interaction.outcome or "unknown",
        speech=SpeechEvents(),  # what was measured is kept in the contract's shape already
    )
    card = published_cards.latest(session, published_cards.code_for(session, interaction.portfolio_id))
    trusted = trust(session)
    rows = _rows(session, StoredFinding, interaction.id)
    counted = [finding(row) for row in rows if trusted.counts(interaction.portfolio_id, row)]
    proposal = propose(card, conversation, replace(analysis, findings=tuple(counted)))
    source = interaction.external_id or ""
    told = analysis_json(conversation, analysis, source=source, proposal=proposal, thresholds=interaction.thresholds)
    measured = {name: value for name, value in (interaction.speech or {}).items() if name not in KEPT_ONLY}
    return {**told, "speech": measured or told["speech"]}


def finding(row: StoredFinding) -> Finding:
    return Finding(
        code=row.code,
        severity=row.severity,
        rule=Rule(row.rule_id, row.rule_version),
        outcome=row.outcome,
        turn=row.turn,
        speaker=row.speaker,
        start=row.start,
        end=row.end,
        quote=row.quote,
        confidence=row.confidence,
        value=row.value,
    )


def _promise(row: StoredPromise) -> Promise:
    return Promise(
        turn=row.turn,
        quote=row.quote,
        strength=row.strength,
        rule=Rule(row.rule_id, row.rule_version),
        amount=row.amount,
        currency=row.currency,
        due=row.due,
        due_from=row.due_from,
        due_to=row.due_to,
        ambiguous=row.ambiguous,
        alternative_due=row.alternative_due,
        channel=row.channel,
        conditional=row.conditional,
        start=row.start,
        end=row.end,
        confidence=row.confidence,
    )


def _steps(session: Session, interaction_id: int) -> Sequence[StoredStep]:
    return _rows(session, StoredStep, interaction_id)


def _rows(session: Session, table: Any, interaction_id: int) -> Sequence[Any]:
    return session.scalars(select(table).where(table.interaction_id == interaction_id).order_by(table.id)).all()
