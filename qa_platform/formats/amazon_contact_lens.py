"""Amazon Connect Contact Lens (voice and chat) and Transcribe Call Analytics: milliseconds, roles, redacted words."""

from __future__ import annotations

from collections.abc import Mapping

from models.conversation import Channel, Speaker, Word
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said, in_order

NAME = "amazon-contact-lens"
LABEL = "Amazon Connect / Transcribe Call Analytics"


def recognises(document: Document) -> bool:
    value = document.object
    return isinstance(value.get("Transcript"), list) and ("Participants" in value or "JobStatus" in value)


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    # In voice exports a participant's id is its role; in chats it is an opaque number.
    roles = {
        fields.string(party.get("ParticipantId")): fields.string(party.get("ParticipantRole"))
        for party in fields.listed(value.get("Participants"))
    }
    entries = fields.objects(value["Transcript"], "Transcript", where=name)
    written = str(value.get("Channel")).upper() == "CHAT" or any("AbsoluteTime" in entry for entry in entries)
    turns = [_said(entry, roles, where=f"{name}: Transcript[{index}]") for index, entry in enumerate(entries)]
    length = fields.mapping(value.get("ConversationCharacteristics")).get("TotalConversationDurationMillis")
    return Draft(
        turns=tuple(turns) if written else in_order(turns),
        channel=Channel.WEBCHAT if written else Channel.VOICE,
        language=fields.string(value.get("LanguageCode")),
        duration=fields.milliseconds(length, where=f"{name}: ConversationCharacteristics"),
        agent=next((_name(party) for party in fields.listed(value.get("Participants")) if _is_agent(party)), None),
    )


def _said(entry: Mapping[str, Json], roles: Mapping[str | None, str | None], *, where: str) -> Said:
    """One turn; joining, leaving and attachments have no words and fall away later."""
    party = fields.string(entry.get("ParticipantId"))
    role = fields.string(entry.get("ParticipantRole")) or roles.get(party) or party
    text = entry.get("Content")
    return Said(
        text if isinstance(text, str) else "",
        # Messages of the system in a chat are written by the flow, not by a person.
        Speaker.BOT if role == "SYSTEM" else role,
        start=fields.milliseconds(entry.get("BeginOffsetMillis"), where=where),
        end=fields.milliseconds(entry.get("EndOffsetMillis"), where=where),
        at=fields.moment(entry.get("AbsoluteTime"), where=f"{where}.AbsoluteTime"),
        words=tuple(word for item in fields.listed(entry.get("Items")) if (word := _word(item, where=where))),
    )


def _word(item: Mapping[str, Json], *, where: str) -> Word | None:
    """Punctuation has no times of its own."""
    text = fields.string(item.get("Content"))
    start = fields.milliseconds(item.get("BeginOffsetMillis"), where=where)
    end = fields.milliseconds(item.get("EndOffsetMillis"), where=where)
    return Word(text, start, end) if text and start is not None and end is not None else None


def _is_agent(party: Mapping[str, Json]) -> bool:
    return party.get("ParticipantRole") == "AGENT"


def _name(party: Mapping[str, Json]) -> str | None:
    return fields.string(party.get("DisplayName"))
