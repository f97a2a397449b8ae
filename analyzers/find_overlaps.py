"""Both sides speak at once for half a second or more, back-channels included. Information: the reviewer hears why.

`value` holds how long both spoke. Those in which one side takes the floor are also listed as interruptions.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.speech_events import confidence, turn_at
from models.context import Context
from models.conversation import Channel
from models.finding import Finding, Rule, Severity

ANALYZER = Analyzer(
    "overlaps",
    (FindingKind("speech.overlap", Severity.INFO, es="Hablan a la vez", en="Both speak at once"),),
    channels=(Channel.VOICE,),
)
RULE = Rule("speech.overlap", "1")


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    for overlap in reading.speech_events.overlaps:
        yield Finding(
            "speech.overlap",
            Severity.INFO,
            RULE,
            turn=turn_at(reading.conversation, overlap.end),
            start=overlap.start,
            end=overlap.end,
            confidence=confidence(reading.conversation),
            value={"seconds": round(overlap.seconds, 2)},
        )
