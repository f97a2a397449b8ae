"""One stored conversation judged by the rules, thresholds and card of its house, and the judgement kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from analyzers.analyze import analyze
from analyzers.phrasebook import Phrasebook
from models.context import Context
from models.conversation import Conversation
from models.finding import Analysis
from models.interactions import Interaction
from models.people import Portfolio
from qa_platform.archive import analysis_records, conversations
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.proposal import propose
from qa_platform.rules_desk.trust import Trust, trust
from qa_platform.settings import Settings
from qa_platform.understanding import threshold_versions
from qa_platform.understanding.thresholds import Thresholds, context_for


@dataclass(frozen=True, slots=True)
class Case:
    """What an analysis is made from."""

    conversation: Conversation
    context: Context
    thresholds: Thresholds


def case(session: Session, settings: Settings, row: Interaction) -> Case:
    thresholds = threshold_versions.current(session, row.portfolio_id)
    portfolio = session.get(Portfolio, row.portfolio_id) if row.portfolio_id else None
    return Case(conversations.load(session, row), context_for(settings, portfolio, thresholds), thresholds)


def judge(found: Case, books: Mapping[str, Phrasebook]) -> Analysis:
    return analyze(found.conversation, found.context, books=books)


def keep(session: Session, row: Interaction, found: Case, analysis: Analysis, *, trusted: Trust | None = None) -> None:
    """Replaces what was found before. What a rule only suggests is kept, but lowers nothing and is not its worst."""
    known = trusted or trust(session)
    analysis_records.save(session, row, found.conversation, analysis)
    counted = replace(analysis, findings=known.counted(row.portfolio_id, analysis.findings))
    row.worst = analysis_records.worst(counted)
    row.thresholds = found.thresholds.as_used(found.context)
    card = published_cards.latest(session, published_cards.code_for(session, row.portfolio_id))
    proposed = propose(card, found.conversation, counted).score
    row.proposed_points, row.proposed_range = proposed.points, [proposed.low, proposed.high]
