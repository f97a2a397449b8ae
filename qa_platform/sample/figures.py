"""Team, agent and question figures from what was heard: raw, and re-weighted so that hunting for problems sinks nobody.

Each drawn interaction stands for 1 / its chance. Where part of a draw has not been heard (yet), the heard ones of the
same severity stand in for it. Interactions judged without a draw have no chance to speak of: they enter the raw figure
only, and are counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, ItemState, QueueDraw, QueueItem
from models.finding import Answer, Severity
from models.interactions import Interaction
from models.people import Agent, Team
from qa_platform.access.rights import Viewer, in_reach
from qa_platform.evaluations import published_cards
from scorecards.estimate import Figure, Heard, mean, raw_mean, share

BATCH = 500


class By(StrEnum):
    ALL = "all"
    TEAM = "team"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of figures. `raw` is what was heard, `corrected` what it says of all conversations; `few` figures
    must be said to rest on few. `undrawn` of the raw ones came without a draw."""

    key: str
    name: str
    raw: Figure
    corrected: Figure
    undrawn: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of what was drawn in the period has been heard."""

    population: int
    drawn: int
    heard: int


@dataclass(frozen=True, slots=True)
class _Judged:
    evaluation: int
    interaction: int
    agent: int | None
    points: float
    weight: float | None  # None: judged without a draw


def standing(session: Session, viewer: Viewer, *, since: date, until: date) -> Standing:
    frames = session.scalars(select(QueueDraw.population).where(QueueDraw.day >= since, QueueDraw.day <= until))
    items = _items(session, viewer, since=since, until=until)
    return Standing(sum(frames), len(items), sum(done for _, _, done in items.values()))


def points(session: Session, viewer: Viewer, *, since: date, until: date, by: By = By.ALL) -> tuple[Row, ...]:
    """Mean points of the conversations of the period's draws (`since`..`until`, both days in), by agent or team."""
    judged = _judged(session, viewer, since=since, until=until)
    names, whole = _names(session, by), _all_heard(session, viewer, since=since, until=until)
    return tuple(
        Row(
            key=key,
            name=names.get(key, ""),
            raw=raw_mean([one.points for one in own]),
            corrected=mean([Heard(one.points, one.weight) for one in own if one.weight is not None], whole=whole),
            undrawn=sum(one.weight is None for one in own),
        )
        for key, own in sorted(_grouped(judged, _key(session, by)).items())
    )


def questions(
    session: Session, viewer: Viewer, *, since: date, until: date, agent_id: int | None = None, language: str = "es"
) -> tuple[Row, ...]:
    """Of each question, the share met among the conversations it applied to."""
    judged = {one.evaluation: one for one in _judged(session, viewer, since=since, until=until)}
    if agent_id is not None:
        judged = {key: one for key, one in judged.items() if one.agent == agent_id}
    given: dict[str, list[tuple[_Judged, bool]]] = defaultdict(list)
    for batch in _batches(sorted(judged)):
        for row in session.execute(
            select(EvaluationAnswer.evaluation_id, EvaluationAnswer.criterion, EvaluationAnswer.answer).where(
                EvaluationAnswer.evaluation_id.in_(batch), EvaluationAnswer.answer.in_([Answer.MET, Answer.NOT_MET])
            )
        ):
            given[row.criterion].append((judged[row.evaluation_id], row.answer is Answer.MET))
    labels = published_cards.question_labels(session, language)
    whole = _all_heard(session, viewer, since=since, until=until)
    return tuple(
        Row(
            key=code,
            name=labels.get(code, code),
            raw=raw_mean([float(met) for _, met in answers], bounds=(0.0, 1.0)),
            corrected=share(
                [Heard(float(met), one.weight) for one, met in answers if one.weight is not None], whole=whole
            ),
            undrawn=sum(one.weight is None for one, _ in answers),
        )
        for code, answers in sorted(given.items(), key=lambda pair: _place(pair[0], labels))
    )


