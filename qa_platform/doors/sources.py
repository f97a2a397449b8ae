"""Where files come from: how a source writes names, which channel is the agent's, what its clock and dates mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import Source
from models.people import Portfolio
from qa_platform.doors.file_names import checked, read_name
from qa_platform.doors.metadata import Metadata, read_fields
from qa_platform.doors.raw_sound import CODINGS
from qa_platform.formats.contract import Hints, Notice
from qa_platform.formats.reading.draft import ZONES
from qa_platform.formats.reading.language import supported
from qa_platform.settings import Settings

_LARGEST_YAML = 256_000  # bytes


class UnknownSource(QAError):
    status = 404
    says = "There is no source called “{name}”."
    remedy = "Create it, or give a YAML file that describes it."


class BadSourceSetting(QAError):
    status = 422
    says = "The source's {setting} cannot be “{value}”."
    remedy = "Use {allowed}."


class UnknownSourceSetting(QAError):
    status = 422
    says = "A source has no setting called “{setting}”."
    remedy = "It has these: {allowed}."


class NotASource(QAError):
    status = 422
    says = "The file does not describe a source."
    remedy = "Write it as YAML with a name and the source's settings."


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What a person says of a source. `agent_channel` is 0 for left, 1 for right, None for not known.

    `raw_…` describe sound that comes without a header. `agent_leg` and `customer_leg` are the words in file names by
    which the two files of one call are told apart. `watched` is a folder or `s3://bucket/prefix`.
    """

    name: str
    file_name_pattern: str | None = None
    agent_channel: int | None = None
    time_zone: str | None = None
    country: str | None = None
    language: str | None = None
    portfolio: str | None = None
    date_order: str | None = None
    agent_names: tuple[str, ...] = ()
    raw_rate: int | None = None
    raw_coding: str | None = None
    raw_channels: int | None = None
    agent_leg: str | None = None
    customer_leg: str | None = None
    recording_hosts: tuple[str, ...] = ()
    watched: str | None = None
    bucket_endpoint: str | None = None
    bucket_region: str | None = None


_LISTS = ("agent_names", "recording_hosts")


def save(session: Session, settings: SourceSettings) -> Source:
    """Creates the source, or changes the one of that name. Raises BadSourceSetting or the pattern's own errors."""
    _check(settings)
    source = session.scalar(select(Source).where(Source.name == settings.name)) or Source(name=settings.name)
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if setting.name not in {"name", "portfolio"}:
            setattr(source, setting.name, list(value) if setting.name in _LISTS else value)
    source.portfolio_id = portfolio_of(session, settings.portfolio).id if settings.portfolio else None
    session.add(source)
    session.flush()
    return source


def named(session: Session, name: str) -> Source:
    """A source by its name, or described by a YAML file, which is saved first."""
    if PurePath(name).suffix.lower() in {".yaml", ".yml"} and Path(name).is_file():
        return save(session, read_yaml(Path(name)))
    found = session.scalar(select(Source).where(Source.name == name))
    if found is None:
        raise UnknownSource(name=name)
    return found


def read_yaml(path: Path) -> SourceSettings:
    text = path.read_bytes()[: _LARGEST_YAML + 1]
    try:
        # Aliases can make a small file enormous; no source needs one.
        value = None if len(text) > _LARGEST_YAML or b"&" in text else yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise NotASource(path.name)
    known = SourceSettings.__slots__
    for setting in value:
        if setting not in known:
            raise UnknownSourceSetting(path.name, setting=setting, allowed=", ".join(known))
    lists = {name: tuple(str(one) for one in _listed(value.get(name))) for name in _LISTS}
    return SourceSettings(**{**value, **lists})


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def portfolio_of(session: Session, code: str) -> Portfolio:
    """The portfolio of that code; a new one starts with its code as its name."""
    found = session.scalar(select(Portfolio).where(Portfolio.code == code))
    if found is None:
        found = Portfolio(code=code[:64], name=code)
        session.add(found)
        session.flush()
    return found


def told_by_name(source: Source | None, name: str, *, zone: tzinfo) -> tuple[Metadata, tuple[Notice, ...]]:
    """What the file's name tells by the source's pattern."""
    if source is None or not source.file_name_pattern:
        return Metadata(), ()
    groups = dict(read_name(source.file_name_pattern, PurePath(name).name))
    if not groups:
        return Metadata(), (
            Notice("The file's name does not fit the pattern of its source: nothing was read from it."),
        )
    groups.pop("phone", None)
    date, time, epoch = groups.pop("date", None), groups.pop("time", None), groups.pop("epoch", None)
    if date or epoch:
        groups.setdefault("started_at", f"{date} {time or ''}".strip() if date else str(epoch))
    if campaign := groups.pop("campaign", None):
        groups.setdefault("portfolio", campaign)
    return read_fields(groups, zone=zone, date_order=source.date_order)


