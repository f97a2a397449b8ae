"""Labelled conversations of a folder: the contract's JSON with, under `gold`, what a reader says should be found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.conversation import Conversation
from models.errors import QAError
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.understanding.stateless import FileMissing

# a call with marks in fewer of its turns than this was written down by a machine
MARKED_TURNS = 0.2
_MARKS = frozenset(".,;:?!¿¡")


class NothingLabelled(QAError):
    says = "The folder holds no labelled conversation."
    remedy = "Name a folder of conversation files (.json) that each carry the expected findings under “gold”."


@dataclass(frozen=True, slots=True)
class Expected:
    """One finding or promise that should be there; `turn` is None for what is missing from the conversation."""

    code: str
    turn: int | None
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    name: str
    conversation: Conversation
    findings: tuple[Expected, ...]
    promises: tuple[Expected, ...]
    steps: Mapping[str, str]
    outcome: str | None

    @property
    def style(self) -> str:
        return style(self.conversation)


def style(conversation: Conversation) -> str:
    """How the words were written down: a chat, clean speech, or what speech recognition leaves without any marks."""
    if not conversation.channel.spoken:
        return "chat"
    marked = sum(not _MARKS.isdisjoint(turn.text) for turn in conversation.turns)
    return "clean" if marked >= MARKED_TURNS * len(conversation.turns) else "asr"


def read_folder(folder: Path) -> tuple[Labelled, ...]:
    """Every labelled conversation at or beneath a folder, in the order of their paths."""
    if not folder.is_dir():
        raise FileMissing(str(folder))
    found = [_read(file) for file in sorted(folder.rglob("*.json"))]
    labelled = tuple(one for one in found if one is not None)
    if not labelled:
        raise NothingLabelled(str(folder))
    return labelled


def fingerprint(labelled: Sequence[Labelled]) -> str:
    """The same for the same words and labels: figures are comparable only over the same conversations."""
    return sha256("\n".join(repr(one) for one in labelled).encode()).hexdigest()[:16]


def _read(file: Path) -> Labelled | None:
    content = file.read_bytes()
    try:
        gold = json.loads(content).get("gold")
    except (ValueError, AttributeError):
        return None
    if not isinstance(gold, dict):
        return None
    conversation = read_transcript(content, Hints(name=file.name)).conversation
    if conversation is None:
        return None
    expected = [Expected(one["code"], one.get("turn"), one) for one in gold.get("findings", ())]
    return Labelled(
        name=file.name,
        conversation=conversation,
        findings=tuple(one for one in expected if one.code != "promise"),
        promises=tuple(one for one in expected if one.code == "promise"),
        steps=dict(gold.get("steps", {})),
        outcome=gold.get("outcome"),
    )
