"""The scorecard builder: a draft on top of the newest version, checked as a file would be, published as the next one.

All of it is called within `transaction`. What is published is locked: a change is a new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from analyzers.contract import kinds
from analyzers.steps import JUDGES
from models.errors import QAError
from models.evaluations import Evaluation, EvaluationState, PublishedScorecard
from models.judgement import ScorecardDraft
from models.people import Person
from models.scorecard import Scorecard
from qa_platform import audit, published_cards
from qa_platform.reasons import label
from qa_platform.rights import NotFound, Right, Viewer
from qa_platform.text import phrase
from scorecards import load, strict
from scorecards.diff import Change, changes
from scorecards.weights import rescaled


class DraftStale(QAError):
    status = 409
    says = "Somebody else has changed this draft; your change has not been saved."
    remedy = "Compare both and save again."


class NothingNew(QAError):
    status = 422
    says = "The draft says the same as version {version}."
    remedy = "Change something, or discard the draft."


class BaseOvertaken(QAError):
    status = 409
    says = "Version {version} was published meanwhile."
    remedy = "Discard this draft and start from that version."


@dataclass(frozen=True, slots=True)
class Draft:
    """`card` is what it would be; None while something is wrong, which `problem` then names. `changes`: against the
    version it is based on, None for a new card."""

    code: str
    base_version: int
    version: int
    content: Mapping[str, Any]
    card: Scorecard | None
    problem: QAError | None
    changes: tuple[Change, ...]
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CardVersion:
    code: str
    version: int
    label: str
    published_at: datetime | None  # None: not used yet
    published_by: str | None
    evaluations: int


def versions(session: Session, viewer: Viewer) -> tuple[CardVersion, ...]:
    """Every version of every card, published or in a file; by code, the newest first."""
    viewer.must(Right.SEE_QUEUE)
    used = {
        (row.scorecard, row.scorecard_version): row.number
        for row in session.execute(
            select(Evaluation.scorecard, Evaluation.scorecard_version, func.count().label("number"))
            .where(Evaluation.state != EvaluationState.DRAFT)
            .group_by(Evaluation.scorecard, Evaluation.scorecard_version)
        )
    }
    rows = session.execute(
        select(PublishedScorecard, Person.name).outerjoin(Person, Person.id == PublishedScorecard.published_by)
    )
    found = {
        (row.code, row.version): CardVersion(
            row.code,
            row.version,
            published_cards.published(session, row.code, row.version).label.in_(viewer.language),
            row.published_at,
            name,
            used.get((row.code, row.version), 0),
        )
        for row, name in rows
    }
    for (code, version), card in load.scorecards().items():
        found.setdefault((code, version), CardVersion(code, version, card.label.in_(viewer.language), None, None, 0))
    return tuple(sorted(found.values(), key=lambda one: (one.code, -one.version)))


def open_draft(session: Session, viewer: Viewer, code: str, *, now: datetime) -> Draft:
    """The draft of a card, begun from its newest version if there is none. Raises CardUnknown."""
    viewer.must(Right.MANAGE_SCORECARDS)
    row = session.scalar(select(ScorecardDraft).where(ScorecardDraft.code == code))
    if row is None:
        base = published_cards.latest(session, code)
        content = load.content(replace(base, version=base.version + 1))
        row = _begun(session, viewer, code, base.version, content, now=now)
    return _draft(session, row)


def new_card(session: Session, viewer: Viewer, content: Mapping[str, Any], *, now: datetime) -> Draft:
    """A draft of a card that does not exist yet. Raises CodeRepeated where it does."""
    viewer.must(Right.MANAGE_SCORECARDS)
    code = strict.word(content.get("code"), "code")
    known = session.scalar(select(PublishedScorecard.id).where(PublishedScorecard.code == code).limit(1))
    drafted = session.scalar(select(ScorecardDraft.id).where(ScorecardDraft.code == code))
    if known or drafted or any(name == code for name, _ in load.scorecards()):
        raise strict.CodeRepeated(where="code", code=code)
    return _draft(session, _begun(session, viewer, code, 0, {**content, "version": 1}, now=now))


def save_draft(
    session: Session, viewer: Viewer, code: str, content: Mapping[str, Any], *, expected_version: int, now: datetime
) -> Draft:
    """Keeps the draft as written, right or wrong: `problem` says what publishing would refuse. Raises DraftStale."""
    row = _writable(session, viewer, code, expected_version, now=now)
    row.content = {**content, "code": code, "version": row.base_version + 1}
    session.flush()
    return _draft(session, row)


def from_yaml(text: str) -> Mapping[str, Any]:
    """What a file says, to be saved as a draft. Raises NotYaml, KeysWanted."""
    return strict.mapping(strict.parse(text, file="yaml"), "yaml", load.CARD_KEYS)


def rebalance(
    session: Session, viewer: Viewer, code: str, *, keep: tuple[str, ...] = (), expected_version: int, now: datetime
) -> Draft:
    """Brings the draft's weights to 100 in proportion; those of `keep` stay. Raises what is wrong with the draft."""
    row = _writable(session, viewer, code, expected_version, now=now)
    sections = [dict(section) for section in strict.entries(row.content.get("sections"), "sections")]
    counted = {
        str(one.get("code")): strict.number(one.get("weight", 0.0), f"{one.get('code')}.weight", most=1000.0)
        for section in sections
        for one in section.get("criteria", [])
        if one.get("kind") != "text" and one.get("counts", "weight") == "weight"
    }
    weights = rescaled(counted, keep=keep)
    for section in sections:
        section.pop("weight", None)
        section["criteria"] = [
            {**one, "weight": weights[one["code"]]} if one.get("code") in weights else one
            for one in section.get("criteria", [])
        ]
    row.content = {**row.content, "sections": sections}
    session.flush()
    return _draft(session, row)


