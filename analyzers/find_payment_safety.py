"""Danger to the customer's money and secrets: borrowing, private accounts, passwords asked for.

Card data itself is found by find_card_data.py, whoever says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, Reading
from analyzers.evidence import kind, said
from models.context import Context
from models.finding import Finding, Severity

WORDS = (
    kind("slip.pressure_borrow", Severity.HIGH, "Presiona a endeudarse o vender", "Pressure to borrow or sell"),
    kind(
        "slip.personal_account_payment",
        Severity.CRITICAL,
        "Pide el pago a una cuenta personal",
        "Payment to a private account",
    ),
    kind("slip.ask_credentials", Severity.CRITICAL, "Pide claves o códigos", "Asks for passwords or codes"),
)

ANALYZER = Analyzer("payment_safety", WORDS)


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from said(reading, WORDS)
