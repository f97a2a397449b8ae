"""What one turn of the debtor says about paying: does it commit, hedge, accept; which sums, which days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analyzers.contract import Reading
from analyzers.dates import DateMention, read_dates
from analyzers.language import ReadTurn
from analyzers.money import AmountMention, read_amounts
from analyzers.numerals import fold
from analyzers.phrasebook import Match
from analyzers.promise_terms import Due, Placed, Terms, due_of, paired, sums_of
from models.conversation import Speaker

# a day no further from a verb of paying than this belongs to it, in characters
_FAR = 10_000


@dataclass(frozen=True, slots=True)
class Said:
    """The sums and days of a turn, whoever speaks; only days still to come."""

    folded: str
    amounts: tuple[AmountMention, ...]
    dates: tuple[DateMention, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """`answers` is a bare day or sum, which counts where the agent asked for one; `open_sum` says that it is not fixed."""

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
    return Said(folded, tuple(a for a in amounts if not a.owed), ahead)


def statement(reading: Reading, turn: ReadTurn) -> Statement | None:
    """What a turn of the debtor states; None for one without any word on paying."""
    cues = tuple(reading.matches_in(turn.index, "cue.promise_", speaker=Speaker.CUSTOMER)) if False else _cues(reading, turn)
    said = said_in(reading, turn)
    asked = _asked_spans(turn)
    verbs = [m for m in cues if m.code == "cue.promise_commit" and _counts(m, asked)]
    light = [m for m in cues if m.code == "cue.promise_light" and _counts(m, asked)]
    amounts = [a for a in said.amounts if not _within(a.start, asked)]
    dates = [d for d in said.dates if not _within(d.start, asked) and not _denied(said.folded, d)]
    if light and (amounts or _MONEY.search(said.folded)):
        verbs += light
    if any(m.code == "cue.promise_broken" for m in cues) and not _second_thoughts(cues, verbs):
        verbs = []
    dues = _chosen(said.folded, dates, verbs)
    sums = sums_of(amounts, said.folded)
    terms = paired(sums if verbs or dues or amounts else [], dues)
    hedged = any(m.code == "cue.promise_hedge" for m in cues)
    accepts = any(m.code == "cue.promise_accept" for m in cues)
    refuses = _REFUSES.search(said.folded) is not None
    if not (verbs or terms or accepts or hedged):
        return None
    return Statement(
        turn=turn,
        terms=tuple(terms),
        committed=bool(verbs),
        hedged=hedged,
        conditional=_conditional(said.folded, dates, verbs),
        accepts=accepts and not refuses,
        refuses=refuses and not verbs,
        answers=bool(dues or amounts) and not refuses,
        adds=any(term.sum is not None and term.sum.rest for term in terms) or _ADDS.search(said.folded) is not None,
        open_sum=_OPEN_SUM.search(said.folded) is not None,
    )


def same_day(text: str) -> bool:
    """Whether a turn points back at a day that was named before: "ese día", "by then"."""
    return _THAT_DAY.search(fold(text)) is not None


def _cues(reading: Reading, turn: ReadTurn) -> tuple[Match, ...]:
    return tuple(m for m in reading.said[turn.index] if m.holds and m.code.startswith("cue.promise_"))


def _counts(match: Match, asked: Sequence[tuple[int, int]]) -> bool:
    """A verb of paying that is said, not asked, and is no noun ("el pago")."""
    turn = match.turn
    start = turn.tokens[match.first].start
    if _within(start, asked):
        return False
    one_word = match.first == match.last
    before = turn.tokens[match.first - 1].norm if match.first else ""
    return not (one_word and before in _BEFORE_A_NOUN) and not (not turn.punctuated and _wonders(turn, match.first))


def _wonders(turn: ReadTurn, first: int) -> bool:
    """A question that speech recognition left without its marks: "y si le pago … me quita los intereses"."""
    before = " " + " ".join(turn.norms[max(0, first - 4) : first + 1])
    return _WONDERS.search(before) is not None


def _asked_spans(turn: ReadTurn) -> list[tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for token in turn.tokens:
        if token.sentence in turn.asked:
            start, _ = spans.get(token.sentence, (token.start, token.end))
            spans[token.sentence] = (start, token.end)
    return [span for span in spans.values() if not _TAG_ONLY.fullmatch(fold(turn.text[span[0] : span[1]]))]


def _within(place: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _denied(folded: str, mention: DateMention) -> bool:
    """ "hoy no puedo, ni el viernes": days that are ruled out."""
    return bool(_NOT_BEFORE.search(folded[: mention.start]) or _NOT_AFTER.match(folded[mention.end :]))


def _second_thoughts(cues: Sequence[Match], verbs: Sequence[Match]) -> bool:
    """A commitment after the talk of an old one: "había quedado de pagar… mañana le deposito"."""
    broken = max(m.last for m in cues if m.code == "cue.promise_broken")
    return any(verb.first > broken for verb in verbs)


def _chosen(folded: str, dates: Sequence[DateMention], verbs: Sequence[Match]) -> list[Placed]:
    """The days on which is paid: not those of wages, if there is another; several only where several are stated."""
    named = [d for d in dates if d.day is not None or d.window is not None]
    paydays = [d for d in named if _income(folded, d)]
    clear = [d for d in named if d not in paydays]
    pool = clear or (paydays if verbs else [])
    if not pool:
        return []
    exact = [d for d in pool if d.precision.value in ("day", "window")] or pool
    places = [Placed(d.start, d.end, due_of(d, folded)) for d in exact]
    distinct: list[Placed] = []
    for place in places:
        if all(place.what != other.what for other in distinct):
            distinct.append(place)
    if len(distinct) > 1 and not _several(folded, distinct):
        return [min(distinct, key=lambda place: _distance(place, verbs))]
    return distinct


def _several(folded: str, places: Sequence[Placed]) -> bool:
    """Whether the days are those of several payments: a sum or "the other one" stands with each."""
    parts = [folded[a.end : b.start] for a, b in zip(places, places[1:], strict=False)]
    return all(_AND_THEN.search(part) for part in parts)


def _distance(place: Placed, verbs: Sequence[Match]) -> int:
    spots = [(m.turn.tokens[m.first].start, m.turn.tokens[m.last].end) for m in verbs]
    if not spots:
        return -place.start
    return min(min(abs(place.end - start), abs(place.start - end)) for start, end in spots)


def _income(folded: str, mention: DateMention) -> bool:
    before = re.split(r"[.;!?]|,", folded[: mention.start])[-1][-32:]
    after = re.split(r"[.;!?,]", folded[mention.end :])[0][:28]
    if _PAYS.search(after) and not _INCOME.search(after[: max(0, (_PAYS.search(after) or re.match("", "")).start())]):  # type: ignore[union-attr]
        return bool(_INCOME.search(before)) and False
    return bool(_INCOME.search(before) or _INCOME.search(after))


def _conditional(folded: str, dates: Sequence[DateMention], verbs: Sequence[Match]) -> bool:
    if any(d.conditional for d in dates):
        return True
    return bool(verbs) and _CONDITION.search(folded) is not None


_BEFORE_A_NOUN = frozenset(
    "el un mi del al su ese este de primer otro cada tu sin por con a segundo ultimo tercer los sus mis ningun algun "
    "primero que the a my your another".split()
)
_MONEY = re.compile(r"\b(?:algo|la mitad|el resto|la parte|una parte|un abono|abonito|el minimo|la cuota|las cuotas|el pago|lo que|something|half)\b")
_REFUSES = re.compile(
    r"\bno (?:puedo|tengo|alcanzo|llego|me alcanza|voy a (?:poder|pagar)|quiero|le voy|te voy|me sirve|pienso|creo que pueda|va a ser posible)\b|"
    r"\b(?:can't|cannot|can not|cant|won't|wont) (?:pay|do|afford|make|manage|be able)\b|\bpero no\b|\bno way\b"
)
_ADDS = re.compile(r"\b(?:y (?:luego|despues|otro|otra|el resto|lo demas)|el resto|and then|and the (?:rest|other)|second (?:one|payment)|segundo pago)\b")
_OPEN_SUM = re.compile(
    r"\bno se cuanto|lo que (?:pueda|me alcance|entre|caiga|junte|tenga)|segun lo que|el monto lo|monto lo (?:defino|veo)|algo\b|not sure how much|whatever i can|something\b"
)
_THAT_DAY = re.compile(r"\b(?:ese (?:mismo )?dia|esa (?:misma )?fecha|(?:para|pa) (?:esa fecha|entonces)|that (?:same )?day|by then|that date)\b")
_WONDERS = re.compile(r" (?:y si|que tal si|si yo|si le|si te|si les|si|y que si|what if|if i|puedo|se puede|podria|could i|can i|puede ser que) (?:\w+ ){0,2}\w+$")
_TAG_ONLY = re.compile(r"\W*(?:(?:si|ok|vale|no|verdad|cierto|le parece|te parece|esta bien|right|okay|ya)\W*)+")
_NOT_BEFORE = re.compile(r"\b(?:ni|no|tampoco|excepto|menos|not|nor)\s+(?:para |el |la |on |antes )?$")
_NOT_AFTER = re.compile(r"\s*,?\s*(?:no\b(?! mas\b)(?! (?:falta|fallo|hay problema))|tampoco|ni modo|i can't|is no good|won't work)")
_INCOME = re.compile(
    r"\b(?:(?:me|nos|le|les|mi \w+) (?:pagan|paguen|paga|pague|depositan|depositen|deposita|ingresan|ingresen|ingresa|cae|caen|caiga|liquidan|consignan|giran|llega)|"
    r"cobr(?:o|a|amos|e|are|an)|(?:paga|pagan|deposita|depositan) (?:el|los|la|a)|(?:dia|fecha) de pago|nomina|sueldo|quincena|"
    r"get(?:s)? paid|payday|i'm paid|im paid|pays (?:me|us|out)|(?:check|cheque|wages|money|benefits?|refund) (?:comes?|hits?|lands?|clears?|goes in)|"
    r"(?:reunion|cita|audiencia|junta|entrevista|interview|court|hearing|appointment|cumple\w*|birthday|vence|vencia|vencio|corte|me llaman|llamenme|llameme|llamame|marqueme))\b"
)
_PAYS = re.compile(r"\b(?:(?:le|te|les|os|lo|la|los|las|se) (?:pago|abono|deposito|doy|transfiero|consigno|hago|mando|meto|cancelo|paso|llevo|pongo|dejo)|i'll|i can|i will|yo pago|pago)\b")
_CONDITION = re.compile(
    r"(?:^|[\s,;])(?:si (?:me|nos|no|usted|ustedes|le|les|la|el|todo|puedo|consigo|alcanza|sale)(?! (?:parece|permite))|siempre y cuando|con tal que|"
    r"a cambio de|en cuanto (?:me|nos|venda)|(?:ya|hasta) que (?:me|nos|venda)|primero (?:me|quiero|que)|if (?:you|i|they|he|she|it|my|the)|as long as|once (?:i|my|the|they)|provided)\b"
)
_AND_THEN = re.compile(r"\b(?:y|luego|despues|and|then|otr[oa]|resto|saldo|other)\b")
