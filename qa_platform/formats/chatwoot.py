"""Chatwoot messages, from webhooks or from the API: private notes and activity lines are never judged."""

from __future__ import annotations

import json
from collections.abc import Mapping

from models.conversation import Channel, Speaker
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Notice, Said

NAME = "chatwoot"
LABEL = "Chatwoot"

_ACTIVITY = {"activity", "2"}
_WHO = {
    "incoming": Speaker.CUSTOMER,
    "outgoing": Speaker.AGENT,
    "template": Speaker.BOT,
    "0": Speaker.CUSTOMER,
    "1": Speaker.AGENT,
    "3": Speaker.BOT,
}


def recognises(document: Document) -> bool:
    messages = _messages(document)
    return bool(messages) and fields.has(messages[0], "message_type", "content")


def read(document: Document, _hints: Hints) -> Draft:
    name = document.name
    messages = _messages(document)
    talks = {found for message in messages if (found := _conversation_of(message))}
    if len(talks) > 1:
        raise fields.SeveralConversations(name, count=len(talks))
    judged = [message for message in messages if not _hidden(message)]
    left_out = Notice("{count} internal notes were left out.", {"count": str(len(messages) - len(judged))})
    return Draft(
        turns=tuple(_said(message, where=f"{name}: message {index}") for index, message in enumerate(judged)),
        id=next(iter(talks), None),
        channel=_channel(messages),
        notices=(left_out,) if len(judged) < len(messages) else (),
    )


def split(document: Document) -> tuple[bytes, ...]:
    """The messages of each conversation, as the API lists them."""
    talks: dict[str | None, list[Mapping[str, Json]]] = {}
    for message in _messages(document):
        talks.setdefault(_conversation_of(message), []).append(message)
    return tuple(
        json.dumps({"payload": messages}, ensure_ascii=False).encode("utf-8", "replace") for messages in talks.values()
    )


def _messages(document: Document) -> list[Mapping[str, Json]]:
    """One webhook, a list of them, the API's `payload`, or a conversation with its `messages`."""
    value = document.object
    if fields.string(value.get("event")) in {"message_created", "message_updated"}:
        return [value]
    return fields.listed(document.json) or fields.listed(value.get("payload")) or fields.listed(value.get("messages"))


def _said(message: Mapping[str, Json], *, where: str) -> Said:
    sender = fields.mapping(message.get("sender"))
    kind = fields.string(message.get("message_type")) or ""
    bot = sender.get("type") == "agent_bot"
    stated = message.get("created_at")
    counted = isinstance(stated, int | float) or (isinstance(stated, str) and stated.isdigit())
    at = fields.epoch(stated, where=where) if counted else fields.moment(stated, where=f"{where}.created_at")
    return Said(fields.string(message.get("content")) or "", Speaker.BOT if bot else _WHO.get(kind), at=at)


def _hidden(message: Mapping[str, Json]) -> bool:
    return message.get("private") is True or fields.string(message.get("message_type")) in _ACTIVITY


def _conversation_of(message: Mapping[str, Json]) -> str | None:
    talk = fields.mapping(message.get("conversation"))
    return fields.string(fields.any_of(talk, ("id", "display_id"))) or fields.string(message.get("conversation_id"))


def _channel(messages: list[Mapping[str, Json]]) -> Channel:
    stated = str(fields.mapping(messages[0].get("conversation")).get("channel")).lower()
    kinds = {"whatsapp": Channel.WHATSAPP, "sms": Channel.SMS, "email": Channel.EMAIL}
    return next((channel for word, channel in kinds.items() if word in stated), Channel.WEBCHAT)
