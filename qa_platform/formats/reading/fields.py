"""Takes values out of parsed JSON or cells, and names the exact place of the one that cannot be used."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from models.conversation import Account, LegalStatus
from models.errors import QAError
from qa_platform.formats.reading.document import Json

Choice = TypeVar("Choice", bound=StrEnum)
_SHOWN = 40  # characters of a refused value: enough to find it, too few to leak a conversation
_CLOCK = re.compile(r"^(?:(?:(\d{1,3}):)?(\d{1,3}):)(\d{1,2}(?:[.,]\d{1,6})?)$")
_ISO_DURATION = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")
_LONGEST = 7 * 24 * 3600.0  # seconds; what claims more is in another unit
_THOUSANDS = re.compile(r"^-?[1-9]\d{0,2}(?:\.\d{3})+$|^-?[1-9]\d{0,2}(?:,\d{3})+$")
_DIGITS = 13  # in hundredths it still fits the database's integer
_PLAIN_INTEGER = re.compile(r"^-?\d{1,12}(?:\.0+)?$")


class NotATime(QAError):
    status = 422
    says = "“{value}” is not a time in seconds."
    remedy = "Write seconds from the start, such as 62.5, or 00:01:02.5."


class NotADate(QAError):
    status = 422
    says = "“{value}” is not a date and time."
    remedy = "Write it as 2026-03-11T10:05:00-06:00."


class NotAChoice(QAError):
    status = 422
    says = "“{value}” is not one of: {choices}."
    remedy = "Correct the value and send the file again."


class NotANumber(QAError):
    status = 422
    says = "“{value}” is not a number."
    remedy = "Correct the value and send the file again."


class Missing(QAError):
    status = 422
    says = "The field “{field}” is missing or is not what it should be."
    remedy = "Add it and send the file again."


class SeveralConversations(QAError):
    status = 422
    says = "The file holds {count} conversations."
    remedy = "Save each conversation as its own file."


class EndsBeforeStart(QAError):
    status = 422
    says = "The turn ends ({end} s) before it starts ({start} s)."
    remedy = "Correct the times and send the file again."


def objects(value: Json, field: str, *, where: str) -> list[Mapping[str, Json]]:
    """A list of JSON objects, refusing anything else with its index."""
    if not isinstance(value, list):
        raise Missing(where, field=field)
    found: list[Mapping[str, Json]] = []
    for index, item in enumerate(value):
        if not isinstance(item, Mapping):
            raise Missing(where, field=f"{field}[{index}]")
        found.append(item)
    return found


def string(value: Json) -> str | None:
    """Text, or a number written without quotes, as text; None for nothing."""
    if isinstance(value, bool) or value is None or isinstance(value, list | Mapping):
        return None
    return str(value).strip() or None


def seconds(value: object, *, where: str) -> float | None:
    """Seconds from 62.5, "62,5", "00:01:02,500" or "PT1M2.5S"; None where nothing is stated."""
    if value is None or value == "":
        return None
    found = _seconds(value)
    if found is None or not 0 <= found <= _LONGEST:
        raise NotATime(where, value=shown(value))
    return round(found, 3)


def milliseconds(value: object, *, where: str) -> float | None:
    """Seconds from a count of milliseconds; None where nothing is stated."""
    count = number(value, where=where)
    return None if count is None else seconds(count / 1000, where=where)


def number(value: object, *, where: str) -> float | None:
    """A plain count, as a number or as text; None where nothing is stated."""
    if value is None or value == "":
        return None
    try:
        found = float(str(value).strip().lstrip("'").replace(",", "."))
    except ValueError:
        raise NotANumber(where, value=shown(value)) from None
    if not math.isfinite(found):
        raise NotANumber(where, value=shown(value))
    return found


def epoch(value: Json, *, where: str) -> datetime | None:
    """The instant of a count from 1970 in seconds, milliseconds or microseconds, as a number or as text."""
    size = number(value, where=where)
    if size is None:
        return None
    unit = 1e6 if abs(size) > 1e14 else 1e3 if abs(size) > 1e11 else 1.0
    try:
        return datetime.fromtimestamp(size / unit, tz=UTC)
    except (OverflowError, OSError, ValueError):
        raise NotADate(where, value=shown(value)) from None


def moment(value: Json, *, where: str, zone: tzinfo = UTC) -> datetime | None:
    """A date and time with its offset; `zone` is used where none is stated."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(str(value).strip().replace(" UTC", "+00:00"))
    except ValueError:
        raise NotADate(where, value=shown(value)) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def choice(kind: type[Choice], value: Json, *, where: str) -> Choice | None:
    if value is None or value == "":
        return None
    try:
        return kind(str(value).strip().casefold())
    except ValueError:
        raise NotAChoice(where, value=shown(value), choices=", ".join(kind)) from None


