"""What every analyzer holds to: it says which findings it may make, and finds them in a conversation read once.

An analyzer is a module `analyzers/find_<what>.py` with an `ANALYZER` and `find(reading, context)`. The folder is the
registry: to add one, add the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

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


@dataclass(frozen=True, eq=False)
class Reading:
    """A conversation with everything that several analyzers need, worked out once; compared by identity.

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
        for turn in sorted({turn for code in self._codes(codes) for turn in self._held[code]}):
            yield from self.matches_in(turn, *codes, speaker=speaker)

    def matches_in(self, turn: int, *codes: str, speaker: Speaker | None = None) -> Iterator[Match]:
        found = [match for code in self._codes(codes) for match in self._held[code].get(turn, ())]
        if speaker is not None:
            found = [match for match in found if match.turn.speaker is speaker]
        yield from sorted(found, key=lambda match: (match.first, match.last)) if len(found) > 1 else found

    def says(self, turn: int, *codes: str) -> bool:
        held = self._held
        for code in codes:  # asked ten times a turn: a loop costs a third of the generator that says the same
            if code in held:
                if turn in held[code]:
                    return True
            elif code.endswith(".") and any(turn in held[known] for known in self._codes((code,))):
                return True
        return False

    @cached_property
    def worked_out(self) -> dict[tuple[str, int], Any]:
        """What several analyzers need of a turn, by its name and the turn: the sums and days that it names."""
        return {}

    def _codes(self, codes: tuple[str, ...]) -> list[str]:
        held = self._held
        known: list[str] = []
        for code in codes:
            if code in held:
                known.append(code)
            elif code.endswith("."):
                if code not in self._beneath:
                    self._beneath[code] = [other for other in held if other.startswith(code)]
                known += self._beneath[code]
        return known

    @cached_property
    def _beneath(self) -> dict[str, list[str]]:
        """The codes that were said beneath those that were asked for."""
        return {}

    @cached_property
    def _held(self) -> Mapping[str, Mapping[int, tuple[Match, ...]]]:
        """For each code the turns that say it, with the matches that hold."""
        held: dict[str, dict[int, tuple[Match, ...]]] = {}
        for turn, matches in enumerate(self.said):
            for match in matches:
                if match.holds and (not match.phrase.only or self.country in match.phrase.regions):
                    turns = held.setdefault(match.code, {})
                    turns[turn] = (*turns.get(turn, ()), match)
        return held


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
