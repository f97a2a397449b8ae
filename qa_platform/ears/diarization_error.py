"""Diarization error: how much of what two people say is missed, made up, or put on the other one.

As in the NIST evaluations: seconds of wrong speaker time over seconds of true speaker time. A collar of a quarter
of a second around every true border is not counted; the best of the two ways to name the voices is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval

COLLAR = 0.25
FRAMES_A_SECOND = 100

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds. `spoken` counts both people while both speak."""

    spoken: float = 0.0
    missed: float = 0.0
    false_alarm: float = 0.0
    confused: float = 0.0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.spoken + other.spoken,
            self.missed + other.missed,
            self.false_alarm + other.false_alarm,
            self.confused + other.confused,
        )

    @property
    def rate(self) -> float:
        """The diarization error rate."""
        return (self.missed + self.false_alarm + self.confused) / self.spoken if self.spoken else 0.0

    @property
    def confusion(self) -> float:
        return self.confused / self.spoken if self.spoken else 0.0


def errors(
    truth: Sequence[Iterable[Interval]], heard: Sequence[Iterable[Interval]], seconds: float, *, collar: float = COLLAR
) -> Errors:
    """`truth` and `heard` hold the speech of two people each."""
    true, told = _flags(truth, seconds), _flags(heard, seconds)
    scored = ~_near_borders(truth, seconds, collar)
    true, told = true[:, scored], told[:, scored]
    speaking, hearing = true.sum(axis=0), told.sum(axis=0)
    right = max((true & told).sum(), (true & told[::-1]).sum())
    return Errors(
        spoken=float(speaking.sum()) / FRAMES_A_SECOND,
        missed=float(np.maximum(speaking - hearing, 0).sum()) / FRAMES_A_SECOND,
        false_alarm=float(np.maximum(hearing - speaking, 0).sum()) / FRAMES_A_SECOND,
        confused=float(np.minimum(speaking, hearing).sum() - right) / FRAMES_A_SECOND,
    )


def _flags(people: Sequence[Iterable[Interval]], seconds: float) -> Flags:
    flags = np.zeros((2, _frame(seconds) + 1), np.bool_)
    for person, talk in enumerate(people):
        for each in talk:
            flags[person, _frame(each.start) : _frame(each.end)] = True
    return flags


def _near_borders(truth: Sequence[Iterable[Interval]], seconds: float, collar: float) -> Flags:
    near = np.zeros(_frame(seconds) + 1, np.bool_)
    for border in (border for talk in truth for each in talk for border in (each.start, each.end)):
        near[max(0, _frame(border - collar)) : max(0, _frame(border + collar))] = True
    return near


def _frame(seconds: float) -> int:
    return round(seconds * FRAMES_A_SECOND)
