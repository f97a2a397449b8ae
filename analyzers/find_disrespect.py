"""Disrespect by the agent: insults, mockery, discrimination, blame."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, Reading
from analyzers.evidence import episodes, from_match, kind, said
from analyzers.phrasebook import Match
from models.context import Context
from models.finding import Finding, Severity

WORDS = (
    kind("slip.obscene_insult", Severity.CRITICAL, "Insultos o groserías", "Insults or obscenities"),
    kind("slip.discrimination", Severity.CRITICAL, "Trato discriminatorio", "Discriminatory remark"),
)
SHAME = kind("slip.humiliation", Severity.HIGH, "Burla o humillación", "Mockery or humiliation")
BLAME = kind("slip.accusatory_language", Severity.LOW, "Lenguaje acusatorio", "Accusatory language")

# words between an insult and a taunt that still make one remark
_APART = 3
# a threat shames too, and is reported as what it is
_GRAVER = (
    "slip.threat_violence",
    "slip.threat_jail",
    "slip.expose_publicly",
    "slip.employer_threat",
    "slip.threat_harass",
    "slip.false_credit_report",
)

ANALYZER = Analyzer("disrespect", (*WORDS, SHAME, BLAME))


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from said(reading, WORDS)
    slighted = tuple(reading.matches(*(known.code for known in WORDS)))
    shamed = [
        match
        for match in episodes(reading.matches(SHAME.code))
        if not _same_remark(match, slighted) and not reading.says(match.turn.index, *_GRAVER)
    ]
    for match in shamed:
        yield from_match(SHAME, match)
    graver = {match.turn.index for match in (*slighted, *reading.matches(SHAME.code))}
    for match in episodes(reading.matches(BLAME.code)):
        if match.turn.index not in graver:
            yield from_match(BLAME, match)


def _same_remark(match: Match, slighted: tuple[Match, ...]) -> bool:
    """A slur on a group shames by itself, and so does an insult in the same words: one remark is one slip."""
    return any(
        match.turn.index == other.turn.index
        and (
            other.code == "slip.discrimination"
            or (match.first <= other.last + _APART and other.first <= match.last + _APART)
        )
        for other in slighted
    )
