"""A chat as a picture: one box a day, messages as ticks at their hour, long waits as dotted lines, findings as pins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.conversation import Speaker
from qa_platform.review.page import Note, Pause, Row, Spoken

FIRST_HOUR, LAST_HOUR = 7, 21  # widened where messages stand outside
LABELS = 4  # hours that are named in a day
NEAR = 1.5  # per cent of the whole drawing: pins closer than this would hide each other


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    ours: bool
    turn: int
    hour: str


@dataclass(frozen=True, slots=True)
class Pin:
    x: float
    number: int
    hue: str
    at: float


@dataclass(frozen=True, slots=True)
class Wait:
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DayBox:
    """Positions are per cent of the day's own box, which shows `first` to `last` o'clock."""

    day: date
    ticks: tuple[Tick, ...]
    pins: tuple[Pin, ...]
    waits: tuple[Wait, ...]
    hours: tuple[tuple[float, int], ...]


def days(rows: Sequence[Row], zone: ZoneInfo) -> tuple[DayBox, ...]:
    """Only days on which somebody wrote; empty where no message carries its hour."""
    said = [row for row in rows if isinstance(row, Spoken) and row.at is not None]
    if not said:
        return ()
    local = {row.index: row.at.astimezone(zone) for row in said if row.at}
    written = sorted({at.date() for at in local.values()})
    earliest, latest = min(at.hour for at in local.values()), max(at.hour for at in local.values())
    if len(written) == 1:  # one day alone may be seen closer
        first, last = max(earliest - 1, 0), min(latest + 2, 24)
    else:
        first, last = min(FIRST_HOUR, earliest), max(LAST_HOUR, latest + 1)
    waits = [row for row in rows if isinstance(row, Pause)]
    return tuple(
        _box(
            day,
            [row for row in said if local[row.index].date() == day],
            waits,
            local,
            hours=(first, last),
            near=NEAR * len(written),
        )
        for day in written
    )


def _box(
    day: date,
    said: Sequence[Spoken],
    waits: Sequence[Pause],
    local: dict[int, datetime],
    *,
    hours: tuple[int, int],
    near: float,
) -> DayBox:
    first, last = hours

    def place(at: datetime) -> float:
        since = at - datetime.combine(day, time(first), at.tzinfo)
        return round(min(max(100 * since / timedelta(hours=last - first), 0.0), 100.0), 2)

    ours = {row.index for row in said}
    slow = [note for wait in waits for note in wait.notes if note.turn in ours]
    found = [(place(local[row.index]), note) for row in said for note in row.notes]
    found += [(place(local[note.turn]), note) for note in slow if note.turn is not None]
    return DayBox(
        day=day,
        ticks=tuple(
            Tick(place(at), row.speaker in (Speaker.AGENT, Speaker.BOT), row.index, f"{at.hour}:{at.minute:02d}")
            for row in said
            for at in (local[row.index],)
        ),
        pins=tuple(_pins(sorted(found, key=lambda each: (each[0], each[1].number)), near)),
        waits=tuple(_waits(slow, local, place)),
        hours=tuple(
            (round(100 * (hour - first) / (last - first), 2), hour) for hour in range(first, last, _every(last - first))
        ),
    )


def _every(hours: int) -> int:
    return max(1, -(-hours // LABELS))


def _pins(found: Iterable[tuple[float, Note]], near: float) -> Iterator[Pin]:
    previous = -100.0
    for at, note in found:
        previous = max(at, previous + near, 1.5)
        yield Pin(min(previous, 98.5), note.number, note.hue, at)


def _waits(slow: Iterable[Note], local: dict[int, datetime], place: Callable[[datetime], float]) -> Iterator[Wait]:
    for note in slow:
        if note.turn is None:
            continue
        seconds = note.value.get("seconds")
        answered = local[note.turn]
        if isinstance(seconds, int | float):
            yield Wait(place(answered - timedelta(seconds=float(seconds))), place(answered))
