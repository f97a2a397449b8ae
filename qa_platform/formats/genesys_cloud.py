"""Genesys Cloud transcripts: phrases of one or more transcripts, their starts counted from 1970 or from the call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.conversation import Channel
from qa_platform.formats.reading import fields, told_holds
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said, in_order

NAME = "genesys-cloud"
LABEL = "Genesys Cloud"

_CHANNELS = {"call": Channel.VOICE, "callback": Channel.VOICE, "email": Channel.EMAIL}
_SINCE_1970 = 1e11  # milliseconds: what is less is counted from the start of the call


def recognises(document: Document) -> bool:
    transcripts = fields.listed(document.object.get("transcripts"))
    return bool(transcripts) and isinstance(transcripts[0].get("phrases"), list)


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    began = fields.epoch(fields.any_of(value, ("conversationStartTime", "startTime")), where=f"{name}: startTime")
    media = str(value.get("mediaType", "call")).lower()
    channel = _CHANNELS.get(media, Channel.WEBCHAT)
    transcripts = fields.objects(value["transcripts"], "transcripts", where=name)
    turns = [
        _said(phrase, began, channel, where=f"{name}: transcripts[{number}].phrases[{index}]")
        for number, transcript in enumerate(transcripts)
        for index, phrase in enumerate(fields.listed(transcript.get("phrases")))
    ]
    return Draft(
        turns=in_order(turns),
        id=fields.string(value.get("conversationId")),
        channel=channel,
        language=next((fields.string(transcript.get("language")) for transcript in transcripts), None),
        started_at=began,
        holds=told_holds.in_order(
            told_holds.of_segments(
                value.get("participants"), told_holds.began([value.get("conversationStart")], where=name) or began
            )
        ),
    )


def _said(phrase: Mapping[str, Json], began: datetime | None, channel: Channel, *, where: str) -> Said:
    text = fields.string(fields.any_of(phrase, ("decoratedText", "text"))) or ""
    who = fields.string(phrase.get("participantPurpose"))
    if not channel.spoken:
        return Said(text, who, at=fields.epoch(phrase.get("startTimeMs"), where=f"{where}.startTimeMs"))
    start = _start(phrase, began, where=where)
    length = fields.milliseconds(fields.mapping(phrase.get("duration")).get("totalMilliseconds"), where=where)
    end = round(start + length, 3) if start is not None and length is not None else None
    return Said(text, who, start=start, end=end)


def _start(phrase: Mapping[str, Json], began: datetime | None, *, where: str) -> float | None:
    """The offset where there is one; else the start, which public code takes for an instant or for a distance."""
    offset = fields.mapping(phrase.get("offset")).get("totalMilliseconds")
    if offset is not None:
        return fields.milliseconds(offset, where=f"{where}.offset")
    stated = fields.number(phrase.get("startTimeMs"), where=f"{where}.startTimeMs")
    if stated is None or stated < _SINCE_1970:
        return fields.milliseconds(phrase.get("startTimeMs"), where=f"{where}.startTimeMs")
    at = fields.epoch(phrase.get("startTimeMs"), where=f"{where}.startTimeMs")
    return round(max(0.0, (at - began).total_seconds()), 3) if at and began else None
