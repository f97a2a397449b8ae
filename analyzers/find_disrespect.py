"""Disrespect by the agent: insults, mockery, discrimination, blame."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, Reading
from analyzers.evidence import episodes, from_match, kind, said
from models.context import Context
from models.finding import Finding, Severity

WORDS = (
    kind("slip.obscene_insult", Severity.CRITICAL, "Insultos o groserías", "Insults or obscenities"),
    kind("slip.humiliation", Severity.HIGH, "Burla o humillación", "Mockery or humiliation"),
    kind("slip.discrimination", Severity.CRITICAL, "Trato discriminatorio", "Discriminatory remark"),
)
BLAME = kind("slip.accusatory_language", Severity.LOW, "Lenguaje acusatorio", "Accusatory language")

ANALYZER = Analyzer("disrespect", (*WORDS, BLAME))


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from said(reading, WORDS)
    graver = {match.turn.index for match in reading.matches("slip.humiliation", "slip.obscene_insult")}
    for match in episodes(reading.matches(BLAME.code)):
        if match.turn.index not in graver:
            yield from_match(BLAME, match)
