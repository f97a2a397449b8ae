"""How often people keep the proposed answer, question by question, and which proposals are therefore withheld."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.finding import Answer

BAR = 0.8
CLEAR_BAR = 0.9
ENOUGH = 20
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `cases` proposals that a person answered, `kept` stood; `low`..`high` is Wilson's 95 % interval."""

    criterion: str
    cases: int
    kept: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.kept / self.cases


def agreements(judged: Mapping[tuple[str, Answer, Answer], int]) -> dict[str, Agreement]:
    """By criterion, from how often each (criterion, proposed, answered) came up. An abstention is no case."""
    cases: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for (criterion, proposed, answered), times in judged.items():
        if proposed is not Answer.UNDETERMINED:
            cases[criterion] += times
            kept[criterion] += times * (proposed is answered)
    return {code: Agreement(code, cases[code], kept[code], *wilson(kept[code], cases[code])) for code in sorted(cases)}


def withheld(record: Iterable[Agreement], *, bar: float = BAR, enough: int = ENOUGH) -> frozenset[str]:
    """The criteria whose proposals are too often wrong to be shown as answers; a short record is given the benefit."""
    return frozenset(one.criterion for one in record if one.cases >= enough and one.share < bar)


def wilson(successes: int, cases: int, *, z: float = Z95) -> tuple[float, float]:
    """Wilson (1927): stays within 0..1 and is honest for few cases."""
    if cases == 0:
        return 0.0, 1.0
    share = successes / cases
    centre = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases)) / (1 + z * z / cases)
    return max(0.0, centre - half), min(1.0, centre + half)
