"""Begins an evaluation: a draft whose every question carries the system's proposal, ready to be confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, QueueItem
from models.finding import Step
from models.interactions import Interaction, StoredFinding, StoredStep, Verdict
from models.scorecard import ProposedAnswer, Scorecard
from qa_platform import audit
from qa_platform.access.rights import Viewer
from qa_platform.evaluations import published_cards
from qa_platform.rules_desk.trust import trust
from qa_platform.sample.population import finding
from scorecards.agreement import withheld
from scorecards.suggest import suggest


def draft(session: Session, viewer: Viewer, interaction: Interaction, *, now: datetime) -> Evaluation:
    """The viewer's evaluation of the interaction, begun now if there is none. An untouched draft that is older than
    the newest analysis gets its proposals anew."""
    known = _known(session, viewer, interaction)
    if known is None:
        return _begun(session, viewer, interaction, now=now)
    if _outdated(session, known, interaction):
        session.execute(delete(EvaluationAnswer).where(EvaluationAnswer.evaluation_id == known.id))
        card = published_cards.published(session, known.scorecard, known.scorecard_version)
        _fill(session, known, proposals(session, card, interaction))
        known.updated_at = now
    return known


def proposals(session: Session, card: Scorecard, interaction: Interaction) -> tuple[ProposedAnswer, ...]:
    """What the system would answer, from all that was found, not rejected since, and more than a suggestion."""
    trusted = trust(session)
    found = session.scalars(
        select(StoredFinding)
        .where(StoredFinding.interaction_id == interaction.id, StoredFinding.verdict != Verdict.REJECTED)
        .order_by(StoredFinding.id)
    )
    steps = session.scalars(
        select(StoredStep).where(StoredStep.interaction_id == interaction.id).order_by(StoredStep.id)
    )
    return suggest(
        card,
        channel=interaction.channel,
        direction=interaction.direction,
        findings=[finding(row) for row in found if trusted.counts(interaction.portfolio_id, row)],
        steps=[Step(row.code, row.answer, tuple(row.turns), row.quote) for row in steps],
        withheld=withheld(published_cards.record(session, card.code).values()),
    )


def _known(session: Session, viewer: Viewer, interaction: Interaction) -> Evaluation | None:
    return session.scalar(
        select(Evaluation).where(Evaluation.interaction_id == interaction.id, Evaluation.reviewer_id == viewer.id)
    )


def _begun(session: Session, viewer: Viewer, interaction: Interaction, *, now: datetime) -> Evaluation:
    code = published_cards.code_for(session, interaction.portfolio_id)
    card = published_cards.newest(session, code=code, now=now)
    evaluation = Evaluation(
        interaction_id=interaction.id,
        queue_item_id=session.scalar(select(func.max(QueueItem.id)).where(QueueItem.interaction_id == interaction.id)),
        reviewer_id=viewer.id,
        scorecard=card.code,
        scorecard_version=card.version,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(evaluation)
            session.flush()
            _fill(session, evaluation, proposals(session, card, interaction))
    except IntegrityError:  # the same person opened it in another window at the same moment
        known = _known(session, viewer, interaction)
        if known is None:
            raise
        return known
    details = {"interaction": interaction.id, "scorecard": card.code, "scorecard_version": card.version}
    audit.record(
        session,
        "evaluation.opened",
        subject="evaluation",
        subject_id=evaluation.id,
        person_id=viewer.id,
        details=details,
        at=now,
    )
    return evaluation


def _fill(session: Session, evaluation: Evaluation, proposed: tuple[ProposedAnswer, ...]) -> None:
    session.add_all(
        EvaluationAnswer(
            evaluation_id=evaluation.id,
            criterion=one.criterion,
            proposed=one.answer,
            turns=list(one.turns),
            quote=one.quote,
            why=one.why,
            hidden=one.hidden,
        )
        for one in proposed
    )
    session.flush()


def _outdated(session: Session, evaluation: Evaluation, interaction: Interaction) -> bool:
    if evaluation.state is not EvaluationState.DRAFT or interaction.processed_at is None:
        return False
    answered = session.scalar(
        select(func.count()).where(
            EvaluationAnswer.evaluation_id == evaluation.id, EvaluationAnswer.answer.is_not(None)
        )
    )
    return not answered and interaction.processed_at > evaluation.updated_at
