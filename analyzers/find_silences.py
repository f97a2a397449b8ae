"""Dead air: nobody speaks for longer than the portfolio allows (`silence_seconds`, 5 s unless set).

Severity grows with length: low, medium from 15 s, high from 30 s. `value` holds the seconds and who spoke last. Where
the source gives no times to measure by, it says so (`insufficient_evidence`) rather than finding no silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.speech_events import confidence, turn_at
from models.context import Context
from models.conversation import Channel
from models.finding import Finding, Outcome, Rule, Severity

ANALYZER = Analyzer(
    "silences",
    (FindingKind("speech.silence", Severity.LOW, es="Silencio prolongado", en="Long silence"),),
    channels=(Channel.VOICE,),
)
RULE = Rule("speech.silence", "1")
MEDIUM_SECONDS, HIGH_SECONDS = 15.0, 30.0


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context  # its threshold already shaped the measured events
    conversation, events = reading.conversation, reading.speech_events
    if not events.measured:
        if reading.spoken and conversation.turns:
            yield Finding("speech.silence", Severity.INFO, RULE, outcome=Outcome.INSUFFICIENT_EVIDENCE)
        return
    for silence in events.silences:
        seconds = round(silence.end - silence.start, 2)
        yield Finding(
            "speech.silence",
            _severity(seconds),
            RULE,
            turn=turn_at(conversation, silence.start),
            speaker=silence.after,
            start=silence.start,
            end=silence.end,
            confidence=confidence(conversation),
            value={"seconds": seconds},
        )


def _severity(seconds: float) -> Severity:
    if seconds >= HIGH_SECONDS:
        return Severity.HIGH
    return Severity.MEDIUM if seconds >= MEDIUM_SECONDS else Severity.LOW
