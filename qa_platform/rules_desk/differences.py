"""What changed between two versions of a rule, as lines a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ORDER = ("code", "speaker", "unless", "regions", "only", "confidence", "source", "say", "but", "hits", "misses")
DEFAULTS: Mapping[str, Any] = {
    "unless": ["attributed", "negated"],
    "confidence": 0.85,
    "regions": ["GEN"],
    "only": False,
}
SILENT = frozenset({"title", "source"})  # say nothing of what is found


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: the lines that went and the lines that came."""

    field: str
    gone: tuple[str, ...]
    come: tuple[str, ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Fields in the order in which rules are written; empty where both find the same."""
    return tuple(_differences(before, after))


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for field in ORDER:
        if field in SILENT:
            continue
        old, new = _lines(before, field), _lines(after, field)
        gone = tuple(line for line in old if line not in new)
        come = tuple(line for line in new if line not in old)
        if gone or come:
            yield Difference(field, gone, come)


def _lines(content: Mapping[str, Any], field: str) -> Sequence[str]:
    value = content.get(field, DEFAULTS.get(field))
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)
