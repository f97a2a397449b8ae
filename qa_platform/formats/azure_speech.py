"""Azure batch transcription: ISO durations, ticks or milliseconds; channels from 0, speakers from 1; not in order."""

from __future__ import annotations

from collections.abc import Mapping

from models.conversation import Channel
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said, in_order

NAME = "azure-speech"
LABEL = "Azure Speech"

_TICKS_PER_SECOND = 10_000_000


def recognises(document: Document) -> bool:
    return isinstance(document.object.get("recognizedPhrases"), list)


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    phrases = fields.objects(value["recognizedPhrases"], "recognizedPhrases", where=name)
    heard = [phrase for phrase in phrases if phrase.get("recognitionStatus", "Success") == "Success"]
    several = len({str(phrase.get("channel")) for phrase in heard}) > 1
    turns = [
        _said(phrase, several=several, where=f"{name}: recognizedPhrases[{index}]")
        for index, phrase in enumerate(heard)
    ]
    return Draft(
        turns=in_order(turns),
        channel=Channel.VOICE,
        language=next((fields.string(phrase.get("locale")) for phrase in heard), None),
        duration=_time(value, "duration", where=name),
    )


def _said(phrase: Mapping[str, Json], *, several: bool, where: str) -> Said:
    best = next(iter(fields.listed(phrase.get("nBest"))), {})
    start, length = _time(phrase, "offset", where=where), _time(phrase, "duration", where=where)
    channel = fields.integer(phrase.get("channel"), where=f"{where}.channel") if several else None
    speaker = fields.string(phrase.get("speaker"))
    return Said(
        fields.string(fields.any_of(best, ("display", "lexical"))) or "",
        f"CHANNEL_{channel}" if channel is not None else f"SPEAKER_{speaker}" if speaker else None,
        start=start,
        end=round(start + length, 3) if start is not None and length is not None else None,
        channel=channel,
    )


def _time(item: Mapping[str, Json], name: str, *, where: str) -> float | None:
    """The newest field first: milliseconds, ticks of 100 ns, ISO 8601."""
    if f"{name}Milliseconds" in item:
        return fields.milliseconds(item[f"{name}Milliseconds"], where=f"{where}.{name}Milliseconds")
    ticks = fields.number(item.get(f"{name}InTicks"), where=f"{where}.{name}InTicks")
    if ticks is not None:
        return fields.seconds(ticks / _TICKS_PER_SECOND, where=f"{where}.{name}InTicks")
    return fields.seconds(item.get(name), where=f"{where}.{name}")
