"""The margin of the review page: every finding numbered in the order it is heard, beside the turn it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from models.finding import Outcome, Severity, Strength
from models.interactions import StoredFinding, StoredPromise, StoredTurn
from qa_platform.review.page import Day, Note, Pause, PromiseSaid, Remark, Row, Spoken
from qa_platform.review.words import Quote, stretches
from qa_platform.sample.reasons import label

HUES = {"slip": "red", "step": "red", "objection": "amber", "promise": "green", "speech": "cyan"}
PAUSES = frozenset({"speech.silence", "speech.slow_reply", "speech.hold"})
AFTER_EVERYTHING = 10**9


@dataclass(frozen=True, slots=True)
class Judge:
    """Who gave a verdict, and whether it was the person now looking."""

    name: str
    mine: bool


def notes(
    findings: Iterable[StoredFinding],
    promises: Iterable[StoredPromise],
    starts: Mapping[int, float | None],
    judges: Mapping[int, Judge],
    language: str,
    suggested: Mapping[int, tuple[int, int]] | None = None,
) -> tuple[Note, ...]:
    """Every finding as a note. Those said come first, in time; what is missing from the conversation comes last.

    `suggested`: by finding, the record of its rule where that only suggests.
    """
    said = {promise.turn: promise for promise in promises}
    doubts = suggested or {}
    made = [replace(_note(row, said, judges, language), suggested=doubts.get(row.id)) for row in findings]
    told = {note.turn for note in made if note.code == "promise"}
    made += [_promise_note(promise) for turn, promise in said.items() if turn not in told]
    ordered = sorted(made, key=lambda note: (not note.said, _moment(note, starts), note.severity.rank, note.code))
    return tuple(replace(note, number=number) for number, note in enumerate(ordered, start=1))


def rows(
    turns: Sequence[StoredTurn],
    margin: Sequence[Note],
    remarks: Sequence[Remark],
    *,
    zone: str | None = None,
) -> tuple[Row, ...]:
    """The conversation from top to bottom: turns with their notes, pauses where they fall, days between chats."""
    clock = ZoneInfo(zone) if zone else None
    known = {turn.position for turn in turns}
    pauses = sorted((note for note in margin if _stands_alone(note, known)), key=_pause_place)
    shown: list[Row] = []
    day: date | None = None
    for turn in turns:
        while pauses and _falls_before(pauses[0], turn):
            shown.append(_pause(pauses.pop(0)))
        if turn.at and (today := _local(turn.at, clock).date()) != day:
            shown.append(Day(day=today))
            day = today
        shown.append(_spoken(turn, margin, remarks))
    return (*shown, *(_pause(note) for note in pauses))


def missing(margin: Iterable[Note]) -> tuple[Note, ...]:
    """What should have happened and did not."""
    return tuple(note for note in margin if not note.said)


def _note(
    finding: StoredFinding, said: Mapping[int, StoredPromise], judges: Mapping[int, Judge], language: str
) -> Note:
    family = finding.code.split(".", 1)[0]
    unjudged = finding.outcome is Outcome.INSUFFICIENT_EVIDENCE
    judge = judges.get(finding.id)
    promise = said.get(finding.turn) if family == "promise" and finding.turn is not None else None
    return Note(
        number=0,
        id=finding.id,
        code=finding.code,
        label=label(finding.code, language),
        hue="amber" if unjudged else HUES.get(family, "grey"),
        severity=finding.severity,
        outcome=finding.outcome,
        rule=finding.rule_id,
        rule_version=finding.rule_version,
        confidence=finding.confidence,
        turn=finding.turn,
        speaker=finding.speaker,
        start=finding.start,
        end=finding.end,
        quote=finding.quote,
        value=finding.value,
        verdict=finding.verdict,
        verdict_by=judge.name if judge else None,
        verdict_mine=judge.mine if judge else False,
        why=finding.verdict_why,
        promise=_as_said(promise) if promise else None,
    )


def _promise_note(promise: StoredPromise) -> Note:
    return Note(
        number=0,
        id=None,
        code="promise",
        label="",
        hue="green",
        severity=Severity.MEDIUM if promise.strength is Strength.WEAK else Severity.INFO,
        outcome=Outcome.DETECTED,
        rule=promise.rule_id,
        rule_version=promise.rule_version,
        confidence=promise.confidence,
        turn=promise.turn,
        start=promise.start,
        end=promise.end,
        quote=promise.quote,
        promise=_as_said(promise),
    )


def _as_said(promise: StoredPromise) -> PromiseSaid:
    return PromiseSaid(
        amount=promise.amount,
        currency=promise.currency,
        due=promise.due,
        due_from=promise.due_from,
        due_to=promise.due_to,
        ambiguous=promise.ambiguous,
        alternative_due=promise.alternative_due,
        strength=promise.strength,
        channel=promise.channel,
        conditional=promise.conditional,
    )


def _moment(note: Note, starts: Mapping[int, float | None]) -> tuple[float, int]:
    """By second where there are seconds, else by turn: the two never mix within one conversation."""
    turn = AFTER_EVERYTHING if note.turn is None else note.turn
    start = note.start if note.start is not None else starts.get(turn)
    return (start if start is not None else float(turn), turn)


def _pause_place(note: Note) -> tuple[float, int]:
    return (note.start or 0.0, note.turn or 0)


def _falls_before(pause: Note, turn: StoredTurn) -> bool:
    if pause.start is not None and turn.start is not None:
        return pause.start < turn.start
    return pause.turn is not None and turn.position >= pause.turn


def _pause(note: Note) -> Pause:
    told = note.value.get("seconds")
    seconds = float(told) if isinstance(told, int | float) else (note.end or 0.0) - (note.start or 0.0)
    return Pause(start=note.start, seconds=seconds, notes=(note,))


def _spoken(turn: StoredTurn, margin: Sequence[Note], remarks: Sequence[Remark]) -> Spoken:
    beside = tuple(note for note in margin if note.turn == turn.position and not _is_pause(note))
    quotes = [Quote(note.number, note.hue, note.quote) for note in beside if note.quote]
    return Spoken(
        index=turn.position,
        speaker=turn.speaker,
        pieces=stretches(turn.text, turn.words, quotes),
        start=turn.start,
        end=turn.end,
        at=turn.at,
        notes=beside,
        remarks=tuple(remark for remark in remarks if _belongs(remark, turn)),
    )


def _stands_alone(note: Note, turns: Collection[int]) -> bool:
    """Pauses have a row of their own, and so has what was measured where no words are."""
    return note.said and (_is_pause(note) or note.turn not in turns)


def _is_pause(note: Note) -> bool:
    return note.code in PAUSES and not note.unjudged


def _belongs(remark: Remark, turn: StoredTurn) -> bool:
    if remark.turn is not None:
        return remark.turn == turn.position
    if remark.second is None or turn.start is None or turn.end is None:
        return False
    return turn.start <= remark.second < turn.end


def _local(at: datetime, clock: tzinfo | None) -> datetime:
    return at.astimezone(clock) if clock else at
