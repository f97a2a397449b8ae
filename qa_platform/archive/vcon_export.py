"""One interaction as a vCon (IETF draft vcon-core-04): its parties and words, and what was found as an analysis.

Words leave as they are kept, card data hidden. The recording leaves only when it is asked for.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from models.conversation import Channel, Conversation, Layout, Speaker, Turn
from models.errors import QAError
from models.interactions import Interaction, Stage, StoredObject
from models.people import Agent
from qa_platform import audit
from qa_platform.access import integrations
from qa_platform.access.integrations import Integration
from qa_platform.archive import conversations
from qa_platform.archive.stored_analysis import stored_analysis
from qa_platform.storage import Storage

Json = dict[str, Any]


class NotReady(QAError):
    status = 409
    says = "The interaction is still being worked on."
    remedy = "Ask again when its status is ready."


PRODUCT = "qa-platform"
_FAMILY = UUID("6f0b8c2e-5c0f-4a53-9b1e-8a1f2f6f2c11")  # of our own making: the same interaction keeps its uuid
# `role` of a party comes from the contact-centre extension; the core has none.
_EXTENSIONS = ("CC",)
_APPLICATIONS: Mapping[Channel, str] = MappingProxyType(
    {Channel.WHATSAPP: "whatsapp", Channel.SMS: "sms", Channel.EMAIL: "email", Channel.WEBCHAT: "webchat"}
)


def for_machine(session: Session, integration: Integration, interaction_id: int) -> Json:
    """The vCon of a finished interaction of the token's portfolio, its going out on record. Without the recording.

    Raises NotFound out of reach and NotReady before it is finished.
    """
    interaction = integrations.interaction(session, integration, interaction_id)
    if interaction.stage is not Stage.READY:
        raise NotReady
    details = {"format": "vcon", "token": integration.id}
    audit.record(session, "interaction.exported", subject="interaction", subject_id=interaction_id, details=details)
    return vcon(session, interaction)


def vcon(session: Session, interaction: Interaction, *, recording_from: Storage | None = None) -> Json:
    """The vCon of a stored interaction; with `recording_from`, its recording inside."""
    conversation = conversations.load(session, interaction)
    sides = _sides(conversation.turns)
    agent = session.get(Agent, interaction.agent_id) if interaction.agent_id else None
    spoken = interaction.channel.spoken
    audio = _audio(session, interaction, recording_from)
    return {
        "uuid": str(uuid5(_FAMILY, interaction.content_key)),
        "created_at": interaction.received_at.isoformat(),
        "extensions": list(_EXTENSIONS),
        "parties": [_party(side, agent) for side in sides],
        "dialog": [_call(interaction, sides, audio)] if spoken else _messages(conversation, interaction, sides),
        "analysis": [
            *([_transcript(conversation, interaction, sides)] if spoken and conversation.turns else []),
            *([_report(session, interaction)] if interaction.stage is Stage.READY else []),
        ],
        "attachments": [],
    }


def _sides(turns: Sequence[Turn]) -> list[Speaker]:
    """Who takes part; agent and customer always, first."""
    return list(dict.fromkeys([Speaker.AGENT, Speaker.CUSTOMER, *(turn.speaker for turn in turns)]))


def _party(side: Speaker, agent: Agent | None) -> Json:
    named = {"name": agent.name} if side is Speaker.AGENT and agent else {}
    automatic = {"type": "bot"} if side in {Speaker.BOT, Speaker.IVR, Speaker.VOICEMAIL} else {}
    return {**named, **automatic, "role": side.value}


def _call(interaction: Interaction, sides: Sequence[Speaker], audio: Json) -> Json:
    """In a recording of two sides, `parties` names the party of each channel."""
    pair = [sides.index(Speaker.AGENT), sides.index(Speaker.CUSTOMER)]
    if interaction.layout is Layout.TWO_SIDES and interaction.agent_channel == 1:
        pair.reverse()
    length = {"duration": interaction.duration} if interaction.duration else {}
    return {"type": "recording", "start": interaction.started_at.isoformat(), **length, "parties": pair, **audio}


def _audio(session: Session, interaction: Interaction, storage: Storage | None) -> Json:
    if storage is None or interaction.recording_id is None:
        return {}
    folder = session.get_one(StoredObject, interaction.recording_id).folder
    body = base64.urlsafe_b64encode(storage.read(folder)).decode().rstrip("=")
    return {"encoding": "base64url", "body": body}


def _messages(conversation: Conversation, interaction: Interaction, sides: Sequence[Speaker]) -> list[Json]:
    return [
        {
            "type": "text",
            "start": (turn.at or interaction.started_at).isoformat(),
            "parties": [sides.index(turn.speaker), *(n for n, side in enumerate(sides) if side is not turn.speaker)],
            "originator": sides.index(turn.speaker),
            "mediatype": "text/plain",
            "encoding": "none",
            "body": turn.text,
            "application": _APPLICATIONS[conversation.channel],
        }
        for turn in conversation.turns
    ]


def _transcript(conversation: Conversation, interaction: Interaction, sides: Sequence[Speaker]) -> Json:
    lines = [_line(turn, interaction, sides) for turn in conversation.turns]
    model = interaction.transcript_model or interaction.transcript_format
    return {
        "type": "transcript",
        "dialog": 0,
        "vendor": PRODUCT,
        **({"product": model} if model else {}),
        "mediatype": "application/json",
        "encoding": "json",
        "body": lines,
    }


def _line(turn: Turn, interaction: Interaction, sides: Sequence[Speaker]) -> Json:
    line: Json = {"party": sides.index(turn.speaker), "text": turn.text}
    if turn.start is not None:
        line["start"] = (interaction.started_at + timedelta(seconds=turn.start)).isoformat()
        if turn.end is not None:
            line["duration"] = round(turn.end - turn.start, 3)
    return line


def _report(session: Session, interaction: Interaction) -> Json:
    """Findings, promises, steps and the proposed scorecard, in the shape of this product's own JSON."""
    told = stored_analysis(session, interaction)
    return {
        "type": "report",
        "dialog": 0,
        "vendor": PRODUCT,
        "product": PRODUCT,
        "schema": "qa-analysis",
        "mediatype": "application/json",
        "encoding": "json",
        "body": {name: value for name, value in told.items() if name != "turns"},
    }
