"""Promises to pay as findings, and the doubtful ones: the agent closes on a promise that is none.

Example: "voy a tratar de juntarle algo pal fin de semana" - "perfecto, le anoto el sábado".
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.promises import RULE, find_promises
from models.context import Context
from models.conversation import Speaker
from models.finding import Finding, Promise, Rule, Scalar, Severity, Strength

PROMISE = FindingKind("promise", Severity.INFO, es="Promesa de pago", en="Promise to pay")
DOUBTFUL = FindingKind("promise.doubtful", Severity.MEDIUM, es="Promesa dudosa", en="Doubtful promise")
ANALYZER = Analyzer(name="promises", kinds=(PROMISE, DOUBTFUL))
_DOUBT = Rule("promise.doubtful", "1")
# turns after a weak promise within which the agent's "anotado" closes on it
_CLOSES_WITHIN = 2


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    promises = find_promises(reading, context)
    for promise in promises:
        yield _finding(reading, PROMISE, RULE, promise)
    firm = any(promise.strength is not Strength.WEAK for promise in promises)
    for promise in promises:
        if promise.strength is Strength.WEAK and not firm and _closed_on(reading, promise):
            yield _finding(reading, DOUBTFUL, _DOUBT, promise)


def _closed_on(reading: Reading, promise: Promise) -> bool:
    after = reading.turns[promise.turn + 1 : promise.turn + 1 + _CLOSES_WITHIN]
    return any(t.speaker is Speaker.AGENT and reading.says(t.index, "cue.promise_settled") for t in after)


def _finding(reading: Reading, kind: FindingKind, rule: Rule, promise: Promise) -> Finding:
    value: dict[str, Scalar] = {"strength": promise.strength.value, "conditional": promise.conditional}
    if promise.amount is not None:
        value["amount"] = float(promise.amount)
    if promise.due is not None:
        value["due"] = promise.due.isoformat()
    return Finding(
        code=kind.code,
        severity=kind.severity,
        rule=rule,
        turn=promise.turn,
        speaker=reading.turns[promise.turn].speaker,
        start=promise.start,
        end=promise.end,
        quote=promise.quote,
        confidence=promise.confidence,
        value=value,
    )
