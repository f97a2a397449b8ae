"""Sums of money in a sentence, as said in each country: figures, words, slang, parts of the debt, plans, ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from analyzers.amounts_near import approximated, counted, is_no_money, owed, recurring, refused
from analyzers.amounts_wording import (
    CORRECTION,
    JOINED,
    PERCENT,
    RANGE_BEFORE,
    RANGE_BETWEEN,
    RATE_AFTER,
    RATE_BEFORE,
    SHARED,
    SHARES,
    holds_a_sum,
)
from analyzers.currencies import COUNTED_IN_THOUSANDS, CURRENCY_OF, LARGE_BALANCE, SIGNS, Unit, units_of
from analyzers.numerals import Numeral, Token, fold, numerals, tokens
from models.conversation import Account

CENT = Decimal("0.01")
_DAY_BEFORE = frozenset({"el", "dia", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"})


_BARE_UNITS = ("palo", "luca", "gamba")


class AmountKind(StrEnum):
    EXACT = "exact"
    RELATIVE = "relative"
    APPROXIMATE = "approximate"
    RANGE = "range"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class AmountMention:
    """A sum and where it stands. `amount` is None for a part of something unknown; of a range it is the lower end.

    `instalments` are the parts of a plan (`amount` their sum); `every` the rhythm of a recurring one; `owed` tells that
    it describes the debt ("debo tres cuotas de 150"); `marked` that a currency or a magnitude was said with it.
    """

    start: int
    end: int
    amount: Decimal | None
    currency: str | None
    kind: AmountKind = AmountKind.EXACT
    ambiguous: bool = False
    alternative: Decimal | None = None
    high: Decimal | None = None
    instalments: tuple[Decimal, ...] = ()
    every: str | None = None
    owed: bool = False
    marked: bool = True


def read_amounts(
    text: str, *, country: str | None, currency: str | None, language: str, account: Account
) -> tuple[AmountMention, ...]:
    """All sums of `text`, left to right; of one that the speaker corrects only the last."""
    return _read(text, country, currency or account.currency or CURRENCY_OF.get(country or ""), language, account)


@lru_cache(maxsize=256)  # promises, steps and the agreement read the same turns
def _read(
    text: str, country: str | None, local: str | None, language: str, account: Account
) -> tuple[AmountMention, ...]:
    folded = fold(text)
    if not holds_a_sum(folded):
        return ()
    words = tokens(folded)
    reader = _Reader(folded, words, language, country, local, account)
    found = numerals(words, language=language, country=country)
    said = sorted([*reader.plain(found), *reader.relative(found)], key=lambda mention: mention.start)
    said = _without_overlap(said)
    return tuple(_plans(folded, _corrected(folded, _ranges(folded, said))))


@dataclass(frozen=True, slots=True)
class _Reader:
    folded: str
    words: tuple[Token, ...]
    language: str
    country: str | None
    currency: str | None
    account: Account

    def plain(self, found: Sequence[Numeral]) -> Iterator[AmountMention]:
        """Sums that stand on a number."""
        dictated = _dictated(self.words, found)
        taken = 0
        for numeral in found:
            percentage = self._text(numeral.first - 1) == "por" and self._text(numeral.stop - 1) in ("cien", "ciento")
            if numeral.first < taken or numeral in dictated or percentage:
                continue
            mention, stop = self._valued(numeral, {n.first: n for n in found})
            if mention is not None:
                taken = stop
                yield mention
        yield from self._bare_units()

    def _valued(self, numeral: Numeral, at: dict[int, Numeral]) -> tuple[AmountMention | None, int]:
        first, sign = self._sign_before(numeral.first)
        value, other, stop = numeral.value, numeral.alternative, numeral.stop
        if other is not None and other < value < 1_000_000 and self._text(first - 1) in _DAY_BEFORE:
            value, other = other, None  # "el quince doscientos": the fifteenth, and two hundred
        unit, stop = self._unit(stop, value)
        if unit is not None and unit.worth != 1:
            value, other = value * unit.worth, None
            value, stop = self._and_a_half(value, unit, stop, at)
        cents = at.get(stop + 1) if self._text(stop) in ("con", "and") else None
        if cents is not None and self._are_cents(cents, marked=unit is not None or numeral.large or value >= 20):
            value, stop = value + cents.value / 100, cents.stop
            _, stop = self._unit(self._skip_cents(stop), value)
        if unit is not None and unit.worth == 1 and value == 1 and numeral.spelled:
            return None, stop  # "me liquidan una plata"
        marked = sign is not None or unit is not None or numeral.large
        before, after = self.folded[: self.words[first].start], self.folded[self.words[stop - 1].end :]
        explicit = sign is not None or unit is not None
        if is_no_money(before, after, value, explicit=explicit, spelled=numeral.spelled, large=numeral.large):
            return None, stop
        value, other = self._to_scale(value, other, explicit=unit is not None and unit.worth != 1)
        kind = AmountKind.APPROXIMATE if approximated(before, after) else AmountKind.EXACT
        every = recurring(after)
        return AmountMention(
            self.words[first].start,
            self.words[stop - 1].end,
            value,
            (unit.currency if unit is not None else None) or sign or self.currency,
            AmountKind.PLAN if every else kind,
            ambiguous=other is not None,
            alternative=other,
            every=every,
            owed=owed(before) or refused(before, after),
            marked=marked,
        ), stop

    def _bare_units(self) -> Iterator[AmountMention]:
        """Slang that needs no number: "medio palo", "palo y medio"."""
        if not any(slang in self.folded for slang in _BARE_UNITS):
            return
        for at, word in enumerate(self.words):
            if word.text not in _BARE_UNITS:
                continue
            unit, half = units_of(self.country)[word.text], Decimal("0.5")
            if self._text(at - 1) in ("medio", "media"):
                yield self._mention(at - 1, at + 1, unit.worth * half)
            elif self._text(at + 1) == "y" and self._text(at + 2) in ("medio", "media") and self._text(at - 1) != "un":
                yield self._mention(at, at + 3, unit.worth * (1 + half))

    def relative(self, found: Sequence[Numeral]) -> Iterator[AmountMention]:
        """Parts of the debt: half of it, the minimum, all of it, a percentage."""
        balance, minimum = self.account.balance, self.account.minimum_payment
        english = self.language == "en"
        for pattern, share in SHARES[english] if any(word in self.folded for word in SHARED[english]) else ():
            for match in pattern.finditer(self.folded):
                if share == "minimum":
                    amount = minimum
                else:
                    part = Decimal(match["percent"]) / 100 if share is None else Decimal(share)
                    amount = (balance * part).quantize(CENT) if balance is not None else None
                kind = AmountKind.RELATIVE
                yield AmountMention(
                    match.start(), match.end(), amount, self.currency, kind, owed=owed(self.folded[: match.start()])
                )
        for numeral in found:
            yield from self._percentage(numeral, balance)

    def _percentage(self, numeral: Numeral, balance: Decimal | None) -> Iterator[AmountMention]:
        match = PERCENT.match(self.folded, self.words[numeral.stop - 1].end)
        before = self.folded[: self.words[numeral.first].start]
        if match is None or RATE_AFTER.match(self.folded, match.end()) or RATE_BEFORE.search(before):
            return
        amount = (balance * numeral.value / 100).quantize(CENT) if balance is not None else None
        start = self.words[numeral.first].start
        yield AmountMention(start, match.end(), amount, self.currency, AmountKind.RELATIVE)

    def _mention(self, first: int, stop: int, value: Decimal) -> AmountMention:
        return AmountMention(self.words[first].start, self.words[stop - 1].end, value, self.currency)

    def _text(self, at: int) -> str:
        return self.words[at].text if 0 <= at < len(self.words) else ""

    def _sign_before(self, first: int) -> tuple[int, str | None]:
        """Where the sum begins when a sign such as "US$" or "S/" stands before it, and its currency."""
        at = first
        currency = None
        while self._text(at - 1) in ("$", "€", "£", "₡", "/", ".", "usd", "us", "s", "u") and at > first - 4:
            sign = self._text(at - 1)
            if sign in ("s", "u", "us") and self._text(at) not in ("/", ".", "$"):
                break
            if sign in ("/", ".") and self._text(at - 2) not in ("s", "/"):
                break
            currency = SIGNS.get(sign) or currency or self.currency
            at -= 1
        return at, currency

    def _unit(self, at: int, value: Decimal) -> tuple[Unit | None, int]:
        """The money word at a place, "verde" after a "palo" included; after thousands "barras" are pesos."""
        word = self._text(at + 1) if self._text(at) == "de" else self._text(at)
        unit = units_of(self.country).get(word)
        if unit is None or (word == "k" and self.words[at].start != self.words[at - 1].end):
            return None, at
        at += 2 if self._text(at) == "de" else 1
        if word.startswith("palo") and self._text(at) in ("verde", "verdes"):
            return Unit(unit.worth, "USD"), at + 1
        if word.startswith("barra") and value >= 1000:
            return Unit(Decimal(1)), at
        return unit, at

    def _and_a_half(self, value: Decimal, unit: Unit, at: int, known: dict[int, Numeral]) -> tuple[Decimal, int]:
        """ "un palo y medio", and "dos palos doscientos", where the thousands go unsaid."""
        if self._text(at) == "y" and self._text(at + 1) in ("medio", "media"):
            return value + unit.worth / 2, at + 2
        rest = known.get(at)
        if rest is None or rest.value >= unit.worth or unit.worth < 1000:
            return value, at
        thousands = rest.value < 1000 and unit.worth > 1000
        return value + rest.value * (1000 if thousands else 1), rest.stop

    def _are_cents(self, cents: Numeral, *, marked: bool) -> bool:
        return marked and cents.value < 100 and self._text(cents.stop) not in ("%", "por", "lucas", "mil")

    def _skip_cents(self, at: int) -> int:
        return at + 1 if self._text(at) in ("centavos", "centimos", "cents", "pence", "ctvs") else at

    def _to_scale(self, value: Decimal, other: Decimal | None, *, explicit: bool) -> tuple[Decimal, Decimal | None]:
        """ "los cien" of a debt of hundreds of thousands are a hundred thousand."""
        balance = self.account.balance
        thousands = self.currency in COUNTED_IN_THOUSANDS and (balance is None or balance >= LARGE_BALANCE)
        small = 10 <= value < 1000 and other is None
        if thousands and not explicit and small and balance is not None and value * 1000 <= balance:
            return value * 1000, value
        return value, other


def _dictated(words: Sequence[Token], found: Sequence[Numeral]) -> frozenset[Numeral]:
    """Numbers read out one after the other (a document, a card, a telephone), which are no sums."""
    runs: list[list[Numeral]] = []
    for numeral in found:
        glued = runs and all(words[i].text in (",", "-", ".") for i in range(runs[-1][-1].stop, numeral.first))
        if glued:
            runs[-1].append(numeral)
        else:
            runs.append([numeral])
    return frozenset(n for run in runs if len(run) >= 3 for n in run)


def _without_overlap(said: Sequence[AmountMention]) -> list[AmountMention]:
    kept: list[AmountMention] = []
    for mention in said:
        if kept and mention.start < kept[-1].end:
            if mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
        else:
            kept.append(mention)
    return kept


def _ranges(folded: str, said: Sequence[AmountMention]) -> list[AmountMention]:
    """ "entre 500 y 800" is one mention that reaches from the lower end to the upper."""
    kept: list[AmountMention] = []
    for mention in said:
        last = kept[-1] if kept else None
        if (
            last is not None
            and RANGE_BEFORE.search(folded[: last.start])
            and RANGE_BETWEEN.fullmatch(folded[last.end : mention.start])
        ):
            low, high = last.amount, mention.amount
            # "entre 100 y 150 mil": the thousands of the upper end serve both
            if low is not None and high is not None and low < 1000 <= high and low * 1000 <= high:
                low *= 1000
            kept[-1] = replace(last, end=mention.end, amount=low, high=high, kind=AmountKind.RANGE, alternative=None)
        else:
            kept.append(mention)
    return kept


def _corrected(folded: str, said: Sequence[AmountMention]) -> list[AmountMention]:
    """Drops a sum that the same speaker takes back: "le doy mil… no, mejor ochocientos"."""
    taken_back = {a for a, b in pairwise(said) if CORRECTION.fullmatch(folded[a.end : b.start])}
    return [mention for mention in said if mention not in taken_back]


def _plans(folded: str, said: Sequence[AmountMention]) -> Iterator[AmountMention]:
    """ "dos cuotas de 150 mil"; "tres pagos, uno de 800 y dos de 600" as one mention."""
    parts: list[tuple[AmountMention, int, int]] = []
    for mention in said:
        count, start = counted(folded[: mention.start])
        parts.append((mention, count, start))
    at = 0
    while at < len(parts):
        mention, count, start = parts[at]
        if count == 0 or mention.amount is None:
            yield mention
            at += 1
            continue
        instalments = [mention.amount] * count
        last = at
        while (
            last + 1 < len(parts)
            and parts[last + 1][1]
            and JOINED.fullmatch(folded[parts[last][0].end : parts[last + 1][2]])
        ):
            last += 1
            part = parts[last][0].amount
            instalments += [part] * parts[last][1] if part is not None else []
        end = parts[last][0].end
        at = last + 1
        if len(instalments) == 1:
            yield mention
            continue
        total = sum(instalments, Decimal(0))
        is_owed = owed(folded[:start])
        yield replace(
            mention,
            start=start,
            end=end,
            amount=total,
            kind=AmountKind.PLAN,
            instalments=tuple(instalments),
            owed=is_owed,
        )
