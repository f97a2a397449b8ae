"""What every analyzer holds to: it says which findings it may make, and finds them in a conversation read once.

An analyzer is a module `analyzers/find_<what>.py` with an `ANALYZER` and `find(reading, context)`. The folder is the
registry: to add one, add the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from analyzers.language import ReadTurn
from analyzers.phrasebook import Match
from models.context import Context
from models.conversation import Account, Channel, Conversation, Speaker
from models.finding import Finding, Severity, SpeechEvents


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One code of the taxonomy with what people read on screen."""

    code: str
    severity: Severity
    es: str
    en: str


@dataclass(frozen=True, slots=True)
class Analyzer:
    """`channels` empty: every channel."""

    name: str
    kinds: tuple[FindingKind, ...]
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A conversation with everything that several analyzers need, worked out once.

    `said[i]` are the phrase rules that turn i matches, held or not (see `Match.holds`).
    """

    conversation: Conversation
    turns: tuple[ReadTurn, ...]
    said: tuple[tuple[Match, ...], ...]
    speech_events: SpeechEvents
    country: str | None

    @property
    def account(self) -> Account:
        return self.conversation.account

    @property
    def spoken(self) -> bool:
        return self.conversation.channel.spoken

    def matches(self, *codes: str, speaker: Speaker | None = None) -> Iterator[Match]:
        """The matches that hold, of these codes (a code ending in "." takes all beneath it), in the order of turns."""
        for turn in range(len(self.turns)):
            yield from self.matches_in(turn, *codes, speaker=speaker)

    def matches_in(self, turn: int, *codes: str, speaker: Speaker | None = None) -> Iterator[Match]:
        for match in self.said[turn]:
            if (
                match.holds
                and (speaker is None or match.turn.speaker is speaker)
                and any(match.code == code or (code.endswith(".") and match.code.startswith(code)) for code in codes)
                and (not match.phrase.only or self.country in match.phrase.regions)
            ):
                yield match

    def says(self, turn: int, *codes: str) -> bool:
        return next(self.matches_in(turn, *codes), None) is not None


class AnalyzerModule(Protocol):
    ANALYZER: Analyzer

    def find(self, reading: Reading, context: Context) -> Iterator[Finding]: ...


@cache
def discover() -> tuple[AnalyzerModule, ...]:
    """All analyzers, in the order of their names."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("find_*.py"))
    return tuple(cast(AnalyzerModule, import_module(f"analyzers.{name}")) for name in names)


@cache
def kinds() -> Mapping[str, FindingKind]:
    """Every finding that any analyzer may make, by code."""
    return MappingProxyType({kind.code: kind for module in discover() for kind in module.ANALYZER.kinds})
