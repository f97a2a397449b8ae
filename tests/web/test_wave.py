"""The drawing of a call: everything in per cent, lanes by side, pins that never hide each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from models.conversation import Speaker
from models.finding import Outcome, Severity
from qa_platform.ears.peaks import Peaks
from qa_platform.review.page import Note, Spoken, StageSpan
from web.wave import COLUMNS, NEAR, bars_of_sound, bars_of_turns, wave

EMPTY = {"agent": "M0 0", "customer": "M0 0"}


def note(number: int, start: float, end: float, *, code: str = "slip.x", speaker: Speaker = Speaker.AGENT) -> Note:
    return Note(
        number, number, code, "", "red", Severity.LOW, Outcome.DETECTED, "r", "1", 0.9,
        turn=0, speaker=speaker, start=start, end=end,
    )  # fmt: skip


def peaks(*levels: tuple[int, ...]) -> Peaks:
    pairs = np.array([[[-level, level] for level in channel] for channel in levels], np.int8)
    return Peaks(pairs, len(levels[0]) * 0.02)


def heights(path: str) -> list[float]:
    return [float(bar.split("V")[1]) for bar in path.split("M")[1:]]


def test_a_region_lies_in_the_lane_of_the_side_it_is_about() -> None:
    drawn = wave(
        EMPTY,
        [note(1, 10, 20), note(2, 30, 40, speaker=Speaker.CUSTOMER), note(3, 50, 60, code="speech.silence")],
        [],
        duration=100.0,
    )
    agent, customer, both = drawn.regions
    assert (agent.x, agent.width) == (10.0, 10.0)
    assert agent.y < customer.y
    assert both.height > agent.height
    assert both.y <= agent.y


def test_pins_of_close_findings_stand_beside_each_other() -> None:
    drawn = wave(EMPTY, [note(at, 50 + at * 0.1, 51) for at in range(1, 6)], [], duration=100.0)
    assert all(later.pin - earlier.pin >= NEAR - 1e-9 for earlier, later in pairwise(drawn.regions))


def test_a_finding_at_the_very_end_stays_inside() -> None:
    (region,) = wave(EMPTY, [note(1, 99.9, 130.0)], [], duration=100.0).regions
    assert region.x + region.width <= 100.0
    assert region.pin <= 99.3


@pytest.mark.parametrize(("duration", "labels"), [(151.0, 6), (8.0, 9), (14_400.0, 9), (0.5, 1)])
def test_the_axis_has_few_enough_labels_to_be_read(duration: float, labels: int) -> None:
    ticks = wave(EMPTY, [], [], duration=duration).ticks
    assert sum(tick.label is not None for tick in ticks) == labels
    assert all(0 <= tick.x <= 100 for tick in ticks)


def test_the_agent_is_above_whichever_channel_holds_that_side() -> None:
    drawn = bars_of_sound(peaks((10,) * 900, (90,) * 900), ("customer", "agent"))
    assert list(drawn) == ["agent", "customer"]


def test_a_quiet_side_is_drawn_to_its_own_scale_and_silence_stays_flat() -> None:
    drawn = bars_of_sound(peaks((6,) * 450 + (0,) * 450, (120,) * 900), ("agent", "customer"))
    quiet, loud = heights(drawn["agent"]), heights(drawn["customer"])
    assert len(quiet) == COLUMNS
    assert quiet[10] == loud[10] > 20
    assert quiet[-10] < 1


def test_both_sides_in_one_channel_share_a_lane() -> None:
    drawn = bars_of_sound(peaks((0,) * 900, (90,) * 900), ("both",))
    assert list(drawn) == ["both"]
    assert heights(drawn["both"])[5] > 20


def test_a_recording_of_nothing_is_a_line() -> None:
    assert max(heights(bars_of_sound(Peaks(np.zeros((1, 0, 2), np.int8), 0.0), ("both",))["both"])) < 1


def test_turns_without_a_recording_show_who_speaks_when() -> None:
    said = [Spoken(0, Speaker.AGENT, (), 0.0, 50.0, None), Spoken(1, Speaker.CUSTOMER, (), 50.0, 100.0, None)]
    drawn = {side: heights(path) for side, path in bars_of_turns(said, 100.0).items()}
    assert drawn["agent"][10] > drawn["agent"][-10]
    assert drawn["customer"][10] < drawn["customer"][-10]


def test_the_ribbon_is_as_wide_as_the_call() -> None:
    drawn = wave(EMPTY, [], [StageSpan("opening", 0, 40), StageSpan("close", 40, 80)], duration=80.0)
    assert [(box.x, box.width) for box in drawn.stages] == [(0.0, 50.0), (50.0, 50.0)]
