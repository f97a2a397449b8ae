"""One side takes the floor while the other still speaks (`interruption_seconds` of both at once, 0.5 s unless set).

A back-channel ("ajá", "sí, sí") is not one. The agent cutting in on the customer weighs more (medium) than the reverse
(low). `speaker` is who cuts in; `value` holds how long both spoke.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.speech_events import confidence, turn_at
from models.context import Context
from models.conversation import Channel, Speaker
from models.finding import Finding, Rule, Severity

ANALYZER = Analyzer(
    "interruptions",
    (FindingKind("speech.interruption", Severity.MEDIUM, es="Interrupción", en="Interruption"),),
    channels=(Channel.VOICE,),
)
RULE = Rule("speech.interruption", "1")


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context  # its threshold already shaped the measured events
    for interruption in reading.speech_events.interruptions:
        yield Finding(
            "speech.interruption",
            Severity.MEDIUM if interruption.by is Speaker.AGENT else Severity.LOW,
            RULE,
            turn=turn_at(reading.conversation, interruption.end, by=interruption.by),
            speaker=interruption.by,
            start=interruption.start,
            end=interruption.end,
            confidence=confidence(reading.conversation),
            value={"seconds": round(interruption.end - interruption.start, 2)},
        )
