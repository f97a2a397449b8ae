"""The list of rules: what each looks for, in which version, how much it finds, and how often it was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analyzers.contract import kinds
from analyzers.overlay import overlaid
from analyzers.specimens import LANGUAGES
from models.finding import Outcome, Severity
from models.house_rules import RuleVersion
from models.interactions import Interaction, StoredFinding
from qa_platform.access.rights import Right, Viewer
from qa_platform.rules_desk import versions
from qa_platform.rules_desk.trust import Precision, Trust, trust
from qa_platform.rules_desk.written import shipped_contents

WINDOW = timedelta(days=30)


class RuleState(StrEnum):
    ACTIVE = "active"
    SUGGESTS = "suggests"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Listed:
    """One rule. `language` is empty for what is found by code or by likeness: it has no wordings to change."""

    id: str
    code: str
    language: str
    version: str
    draft: str | None  # a newer version than the one at work
    own: bool
    hits: int
    precision: Precision | None
    bar: float | None
    state: RuleState

    @property
    def changeable(self) -> bool:
        return bool(self.language)


@dataclass(frozen=True, slots=True)
class Rules:
    """A page of them, and how many there are of each state."""

    shown: tuple[Listed, ...]
    found: int
    states: Mapping[RuleState, int]


def listed(
    session: Session, viewer: Viewer, *, now: datetime, text: str = "", state: str = "", after: int = 0, most: int = 100
) -> Rules:
    """The doubted first, then what finds most. Hits of the last 30 days; precision of all time."""
    viewer.must(Right.SEE_RULES)
    every = sorted(
        _every(session, now=now),
        key=lambda one: (_order(one), -one.hits, one.code not in kinds(), one.id, one.language),
    )
    counts = {kind: sum(one.state is kind for one in every) for kind in RuleState}
    wanted = text.strip().lower()
    chosen = [one for one in every if (not state or one.state == state) and _named(one, wanted)]
    return Rules(tuple(chosen[after : after + most]), len(chosen), counts)


def _order(one: Listed) -> int:
    return {RuleState.SUGGESTS: 0, RuleState.DRAFT: 1, RuleState.ACTIVE: 2}[one.state]


def _named(one: Listed, wanted: str) -> bool:
    kind = kinds().get(one.code)
    return wanted in f"{one.id} {one.code} {kind.es if kind else ''} {kind.en if kind else ''}".lower()


def _every(session: Session, *, now: datetime) -> Iterator[Listed]:
    trusted, hits = trust(session), _hits(session, since=now - WINDOW)
    standing = versions.at_work(session)
    newest = _newest(session)
    at_work = versions.books(session)
    told: set[tuple[str, str]] = set()
    for language in LANGUAGES:
        known = {rule.id: rule for rule in (at_work.get(language) or overlaid(language, ())).rules}
        for rule in known.values():
            told.add((rule.id, rule.version))
            draft = _draft(newest.get((language, rule.id)), standing.get((language, rule.id)))
            yield _one(trusted, hits, rule.id, rule.version, rule.code, language, draft)
        for (spoken, rule_id), row in newest.items():
            if spoken == language and rule_id not in known:
                code = str(row.content.get("code") or rule_id.rsplit(".", 1)[0])
                yield _one(trusted, hits, rule_id, "", code, language, row.version)
    written = {rule_id for _, rule_id in newest}
    for rule_id, version, code in hits:
        if rule_id not in written and (rule_id, version) not in told and not _a_wording(rule_id):
            yield _one(trusted, hits, rule_id, version, code, "", None)


def _a_wording(rule_id: str) -> bool:
    return any(rule_id in shipped_contents(language) for language in LANGUAGES)


def _one(
    trusted: Trust,
    hits: Mapping[tuple[str, str, str], int],
    rule_id: str,
    version: str,
    code: str,
    language: str,
    draft: str | None,
) -> Listed:
    kind = kinds().get(code)
    severity = kind.severity if kind else Severity.INFO
    record = trusted.precisions.get((rule_id, version))
    state = RuleState.DRAFT if not version else RuleState.ACTIVE
    if trusted.doubted(None, rule_id, version, severity):
        state = RuleState.SUGGESTS
    return Listed(
        id=rule_id,
        code=code,
        language=language,
        version=version,
        draft=draft,
        own=versions.is_own(version),
        hits=hits.get((rule_id, version, code), 0),
        precision=record,
        bar=trusted.bar(None, severity) if kind else None,
        state=state,
    )


def _draft(newest: RuleVersion | None, standing: int | None) -> str | None:
    return newest.version if newest is not None and newest.id != standing and newest.id > (standing or 0) else None


def _newest(session: Session) -> dict[tuple[str, str], RuleVersion]:
    last = select(func.max(RuleVersion.id)).group_by(RuleVersion.language, RuleVersion.rule_id)
    return {
        (row.language, row.rule_id): row for row in session.scalars(select(RuleVersion).where(RuleVersion.id.in_(last)))
    }


def _hits(session: Session, *, since: datetime) -> dict[tuple[str, str, str], int]:
    named = (StoredFinding.rule_id, StoredFinding.rule_version, StoredFinding.code)
    rows = session.execute(
        select(*named, func.count())
        .join(Interaction, Interaction.id == StoredFinding.interaction_id)
        .where(Interaction.started_at >= since, StoredFinding.outcome == Outcome.DETECTED)
        .group_by(*named)
    )
    return {(rule_id, version, code): number for rule_id, version, code, number in rows}
