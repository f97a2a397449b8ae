"""From a match to a finding: the verbatim quote, the place in the recording, and one finding for one episode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzers.contract import FindingKind, Reading
from analyzers.language import ReadTurn
from analyzers.phrasebook import Match
from models.finding import Finding, Outcome, Rule, Scalar, Severity

# turns within which the same wording repeats one episode (the agent insists) and does not start another
_RESTATED = 6
_SAME_BREATH = 2


def kind(code: str, severity: Severity, es: str, en: str) -> FindingKind:
    return FindingKind(code, severity, es, en)


def finding(
    known: FindingKind,
    rule: Rule,
    turn: ReadTurn | None = None,
    quote: str | None = None,
    *,
    outcome: Outcome = Outcome.DETECTED,
    confidence: float = 0.85,
    value: Mapping[str, Scalar] | None = None,
) -> Finding:
    return Finding(
        code=known.code,
        severity=known.severity,
        rule=rule,
        outcome=outcome,
        turn=turn.index if turn else None,
        speaker=turn.speaker if turn else None,
        start=turn.start if turn else None,
        end=turn.end if turn else None,
        quote=quote if quote is not None or turn is None else turn.text,
        confidence=confidence,
        value=value or {},
    )


def from_match(known: FindingKind, match: Match, *, outcome: Outcome = Outcome.DETECTED) -> Finding:
    quote = match.turn.quote_around(match.first, match.last)
    return finding(known, match.phrase.rule, match.turn, quote, outcome=outcome, confidence=match.phrase.confidence)


def said(reading: Reading, kinds: Iterable[FindingKind]) -> Iterator[Finding]:
    """The findings that lie in words alone, one for each episode."""
    for known in kinds:
        for match in episodes(reading.matches(known.code)):
            yield from_match(known, match)


def episodes(matches: Iterable[Match]) -> Iterator[Match]:
    """The first match of each episode.

    The same turn, or the agent's next one, carries an episode on; the same wording does so for some turns more, as an
    agent who restates a threat after a reply has not made a second one.
    """
    last: dict[str, int] = {}
    latest: int | None = None
    for match in matches:
        at = match.turn.index
        restated = match.wording in last and at - last[match.wording] <= _RESTATED
        carried_on = latest is not None and at - latest <= _SAME_BREATH
        if not restated and not carried_on:
            yield match
        last[match.wording] = latest = at
