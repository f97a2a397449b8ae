"""AssemblyAI transcripts: milliseconds, speakers as letters, channels as text counted from 1."""

from __future__ import annotations

import re
from collections.abc import Mapping

from models.conversation import Channel, Word
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said, in_order

NAME = "assemblyai"
LABEL = "AssemblyAI"


def recognises(document: Document) -> bool:
    value = document.object
    return isinstance(value.get("utterances"), list) and fields.has(value, "audio_duration")


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    utterances = fields.objects(value["utterances"], "utterances", where=name)
    several = bool(value.get("multichannel")) or any(utterance.get("channel") for utterance in utterances)
    turns = [
        _said(utterance, several=several, where=f"{name}: utterances[{index}]")
        for index, utterance in enumerate(utterances)
    ]
    return Draft(
        turns=in_order(turns),
        id=fields.string(value.get("id")),
        channel=Channel.VOICE,
        language=fields.string(value.get("language_code")),
        # The one figure that is in seconds.
        duration=fields.seconds(value.get("audio_duration"), where=f"{name}: audio_duration"),
    )


def _said(utterance: Mapping[str, Json], *, several: bool, where: str) -> Said:
    label = fields.string(fields.any_of(utterance, ("channel", "speaker"))) or ""
    numbered = re.match(r"([1-9]\d?)(?!\d)", label) if several else None
    channel = int(numbered[1]) - 1 if numbered else None
    return Said(
        fields.string(utterance.get("text")) or "",
        f"CHANNEL_{channel}" if channel is not None else f"SPEAKER_{label}" if label else None,
        start=fields.milliseconds(utterance.get("start"), where=f"{where}.start"),
        end=fields.milliseconds(utterance.get("end"), where=f"{where}.end"),
        words=tuple(word for item in fields.listed(utterance.get("words")) if (word := _word(item, where=where))),
        channel=channel,
    )


def _word(item: Mapping[str, Json], *, where: str) -> Word | None:
    text = fields.string(item.get("text"))
    start, end = fields.milliseconds(item.get("start"), where=where), fields.milliseconds(item.get("end"), where=where)
    return Word(text, start, end) if text and start is not None and end is not None else None
