"""The measurement of hearing: made-up conditions with a known truth, judged the same way for us and for plain use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_platform.benchmarks import audio
from qa_platform.yardstick.hearing import frame_f1
from qa_platform.yardstick.noisy_calls import CONDITIONS, RATE, clean_call, written

PROMISED = {"acoustic_ratio", "frame_f1_ours", "frame_f1_plain", "asr_ratio", "peak_rss_mb_4h"}


def test_it_tells_what_the_contract_promises_and_hears_no_worse_than_plain_use_anywhere() -> None:
    found = audio.run(seconds=40.0, words_seconds=15.0, hours=0.02, rounds=1)
    assert found.keys() >= PROMISED
    assert set(audio.EXPLAINED) <= found.keys()
    assert found["conditions"].keys() == {condition.name for condition in CONDITIONS}
    for name, told in found["conditions"].items():
        assert told["f1_ours"] > max(told["f1_plain"], told["f1_plain_tuned"]), name
    assert found["peak_rss_mb_4h"] > 0


def test_a_frame_is_right_where_the_truth_says_so() -> None:
    speaks = np.zeros((2, 400), np.bool_)
    speaks[0, 100:200] = True
    assert frame_f1([[(1.0, 2.0)], []], speaks) == 1.0
    assert frame_f1([[(1.0, 1.5)], []], speaks) == pytest.approx(2 / 3)
    assert frame_f1([[], [(1.0, 2.0)]], speaks) == 0.0


def test_the_same_seed_makes_the_same_recording(tmp_path: Path) -> None:
    call = clean_call(10.0)
    assert call.speaks.shape == (2, 1000)
    assert call.sound.shape == (2, 10 * RATE)
    condition = CONDITIONS[6]
    first = written(call, condition, tmp_path, seed=4).read_bytes()
    assert written(call, condition, tmp_path, seed=4).read_bytes() == first
    assert written(call, condition, tmp_path, seed=5).read_bytes() != first