def hints(source: Source | None, told: Metadata, settings: Settings, *, name: str) -> Hints:
    """What helps to read a transcript: the source's settings and what is told of this one file."""
    country = told.country or (source.country if source else None)
    agents = [str(agent) for agent in source.agent_names] if source else []
    side = told.agent_channel if told.agent_channel is not None else source.agent_channel if source else None
    return Hints(
        name=name,
        id=told.external_id,
        channel=told.channel,
        language=told.language or (source.language if source else None),
        country=country or settings.default_country,
        started_at=told.started_at,
        direction=told.direction,
        account=told.account,
        agent_names=tuple(dict.fromkeys([*agents, *filter(None, (told.agent_name, told.agent))])),
        agent_channel=side,
        time_zone=zone_name(source, settings, country=country),
        date_order=source.date_order if source else None,
        may_fetch=bool(source and source.recording_hosts),
    )


def zone_name(source: Source | None, settings: Settings, *, country: str | None = None) -> str:
    """The zone that clocks are read by: the source's own, else its country's, else the house's."""
    own = source.time_zone if source else None
    return own or ZONES.get(country or (source.country if source else None) or "") or settings.time_zone


def zone_of(source: Source | None, settings: Settings) -> tzinfo:
    try:
        return ZoneInfo(zone_name(source, settings))
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _check(settings: SourceSettings) -> None:
    if not settings.name.strip() or len(settings.name) > 120:
        raise BadSourceSetting(setting="name", value=settings.name[:40], allowed="1-120")
    if settings.file_name_pattern:
        checked(settings.file_name_pattern)
    for setting, (fits, allowed) in {**_of_words(settings), **_of_sound(settings), **_of_places(settings)}.items():
        if not fits:
            raise BadSourceSetting(setting=setting, value=str(getattr(settings, setting))[:40], allowed=allowed)


_Tests = dict[str, tuple[bool, str]]


def _of_words(settings: SourceSettings) -> _Tests:
    language, zone = settings.language, settings.time_zone
    return {
        "time_zone": (zone is None or _is_zone(zone), "America/Mexico_City, America/Bogota, …"),
        "country": (_is_country(settings.country), "MX, CO, PE, …"),
        "language": (language is None or supported(language) is not None, "es, en"),
        "date_order": (settings.date_order in {None, "dmy", "mdy", "ymd"}, "dmy, mdy, ymd"),
    }


def _of_sound(settings: SourceSettings) -> _Tests:
    agent, customer = settings.agent_leg, settings.customer_leg
    rate = settings.raw_rate
    return {
        "agent_channel": (settings.agent_channel in {None, 0, 1}, "0, 1"),
        "raw_rate": (rate is None or _is_rate(rate), "4000 … 192000"),
        "raw_coding": (settings.raw_coding in {None, *CODINGS}, ", ".join(CODINGS)),
        "raw_channels": (settings.raw_channels in {None, 1, 2}, "1, 2"),
        "agent_leg": (agent is None or 0 < len(str(agent)) <= 40, "1-40"),
        # One word alone tells nothing: the other file would have no name to look for.
        "customer_leg": (
            (agent is None) == (customer is None) and (agent is None or agent != customer),
            "in, out, agent, customer, …",
        ),
    }


def _of_places(settings: SourceSettings) -> _Tests:
    watched, endpoint = settings.watched, settings.bucket_endpoint
    place = watched is None or bool(_PLACE.fullmatch(str(watched)))
    return {
        "recording_hosts": (all(_HOST.fullmatch(host) for host in settings.recording_hosts), "pbx.example.com, …"),
        "watched": (place, "/srv/recordings, s3://bucket/prefix"),
        "bucket_endpoint": (endpoint is None or bool(_ENDPOINT.fullmatch(str(endpoint))), "https://host:port"),
    }


# A name with at least one dot: no bare address of numbers, no host of this machine's own network.
_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{1,62}")
_PLACE = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\x00-\x1f]{0,400})?|(?:/|[A-Za-z]:[\\/])[^\x00-\x1f]{1,480}"
)
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]{1,200}(?::\d{1,5})?/?")


def _is_rate(value: object) -> bool:
    return isinstance(value, int) and 4_000 <= value <= 192_000


def _is_zone(name: str) -> bool:
    try:
        datetime.now(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_country(code: str | None) -> bool:
    return code is None or (len(code) == 2 and code.isalpha() and code.isupper())
