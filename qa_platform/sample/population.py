"""Reads what a draw needs to know of the interactions that may be drawn, in few queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationState, QueueDraw, QueueItem
from models.finding import Finding, Promise, Rule, Step
from models.interactions import Interaction, Stage, StoredFinding, StoredPromise, StoredStep, Verdict
from qa_platform.rules_desk.trust import trust
from qa_platform.sample.reasons import Facts, Reason, reasons
from qa_platform.sample.strata import heaviest, stratum

WINDOW = timedelta(days=45)
BATCH = 500
ANY_RULE = Rule("", "")


@dataclass(frozen=True, slots=True)
class Member:
    """One interaction that may be drawn, with its reasons, most severe first."""

    interaction: int
    agent: int | None
    reasons: tuple[Reason, ...]
    channel: str | None = None

    def risk(self, weights: Mapping[str, float]) -> str | None:
        """The risk stratum it belongs to under a plan."""
        return heaviest(
            (stratum(one.code, one.severity, repeated="count" in one.params) for one in self.reasons), weights
        )


def population(session: Session, *, now: datetime) -> tuple[Member, ...]:
    """Every interaction that is ready and that no draw has considered yet.

    Each enters exactly one draw, so that its inclusion probability is that of one draw. What was judged without a
    queue is left out.
    """
    rows = session.execute(
        select(
            *(Interaction.id, Interaction.agent_id, Interaction.channel),
            *(Interaction.outcome, Interaction.disposition, Interaction.duration),
        )
        .where(
            Interaction.stage == Stage.READY,
            Interaction.processed_at > now - WINDOW,
            Interaction.processed_at <= now,
            ~select(QueueItem.id).where(QueueItem.interaction_id == Interaction.id).exists(),
            ~select(Evaluation.id)
            .where(Evaluation.interaction_id == Interaction.id, Evaluation.state != EvaluationState.DRAFT)
            .exists(),
        )
        .order_by(Interaction.id)
    ).all()
    considered = _considered(session, now=now)
    fresh = [row for row in rows if row.id not in considered]
    facts = _facts(session, [row.id for row in fresh])
    return tuple(
        Member(
            row.id,
            row.agent_id,
            reasons(
                Facts(
                    findings=tuple(facts.findings[row.id]),
                    promises=tuple(facts.promises[row.id]),
                    steps=tuple(facts.steps[row.id]),
                    outcome=row.outcome,
                    disposition=row.disposition,
                    duration=row.duration,
                )
            ),
            row.channel.value,
        )
        for row in fresh
    )


def _considered(session: Session, *, now: datetime) -> frozenset[int]:
    """Interactions that some earlier draw could have taken."""
    stored = session.scalars(select(QueueDraw.plan_content).where(QueueDraw.drawn_at > now - 2 * WINDOW))
    return frozenset(interaction for content in stored for interaction, *_ in content["frame"])


@dataclass(frozen=True, slots=True)
class _Found:
    findings: Mapping[int, list[Finding]]
    promises: Mapping[int, list[Promise]]
    steps: Mapping[int, list[Step]]


def _facts(session: Session, interactions: Sequence[int]) -> _Found:
    found = _Found(defaultdict(list), defaultdict(list), defaultdict(list))
    trusted = trust(session)
    for batch in _batches(interactions):
        for row, portfolio in session.execute(
            select(StoredFinding, Interaction.portfolio_id)
            .join(Interaction, Interaction.id == StoredFinding.interaction_id)
            .where(StoredFinding.interaction_id.in_(batch), StoredFinding.verdict != Verdict.REJECTED)
            .order_by(StoredFinding.id)
        ):
            if trusted.counts(portfolio, row):
                found.findings[row.interaction_id].append(finding(row))
        for promise in session.scalars(
            select(StoredPromise).where(StoredPromise.interaction_id.in_(batch)).order_by(StoredPromise.id)
        ):
            found.promises[promise.interaction_id].append(
                Promise(
                    turn=promise.turn,
                    quote=promise.quote,
                    strength=promise.strength,
                    rule=ANY_RULE,
                    ambiguous=promise.ambiguous,
                    conditional=promise.conditional,
                )
            )
        for step in session.scalars(
            select(StoredStep).where(StoredStep.interaction_id.in_(batch)).order_by(StoredStep.id)
        ):
            found.steps[step.interaction_id].append(Step(step.code, step.answer, tuple(step.turns), step.quote))
    return found


def finding(row: StoredFinding) -> Finding:
    """A stored finding as the value that reasons and proposals take."""
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


def _batches(interactions: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(interactions), BATCH):
        yield interactions[start : start + BATCH]
