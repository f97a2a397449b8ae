"""What the wordings for days mean: each function turns a matched wording into a day or a window, in either language."""

from __future__ import annotations

import re
from datetime import date, timedelta

from analyzers import calendar_days as cal
from analyzers.calendar_days import DAY, FRIDAY, SATURDAY, WEEK
from analyzers.dates_wording import Day, Moment, Precision, window, written_year
from analyzers.dates_words import month, number, weekday


def past(_: re.Match[str], now: Moment) -> Day:  # noqa: ARG001
    return Day.NOT_AHEAD


def in_eight(match: re.Match[str], now: Moment) -> Day:
    """ "de hoy en ocho", "del viernes en quince", "Friday week": eight days counted with today make a week."""
    start, count = match["from"], _said(match, "n")
    first = now.said_on
    if start in ("manana", "tomorrow"):
        first += DAY
    elif start not in ("hoy", "aqui", "today"):
        first = cal.next_weekday(now.said_on, weekday(start))
    return Day(first + (2 * WEEK if count in ("quince", "15", "fortnight", "two weeks") else WEEK), rank=2)


def dated(match: re.Match[str], now: Moment) -> Day | None:
    """ "jueves 5 de marzo", "25 de septiembre del 2026"."""
    day_number, named, year = number(match["n"]), month(match["month"]), written_year(_said(match, "year"))
    if year is not None:
        day = date(year, named, day_number) if 1 <= day_number <= cal.last_day(year, named).day else None
    else:
        day = cal.next_dated(now.said_on, named, day_number) if 1 <= day_number <= 31 else None
    return Day(day, rank=3) if day is not None else None


def weekday_numbered(match: re.Match[str], now: Moment) -> Day | None:
    """ "el viernes 14"; where the 14th is no Friday, the number holds and the weekday is the other reading."""
    day = _next_numbered(match["n"], now)
    if day is None:
        return None
    named = cal.next_weekday(now.said_on - DAY, weekday(match["wd"]))
    return Day(day, rank=3, alternative=None if day.weekday() == named.weekday() else named)


def number_of_month(match: re.Match[str], now: Moment) -> Day | None:
    """ "el 5 del próximo", "el 31 de este mes"."""
    day_number = number(match["n"])
    first, last = cal.month_of(now.said_on, 1 if match["next"] else 0)
    return Day(first.replace(day=day_number), rank=3) if 1 <= day_number <= last.day else None


def between(match: re.Match[str], now: Moment) -> Day | None:
    """ "entre el 5 y el 10", "del 5 al 10 de abril"."""
    low, high = number(match["a"]), number(match["b"])
    if not 1 <= low < high <= 31:
        return None
    named = _said(match, "month")
    if named:
        first, last = (cal.next_dated(now.said_on, month(named), day_number) for day_number in (low, high))
    else:
        last = cal.next_numbered(now.said_on, high)
        first = last - (high - low) * DAY if last is not None else None
    return window(first, last) if first is not None and last is not None else None


def between_weekdays(match: re.Match[str], now: Moment) -> Day:
    first = cal.next_weekday(now.said_on, weekday(match["a"]))
    return window(first, cal.next_weekday(first, weekday(match["b"])))


def weekday_next_week(match: re.Match[str], now: Moment) -> Day:
    monday, _ = cal.week_of(now.said_on, 1)
    return Day(monday + weekday(match["wd"]) * DAY, rank=2)


def other_weekday(match: re.Match[str], now: Moment) -> Day:
    """ "el otro viernes": not the coming one but the next."""
    coming = cal.next_weekday(now.said_on, weekday(match["wd"]))
    crosses = coming > cal.week_of(now.said_on)[1]
    return Day(coming + WEEK, alternative=coming if crosses else None, rank=2)


def coming_weekday(match: re.Match[str], now: Moment) -> Day:
    """ "el viernes que viene": this week's, for some next week's."""
    coming = cal.next_weekday(now.said_on, weekday(match["wd"]))
    this_week = coming <= cal.week_of(now.said_on)[1]
    return Day(coming, alternative=coming + WEEK if this_week else None, rank=2)


