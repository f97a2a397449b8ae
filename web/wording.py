"""Times, lengths and numbers in words, as a person of that language writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from qa_platform.text import translator

RELATIVE_UP_TO = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language and time zone, as templates use them."""

    language: str
    zone: ZoneInfo

    def say(self, message: str, **details: object) -> str:
        """The message in the person's language with its {blanks} filled; markup among the details stays markup."""
        return _filled(translator(self.language).gettext(message), details)

    def say_count(self, one: str, many: str, count: int, **details: object) -> str:
        return _filled(translator(self.language).ngettext(one, many, count), {"count": self.number(count), **details})

    def number(self, value: float, digits: int = 0) -> str:
        return format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=self._numbers)

    def chance(self, value: float) -> str:
        """A probability: certain ones with two digits, rare ones with two that count."""
        return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"

    def day(self, value: datetime | date) -> str:
        """18 nov; with the year where it is not the current one."""
        local = value.astimezone(self.zone).date() if isinstance(value, datetime) else value
        pattern = "d MMM" if local.year == self.today().year else "d MMM y"
        return format_date(local, pattern, locale=self.language).replace(".", "")

    def long_day(self, value: datetime | date) -> str:
        """jueves 19 de noviembre."""
        local = value.astimezone(self.zone).date() if isinstance(value, datetime) else value
        text = format_date(local, "EEEE d 'de' MMMM" if self.language == "es" else "EEEE, MMMM d", locale=self.language)
        return text[:1].upper() + text[1:]

    def moment(self, value: datetime) -> str:
        """18 nov, 10:05."""
        return f"{self.day(value)}, {self.clock(value)}"

    def clock(self, value: datetime) -> str:
        return format_datetime(value.astimezone(self.zone), "HH:mm", locale=self.language)

    def age(self, value: datetime, now: datetime) -> str:
        """3 h, 1 d; the date from two days on."""
        gone = max(now - value, timedelta())
        if gone >= RELATIVE_UP_TO:
            return self.day(value)
        if gone >= timedelta(days=1):
            return self.say("{days} d", days=gone.days)
        if gone >= timedelta(hours=1):
            return self.say("{hours} h", hours=int(gone.total_seconds() // 3600))
        return self.say("{minutes} min", minutes=max(1, int(gone.total_seconds() // 60)))

    def ago(self, value: datetime, now: datetime) -> str:
        """hace 3 h; the date alone from two days on."""
        age = self.age(value, now)
        return age if now - value >= RELATIVE_UP_TO else self.say("{age} ago", age=age)

    def today(self) -> date:
        return datetime.now(self.zone).date()

    @property
    def _numbers(self) -> str:
        # Spanish of Spain leaves four-digit numbers ungrouped; Mexico's is what most of our countries' screens use.
        return "es_MX" if self.language == "es" else "en_US"


def length(seconds: float | None) -> str:
    """2:31, 1:02:03."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def size(count: int) -> str:
    """3.2 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def _filled(text: str, details: dict[str, object]) -> str:
    if any(hasattr(value, "__html__") for value in details.values()):
        return Markup(escape(text)).format(**details)  # noqa: S704 - the text itself is escaped first
    return text.format(**details) if details else text


FILTERS: dict[str, Callable[..., str]] = {"lasting": length, "size": size, "initials": initials}
