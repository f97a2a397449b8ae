"""Untruths by the agent: false authority, pretexts, amounts, consequences, benefits, deadlines, simulated papers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from analyzers.agreement import sums
from analyzers.contract import Analyzer, Reading
from analyzers.evidence import episodes, finding, from_match, kind, said
from analyzers.money import AmountKind, AmountMention
from models.context import Context
from models.conversation import Channel, Speaker
from models.finding import Finding, Rule, Severity

AMOUNT = kind("slip.misleading_amount", Severity.HIGH, "Monto o cargo engañoso", "Misleading amount or fee")
WORDS = (
    kind("slip.impersonate_authority", Severity.CRITICAL, "Se hace pasar por autoridad", "Pretends to be an authority"),
    kind("slip.deceptive_pretext", Severity.HIGH, "Pretexto falso", "False pretext"),
    AMOUNT,
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

OVERSTATED = Rule("slip.misleading_amount.above_balance", "1")
# interest of some days and rounding are no untruth; six times the balance is another number
_MARGIN = Decimal("1.15")
_IMPLAUSIBLE = Decimal(6)

ANALYZER = Analyzer("deception", (*WORDS, PAPER))


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from said(reading, tuple(known for known in WORDS if known is not AMOUNT))
    yield from _amounts(reading)
    if reading.conversation.channel in WRITTEN:
        for match in episodes(reading.matches(PAPER.code)):
            yield from_match(PAPER, match)


def _amounts(reading: Reading) -> Iterator[Finding]:
    """Threats of growth by their words, and a debt told greater than the account holds."""
    found = [from_match(AMOUNT, match) for match in episodes(reading.matches(AMOUNT.code))]
    told = {item.turn for item in found}
    yield from found
    balance = reading.account.balance
    if not balance:
        return
    for turn in reading.turns:
        if turn.speaker is not Speaker.AGENT or turn.index in told or not reading.says(turn.index, "cue.debt"):
            continue
        owed = next((mention for mention in sums(reading, turn) if _overstates(mention, balance)), None)
        if owed is not None:
            value = {"said": float(owed.amount or 0), "balance": float(balance)}
            quote = turn.text[owed.start : owed.end]
            yield finding(AMOUNT, OVERSTATED, turn, quote, confidence=0.8, value=value)
            return


def _overstates(mention: AmountMention, balance: Decimal) -> bool:
    """Well above the balance, and not so far that it must be another number (a telephone, a contract)."""
    exact = mention.kind is AmountKind.EXACT and mention.marked and not mention.ambiguous
    return exact and mention.amount is not None and balance * _MARGIN < mention.amount < balance * _IMPLAUSIBLE
