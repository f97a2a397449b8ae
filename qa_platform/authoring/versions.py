"""Every version of a scorecard: when it came into use, by whom, how much was judged by it, and how results compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, PublishedScorecard
from models.interactions import Interaction
from models.people import Person
from models.scorecard import Scorecard
from qa_platform.access.rights import Viewer, in_reach
from qa_platform.evaluations import published_cards
from scorecards import load
from scorecards.compare import Filled, on_common_ground, points, shared
from scorecards.diff import Change, changes
from scorecards.estimate import NOTHING, Figure, raw_mean

BATCH = 500


@dataclass(frozen=True, slots=True)
class CardVersion:
    """`used_since` None: nothing was judged by it yet. `made_by` None: it came as a file. `changes`: since the last."""

    card: Scorecard
    used_since: datetime | None
    made_by: str | None
    evaluations: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The means of both versions' evaluations on the questions that ask the same in both, by the newer weights."""

    old: Scorecard
    new: Scorecard
    changes: tuple[Change, ...]
    shared: int
    before: Figure
    after: Figure


def history(session: Session, code: str) -> tuple[CardVersion, ...]:
    """Every version, the newest first."""
    rows = session.execute(
        select(
            PublishedScorecard.version,
            PublishedScorecard.published_at,
            PublishedScorecard.content,
            Person.name,
        )
        .outerjoin(Person, Person.id == PublishedScorecard.published_by)
        .where(PublishedScorecard.code == code)
    ).all()
    counted = session.execute(
        select(Evaluation.scorecard_version.label("version"), func.count().label("times"))
        .where(Evaluation.scorecard == code, Evaluation.state != EvaluationState.DRAFT)
        .group_by(Evaluation.scorecard_version)
    )
    times = {row.version: row.times for row in counted}
    stored = {row.version: row for row in rows}
    made = {row.version: load.build(row.content, file=f"{code} {row.version}") for row in rows}
    files = {version: card for (name, version), card in load.scorecards().items() if name == code}
    in_order = sorted((files | made).items())
    found = []
    for place, (version, card) in enumerate(in_order):
        row = stored.get(version)
        since = changes(in_order[place - 1][1], card) if place else ()
        used = row.published_at if row else None
        found.append(CardVersion(card, used, row.name if row else None, times.get(version, 0), since))
    return tuple(reversed(found))


def comparison(session: Session, viewer: Viewer, code: str, old: int, new: int) -> Comparison:
    """How two versions differ, in words and in what they led to among the conversations in this person's reach."""
    before, after = published_cards.published(session, code, old), published_cards.published(session, code, new)
    ground = on_common_ground(before, after)
    figures = [NOTHING, NOTHING]
    if ground is not None:
        figures = [
            raw_mean([one for one in points(ground, _filled(session, viewer, code, version)) if one is not None])
            for version in (old, new)
        ]
    return Comparison(before, after, changes(before, after), len(shared(before, after)), *figures)


def _filled(session: Session, viewer: Viewer, code: str, version: int) -> Iterable[Filled]:
    ids = session.scalars(
        select(Evaluation.id)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(
            Evaluation.scorecard == code,
            Evaluation.scorecard_version == version,
            Evaluation.state != EvaluationState.DRAFT,
            in_reach(viewer),
        )
        .order_by(Evaluation.id)
    ).all()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        filled = {one: Filled({}, {}) for one in batch}
        for row in session.scalars(
            select(EvaluationAnswer).where(
                EvaluationAnswer.evaluation_id.in_(batch), EvaluationAnswer.answer.is_not(None)
            )
        ):
            one = filled[row.evaluation_id]
            filled[row.evaluation_id] = Filled(
                {**one.answers, row.criterion: row.answer} if row.answer else one.answers,
                {**one.values, row.criterion: row.value} if row.value else one.values,
            )
        yield from filled.values()
