"""Reads a typed query: words, "exact phrases", prefix*, -without, one|other, said by, near, first and last seconds, >.

Spanish and English names of fields mean the same. What cannot be read is refused with the letters that are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.conversation import Speaker
from qa_platform.search import fold
from qa_platform.search.query import NEAR_AT_MOST, Either, Near, Piece, Query, Step, Within, Words
from qa_platform.search.tokens import QueryError, Token, cut

LONGEST_QUERY = 500
MOST_WORDS = 40
MOST_STEPS = 4
SPEAKERS: Mapping[str, Speaker] = {
    "agente": Speaker.AGENT,
    "agent": Speaker.AGENT,
    "cliente": Speaker.CUSTOMER,
    "deudor": Speaker.CUSTOMER,
    "customer": Speaker.CUSTOMER,
    "client": Speaker.CUSTOMER,
    "debtor": Speaker.CUSTOMER,
    "tercero": Speaker.THIRD_PARTY,
    "thirdparty": Speaker.THIRD_PARTY,
    "ivr": Speaker.IVR,
    "bot": Speaker.BOT,
    "buzon": Speaker.VOICEMAIL,
    "voicemail": Speaker.VOICEMAIL,
}
FIRST, LAST = ("primeros", "first"), ("ultimos", "last")
_SECONDS = re.compile(r"(\d{1,5})(s|seg|m|min)?", re.IGNORECASE)


class NothingAsked(QueryError):
    says = "There are no words to search for here."
    remedy = "Write at least one word that must be said."


class FieldUnknown(QueryError):
    says = "“{name}:” is not known."
    remedy = "Use agente:, cliente:, primeros: or últimos: (agent:, customer:, first:, last:)."


class NoWordHere(QueryError):
    says = "A word or a “phrase” is missing here."
    remedy = "Write what should be said, or take the sign before it away."


class SignUnexpected(QueryError):
    says = "“{sign}” cannot stand here."
    remedy = "Put it in quotation marks if it was said, or take it away."


class SecondsUnclear(QueryError):
    says = "How many seconds is not clear here."
    remedy = "Write for example primeros:30s or últimos:2min."


class NearUnclear(QueryError):
    says = "This “near” cannot be read."
    remedy = "Write cerca(5, word, word): a number from 0 to {most}, then two words or “phrases”."


class TwoSpeakers(QueryError):
    says = "One turn has only one speaker."
    remedy = "Put > between them to ask for a turn that follows another."


class TooLong(QueryError):
    says = "This search is too long."
    remedy = "At most {letters} letters, {words} words and {steps} turns that follow one another."


@dataclass
class _Draft:
    """A step while it is being read."""

    start: int
    wanted: list[Either] = field(default_factory=list)
    without: list[Either] = field(default_factory=list)
    speaker: Speaker | None = None
    first: float | None = None
    last: float | None = None

    def done(self, end: int) -> Step:
        if not self.wanted:
            raise NothingAsked(self.start, max(end, self.start + 1))
        return Step(tuple(self.wanted), tuple(self.without), self.speaker, self.first, self.last)


def parse(text: str) -> Query:
    """Raises a QueryError that points at what cannot be read."""
    limits = {"letters": LONGEST_QUERY, "words": MOST_WORDS, "steps": MOST_STEPS}
    if len(text) > LONGEST_QUERY:
        raise TooLong(LONGEST_QUERY, len(text), **limits)
    tokens = cut(text)
    if len(tokens) > 4 * MOST_WORDS or len(fold.words(text)) > MOST_WORDS:
        raise TooLong(0, len(text), **limits)
    query = _Reader(tokens, len(text)).query()
    if len(query.steps) > MOST_STEPS:
        raise TooLong(0, len(text), **limits)
    return query


class _Reader:
    """Goes through the signs once, from left to right."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self.tokens, self.length, self.at = tokens, length, 0

    def query(self) -> Query:
        steps: list[Step] = []
        gaps: list[Within] = []
        draft = _Draft(0)
        while (token := self.next()) is not None:
            if token.kind == "follows":
                steps.append(draft.done(token.end))
                gaps.append(_within(token))
                draft = _Draft(token.start)
            elif token.text != ",":  # a pasted sentence keeps its commas
                self.item(token, draft)
        return Query((*steps, draft.done(self.length)), tuple(gaps))

    def next(self) -> Token | None:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else None

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def item(self, token: Token, draft: _Draft) -> None:
        if token.kind == "without":
            draft.without.append(self.either(self.next(), token))
        elif token.kind == "field":
            self.field(token, draft)
        else:
            draft.wanted.append(self.either(token, token))

    def field(self, token: Token, draft: _Draft) -> None:
        name = "".join(fold.words(token.text))
        if name in SPEAKERS:
            if draft.speaker not in (None, SPEAKERS[name]):
                raise TwoSpeakers(token.start, token.end)
            draft.speaker = SPEAKERS[name]
            following = self.peek()
            if following is None or following.kind == "follows":
                if not draft.wanted:
                    raise NoWordHere(token.start, token.end)
                return
        elif name in FIRST:
            draft.first = self.seconds(token)
        elif name in LAST:
            draft.last = self.seconds(token)
        else:
            raise FieldUnknown(token.start, token.end, name=token.text[:-1])

    def seconds(self, before: Token) -> float:
        token = self.next()
        read = _SECONDS.fullmatch(token.text) if token and token.kind == "word" else None
        if read is None:
            raise SecondsUnclear(before.start, token.end if token else before.end)
        return float(read[1]) * (60 if (read[2] or "s").lower().startswith("m") else 1)

    def either(self, token: Token | None, before: Token) -> Either:
        """A piece, or several with | between them."""
        pieces = [self.piece(token, before)]
        while (bar := self.peek()) is not None and bar.text == "|":
            self.at += 1
            pieces.append(self.piece(self.next(), bar))
        return tuple(pieces)

    def piece(self, token: Token | None, before: Token) -> Piece:
        if token is None or token.kind == "follows":
            raise NoWordHere(before.start, before.end)
        if token.kind == "near":
            return self.near(token)
        return self.words(token)

    def words(self, token: Token) -> Words:
        if token.kind not in ("word", "phrase"):
            raise SignUnexpected(token.start, token.end, sign=token.text.strip())
        found = fold.words(token.text)
        if not found:
            raise NoWordHere(token.start, token.end)
        starred = self.peek()
        if token.kind == "phrase" and starred and starred.text == "*" and starred.start == token.end:
            self.at += 1
            return Words(found, prefix=True)
        return Words(found, prefix=token.kind == "word" and token.text.endswith("*"))

    def near(self, opening: Token) -> Near:
        """Behind "cerca(": a number, and two words or phrases; commas may be left out."""
        inside: list[Token] = []
        while (token := self.next()) is not None and token.text != ")":
            inside.append(token)
        end = token.end if token else self.length
        told = [each for each in inside if each.text != ","]
        number = told[0].text if told else ""
        if token is None or len(told) != 3 or not (number.isascii() and number.isdigit()):
            raise NearUnclear(opening.start, end, most=NEAR_AT_MOST)
        if int(number[:9]) > NEAR_AT_MOST:
            raise NearUnclear(told[0].start, told[0].end, most=NEAR_AT_MOST)
        one, other = (_Reader([each], self.length).words_alone() for each in told[1:])
        return Near(int(number), one, other)

    def words_alone(self) -> Words:
        token = self.next()
        assert token is not None  # noqa: S101 - made with one sign
        return self.words(token)


def _within(token: Token) -> Within:
    if token.number is None:
        return Within()
    return Within(None, float(token.number)) if token.seconds else Within(token.number)