def next_weekday(match: re.Match[str], now: Moment) -> Day:
    """ "next Friday": next week's, for some this week's."""
    coming = cal.next_weekday(now.said_on, weekday(match["wd"]))
    this_week = coming <= cal.week_of(now.said_on)[1]
    return Day(coming + WEEK, alternative=coming, rank=2) if this_week else Day(coming, rank=2)


def plain_weekday(match: re.Match[str], now: Moment) -> Day:
    return Day(cal.next_weekday(now.said_on, weekday(match["wd"])), rank=2, hours=_hours(match))


def before_weekday(match: re.Match[str], now: Moment) -> Day:
    named = cal.next_weekday(now.said_on, weekday(match["wd"]))
    return Day(named - DAY, (now.said_on, named - DAY), alternative=named, rank=2, deadline=True)


def before_number(match: re.Match[str], now: Moment) -> Day | None:
    named_month = _said(match, "month")
    if named_month:
        named = cal.next_dated(now.said_on, month(named_month), number(match["n"]))
    else:
        named = _next_numbered(match["n"], now)
    if named is None:
        return None
    span = min(now.said_on, named - DAY), named - DAY
    return Day(named - DAY, span, alternative=named, rank=3, deadline=True)


def by_weekday(match: re.Match[str], now: Moment) -> Day:
    named = cal.next_weekday(now.said_on, weekday(match["wd"]))
    return Day(named, (now.said_on, named), rank=2)


def today_named(match: re.Match[str], now: Moment) -> Day:
    """ "hoy viernes", "mañana viernes 13"."""
    today = match["day"] in ("hoy", "today")
    return Day(now.said_on if today else now.said_on + DAY, rank=3)


def numbered(match: re.Match[str], now: Moment) -> Day | None:
    day = _next_numbered(match["n"], now)
    return Day(day, rank=3) if day is not None else None


def first_of_month(_: re.Match[str], now: Moment) -> Day | None:
    day = cal.next_numbered(now.said_on, 1)
    return Day(day, rank=3) if day is not None else None


def payday(match: re.Match[str], now: Moment) -> Day:
    """ "la quincena": the 15th or the month's end; wages due on a weekend come on the Friday before."""
    nominal = cal.next_payday(now.said_on)
    after = cal.next_payday(nominal + DAY)
    if match["which"] in ("otra", "siguiente"):
        return Day(after)
    if match["which"] == "proxima" or match["coming"]:
        return Day(nominal, alternative=after)
    paid = max(cal.working_day_before(nominal), now.said_on)
    span = (paid, nominal) if paid < nominal else None
    return Day(paid, span, alternative=after if nominal == now.said_on else None)


def half_of_month(match: re.Match[str], now: Moment) -> Day:
    first, last = _named_month(match, now)
    middle = first.replace(day=15)
    return window(first, middle) if match["half"] in ("primera", "1ra", "first") else window(middle + DAY, last)


def end_of_month(match: re.Match[str], now: Moment) -> Day:
    first, last = _named_month(match, now)
    return window(max(last - 6 * DAY, first), last) if _said(match, "plural") else Day(last)


def mid_month(match: re.Match[str], now: Moment) -> Day:
    first, _ = _named_month(match, now)
    if not _names_month(match) and now.said_on.day > 17:
        first, _ = cal.month_of(now.said_on, 1)
    middle = first.replace(day=15)
    return window(middle - 2 * DAY, middle + 2 * DAY, day=middle)


def start_of_month(match: re.Match[str], now: Moment) -> Day:
    first, _ = _named_month(match, now)
    if not _names_month(match) and now.said_on.day >= 5:
        first, _ = cal.month_of(now.said_on, 1)
    return window(first, first.replace(day=5))


