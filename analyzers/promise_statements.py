"""What one turn of the debtor says about paying: does it commit, hedge, accept; which sums, which days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from analyzers.contract import Reading
from analyzers.dates import DateMention, Precision, read_dates
from analyzers.language import ReadTurn
from analyzers.money import AmountMention, read_amounts
from analyzers.numerals import fold
from analyzers.phrasebook import Match
from analyzers.promise_terms import Due, Placed, Terms, due_of, paired, sums_of
from analyzers.promise_wording import (
    ADDS,
    AND_THEN,
    ASKS_FOR_DATA,
    BEFORE_A_NOUN,
    CARD,
    CONDITION,
    DECLINES,
    GIVES_DATA,
    INCOME,
    LEAD_IN,
    MARKS,
    MAYBE,
    MONEY,
    NOT_AFTER,
    NOT_BEFORE,
    OF_OTHERS,
    OF_SOMETHING_ELSE,
    OPEN_SUM,
    PAID_WITH,
    PAYDAY,
    PAYS,
    PIOUS,
    REFUSES,
    SHORT,
    TAG_LAST,
    TAG_ONLY,
    THAT_DAY,
    TO_PAY,
    WONDERS,
    WONDERS_FIRST,
)
from models.conversation import Speaker

# letters between a sum and its day: "el viernes 5 te pago 160 mil", "$188.40 on October 7th"
_BESIDE = 24


@dataclass(frozen=True, slots=True)
class Said:
    """The sums and days of a turn, whoever speaks; only days still to come."""

    folded: str
    amounts: tuple[AmountMention, ...]
    dates: tuple[DateMention, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """`answers` is a bare day or sum, which counts where the agent asked for one; an `open_sum` is not fixed yet."""

    turn: ReadTurn
    terms: tuple[Terms, ...]
    committed: bool
    hedged: bool
    conditional: bool
    accepts: bool
    refuses: bool
    answers: bool
    adds: bool
    open_sum: bool
    declines: bool


def said_on(reading: Reading, turn: ReadTurn) -> date | None:
    """The local day on which a turn is said: a chat may go on for days."""
    moment = turn.at or reading.conversation.started_at
    return moment.date() if moment is not None else None


def said_in(reading: Reading, turn: ReadTurn) -> Said:
    folded = fold(turn.text)
    language = turn.language
    amounts = read_amounts(
        turn.text, country=reading.country, currency=None, language=language, account=reading.account
    )
    day = said_on(reading, turn)
    dates = () if day is None else read_dates(turn.text, said_on=day, country=reading.country, language=language)
    ahead = tuple(d for d in dates if day is not None and (d.day is None or d.day >= day))
    # what the debtor owes is no offer of theirs; what the agent says is owed may be what a bare "el viernes" answers
    offered = amounts if turn.speaker is Speaker.AGENT else tuple(a for a in amounts if not a.owed)
    return Said(folded, offered, ahead)


def statement(reading: Reading, turn: ReadTurn, *, asked_for: bool) -> Statement | None:
    """What a turn of the debtor states; None for one without any word on paying.

    `asked_for` tells that the agent has just asked for a day or a sum, so that a bare one counts.
    """
    cues = [m for m in reading.said[turn.index] if m.code.startswith("cue.promise_") and m.holds]
    if CARD.search(turn.text):
        return None
    said = said_in(reading, turn)
    if not (cues or asked_for or (said.amounts and said.dates)):
        return None
    asked = _asked_spans(turn)
    amounts = [a for a in said.amounts if not _within(a.start, asked)]
    dates = [d for d in said.dates if not _within(d.start, asked) and not _denied(said.folded, d)]
    verbs = _verbs(cues, asked, with_sum=bool(amounts) or MONEY.search(said.folded) is not None)
    if not verbs and any(m.code == "cue.promise_broken" for m in cues):
        return None
    dues = _each_with_its_sum(said.folded, dates, amounts) or _chosen(
        said.folded, dates, verbs, sums_named=bool(amounts)
    )
    sums = sums_of(amounts, said.folded)
    terms = paired(sums if verbs or dues or amounts else [], dues)
    spots = [(v.turn.tokens[v.first].start, v.turn.tokens[v.last].end) for v in verbs] + [
        (d.start, d.end) for d in dues
    ]
    complete = any(term.sum is not None and term.sum.amount is not None and term.due is not None for term in terms)
    hedges = [m for m in cues if m.code == "cue.promise_hedge" and _near(m, turn, spots)]
    hedged = any(not (complete and PIOUS.search(fold(m.quote))) for m in hedges)
    if hedged and not verbs and not amounts and not TO_PAY.search(said.folded):
        return None
    if not (verbs or terms or hedged or any(m.code == "cue.promise_accept" for m in cues)):
        return None
    refuses = REFUSES.search(said.folded) is not None
    answers = _answers(reading, turn, dues, amounts) and not refuses
    if not verbs and not answers and not (cues or asked_for):
        return None
    if not verbs and (amounts or dates) and of_data(reading, turn):
        return None
    # who names the sum together with the day has said what there is to say, whatever the verb
    plain = complete and answers and not hedged and _own_words(reading, turn, said)
    return Statement(
        turn=turn,
        terms=tuple(terms),
        committed=bool(verbs) or plain,
        hedged=hedged,
        conditional=_conditional(turn, dates, dues, verbs),
        accepts=any(m.code == "cue.promise_accept" for m in cues) and not refuses,
        refuses=refuses and not verbs,
        answers=answers,
        adds=any(term.sum is not None and term.sum.rest for term in terms) or ADDS.search(said.folded) is not None,
        open_sum=OPEN_SUM.search(said.folded) is not None,
        declines=DECLINES.search(said.folded) is not None,
    )


def _verbs(cues: Sequence[Match], asked: Sequence[tuple[int, int]], *, with_sum: bool) -> list[Match]:
    """The verbs that commit; "le doy" and its like only with a sum. A broken promise of old commits to nothing."""
    codes = ("cue.promise_commit", "cue.promise_light") if with_sum else ("cue.promise_commit",)
    verbs = [m for m in cues if m.code in codes and _counts(m, asked)]
    broken = [m.last for m in cues if m.code == "cue.promise_broken"]
    return [verb for verb in verbs if not broken or verb.first > max(broken)]


def _answers(reading: Reading, turn: ReadTurn, dues: Sequence[Placed[Due]], amounts: Sequence[AmountMention]) -> bool:
    """A day or a sum that comes first in the turn, or in a short one, and is said of nothing else."""
    if any(reading.says(turn.index, code) for code in OF_SOMETHING_ELSE) or WONDERS_FIRST.match(fold(turn.text)):
        return False
    if of_data(reading, turn):
        return False
    places = [d.start for d in dues] + [a.start for a in amounts]
    if not places or len(turn.tokens) == 0:
        return False
    before = sum(1 for token in turn.tokens if token.start < min(places))
    return before <= LEAD_IN or len(turn.tokens) <= SHORT


def _own_words(reading: Reading, turn: ReadTurn, said: Said) -> bool:
    """A sum with its day that answers no question about who one is, and tells nothing of the past or of others."""
    if OF_OTHERS.search(said.folded) or of_data(reading, turn):
        return False
    return turn.punctuated or not _wonders(turn, len(turn.tokens) - 1)


def of_data(reading: Reading, turn: ReadTurn) -> bool:
    """Whether the numbers of a turn are a birthday, a document, a card or a code that was asked for or is read back."""
    before = next((t for t in reversed(reading.turns[: turn.index]) if t.speaker is Speaker.AGENT), None)
    asked = before is not None and ASKS_FOR_DATA.search(fold(before.text)) is not None
    return asked or GIVES_DATA.search(fold(turn.text)) is not None


def _near(match: Match, turn: ReadTurn, spots: Sequence[tuple[int, int]]) -> bool:
    """Whether a hedge stands in a sentence that promises; anywhere, in a turn that names neither verb nor day."""
    if not spots:
        return True
    sentence = match.sentence
    return any(t.sentence == sentence for t in turn.tokens for start, end in spots if start <= t.start < end)


def same_day(text: str) -> bool:
    """Whether a turn points back at a day that was named before: "ese día", "by then"."""
    return THAT_DAY.search(fold(text)) is not None


def _counts(match: Match, asked: Sequence[tuple[int, int]]) -> bool:
    """A verb of paying that is said, not asked, and is no noun ("el pago")."""
    turn = match.turn
    start = turn.tokens[match.first].start
    if _within(start, asked):
        return False
    one_word = match.first == match.last
    before = turn.tokens[match.first - 1].norm if match.first else ""
    return not (one_word and before in BEFORE_A_NOUN) and not (not turn.punctuated and _wonders(turn, match.first))


def _wonders(turn: ReadTurn, first: int) -> bool:
    """A question that speech recognition left without its marks: "y si le pago … me quita los intereses"."""
    before = " " + " ".join(turn.norms[max(0, first - 4) : first + 1])
    return WONDERS.search(before) is not None


def _asked_spans(turn: ReadTurn) -> list[tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for token in turn.tokens:
        if token.sentence in turn.asked:
            start, _ = spans.get(token.sentence, (token.start, token.end))
            spans[token.sentence] = (start, token.end)
    texts = [(span, fold(turn.text[span[0] : span[1]])) for span in spans.values()]
    return [
        span for span, text in texts if not (TAG_ONLY.fullmatch(text) or TAG_LAST.search(text) or MAYBE.match(text))
    ]


def _within(place: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _denied(folded: str, mention: DateMention) -> bool:
    """ "hoy no puedo, ni el viernes": days that are ruled out."""
    return bool(NOT_BEFORE.search(folded[: mention.start]) or NOT_AFTER.match(folded[mention.end :]))


def _each_with_its_sum(
    folded: str, dates: Sequence[DateMention], amounts: Sequence[AmountMention]
) -> list[Placed[Due]]:
    """The days of several payments, each beside a sum of its own: wages named along with them change nothing."""
    days = [(d.start, d.end, d) for d in dates if d.day is not None and d.precision is Precision.DAY]
    for pointed in THAT_DAY.finditer(folded):
        before = [mention for _, end, mention in days if end <= pointed.start()]
        days += [(pointed.start(), pointed.end(), before[-1])] if before else []
    found: dict[date | None, Placed[Due]] = {}
    beside: set[int] = set()
    for start, end, mention in days:
        for amount in amounts:
            between = folded[end : amount.start] if amount.start >= end else folded[amount.end : start]
            if 0 < len(between) <= _BESIDE and not MARKS.search(between) and not INCOME.search(between):
                found[mention.day] = Placed(start, end, due_of(mention, folded))
                beside.add(amount.start)
                break
    places = sorted(found.values(), key=lambda place: place.start)
    return places if len(places) > 1 and len(beside) > 1 else []


def _chosen(
    folded: str, dates: Sequence[DateMention], verbs: Sequence[Match], *, sums_named: bool
) -> list[Placed[Due]]:
    """The days on which is paid: not those of wages, if there is another; several only where several are stated."""
    named = [d for d in dates if d.day is not None or d.window is not None]
    paydays = [d for d in named if _income(folded, d)]
    clear = [d for d in named if d not in paydays]
    if not verbs and not sums_named:
        clear = [d for d in clear if d.precision is not Precision.VAGUE]  # "ahorita" alone answers nothing
    pool = clear or (paydays if verbs or sums_named else [])
    if not pool:
        return []
    exact = [d for d in pool if d.precision.value in ("day", "window")] or pool
    places = [Placed(d.start, d.end, due_of(d, folded)) for d in exact]
    distinct: list[Placed[Due]] = []
    for place in places:
        if all(place.what != other.what for other in distinct):
            distinct.append(place)
    if len(distinct) > 1 and not _several(folded, distinct):
        # "el treinta, con la última quincena": the day that has a name
        days = [place for place in distinct if not PAYDAY.search(folded[place.start : place.end])] or distinct
        return [min(days, key=lambda place: _distance(place, verbs))]
    return distinct


def _several(folded: str, places: Sequence[Placed[Due]]) -> bool:
    """Whether the days are those of several payments: a sum or "the other one" stands with each."""
    parts = [folded[a.end : b.start] for a, b in pairwise(places)]
    return all(AND_THEN.search(part) for part in parts)


def _distance(place: Placed[Due], verbs: Sequence[Match]) -> int:
    spots = [(m.turn.tokens[m.first].start, m.turn.tokens[m.last].end) for m in verbs]
    if not spots:
        return -place.start
    return min(min(abs(place.end - start), abs(place.start - end)) for start, end in spots)


def _income(folded: str, mention: DateMention) -> bool:
    """Whether a day is that of wages or of something else than the payment: "el 15 cobro", "el viernes me pagan"."""
    if PAID_WITH.match(MARKS.split(folded[mention.end :])[0][:60]):
        return False
    before = MARKS.split(folded[: mention.start])[-1][-32:]
    after = MARKS.split(folded[mention.end :])[0][:28]
    pays = PAYS.search(after)
    if pays is not None and INCOME.search(after[: pays.start()]) is None and INCOME.search(before) is None:
        return False
    return bool(INCOME.search(before) or INCOME.search(after))


def _conditional(
    turn: ReadTurn, dates: Sequence[DateMention], dues: Sequence[Placed[Due]], verbs: Sequence[Match]
) -> bool:
    """Whether the promise hangs on something: "si me pagan", "cuando me caiga"."""
    if not verbs and not dues:
        return False
    sentences = {v.sentence for v in verbs} or {
        t.sentence for d in dues for t in turn.tokens if d.start <= t.start < d.end
    }
    spans = [(t.start, t.end) for t in turn.tokens if t.sentence in sentences]
    if not spans:
        return False
    start, end = spans[0][0], spans[-1][1]
    if any(d.conditional and start <= d.start <= end for d in dates):
        return True
    # accents are kept: "sí nos entendemos" sets no condition
    return CONDITION.search(turn.text[start:end].lower()) is not None
