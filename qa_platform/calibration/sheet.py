"""One's own blind sheet as the calibration room shows it, and who else takes part in a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.calibration import CalibrationAnswer, CalibrationKind, CalibrationSession, CalibrationSheet
from models.conversation import Channel
from models.finding import Answer
from models.interactions import Interaction
from models.people import Agent, Person, Portfolio, Role
from models.scorecard import Criterion, Scorecard, Section
from qa_platform.access.rights import RIGHTS, NotFound, Right, Viewer, in_reach
from qa_platform.calibration import room
from qa_platform.evaluations import published_cards
from qa_platform.privacy import typed
from scorecards.asked import applies, not_asked


@dataclass(frozen=True, slots=True)
class Subject:
    """The conversation that is scored: enough to know it again, nothing of how anybody judged it."""

    interaction_id: int
    external_id: str | None
    channel: Channel
    started_at: datetime
    agent: str | None
    portfolio: str | None
    duration: float | None
    turns: int
    language: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who scores in a session; whether they are done is all that is told before it closes."""

    person_id: int
    name: str
    submitted_at: datetime | None
    expert: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A session from outside: `sheet_id` is the viewer's own sheet, `mine_submitted` whether it is in."""

    id: int
    kind: CalibrationKind
    subject: Subject
    card: Scorecard
    opened_by: str | None
    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None
    takers: tuple[Taker, ...]
    sheet_id: int | None
    mine_submitted: bool

    @property
    def submitted(self) -> int:
        return sum(one.submitted_at is not None for one in self.takers)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a sheet. `asked` False: an earlier answer, the channel or the direction rules it out."""

    number: int
    criterion: Criterion
    answer: Answer | None
    value: str
    comment: str
    asked: bool


@dataclass(frozen=True, slots=True)
class SheetSection:
    section: Section
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    id: int
    version: int
    channel: Channel
    sections: tuple[SheetSection, ...]

    @property
    def questions(self) -> tuple[Asked, ...]:
        return tuple(one for section in self.sections for one in section.questions)

    @property
    def total(self) -> int:
        return sum(one.asked and not one.criterion.optional for one in self.questions)

    @property
    def answered(self) -> int:
        return sum(one.asked and not one.criterion.optional and one.answer is not None for one in self.questions)


@dataclass(frozen=True, slots=True)
class Change:
    """What a sheet should hold for one question."""

    criterion: str
    answer: Answer | None
    value: str = ""
    comment: str = ""


def room_view(session: Session, viewer: Viewer, session_id: int) -> Room:
    """A session for those who take part, those who may take its free second scoring, and those who read all of them.

    Raises NotFound.
    """
    found = session.scalar(
        select(CalibrationSession)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(CalibrationSession.id == session_id, in_reach(viewer))
    )
    if found is None:
        raise NotFound
    takers = _takers(session, found)
    mine = next((one for one in takers if one.person_id == viewer.id), None)
    free = found.kind is CalibrationKind.DOUBLE and viewer.may(Right.CALIBRATE)
    if mine is None and not free and not viewer.may(Right.READ_JUDGEMENT):
        raise NotFound
    own = session.scalar(
        select(CalibrationSheet.id).where(
            CalibrationSheet.session_id == session_id, CalibrationSheet.person_id == viewer.id
        )
    )
    opener = session.get(Person, found.opened_by) if found.opened_by is not None else None
    return Room(
        id=found.id,
        kind=found.kind,
        subject=subjects(session, viewer, [found.interaction_id])[found.interaction_id],
        card=published_cards.published(session, found.scorecard, found.scorecard_version),
        opened_by=opener.name if opener else None,
        opened_at=found.opened_at,
        closes_at=found.closes_at,
        closed_at=found.closed_at,
        takers=takers,
        sheet_id=own,
        mine_submitted=mine is not None and mine.submitted_at is not None,
    )


def sheet_view(session: Session, viewer: Viewer, sheet_id: int) -> Sheet:
    """The viewer's own sheet; to anybody else it is not here. Raises NotFound."""
    sheet = session.get(CalibrationSheet, sheet_id, populate_existing=True)
    if sheet is None or sheet.person_id != viewer.id:
        raise NotFound
    held = session.get_one(CalibrationSession, sheet.session_id)
    interaction = session.scalar(select(Interaction).where(Interaction.id == held.interaction_id, in_reach(viewer)))
    if interaction is None:
        raise NotFound
    card = published_cards.published(session, held.scorecard, held.scorecard_version)
    given = _given(session, sheet_id)
    left_out = not_asked(
        card,
        {code: row.answer for code, row in given.items()},
        values={code: row.value for code, row in given.items() if row.value},
    ) | {
        one.code for one in card.criteria if applies(one, channel=interaction.channel, direction=interaction.direction)
    }
    numbers = {one.code: number for number, one in enumerate(card.criteria, start=1)}
    return Sheet(
        id=sheet.id,
        version=sheet.version,
        channel=interaction.channel,
        sections=tuple(
            SheetSection(
                section,
                tuple(
                    _asked(numbers[one.code], one, given.get(one.code), asked=one.code not in left_out)
                    for one in section.criteria
                ),
            )
            for section in card.sections
        ),
    )


