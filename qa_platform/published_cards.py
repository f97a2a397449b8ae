"""Scorecards as they stood when first used, and how well their proposals have done since."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, PublishedScorecard
from models.scorecard import Scorecard
from scorecards import load
from scorecards.agreement import Agreement, agreements

RECENT = 1000  # evaluations that the record of agreement looks back on


def newest(session: Session, *, code: str = "unified", now: datetime) -> Scorecard:
    """The card that new evaluations use; its first use publishes it, and from then on its content is locked."""
    card = load.scorecard(code)
    known = _stored(session, card.code, card.version)
    if known is not None:
        return known
    content = load.content(card)
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    try:
        with session.begin_nested():
            session.add(
                PublishedScorecard(
                    code=card.code,
                    version=card.version,
                    content=content,
                    digest=hashlib.sha256(canonical.encode()).hexdigest(),
                    published_at=now,
                )
            )
    except IntegrityError:  # somebody published it at the same moment
        return published(session, card.code, card.version)
    return card


def published(session: Session, code: str, version: int) -> Scorecard:
    """A card as its evaluations were made, whatever its file says today."""
    card = _stored(session, code, version)
    return load.scorecard(code, version) if card is None else card


def record(session: Session, code: str) -> dict[str, Agreement]:
    """By criterion, how often people kept the proposal, in the newest submitted evaluations of any version."""
    recent = (
        select(Evaluation.id)
        .where(Evaluation.scorecard == code, Evaluation.state != EvaluationState.DRAFT)
        .order_by(Evaluation.id.desc())
        .limit(RECENT)
    )
    rows = session.execute(
        select(EvaluationAnswer.criterion, EvaluationAnswer.proposed, EvaluationAnswer.answer, func.count())
        .where(EvaluationAnswer.evaluation_id.in_(recent), EvaluationAnswer.answer.is_not(None))
        .group_by(EvaluationAnswer.criterion, EvaluationAnswer.proposed, EvaluationAnswer.answer)
    )
    return agreements({(criterion, proposed, given): times for criterion, proposed, given, times in rows if given})


def _stored(session: Session, code: str, version: int) -> Scorecard | None:
    content = session.scalar(
        select(PublishedScorecard.content).where(PublishedScorecard.code == code, PublishedScorecard.version == version)
    )
    return None if content is None else load.build(content, file=f"{code} {version}")
