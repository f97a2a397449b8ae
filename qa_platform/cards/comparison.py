"""Results under two versions of a scorecard, side by side: as they were, and on the questions that both share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState
from models.finding import Answer
from models.interactions import Interaction
from qa_platform import published_cards
from qa_platform.rights import Right, Viewer, in_reach
from scorecards.compare import Filled, on_common_ground, points, shared
from scorecards.estimate import Figure, raw_mean


@dataclass(frozen=True, slots=True)
class VersionResult:
    """`as_scored` on the version's own terms; `comparable` on the shared questions with the newer weights."""

    version: int
    as_scored: Figure
    comparable: Figure


@dataclass(frozen=True, slots=True)
class SharedQuestion:
    """The share met of those it applied to, under each version."""

    code: str
    label: str
    old: Figure
    new: Figure


@dataclass(frozen=True, slots=True)
class Comparison:
    """`dropped` and `added` are the questions that only one version asks, by code."""

    code: str
    old: VersionResult
    new: VersionResult
    questions: tuple[SharedQuestion, ...]
    dropped: tuple[str, ...]
    added: tuple[str, ...]


def compare(session: Session, viewer: Viewer, code: str, old: int, new: int) -> Comparison:
    """Raw results of what the viewer may see; which interactions were drawn differs, so it is no re-weighted figure."""
    viewer.must(Right.SEE_QUEUE)
    before, after = (published_cards.published(session, code, version) for version in (old, new))
    ground = on_common_ground(before, after)
    common = shared(before, after)
    scored = {version: _filled(session, viewer, code, version) for version in (old, new)}
    results = []
    for version in (old, new):
        filled = [one for _, one in scored[version]]
        comparable = () if ground is None else points(ground, filled)
        results.append(
            VersionResult(
                version,
                raw_mean([given for given, _ in scored[version] if given is not None]),
                raw_mean([one for one in comparable if one is not None]),
            )
        )
    labels = {one.code: one.label.in_(viewer.language) for one in after.criteria}
    return Comparison(
        code=code,
        old=results[0],
        new=results[1],
        questions=tuple(
            SharedQuestion(one, labels[one], _met(scored[old], one), _met(scored[new], one)) for one in common
        ),
        dropped=tuple(one.code for one in before.criteria if one.code not in common),
        added=tuple(one.code for one in after.criteria if one.code not in common),
    )


def _filled(session: Session, viewer: Viewer, code: str, version: int) -> list[tuple[float | None, Filled]]:
    rows = session.execute(
        select(
            Evaluation.id,
            Evaluation.points,
            EvaluationAnswer.criterion,
            EvaluationAnswer.answer,
            EvaluationAnswer.value,
        )
        .join(EvaluationAnswer, EvaluationAnswer.evaluation_id == Evaluation.id)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(
            Evaluation.scorecard == code,
            Evaluation.scorecard_version == version,
            Evaluation.state != EvaluationState.DRAFT,
            in_reach(viewer),
        )
        .order_by(Evaluation.id)
    )
    given: dict[int, float | None] = {}
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    values: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        given[row.id] = row.points
        if row.answer is not None:
            answers[row.id][row.criterion] = row.answer
        if row.value:
            values[row.id][row.criterion] = row.value
    return [(score, Filled(answers[key], values[key])) for key, score in given.items()]


def _met(scored: Sequence[tuple[float | None, Filled]], criterion: str) -> Figure:
    decided = [one.answers.get(criterion) for _, one in scored]
    return raw_mean(
        [float(answer is Answer.MET) for answer in decided if answer in (Answer.MET, Answer.NOT_MET)], bounds=(0.0, 1.0)
    )
