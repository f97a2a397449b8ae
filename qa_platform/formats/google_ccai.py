"""Google CCAI Insights conversations: starts in microseconds, no ends, so silences cannot be computed."""

from __future__ import annotations

from collections.abc import Mapping

from models.conversation import Channel
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said

NAME = "google-ccai"
LABEL = "Google CCAI Insights"

_SINCE_1970 = 1e14  # microseconds: what is less is counted from the start of the call


def recognises(document: Document) -> bool:
    entries = fields.listed(document.object.get("entries"))
    return bool(entries) and fields.has(entries[0], "text", "role")


def read(document: Document, _hints: Hints) -> Draft:
    name = document.name
    entries = fields.objects(document.object["entries"], "entries", where=name)
    turns = tuple(_said(entry, where=f"{name}: entries[{index}]") for index, entry in enumerate(entries))
    spoken = all(said.at is None for said in turns)
    return Draft(turns=turns, channel=Channel.VOICE if spoken else None)


def _said(entry: Mapping[str, Json], *, where: str) -> Said:
    stated = fields.number(entry.get("start_timestamp_usec"), where=f"{where}.start_timestamp_usec")
    text, who = fields.string(entry.get("text")) or "", fields.string(entry.get("role"))
    if stated is not None and stated >= _SINCE_1970:
        return Said(text, who, at=fields.epoch(entry.get("start_timestamp_usec"), where=where))
    start = fields.seconds(stated / 1e6, where=where) if stated is not None else None
    return Said(text, who, start=start)
