"""In a chat, the agent answers later than the portfolio allows (`slow_reply_seconds`, 10 minutes unless set).

Counted from the first message that the customer is waiting on. An answer on another day is not counted: the desk may
have been closed. Low, medium from three times the threshold. `value` holds the seconds waited.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from analyzers.contract import Analyzer, FindingKind, Reading
from models.context import Context
from models.conversation import Channel, Speaker
from models.finding import Finding, Rule, Severity

ANALYZER = Analyzer(
    "slow_replies",
    (FindingKind("speech.slow_reply", Severity.LOW, es="Respuesta lenta", en="Slow reply"),),
    channels=(Channel.WHATSAPP, Channel.WEBCHAT, Channel.SMS),
)
RULE = Rule("speech.slow_reply", "1")
MUCH_TOO_SLOW = 3.0  # times the threshold


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    waiting_since: datetime | None = None
    if reading.conversation.channel not in ANALYZER.channels:
        return
    for turn in reading.conversation.turns:
        if turn.at is None:
            continue
        if turn.speaker is Speaker.CUSTOMER:
            waiting_since = waiting_since or turn.at
            continue
        if turn.speaker is Speaker.AGENT and waiting_since is not None:
            seconds = (turn.at - waiting_since).total_seconds()
            same_day = turn.at.astimezone(waiting_since.tzinfo).date() == waiting_since.date()
            if same_day and seconds > context.slow_reply_seconds:
                much = seconds >= MUCH_TOO_SLOW * context.slow_reply_seconds
                yield Finding(
                    "speech.slow_reply",
                    Severity.MEDIUM if much else Severity.LOW,
                    RULE,
                    turn=turn.index,
                    speaker=turn.speaker,
                    value={"seconds": round(seconds, 1)},
                )
        if turn.speaker in (Speaker.AGENT, Speaker.BOT):
            waiting_since = None
