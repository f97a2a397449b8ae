"""A scorecard in words: what its codes are called, and each change between two versions as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzers.contract import kinds
from analyzers.steps import JUDGES
from models.conversation import Channel, Direction
from models.finding import Answer, Severity
from models.scorecard import AutoFail, Condition, Counting, Criterion, NotApplicable, QuestionKind, Scorecard
from qa_platform.text import phrase
from scorecards.diff import Change
from web.review_terms import ANSWERS, STEPS
from web.words import CHANNEL, DIRECTION, N_

KIND: Mapping[str, str] = {
    QuestionKind.YES_NO: N_("Yes or no"),
    QuestionKind.CHOICE: N_("A choice with points"),
    QuestionKind.NUMBER: N_("A number"),
    QuestionKind.TEXT: N_("A text, without points"),
}
COUNTING: Mapping[str, str] = {
    Counting.WEIGHT: N_("Part of the 100"),
    Counting.BONUS: N_("Bonus, on top of the 100"),
    Counting.PENALTY: N_("Penalty, taken off the score"),
}
NOT_APPLICABLE: Mapping[str, str] = {
    NotApplicable.REDISTRIBUTE: N_("its weight goes to the others"),
    NotApplicable.PASS: N_("it counts as met"),
}
AUTO_FAIL: Mapping[str, str] = {
    AutoFail.ZERO: N_("the whole form goes to zero"),
    AutoFail.OUTCOME: N_("the evaluation fails and keeps its score"),
}
ALL_TERMS: Mapping[str, str] = {
    **{str(code): text for names in (KIND, COUNTING, NOT_APPLICABLE, AUTO_FAIL) for code, text in names.items()},
    **{str(code): text for names in (CHANNEL, DIRECTION) for code, text in names.items()},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be ticked, as the person reads it."""

    code: str
    name: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class CardWords:
    language: str

    def say(self, message: str, **details: object) -> str:
        return phrase(message, details, self.language)

    def finding(self, code: str) -> str:
        kind = kinds().get(code)
        if kind is None:
            return self.say(STEPS[code]) if code in STEPS else code
        return kind.en if self.language == "en" else kind.es

    def term(self, code: str) -> str:
        return self.say(ALL_TERMS[code]) if code in ALL_TERMS else code

    def change(self, change: Change) -> str:
        """One sentence; codes among its details are told by their names."""
        details = {key: self._named(value) for key, value in change.details(self.language).items()}
        return phrase(change.says, details, self.language)

    def condition(self, card: Scorecard, condition: Condition) -> str:
        """Only if «…» was answered: Met, or one of these."""
        asked = next((one for one in card.criteria if one.code == condition.criterion), None)
        name = asked.label.in_(self.language) if asked else condition.criterion
        options = {option.code: option.label.in_(self.language) for option in asked.options} if asked else {}
        answers = [self.say(ANSWERS[answer]) for answer in condition.answers]
        answers += [options.get(value, value) for value in condition.values]
        return self.say(N_("Only if “{question}” is: {answers}"), question=name, answers=", ".join(answers))

    def marks(self, card: Scorecard, one: Criterion) -> list[str]:
        """What is particular about a question, each in a few words."""
        told = []
        if one.counts is not Counting.WEIGHT:
            told.append(self.term(one.counts.value))
        if one.zeroes:
            told.append(self.say(N_("Not met takes the form to zero")))
        if one.comment_required_on:
            answers = ", ".join(self.say(ANSWERS[answer]) for answer in one.comment_required_on)
            told.append(self.say(N_("Comment needed on: {answers}"), answers=answers))
        if one.na is not None and one.na is not card.na:
            told.append(self.say(N_("If N/A, {what}"), what=self.term(one.na.value)))
        if one.optional:
            told.append(self.say(N_("May be left open")))
        if one.condition is not None:
            told.append(self.condition(card, one.condition))
        return told

    def findings(self, *families: str) -> list[Choice]:
        """Everything the analyzers can find in these families, the gravest first."""
        of_these = [kind for kind in kinds().values() if kind.code.split(".", 1)[0] in families]
        found = [Choice(kind.code, self.finding(kind.code), kind.severity) for kind in of_these]
        return sorted(found, key=lambda one: (one.severity.rank if one.severity else 0, one.name))

    def steps(self) -> list[Choice]:
        return [Choice(code, self.finding(code)) for code in JUDGES]

    def pairs(self, names: Mapping[str, str]) -> list[tuple[str, str]]:
        return [(str(code), self.say(text)) for code, text in names.items()]

    def channels(self) -> list[tuple[str, str]]:
        return self.pairs({channel: CHANNEL[channel] for channel in Channel})

    def directions(self) -> list[tuple[str, str]]:
        return self.pairs({direction: DIRECTION[direction] for direction in Direction})

    def answers(self, *which: Answer) -> list[tuple[str, str]]:
        return self.pairs({answer: ANSWERS[answer] for answer in which})

    def _named(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        return ", ".join(self._one(word) for word in value.split(", "))

    def _one(self, word: str) -> str:
        return self.finding(word) if word in kinds() else self.term(word)
