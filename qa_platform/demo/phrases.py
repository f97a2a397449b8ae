"""The closed list of sentences that the demonstration calls are spoken from, and the voices that speak them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SIDES = ("agent", "customer")
SOURCE = Path(__file__).with_name("phrases.yaml")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence of the list; `slots` names its gaps in the order they stand."""

    id: str
    side: str
    template: str
    slots: tuple[str, ...]

    def text(self, **values: str) -> str:
        """The sentence as spoken; a value outside its slot's list would be a sentence nobody can recognise."""
        unknown = {name: value for name, value in values.items() if value not in slot_values(name)}
        if unknown or set(values) != set(self.slots):
            raise ValueError(f"{self.side}.{self.id} takes {self.slots or 'no slots'}, not {values}")
        return self.template.format(**values)

    def texts(self) -> Iterator[str]:
        """Every sentence this phrase can become."""
        for combination in itertools.product(*(slot_values(slot) for slot in self.slots)):
            yield self.template.format(**dict(zip(self.slots, combination, strict=True)))


@dataclass(frozen=True, slots=True)
class SpeakingVoice:
    """An espeak-ng setting that stands for one person."""

    name: str
    side: str
    voice: str
    speed: int
    pitch: int


def phrase(side: str, phrase_id: str) -> Phrase:
    return phrases()[side, phrase_id]


@cache
def phrases() -> Mapping[tuple[str, str], Phrase]:
    listed = (
        Phrase(key, side, text, tuple(_SLOT.findall(text))) for side in SIDES for key, text in _source()[side].items()
    )
    return {(one.side, one.id): one for one in listed}


@cache
def voices() -> Mapping[str, SpeakingVoice]:
    by_side = _source()["voices"]
    return {name: SpeakingVoice(name, side, **setting) for side in SIDES for name, setting in by_side[side].items()}


@cache
def slot_values(slot: str) -> tuple[str, ...]:
    return tuple(_source()["slots"][slot])


def all_texts() -> frozenset[str]:
    """Every sentence the demonstration model was taught."""
    return frozenset(text for one in phrases().values() for text in one.texts())


@cache
def _source() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return loaded