def _all_heard(session: Session, viewer: Viewer, *, since: date, until: date) -> bool:
    """Only then is a group whose members all came up for certain known whole."""
    told = standing(session, viewer, since=since, until=until)
    return told.heard >= told.population


def _judged(session: Session, viewer: Viewer, *, since: date, until: date) -> list[_Judged]:
    items = _items(session, viewer, since=since, until=until)
    stands_for = _weights(items.values())
    drawn = select(QueueItem.id).where(QueueItem.interaction_id == Evaluation.interaction_id).exists()
    of_period = (
        select(QueueItem.interaction_id)
        .join(QueueDraw, QueueDraw.id == QueueItem.draw_id)
        .where(QueueDraw.day >= since, QueueDraw.day <= until)
    )
    starts, ends = (datetime.combine(day, time(), UTC) for day in (since, until + timedelta(days=1)))
    submitted = and_(~drawn, Evaluation.submitted_at >= starts, Evaluation.submitted_at < ends)
    rows = session.execute(
        select(Evaluation.id, Evaluation.interaction_id, Evaluation.points, Interaction.agent_id)
        .join(Interaction, Interaction.id == Evaluation.interaction_id)
        .where(
            Evaluation.state != EvaluationState.DRAFT,
            Evaluation.points.is_not(None),
            or_(Evaluation.interaction_id.in_(of_period), submitted),
            in_reach(viewer),
        )
        .order_by(Evaluation.id)
    )
    return [
        _Judged(
            row.id,
            row.interaction_id,
            row.agent_id,
            row.points,
            stands_for[items[row.interaction_id][:2]] if row.interaction_id in items else None,
        )
        for row in rows
    ]


_Item = tuple[Severity, float, bool]  # severity, chance, heard


def _items(session: Session, viewer: Viewer, *, since: date, until: date) -> dict[int, _Item]:
    rows = session.execute(
        select(QueueItem.interaction_id, QueueItem.severity, QueueItem.probability, QueueItem.state)
        .join(QueueDraw, QueueDraw.id == QueueItem.draw_id)
        .join(Interaction, Interaction.id == QueueItem.interaction_id)
        .where(QueueDraw.day >= since, QueueDraw.day <= until, in_reach(viewer))
    )
    return {row.interaction_id: (row.severity, row.probability, row.state is ItemState.DONE) for row in rows}


def _weights(items: Iterable[_Item]) -> Mapping[tuple[Severity, float], float]:
    """How many conversations a heard one stands for: 1 / chance, times what of its severity has not been heard."""
    drawn: dict[Severity, float] = defaultdict(float)
    heard: dict[Severity, float] = defaultdict(float)
    chances = set()
    for severity, chance, done in items:
        drawn[severity] += 1 / chance
        heard[severity] += done / chance
        chances.add((severity, chance))
    return {
        (severity, chance): (drawn[severity] / heard[severity] if heard[severity] else 1.0) / chance
        for severity, chance in chances
    }


def _key(session: Session, by: By) -> Callable[[_Judged], str]:
    if by is By.ALL:
        return lambda _: ""
    if by is By.AGENT:
        return lambda one: "" if one.agent is None else str(one.agent)
    teams = {row.id: row.team_id for row in session.execute(select(Agent.id, Agent.team_id))}
    return lambda one: "" if one.agent is None or teams.get(one.agent) is None else str(teams[one.agent])


def _names(session: Session, by: By) -> dict[str, str]:
    if by is By.ALL:
        return {}
    table = Agent if by is By.AGENT else Team
    return {str(row.id): row.name for row in session.execute(select(table.id, table.name))}


def _grouped(judged: Iterable[_Judged], key: Callable[[_Judged], str]) -> dict[str, list[_Judged]]:
    groups: dict[str, list[_Judged]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    return groups


def _place(code: str, labels: Mapping[str, str]) -> tuple[int, str]:
    return (list(labels).index(code) if code in labels else len(labels), code)


def _batches(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
