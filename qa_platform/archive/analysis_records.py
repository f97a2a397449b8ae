"""An analysis on record: all that was found is replaced as a whole, and people's verdicts are carried over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.conversation import Conversation
from models.finding import Analysis, Finding, Promise, Severity, SpeechEvents, Step
from models.interactions import Interaction, StoredFinding, StoredPromise, StoredStep, Verdict
from qa_platform.archive.conversations import heard_to_json, told_holds_to_json


def save(session: Session, interaction: Interaction, conversation: Conversation, analysis: Analysis) -> None:
    """Replace what was found before. A verdict stays with a finding that is found again at the same place."""
    verdicts = _verdicts(session, interaction.id)
    for table in (StoredFinding, StoredPromise, StoredStep):
        session.execute(delete(table).where(table.interaction_id == interaction.id))
    session.add_all(_finding(interaction.id, finding, verdicts) for finding in analysis.findings)
    session.add_all(_promise(interaction.id, promise) for promise in analysis.promises)
    session.add_all(_step(interaction.id, step) for step in analysis.steps)
    interaction.speech = speech_json(analysis.speech) | told_holds_to_json(conversation.told_holds)
    if conversation.speech is not None:
        interaction.speech |= heard_to_json(conversation.speech)
    interaction.outcome = analysis.outcome
    interaction.worst = worst(analysis)


def worst(analysis: Analysis) -> Severity | None:
    """The gravest severity among what was detected."""
    return min(
        (finding.severity for finding in analysis.findings if finding.outcome == "detected"),
        key=lambda severity: severity.rank,
        default=None,
    )


def speech_json(events: SpeechEvents) -> dict[str, Any]:
    """Speech events in the shape of the contract, with whether they could be measured at all."""
    return {
        "silences": [
            {"start": s.start, "end": s.end, "after": s.after.value if s.after else None} for s in events.silences
        ],
        "overlaps": [{"start": o.start, "end": o.end} for o in events.overlaps],
        "interruptions": [{"start": i.start, "end": i.end, "by": i.by.value} for i in events.interruptions],
        "monologues": [{"start": m.start, "end": m.end, "by": m.by.value} for m in events.monologues],
        "holds": [{"start": h.start, "end": h.end, "sign": h.sign.value} for h in events.holds],
        "talk_seconds": {str(side): round(seconds, 3) for side, seconds in events.talk_seconds.items()},
        "longest_talk": dict(events.longest_talk),
        "talk_ratio": events.talk_ratio,
        "pace": {
            side: {
                "words_per_minute": each.words_per_minute,
                "syllables_per_second": each.syllables_per_second,
                "estimated": each.estimated,
            }
            for side, each in events.pace.items()
        },
        "response_delay": {
            side: {"median": each.median, "p90": each.p90, "count": each.count}
            for side, each in events.response_delay.items()
        },
        "measured": events.measured,
        "sides_known": events.sides_known,
    }


_Place = tuple[str, int | None, str | None]


def _verdicts(session: Session, interaction_id: int) -> Mapping[_Place, StoredFinding]:
    judged = session.scalars(
        select(StoredFinding).where(
            StoredFinding.interaction_id == interaction_id, StoredFinding.verdict != Verdict.OPEN
        )
    )
    return {(row.code, row.turn, row.quote): row for row in judged}


def _finding(interaction_id: int, finding: Finding, verdicts: Mapping[_Place, StoredFinding]) -> StoredFinding:
    row = StoredFinding(
        interaction_id=interaction_id,
        code=finding.code,
        severity=finding.severity,
        outcome=finding.outcome,
        rule_id=finding.rule.id,
        rule_version=finding.rule.version,
        turn=finding.turn,
        speaker=finding.speaker,
        start=finding.start,
        end=finding.end,
        quote=finding.quote,
        confidence=finding.confidence,
        value=dict(finding.value),
    )
    before = verdicts.get((finding.code, finding.turn, finding.quote))
    if before is not None:
        row.verdict, row.verdict_by = before.verdict, before.verdict_by
        row.verdict_why, row.verdict_at = before.verdict_why, before.verdict_at
    return row


def _promise(interaction_id: int, promise: Promise) -> StoredPromise:
    return StoredPromise(
        interaction_id=interaction_id,
        turn=promise.turn,
        quote=promise.quote,
        strength=promise.strength,
        rule_id=promise.rule.id,
        rule_version=promise.rule.version,
        amount=promise.amount,
        currency=promise.currency,
        due=promise.due,
        due_from=promise.due_from,
        due_to=promise.due_to,
        ambiguous=promise.ambiguous,
        alternative_due=promise.alternative_due,
        channel=promise.channel,
        conditional=promise.conditional,
        start=promise.start,
        end=promise.end,
        confidence=promise.confidence,
    )


def _step(interaction_id: int, step: Step) -> StoredStep:
    return StoredStep(
        interaction_id=interaction_id, code=step.code, answer=step.answer, turns=list(step.turns), quote=step.quote
    )
