"""Card data as it is dictated: a number given in pieces over several turns, a misheard one, a code that was asked for.

`card_numbers` sees one turn at a time. People read a card out four digits a breath while the other side says "ajá" or
repeats each piece, and a one-time code is nothing but four to eight digits unless one knows that it was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from analyzers.card_numbers import (
    CODE_ASKED,
    LONGEST_CARD,
    MASK,
    SHORTEST_CARD,
    Digits,
    card_spans,
    cards_in,
    digit_runs,
    is_account,
    runs_in,
)
from analyzers.numerals import fold
from models.conversation import Speaker, Turn

Spans = tuple[tuple[int, int], ...]

CARD_ASKED = re.compile(
    r"\b((?:numeros?|digitos|numeracion|plastico) (?:completos? )?(?:de|del|que (?:aparecen|vienen|estan) en) "
    r"(?:(?:la|su|tu|el|mi) )?(?:tarjeta|plastico|frente)|(?:dieciseis|16|quince|15) (?:digitos|numeros)|"
    r"(?:card|account) number|(?:sixteen|16|long) digits?|long number|numbers? on the (?:front|card)|"
    r"(?:dicte|dicta|dictar|digame|dime|indique|indica|read me|tell me)(?:me)? (?:la|su|tu|el|los|your|the) "
    r"(?:tarjeta|plastico|card))\b"
)
ONE_TIME_ASKED = re.compile(
    r"\b(codigo (?:de|del) (?:verificacion|un solo uso|sms|mensaje|token|seguridad dinamico)|"
    r"codigo (?:\w+ ){0,3}(?:que|te|le|me|se) (?:\w+ ){0,3}(?:llego|llegar|llega|enviamos|envie|mande|mandamos|"
    r"enviado|mandado|recibio|recibiste)|clave dinamica|clave temporal|token|otp|"
    r"(?:verification|one[- ]time|security|access|six[- ]digit) (?:code|password|passcode|pin)|passcode|"
    r"code (?:\w+ ){0,3}(?:sent|texted|received|just got))\b"
)
# A date is card data beside the card's number only: collections speak of due dates all day.
EXPIRY_ASKED = re.compile(
    r"\b(venc\w+|vence|caduc\w+|vigencia|expir\w+|exp|(?:valid|good) (?:thru|through|until|till))\b"
)
_EXPIRY_GAP = re.compile(r"[\s,./-]*(?:(?:del?|of|slash|diagonal|barra|mil|ano|year)[\s,./-]*)*")
_MONTHS = re.compile(
    r"\b(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|january|february|"
    r"march|april|may|june|july|august|september|october|november|december)[\s,./-]*(?:(?:del?|of)[\s,]*)?$"
)
EXPIRY_LENGTHS = range(3, 7)
ONE_TIME_LENGTHS = range(4, 9)
SECURITY_LENGTHS = range(3, 5)
LAST_FOUR = re.compile(r"\b(?:ultim[oa]s|terminan?|terminacion|last|ending)\b")
ANSWERED_WITHIN = 3  # turns after a question in which its answer may come
BESIDE_DIGITS = 4  # other words in a turn that does nothing but dictate ("sí, apunte, luego")
PIECES_APART = 3  # turns between two pieces of one number
_WORD = re.compile(r"[a-z]+")
_MONEY = re.compile(
    r"[$€]|\b(?:pesos?|soles|sol|dolar(?:es)?|dollars?|bucks|euros?|bolivianos?|colones|quetzales|lempiras|mxn|cop|usd)\b"
)


def spans_in(turns: Sequence[Turn]) -> tuple[Spans, ...]:
    """For each turn the stretches of its text that hold card data, whoever says it and however it is interrupted."""
    hidden = [set(spans) for spans in card_spans([turn.text for turn in turns])]
    heard = [_Heard.of(place, turn) for place, turn in enumerate(turns)]
    numbers = [place for place, turn in enumerate(heard) if hidden[place] or turn.hidden >= SHORTEST_CARD - 1]
    in_pieces = tuple(_in_pieces(heard))
    for place, first, last in (*in_pieces, *_codes(heard)):
        hidden[place].add((first, last))
    for place, first, last in _expiries(heard, {*numbers, *(place for place, _, _ in in_pieces)}):
        hidden[place].add((first, last))
    return tuple(tuple(sorted(spans)) for spans in hidden)


def complete(turns: Sequence[Turn]) -> bool:
    """Whether what is hidden in these turns stays the same whatever is said after them: nobody has just begun to give
    a number, nor asked for one."""
    heard = [_Heard.of(place, turn) for place, turn in enumerate(turns[-PIECES_APART:])]
    questions = (CARD_ASKED, CODE_ASKED, ONE_TIME_ASKED, EXPIRY_ASKED)
    return not any(turn.dictates or any(asked.search(turn.folded) for asked in questions) for turn in heard)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A turn as numbers: its digits in order, and whether it does little but give them."""

    place: int
    speaker: Speaker
    folded: str
    digits: tuple[Digits, ...]
    dictates: bool

    @classmethod
    def of(cls, place: int, turn: Turn) -> _Heard:
        folded = fold(turn.text)
        digits = tuple(part for run in runs_in(turn.text) for part in run)
        if all(folded[part.start : part.end] == "un" for part in digits):  # "un momento" gives no digit
            digits = ()
        beside = sum(
            not any(part.start <= word.start() < part.end for part in digits) for word in _WORD.finditer(folded)
        )
        dictates = bool(digits) and beside <= BESIDE_DIGITS and not _MONEY.search(folded)
        return cls(place, turn.speaker, folded, digits, dictates)

    @property
    def count(self) -> int:
        return len(self.said)

    @property
    def said(self) -> str:
        return "".join(part.text for part in self.digits)

    @property
    def hidden(self) -> int:
        return self.folded.count(MASK)