def decimal(value: Json, *, where: str) -> Decimal | None:
    """An amount, with a point or a comma before the cents and either between the thousands."""
    text = "" if value is None else re.sub(r"[\s\u00a0$]", "", str(value)).lstrip("'")
    if not text:
        return None
    try:
        amount = Decimal(text if isinstance(value, int | float) else _pointed(text))
    except InvalidOperation:
        raise NotANumber(where, value=shown(value)) from None
    if not amount.is_finite() or amount.adjusted() >= _DIGITS:
        raise NotANumber(where, value=shown(value))
    return amount


def integer(value: Json, *, where: str) -> int | None:
    if value is None or value == "":
        return None
    text = str(value).strip().lstrip("'")
    if not _PLAIN_INTEGER.match(text):
        raise NotANumber(where, value=shown(value))
    return int(float(text))


def account(value: Mapping[str, Json], *, where: str) -> Account:
    return Account(
        balance=decimal(value.get("balance"), where=f"{where}.balance"),
        currency=(string(value.get("currency")) or "").upper() or None,
        minimum_payment=decimal(value.get("minimum_payment"), where=f"{where}.minimum_payment"),
        days_past_due=integer(value.get("days_past_due"), where=f"{where}.days_past_due"),
        legal_status=choice(LegalStatus, value.get("legal_status"), where=f"{where}.legal_status"),
    )


def country_code(value: Json) -> str | None:
    text = (string(value) or "").upper()
    return text if len(text) == 2 and text.isalpha() else None


def has(value: Json, *keys: str) -> bool:
    return isinstance(value, Mapping) and all(key in value for key in keys)


def mapping(value: Json) -> Mapping[str, Json]:
    """A JSON object, or an empty one where there is none."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Json) -> list[Mapping[str, Json]]:
    """The objects of a list that may be missing or hold other things."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def any_of(mapping: Mapping[str, Json], names: Iterable[str]) -> Json:
    """The first of several names for the same thing, as formats renamed their fields over time."""
    return next((mapping[name] for name in names if mapping.get(name) not in (None, "")), None)


def shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    text = str(value).strip().lstrip("'")
    if clock := _CLOCK.match(text):
        hours, minutes, rest = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
    if (iso := _ISO_DURATION.match(text)) and any(iso.groups()):
        hours, minutes, rest = iso.groups()
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)
    try:
        plain = float(text.replace(",", "."))
    except ValueError:
        return None
    return plain if math.isfinite(plain) else None


def _pointed(text: str) -> str:
    """1.234,56 and 1,234.56 as 1234.56. The later of two different marks is the decimal one."""
    if "," in text and "." in text:
        thousands = "." if text.rfind(",") > text.rfind(".") else ","
        return text.replace(thousands, "").replace(",", ".")
    # 1.134.000 and 1.134 both: no currency has thousandths, so three digits after a mark are thousands.
    if _THOUSANDS.match(text):
        return text.replace(",", "").replace(".", "")
    return text.replace(",", ".")
