"""Card data in the conversation: a number, an expiry date or a security code, said or written by anybody.

Example: "cuatro uno uno uno…" or "¿los tres de atrás?" - "ochocientos doce". Critical: PCI DSS 3.3.1 forbids keeping
it. Words that were hidden on the way in (•) still tell that card data stood there. Last four digits are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.card_numbers import MASK, card_spans, digit_runs
from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.evidence import finding
from analyzers.language import ReadTurn
from models.context import Context
from models.conversation import Speaker
from models.finding import Finding, Rule, Severity

CARD_DATA = FindingKind(
    "slip.card_data_captured", Severity.CRITICAL, es="Datos de tarjeta en la conversación", en="Card data captured"
)
ANALYZER = Analyzer(name="card_data", kinds=(CARD_DATA,))
RULE = Rule("slip.card_data_captured.dictated", "2")
HIDDEN = re.compile(rf"{MASK}(?:[{MASK}\s,.\-]*{MASK})?")
# a number that misses its check digit (a machine misheard one) is still a card where a card was asked for
CARD_LENGTHS = (15, 16)
# half a number counts, as a card is often dictated in two breaths; a security code has 3 or 4 figures
LEAST_OF_A_NUMBER = 8
LENGTHS_OF_THE_REST = (3, 4)
# how many turns after a request an answer may come
ASKED_WITHIN = 3
# a month and a year to come, as cards carry them
_VALID_UNTIL = re.compile(r"(?<![\d/])(?:0[1-9]|1[0-2]) ?/ ?(?:20)?(?:2[4-9]|3\d)(?![\d/])")
_BACK = re.compile(r" (?:atras|reverso|detras|back|cvv2?|cvc|seguridad|security) ")
_CODE_NAMED = re.compile(r" (?:cvv2?|cvc2?) ")
_EXPIRY = re.compile(r" (?:vence|venc|vencimiento|caduca|caducidad|exp|expires|expiry|expiration|fecha|date) ")


def find(reading: Reading, _context: Context) -> Iterator[Finding]:
    spans = card_spans([turn.text for turn in reading.turns])
    asked_at = -ASKED_WITHIN - 1
    for turn in reading.turns:
        asked = turn.index - asked_at <= ASKED_WITHIN
        evidence = _evidence(turn, spans[turn.index], asked=asked) or (_answer(reading, turn) if asked else None)
        if evidence and turn.speaker is not Speaker.IVR:
            yield finding(CARD_DATA, RULE, turn, turn.text[slice(*evidence)], confidence=0.95)
        if evidence or reading.says(turn.index, "cue.asks_card"):
            asked_at = turn.index


def _evidence(turn: ReadTurn, spans: tuple[tuple[int, int], ...], *, asked: bool) -> tuple[int, int] | None:
    """Where a card's number stands; where a card was just asked for, also its code or date.

    Hiding goes further than accusing: a one-time code or an extension said near a card is hidden, and is no card's.
    """
    asked = asked or bool(_CODE_NAMED.search(turn.line))
    hidden = [match.span() for match in HIDDEN.finditer(turn.text)] if MASK in turn.text else []
    return min((span for span in (*spans, *hidden) if _is_card(turn.text[slice(*span)], asked=asked)), default=None)


def _is_card(said: str, *, asked: bool) -> bool:
    figures = sum(len(run.text) for run in digit_runs(said)) + said.count(MASK)
    return figures >= LEAST_OF_A_NUMBER or (asked and figures in LENGTHS_OF_THE_REST)


def _answer(reading: Reading, turn: ReadTurn) -> tuple[int, int] | None:
    """What answers a request for the card: a long number, or the few digits of an expiry date or code."""
    before = reading.turns[turn.index - 1].line if turn.index else ""
    runs = list(digit_runs(turn.text))
    for run in runs:
        if len(run.text) in CARD_LENGTHS:
            return run.start, run.end
    length = sum(len(run.text) for run in runs)
    back = length in (3, 4) and (_BACK.search(before) or _BACK.search(turn.line))
    expiry = 3 <= length <= 6 and (_EXPIRY.search(before) or _EXPIRY.search(turn.line))
    valid_until = _VALID_UNTIL.search(turn.text)
    code = next((run for run in runs if len(run.text) in (3, 4)), None) if _BACK.search(turn.line) else None
    if turn.speaker is Speaker.CUSTOMER and runs and (back or expiry or valid_until or code):
        return runs[0].start, runs[-1].end
    return None
