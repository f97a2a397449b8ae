"""What a query asks, as values: steps that follow one another, each a turn that holds some words and lacks others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from models.conversation import Speaker

FOLLOWS_WITHIN = 10  # turns, where a query names no distance
NEAR_AT_MOST = 20  # words between two that are near


@dataclass(frozen=True, slots=True)
class Words:
    """Words one right after another; the last one may be only the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Both in one turn, in either order, at most `distance` words between them."""

    distance: int
    one: Words
    other: Words


Piece: TypeAlias = Words | Near
Either: TypeAlias = tuple[Piece, ...]  # any of them will do


@dataclass(frozen=True, slots=True)
class Step:
    """One turn: everything of `wanted`, nothing of `without`."""

    wanted: tuple[Either, ...]
    without: tuple[Either, ...] = ()
    speaker: Speaker | None = None
    first: float | None = None  # said within so many seconds from the beginning
    last: float | None = None  # said within so many seconds to the end


@dataclass(frozen=True, slots=True)
class Within:
    """How far behind the turn before a step may be: turns, or seconds."""

    turns: int | None = FOLLOWS_WITHIN
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """`gaps[n]` lies between `steps[n]` and `steps[n + 1]`."""

    steps: tuple[Step, ...]
    gaps: tuple[Within, ...] = ()
