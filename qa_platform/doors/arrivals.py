"""Writes down what came in: one interaction for the same bytes, with its agent, account and portfolio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.conversation import Channel, Conversation, Direction
from models.interactions import Debt, Interaction, Source, Stage, StoredObject
from models.people import Agent, Team
from qa_platform.doors import other_half
from qa_platform.doors.metadata import Metadata
from qa_platform.doors.sources import portfolio_of
from qa_platform.formats.contract import Hints, Notice, Reading
from qa_platform.settings import Settings
from qa_platform.storage import Kept


@dataclass(frozen=True, slots=True)
class Arrival:
    """Everything known of one interaction at the door."""

    recording: Kept | None
    transcript: Kept | None
    reading: Reading | None
    told: Metadata
    hints: Hints
    source: Source | None
    notices: tuple[Notice, ...]
    names: tuple[str, ...] = ()  # of the files, as they were offered


def write_down(session: Session, arrival: Arrival, *, settings: Settings) -> tuple[Interaction, bool]:
    """The interaction of these bytes, and whether anything about it is new."""
    known = _known(session, arrival) or _other_half(session, arrival)
    if known is None:
        row = _new(session, arrival, settings=settings)
        session.add(row)
        session.flush()
        return row, True
    completed = _complete(session, known, arrival)
    session.flush()
    return known, completed


def tell_late(session: Session, name: str, told: Metadata, source: Source) -> bool:
    """What comes to be told of a recording that is here already fills in what nobody had told of it."""
    row = other_half.of_recording(session, name, source_id=source.id, now=datetime.now(UTC))
    if row is None:
        return False
    agent = _agent(session, told, None)
    row.external_id = row.external_id or told.external_id
    row.agent_id = row.agent_id or (agent.id if agent else None)
    row.disposition = row.disposition or told.disposition
    if told.started_at and not row.started_at_known:
        row.started_at, row.started_at_known = told.started_at, True
    return True


def not_kept(session: Session, kept: Iterable[Kept]) -> list[str]:
    """Folders that no row points at: second copies of bytes that came before."""
    folders = [item.folder for item in kept]
    used = set(session.scalars(select(StoredObject.folder).where(StoredObject.folder.in_(folders))))
    return [folder for folder in folders if folder not in used]


def as_json(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    return [{"id": notice.says, "params": dict(notice.details)} for notice in notices]


def _known(session: Session, arrival: Arrival) -> Interaction | None:
    """A recording says which interaction it is; a transcript does where there is none."""
    if arrival.recording and (found := _by_object(session, Interaction.recording_id, arrival.recording)):
        return found
    if not arrival.transcript:
        return None
    same_words = _by_object(session, Interaction.transcript_id, arrival.transcript)
    return same_words if same_words and (not arrival.recording or same_words.recording_id is None) else None


def _other_half(session: Session, arrival: Arrival) -> Interaction | None:
    """A call that this source delivered a while ago without what comes now."""
    if arrival.source is None or (arrival.recording is None) == (arrival.transcript is None):
        return None
    words = arrival.reading.conversation if arrival.reading else None
    told = arrival.told.over(_from_words(words, arrival.reading.id if arrival.reading else None))
    if not (told.channel or Channel.VOICE).spoken:
        return None
    halves = (Interaction.recording_id, Interaction.transcript_id)
    column, there = halves if arrival.recording else halves[::-1]
    return other_half.found(
        session,
        other_half.lacking(column, there) & (Interaction.channel == Channel.VOICE),
        source_id=arrival.source.id,
        names=arrival.names,
        external_id=told.external_id,
        started_at=told.started_at,
        now=datetime.now(UTC),
    )


def _by_object(session: Session, column: Any, kept: Kept) -> Interaction | None:
    statement = select(Interaction).join(StoredObject, StoredObject.id == column)
    return session.scalar(statement.where(StoredObject.sha256 == kept.sha256).order_by(Interaction.id).limit(1))


def _complete(session: Session, row: Interaction, arrival: Arrival) -> bool:
    """A call whose transcript comes later, or the other way round, becomes whole and is worked on again."""
    transcript = arrival.transcript if row.transcript_id is None else None
    recording = arrival.recording if row.recording_id is None else None
    if transcript:
        row.transcript_id = _object(session, transcript).id
        row.transcript_format = arrival.reading.format if arrival.reading else None
    if recording:
        row.recording_id = _object(session, recording).id
        row.content_key = recording.sha256
    if not transcript and not recording:
        return False
    row.external_id = row.external_id or arrival.told.external_id or (arrival.reading.id if arrival.reading else None)
    row.stage, row.progress, row.failure = Stage.RECEIVED, 0.0, None
    row.run += 1
    return True


def _object(session: Session, kept: Kept) -> StoredObject:
    """The row of these bytes, which may have come before."""
    found = session.scalar(select(StoredObject).where(StoredObject.sha256 == kept.sha256))
    if found is None:
        found = StoredObject(sha256=kept.sha256, size=kept.size, folder=kept.folder, created_at=datetime.now(UTC))
        session.add(found)
        session.flush()
    return found


def _new(session: Session, arrival: Arrival, *, settings: Settings) -> Interaction:
    told, source, read = arrival.told, arrival.source, arrival.reading
    words = read.conversation if read else None
    whole = told.over(_from_words(words, read.id if read else None))
    now = datetime.now(UTC)
    portfolio_id = (
        portfolio_of(session, told.portfolio).id if told.portfolio else source.portfolio_id if source else None
    )
    agent = _agent(session, told, read)
    debt = _debt(session, whole, portfolio_id, now)
    nowhere = Notice("The account could not be kept, because no portfolio was told.")
    notices = [*arrival.notices, *([nowhere] if told.account_ref and debt is None else [])]
    side = told.agent_channel if told.agent_channel is not None else arrival.hints.agent_channel
    key = arrival.recording or arrival.transcript
    assert key is not None  # noqa: S101 (what is examined holds one or the other)
    return Interaction(
        content_key=key.sha256,
        external_id=whole.external_id,
        portfolio_id=portfolio_id,
        agent_id=agent.id if agent else None,
        source_id=source.id if source else None,
        debt_id=debt.id if debt else None,
        channel=whole.channel or Channel.VOICE,
        direction=whole.direction or Direction.OUTBOUND,
        language=whole.language or arrival.hints.language or settings.language,
        language_told=bool(whole.language or arrival.hints.language),
        country=whole.country or arrival.hints.country or settings.default_country,
        started_at=whole.started_at or now,
        started_at_known=whole.started_at is not None,
        time_zone=arrival.hints.zone_name,
        disposition=whole.disposition,
        balance=whole.balance,
        currency=whole.currency,
        minimum_payment=whole.minimum_payment,
        days_past_due=whole.days_past_due,
        legal_status=whole.legal_status,
        segment=whole.segment,
        recording_id=_object(session, arrival.recording).id if arrival.recording else None,
        transcript_id=_object(session, arrival.transcript).id if arrival.transcript else None,
        transcript_format=read.format if read and arrival.transcript else None,
        agent_channel=side if side is not None else read.agent_channel if read else None,
        warnings=as_json(notices),
        received_at=now,
    )


def _from_words(words: Conversation | None, own_id: str | None) -> Metadata:
    """What the transcript itself tells."""
    if words is None:
        return Metadata(external_id=own_id)
    return Metadata(
        external_id=own_id,
        channel=words.channel,
        country=words.country,
        language=words.language,
        started_at=words.started_at,
        direction=words.direction,
        balance=words.account.balance,
        currency=words.account.currency,
        minimum_payment=words.account.minimum_payment,
        days_past_due=words.account.days_past_due,
        legal_status=words.account.legal_status,
    )


def _agent(session: Session, told: Metadata, read: Reading | None) -> Agent | None:
    """By the dialer's code, else by name; somebody new is added, so that no interaction waits for a list."""
    named = told.agent_name or (read.agent if read else None)
    code = told.agent or named
    if not code:
        return None
    team = _team(session, told.team)
    found = session.scalar(select(Agent).where(Agent.code == code))
    if found is None and named:
        same_name = session.scalars(select(Agent).where(Agent.name == named).limit(2)).all()
        # Two people of one name are not told apart by it.
        found = same_name[0] if len(same_name) == 1 else None
    if found is None:
        found = Agent(code=code[:120], name=(named or code)[:200], team_id=team.id if team else None)
        session.add(found)
        session.flush()
    return found


def _team(session: Session, name: str | None) -> Team | None:
    if not name:
        return None
    found = session.scalar(select(Team).where(Team.name == name))
    if found is None:
        found = Team(name=name)
        session.add(found)
        session.flush()
    return found


def _debt(session: Session, told: Metadata, portfolio_id: int | None, now: datetime) -> Debt | None:
    """The account as last told: what is told now replaces what was, what is not told stays."""
    if not told.account_ref or portfolio_id is None:
        return None
    same = select(Debt).where(Debt.portfolio_id == portfolio_id, Debt.ref == told.account_ref)
    debt = session.scalar(same) or Debt(portfolio_id=portfolio_id, ref=told.account_ref, updated_at=now)
    figures: Mapping[str, object] = {
        "balance": told.balance,
        "currency": told.currency,
        "minimum_payment": told.minimum_payment,
        "days_past_due": told.days_past_due,
        "legal_status": told.legal_status,
        "segment": told.segment,
    }
    for column, value in figures.items():
        if value is not None:
            setattr(debt, column, value)
    debt.updated_at = now
    session.add(debt)
    session.flush()
    return debt
