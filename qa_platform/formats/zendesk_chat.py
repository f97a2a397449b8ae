"""Zendesk Chat: the messages of `history`; joining, rating and the like are no words, triggers are bots."""

from __future__ import annotations

from models.conversation import Channel, Direction
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, Said

NAME = "zendesk-chat"
LABEL = "Zendesk Chat"


def recognises(document: Document) -> bool:
    history = fields.listed(document.object.get("history"))
    return bool(history) and str(history[0].get("type")).startswith("chat.")


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    turns = tuple(
        Said(
            fields.string(entry.get("msg")) or "",
            fields.string(entry.get("sender_type")),
            at=fields.moment(entry.get("timestamp"), where=f"{name}: history[{index}].timestamp"),
        )
        for index, entry in enumerate(fields.objects(value["history"], "history", where=name))
        if entry.get("type") == "chat.msg"
    )
    names = value.get("agent_names")
    return Draft(
        turns=turns,
        id=fields.string(value.get("id")),
        channel=Channel.WEBCHAT,
        direction=Direction.INBOUND,
        started_at=fields.moment(value.get("timestamp"), where=f"{name}: timestamp"),
        agent=fields.string(names[0]) if isinstance(names, list) and names else None,
    )