_Place = tuple[int, int, int]  # turn, from, to


def _in_pieces(heard: Sequence[_Heard]) -> Iterator[_Place]:
    for speaker in dict.fromkeys(turn.speaker for turn in heard):
        for series in _told_once([turn for turn in heard if turn.dictates and turn.speaker is speaker]):
            parts = [(turn.place, part) for turn in series for part in turn.digits]
            around = heard[max(0, series[0].place - ANSWERED_WITHIN) : series[-1].place + 1]
            if is_account([part for _, part in parts], *(turn.folded for turn in around)):
                continue
            for first, stop in cards_in([part for _, part in parts]):
                yield from ((place, part.start, part.end) for place, part in parts[first:stop])
                if len(series) > 1:
                    yield from _repeated(heard, parts[first][0], parts[stop - 1][0])
    for series in _series([turn for turn in heard if turn.dictates]):
        # With the check digit misheard, or each piece said twice, only the question tells that it was a card.
        if sum(turn.count for turn in series) >= SHORTEST_CARD and _asked(heard, series[0].place, CARD_ASKED):
            yield from ((turn.place, turn.digits[0].start, turn.digits[-1].end) for turn in series)


def _told_once(dictating: Sequence[_Heard]) -> Iterator[list[_Heard]]:
    """Each series as it was said; and, where sides are not told apart, without what only repeats the piece before."""
    for series in _series(dictating):
        yield series
        fresh = series[:1]
        for turn in series[1:]:
            if turn.said not in fresh[-1].said:
                fresh.append(turn)
        if len(fresh) < len(series):
            yield fresh


def _series(dictating: Sequence[_Heard]) -> Iterator[list[_Heard]]:
    """Turns that give digits one soon after the other."""
    series: list[_Heard] = []
    for turn in dictating:
        if series and turn.place - series[-1].place > PIECES_APART:
            yield series
            series = []
        series.append(turn)
    if series:
        yield series


