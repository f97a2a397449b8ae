"""A WhatsApp chat exported from a phone (Android or iOS, any clock), as a .txt file.

The file has wall-clock times without zone, dates in the phone's own order, and no word on who is the agent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from models.conversation import Channel
from models.errors import QAError
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, Notice, Said

NAME = "whatsapp"
LABEL = "WhatsApp (.txt)"

_MARKS = "\u200e\u200f\u202a\u202b\u202c\ufeff"
_NO_MARKS = dict.fromkeys(map(ord, _MARKS))
_STAMP = (
    r"(?P<a>\d{1,4})[./-](?P<b>\d{1,2})[./-](?P<c>\d{2,4}),?[ \u00a0\u202f]+"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    # Newer phones put a narrow no-break space before "p. m." and inside it.
    r"(?:[ \u00a0\u202f]*(?P<half>[ap])\.?[ \u00a0\u202f]*m\b\.?)?"
)
_IOS = re.compile(rf"^\[{_STAMP}\][ \u00a0](?P<rest>.*)$", re.IGNORECASE)
_ANDROID = re.compile(rf"^{_STAMP}[ \u00a0]-[ \u00a0](?P<rest>.*)$", re.IGNORECASE)
_SENDER = re.compile(r"^(?P<name>[^:\n]{1,100}):(?!\d)(?P<text>.*)$")
_OMITTED = re.compile(
    r"(?:.{0,200}\S )?(?:imagen|video|audio|sticker|gif|documento|image|document|multimedia|archivo|media"
    r"|tarjeta de contacto|contact card) (?:omitid[oa]|omitted)"
    r"|<(?:media omitted|multimedia omitido|archivo omitido|se omitió el archivo|[^<>]{0,80} omitid[oa])>"
    r"|\S{1,120} \((?:archivo adjunto|file attached)\)|<(?:adjunto|attached): [^<>]{1,120}>"
    r"|(?:eliminaste|se eliminó) este mensaje\.?|(?:you deleted this message|this message was deleted)\.?",
    re.IGNORECASE,
)
_LONGEST_PLACEHOLDER = 300  # characters; file names end before
# Only sentences that no person types: on iOS even these carry a sender.
_SYSTEM = re.compile(
    r"los mensajes y las llamadas están cifrad|messages and calls are end-to-end encrypted"
    r"|messages to this chat and calls"
    r"|(?:tu|your) (?:código de seguridad|security code)|cambió (?:tu|su|el) código de seguridad",
    re.IGNORECASE,
)


class DateOrderUnknown(QAError):
    status = 422
    says = "Every date of the chat, such as {example}, could be day first or month first."
    remedy = "Say which in the source's settings (date order dmy or mdy) and send the file again."


class DateImpossible(QAError):
    status = 422
    says = "The date {example} does not exist in the order that the other dates of the chat show."
    remedy = "Export the chat again without editing it."


@dataclass(frozen=True, slots=True)
class _Message:
    line: int
    stamp: re.Match[str]
    who: str | None  # None for what the app itself says
    text: str

    @property
    def parts(self) -> tuple[int, int, int]:
        return int(self.stamp["a"]), int(self.stamp["b"]), int(self.stamp["c"])

    @property
    def date(self) -> str:
        return f"{self.stamp['a']}/{self.stamp['b']}/{self.stamp['c']}"


def recognises(document: Document) -> bool:
    first = document.text.lstrip(_MARKS + "\r\n ").split("\n", 1)[0].rstrip()
    return bool(_IOS.match(first) or _ANDROID.match(first))


def read(document: Document, hints: Hints) -> Draft:
    messages = list(_messages(document.text, hints))
    order = _date_order(messages, hints, name=document.name)
    spoken = [message for message in messages if message.who]
    turns = tuple(
        Said(_placeholder(message.text), message.who, at=_moment(message, order, hints.zone, name=document.name))
        for message in spoken
    )
    left_out = len(messages) - len(spoken)
    notice = Notice(
        "{count} lines by the app itself (encryption, group changes) were left out.", {"count": str(left_out)}
    )
    return Draft(turns=turns, channel=Channel.WHATSAPP, local_times=True, notices=(notice,) if left_out else ())


def _messages(text: str, hints: Hints) -> Iterator[_Message]:
    """One message a header line; other lines, pasted headers of the other phone's style too, belong to the last."""
    lines = [line.rstrip("\r").lstrip(_MARKS) for line in text.split("\n")]
    first = next((line for line in lines if line.strip()), "")
    header = _IOS if first.startswith("[") else _ANDROID
    current: tuple[int, re.Match[str], list[str]] | None = None
    for number, line in enumerate(lines, start=1):
        if match := header.match(line):
            if current:
                yield _message(*current, hints)
            current = (number, match, [match["rest"]])
        elif current:
            current[2].append(line)
    if current:
        yield _message(*current, hints)


