"""Reads what a dialer wrote into a file's name, by a source's pattern: a regular expression with named groups.

A pattern is a person's text run on names from elsewhere, so it must never take long: groups may not be repeated, and of
its repeated parts only two may also match what follows them.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.errors import QAError

# What a group may be called; `phone` and `skip` are recognised so that they can be passed over, and never kept.
_GROUPS = (
    "agent agent_name team account portfolio campaign external_id date time started_at epoch direction country "
    "language channel segment disposition phone skip"
)
GROUPS = frozenset(_GROUPS.split())
LONGEST_NAME = 255
_LONGEST_PATTERN = 500
_OVERLAPS = 2
_SAMPLE = string.ascii_letters + string.digits + "_-. ()+@#~áéíóúñÑ"
_TOKEN = re.compile(
    r"(?P<open>\((?:\?P<\w+>|\?:)?)|(?P<close>\))|(?P<bar>\|)|(?P<edge>\^|\$|\\[AZbB])"
    r"|(?P<atom>\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\\[\]()|*+?{}^$])"
)
_REPEAT = re.compile(r"[*+?]|\{\d*,?\d*\}")


class NotAPattern(QAError):
    status = 422
    says = "The file-name pattern cannot be read at character {position}."
    remedy = "Check its brackets and groups; a group is written (?P<agent>[^_]+)."


class UnknownGroup(QAError):
    status = 422
    says = "The file-name pattern has a group called “{group}”, which means nothing here."
    remedy = "Use these names: {groups}."


class SlowPattern(QAError):
    status = 422
    says = "The file-name pattern could take very long on some names."
    remedy = "Repeat single characters only, and let each repeated part stop at the next one: [^_]+_ rather than .+_"


def read_name(pattern: str, name: str) -> Mapping[str, str]:
    """The groups that the pattern finds in a file's name without its folders; empty where it does not fit."""
    if len(name) > LONGEST_NAME:
        return {}
    match = checked(pattern).search(name)
    return {group: value for group, value in match.groupdict().items() if value} if match else {}


@lru_cache(maxsize=256)
def checked(pattern: str) -> re.Pattern[str]:
    """The compiled pattern. Raises NotAPattern, UnknownGroup or SlowPattern."""
    if len(pattern) > _LONGEST_PATTERN:
        raise NotAPattern(position=_LONGEST_PATTERN)
    pieces = _pieces(pattern)
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise NotAPattern(position=error.pos or 0) from None
    for group in compiled.groupindex:
        if group not in GROUPS:
            raise UnknownGroup(group=group, groups=", ".join(sorted(GROUPS)))
    if sum(_overlap(piece, following) for piece, following in pairwise(pieces)) > _OVERLAPS:
        raise SlowPattern
    return compiled


@dataclass(frozen=True, slots=True)
class _Piece:
    """One atom with its repetition; `atom` is empty where alternatives meet and anything may come."""

    atom: str
    endless: bool = False
    optional: bool = False


_ANYTHING = _Piece("")


def _pieces(pattern: str) -> list[_Piece]:
    """The pattern as a flat run of atoms. What is not in this small language (look-arounds, \\1, flags) is refused."""
    pieces: list[_Piece] = []
    opened: list[int] = []
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if not token or re.fullmatch(r"\\[1-9]", token[0]):
            raise NotAPattern(position=at)
        repeat = _REPEAT.match(pattern, token.end())
        mark = repeat[0] if repeat else ""
        if mark and (token["open"] or token["bar"] or token["edge"]):
            raise NotAPattern(position=token.end())
        if token["open"]:
            opened.append(len(pieces))
        elif token["close"]:
            _close(pieces, opened, mark)
        elif token["bar"]:
            pieces.append(_ANYTHING)
        elif atom := token["atom"]:
            skippable = mark in {"*", "?"} or mark.startswith(("{0", "{,"))
            pieces.append(_Piece(atom, endless=mark in {"*", "+"} or mark.endswith(",}"), optional=skippable))
        at = repeat.end() if repeat else token.end()
        at += bool(repeat) and pattern[at : at + 1] in {"?", "+"}  # lazy and possessive repeats
    return pieces


def _close(pieces: list[_Piece], opened: list[int], mark: str) -> None:
    if mark not in {"", "?"}:
        raise SlowPattern
    start = opened.pop() if opened else 0
    if mark:  # what stands before an optional group may be followed by what stands after it
        pieces.insert(start, _ANYTHING)
        pieces.append(_ANYTHING)


def _overlap(piece: _Piece, following: _Piece) -> bool:
    """Whether where the repetition stops is open: then every split is tried."""
    if not piece.endless:
        return False
    if not following.atom or following.optional:
        return True
    here, there = re.compile(piece.atom), re.compile(following.atom)
    return any(here.fullmatch(character) and there.fullmatch(character) for character in _SAMPLE)
