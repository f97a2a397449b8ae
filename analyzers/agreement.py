"""Sums and days as turns say them, and what the agent made of a promise: accepted, refused, repeated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from analyzers.contract import Reading
from analyzers.dates import read_dates
from analyzers.language import ReadTurn
from analyzers.money import AmountMention, read_amounts
from models.conversation import Speaker
from models.finding import Promise, Strength

# within how many turns the agent answers a promise
_ANSWERS_WITHIN = 4
# "no, no, no me ponga nada", "no put nothing down"
_NO = re.compile(
    r"\| (?:(?:no|nope|oiga|espere|pare|wait|hey) (?:\| )?)+(?:me|le|no|yo|don|do|i|anote|ponga|put|hold) "
)
_TOLERANCE = Decimal("0.01")


def sums(reading: Reading, turn: ReadTurn) -> tuple[AmountMention, ...]:
    conversation, place = reading.conversation, ("sums", turn.index)
    known: tuple[AmountMention, ...] | None = reading.worked_out.get(place)
    if known is None:
        known = reading.worked_out[place] = read_amounts(
            turn.text,
            country=reading.country,
            currency=conversation.account.currency,
            language=conversation.language,
            account=conversation.account,
        )
    return known


def days(reading: Reading, turn: ReadTurn) -> tuple[tuple[date, date], ...]:
    """The days and windows that a turn names, as first and last day."""
    said_on, place = turn.at or reading.conversation.started_at, ("days", turn.index)
    if said_on is None:
        return ()
    known: tuple[tuple[date, date], ...] | None = reading.worked_out.get(place)
    if known is None:
        mentions = read_dates(
            turn.text, said_on=said_on.date(), country=reading.country, language=reading.conversation.language
        )
        windows = (mention.window or (mention.day and (mention.day, mention.day)) for mention in mentions)
        known = reading.worked_out[place] = tuple(window for window in windows if window)
    return known


def same_sum(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _TOLERANCE * max(abs(other), Decimal(1))


def firm(promises: Sequence[Promise]) -> tuple[Promise, ...]:
    return tuple(promise for promise in promises if promise.strength is not Strength.WEAK)


def answers(reading: Reading, promise: Promise) -> tuple[ReadTurn, ...]:
    """What the agent says after a promise, while it is still about it."""
    return tuple(
        turn
        for turn in reading.turns[promise.turn + 1 : promise.turn + 1 + _ANSWERS_WITHIN]
        if turn.speaker is Speaker.AGENT
    )


def accepted_in(reading: Reading, promise: Promise) -> int | None:
    """The turn in which the agent takes the promise; None where it is refused or passed over.

    An agent who neither refuses a firm promise nor presses for another has taken it.
    """
    replies = answers(reading, promise)
    for turn in replies:
        if reading.says(turn.index, "cue.rejects"):
            continue
        if reading.says(turn.index, "cue.accepts", "cue.records_weak") or _repeats(reading, turn, promise):
            return turn.index
    firm_word = promise.strength is not Strength.WEAK
    if firm_word and replies and not reading.says(replies[0].index, "cue.rejects", "cue.demand"):
        return replies[0].index
    return None


def recorded_in(reading: Reading, promise: Promise) -> int | None:
    """The turn in which the agent books even a hedged promise: in so many words, or by its sum and its day."""
    for turn in answers(reading, promise):
        if reading.says(turn.index, "cue.rejects") or _refused(reading, turn):
            continue
        if reading.says(turn.index, "cue.records_weak") or recaps(reading, turn):
            return turn.index
    return None


def _refused(reading: Reading, turn: ReadTurn) -> bool:
    """Whether the customer's next words throw out what the agent has just booked."""
    after = next((other for other in reading.turns[turn.index + 1 :] if other.speaker is Speaker.CUSTOMER), None)
    return after is not None and _NO.match(after.line) is not None


def recapped_in(reading: Reading, promises: Sequence[Promise]) -> int | None:
    """The agent's turn after a promise that repeats its sum and its day (or window).

    A bare "yes" to the agent's own summary makes that summary, just before it, the recap.
    """
    for promise in reversed(promises):
        for turn in reading.turns[promise.turn + 1 :]:
            if turn.speaker is Speaker.AGENT and (_repeats(reading, turn, promise) or recaps(reading, turn)):
                return turn.index
        before = reading.turns[promise.turn - 1] if promise.turn else None
        summary = before and before.speaker is Speaker.AGENT and reading.says(before.index, "cue.summarises")
        if before and summary and _repeats(reading, before, promise):
            return before.index
    return None


def recaps(reading: Reading, turn: ReadTurn) -> bool:
    """Whether a turn books a sum together with a day."""
    if not reading.says(turn.index, "cue.accepts", "cue.records_weak", "cue.summarises"):
        return False
    return any(mention.amount for mention in sums(reading, turn)) and bool(days(reading, turn))


def agreed_day(reading: Reading, promise: Promise, taken: int) -> bool:
    """Whether one day stands agreed: in the promise, or named by the agent who takes it."""
    if promise.due is not None:
        return True
    return promise.due_from is None and any(first == last for first, last in days(reading, reading.turns[taken]))


def agreed_sum(reading: Reading, promise: Promise, taken: int) -> bool:
    return promise.amount is not None or any(mention.amount for mention in sums(reading, reading.turns[taken]))


def _repeats(reading: Reading, turn: ReadTurn, promise: Promise) -> bool:
    sums_said = [mention.amount for mention in sums(reading, turn)]
    if promise.amount is None or not any(same_sum(amount, promise.amount) for amount in sums_said):
        return False
    if promise.due is None and promise.due_from is None:
        return True
    first, last = promise.due_from or promise.due, promise.due_to or promise.due
    return (
        first is not None
        and last is not None
        and any(start <= last and first <= end for start, end in days(reading, turn))
    )
