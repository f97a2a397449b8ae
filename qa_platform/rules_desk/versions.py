"""A house's rule versions: appended and dated, put to work and taken back; which one judges is always known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analyzers.overlay import overlaid
from analyzers.phrasebook import Phrasebook, PhraseRule
from analyzers.specimens import LANGUAGES
from models.errors import QAError
from models.house_rules import RuleActivation, RuleVersion
from models.people import Person
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.rules_desk.written import Written, rebuilt, shipped_contents

MOST_BOOKS = 8  # kept in memory
HOUSE = "h"  # house versions are h1, h2, ...: they never meet a shipped number


class RuleUnknown(QAError):
    status = 404
    says = "There is no rule “{rule}”."
    remedy = "Look for it in the list of rules."


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts: a person with rights, or None at the house's own terminal."""

    id: int | None = None

    def must(self, right: Right) -> None:
        """Whoever can type commands on the machine already holds the database."""


Actor = Viewer | Author


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one rule; `at_work` since when it judges, None where it does not."""

    id: int | None  # None: as shipped
    version: str
    content: Mapping[str, Any]
    written: str
    made_by: str | None
    made_at: datetime | None
    at_work: bool


def keep(session: Session, actor: Actor, written: Iterable[Written], *, now: datetime) -> tuple[RuleVersion, ...]:
    """Appends each rule as its next version; one that says what its newest version says is that version again."""
    actor.must(Right.MANAGE_RULES)
    return tuple(_kept(session, actor, one, now=now) for one in written)


def activate(session: Session, actor: Actor, versions: Sequence[RuleVersion], *, now: datetime) -> int:
    """From now on these judge what comes in. How many were not at work before."""
    actor.must(Right.MANAGE_RULES)
    standing = at_work(session)
    changed = [one for one in versions if standing.get((one.language, one.rule_id)) != one.id]
    for one in changed:
        _set(session, actor, one.language, one.rule_id, one.id, one.version, now=now)
    return len(changed)


def wear_back(
    session: Session, actor: Actor, language: str, rule_id: str, version_id: int | None, *, now: datetime
) -> None:
    """An earlier version, or the shipped one (None), judges again. Raises NotFound for what is not this rule's."""
    actor.must(Right.MANAGE_RULES)
    if version_id is None:
        if rule_id not in shipped_contents(language) and (language, rule_id) not in at_work(session):
            raise NotFound
        _set(session, actor, language, rule_id, None, "shipped", now=now)
        return
    row = session.get(RuleVersion, version_id)
    if row is None or (row.language, row.rule_id) != (language, rule_id):
        raise NotFound
    activate(session, actor, [row], now=now)


def at_work(session: Session) -> dict[tuple[str, str], int | None]:
    """For each rule that a house ever changed, the version that judges; None: as shipped."""
    newest = select(func.max(RuleActivation.id)).group_by(RuleActivation.language, RuleActivation.rule_id)
    rows = session.scalars(select(RuleActivation).where(RuleActivation.id.in_(newest)))
    return {(row.language, row.rule_id): row.version_id for row in rows}


def numbers_at_work(session: Session) -> list[int]:
    """The house's own versions that judge now."""
    return sorted(number for number in at_work(session).values() if number is not None)


def books(session: Session, numbers: Iterable[int] | None = None) -> dict[str, Phrasebook]:
    """The phrasebooks that judge: the shipped rules with the house's own; `numbers`: with these versions instead."""
    chosen = tuple(sorted(numbers_at_work(session) if numbers is None else numbers))
    if not chosen:
        return {}
    known = _built.get(chosen)
    if known is None:
        rows = session.scalars(select(RuleVersion).where(RuleVersion.id.in_(chosen))).all()
        known = {
            language: overlaid(language, [rule_of(row) for row in rows if row.language == language])
            for language in sorted({row.language for row in rows})
        }
        if len(_built) >= MOST_BOOKS:
            _built.clear()
        _built[chosen] = known
    return known


def rule_of(row: RuleVersion) -> PhraseRule:
    return rebuilt(row.rule_id, row.version, row.language, row.content)


def history(session: Session, language: str, rule_id: str) -> tuple[Version, ...]:
    """Every version of a rule, the newest first, the shipped one last. Raises RuleUnknown."""
    standing = at_work(session).get((language, rule_id))
    rows = session.execute(
        select(RuleVersion, Person.name)
        .outerjoin(Person, Person.id == RuleVersion.made_by)
        .where(RuleVersion.language == language, RuleVersion.rule_id == rule_id)
        .order_by(RuleVersion.id.desc())
    ).all()
    own = [
        Version(row.id, row.version, row.content, row.written, name, row.made_at, at_work=row.id == standing)
        for row, name in rows
    ]
    shipped = shipped_contents(language).get(rule_id) if language in LANGUAGES else None
    if not own and shipped is None:
        raise RuleUnknown(rule=rule_id[:120])
    if shipped is None:
        return tuple(own)
    return (*own, Version(None, shipped_version(language, rule_id), shipped, "", None, None, at_work=standing is None))


def is_own(version: str) -> bool:
    """Whether a house wrote this version."""
    return version.startswith(HOUSE) and version[len(HOUSE) :].isdigit()


@lru_cache(maxsize=4096)
def shipped_version(language: str, rule_id: str) -> str:
    return next((rule.version for rule in overlaid(language, ()).rules if rule.id == rule_id), "")


def _kept(session: Session, actor: Actor, one: Written, *, now: datetime) -> RuleVersion:
    rule = one.rule
    mine = RuleVersion.language == rule.language, RuleVersion.rule_id == rule.id
    newest = session.scalars(select(RuleVersion).where(*mine).order_by(RuleVersion.id.desc()).limit(1)).first()
    if newest is not None and newest.content == dict(one.content):
        return newest
    standing = at_work(session).get((rule.language, rule.id))
    base = session.get_one(RuleVersion, standing).version if standing else shipped_version(rule.language, rule.id)
    count = session.scalar(select(func.count()).select_from(RuleVersion).where(*mine)) or 0
    row = RuleVersion(
        language=rule.language, rule_id=rule.id, version=f"{HOUSE}{count + 1}", base=base or None,
        content=dict(one.content), written=one.text, made_by=actor.id, made_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _recorded(session, actor, "rule.written", row.id, {"rule": rule.id, "version": row.version}, now=now)
    return row


def _set(
    session: Session, actor: Actor, language: str, rule_id: str, version_id: int | None, version: str, *, now: datetime
) -> None:
    session.add(RuleActivation(language=language, rule_id=rule_id, version_id=version_id, person_id=actor.id, at=now))
    session.flush()
    details = {"language": language, "rule": rule_id, "version": version}
    _recorded(session, actor, "rule.activated", version_id, details, now=now)


def _recorded(
    session: Session, actor: Actor, act: str, number: int | None, details: Mapping[str, Any], *, now: datetime
) -> None:
    audit.record(session, act, subject="rule", subject_id=number, person_id=actor.id, details=details, at=now)


_built: dict[tuple[int, ...], dict[str, Phrasebook]] = {}  # versions never change, so neither do their books
