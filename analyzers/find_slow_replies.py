"""In a chat, the agent answers late (`slow_reply_seconds`), the first time at that (`first_reply_seconds`), or never.

A wait is counted from the first message that the customer waits on, and only while the desk is open: from
`opens_hour` to `closes_hour` in the thread's own clock, any day, where the portfolio states them. Without hours an
answer on another day is not counted, as the desk may have been closed. A message counts as unanswered when the thread
ends with it and something is still asked or offered in it, or when the agent only writes again after
`unanswered_seconds` (a day); a thanks or a goodbye wants no answer. `value` holds the seconds waited, open hours only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.vocabulary import fold, words
from models.context import Context
from models.conversation import Channel, Speaker, Turn
from models.finding import Finding, Rule, Severity

ANALYZER = Analyzer(
    "slow_replies",
    (
        FindingKind("speech.slow_first_reply", Severity.LOW, es="Primera respuesta lenta", en="Slow first reply"),
        FindingKind("speech.slow_reply", Severity.LOW, es="Respuesta lenta", en="Slow reply"),
        FindingKind("speech.unanswered", Severity.MEDIUM, es="Mensaje sin respuesta", en="Unanswered message"),
    ),
    channels=(Channel.WHATSAPP, Channel.WEBCHAT, Channel.SMS),
)
RULE = Rule("speech.slow_reply", "2")
FIRST_RULE = Rule("speech.slow_first_reply", "1")
UNANSWERED_RULE = Rule("speech.unanswered", "1")
MUCH_TOO_SLOW = 3.0  # times the threshold
A_DAY = timedelta(days=1)
MIDNIGHT = 24.0
# What closes a thread: no agent owes it an answer.
CLOSING = words(
    "gracias muchas ok okay vale listo bueno bien perfecto entendido enterado enterada sale dale ya si no claro hasta"
    " luego excelente adios chao buen buena buenas dia tarde noche noches igualmente de nada a usted y que este"
    " linda amen bendiciones thanks thank you very much great got it sure yes bye good night"
)
MOST_CLOSING_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Hours:
    opens: float
    closes: float

    @property
    def stated(self) -> bool:
        return 0.0 <= self.opens < self.closes <= MIDNIGHT and self.closes - self.opens < MIDNIGHT

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds of open desk between two moments, in the clock of the first."""
        end = end.astimezone(start.tzinfo)
        day, seconds = start.date(), 0.0
        while day <= end.date():
            midnight = datetime.combine(day, time(), tzinfo=start.tzinfo)
            opens, closes = midnight + timedelta(hours=self.opens), midnight + timedelta(hours=self.closes)
            seconds += max(0.0, (min(end, closes) - max(start, opens)).total_seconds())
            day += A_DAY
        return seconds


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    if reading.conversation.channel not in ANALYZER.channels:
        return
    hours = _Hours(context.opens_hour, context.closes_hour)
    waiting: Turn | None = None
    asked: Turn | None = None  # the last of the customer's messages that wait
    answered = False
    for turn in reading.conversation.turns:
        if turn.at is None:
            continue
        if turn.speaker is Speaker.CUSTOMER:
            waiting, asked = waiting or turn, turn
        elif turn.speaker is Speaker.AGENT:
            if waiting is not None:
                yield from _late(waiting, turn, hours, context, first=not answered)
                answered = True
            waiting = None
        elif turn.speaker is Speaker.BOT:
            waiting = None
    if waiting is not None and asked is not None and not _closes(asked.text):
        yield _unanswered(asked, None)


def _late(waiting: Turn, reply: Turn, hours: _Hours, context: Context, *, first: bool) -> Iterator[Finding]:
    if waiting.at is None or reply.at is None:
        return
    seconds = hours.between(waiting.at, reply.at) if hours.stated else (reply.at - waiting.at).total_seconds()
    same_day = reply.at.astimezone(waiting.at.tzinfo).date() == waiting.at.date()
    if (reply.at - waiting.at).total_seconds() >= context.unanswered_seconds:
        if not _closes(waiting.text):
            yield _unanswered(waiting, seconds)
        return
    if not (same_day or hours.stated):
        return
    if first and seconds > context.first_reply_seconds:
        yield _slow(FIRST_RULE, reply, seconds, context.first_reply_seconds)
    if seconds > context.slow_reply_seconds:
        yield _slow(RULE, reply, seconds, context.slow_reply_seconds)


def _slow(rule: Rule, reply: Turn, seconds: float, limit: float) -> Finding:
    much = seconds >= MUCH_TOO_SLOW * limit
    return Finding(
        rule.id,
        Severity.MEDIUM if much else Severity.LOW,
        rule,
        turn=reply.index,
        speaker=reply.speaker,
        value={"seconds": round(seconds, 1)},
    )


def _unanswered(turn: Turn, seconds: float | None) -> Finding:
    return Finding(
        "speech.unanswered",
        Severity.MEDIUM,
        UNANSWERED_RULE,
        turn=turn.index,
        speaker=turn.speaker,
        quote=turn.text or None,
        value={} if seconds is None else {"seconds": round(seconds, 1)},
    )


def _closes(text: str) -> bool:
    """A thanks, a goodbye, a plain yes, a thumb: nothing is asked."""
    if "?" in text:
        return False
    said = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    return len(said) <= MOST_CLOSING_WORDS and all(word in CLOSING for word in said)
