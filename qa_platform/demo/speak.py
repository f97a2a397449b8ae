"""Speaks the demonstration calls of `calls.yaml` into recordings, and keeps the truth of who says what and when.

    pip install -e '.[train]'        # and the espeak-ng program
    python -m qa_platform.demo.speak

The recordings ship with the product: espeak-ng is not on a user's machine. Same voices and seed, same recordings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_platform.demo.call_scripts import RECORDINGS, TRUTH, CallScript, Line, call_scripts
from qa_platform.demo.espeak import PHONE_RATE, spoken
from qa_platform.demo.phrases import voices
from qa_platform.demo.telephone import CODINGS, write

LEAD_SECONDS, TAIL_SECONDS = 1.0, 1.2
LOUDNESS = {"agent": 0.42, "customer": 0.34}
AUDIBLE = 0.06
LINE_NOISE = 0.0006  # a telephone line is never digitally silent


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line with its place in the recording, in seconds."""

    line: Line
    start: float
    end: float
    sound: NDArray[np.float32]


def main() -> None:
    RECORDINGS.mkdir(exist_ok=True)
    truth = {}
    for number, script in enumerate(call_scripts()):
        placed = placed_lines(script)
        coding = CODINGS[script.coding]
        write(RECORDINGS / f"{script.id}{coding.suffix}", channels(script, placed, seed=number), coding)
        truth[script.id] = told(script, placed, coding.suffix)
    TRUTH.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8")


def placed_lines(script: CallScript) -> list[PlacedLine]:
    placed: list[PlacedLine] = []
    at = LEAD_SECONDS
    for line in script.lines:
        voice = voices()[script.agent if line.side == "agent" else script.customer]
        sound = spoken(line.text, voice)
        start = max(0.0, at + line.gap) if placed else at
        at = start + len(sound) / PHONE_RATE
        placed.append(PlacedLine(line, start, at, sound))
    return placed


def channels(script: CallScript, placed: list[PlacedLine], *, seed: int) -> NDArray[np.float32]:
    """One row a channel, laid out as this contact centre's recorder does."""
    length = round((max(one.end for one in placed) + TAIL_SECONDS) * PHONE_RATE)
    sides = {side: np.zeros(length, np.float32) for side in LOUDNESS}
    for one in placed:
        first = round(one.start * PHONE_RATE)
        sides[one.line.side][first : first + len(one.sound)] += one.sound * np.float32(LOUDNESS[one.line.side])
    rng = np.random.default_rng(seed)
    heard = [side + rng.normal(0, LINE_NOISE, length).astype(np.float32) for side in sides.values()]
    mixed = sides["agent"] + heard[1]
    layouts = {"agent_left": heard, "agent_right": heard[::-1], "identical": [mixed, mixed], "mono": [mixed]}
    return np.stack(layouts[script.layout])


def told(script: CallScript, placed: list[PlacedLine], suffix: str) -> dict[str, Any]:
    lines = [
        {"side": one.line.side, "start": round(one.start, 3), "end": round(_audible_end(one), 3), "text": one.line.text}
        for one in placed
    ]
    return {"file": f"{script.id}{suffix}", "layout": script.layout, "lines": lines}


def _audible_end(placed: PlacedLine) -> float:
    """Where a listener stops hearing it: the last words fade below the noise of a line before the sound ends."""
    heard = np.flatnonzero(np.abs(placed.sound) > AUDIBLE * np.abs(placed.sound).max())
    return placed.start + float(heard[-1]) / PHONE_RATE


if __name__ == "__main__":
    main()
