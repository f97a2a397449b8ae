"""Which portfolios are judged by which scorecard: each by one, by the usual one where nothing else was chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.judgement import PortfolioScorecard
from models.people import Portfolio
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.evaluations.published_cards import USUAL, codes


@dataclass(frozen=True, slots=True)
class Judged:
    """A portfolio and the code of the scorecard that its new evaluations use."""

    id: int
    name: str
    code: str


def judged(session: Session, viewer: Viewer) -> tuple[Judged, ...]:
    """The portfolios within reach, each with its scorecard."""
    chosen = {row.portfolio_id: row.code for row in session.scalars(select(PortfolioScorecard))}
    rows = session.execute(select(Portfolio.id, Portfolio.name).order_by(Portfolio.name))
    return tuple(Judged(row.id, row.name, chosen.get(row.id, USUAL)) for row in rows if _reaches(viewer, row.id))


def choose(session: Session, viewer: Viewer, code: str, portfolios: Collection[int], *, now: datetime) -> None:
    """These portfolios, of those within reach, use this scorecard from now on; those that leave it use the usual one.
    What was begun under another one is finished under it. Raises NotFound."""
    viewer.must(Right.MANAGE_SCORECARDS)
    within = {one.id: one.code for one in judged(session, viewer)}
    if code == USUAL or code not in codes(session) or not set(portfolios) <= within.keys():
        raise NotFound
    for portfolio, before in within.items():
        if portfolio in portfolios and before != code:
            session.merge(PortfolioScorecard(portfolio_id=portfolio, code=code, chosen_by=viewer.id, chosen_at=now))
        elif portfolio not in portfolios and before == code:
            session.delete(session.get_one(PortfolioScorecard, portfolio))
    session.flush()
    details = {"scorecard": code, "portfolios": sorted(portfolios)}
    audit.record(
        session, "scorecard.portfolios_chosen", subject="scorecard", person_id=viewer.id, details=details, at=now
    )


def _reaches(viewer: Viewer, portfolio_id: int) -> bool:
    return viewer.every_portfolio or portfolio_id in viewer.portfolios
