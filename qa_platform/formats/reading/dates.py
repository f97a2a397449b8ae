"""Dates as tables and file names write them: day first, month first, run together, counted from 1970."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from qa_platform.formats.reading import fields

_WRITTEN = re.compile(
    r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T,\u00a0\u202f]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"(?:[ \u00a0\u202f]*([ap])\.?[ \u00a0\u202f]*m\.?)?)?$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[-_T ]?(\d{2})[-_.:]?(\d{2})(?:[-_.:]?(\d{2}))?)?$")
_EPOCH = re.compile(r"^(\d{10})(?:\d{3}|\.\d+)?$")


def order_of(dates: Iterable[str], preferred: str | None) -> str | None:
    """ "dmy" or "mdy", from a number that no month can have, else as preferred; None where it cannot be told."""
    found = [(int(match[1]), int(match[2])) for date in dates if (match := _WRITTEN.match(date.strip()))]
    if any(a > 12 for a, _ in found):
        return "dmy"
    if any(b > 12 for _, b in found):
        return "mdy"
    if preferred in {"dmy", "mdy"}:
        return preferred
    return "dmy" if all(a == b for a, b in found) else None


def instant(text: str, *, order: str | None, zone: tzinfo, where: str) -> datetime | None:
    """The moment that `text` names, in `zone` where it names none. Raises NotADate."""
    stated = text.strip()
    if not stated:
        return None
    if epoch := _EPOCH.match(stated):
        return datetime.fromtimestamp(int(epoch[1]), tz=UTC)
    parts = _written(stated, order) or _compact(stated)
    if parts is None:
        return fields.moment(stated, where=where, zone=zone)
    try:
        return datetime(*parts, tzinfo=zone)
    except ValueError:
        raise fields.NotADate(where, value=fields.shown(stated)) from None


def _written(stated: str, order: str | None) -> tuple[int, int, int, int, int, int] | None:
    match = _WRITTEN.match(stated)
    if not match or order is None:
        return None
    a, b, year = (int(part) for part in match.group(1, 2, 3))
    day, month = (a, b) if order == "dmy" else (b, a)
    hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
    if match[7] and hour <= 12:
        hour = hour % 12 + (12 if match[7].lower() == "p" else 0)
    return (year + 2000 if year < 100 else year), month, day, hour, minute, second


def _compact(stated: str) -> tuple[int, int, int, int, int, int] | None:
    match = _COMPACT.match(stated)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return year, month, day, hour, minute, second