def discard(session: Session, viewer: Viewer, code: str, *, now: datetime) -> None:
    viewer.must(Right.MANAGE_SCORECARDS)
    row = session.scalar(select(ScorecardDraft).where(ScorecardDraft.code == code))
    if row is None:
        raise NotFound
    session.delete(row)
    _record(session, "scorecard.discarded", viewer, code, row.base_version + 1, now=now)


def publish(session: Session, viewer: Viewer, code: str, *, expected_version: int, now: datetime) -> Scorecard:
    """The draft becomes the next version, locked from now on. Raises what is wrong with it, DraftStale, NothingNew,
    BaseOvertaken."""
    row = _writable(session, viewer, code, expected_version, now=now)
    card = _built(row)
    if row.base_version:
        standing = published_cards.latest(session, code)
        if standing.version != row.base_version:
            raise BaseOvertaken(version=standing.version)
        if not changes(standing, card):
            raise NothingNew(version=standing.version)
    session.add(published_cards.publication(card, now=now, person_id=viewer.id))
    session.delete(row)
    session.flush()
    _record(session, "scorecard.published", viewer, code, card.version, now=now)
    return card


def version_changes(session: Session, viewer: Viewer, code: str, old: int, new: int) -> tuple[Change, ...]:
    """What changed between two versions. Raises CardUnknown."""
    viewer.must(Right.SEE_QUEUE)
    return changes(published_cards.published(session, code, old), published_cards.published(session, code, new))


def words(change: Change, language: str) -> str:
    """One change as people read it; a finding's code becomes its name."""
    details = change.details(language)
    if "finding" in details:
        details["finding"] = label(str(details["finding"]), language)
    return phrase(change.says, details, language)


def _begun(
    session: Session, viewer: Viewer, code: str, base: int, content: Mapping[str, Any], *, now: datetime
) -> ScorecardDraft:
    row = ScorecardDraft(code=code, base_version=base, content=dict(content), changed_by=viewer.id, changed_at=now)
    session.add(row)
    session.flush()
    _record(session, "scorecard.drafted", viewer, code, base + 1, now=now)
    return row


def _writable(session: Session, viewer: Viewer, code: str, expected_version: int, *, now: datetime) -> ScorecardDraft:
    """The draft with its version raised, if it still stands at the version that the change was made from."""
    viewer.must(Right.MANAGE_SCORECARDS)
    row = session.scalar(select(ScorecardDraft).where(ScorecardDraft.code == code))
    if row is None:
        raise NotFound
    raised = session.scalar(
        update(ScorecardDraft)
        .where(ScorecardDraft.id == row.id, ScorecardDraft.version == expected_version)
        .values(version=expected_version + 1, changed_by=viewer.id, changed_at=now)
        .returning(ScorecardDraft.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    if raised is None:
        raise DraftStale
    return row


def _built(row: ScorecardDraft) -> Scorecard:
    return load.build(row.content, file=row.code, known=frozenset(kinds()), known_steps=frozenset(JUDGES))


def _draft(session: Session, row: ScorecardDraft) -> Draft:
    card: Scorecard | None = None
    problem: QAError | None = None
    told: tuple[Change, ...] = ()
    try:
        card = _built(row)
    except QAError as wrong:
        problem = wrong
    if card is not None and row.base_version:
        told = changes(published_cards.published(session, row.code, row.base_version), card)
    return Draft(
        code=row.code,
        base_version=row.base_version,
        version=row.version,
        content=row.content,
        card=card,
        problem=problem,
        changes=told,
        changed_by=session.get_one(Person, row.changed_by).name,
        changed_at=row.changed_at,
    )


def _record(session: Session, act: str, viewer: Viewer, code: str, version: int, *, now: datetime) -> None:
    details = {"code": code, "version": version}
    audit.record(session, act, subject="scorecard", person_id=viewer.id, details=details, at=now)