def _repeated(heard: Sequence[_Heard], first: int, last: int) -> Iterator[_Place]:
    """What the other side repeats while a number is dictated, be it two digits, and soon after it."""
    for turn in heard[first : last + ANSWERED_WITHIN]:
        least = 1 if first < turn.place < last else min(SECURITY_LENGTHS)
        if turn.dictates and least <= turn.count <= LONGEST_CARD:
            yield turn.place, turn.digits[0].start, turn.digits[-1].end


def _asked(heard: Sequence[_Heard], place: int, question: re.Pattern[str]) -> bool:
    before = heard[max(0, place - ANSWERED_WITHIN) : place + 1]
    return any(question.search(turn.folded) and not LAST_FOUR.search(turn.folded) for turn in before)


def _codes(heard: Sequence[_Heard]) -> Iterator[_Place]:
    for turn in heard:
        for question, lengths in ((ONE_TIME_ASKED, ONE_TIME_LENGTHS), (CODE_ASKED, SECURITY_LENGTHS)):
            asked = question.search(turn.folded)
            if asked:
                yield from _answered(heard, turn, asked.start(), lengths)


def _answered(heard: Sequence[_Heard], asking: _Heard, asked: int, lengths: range) -> Iterator[_Place]:
    """The digits that answer: in the question's own turn after it, in the next, or in one soon after that does no more.

    The next but one counts only while nobody has answered, so that the amount agreed a moment later stays.
    """
    for turn in heard[asking.place : asking.place + ANSWERED_WITHIN + 1]:
        if turn is not asking and turn.speaker is asking.speaker and turn.speaker is not Speaker.UNKNOWN:
            continue
        if MASK in turn.folded[asked if turn is asking else 0 :]:
            return  # hidden before: what follows is something else
        near = turn.place - asking.place <= 1
        found = [
            (run.start, run.end)
            for run in digit_runs(turn.folded)
            if len(run.text) in lengths and (turn is not asking or run.start > asked)
        ]
        if found and (near or turn.dictates):
            yield from ((turn.place, first, last) for first, last in found)
            return
        if turn is not asking and turn.dictates and turn.count in lengths:
            yield turn.place, turn.digits[0].start, turn.digits[-1].end
            return


def _expiries(heard: Sequence[_Heard], numbers: Collection[int]) -> Iterator[_Place]:
    """The date that goes with a card's number: asked for or said within a few turns of it."""
    asked_for = {turn.place for turn in heard if CARD_ASKED.search(turn.folded)}
    near = {
        other
        for place in {*numbers, *asked_for}
        for other in range(place - ANSWERED_WITHIN, place + ANSWERED_WITHIN + 1)
    }
    for turn in heard:
        asked = EXPIRY_ASKED.search(turn.folded) if turn.place in near else None
        if asked is None:
            continue
        for other in heard[turn.place : turn.place + ANSWERED_WITHIN + 1]:
            after = asked.end() if other is turn else 0
            if MASK in other.folded[after:]:
                break  # hidden before
            span = _date_in(other, after)
            if span is not None and (other is turn or other.place == turn.place + 1 or other.dictates):
                yield other.place, *span
                break


def _date_in(turn: _Heard, after: int) -> tuple[int, int] | None:
    """The first numbers of a turn that read as month and year, with nothing but "del" or a stroke between them."""
    parts = [part for part in turn.digits if part.start >= after]
    if not parts:
        return None
    count, last = 0, parts[0]
    for part in parts:
        if part is not last and not _EXPIRY_GAP.fullmatch(turn.folded[last.end : part.start]):
            break
        count, last = count + len(part.text), part
    month = _MONTHS.search(turn.folded[after : parts[0].start])
    fits = count in EXPIRY_LENGTHS or (month is not None and count >= 2)
    return (parts[0].start, last.end) if fits and count < EXPIRY_LENGTHS.stop else None
