"""Reads any known transcript into a conversation, or says what is wrong with it, where, and what to do.

A format is a file of this folder with `NAME`, `LABEL`, `recognises` and `read`; `contract.py` is not one. It returns a
`Draft`, what the file says; who is the agent, the language and the checks common to all are decided once, here.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from models.conversation import Channel, Conversation, Direction, Speaker, Turn
from models.errors import QAError
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Notice, Reading, Said
from qa_platform.formats.reading.fields import shown
from qa_platform.formats.reading.language import guess_language, supported
from qa_platform.formats.reading.speakers import who_is_who
from qa_platform.formats.reading.text import clean

__all__ = [
    "Document",
    "Draft",
    "Hints",
    "Notice",
    "Reading",
    "Said",
    "conversations_in",
    "formats",
    "read_document",
    "read_transcript",
]


MOST_CONVERSATIONS = 10_000
_WRAPPERS = ("conversations", "chats", "calls", "interactions", "vcons", "items", "results", "data")


class UnknownFormat(QAError):
    status = 415
    says = "No known transcript format reads this file."
    remedy = (
        "Send a recording, a conversation as JSON, a WhatsApp .txt, WebVTT, SRT, CSV, Excel, vCon, a mail or a known "
        "export."
    )


class UnknownJson(QAError):
    status = 415
    says = "The JSON is no transcript of a known kind. Its fields: {fields}."
    remedy = (
        "Send a recording, a conversation as JSON, a WhatsApp .txt, WebVTT, SRT, CSV, Excel, vCon, a mail or a known "
        "export."
    )


class BrokenJson(QAError):
    status = 422
    says = "The JSON breaks off or is malformed at line {line}, column {column}."
    remedy = "Export the file again; it may have been cut while copying."


class NoWords(QAError):
    status = 422
    says = "The transcript holds no words."
    remedy = "Export it again with its messages or segments, or send the recording."


class Format(Protocol):
    """One way in which transcripts are written; the modules of this folder fulfil it."""

    NAME: str
    LABEL: str

    def recognises(self, document: Document) -> bool:
        """By content, never by the file's name."""

    def read(self, document: Document, hints: Hints) -> Draft: ...


@runtime_checkable
class Divisible(Protocol):
    """A format whose files may hold several conversations, each of which can stand as a file of its own."""

    def split(self, document: Document) -> tuple[bytes, ...]: ...


def read_transcript(data: bytes, hints: Hints | None = None) -> Reading:
    """The conversation in `data`; `hints` fill what the file leaves open. Raises QAError, never returns silence."""
    hints = hints or Hints()
    return read_document(Document(data, name=hints.name), hints)


def conversations_in(document: Document) -> tuple[bytes, ...]:
    """Each conversation of a file that holds several, as a file of its own; empty where it holds one, or none."""
    forms = recognised_by(document)
    pieces: Sequence[bytes] = ()
    if not forms:
        pieces = [json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") for item in _listed(document)]
    elif isinstance(forms[0], Divisible):
        pieces = forms[0].split(document)
    return tuple(pieces) if len(pieces) > 1 else ()


def read_document(document: Document, hints: Hints) -> Reading:
    form = _format_of(document)
    draft = form.read(document, hints)
    if not draft.recordings and not draft.elsewhere and not any(clean(said.text) for said in draft.turns):
        raise NoWords(document.name)
    conversation, notices = _conversation(draft, hints) if draft.turns else (None, ())
    return Reading(
        format=form.NAME,
        conversation=conversation,
        id=draft.id,
        recordings=draft.recordings,
        notices=draft.notices + notices,
        agent=draft.agent,
        agent_channel=draft.agent_channel,
        elsewhere=draft.elsewhere,
    )


@cache
def formats() -> tuple[Format, ...]:
    """Every format of this folder, by name."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    package = __name__.rpartition(".")[0]
    return tuple(
        cast(Format, importlib.import_module(f"{package}.{stem}"))
        for stem in stems
        if stem not in {"__init__", "contract"}
    )


def recognised_by(document: Document) -> list[Format]:
    """Exactly one for a known transcript; the specimens of the tests hold the formats to it."""
    return [form for form in formats() if form.recognises(document)]


def _listed(document: Document) -> list[Json]:
    """The items of a JSON list (bare, or under the name that exports give it) or of JSON lines, if each is known."""
    value = document.json
    if isinstance(value, Mapping):
        value = next((value[name] for name in _WRAPPERS if isinstance(value.get(name), list)), None)
    items = value if isinstance(value, list) else _json_lines(document)
    if not 1 < len(items) <= MOST_CONVERSATIONS:
        return []
    known = all(
        isinstance(item, Mapping) and recognised_by(Document.of_json(item, name=document.name)) for item in items
    )
    return items if known else []


def _json_lines(document: Document) -> list[Json]:
    if not document.broken_json:
        return []
    lines = [line for line in document.text.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines] if all(line.lstrip()[0] == "{" for line in lines) else []
    except (ValueError, RecursionError):
        return []


def _format_of(document: Document) -> Format:
    matches = recognised_by(document)
    if matches:
        return matches[0]
    if broken := document.broken_json:
        raise BrokenJson(document.name, line=broken[0], column=broken[1])
    if not document.data.strip():
        raise NoWords(document.name)
    if document.object:
        raise UnknownJson(document.name, fields=", ".join(shown(name) for name in list(document.object)[:6]))
    raise UnknownFormat(document.name)


def _conversation(draft: Draft, hints: Hints) -> tuple[Conversation, tuple[Notice, ...]]:
    heard = [said for said in draft.turns if clean(said.text)]
    channel = draft.channel or hints.channel or _channel_of(heard)
    speakers, unsure = who_is_who(heard, hints, agent=draft.agent)
    language, doubt = _language(draft, heard, hints)
    turns = tuple(
        _turn(index, said, speaker) for index, (said, speaker) in enumerate(zip(heard, speakers, strict=True))
    )
    zone_unknown = Notice("The times state no zone; {zone} was taken.", {"zone": str(hints.zone)})
    notices = [*unsure, *doubt, *([zone_unknown] if draft.local_times and not hints.zone_known else [])]
    conversation = Conversation(
        id=draft.id or hints.id or Path(hints.name).stem or "conversation",
        channel=channel,
        language=language,
        turns=turns,
        country=draft.country or hints.country,
        started_at=draft.started_at or hints.started_at or turns[0].at,
        direction=draft.direction or hints.direction or Direction.OUTBOUND,
        account=draft.account if draft.account is not None else hints.account,
        duration=draft.duration,
        has_end_times=not channel.spoken or all(turn.start is not None and turn.end is not None for turn in turns),
        told_holds=draft.holds if channel.spoken else (),
    )
    if not conversation.has_end_times:
        notices.append(Notice("Some turns have no end time: silences cannot be measured from this transcript."))
    return conversation, tuple(notices)


def _turn(index: int, said: Said, speaker: Speaker) -> Turn:
    return Turn(index, speaker, clean(said.text), start=said.start, end=said.end, at=said.at, words=said.words)


def _channel_of(heard: Sequence[Said]) -> Channel:
    dated = all(said.at is not None and said.start is None for said in heard)
    return Channel.WEBCHAT if dated else Channel.VOICE


def _language(draft: Draft, heard: Sequence[Said], hints: Hints) -> tuple[str, list[Notice]]:
    stated = supported(draft.language) or supported(hints.language)
    if stated:
        return stated, []
    guessed = guess_language(said.text for said in heard)
    if guessed:
        return guessed, []
    return "es", [Notice("The language could not be told from the words; Spanish was taken.")]
