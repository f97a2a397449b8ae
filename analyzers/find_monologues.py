"""One side speaks on and on (`monologue_seconds`, 60 s unless set) and the other says no more than a back-channel.

An agent's monologue is medium: the debtor has stopped being heard. A customer's is information: it may be the agent
listening well. `value` holds the seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.speech_events import confidence, turn_at
from models.context import Context
from models.conversation import Channel, Speaker
from models.finding import Finding, Rule, Severity

ANALYZER = Analyzer(
    "monologues",
    (FindingKind("speech.monologue", Severity.MEDIUM, es="Monólogo", en="Monologue"),),
    channels=(Channel.VOICE,),
)
RULE = Rule("speech.monologue", "1")


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context  # its threshold already shaped the measured events
    for monologue in reading.speech_events.monologues:
        yield Finding(
            "speech.monologue",
            Severity.MEDIUM if monologue.by is Speaker.AGENT else Severity.INFO,
            RULE,
            turn=turn_at(reading.conversation, monologue.start, by=monologue.by),
            speaker=monologue.by,
            start=monologue.start,
            end=monologue.end,
            confidence=confidence(reading.conversation),
            value={"seconds": round(monologue.end - monologue.start, 2)},
        )
