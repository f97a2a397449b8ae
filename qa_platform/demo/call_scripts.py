"""The scripts of the demonstration calls, and where their recordings and their truth lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qa_platform.demo.phrases import phrase

FOLDER = Path(__file__).parent
RECORDINGS = FOLDER / "recordings"
TRUTH = FOLDER / "recordings_truth.json"
_SIDES = {"a": "agent", "c": "customer"}


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance; `gap` seconds after the end of the one before, overlapping it where below zero."""

    side: str
    phrase: str
    text: str
    gap: float


@dataclass(frozen=True, slots=True)
class CallScript:
    id: str
    agent: str
    customer: str
    coding: str
    layout: str
    lines: tuple[Line, ...]


def recordings() -> Mapping[str, Path]:
    """The recording of each call, by the call's id."""
    return {call: RECORDINGS / told["file"] for call, told in truth().items()}


@cache
def truth() -> Mapping[str, Any]:
    """Who says what and when in each recording, by the call's id; written when they were spoken."""
    told: dict[str, Any] = json.loads(TRUTH.read_text("utf-8"))
    return told


@cache
def call_scripts() -> tuple[CallScript, ...]:
    source = yaml.safe_load((FOLDER / "calls.yaml").read_text("utf-8"))
    return tuple(_script(call, source["default_gap"]) for call in source["calls"])


def _script(call: dict[str, Any], default_gap: dict[str, float]) -> CallScript:
    lines: list[Line] = []
    for letter, key, *rest in call["lines"]:
        side, settings = _SIDES[letter], dict(rest[0]) if rest else {}
        usual = default_gap["same" if lines and lines[-1].side == side else "other"]
        gap = float(settings.pop("gap", usual))
        lines.append(Line(side, key, phrase(side, key).text(**settings), gap))
    layout = call.get("layout", "agent_left")
    return CallScript(call["id"], call["agent"], call["customer"], call["coding"], layout, tuple(lines))
