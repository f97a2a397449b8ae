"""One mail (.eml): the words its sender wrote, without the mails that it quotes and without the signature."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from models.conversation import Channel
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, Said
from qa_platform.formats.reading.mail import body_of, without_quotes, without_signature

NAME = "eml"
LABEL = "EML"

_HEADERS = re.compile(r"\s*(?:From [^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
# What the header parser raises, one time or another, over mail in the wild.
_BROKEN = (MessageError, ValueError, TypeError, IndexError, AttributeError, OverflowError, LookupError)


def recognises(document: Document) -> bool:
    headers = _HEADERS.match(document.text[:100_000].replace("\r\n", "\n"))
    found = headers[0].lower() if headers else ""
    return "\nfrom:" in f"\n{found}" and any(f"\n{name}:" in f"\n{found}" for name in ("date", "message-id", "subject"))


def read(document: Document, _hints: Hints) -> Draft:
    message = message_from_bytes(document.data.lstrip(), _class=EmailMessage, policy=policy.default)
    words = without_signature(without_quotes(body_of(message)))
    name, address = parseaddr(_header(message, "from"))
    at = _date(message)
    return Draft(
        turns=(Said(words, name or address or None, at=at),),
        id=_header(message, "message-id").strip("<> ") or None,
        channel=Channel.EMAIL,
        started_at=at,
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except _BROKEN:
        return ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        date = getattr(message["date"], "datetime", None)
    except _BROKEN:
        return None
    if not isinstance(date, datetime):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
