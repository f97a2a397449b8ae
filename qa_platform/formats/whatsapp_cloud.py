"""WhatsApp Cloud API webhooks, one or a list: customers' messages and the echoes of our own; receipts are no words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from models.conversation import Channel, Speaker
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said

NAME = "whatsapp-cloud"
LABEL = "WhatsApp Cloud API"

_SILENT = {"reaction", "system", "revoke", "edit", "request_welcome"}


def recognises(document: Document) -> bool:
    first = next(iter(_deliveries(document)), {})
    return first.get("object") == "whatsapp_business_account" and isinstance(first.get("entry"), list)


def read(document: Document, _hints: Hints) -> Draft:
    name = document.name
    found = list(_messages(document))
    people = {who for message, ours in found if (who := _customer(message, ours=ours))}
    if len(people) > 1:
        raise fields.SeveralConversations(name, count=len(people))
    turns = [
        Said(
            _text(message),
            Speaker.AGENT if ours else Speaker.CUSTOMER,
            at=_at(message, where=f"{name}: message {index}"),
        )
        for index, (message, ours) in enumerate(found)
        if fields.string(message.get("type")) not in _SILENT
    ]
    # Deliveries arrive in any order, and more than once.
    unique = dict.fromkeys(turns)
    dated = all(said.at for said in unique)
    return Draft(
        turns=tuple(sorted(unique, key=lambda said: said.at.timestamp() if said.at else 0.0) if dated else unique),
        channel=Channel.WHATSAPP,
    )


def split(document: Document) -> tuple[bytes, ...]:
    """One delivery for each customer, with the messages of both sides; receipts stay behind."""
    talks: dict[str | None, dict[str, list[Json]]] = {}
    for message, ours in _messages(document):
        sides = talks.setdefault(_customer(message, ours=ours), {"messages": [], "message_echoes": []})
        sides["message_echoes" if ours else "messages"].append(message)
    deliveries = (
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": sides}]}]} for sides in talks.values()
    )
    return tuple(json.dumps(delivery, ensure_ascii=False).encode("utf-8", "replace") for delivery in deliveries)


def _deliveries(document: Document) -> list[Mapping[str, Json]]:
    return fields.listed(document.json) or [document.object]


def _messages(document: Document) -> Iterator[tuple[Mapping[str, Json], bool]]:
    """Every message, and whether it is ours."""
    for delivery in _deliveries(document):
        for entry in fields.listed(delivery.get("entry")):
            for change in fields.listed(entry.get("changes")):
                value = fields.mapping(change.get("value"))
                yield from ((message, False) for message in fields.listed(value.get("messages")))
                yield from ((message, True) for message in fields.listed(value.get("message_echoes")))


def _customer(message: Mapping[str, Json], *, ours: bool) -> str | None:
    return fields.string(message.get("to" if ours else "from"))


def _at(message: Mapping[str, Json], *, where: str) -> datetime | None:
    return fields.epoch(message.get("timestamp"), where=f"{where}.timestamp")


def _text(message: Mapping[str, Json]) -> str:
    """The words, or in brackets what was sent instead of words."""
    kind = fields.string(message.get("type")) or "unsupported"
    content = fields.mapping(message.get(kind))
    if kind == "interactive":
        content = next((fields.mapping(value) for key, value in content.items() if key.endswith("_reply")), {})
    said = fields.string(fields.any_of(content, ("body", "text", "title", "caption")))
    if kind in {"text", "button", "interactive"}:
        return said or ""
    return f"[{kind}]\n{said}" if said else f"[{kind}]"
