"""A scorecard: the questions a conversation is judged by, and the answers given to them."""

from __future__ import annotations

from dataclasses import dataclass

from models.finding import Answer


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, in both languages of the product."""

    es: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question. `steps` (all applicable must be met) and `slips` (any one fails it) propose an answer.

    `applies_on` names findings that make the question arise; without any it always does.
    """

    code: str
    label: Label
    guidance: Label
    weight: float
    steps: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    critical: bool = False
    comment_required_on: tuple[Answer, ...] = ()
    channels: tuple[str, ...] = ()  # empty: every channel
    channel_guidance: tuple[tuple[str, Label], ...] = ()
    applies_on: tuple[str, ...] = ()

    def guidance_on(self, channel: str) -> Label:
        """What to look for on this channel, or in general where the card says nothing of it."""
        return dict(self.channel_guidance).get(channel, self.guidance)


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    label: Label
    criteria: tuple[Criterion, ...]

    @property
    def weight(self) -> float:
        return sum(criterion.weight for criterion in self.criteria)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A published version never changes. Weights sum to 100; `auto_fail` lists finding codes that zero the form."""

    code: str
    version: int
    label: Label
    sections: tuple[Section, ...]
    auto_fail: tuple[str, ...]
    pass_mark: float = 80.0

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for section in self.sections for criterion in section.criteria)


@dataclass(frozen=True, slots=True)
class ProposedAnswer:
    """What the system suggests for one criterion; `turns` and `quote` are its evidence, `why` a short reason code."""

    criterion: str
    answer: Answer
    turns: tuple[int, ...] = ()
    quote: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Points of 100. `low`/`high`: what it may still become while answers are open; `failed_by`: auto-fail codes."""

    points: float | None
    low: float
    high: float
    answered: int
    total: int
    failed_by: tuple[str, ...] = ()
    passed: bool | None = None
