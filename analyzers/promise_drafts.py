"""A promise while it is being made: begun in one turn, said again, completed or revised in others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.money import AmountKind
from analyzers.numerals import fold
from analyzers.promise_statements import Said, Statement, said_in
from analyzers.promise_terms import Due, Sum, Terms, due_of
from analyzers.promise_wording import THE_PROPOSED
from models.conversation import Speaker

# turns within which a day and a sum make one promise, and an agent's words complete it
NEAR = 4


@dataclass
class Draft:
    """A promise while the conversation still completes it."""

    turn: ReadTurn
    sum: Sum | None
    due: Due | None
    hedged: bool
    conditional: bool
    explicit: bool
    open_sum: bool
    latest: int = 0


def settle(made: Statement, terms: Terms, drafts: list[Draft], *, first: bool) -> None:
    """Puts terms where they belong: said again, completing or revising the draft at hand, or a promise of their own."""
    amount, due = terms.sum, terms.due
    if amount is None and due is None:
        return
    if not made.hedged:
        again = next((d for d in drafts if not d.hedged and _same(d, terms)), None)
        if again is not None:
            _merge(again, made, terms)
            return
    recent = [d for d in drafts if made.turn.index - d.latest <= NEAR]
    last = recent[-1] if recent else None
    if last is not None and first and not (last.hedged or made.hedged or made.adds):
        if _fills(last, amount, due):
            _merge(last, made, terms)
            last.turn = made.turn
            return
        if _revises(last, amount, due):
            _merge(last, made, terms, revise=True)
            return
    if amount is None or not amount.rest or amount.amount is not None:
        drafts.append(
            Draft(made.turn, amount, due, made.hedged, made.conditional, made.committed, made.open_sum, made.turn.index)
        )


def _revises(draft: Draft, amount: Sum | None, due: Due | None) -> bool:
    """Whether one of the terms is new and the other as it was, or not said again."""
    if amount is not None and amount.rest:
        return False
    same_due = due is None or (draft.due is not None and draft.due.meets(due))
    if amount is not None and draft.sum is not None and same_due:
        return True
    return due is not None and draft.due is not None and (amount is None or amount == draft.sum)


def _fills(draft: Draft, amount: Sum | None, due: Due | None) -> bool:
    """Whether the terms are just what a draft still lacks."""
    if draft.due is None:
        return due is not None and draft.sum is not None
    return draft.sum is None and amount is not None and due is None


def _same(draft: Draft, terms: Terms) -> bool:
    """Whether the terms say a draft again: nothing in them contradicts it, and something repeats it."""
    if terms.due is not None and draft.due is not None and not draft.due.meets(terms.due):
        return False
    one, other = terms.sum, draft.sum
    if one is not None and other is not None and one.amount is not None and other.amount is not None:
        close = _misheard(other.amount, one.amount) or _misheard(one.amount, other.amount)
        if one.amount != other.amount and not close:
            return False
    repeats_due = terms.due is not None and draft.due is not None
    repeats_sum = one is not None and other is not None and one.amount == other.amount
    return repeats_due or (repeats_sum and terms.due is None)


def _merge(draft: Draft, made: Statement, terms: Terms, *, revise: bool = False) -> None:
    if terms.due is not None and (draft.due is None or revise or _sharper(terms.due, draft.due)):
        draft.due = terms.due
    if terms.sum is not None and terms.sum.amount is not None and (draft.sum is None or revise or made.committed):
        draft.sum = terms.sum
    if revise:
        draft.turn = made.turn
    draft.explicit = draft.explicit or made.committed
    draft.conditional = draft.conditional or (made.committed and made.conditional)
    draft.latest = made.turn.index


def _sharper(new: Due, old: Due) -> bool:
    return new.day is not None and new.first is None and (old.day is None or old.ambiguous or old.soft)


def complete(reading: Reading, draft: Draft) -> None:
    """Fills in from the agent's words what the debtor left to them."""
    after = [
        t for t in reading.turns[draft.turn.index + 1 : draft.turn.index + 2 + NEAR] if t.speaker is Speaker.AGENT
    ][:2]
    for turn in after:
        if not (reading.says(turn.index, "cue.promise_settled") or reading.says(turn.index, "cue.promise_asks")):
            continue
        said = said_in(reading, turn)
        _complete_due(draft, said)
        _complete_sum(draft, said)
    meant = not draft.hedged or THE_PROPOSED.search(fold(draft.turn.text)) is not None
    if draft.sum is None and not draft.open_sum and meant:
        draft.sum = _asked_sum(reading, draft)


def _complete_due(draft: Draft, said: Said) -> None:
    dues = [due_of(d, said.folded) for d in said.dates if d.day is not None and d.precision.value == "day"]
    if draft.due is None and len(dues) == 1 and draft.sum is not None:
        draft.due = dues[0]
    elif draft.due is not None and len(dues) == 1 and dues[0].day is not None and not dues[0].ambiguous:
        named = dues[0].day in (draft.due.day, draft.due.alternative)
        if named and (draft.due.ambiguous or draft.due.first is not None):
            draft.due = replace(dues[0], conditional=draft.due.conditional, soft=draft.due.soft)


def _complete_sum(draft: Draft, said: Said) -> None:
    amounts = [a for a in said.amounts if a.amount is not None]
    distinct = {a.amount for a in amounts}
    if draft.sum is None and len(distinct) == 1 and not draft.open_sum and not draft.hedged:
        draft.sum = Sum(amounts[0].amount, amounts[0].currency)
    if draft.sum is None or draft.sum.amount is None:
        return
    for amount in amounts:
        # "los dos mil trescientos ochenta" may be two of them, 1.380 in all; "los 243" are 243.150
        heard, told = draft.sum.amount, amount.amount
        if told is not None and heard != told and _misheard(heard, told):
            draft.sum = replace(draft.sum, amount=told, ambiguous=False)
            return


def _misheard(heard: Decimal, told: Decimal) -> bool:
    rounded = heard >= 1000 and heard % 1000 == 0 and heard < told < heard + 1000
    return rounded or (heard > told >= 1000 and heard % 1000 == told % 1000 and told % 1000 != 0)


def _asked_sum(reading: Reading, draft: Draft) -> Sum | None:
    """The one sum that the agent asked for just before, where the debtor names none of their own."""
    for turn in reversed(reading.turns[max(0, draft.turn.index - NEAR) : draft.turn.index]):
        if turn.speaker is not Speaker.AGENT:
            continue
        named = [a for a in said_in(reading, turn).amounts if a.amount is not None]
        # "cancelar todo con 1.200.000", "en lugar de 850 dejarlo en 425": the sum that is offered, not the whole
        offered = [a for a in named if not a.owed] or named
        amounts = [a for a in offered if a.kind is not AmountKind.RELATIVE] or offered
        # of a plan in equal parts one is due at a time
        each = [a.instalments[0] if len(set(a.instalments)) == 1 else a.amount for a in amounts]
        if len(set(each)) == 1:
            return Sum(each[0], amounts[0].currency)
        if each:
            return None
    return None
