"""What an analyzer may know beside the conversation: thresholds and the law's place, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """Thresholds in seconds unless named otherwise; a portfolio may set its own."""

    silence_seconds: float = 5.0
    monologue_seconds: float = 60.0
    interruption_seconds: float = 0.5
    slow_reply_seconds: float = 600.0
    country: str | None = None  # wins over the conversation's own where set
    creditor_names: tuple[str, ...] = ()
    agency_names: tuple[str, ...] = ()
