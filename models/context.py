"""What an analyzer may know beside the conversation: thresholds and the law's place, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Opinion(Protocol):
    """A model's opinion on what texts say: for each text the chance, from 0 to 1, of each code that it knows."""

    version: str

    def chances(self, texts: Sequence[str]) -> Sequence[dict[str, float]]: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Thresholds in seconds unless named otherwise; a portfolio may set its own."""

    silence_seconds: float = 5.0
    monologue_seconds: float = 60.0
    interruption_seconds: float = 0.5
    hold_seconds: float = 60.0
    slow_reply_seconds: float = 600.0
    first_reply_seconds: float = 300.0
    unanswered_seconds: float = 86_400.0
    opens_hour: float = 0.0  # the chat desk's hours, in the clock of the thread; 0 to 24: not stated
    closes_hour: float = 24.0
    country: str | None = None  # wins over the conversation's own where set
    creditor_names: tuple[str, ...] = ()
    agency_names: tuple[str, ...] = ()
    further: Opinion | None = None  # weighed beside the rules and the trained likeness
