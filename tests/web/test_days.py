"""A chat's days, drawn: messages at their hour on the right clock, pins beside each other, one day seen closer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from models.conversation import Speaker
from models.finding import Outcome, Severity
from qa_platform.review.page import Note, Pause, Row, Spoken
from web.days import NEAR, days

BOGOTA = ZoneInfo("America/Bogota")


def said(index: int, when: str, *notes: Note, speaker: Speaker = Speaker.AGENT) -> Spoken:
    return Spoken(index, speaker, (), None, None, datetime.fromisoformat(when).astimezone(UTC), notes=notes)


def note(number: int, turn: int, seconds: float | None = None) -> Note:
    value = {} if seconds is None else {"seconds": seconds}
    return Note(
        number, number, "speech.slow_reply", "", "cyan", Severity.LOW, Outcome.DETECTED, "r", "1", 1.0,
        turn=turn, value=value,
    )  # fmt: skip


def test_a_day_of_the_debtors_clock_is_a_box_even_where_utc_has_moved_on() -> None:
    boxes = days([said(0, "2026-11-17T19:42:00-05:00"), said(1, "2026-11-18T09:12:00-05:00")], BOGOTA)
    assert [box.day for box in boxes] == [date(2026, 11, 17), date(2026, 11, 18)]
    assert [tick.hour for box in boxes for tick in box.ticks] == ["19:42", "9:12"]


def test_several_days_share_one_scale_and_one_day_is_seen_closer() -> None:
    (close,) = days([said(0, "2026-11-17T16:02:00-05:00"), said(1, "2026-11-17T16:30:00-05:00")], BOGOTA)
    assert [hour for _, hour in close.hours] == [15, 16, 17]
    wide = days([said(0, "2026-11-17T16:02:00-05:00"), said(1, "2026-11-18T06:30:00-05:00")], BOGOTA)
    assert {box.hours for box in wide} == {wide[0].hours}
    assert wide[0].hours[0] == (0.0, 6)


def test_a_late_reply_is_dotted_back_to_the_message_it_answers() -> None:
    rows: list[Row] = [
        said(0, "2026-11-17T13:00:00-05:00", speaker=Speaker.CUSTOMER),
        Pause(None, 7200.0, (note(1, 1, 7200.0),)),
        said(1, "2026-11-17T15:00:00-05:00"),
    ]
    (box,) = days(rows, BOGOTA)
    (wait,) = box.waits
    assert (wait.start, wait.end) == (box.ticks[0].x, box.ticks[1].x)
    assert box.pins[0].at == box.ticks[1].x


def test_pins_of_one_moment_stand_beside_each_other() -> None:
    (box,) = days([said(0, "2026-11-17T13:00:00-05:00", note(1, 0), note(2, 0), note(3, 0))], BOGOTA)
    assert all(later.x - earlier.x >= NEAR - 1e-9 for earlier, later in pairwise(box.pins))


def test_messages_without_an_hour_draw_nothing() -> None:
    assert days([Spoken(0, Speaker.AGENT, (), None, None, None)], BOGOTA) == ()
