"""Which turns a "followed by" means: for a turn found, those behind it that the next steps ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.conversation import Speaker
from qa_platform.search.marks import held
from qa_platform.search.query import Query, Step, Within


@dataclass(frozen=True, slots=True)
class Said:
    """A stored turn, and where it stands: `second` since the beginning, `left` to the end."""

    position: int
    speaker: Speaker
    text: str
    start: float | None
    at: datetime | None
    second: float | None
    left: float | None


def followers(call: Sequence[Said], position: int, query: Query) -> tuple[Said, ...]:
    """The nearest turns that fulfil the steps behind the first; `call` in order."""
    first = next((said for said in call if said.position == position), None)
    return _chain(call, first, query.steps[1:], query.gaps) or () if first else ()


def fulfils(said: Said, step: Step) -> bool:
    """What the SQL asks of a turn, asked of one in hand."""
    return (
        (step.speaker is None or said.speaker == step.speaker)
        and (step.first is None or (said.second is not None and said.second <= step.first))
        and (step.last is None or (said.left is not None and said.left <= step.last))
        and held(said.text, step)
    )


def _chain(
    call: Sequence[Said], before: Said, steps: Sequence[Step], gaps: Sequence[Within]
) -> tuple[Said, ...] | None:
    if not steps:
        return ()
    for said in call:
        if _behind(before, said, gaps[0]) and fulfils(said, steps[0]):
            rest = _chain(call, said, steps[1:], gaps[1:])
            if rest is not None:
                return (said, *rest)
    return None


def _behind(before: Said, said: Said, gap: Within) -> bool:
    if said.position <= before.position:
        return False
    if gap.turns is not None:
        return said.position <= before.position + gap.turns
    if said.second is None or before.second is None or gap.seconds is None:
        return False
    return said.second <= before.second + gap.seconds
