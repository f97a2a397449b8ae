"""What a format hands over: the conversation as its file has it, before the common decisions are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.conversation import Account, Channel, Conversation, Direction, Hold, Speaker, Word

# The zone of most of each country's people: what a clock without a zone is read by when the source names none.
ZONES: Mapping[str, str] = MappingProxyType(
    {
        "AR": "America/Argentina/Buenos_Aires",
        "BO": "America/La_Paz",
        "BR": "America/Sao_Paulo",
        "CL": "America/Santiago",
        "CO": "America/Bogota",
        "CR": "America/Costa_Rica",
        "DO": "America/Santo_Domingo",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "GT": "America/Guatemala",
        "HN": "America/Tegucigalpa",
        "MX": "America/Mexico_City",
        "NI": "America/Managua",
        "PA": "America/Panama",
        "PE": "America/Lima",
        "PR": "America/Puerto_Rico",
        "PY": "America/Asuncion",
        "SV": "America/El_Salvador",
        "UY": "America/Montevideo",
        "VE": "America/Caracas",
    }
)

NO_ACCOUNT = Account()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was accepted but a person should know; `says` is a message id, shown in their language."""

    says: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.says.format(**self.details)


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beside the file, from its source's settings and its metadata. The file's own word wins."""

    name: str = ""
    id: str | None = None
    channel: Channel | None = None
    language: str | None = None
    country: str | None = None
    started_at: datetime | None = None
    direction: Direction | None = None
    account: Account = NO_ACCOUNT
    agent_names: tuple[str, ...] = ()  # names, or labels such as SPEAKER_00, by which the agent side is known
    agent_channel: int | None = None  # counted from 0
    time_zone: str | None = None
    date_order: str | None = None  # "dmy" or "mdy", for files where it cannot be told
    may_fetch: bool = False  # recordings that the file only names will be asked for

    @property
    def zone(self) -> tzinfo:
        try:
            return ZoneInfo(self.zone_name) if self.zone_name else UTC
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @property
    def zone_known(self) -> bool:
        return self.zone_name is not None

    @property
    def zone_name(self) -> str | None:
        """What the source states, else the zone of most people of the country."""
        return self.time_zone or ZONES.get(self.country or "")


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as the file has it. `who` is a role, or a label still to be understood; `channel` counts from 0."""

    text: str
    who: Speaker | str | None = None
    start: float | None = None
    end: float | None = None
    at: datetime | None = None
    words: tuple[Word, ...] = ()
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class InlineRecording:
    """Audio that came inside a transcript file."""

    data: bytes = field(repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A recording that a file names but does not bring. `content_hash` is written `sha512-…`, base64url."""

    url: str = field(repr=False)
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """None means that the file does not say."""

    turns: tuple[Said, ...]
    id: str | None = None
    channel: Channel | None = None
    language: str | None = None
    country: str | None = None
    started_at: datetime | None = None
    direction: Direction | None = None
    account: Account | None = None
    duration: float | None = None
    agent: str | None = None
    agent_channel: int | None = None  # of the recording, counted from 0
    local_times: bool = False  # the file's clock times carry no zone
    recordings: tuple[InlineRecording, ...] = ()
    notices: tuple[Notice, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript, read. `conversation` is None only for a file that brought a recording and no words."""

    format: str
    conversation: Conversation | None
    id: str | None = None  # the file's own name for the conversation
    recordings: tuple[InlineRecording, ...] = ()
    notices: tuple[Notice, ...] = ()
    agent: str | None = None
    agent_channel: int | None = None
    elsewhere: tuple[Elsewhere, ...] = ()


def in_order(turns: list[Said]) -> tuple[Said, ...]:
    """By start where every turn has one (some exports go channel by channel); else as the file has them."""
    if any(said.start is None for said in turns):
        return tuple(turns)
    return tuple(sorted(turns, key=lambda said: said.start or 0.0))
