"""vCon (IETF draft vcon-core-04, and the older field names): written dialogs, transcripts, recordings inside."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath

from models.conversation import Channel, Direction, Speaker
from models.errors import QAError
from qa_platform.formats import contract
from qa_platform.formats.reading import fields, told_holds
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Elsewhere, Hints, InlineRecording, Notice, Said, in_order
from qa_platform.formats.reading.mail import plain_text, without_quotes
from qa_platform.formats.reading.speakers import role_of

NAME = "vcon"
LABEL = "vCon"

Object = Mapping[str, Json]
_SIGNED = Notice("The vCon is signed; the signature was not checked.")


class RecordingElsewhere(QAError):
    status = 422
    says = "The vCon has no words, and its recording stands at an address outside the file, which is not fetched."
    remedy = "Export it with the recording or the transcript inside, or send the audio file."


class NeverAnswered(QAError):
    status = 422
    says = "The vCon records a call that did not take place ({disposition})."
    remedy = "There is nothing to review: leave it out."


def recognises(document: Document) -> bool:
    value = _unsigned(document)
    return isinstance(value.get("parties"), list) and (isinstance(value.get("dialog"), list) or "vcon" in value)


def read(document: Document, hints: Hints) -> Draft:
    value, name = _unsigned(document), document.name
    parties = fields.objects(value["parties"], "parties", where=name)
    dialogs = fields.objects(value.get("dialog") or [], "dialog", where=name)
    calls = [dialog for dialog in dialogs if dialog.get("type") == "recording"]
    recordings = tuple(_recordings(calls, where=name))
    spoken = _transcript(value, parties, dialogs, hints, name=name)
    written = () if spoken else tuple(_texts(dialogs, parties, where=name))
    elsewhere = tuple(_elsewhere(calls))
    if not spoken and not written and not recordings and not (elsewhere and hints.may_fetch):
        _refuse(dialogs, elsewhere=bool(elsewhere), name=name)
    first: Object = calls[0] if calls and not written else dialogs[0] if dialogs else {}
    return Draft(
        turns=spoken or written,
        id=fields.string(value.get("uuid")),
        channel=_written_channel(dialogs, parties) if written else Channel.VOICE,
        started_at=fields.moment(first.get("start"), where=f"{name}: dialog[0].start"),
        direction=_direction(first),
        duration=fields.seconds(first.get("duration") or None, where=f"{name}: dialog[0].duration"),
        agent=next((fields.string(party.get("name")) for party in parties if _role(party) is Speaker.AGENT), None),
        agent_channel=_agent_channel(first, parties),
        recordings=recordings,
        notices=(_SIGNED,) if "signatures" in document.object else (),
        elsewhere=elsewhere,
        holds=told_holds.in_order(
            told_holds.of_party_history(first, told_holds.began([first.get("start")], where=name))
        ),
    )


def _unsigned(document: Document) -> Object:
    """The vCon itself, also out of a signed one (JWS); who signed is not checked here, and it is said."""
    value = document.object
    payload = value.get("payload")
    if not isinstance(payload, str) or "signatures" not in value:
        return value
    try:
        return Document(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).object
    except (binascii.Error, ValueError):
        return {}


def _refuse(dialogs: Sequence[Object], *, elsewhere: bool, name: str) -> None:
    incomplete = [dialog for dialog in dialogs if dialog.get("type") == "incomplete"]
    if incomplete:
        raise NeverAnswered(name, disposition=fields.string(incomplete[0].get("disposition")) or "incomplete")
    if elsewhere:
        raise RecordingElsewhere(name)
    raise contract.NoWords(name)


# ---------------------------------------------------------------------------------------------------- who and where


def _role(party: Object) -> Speaker | None:
    """The core has no role; the contact-centre extension and old files put one in the party or in its `meta`."""
    meta = party.get("meta")
    stated = fields.string(party.get("role")) or (
        fields.string(meta.get("role")) if isinstance(meta, Mapping) else None
    )
    if stated and (role := role_of(stated)):
        return role
    return Speaker.BOT if party.get("type") == "bot" else None


def _who(index: Json, parties: Sequence[Object]) -> Speaker | str | None:
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(parties):
        return None
    return _role(parties[index]) or fields.string(parties[index].get("name")) or f"SPEAKER_{index:02d}"


def _agent_channel(dialog: Object, parties: Sequence[Object]) -> int | None:
    """In a recording of several channels `parties` lists one entry a channel."""
    sides = dialog.get("parties")
    if not isinstance(sides, list) or len(sides) != 2:
        return None
    heard = [side if isinstance(side, list) else [side] for side in sides]  # several parties may share a channel
    agents = [number for number, who in enumerate(heard) if any(_who(one, parties) is Speaker.AGENT for one in who)]
    return agents[0] if len(agents) == 1 else None


def _direction(dialog: Object) -> Direction | None:
    meta = dialog.get("meta")
    stated = fields.string(meta.get("direction")) if isinstance(meta, Mapping) else None
    return {"in": Direction.INBOUND, "inbound": Direction.INBOUND, "out": Direction.OUTBOUND}.get(
        (stated or "").lower()
    )


def _written_channel(dialogs: Sequence[Object], parties: Sequence[Object]) -> Channel:
    applications = " ".join(fields.string(dialog.get("application")) or "" for dialog in dialogs).lower()
    if "whatsapp" in applications:
        return Channel.WHATSAPP
    if "sms" in applications:
        return Channel.SMS
    mailed = any(party.get("mailto") for party in parties) and not any(party.get("tel") for party in parties)
    return Channel.EMAIL if mailed else Channel.WEBCHAT


# ------------------------------------------------------------------------------------------------- what was said


def _texts(dialogs: Sequence[Object], parties: Sequence[Object], *, where: str) -> Iterator[Said]:
    mailed = _written_channel(dialogs, parties) is Channel.EMAIL
    for index, dialog in enumerate(dialogs):
        if dialog.get("type") != "text":
            continue
        place = f"{where}: dialog[{index}]"
        mediatype = fields.string(fields.any_of(dialog, ("mediatype", "mimetype"))) or "text/plain"
        text = plain_text(_body(dialog, where=place).decode("utf-8", "replace"), mediatype)
        sides = dialog.get("parties")
        sender = dialog.get("originator", sides[0] if isinstance(sides, list) and sides else sides)
        at = fields.moment(dialog.get("start"), where=f"{place}.start")
        yield Said(without_quotes(text) if mailed else text, _who(sender, parties), at=at)


def _recordings(calls: Sequence[Object], *, where: str) -> Iterator[InlineRecording]:
    for index, dialog in enumerate(calls):
        if dialog.get("body"):
            named = PurePath(fields.string(dialog.get("filename")) or "recording").name
            yield InlineRecording(_body(dialog, where=f"{where}: dialog[{index}]"), named)


def _elsewhere(calls: Sequence[Object]) -> Iterator[Elsewhere]:
    for dialog in calls:
        address = fields.string(dialog.get("url"))
        if address and not dialog.get("body"):
            stated = dialog.get("content_hash")
            digest = fields.string(stated[0] if isinstance(stated, list) and stated else stated)
            yield Elsewhere(address, digest or _old_hash(dialog))


def _old_hash(dialog: Object) -> str | None:
    """Before content_hash there were `alg` and `signature`."""
    signature = fields.string(dialog.get("signature"))
    named = (fields.string(dialog.get("alg")) or "").lower().replace("-", "")
    return f"{named}-{signature}" if signature and named in {"sha512", "sha256"} else None


def _body(dialog: Object, *, where: str) -> bytes:
    body = dialog.get("body")
    if not isinstance(body, str):
        return json.dumps(body).encode()
    if fields.string(dialog.get("encoding")) not in {"base64url", "base64"}:
        return body.encode("utf-8", "replace")
    try:
        return base64.urlsafe_b64decode(body.replace("+", "-").replace("/", "_") + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        raise fields.Missing(where, field="body") from None


def _transcript(
    vcon: Object, parties: Sequence[Object], dialogs: Sequence[Object], hints: Hints, *, name: str
) -> tuple[Said, ...]:
    """The first transcript among the analyses, the full one before a redacted one."""
    analyses = fields.objects(vcon.get("analysis") or [], "analysis", where=name)
    transcripts = [item for item in analyses if str(item.get("type")).startswith("transcript")]
    for item in sorted(transcripts, key=lambda item: item.get("type") != "transcript"):
        number = item.get("dialog")
        one = isinstance(number, int) and 0 <= number < len(dialogs)
        start = dialogs[number].get("start") if one and isinstance(number, int) else None
        began = fields.moment(start, where=f"{name}: dialog[{number}].start")
        turns = _turns(_parsed(item), parties, began, hints, where=f"{name}: analysis.body")
        if turns:
            return turns
    return ()


def _parsed(item: Object) -> Json:
    body = item.get("body")
    if isinstance(body, str) and body.lstrip()[:1] in {"{", "["}:
        return Document(body.encode("utf-8", "replace")).json or body
    return body


def _turns(
    body: Json, parties: Sequence[Object], began: datetime | None, hints: Hints, *, where: str
) -> tuple[Said, ...]:
    if isinstance(body, str):
        return tuple(Said(line) for line in body.splitlines())
    if isinstance(body, list):
        lines = fields.objects(body, "body", where=where)
        return in_order([_line(line, parties, began, where=f"{where}[{n}]") for n, line in enumerate(lines)])
    inside = Document.of_json(body, name=where)
    form = next((form for form in contract.recognised_by(inside) if form.NAME != NAME), None)
    return form.read(inside, hints).turns if form else ()


def _line(line: Object, parties: Sequence[Object], began: datetime | None, *, where: str) -> Said:
    """One line of a list of turns: party by index or speaker by name; start as an instant or in seconds."""
    start = _offset(line.get("start"), began, where=where)
    length = fields.seconds(line.get("duration"), where=f"{where}.duration")
    end = _offset(line.get("end"), began, where=where)
    if end is None and start is not None and length is not None:
        end = round(start + length, 3)
    party = fields.any_of(line, ("party", "parties", "originator"))
    return Said(
        fields.string(fields.any_of(line, ("text", "message", "body", "transcript"))) or "",
        _who(party, parties)
        if isinstance(party, int)
        else fields.string(fields.any_of(line, ("speaker", "role", "name"))),
        start=start,
        end=end,
    )


def _offset(value: Json, began: datetime | None, *, where: str) -> float | None:
    if not isinstance(value, str) or "T" not in value:
        return fields.seconds(value, where=f"{where}.start")
    at = fields.moment(value, where=f"{where}.start")
    return round(max(0.0, (at - began).total_seconds()), 3) if at and began else None
