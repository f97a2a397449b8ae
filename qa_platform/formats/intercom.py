"""Intercom conversations: the first message stands in `source`, the rest in parts; internal notes are left out."""

from __future__ import annotations

from collections.abc import Mapping

from models.conversation import Channel, Direction
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Notice, Said
from qa_platform.formats.reading.mail import from_html

NAME = "intercom"
LABEL = "Intercom"

_CHANNELS = {"email": Channel.EMAIL, "whatsapp": Channel.WHATSAPP, "sms": Channel.SMS}


def recognises(document: Document) -> bool:
    return document.object.get("type") == "conversation" and fields.has(document.object, "source", "conversation_parts")


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    source = fields.mapping(value.get("source"))
    parts = fields.listed(fields.mapping(value.get("conversation_parts")).get("conversation_parts"))
    notes = [part for part in parts if part.get("part_type") == "note"]
    first = _said({**source, "created_at": value.get("created_at")}, where=f"{name}: source")
    rest = (_said(part, where=f"{name}: part {index}") for index, part in enumerate(parts) if part not in notes)
    left_out = Notice("{count} internal notes were left out.", {"count": str(len(notes))})
    ours = str(source.get("delivered_as", "")).startswith(("admin", "operator", "campaign"))
    return Draft(
        turns=(first, *rest),
        id=fields.string(value.get("id")),
        channel=_CHANNELS.get(str(source.get("type")), Channel.WEBCHAT),
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        notices=(left_out,) if notes else (),
    )


def _said(part: Mapping[str, Json], *, where: str) -> Said:
    """A part; what has no body (assignments, attributes) falls away later."""
    author = fields.mapping(part.get("author"))
    body = part.get("body")
    return Said(
        from_html(body) if isinstance(body, str) else "",
        fields.string(author.get("type")),
        at=fields.epoch(part.get("created_at"), where=f"{where}.created_at"),
    )