def start_of_year(_: re.Match[str], now: Moment) -> Day:
    first = date(now.said_on.year + (now.said_on > date(now.said_on.year, 1, 10)), 1, 1)
    return window(first, first + 9 * DAY)


def week_of_month(match: re.Match[str], now: Moment) -> Day:
    """ "la primera semana de abril": days 1 to 7, and so on."""
    first, last = _named_month(match, now)
    nth = match["nth"]
    if nth in ("ultima", "last"):
        return window(last - 6 * DAY, last)
    start = first + {"p": 0, "f": 0, "s": 1, "t": 2, "c": 3}[nth[0]] * WEEK
    if not _names_month(match) and start + 6 * DAY < now.said_on:
        start = cal.add_months(start, 1)
    return window(start, min(start + 6 * DAY, cal.month_of(start)[1]))


def last_working_day(_: re.Match[str], now: Moment) -> Day:
    return Day(cal.last_working_day(now.said_on, now.country))


def next_week(_: re.Match[str], now: Moment) -> Day:
    monday, sunday = cal.week_of(now.said_on, 1)
    return window(monday, sunday, day=monday + FRIDAY * DAY)


def week_after_next(_: re.Match[str], now: Moment) -> Day:
    return window(*cal.week_of(now.said_on, 2))


def this_week(_: re.Match[str], now: Moment) -> Day:
    return window(now.said_on, cal.week_of(now.said_on)[1])


def weekend(match: re.Match[str], now: Moment) -> Day:
    ahead = 1 if _said(match, "next") and now.said_on.weekday() >= SATURDAY else 0
    monday, sunday = cal.week_of(now.said_on, ahead)
    return window(max(monday + SATURDAY * DAY, now.said_on), sunday)


def next_month(_: re.Match[str], now: Moment) -> Day:
    return window(*cal.month_of(now.said_on, 1))


def whole_month(match: re.Match[str], now: Moment) -> Day:
    first, last = _named_month(match, now)
    return window(max(first, now.said_on), last) if last >= now.said_on else window(first, last)


def in_days(match: re.Match[str], now: Moment) -> Day:
    """ "en ocho días" is a week and "en quince días" two, in the idiom that counts today."""
    count, unit = number(match["n"]), match["unit"]
    if _said(match, "working"):
        return Day(cal.add_working_days(now.said_on, count, now.country))
    if unit.startswith(("semana", "week", "wk")):
        return Day(now.said_on + count * WEEK)
    if unit.startswith(("mes", "month")):
        return Day(cal.add_months(now.said_on, count))
    if unit.startswith("fortnight"):
        return Day(now.said_on + 2 * count * WEEK)
    idiom = {8: 7, 15: 14}.get(count) if now.language == "es" else None
    day = now.said_on + timedelta(days=idiom or count)
    return Day(day, alternative=day + DAY if idiom else None)


def couple_of_days(match: re.Match[str], now: Moment) -> Day:
    unit = WEEK if match["unit"].startswith(("semana", "week")) else DAY
    first = now.said_on + 2 * unit
    return Day(first, (first, first + unit), precision=Precision.VAGUE)


def today(match: re.Match[str], now: Moment) -> Day:
    return Day(now.said_on, hours=_hours(match), rank=2)


def soon(_: re.Match[str], now: Moment) -> Day:
    return Day(now.said_on, precision=Precision.VAGUE)


def tomorrow(match: re.Match[str], now: Moment) -> Day:
    return Day(now.said_on + DAY, hours=_hours(match), rank=2)


def day_after_tomorrow(match: re.Match[str], now: Moment) -> Day:
    return Day(now.said_on + 2 * DAY, hours=_hours(match), rank=2)