def _message(line: int, stamp: re.Match[str], body: list[str], hints: Hints) -> _Message:
    who, text = _sender(body[0].translate(_NO_MARKS), hints)
    whole = "\n".join([text, *body[1:]]).strip()
    return _Message(line, stamp, None if who is None or _SYSTEM.match(whole) else who, whole)


def _sender(rest: str, hints: Hints) -> tuple[str | None, str]:
    """The name before the first colon, or the agent's own name where that has a colon in it."""
    for name in hints.agent_names:
        if ":" in name and rest.startswith(f"{name}:"):
            return name, rest[len(name) + 1 :].strip()
    match = _SENDER.match(rest)
    return (match["name"].strip("~ \u00a0\u202f"), match["text"].strip()) if match else (None, rest)


def _placeholder(text: str) -> str:
    """What stood for a picture or a deleted message, in brackets: the customer did send something."""
    first, newline, caption = text.partition("\n")
    if len(first) > _LONGEST_PLACEHOLDER:
        return text
    bare = first.translate(_NO_MARKS).strip()
    return f"[{bare.strip('<>')}]{newline}{caption}" if _OMITTED.fullmatch(bare) else text


def _date_order(messages: list[_Message], hints: Hints, *, name: str) -> str:
    """From a number no month can have, from dates that must not run backwards, from the settings; else it is asked."""
    dates = [message.parts for message in messages]
    if any(a > 31 for a, _, _ in dates):
        return "ymd"
    if any(a > 12 for a, _, _ in dates):
        return "dmy"
    if any(b > 12 for _, b, _ in dates):
        return "mdy"
    if hints.date_order in {"dmy", "mdy"}:
        return hints.date_order
    possible = [order for order in ("dmy", "mdy") if _plausible(dates, order, hints)]
    if all(a == b for a, b, _ in dates):
        return "dmy"
    if len(possible) == 1:
        return possible[0]
    raise DateOrderUnknown(name, example=messages[0].date)


def _plausible(dates: Iterable[tuple[int, int, int]], order: str, hints: Hints) -> bool:
    try:
        days = [datetime(*_year_month_day(parts, order), tzinfo=UTC) for parts in dates]
    except ValueError:
        return False
    if hints.started_at and abs(hints.started_at - days[0]) > timedelta(days=2):
        return False
    return days == sorted(days) and days[-1] < datetime.now(UTC) + timedelta(days=2)


def _moment(message: _Message, order: str, zone: tzinfo, *, name: str) -> datetime:
    hour = int(message.stamp["hour"])
    if half := message.stamp["half"]:
        hour = hour % 12 + (12 if half.lower() == "p" else 0) if hour <= 12 else hour
    try:
        year, month, day = _year_month_day(message.parts, order)
        minute, second = int(message.stamp["minute"]), int(message.stamp["second"] or 0)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise DateImpossible(f"{name}, line {message.line}", example=message.date) from None


def _year_month_day(parts: tuple[int, int, int], order: str) -> tuple[int, int, int]:
    a, b, c = parts
    year, month, day = {"ymd": (a, b, c), "dmy": (c, b, a), "mdy": (c, a, b)}[order]
    return (year + 2000 if year < 100 else year), month, day
