"""The call as a picture: a lane a side, findings as regions with numbered pins, stages and a time axis.

Everything horizontal is a percentage, so that the drawing fits any width while its text is never scaled; only the
bars live in a stretched inner drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.conversation import Speaker
from qa_platform.ears.peaks import Peaks
from qa_platform.review.page import Note, Spoken, StageSpan

COLUMNS = 450  # bars across the drawing, 3 px each where it is 1350 px wide
STEP = 3
HALF = 24.0  # tallest bar above and below its lane's middle
LANE = 60.0
TOP = 28.0  # the pins stand above
NEAR = 1.5  # per cent: pins closer than this would hide each other
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Lane:
    """One voice. `side` is agent, customer or both; `y` the middle; `bars` an SVG path in the stretched drawing."""

    side: str
    y: float
    bars: str


@dataclass(frozen=True, slots=True)
class Region:
    number: int
    hue: str
    x: float
    width: float
    y: float
    height: float
    pin: float
    start: float
    label: str
    foot: float


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: float | None


@dataclass(frozen=True, slots=True)
class StageBox:
    code: str
    x: float
    width: float
    start: float


@dataclass(frozen=True, slots=True)
class Wave:
    lanes: tuple[Lane, ...]
    regions: tuple[Region, ...]
    stages: tuple[StageBox, ...]
    ticks: tuple[Tick, ...]
    duration: float
    ribbon_y: float
    axis_y: float
    height: float
    width: int = COLUMNS * STEP


def wave(bars: Mapping[str, str], notes: Iterable[Note], course: Sequence[StageSpan], *, duration: float) -> Wave:
    """`bars` by side, the agent's first; with one side the whole call shares a lane."""
    sides = list(bars)
    lanes = tuple(Lane(side, TOP + LANE * (row + 0.5), drawn) for row, (side, drawn) in enumerate(bars.items()))
    foot = TOP + LANE * len(sides)
    ribbon = foot + 2
    axis = ribbon + (18 if course else 0)
    return Wave(
        lanes=lanes,
        regions=tuple(_regions(notes, duration, sides, foot)),
        stages=tuple(
            StageBox(span.code, _share(span.start, duration), _share(span.end - span.start, duration), span.start)
            for span in course
        ),
        ticks=tuple(_ticks(duration)),
        duration=duration,
        ribbon_y=ribbon,
        axis_y=axis,
        height=axis + 18,
    )


def bars_of_sound(peaks: Peaks, sides: Sequence[str]) -> dict[str, str]:
    """Loudness a column, scaled to each side's own loud passages so that a quiet recording is still seen."""
    loud = np.abs(peaks.pairs.astype(np.int16)).max(axis=2)
    if len(sides) == 1 or loud.shape[0] == 1:
        loud, sides = loud.max(axis=0, keepdims=True), sides[:1]
    if loud.shape[1] == 0:
        return {side: _path(np.zeros(COLUMNS)) for side in sides}
    edges = np.linspace(0, loud.shape[1], COLUMNS + 1).astype(int)[:-1]
    columns = np.maximum.reduceat(loud, np.minimum(edges, loud.shape[1] - 1), axis=1).astype(float)
    drawn = {
        side: _path(np.clip(row / max(float(np.percentile(row, 98)), 4.0), 0.0, 1.0))
        for side, row in zip(sides, columns, strict=True)
    }
    return dict(sorted(drawn.items(), key=lambda each: each[0] not in ("agent", "one")))


def bars_of_turns(turns: Iterable[Spoken], duration: float) -> dict[str, str]:
    """Of a call without a recording: when each side speaks, at one height, for how loud it was is not known."""
    heights = {"agent": np.zeros(COLUMNS), "customer": np.zeros(COLUMNS)}
    for turn in turns:
        if turn.start is None or turn.end is None or duration <= 0:
            continue
        first, last = (int(COLUMNS * second / duration) for second in (turn.start, turn.end))
        heights["agent" if turn.speaker is Speaker.AGENT else "customer"][first : last + 1] = 0.45
    return {side: _path(row) for side, row in heights.items()}


def _path(shares: NDArray[np.float64]) -> str:
    heights = np.maximum(shares * HALF, 0.7)
    return "".join(f"M{at * STEP + 1} {-high:.1f}V{high:.1f}" for at, high in enumerate(heights))


def _regions(notes: Iterable[Note], duration: float, sides: Sequence[str], foot: float) -> Iterator[Region]:
    last_pin = -100.0
    heard = [note for note in notes if note.start is not None]
    near = min(NEAR, 97.0 / max(len(heard), 1))  # of very many, better crowded than far from their place
    for note in heard:
        if note.start is None:
            continue
        x = _share(note.start, duration)
        width = max(_share((note.end or note.start) - note.start, duration), 0.15)
        pin = min(max(x, last_pin + near), 99.3)
        last_pin = pin
        row = _row(note, sides)
        yield Region(
            number=note.number,
            hue=note.hue,
            x=x,
            width=min(width, 100 - x),
            y=TOP if row is None else TOP + LANE * row + 2,
            height=foot - TOP if row is None else LANE - 4,
            pin=pin,
            start=note.start,
            label=note.label,
            foot=foot if row is None else TOP + LANE * (row + 1) - 2,
        )


def _row(note: Note, sides: Sequence[str]) -> int | None:
    """The lane of the side that a finding is about; both for what is measured between them."""
    if note.family == "speech" or len(sides) == 1:
        return None
    side = "customer" if note.family == "promise" or note.speaker is not Speaker.AGENT else "agent"
    return sides.index(side) if side in sides else None


def _ticks(duration: float) -> Iterator[Tick]:
    step = next((step for step in STEPS if duration / step <= 9), STEPS[-1])
    half = step / 2
    for count in range(int(duration / half) + 1):
        second = count * half
        yield Tick(_share(second, duration), second if count % 2 == 0 else None)


def _share(seconds: float, duration: float) -> float:
    return round(100.0 * seconds / duration, 3) if duration > 0 else 0.0
