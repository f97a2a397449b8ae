"""Threats by the agent: harm, jail, a lawsuit that does not exist, exposure, the employer, endless calls."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, Reading
from analyzers.evidence import episodes, from_match, kind, said
from models.context import Context
from models.conversation import LegalStatus
from models.finding import Finding, Outcome, Severity

LEGAL = kind(
    "slip.false_legal_process", Severity.CRITICAL, "Proceso judicial que no existe", "Legal process that does not exist"
)
WORDS = (
    kind("slip.threat_violence", Severity.CRITICAL, "Amenaza de daño físico", "Threat of physical harm"),
    kind("slip.threat_jail", Severity.CRITICAL, "Amenaza de cárcel", "Threat of jail"),
    kind("slip.expose_publicly", Severity.CRITICAL, "Amenaza de exhibir la deuda", "Threat to expose the debt"),
    kind("slip.employer_threat", Severity.CRITICAL, "Amenaza de ir al trabajo", "Threat to contact the employer"),
    kind("slip.threat_harass", Severity.HIGH, "Amenaza de llamar sin parar", "Threat to keep calling"),
)

ANALYZER = Analyzer("threats", (*WORDS, LEGAL))


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from said(reading, WORDS)
    yield from _legal_process(reading)


def _legal_process(reading: Reading) -> Iterator[Finding]:
    """A lawsuit is a fact where the account is in court; where nobody knows, the words alone prove nothing."""
    status = reading.account.legal_status
    if status in (LegalStatus.FILED, LegalStatus.JUDGMENT):
        return
    outcome = Outcome.DETECTED if status is not None else Outcome.INSUFFICIENT_EVIDENCE
    for match in episodes(reading.matches(LEGAL.code)):
        # a feigned criminal complaint is a threat of jail, not also this
        if not any(
            other.sentence == match.sentence for other in reading.matches_in(match.turn.index, "slip.threat_jail")
        ):
            yield from_match(LEGAL, match, outcome=outcome)