def fill(session: Session, viewer: Viewer, sheet_id: int, changes: Iterable[Change], *, expected_version: int) -> int:
    """Brings the viewer's sheet to these answers, all or none; returns its version. What is the same changes nothing.

    Raises what `room.answer` raises.
    """
    sheet_view(session, viewer, sheet_id)
    given = _given(session, sheet_id)
    version = expected_version
    for change in changes:
        row = given.get(change.criterion)
        if _same(row, change):
            continue
        version = room.answer(
            session,
            viewer,
            sheet_id,
            change.criterion,
            change.answer,
            expected_version=version,
            value=change.value,
            comment=change.comment,
        )
    return version


def waiting(session: Session, viewer: Viewer) -> int:
    """How many sheets of one's own are still to be filled in."""
    if not viewer.may(Right.CALIBRATE):
        return 0
    asked = (
        select(func.count())
        .select_from(CalibrationSheet)
        .join(CalibrationSession, CalibrationSession.id == CalibrationSheet.session_id)
        .join(Interaction, Interaction.id == CalibrationSession.interaction_id)
        .where(
            CalibrationSheet.person_id == viewer.id,
            CalibrationSheet.submitted_at.is_(None),
            CalibrationSession.closed_at.is_(None),
            in_reach(viewer),
        )
    )
    return session.scalar(asked) or 0


def subjects(session: Session, viewer: Viewer, interactions: Iterable[int]) -> Mapping[int, Subject]:
    """By interaction, for those within reach."""
    rows = session.execute(
        select(Interaction, Agent.name.label("agent"), Portfolio.name.label("portfolio"))
        .outerjoin(Agent, Agent.id == Interaction.agent_id)
        .outerjoin(Portfolio, Portfolio.id == Interaction.portfolio_id)
        .where(Interaction.id.in_(sorted(set(interactions))), in_reach(viewer))
    )
    return {
        row.Interaction.id: Subject(
            interaction_id=row.Interaction.id,
            external_id=row.Interaction.external_id,
            channel=row.Interaction.channel,
            started_at=row.Interaction.started_at,
            agent=row.agent,
            portfolio=row.portfolio,
            duration=row.Interaction.duration,
            turns=row.Interaction.turn_count,
            language=row.Interaction.language,
            recorded=row.Interaction.channel.spoken and row.Interaction.recording_id is not None,
        )
        for row in rows
    }


def raters(session: Session) -> tuple[tuple[int, str, Role], ...]:
    """Everybody who may be invited to calibrate, by name."""
    roles = [role for role, rights in RIGHTS.items() if Right.CALIBRATE in rights]
    rows = session.execute(
        select(Person.id, Person.name, Person.role).where(Person.active, Person.role.in_(roles)).order_by(Person.name)
    )
    return tuple((row.id, row.name, row.role) for row in rows)


def _asked(number: int, criterion: Criterion, row: CalibrationAnswer | None, *, asked: bool) -> Asked:
    return Asked(
        number=number,
        criterion=criterion,
        answer=row.answer if row else None,
        value=(row.value or "") if row else "",
        comment=(row.comment or "") if row else "",
        asked=asked,
    )


def _same(row: CalibrationAnswer | None, change: Change) -> bool:
    if row is None:
        return change.answer is None and not change.value.strip()
    told = (row.value or "", row.comment or "") == (typed(change.value, 4000), typed(change.comment, 4000))
    return told and change.answer in (row.answer, None if change.value.strip() else row.answer)


def _given(session: Session, sheet_id: int) -> dict[str, CalibrationAnswer]:
    rows = session.scalars(select(CalibrationAnswer).where(CalibrationAnswer.sheet_id == sheet_id))
    return {row.criterion: row for row in rows}


def _takers(session: Session, held: CalibrationSession) -> tuple[Taker, ...]:
    rows = session.execute(
        select(CalibrationSheet.person_id, CalibrationSheet.submitted_at, Person.name)
        .join(Person, Person.id == CalibrationSheet.person_id)
        .where(CalibrationSheet.session_id == held.id)
        .order_by(Person.name)
    )
    return tuple(Taker(row.person_id, row.name, row.submitted_at, row.person_id == held.expert_id) for row in rows)
