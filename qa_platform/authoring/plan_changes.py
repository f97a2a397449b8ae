"""What changed between two versions of a sampling plan, one readable sentence a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from models.scorecard import Label
from qa_platform.sample.plan import Plan, content
from scorecards.diff import Change

WHOLE: Mapping[str, str] = {
    "capacity": "Reviews a day: {new} instead of {old}.",
    "per_analyst": "Reviews a day for each analyst: {new} (before: {old}).",
    "minimum_per_agent": "Reviews a week for each agent, at least: {new} instead of {old}.",
    "carry_over": "Up to {new} unfilled places pass to the next day (before: {old}).",
    "listen_seconds": "{new} seconds must be heard before an evaluation is sent (before: {old}).",
}
PARTS: Mapping[str, str] = {
    "shares": "{what} takes {new} % of the places instead of {old} %.",
    "weights": "{what} weighs {new} in the risk draw instead of {old}.",
    "risk": "{what} weighs {new} in the risk draw instead of {old}.",
    "minimum_per_channel": "{what}, reviews a week at least: {new} instead of {old}.",
}
PERCENT = ("shares",)


def plan_changes(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Everything that differs; `what` among the params is the code of a stratum, severity or channel."""
    before, after = content(old), content(new)
    return (*_label(old.label, new.label), *_whole(before, after), *_parts(before, after))


def _label(old: Label, new: Label) -> Iterator[Change]:
    if old != new:
        yield Change("label", "The plan is now called “{new}”.", {"new": new})


def _whole(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key, says in WHOLE.items():
        if before[key] != after[key]:
            yield Change(key, says, {"old": _plain(before[key]), "new": _plain(after[key])})
    shares = [round(100 * float(side["double_share"]), 1) for side in (before, after)]
    if shares[0] != shares[1]:
        told = {"old": f"{shares[0]:g}", "new": f"{shares[1]:g}"}
        yield Change("double_share", "{new} % are scored by two people instead of {old} %.", told)


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key, says in PARTS.items():
        times = 100 if key in PERCENT else 1
        for what in {**after[key], **before[key]}:
            old, new = (round(float(side[key].get(what, 0)) * times, 2) for side in (before, after))
            if old != new:
                yield Change(key, says, {"what": what, "old": f"{old:g}", "new": f"{new:g}"})


def _plain(value: object) -> str:
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
