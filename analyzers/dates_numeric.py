"""Days written in figures, in the order of the country: 04/10 is 10 April in the United States, 4 October elsewhere."""

from __future__ import annotations

import re
from datetime import date

from analyzers.calendar_days import last_day, next_dated
from analyzers.dates_wording import Day, Moment, Wording, wording, written_year


def numeric_wordings() -> tuple[Wording, ...]:
    return (
        wording(_figure_after("-"), r"\b(?P<year>20\d\d)-(?P<a>\d{1,2})-(?P<b>\d{1,2})\b", _iso),
        wording(
            _figure_after("/"),
            r"\b(?:el |dia |on )?(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?\b(?!/)",
            _figures,
        ),
        wording(
            _figure_after("-"),
            r"\b(?:el |dia |on )?(?P<a>\d{1,2})-(?P<b>\d{1,2})-(?P<year>\d{4}|\d{2})\b",
            _figures,
        ),
        wording(_figure_after("-"), r"\b(?:el |dia )(?P<a>\d{1,2})-(?P<b>\d{1,2})(?P<year>)\b(?!-)", _figures),
        wording(
            _figure_after("."),
            r"\b(?:el |dia |on )?(?P<a>\d{1,2})\.(?P<b>\d{1,2})\.(?P<year>\d{4}|\d{2})\b",
            _figures,
        ),
    )


def _figure_after(mark: str) -> str:
    """The anchors of a figure that follows a mark: a full stop alone ends half of all texts."""
    return ",".join(f"{mark}{figure}" for figure in range(10))


def _iso(match: re.Match[str], now: Moment) -> Day | None:  # noqa: ARG001
    return _day(int(match["year"]), int(match["a"]), int(match["b"]))


def _figures(match: re.Match[str], now: Moment) -> Day | None:
    first, second = int(match["a"]), int(match["b"])
    month_first = now.country == "US" or (now.country is None and now.language == "en")
    month, number = (first, second) if month_first else (second, first)
    if month > 12:
        month, number = number, month
    year = written_year(match["year"] or None)
    if year is not None:
        return _day(year, month, number)
    if not 1 <= month <= 12:
        return None
    day = next_dated(now.said_on, month, number)
    return Day(day, rank=3) if day is not None else None


def _day(year: int, month: int, number: int) -> Day | None:
    if not (1 <= month <= 12 and 1 <= number <= last_day(year, month).day):
        return None
    return Day(date(year, month, number), rank=3)
