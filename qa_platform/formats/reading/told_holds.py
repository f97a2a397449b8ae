"""What an export itself says of holds: vCon's party history, Genesys' segments, plain intervals.

A hold that is told is believed before anything heard. A time that cannot be read is passed over: it explains silence,
and no conversation is refused for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.conversation import Hold, HoldSign
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Json

Object = Mapping[str, Json]

_BEGIN = {"hold": "unhold", "mute": "unmute"}
_OVER = {"unhold": "hold", "unmute": "mute"}
_GONE = frozenset({"drop", "leave"})


def of_party_history(dialog: Object, began: datetime | None) -> Iterator[Hold]:
    """Each hold and mute with its end: the party's unhold or unmute, its leaving, or the end of the call."""
    duration = _seconds(dialog.get("duration"), began)
    open_since: dict[tuple[str, str], float] = {}
    for event in fields.listed(dialog.get("party_history")):
        kind = (fields.string(event.get("event")) or "").lower()
        party, at = str(event.get("party")), _seconds(event.get("time"), began)
        if at is None:
            continue
        if kind in _BEGIN:
            open_since.setdefault((party, kind), at)
        elif kind in _OVER or kind in _GONE:
            for name in (_OVER[kind],) if kind in _OVER else tuple(_BEGIN):
                since = open_since.pop((party, name), None)
                yield from _hold(since, at)
    for since in open_since.values():
        yield from _hold(since, duration)


def of_segments(participants: Json, began: datetime | None) -> Iterator[Hold]:
    """Genesys' conversation detail: participants, their sessions, and in them segments of the kind hold."""
    for participant in fields.listed(participants):
        for session in fields.listed(participant.get("sessions")):
            for segment in fields.listed(session.get("segments")):
                if (fields.string(segment.get("segmentType")) or "").lower() == "hold":
                    start, end = segment.get("segmentStart"), segment.get("segmentEnd")
                    yield from _hold(_seconds(start, began), _seconds(end, began))


def of_intervals(holds: Json) -> Iterator[Hold]:
    """Our own shape: seconds from the start."""
    for hold in fields.listed(holds):
        yield from _hold(_seconds(hold.get("start"), None), _seconds(hold.get("end"), None))


def in_order(holds: Iterator[Hold]) -> tuple[Hold, ...]:
    """Sorted; two parties' holds of the same moment are left for the measure to join."""
    return tuple(sorted(set(holds), key=lambda hold: (hold.start, hold.end)))


def began(values: Sequence[Json], *, where: str) -> datetime | None:
    """The first instant that can be read."""
    for value in values:
        found = _instant(value, where=where)
        if found is not None:
            return found
    return None


def _hold(start: float | None, end: float | None) -> Iterator[Hold]:
    if start is not None and end is not None and end > start >= 0:
        yield Hold(round(start, 3), round(end, 3), HoldSign.TOLD)


def _seconds(value: Json, began: datetime | None) -> float | None:
    """Seconds from the start, from an instant or a distance."""
    if isinstance(value, str) and "T" in value and not value.startswith("P"):
        at = _instant(value, where="")
        return (at - began).total_seconds() if at is not None and began is not None else None
    try:
        return fields.seconds(value, where="")
    except fields.NotATime:
        return None


def _instant(value: Json, *, where: str) -> datetime | None:
    try:
        return fields.moment(value, where=where)
    except fields.NotADate:
        return None
