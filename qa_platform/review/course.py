"""The course of a call: which stage it is in when, told by the turns that fulfil the script's steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from models.finding import Answer
from models.interactions import StoredStep, StoredTurn
from qa_platform.review.page import Note, StageSpan

# The order is the order of a collection call; a stage begins at the first turn that shows one of its signs.
STAGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("opening", frozenset({"step.greeting", "step.agent_identified", "step.recording_notice"})),
    ("identity", frozenset({"step.identity_verified"})),
    ("balance", frozenset({"step.balance_stated"})),
    ("objection", frozenset({"objection"})),
    ("negotiation", frozenset({"step.alternatives_offered", "step.objection_handled"})),
    ("agreement", frozenset({"step.payment_amount_agreed", "step.payment_date_agreed", "promise"})),
    ("close", frozenset({"step.agreement_recap", "step.next_steps", "step.polite_close"})),
)


def stages(
    steps: Iterable[StoredStep], margin: Iterable[Note], turns: Sequence[StoredTurn], duration: float | None
) -> tuple[StageSpan, ...]:
    """The ribbon under the wave; empty where nothing tells one stage from another."""
    starts = {turn.position: turn.start for turn in turns if turn.start is not None}
    if not duration or not starts:
        return ()
    signs = _signs(steps, margin)
    begun: list[tuple[str, float]] = []
    last = -1
    for code, kinds in STAGES:
        after = sorted(turn for kind in kinds for turn in signs.get(kind, ()) if turn > last and turn in starts)
        if not after:
            continue
        last = after[0]
        begun.append((code, starts[last]))
    if len(begun) < 2:
        return ()
    edges = [0.0, *(start for _, start in begun[1:]), duration]
    return tuple(
        StageSpan(code, start, end)
        for (code, _), (start, end) in zip(begun, pairwise(edges), strict=True)
        if end > start
    )


def _signs(steps: Iterable[StoredStep], margin: Iterable[Note]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for step in steps:
        if step.answer is Answer.MET:
            found.setdefault(step.code, []).extend(int(turn) for turn in step.turns)
    for note in margin:
        if note.turn is not None and note.family in ("objection", "promise"):
            found.setdefault(note.family, []).append(note.turn)
    return found