# days from Easter Sunday
_MOVABLE = {
    "miercoles de ceniza": -46, "carnaval": -47, "domingo de ramos": -7, "jueves santo": -3, "viernes santo": -2,
    "sabado de gloria": -1, "semana santa": 0, "pascua": 0, "good friday": -2, "easter": 0,
}  # fmt: skip
_FIXED = {
    "navidad": (12, 25), "nochebuena": (12, 24), "ano nuevo": (1, 1), "reyes": (1, 6), "dia de muertos": (11, 2),
    "halloween": (10, 31), "san juan": (6, 24), "fiestas patrias": (9, 18), "christmas eve": (12, 24),
    "christmas": (12, 25),    "new year's": (1, 1), "new years": (1, 1), "new year": (1, 1), "fourth of july": (7, 4),
}  # fmt: skip
_PATRIAS = {"MX": (9, 16), "PE": (7, 28), "CR": (9, 15)}
FEASTS = "|".join(sorted([*_MOVABLE, *_FIXED], key=len, reverse=True))

# by law or custom the last day on which the bonus is paid (general knowledge)
_BONUSES: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {
    "MX": {"aguinaldo": ((12, 20),)}, "CR": {"aguinaldo": ((12, 20),)}, "AR": {"aguinaldo": ((6, 30), (12, 18))},
    "CO": {"prima": ((6, 30), (12, 20))}, "PE": {"gratificacion": ((7, 15), (12, 15)), "grati": ((7, 15), (12, 15))},
    "EC": {"decimo": ((12, 24),)}, "ES": {"paga extra": ((6, 30), (12, 22))},
}  # fmt: skip


def feast(match: re.Match[str], now: Moment) -> Day:
    name, year = match["feast"], now.said_on.year
    if name in _MOVABLE:
        day = cal.easter(year) + _MOVABLE[name] * DAY
        day = day if day >= now.said_on else cal.easter(year + 1) + _MOVABLE[name] * DAY
    else:
        named = _PATRIAS.get(now.country or "", _FIXED[name]) if name == "fiestas patrias" else _FIXED[name]
        day = cal.next_dated(now.said_on, *named) or now.said_on
    return Day(day + DAY, precision=Precision.VAGUE) if match["after"] else Day(day, rank=2)


def bonus(match: re.Match[str], now: Moment) -> Day:
    paid = _BONUSES.get(now.country or "", {}).get(match["bonus"])
    if paid is None:
        return when_paid(match, now)
    year = now.said_on.year
    days = [date(y, named, day) for y in (year, year + 1) for named, day in paid]
    return Day(next(day for day in days if day >= now.said_on), precision=Precision.CONDITIONAL, conditional=True)


def when_paid(_: re.Match[str], now: Moment) -> Day:  # noqa: ARG001
    return Day(None, precision=Precision.CONDITIONAL, conditional=True)


def some_day(_: re.Match[str], now: Moment) -> Day:  # noqa: ARG001
    return Day(None, precision=Precision.NONE)


def _said(match: re.Match[str], group: str) -> str | None:
    return match.groupdict().get(group)


def _names_month(match: re.Match[str]) -> bool:
    return bool(_said(match, "month") or _said(match, "next"))


def _named_month(match: re.Match[str], now: Moment) -> tuple[date, date]:
    """The month that a wording names ("de abril", "del mes que viene"), else this one."""
    named = _said(match, "month")
    if named:
        return cal.month_of(cal.next_dated(now.said_on, month(named), 28) or now.said_on)
    return cal.month_of(now.said_on, 1 if _said(match, "next") else 0)


def _next_numbered(said: str, now: Moment) -> date | None:
    day_number = number(said)
    return cal.next_numbered(now.said_on, day_number) if 1 <= day_number <= 31 else None


def _hours(match: re.Match[str]) -> tuple[int, int] | None:
    said = match.group()
    for name, hours in (
        ("primera hora", (8, 10)), ("first thing", (8, 10)), ("tarde", (12, 19)), ("afternoon", (12, 18)),
        ("noche", (19, 23)), ("night", (19, 23)), ("evening", (18, 22)), ("temprano", (7, 11)), ("morning", (7, 12)),
    ):  # fmt: skip
        if name in said and "mas tarde" not in said:
            return hours
    return None
