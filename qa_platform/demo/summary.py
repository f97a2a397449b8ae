"""What the demo says when the work is done: what came in, what was found, what is most urgent and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analyzers.contract import kinds
from models.conversation import Channel
from models.evaluations import QueueItem
from models.finding import Outcome, Severity
from models.interactions import Interaction, Stage, StoredFinding, StoredPromise
from models.outcomes import CrmPromise, Payment
from models.people import Agent, Portfolio
from qa_platform.sample.reasons import Reason
from qa_platform.text import phrase, plural

MOST_FOUND, MOST_URGENT = 14, 5


@dataclass(frozen=True, slots=True)
class Found:
    label: str
    severity: Severity
    times: int


@dataclass(frozen=True, slots=True)
class Urgent:
    """`reasons` in words; `where` says who, how and when."""

    reasons: str
    where: str


@dataclass(frozen=True, slots=True)
class Summary:
    came_in: tuple[str, ...]
    found: tuple[Found, ...]
    urgent: tuple[Urgent, ...]
    notes: tuple[str, ...]


def summary(session: Session, *, language: str, now: datetime) -> Summary:
    """In the person's language; `now` tells how old things are."""
    return Summary(
        came_in=tuple(_came_in(session, language)),
        found=tuple(_found(session, language)),
        urgent=tuple(_urgent(session, language, now)),
        notes=tuple(_notes(session, language)),
    )


def _came_in(session: Session, language: str) -> list[str]:
    voice = _count(session, Interaction.channel == Channel.VOICE)
    written = _count(session, Interaction.channel != Channel.VOICE)
    hours = (
        session.scalar(select(func.sum(Interaction.duration)).where(Interaction.channel == Channel.VOICE)) or 0
    ) / 60
    agents = session.scalar(select(func.count(Agent.id))) or 0
    return [
        plural("{count} call", "{count} calls", voice, language),
        phrase("{minutes} minutes of sound", {"minutes": f"{hours:.0f}"}, language),
        plural("{count} written conversation", "{count} written conversations", written, language),
        plural("{count} agent", "{count} agents", agents, language),
        plural("{count} promise registered", "{count} promises registered", _rows(session, CrmPromise.id), language),
        plural("{count} payment", "{count} payments", _rows(session, Payment.id), language),
    ]


def _found(session: Session, language: str) -> list[Found]:
    known = kinds()
    rows = session.execute(
        select(StoredFinding.code, func.count(StoredFinding.id))
        .where(StoredFinding.outcome == Outcome.DETECTED)
        .group_by(StoredFinding.code)
    )
    found = [
        Found(known[code].en if language == "en" else known[code].es, known[code].severity, times)
        for code, times in rows
        if code in known
    ]
    return sorted(found, key=lambda one: (one.severity.rank, -one.times, one.label))[:MOST_FOUND]


def _urgent(session: Session, language: str, now: datetime) -> list[Urgent]:
    rows = session.execute(
        select(QueueItem.reasons, Interaction, Agent.name, Portfolio.name)
        .join(Interaction, Interaction.id == QueueItem.interaction_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .order_by(QueueItem.position)
        .limit(MOST_URGENT)
    )
    return [
        Urgent(
            reasons=", ".join(Reason.from_json(reason).words(language) for reason in reasons),
            where=" · ".join(
                [
                    agent or "–",
                    f"{portfolio or '–'} {interaction.country or ''}".strip(),
                    _length(interaction, language),
                    plural(
                        "{count} day ago", "{count} days ago", max(0, (now - interaction.started_at).days), language
                    ),
                ]
            ),
        )
        for reasons, interaction, agent, portfolio in rows
    ]


def _length(interaction: Interaction, language: str) -> str:
    if interaction.channel is Channel.VOICE:
        minutes, seconds = divmod(int(interaction.duration or 0), 60)
        return f"{minutes}:{seconds:02d}"
    return plural("{count} message", "{count} messages", interaction.turn_count, language)


def _notes(session: Session, language: str) -> list[str]:
    notes = []
    failed = _count(session, Interaction.stage == Stage.FAILED)
    if failed:
        notes.append(
            plural(
                "{count} interaction could not be worked through.",
                "{count} interactions could not be worked through.",
                failed,
                language,
            )
        )
    notes.append(plural("{count} promise heard", "{count} promises heard", _rows(session, StoredPromise.id), language))
    if _count(session, Interaction.fixture_words):
        notes.append(
            phrase(
                "The calls are synthetic speech, written down by a demonstration micro-model that knows only their "
                "phrases: it shows the path, not the quality, of transcription.",
                {},
                language,
            )
        )
    return notes


def _count(session: Session, condition: object) -> int:
    return session.scalar(select(func.count(Interaction.id)).where(condition)) or 0  # type: ignore[arg-type]


def _rows(session: Session, column: object) -> int:
    return session.scalar(select(func.count(column))) or 0  # type: ignore[arg-type]
