"""Names that a portfolio's calls are full of and no speech model knows: creditors, products, places to pay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from models.errors import QAError
from models.people import Portfolio
from models.transcription import PortfolioSpeech
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from qa_platform.privacy import hidden_in

MOST, LONGEST = 60, 60  # Whisper reads about two hundred tokens of them; what comes after is not heard of
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class NotALanguage(QAError):
    status = 422
    says = "“{value}” is not the code of a language."
    remedy = "Write two letters such as es, en or pt, or leave it empty."


class TooManyNames(QAError):
    status = 422
    says = "{count} names are more than a speech model can expect at once."
    remedy = "Keep the {most} that are misheard most."


@dataclass(frozen=True, slots=True)
class SpeechOfPortfolio:
    id: int
    name: str
    creditor: str | None
    hotwords: tuple[str, ...]
    language: str | None


def of_portfolios(session: Session, viewer: Viewer) -> tuple[SpeechOfPortfolio, ...]:
    """Every portfolio within reach, with what its calls are told to expect."""
    mine = true() if viewer.every_portfolio else Portfolio.id.in_(sorted(viewer.portfolios))
    rows = session.execute(
        select(Portfolio, PortfolioSpeech.hotwords, PortfolioSpeech.language)
        .outerjoin(PortfolioSpeech, PortfolioSpeech.portfolio_id == Portfolio.id)
        .where(mine)
        .order_by(Portfolio.name)
    )
    return tuple(
        SpeechOfPortfolio(
            portfolio.id,
            portfolio.name,
            portfolio.creditor,
            tuple(str(word) for word in row.hotwords or ()),
            row.language,
        )
        for portfolio, row in ((one.Portfolio, one) for one in rows)
    )


def save(
    session: Session, viewer: Viewer, portfolio_id: int, *, hotwords: Sequence[str], language: str, now: datetime
) -> None:
    """For the calls that come from now on. Raises NotFound, NotALanguage, TooManyNames."""
    viewer.must(Right.MANAGE_SOURCES)
    if portfolio_id not in {one.id for one in of_portfolios(session, viewer)}:
        raise NotFound
    code = language.strip().lower()
    if code and not _LANGUAGE.fullmatch(code):
        raise NotALanguage(value=code[:20])
    words = cleaned(hotwords)
    if len(words) > MOST:
        raise TooManyNames(count=len(words), most=MOST)
    row = session.get(PortfolioSpeech, portfolio_id) or PortfolioSpeech(portfolio_id=portfolio_id)
    row.hotwords, row.language, row.changed_at, row.changed_by = words, code or None, now, viewer.id
    session.add(row)
    session.flush()
    details = {"names": len(words), "language": code or None}
    audit.record(
        session, "portfolio.speech_set", subject="portfolio", subject_id=portfolio_id, person_id=viewer.id,
        details=details, at=now,
    )  # fmt: skip


def cleaned(words: Sequence[str]) -> list[str]:
    """Each once, without what is no name; a card number pasted by mistake is hidden like anywhere else."""
    told = (" ".join(hidden_in(word).replace("\0", "").split())[:LONGEST] for word in words)
    return list(dict.fromkeys(word for word in told if word))


def as_hotwords(told: PortfolioSpeech | None, portfolio: Portfolio | None) -> str | None:
    """As the speech model is told them: the creditor first, since what is too much is cut at the end."""
    creditor = [portfolio.creditor] if portfolio and portfolio.creditor else []
    words = dict.fromkeys([*creditor, *(str(word) for word in (told.hotwords if told else []))])
    return ", ".join(words) or None
