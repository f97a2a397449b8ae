"""Somebody waits on hold for longer than the portfolio allows (`hold_seconds`, 60 s unless set).

A hold is no dead air, and a short one is no finding at all. Low; medium from three times the threshold. `value` holds
the seconds and what tells it: the telephone system, the agent's words, music, beeps.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.speech_events import confidence, turn_at
from models.context import Context
from models.conversation import Channel, Speaker
from models.finding import Finding, Rule, Severity

ANALYZER = Analyzer(
    "holds",
    (FindingKind("speech.hold", Severity.LOW, es="Espera larga", en="Long hold"),),
    channels=(Channel.VOICE,),
)
RULE = Rule("speech.hold", "1")
MUCH_TOO_LONG = 3.0  # times the threshold


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    for hold in reading.speech_events.holds:
        seconds = round(hold.end - hold.start, 2)
        if seconds < context.hold_seconds:
            continue
        yield Finding(
            "speech.hold",
            Severity.MEDIUM if seconds >= MUCH_TOO_LONG * context.hold_seconds else Severity.LOW,
            RULE,
            turn=turn_at(reading.conversation, hold.start),
            speaker=Speaker.AGENT,
            start=hold.start,
            end=hold.end,
            confidence=confidence(reading.conversation),
            value={"seconds": seconds, "sign": hold.sign.value},
        )
