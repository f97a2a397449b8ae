"""How often each rule was right when people looked, and the bar below which it only suggests.

Counted for a rule and its version: confirmed among confirmed and rejected findings, with Wilson's 95 % interval. Where
at least `FEWEST` were judged and even the upper end lies below the bar, the rule is below it beyond doubt: its findings
are shown as suggestions, and neither lower a proposed answer nor bring an interaction into a risk stratum, unless a
person confirms them. The graver the finding, the lower the bar: a missed threat costs more than one look too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.finding import Finding, Severity
from models.house_rules import RuleBar
from models.interactions import StoredFinding, Verdict
from qa_platform import audit
from qa_platform.access.rights import NotFound, Right, Viewer
from scorecards.agreement import wilson

FEWEST = 8
BARS: Mapping[Severity, float] = MappingProxyType(
    {
        Severity.CRITICAL: 0.60,
        Severity.HIGH: 0.70,
        Severity.MEDIUM: 0.75,
        Severity.LOW: 0.80,
        Severity.INFO: 0.80,
    }
)


class BarUnusable(QAError):
    status = 422
    says = "A bar is a percentage from 0 to 100."
    remedy = "Write it so, or leave it empty for the default."


@dataclass(frozen=True, slots=True)
class Precision:
    """Of `judged` findings that people looked at, `confirmed` were right."""

    confirmed: int
    judged: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.confirmed / self.judged


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of every rule, and the bars of every portfolio (None: the house's)."""

    precisions: Mapping[tuple[str, str], Precision]
    bars: Mapping[tuple[int | None, Severity], float]

    def bar(self, portfolio_id: int | None, severity: Severity) -> float:
        own = self.bars.get((portfolio_id, severity))
        return own if own is not None else self.bars.get((None, severity), BARS[severity])

    def doubted(self, portfolio_id: int | None, rule_id: str, version: str, severity: Severity) -> Precision | None:
        """Its precision, where the rule only suggests."""
        known = self.precisions.get((rule_id, version))
        if known is None or known.judged < FEWEST or known.high >= self.bar(portfolio_id, severity):
            return None
        return known

    def counted(self, portfolio_id: int | None, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Without those that are only suggested."""
        return tuple(
            one for one in findings if self.doubted(portfolio_id, one.rule.id, one.rule.version, one.severity) is None
        )

    def counts(self, portfolio_id: int | None, row: StoredFinding) -> bool:
        """Whether it counts: a person's word goes before the rule's record."""
        if row.verdict is not Verdict.OPEN:
            return row.verdict is Verdict.CONFIRMED
        return self.doubted(portfolio_id, row.rule_id, row.rule_version, row.severity) is None


def trust(session: Session) -> Trust:
    return Trust(precisions(session), _bars(session))


def precisions(session: Session) -> dict[tuple[str, str], Precision]:
    """By rule and version; those that nobody judged are not among them."""
    rows = session.execute(
        select(StoredFinding.rule_id, StoredFinding.rule_version, StoredFinding.verdict, func.count())
        .where(StoredFinding.verdict.in_((Verdict.CONFIRMED, Verdict.REJECTED)))
        .group_by(StoredFinding.rule_id, StoredFinding.rule_version, StoredFinding.verdict)
    )
    judged: dict[tuple[str, str], dict[Verdict, int]] = {}
    for rule_id, version, verdict, count in rows:
        judged.setdefault((rule_id, version), {})[verdict] = count
    return {rule: precision(found.get(Verdict.CONFIRMED, 0), sum(found.values())) for rule, found in judged.items()}


def precision(confirmed: int, judged: int) -> Precision:
    return Precision(confirmed, judged, *wilson(confirmed, judged))


def set_bar(
    session: Session, viewer: Viewer, severity: Severity, bar: float | None, *, portfolio_id: int | None, now: datetime
) -> None:
    """From now on; None takes the house's, or the product's own. Raises BarUnusable."""
    viewer.must(Right.MANAGE_RULES)
    mine = (
        viewer.every_portfolio if portfolio_id is None else viewer.every_portfolio or portfolio_id in viewer.portfolios
    )
    if not mine:
        raise NotFound
    if bar is not None and not 0.0 <= bar <= 1.0:
        raise BarUnusable
    session.add(RuleBar(portfolio_id=portfolio_id, severity=severity, bar=bar, made_by=viewer.id, made_at=now))
    session.flush()
    audit.record(
        session, "rule.bar_set", subject="portfolio", subject_id=portfolio_id, person_id=viewer.id,
        details={"severity": severity.value, "bar": bar}, at=now,
    )  # fmt: skip


def _bars(session: Session) -> dict[tuple[int | None, Severity], float]:
    newest = select(func.max(RuleBar.id)).group_by(RuleBar.portfolio_id, RuleBar.severity)
    rows = session.scalars(select(RuleBar).where(RuleBar.id.in_(newest)))
    return {(row.portfolio_id, row.severity): row.bar for row in rows if row.bar is not None}
