"""One analysis in the shape of the contract: what `qa analyze --json` prints and the HTTP interface answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.conversation import Conversation, Turn
from models.finding import Analysis, Finding, Outcome, Promise, Step
from qa_platform.archive.analysis_records import speech_json
from qa_platform.archive.conversations import by_ear_to_json
from qa_platform.evaluations.proposal import Proposal

LISTED = (Outcome.DETECTED, Outcome.INSUFFICIENT_EVIDENCE)
PROMISE_FAMILY = "promise"  # promises have a list of their own


def analysis_json(
    conversation: Conversation,
    analysis: Analysis,
    *,
    source: str,
    proposal: Proposal,
    thresholds: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A dictionary that `json.dumps` takes as it is."""
    return {
        "id": conversation.id,
        "source": source,
        "channel": conversation.channel.value,
        "language": conversation.language,
        "country": conversation.country,
        "duration": conversation.duration,
        "turns": [_turn(turn) for turn in conversation.turns],
        "findings": [
            _finding(finding)
            for finding in analysis.findings
            if finding.outcome in LISTED and finding.family != PROMISE_FAMILY
        ],
        "promises": [_promise(promise) for promise in analysis.promises],
        "steps": {step.code: step.answer.value for step in analysis.steps},
        "step_evidence": {step.code: _evidence(step) for step in analysis.steps if step.turns},
        "outcome": analysis.outcome,
        "speech": {**speech_json(analysis.speech), **_by_ear(conversation)},
        "thresholds": dict(thresholds) if thresholds is not None else None,
        "scorecard": {
            "code": proposal.card.code,
            "version": proposal.card.version,
            "score": proposal.score.points,
            "range": [proposal.score.low, proposal.score.high],
            "failed_by": list(proposal.score.failed_by),
            "answers": [
                {"criterion": a.criterion, "answer": a.answer.value, "evidence": list(a.turns), "quote": a.quote}
                for a in proposal.answers
            ],
        },
    }


def _by_ear(conversation: Conversation) -> dict[str, Any]:
    """How far two people on one channel were told apart; there only where that was tried."""
    heard = conversation.speech.by_ear if conversation.speech is not None else None
    return {} if heard is None else {"by_ear": by_ear_to_json(heard)}


def _turn(turn: Turn) -> dict[str, Any]:
    said = {"index": turn.index, "speaker": turn.speaker.value, "start": turn.start, "end": turn.end, "text": turn.text}
    return said if turn.at is None else {**said, "at": turn.at.isoformat()}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "turn": finding.turn,
        "speaker": finding.speaker.value if finding.speaker else None,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "confidence": round(finding.confidence, 3),
        "rule": {"id": finding.rule.id, "version": finding.rule.version},
        "value": dict(finding.value),
    }


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "turn": promise.turn,
        "quote": promise.quote,
        "amount": float(promise.amount) if promise.amount is not None else None,
        "currency": promise.currency,
        "due": promise.due.isoformat() if promise.due else None,
        "due_from": promise.due_from.isoformat() if promise.due_from else None,
        "due_to": promise.due_to.isoformat() if promise.due_to else None,
        "ambiguous": promise.ambiguous,
        "alternative_due": promise.alternative_due.isoformat() if promise.alternative_due else None,
        "strength": promise.strength.value,
        "channel": promise.channel,
        "conditional": promise.conditional,
        "rule": {"id": promise.rule.id, "version": promise.rule.version},
    }


def _evidence(step: Step) -> dict[str, Any]:
    return {"turns": list(step.turns), "quote": step.quote}
