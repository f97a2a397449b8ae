"""What each role may do, and which interactions a person may know of. Nothing is allowed that is not listed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, false, true

from models.errors import QAError
from models.evaluations import Evaluation, EvaluationState
from models.interactions import Interaction
from models.people import Role


class NotAllowed(QAError):
    status = 403
    says = "Your role may not do this."
    remedy = "Ask an administrator if you need it for your work."


class NotFound(QAError):
    """Also the answer for what exists outside a person's reach: its existence is not told."""

    status = 404
    says = "It is not here, or it is outside your portfolios."
    remedy = "Go back to the list and open it from there."


class Right(StrEnum):
    SEE_INTERACTIONS = "see_interactions"
    SEE_QUEUE = "see_queue"
    REVIEW = "review"  # claim from the queue, answer, confirm findings, submit
    INGEST = "ingest"
    MANAGE_SOURCES = "manage_sources"
    MANAGE_PEOPLE = "manage_people"
    OWN_SETTINGS = "own_settings"
    RELEASE = "release"  # anybody's evaluations to their agents
    RELEASE_OWN = "release_own"  # those one gave oneself
    APPEAL = "appeal"  # one's own evaluations
    RESOLVE_APPEALS = "resolve_appeals"
    READ_JUDGEMENT = "read_judgement"  # appeals, calibrations and evaluators, whoever they concern
    CALIBRATE = "calibrate"  # score blind with others
    LEAD_CALIBRATION = "lead_calibration"  # open and close sessions, read what they say of evaluators
    MANAGE_SCORECARDS = "manage_scorecards"
    MANAGE_PLANS = "manage_plans"
    EXPORT = "export"
    SEE_RULES = "see_rules"  # what each rule looks for, how often it was right, and trials of changed ones
    MANAGE_RULES = "manage_rules"  # write, try and activate a house's own rules, set bars, tag history again
    MANAGE_ORIGINALS = "manage_originals"  # who keeps originals and who opens them; opening is a right of its own


_EVERYBODY = frozenset({Right.SEE_INTERACTIONS, Right.OWN_SETTINGS})
_REVIEWER = _EVERYBODY | {Right.SEE_QUEUE, Right.REVIEW, Right.CALIBRATE, Right.RELEASE_OWN}
_LEAD = {Right.RELEASE, Right.RESOLVE_APPEALS, Right.LEAD_CALIBRATION, Right.READ_JUDGEMENT, Right.EXPORT} | {
    Right.SEE_RULES
}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AGENT: _EVERYBODY | {Right.APPEAL},  # and only their own interactions: see `in_reach`
    Role.ANALYST: _REVIEWER | {Right.INGEST},
    Role.COACH: _REVIEWER,
    Role.SUPERVISOR: _REVIEWER
    | _LEAD
    | {Right.INGEST, Right.MANAGE_SOURCES, Right.MANAGE_SCORECARDS, Right.MANAGE_PLANS},
    Role.COMPLIANCE: _REVIEWER | _LEAD | {Right.MANAGE_ORIGINALS, Right.MANAGE_RULES},
    Role.ADMIN: _REVIEWER
    | _LEAD
    | {Right.INGEST, Right.MANAGE_SOURCES, Right.MANAGE_PEOPLE, Right.MANAGE_SCORECARDS, Right.MANAGE_PLANS}
    | {Right.MANAGE_ORIGINALS, Right.MANAGE_RULES},
    Role.AUDITOR: _EVERYBODY
    | {
        Right.SEE_QUEUE,
        Right.READ_JUDGEMENT,
        Right.EXPORT,
        Right.SEE_RULES,
    },  # reads everything, changes nothing but their own settings
    Role.INTEGRATION: frozenset(),  # machines come through the HTTP interface, never through the screen
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a request."""

    id: int
    name: str
    email: str
    role: Role
    language: str
    theme: str
    shortcuts: bool
    every_portfolio: bool
    portfolios: frozenset[int]
    agent_id: int | None
    first_password: bool = False  # somebody else chose it: nothing else is open until it is changed

    def may(self, right: Right | str) -> bool:
        return Right(right) in RIGHTS[self.role]

    def must(self, right: Right) -> None:
        if not self.may(right):
            raise NotAllowed


def in_reach(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Interaction` that keeps a viewer to their own portfolios (an agent: to their own work)."""
    if viewer.role is Role.AGENT:
        return Interaction.agent_id == viewer.agent_id if viewer.agent_id is not None else false()
    if viewer.every_portfolio:
        return true()
    return Interaction.portfolio_id.in_(sorted(viewer.portfolios))


def evaluation_shown(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Evaluation` that keeps drafts to their writers, and agents to what was released to them."""
    if viewer.role is Role.AGENT:
        return Evaluation.released_at.is_not(None)
    return Evaluation.state != EvaluationState.DRAFT
