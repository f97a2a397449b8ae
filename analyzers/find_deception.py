"""Untruths by the agent: false authority, pretexts, amounts, consequences, benefits, deadlines, simulated papers."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, Reading
from analyzers.evidence import episodes, from_match, kind, said
from models.context import Context
from models.conversation import Channel
from models.finding import Finding, Severity

WORDS = (
    kind("slip.impersonate_authority", Severity.CRITICAL, "Se hace pasar por autoridad", "Pretends to be an authority"),
    kind("slip.deceptive_pretext", Severity.HIGH, "Pretexto falso", "False pretext"),
    kind("slip.misleading_amount", Severity.HIGH, "Monto o cargo engañoso", "Misleading amount or fee"),
    kind("slip.false_credit_report", Severity.HIGH, "Consecuencia falsa en buró", "False credit-report consequence"),
    kind("slip.false_benefit", Severity.HIGH, "Beneficio que no puede dar", "Unauthorised promise"),
    kind("slip.false_urgency", Severity.MEDIUM, "Plazo inventado", "Invented deadline"),
    kind(
        "slip.ask_default_reason",
        Severity.HIGH,
        "Pregunta el motivo del atraso (Colombia)",
        "Asks the reason for default (Colombia)",
    ),
)
PAPER = kind("slip.false_document", Severity.CRITICAL, "Documento con apariencia judicial", "Simulated legal document")
WRITTEN = frozenset({Channel.EMAIL, Channel.WHATSAPP, Channel.WEBCHAT, Channel.SMS})

ANALYZER = Analyzer("deception", (*WORDS, PAPER))


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from said(reading, WORDS)
    if reading.conversation.channel in WRITTEN:
        for match in episodes(reading.matches(PAPER.code)):
            yield from_match(PAPER, match)
