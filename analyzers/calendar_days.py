"""Days as people reckon with them: weekends, holidays, paydays, Easter, the fifth of next month."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6

# Fixed holidays (month, day) on which banks do not post; general knowledge, not law.
_FIXED: Mapping[str, str] = {
    "MX": "1-1 5-1 9-16 12-25",
    "CO": "1-1 5-1 7-20 8-7 12-8 12-25",
    "PE": "1-1 5-1 6-29 7-28 7-29 8-6 8-30 10-8 11-1 12-8 12-9 12-25",
    "CL": "1-1 5-1 5-21 7-16 8-15 9-18 9-19 10-31 11-1 12-8 12-25",
    "AR": "1-1 3-24 4-2 5-1 5-25 6-20 7-9 12-8 12-25",
    "EC": "1-1 5-1 5-24 8-10 10-9 11-2 11-3 12-25",
    "CR": "1-1 4-11 5-1 7-25 8-15 9-15 12-25",
    "ES": "1-1 1-6 5-1 8-15 10-12 11-1 12-6 12-8 12-25",
    "US": "1-1 6-19 7-4 11-11 12-25",
    "GB": "1-1 12-25 12-26",
}
# The nth Monday of a month (Mexico's and the United States' moved holidays).
_MONDAYS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "MX": ((2, 1), (3, 3), (11, 3)),
    "US": ((1, 3), (2, 3), (9, 1), (10, 2)),
}
_MAUNDY_THURSDAY = frozenset({"MX", "CO", "PE", "AR", "CR", "ES"})


def last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where there is no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), last_day(year, month + 1))


def month_of(day: date, months: int = 0) -> tuple[date, date]:
    """The first and last day of the month of `day`, or of one some months on."""
    first = add_months(day.replace(day=1), months)
    return first, last_day(first.year, first.month)


def next_weekday(day: date, weekday: int) -> date:
    """The next such weekday after `day`: said on a Friday, "el viernes" is a week away."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def week_of(day: date, weeks: int = 0) -> tuple[date, date]:
    """Monday and Sunday of the week of `day`, or of one some weeks on."""
    monday = day - timedelta(days=day.weekday()) + weeks * WEEK
    return monday, monday + timedelta(days=6)


def next_numbered(day: date, number: int) -> date | None:
    """The next day of that number, today included: "el 30" said in February falls in March."""
    for months in range(3):
        first, last = month_of(day, months)
        if number <= last.day and (found := first.replace(day=number)) >= day:
            return found
    return None


def next_dated(day: date, month: int, number: int) -> date | None:
    """That day of the year nearest to come; one that passed less than five months ago stays in the past."""
    for year in (day.year, day.year + 1):
        if 1 <= number <= last_day(year, month).day:
            found = date(year, month, number)
            if found >= day - timedelta(days=150):
                return found
    return None


def next_payday(day: date, months: int = 0) -> date:
    """The next 15th or month's end, today included."""
    first, last = month_of(day, months)
    middle = first.replace(day=15)
    return middle if day <= middle else last


def working_day_before(day: date) -> date:
    """`day` itself, or the Friday before where it falls on a weekend: wages come early, not late."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def add_working_days(day: date, count: int, country: str | None) -> date:
    while count > 0:
        day += DAY
        if day.weekday() < SATURDAY and day not in holidays(day.year, country):
            count -= 1
    return day


def last_working_day(day: date, country: str | None) -> date:
    last = month_of(day)[1]
    while last.weekday() >= SATURDAY or last in holidays(last.year, country):
        last -= DAY
    return last


@lru_cache(maxsize=256)
def holidays(year: int, country: str | None) -> frozenset[date]:
    days = {date(year, *map(int, pair.split("-"))) for pair in _FIXED.get(country or "", "").split()}
    for month, nth in _MONDAYS.get(country or "", ()):
        first = date(year, month, 1)
        days.add(first + timedelta(days=(MONDAY - first.weekday()) % 7 + 7 * (nth - 1)))
    if country != "US":
        days.add(easter(year) - 2 * DAY)
    if country in _MAUNDY_THURSDAY:
        days.add(easter(year) - 3 * DAY)
    return frozenset(days)


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
