"""Findings no surer than it is who spoke: voices told apart by ear, and words of nobody knows whom.

What a rule accuses the agent of, or hears from the customer, is not lost where the speaker is unknown: it is listed as
insufficient evidence, with the words, for a person who can hear who says them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from analyzers.contract import FindingKind, Reading, discover
from analyzers.evidence import episodes, from_match
from analyzers.phrasebook import Match, Phrasebook
from models.conversation import Conversation, Speaker
from models.finding import Answer, Finding, Outcome, Promise, Step

FAMILIES = ("slip.", "objection.")
ENOUGH_WORDS = 4  # a step of the script is not done in fewer


def of_nobody(reading: Reading, book: Phrasebook) -> Iterator[Finding]:
    """What would count if it were known who says it."""
    kinds = {kind.code: kind for module in discover() for kind in module.ANALYZER.kinds}
    heard: dict[str, list[Match]] = defaultdict(list)
    for turn in reading.turns:
        if turn.speaker is not Speaker.UNKNOWN:
            continue
        for match in book.scan(turn):
            if match.phrase.speaker is not None and match.code.startswith(FAMILIES) and not _taken_back(match):
                heard[match.code].append(match)
    for code, matches in heard.items():
        if code in kinds:
            yield from (_unsure(kinds[code], match) for match in episodes(matches))


def tempered(conversation: Conversation, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """No finding is surer than the voices; what is missing may have been said where nobody knows who spoke."""
    heard = _heard_by_ear(conversation)
    if heard is None:
        return tuple(findings)
    hidden = may_be_hidden(conversation)
    return tuple(
        replace(finding, outcome=Outcome.INSUFFICIENT_EVIDENCE)
        if hidden and finding.outcome is Outcome.DETECTED and finding.turn is None and finding.start is None
        else replace(finding, confidence=min(finding.confidence, heard))
        if finding.speaker is not None or finding.turn is None
        else finding
        for finding in findings
    )


def tempered_promises(conversation: Conversation, promises: Iterable[Promise]) -> tuple[Promise, ...]:
    heard = _heard_by_ear(conversation)
    if heard is None:
        return tuple(promises)
    return tuple(replace(promise, confidence=min(promise.confidence, heard)) for promise in promises)


def tempered_steps(conversation: Conversation, steps: Iterable[Step]) -> tuple[Step, ...]:
    """A step that nobody was heard to do may have been done in words that are nobody's."""
    if not may_be_hidden(conversation):
        return tuple(steps)
    return tuple(replace(step, answer=Answer.UNDETERMINED) if step.answer is Answer.NOT_MET else step for step in steps)


def may_be_hidden(conversation: Conversation) -> bool:
    """Voices were told apart by ear, and some words that could matter are nobody's."""
    return _heard_by_ear(conversation) is not None and any(
        turn.speaker is Speaker.UNKNOWN and len(turn.text.split()) >= ENOUGH_WORDS for turn in conversation.turns
    )


def _heard_by_ear(conversation: Conversation) -> float | None:
    speech = conversation.speech
    return speech.by_ear.confidence if speech is not None and speech.by_ear is not None and speech.told_apart else None


def _taken_back(match: Match) -> bool:
    return any(getattr(match.polarity, guard) for guard in match.phrase.unless)


def _unsure(kind: FindingKind, match: Match) -> Finding:
    return replace(from_match(kind, match, outcome=Outcome.INSUFFICIENT_EVIDENCE), speaker=None)
