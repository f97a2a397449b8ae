"""Card data in the conversation: a number, or a security code that was asked for, dictated by anybody.

Example: "cuatro uno uno uno…" or "¿los tres de atrás?" - "ochocientos doce". Critical: PCI DSS 3.3.1 forbids keeping
it. Words that were hidden on the way in (•) still tell that card data stood there. Last four digits are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.card_numbers import MASK, card_spans
from analyzers.contract import Analyzer, FindingKind, Reading
from models.context import Context
from models.conversation import Speaker, Turn
from models.finding import Finding, Rule, Severity

CARD_DATA = FindingKind(
    "slip.card_data_captured",
    Severity.CRITICAL,
    es="Datos de tarjeta en la conversación",
    en="Card data in the conversation",
)
ANALYZER = Analyzer(name="card_data", kinds=(CARD_DATA,))
RULE = Rule("slip.card_data_captured.dictated", "1")
HIDDEN = re.compile(rf"{MASK}(?:[{MASK}\s,.\-]*{MASK})?")


def find(reading: Reading, _context: Context) -> Iterator[Finding]:
    turns = reading.conversation.turns
    for turn, spans in zip(turns, card_spans([turn.text for turn in turns]), strict=True):
        if turn.speaker is Speaker.IVR:
            continue
        hidden = [match.span() for match in HIDDEN.finditer(turn.text)]
        evidence = sorted([*spans, *hidden])
        if evidence:
            yield _finding(turn, *evidence[0])


def _finding(turn: Turn, start: int, end: int) -> Finding:
    return Finding(
        code=CARD_DATA.code,
        severity=CARD_DATA.severity,
        rule=RULE,
        turn=turn.index,
        speaker=turn.speaker,
        start=turn.start,
        end=turn.end,
        quote=turn.text[start:end],
        confidence=0.97,
    )
