"""The next version of a scorecard: a draft shared by all who may write it, saved as it is typed, published once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.judgement import ScorecardDraft
from models.people import Person
from models.scorecard import Scorecard
from qa_platform import audit
from qa_platform.access.rights import Right, Viewer
from qa_platform.authoring.edits import empty
from qa_platform.authoring.examine import built
from qa_platform.evaluations import published_cards
from scorecards import load, strict
from scorecards.diff import changes

CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")


class NoDraft(QAError):
    status = 404
    says = "Nobody is writing a new version of this scorecard."
    remedy = "Start one from the version in use."


class DraftChanged(QAError):
    status = 409
    says = "{name} changed this draft meanwhile."
    remedy = "Below is theirs with yours on top, not saved yet. Keep it, or load theirs."


class BaseMoved(QAError):
    status = 409
    says = "Version {version} came into use after this draft was begun."
    remedy = "Keep the draft as a file, discard it, and begin again from that version."


class NothingChanged(QAError):
    status = 422
    says = "The draft says the same as version {version}."
    remedy = "Change something first, or discard it."


class OtherCard(QAError):
    status = 422
    says = "That file is the scorecard '{code}', not this one."
    remedy = "Open the page of that scorecard, or correct its code."


class CodeUnfit(QAError):
    status = 422
    says = "'{code}' cannot be the code of a scorecard."
    remedy = "Use 2 to 40 small letters, digits and hyphens, a letter first."


class CodeTaken(QAError):
    status = 409
    says = "There is already a scorecard '{code}'."
    remedy = "Choose another code, or open that scorecard."


@dataclass(frozen=True, slots=True)
class Draft:
    """`content` is what a file would hold; it may still be unfinished. `version` grows with each save."""

    code: str
    base: int  # the published version it was begun from; 0 for a scorecard that is new
    content: Mapping[str, Any]
    version: int
    changed_by: str
    changed_at: datetime


def draft(session: Session, code: str) -> Draft | None:
    row = session.execute(
        select(ScorecardDraft, Person.name)
        .join(Person, Person.id == ScorecardDraft.changed_by)
        .where(ScorecardDraft.code == code)
    ).one_or_none()
    return None if row is None else _as_draft(row[0], row[1])


def begin(session: Session, viewer: Viewer, code: str, *, now: datetime) -> Draft:
    """A draft that starts as the newest version; the one being written already, where there is one."""
    viewer.must(Right.MANAGE_SCORECARDS)
    standing = draft(session, code)
    if standing is not None:
        return standing
    card = published_cards.latest(session, code)
    row = ScorecardDraft(
        code=code,
        base_version=card.version,
        content={**load.content(card), "version": card.version + 1},
        version=1,
        changed_by=viewer.id,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    _note(session, viewer, "scorecard.draft_begun", row, now=now)
    return _as_draft(row, viewer.name)


def create(
    session: Session, viewer: Viewer, code: str, label: Mapping[str, str], *, copy_of: str = "", now: datetime
) -> Draft:
    """The draft of a new scorecard: empty, or with all that another one says. Raises CodeUnfit, CodeTaken."""
    viewer.must(Right.MANAGE_SCORECARDS)
    code = code.strip()
    if not CODE.fullmatch(code):
        raise CodeUnfit(code=code[:60])
    if code in published_cards.codes(session) or draft(session, code) is not None:
        raise CodeTaken(code=code)
    content = load.content(published_cards.latest(session, copy_of)) if copy_of else empty()
    row = ScorecardDraft(
        code=code,
        base_version=0,
        content={**content, "code": code, "version": 1, "label": dict(label)},
        version=1,
        changed_by=viewer.id,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    _note(session, viewer, "scorecard.draft_begun", row, now=now)
    return _as_draft(row, viewer.name)


def new_ones(session: Session) -> tuple[Draft, ...]:
    """Scorecards that are being written and were never published."""
    rows = session.execute(
        select(ScorecardDraft, Person.name)
        .join(Person, Person.id == ScorecardDraft.changed_by)
        .where(ScorecardDraft.base_version == 0)
        .order_by(ScorecardDraft.code)
    )
    return tuple(_as_draft(row, name) for row, name in rows)


def save(
    session: Session, viewer: Viewer, code: str, content: Mapping[str, Any], *, expected: int, now: datetime
) -> Draft:
    """Keeps the draft as it is, finished or not. Raises DraftChanged where somebody else saved after `expected`."""
    viewer.must(Right.MANAGE_SCORECARDS)
    row = _held(session, code, expected)
    row.content = {**content, "code": code, "version": row.base_version + 1}
    row.version += 1
    row.changed_by, row.changed_at = viewer.id, now
    session.flush()
    return _as_draft(row, viewer.name)


def as_file(written: Draft) -> str:
    """The draft as the file that would hold it, finished or not."""
    return yaml.safe_dump(dict(written.content), allow_unicode=True, sort_keys=False, width=120)


def take_file(session: Session, viewer: Viewer, code: str, text: str, *, expected: int, now: datetime) -> Draft:
    """The draft becomes what a file says; the file must be whole and sound. Its version number is worked out."""
    raw = strict.parse(text, file=f"{code}.yaml")
    card = built(raw, file=f"{code}.yaml")
    if card.code != code:
        raise OtherCard(code=card.code)
    return save(session, viewer, code, load.content(card), expected=expected, now=now)


def publish(session: Session, viewer: Viewer, code: str, *, expected: int, now: datetime) -> Scorecard:
    """The draft becomes the version in use and can never be changed again. Raises whatever is still wrong with it."""
    viewer.must(Right.MANAGE_SCORECARDS)
    row = _held(session, code, expected)
    card = built(row.content, file=code)
    if row.base_version:
        _check_follows(session, row, card, now=now)
    elif code in published_cards.codes(session):
        raise CodeTaken(code=code)
    session.add(published_cards.publication(card, now=now, person_id=viewer.id))
    _note(session, viewer, "scorecard.published", row, now=now)
    session.delete(row)
    session.flush()
    return card


def discard(session: Session, viewer: Viewer, code: str, *, expected: int, now: datetime) -> None:
    viewer.must(Right.MANAGE_SCORECARDS)
    row = _held(session, code, expected)
    _note(session, viewer, "scorecard.draft_discarded", row, now=now)
    session.delete(row)
    session.flush()


def _check_follows(session: Session, row: ScorecardDraft, card: Scorecard, *, now: datetime) -> None:
    before = published_cards.newest(session, code=row.code, now=now)
    if before.version != row.base_version:
        raise BaseMoved(version=before.version)
    if not changes(before, card):
        raise NothingChanged(version=before.version)


def _held(session: Session, code: str, expected: int) -> ScorecardDraft:
    row = session.scalars(select(ScorecardDraft).where(ScorecardDraft.code == code).with_for_update()).one_or_none()
    if row is None:
        raise NoDraft
    if row.version != expected:
        raise DraftChanged(name=session.get_one(Person, row.changed_by).name)
    return row


def _as_draft(row: ScorecardDraft, name: str) -> Draft:
    return Draft(row.code, row.base_version, row.content, row.version, name, row.changed_at)


def _note(session: Session, viewer: Viewer, act: str, row: ScorecardDraft, *, now: datetime) -> None:
    details = {"scorecard": row.code, "version": row.base_version + 1}
    audit.record(session, act, subject="scorecard", subject_id=row.id, person_id=viewer.id, details=details, at=now)
