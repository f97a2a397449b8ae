"""Exports with `Conversation.Messages`, each by the bot or agent or by the user (Microsoft's mining samples)."""

from __future__ import annotations

from models.conversation import Speaker
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, Said

NAME = "conversation-mining"
LABEL = "Microsoft Conversation Mining"

_WHO = {"MessageFromBotOrAgent": Speaker.AGENT, "MessageFromUser": Speaker.CUSTOMER}


def recognises(document: Document) -> bool:
    messages = fields.listed(fields.mapping(document.object.get("Conversation")).get("Messages"))
    return bool(messages) and fields.has(messages[0], "EventType", "Value")


def read(document: Document, hints: Hints) -> Draft:
    value, name = document.object, document.name
    conversation = fields.mapping(value.get("Conversation"))
    messages = fields.objects(conversation.get("Messages"), "Conversation.Messages", where=name)
    turns = tuple(
        Said(
            fields.string(message.get("Value")) or "",
            _WHO.get(str(message.get("EventType"))),
            at=fields.moment(message.get("EventTime"), where=f"{name}: Messages[{index}].EventTime", zone=hints.zone),
        )
        for index, message in enumerate(messages)
    )
    return Draft(
        turns=turns,
        id=fields.string(conversation.get("ConversationId")),
        agent=fields.string(value.get("AgentName")),
    )
