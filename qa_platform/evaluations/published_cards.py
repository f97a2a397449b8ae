"""Scorecards as they stood when first used, and how well their proposals have done since."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import QAError
from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, PublishedScorecard
from models.finding import Answer
from models.judgement import PortfolioScorecard
from models.scorecard import Scorecard
from scorecards import load
from scorecards.agreement import Agreement, agreements


class VersionEdited(QAError):
    status = 409
    says = "Version {version} of '{code}' is published and was edited since."
    remedy = "Undo the edit, or raise its version."


USUAL = "unified"
NOT_ASKED = "not_asked"  # kept as the reason of answers to questions that did not arise
RECENT = 1000  # evaluations that the record of agreement looks back on


def codes(session: Session) -> tuple[str, ...]:
    """The codes of all scorecards there are: of files, and published from the builder."""
    stored = session.scalars(select(PublishedScorecard.code).distinct())
    return tuple(sorted({*stored, *(code for code, _ in load.scorecards())}))


def code_for(session: Session, portfolio_id: int | None) -> str:
    """The scorecard that new evaluations in this portfolio use."""
    chosen = session.get(PortfolioScorecard, portfolio_id) if portfolio_id is not None else None
    return chosen.code if chosen is not None else USUAL


def question_labels(session: Session, language: str) -> dict[str, str]:
    """What each question is called today, of every scorecard; where two share a code, the usual one's words count."""
    ordered = sorted(codes(session), key=lambda code: code == USUAL)
    return {one.code: one.label.in_(language) for code in ordered for one in latest(session, code).criteria}


def newest(session: Session, *, code: str = USUAL, now: datetime) -> Scorecard:
    """The card that new evaluations use; its first use publishes it, and from then on its content is locked."""
    card = latest(session, code)
    if _stored(session, card.code, card.version) is not None:
        return card
    try:
        with session.begin_nested():
            session.add(publication(card, now=now))
    except IntegrityError:  # somebody published it at the same moment
        return published(session, card.code, card.version)
    return card


def latest(session: Session, code: str = USUAL) -> Scorecard:
    """The newest version there is: of the files, or published from the builder. What is published stands as it was."""
    stored = session.scalar(select(func.max(PublishedScorecard.version)).where(PublishedScorecard.code == code)) or 0
    return published(session, code, max(stored, _in_files(code)))


def publication(card: Scorecard, *, now: datetime, person_id: int | None = None) -> PublishedScorecard:
    return PublishedScorecard(
        code=card.code,
        version=card.version,
        content=load.content(card),
        digest=digest(card),
        published_at=now,
        published_by=person_id,
    )


def digest(card: Scorecard) -> str:
    canonical = json.dumps(load.content(card), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_unedited(session: Session, cards: Iterable[Scorecard]) -> None:
    """Raises VersionEdited where a file says something else than when its version was published."""
    stored = {
        (row.code, row.version): row.digest
        for row in session.execute(
            select(PublishedScorecard.code, PublishedScorecard.version, PublishedScorecard.digest)
        )
    }
    for card in cards:
        if stored.get((card.code, card.version), digest(card)) != digest(card):
            raise VersionEdited(where=f"{card.code} {card.version}", code=card.code, version=card.version)


def published(session: Session, code: str, version: int) -> Scorecard:
    """A card as its evaluations were made, whatever its file says today."""
    card = _stored(session, code, version)
    return load.scorecard(code, version) if card is None else card


def record(session: Session, code: str) -> dict[str, Agreement]:
    """By criterion, how often people kept the proposal, in the newest submitted evaluations of any version.

    What is withheld is compared too, though nobody saw it: that is how a proposal earns its place again."""
    recent = (
        select(Evaluation.id)
        .where(Evaluation.scorecard == code, Evaluation.state != EvaluationState.DRAFT)
        .order_by(Evaluation.id.desc())
        .limit(RECENT)
    )
    offered = func.coalesce(EvaluationAnswer.hidden, EvaluationAnswer.proposed).label("offered")
    rows = session.execute(
        select(EvaluationAnswer.criterion, offered, EvaluationAnswer.answer, func.count().label("times"))
        .where(
            EvaluationAnswer.evaluation_id.in_(recent),
            EvaluationAnswer.answer.is_not(None),
            func.coalesce(EvaluationAnswer.reason, "") != NOT_ASKED,
        )
        .group_by(EvaluationAnswer.criterion, offered, EvaluationAnswer.answer)
    )
    judged: Counter[tuple[str, Answer, Answer]] = Counter()
    for row in rows:
        judged[row.criterion, Answer(row.offered), row.answer] += row.times
    return agreements(judged)


def _in_files(code: str) -> int:
    try:
        return load.scorecard(code).version
    except load.CardUnknown:
        return 0


def _stored(session: Session, code: str, version: int) -> Scorecard | None:
    content = session.scalar(
        select(PublishedScorecard.content).where(PublishedScorecard.code == code, PublishedScorecard.version == version)
    )
    return None if content is None else load.build(content, file=f"{code} {version}")
