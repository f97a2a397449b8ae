"""The file of metadata that Genesys Cloud writes beside each recording it exports: `<recording>_metadata.json`.

Its field names differ between the export integrations, so each value is looked for under the names seen in use. What
the debtor's number is stays where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePath

from models.conversation import Channel, Direction
from models.errors import QAError
from qa_platform.doors.metadata import Metadata, Sidecar
from qa_platform.doors.offerings import Found, stem
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.language import supported

SUFFIX = "_metadata.json"
LARGEST = 1 << 20  # bytes
_STARTS = ("recordingStartTime", "conversationStartTime", "startTime", "mediaStartTime")
_DIRECTIONS = ("initialDirection", "originatingDirection", "direction")
_CHANNELS = {"audio": Channel.VOICE, "call": Channel.VOICE, "voice": Channel.VOICE, "email": Channel.EMAIL}
_AGENTS = frozenset({"agent", "user", "internal"})

Object = Mapping[str, Json]


def beside(found: Sequence[Found]) -> tuple[list[Found], Sidecar]:
    """The files with those of metadata marked as such, and what they tell of the recordings beside them."""
    rows: dict[str, Metadata] = {}
    marked = []
    for item in found:
        told = _read(item.path, item.name) if item.name.endswith(SUFFIX) and item.why_not is None else None
        if told is not None:
            rows[_recording(item.name)] = told
        marked.append(replace(item, table=told is not None) if told is not None else item)
    return marked, Sidecar(rows, {})


def told_of(name: str, rows: Sidecar) -> Metadata:
    """What such a file tells of this recording."""
    return rows.rows.get(_key(PurePath(name).parent, stem(PurePath(name))), Metadata())


def alone(rows: Sidecar, found: Sequence[Found]) -> dict[str, Metadata]:
    """What is told of recordings that are not among these files, by their names without a suffix."""
    there = {_key(PurePath(item.name).parent, stem(PurePath(item.name))) for item in found if not item.table}
    return {name: told for name, told in rows.rows.items() if name not in there}


def read(document: Document) -> Metadata | None:
    """None for what is no metadata of a recording."""
    value = document.object
    number = fields.string(value.get("conversationId"))
    if (
        not number
        or "transcripts" in value
        or not any(name in value for name in (*_STARTS, "recordingId", "mediaType"))
    ):
        return None
    name, code = _agent(value)
    media = (fields.string(value.get("mediaType") or value.get("media")) or "").lower()
    return Metadata(
        external_id=number[:200],
        agent=code,
        agent_name=name,
        channel=_CHANNELS.get(media),
        language=supported(fields.string(value.get("language")) or ""),
        started_at=next((at for key in _STARTS if (at := _instant(value.get(key)))), None),
        direction=_direction(value),
        disposition=_wrap_up(value),
    )


def _read(path: Path, name: str) -> Metadata | None:
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        return read(Document(data, name=name)) if data else None
    except (OSError, QAError):
        return None


def _recording(name: str) -> str:
    path = PurePath(name)
    return _key(path.parent, path.name.removesuffix(SUFFIX).casefold())


def _key(folder: PurePath, own: str) -> str:
    return f"{folder.as_posix()}/{own}"


def _instant(value: Json) -> datetime | None:
    with suppress(QAError):
        if isinstance(value, int | float) or (isinstance(value, str) and value.isdigit()):
            return fields.epoch(value, where="startTime")
        return fields.moment(value, where="startTime")
    return None


def _direction(value: Object) -> Direction | None:
    said = next((str(value[key]).lower() for key in _DIRECTIONS if value.get(key)), "")
    return {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}.get(said)


def _agent(value: Object) -> tuple[str | None, str | None]:
    """Name and code of the first agent who is named."""
    people = [*fields.listed(value.get("agents")), *fields.listed(value.get("participants"))]
    for person in people:
        purpose = str(person.get("purpose") or person.get("participantPurpose") or "agent").lower()
        name = fields.string(person.get("name") or person.get("userName"))
        code = fields.string(person.get("userId") or person.get("id"))
        if purpose in _AGENTS and (name or code):
            return name, code
    ids = value.get("userIds") or value.get("agentIds")
    first = fields.string(ids[0]) if isinstance(ids, list) and ids else None
    return fields.string(value.get("agentName") or value.get("userName")), first or fields.string(value.get("userId"))


def _wrap_up(value: Object) -> str | None:
    codes = value.get("wrapUpCodes") or value.get("wrapupCodes") or value.get("wrapUpCode")
    first = codes[0] if isinstance(codes, list) and codes else codes
    if isinstance(first, Mapping):
        first = first.get("name") or first.get("code")
    told = fields.string(first)
    return told[:120] if told else None
