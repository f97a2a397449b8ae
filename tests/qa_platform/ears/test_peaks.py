"""The waveform survives storage, shows what is loud, and is thin enough for a screen."""

from __future__ import annotations

import numpy as np
import pytest

from qa_platform.ears import peaks
from qa_platform.ears.peaks import DamagedPeaks, Peaks

RATE = 16_000


def of_sound(seconds: float) -> Peaks:
    """Left swings at half scale, right jumps to full scale in its second half only."""
    count = round(seconds * RATE)
    left = 0.5 * np.sin(2 * np.pi * 200 * np.arange(count) / RATE)
    right = np.where(np.arange(count) < count // 2, 0.0, 1.5)
    block = np.stack([left, right]).astype(np.float32)
    return peaks.joined([peaks.of_block(block, RATE)], seconds)


def test_a_pair_of_extremes_is_kept_for_every_twenty_milliseconds() -> None:
    pairs = of_sound(10.0).pairs
    assert pairs.shape == (2, 500, 2)
    assert pairs[0].min(axis=0) == pytest.approx([-64, 63], abs=1)
    assert (pairs[1, :250] == 0).all()
    assert (pairs[1, 250:] == 127).all()  # beyond full scale is full scale


def test_a_last_shorter_piece_is_drawn_too() -> None:
    assert of_sound(0.05).pairs.shape[1] == 3


def test_what_is_stored_comes_back() -> None:
    before = of_sound(3.3)
    after = Peaks.from_bytes(before.to_bytes())
    np.testing.assert_array_equal(after.pairs, before.pairs)
    assert after.duration == before.duration


@pytest.mark.parametrize("cut", [slice(0, 0), slice(0, 10), slice(0, -1), slice(1, None)])
def test_damaged_bytes_are_refused(cut: slice) -> None:
    with pytest.raises(DamagedPeaks):
        Peaks.from_bytes(of_sound(1.0).to_bytes()[cut])


def test_the_player_gets_no_more_than_a_screen_shows_and_no_peak_is_lost() -> None:
    told = of_sound(100.0).as_json(most_pairs=400)
    left, right = told["peaks"]  # type: ignore[misc]
    assert told["duration"] == 100.0
    assert len(left) == len(right) == 2 * -(-5000 // 13)
    assert (min(left), max(left)) == (-0.5, 0.5)
    assert max(right) == 1.0
    assert right[:300] == [0.0] * 300
