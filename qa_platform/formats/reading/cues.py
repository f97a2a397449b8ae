"""Subtitle cues, which SRT and WebVTT share: timings, voices and tags."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa_platform.formats.reading import fields
from qa_platform.formats.reading.draft import Hints, Notice, Said
from qa_platform.formats.reading.speakers import folded, role_of

_TIMING = re.compile(r"^\s*(?P<start>[\d:.,]+)\s*-{1,2}>\s*(?P<end>[\d:.,]+)(?:\s.*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BRACKETED = re.compile(r"^\[([^\[\]:]{1,60})\]\s*:\s*(.+)$", re.DOTALL)
_PREFIXED = re.compile(r"^([^\s:<>][^:<>\n]{0,40})\s*:\s+(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together between empty ones; `line` counts from 1."""

    line: int
    lines: tuple[str, ...]

    @property
    def timing(self) -> int | None:
        """Which of the lines is the timing: the first, or the one after the cue's name."""
        return next((index for index, line in enumerate(self.lines[:2]) if "->" in line), None)


def blocks(text: str) -> Iterator[Block]:
    """A timing also opens a block where the empty line before it was forgotten."""
    gathered: list[str] = []
    first = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        forgotten = _TIMING.match(line) and any(_TIMING.match(earlier) for earlier in gathered)
        if gathered and (not line.strip() or forgotten):
            yield Block(first, tuple(gathered))
            gathered = []
        if line.strip():
            first = first if gathered else number
            gathered.append(line.rstrip())


def cues(found: Iterable[Block], hints: Hints) -> tuple[list[Said], tuple[Notice, ...]]:
    """Every cue as turns. Words whose timing cannot be read are kept without times, and the lines named."""
    turns: list[Said] = []
    untimed: list[str] = []
    for block in found:
        times = _times(block)
        if times is None:
            untimed.append(str(block.line))
        start, end = times or (None, None)
        turns.extend(_voices(_words_of(block), start, end, hints))
    if not untimed:
        return turns, ()
    return turns, (
        Notice("Lines without a readable time: {lines}. Their words are kept.", {"lines": ", ".join(untimed)}),
    )


def _words_of(block: Block) -> str:
    timing = block.timing
    if timing is not None:
        return "\n".join(block.lines[timing + 1 :])
    numbered = len(block.lines) > 1 and block.lines[0].strip().isdigit()
    return "\n".join(block.lines[1:] if numbered else block.lines)


def _times(block: Block) -> tuple[float, float] | None:
    match = _TIMING.match(block.lines[block.timing]) if block.timing is not None else None
    if not match:
        return None
    try:
        start = fields.seconds(match["start"].replace(",", "."), where="")
        end = fields.seconds(match["end"].replace(",", "."), where="")
    except fields.NotATime:
        return None
    return (start, end) if start is not None and end is not None and end >= start else None


def _voices(text: str, start: float | None, end: float | None, hints: Hints) -> Iterator[Said]:
    pieces = _VOICE.split(text)
    if plain := _bare(pieces[0]):
        who, words = _prefix(plain, hints)
        yield Said(words, who, start=start, end=end)
    for name, spoken in zip(pieces[1::2], pieces[2::2], strict=True):
        if words := _bare(spoken):
            yield Said(words, html.unescape(name).strip(), start=start, end=end)


def _bare(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _prefix(text: str, hints: Hints) -> tuple[str | None, str]:
    """ "[SPEAKER_00]: hola" and "Agente: hola"; "Importante: pague hoy" is no speaker."""
    if match := _BRACKETED.match(text):
        return match[1].strip(), match[2].strip()
    match = _PREFIXED.match(text)
    if match and _is_speaker(match[1], hints):
        return match[1].strip(), match[2].strip()
    return None, text


def _is_speaker(label: str, hints: Hints) -> bool:
    names = {folded(name) for name in hints.agent_names}
    return (
        role_of(label) is not None
        or folded(label) in names
        or bool(re.fullmatch(r"(?i)(speaker|hablante)[_ ]?\w{1,3}", label))
    )
