"""Promises to pay: the debtor's own commitments, and clear acceptances of what the agent proposed, with their terms.

The negotiation is read turn by turn: a day named in one turn and the sum in the next are one promise; a promise said
again is the same one; what the debtor left out is taken from the agent's words before and after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.promise_statements import Said, Statement, said_in, said_on, same_day, statement
from analyzers.promise_terms import Due, Sum, Terms, channel_in, due_of, sums_of
from models.context import Context
from models.conversation import Speaker
from models.finding import Promise, Rule, Strength

RULE = Rule("promise", "1")
# turns within which a day and a sum make one promise, and an agent's words complete it
_NEAR = 4
_BRIEF = 12  # words of a plain yes
_CURT = 4  # words of a day thrown in as a question: "¿y mañana?"
# beside one of these a bare sum is that of the quarrel, not of a promise
_CLAIMS = ("objection.refuses", "objection.dispute_amount", "objection.already_paid", "objection.stop_contact")
_PAYMENT = re.compile(r"\b(?:pag|abon|deposit|transf|liquid|cubr|consign|cancel|pay)\w*")
_CONFIDENCE = {Strength.STRONG: 0.9, Strength.MEDIUM: 0.8, Strength.WEAK: 0.7}


@dataclass
class _Draft:
    """A promise while the conversation still completes it."""

    turn: ReadTurn
    sum: Sum | None
    due: Due | None
    hedged: bool
    conditional: bool
    explicit: bool
    open_sum: bool
    latest: int = 0


@lru_cache(maxsize=2)  # asked for twice in a row: by find_promises and by find_objections
def find_promises(reading: Reading, context: Context) -> tuple[Promise, ...]:  # noqa: ARG001
    """All promises of a conversation, in the order in which they were made."""
    drafts: list[_Draft] = []
    for turn in reading.turns:
        if turn.speaker is not Speaker.CUSTOMER:
            continue
        before = _agent_before(reading, turn)
        asked = before is not None and (
            len(before.tokens) <= _CURT or reading.says(before.index, "cue.promise_asks", "cue.promise_proposes")
        )
        made = statement(reading, turn, asked_for=asked)
        if made is not None:
            _take(reading, made, before, drafts)
    for draft in drafts:
        _complete(reading, draft)
    kept = [draft for draft in drafts if _stands(reading, draft)]
    return tuple(_promise(reading, draft) for draft in kept)


def _take(reading: Reading, made: Statement, before: ReadTurn | None, drafts: list[_Draft]) -> None:
    """Adds what a turn of the debtor promises to the drafts: a new one, or more of the one at hand."""
    offered = said_in(reading, before) if before is not None else None
    asked = before is not None and reading.says(before.index, "cue.promise_asks")
    proposed = before is not None and offered is not None and _proposes(reading, before, offered)
    if made.declines:
        return
    if made.committed or (made.hedged and any(terms.due for terms in made.terms)):
        terms = _with_context(reading, made, offered if proposed else None, drafts)
    elif made.answers and (asked or proposed):
        terms = list(made.terms)
    elif made.accepts and proposed and offered is not None and _pays(offered) and len(made.turn.tokens) <= _BRIEF:
        terms = _offered(offered, _day_before(reading, before) if before and same_day(before.text) else None)
    else:
        return
    if any(reading.says(made.turn.index, claim) for claim in _CLAIMS):
        terms = [part for part in terms if part.due is not None]
    for number, part in enumerate(terms):
        _settle(made, part, drafts, first=number == 0)


def _proposes(reading: Reading, turn: ReadTurn, said: Said) -> bool:
    """Whether an agent's turn puts a payment to the debtor: a proposal, or a question, with a day or a sum in it."""
    dated = any(d.day is not None or d.window is not None for d in said.dates)
    if dated and len(turn.tokens) <= _CURT:
        return True
    terms = dated or bool(said.amounts)
    asks = reading.says(turn.index, "cue.promise_proposes") or reading.says(turn.index, "cue.promise_asks")
    return terms and asks


def _pays(said: Said) -> bool:
    return bool(said.amounts) or _PAYMENT.search(said.folded) is not None


def _settle(made: Statement, terms: Terms, drafts: list[_Draft], *, first: bool) -> None:
    """Puts terms where they belong: said again, completing or revising the draft at hand, or a promise of their own."""
    amount, due = terms.sum, terms.due
    if amount is None and due is None:
        return
    if not made.hedged:
        again = next((d for d in drafts if not d.hedged and _same(d, terms)), None)
        if again is not None:
            _merge(again, made, terms)
            return
    recent = [d for d in drafts if made.turn.index - d.latest <= _NEAR]
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
            _Draft(
                made.turn, amount, due, made.hedged, made.conditional, made.committed, made.open_sum, made.turn.index
            )
        )


def _revises(draft: _Draft, amount: Sum | None, due: Due | None) -> bool:
    """Whether one of the terms is new and the other as it was, or not said again."""
    if amount is not None and amount.rest:
        return False
    same_due = due is None or (draft.due is not None and draft.due.meets(due))
    if amount is not None and draft.sum is not None and same_due:
        return True
    return due is not None and draft.due is not None and (amount is None or amount == draft.sum)


def _fills(draft: _Draft, amount: Sum | None, due: Due | None) -> bool:
    """Whether the terms are just what a draft still lacks."""
    if draft.due is None:
        return due is not None and draft.sum is not None
    return draft.sum is None and amount is not None and due is None


def _same(draft: _Draft, terms: Terms) -> bool:
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


def _merge(draft: _Draft, made: Statement, terms: Terms, *, revise: bool = False) -> None:
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


def _with_context(reading: Reading, made: Statement, offered: Said | None, drafts: Sequence[_Draft]) -> list[Terms]:
    """The terms of a commitment, "ese día" and "el resto" resolved from what was said before."""
    terms = list(made.terms) or [Terms(None, None)]
    if len(terms) == 1 and terms[0].due is None and same_day(made.turn.text):
        terms = [replace(terms[0], due=_day_before(reading, made.turn))]
    if terms == [Terms(None, None)] and offered is not None and not made.hedged and made.accepts:
        proposal = _offered(offered)
        terms = proposal if any(part.due for part in proposal) else terms
    promised = [d.sum.amount for d in drafts if d.sum is not None and d.sum.amount is not None and not d.hedged]
    known: list[Decimal] = []
    resolved: list[Terms] = []
    for part in terms:
        if part.sum is not None and part.sum.rest:
            left = _rest(reading, made.turn, known or promised) if known or promised else None
            rest = replace(part.sum, amount=left, currency=reading.account.currency) if left is not None else None
            part = replace(part, sum=rest)
        if part.sum is not None and part.sum.amount is not None:
            known.append(part.sum.amount)
        resolved.append(part)
    return resolved


def _offered(offered: Said, that_day: Due | None = None) -> list[Terms]:
    """The terms that an agent's turn proposes, where they are few enough to be accepted by a yes.

    `that_day` is the day that the agent points back at.
    """
    sums = [p.what for p in sums_of(offered.amounts, offered.folded) if isinstance(p.what, Sum) and not p.what.rest]
    dues = [due_of(d, offered.folded) for d in offered.dates if d.day is not None or d.window is not None]
    amounts = {s.amount for s in sums}
    distinct = list(dict.fromkeys(dues))
    if len(distinct) == len(sums) and len(sums) > 1:
        return [Terms(amount, due) for amount, due in zip(sums, distinct, strict=True)]
    due = distinct[0] if len(distinct) == 1 else that_day
    if due is None:
        return []
    return [Terms(sums[0] if len(amounts) == 1 else None, due)]


def _rest(reading: Reading, turn: ReadTurn, known: Sequence[Decimal]) -> Decimal | None:
    """What is left of the sum under discussion: the least that the agent named above what is already promised."""
    paid = sum(known, Decimal(0))
    for earlier in reversed(reading.turns[: turn.index]):
        if earlier.speaker is Speaker.AGENT:
            larger = [a.amount for a in said_in(reading, earlier).amounts if a.amount is not None and a.amount > paid]
            if larger:
                return min(larger) - paid
    total = reading.account.balance
    return total - paid if total is not None and total > paid else None


def _day_before(reading: Reading, turn: ReadTurn) -> Due | None:
    """The last day that either side named before this turn."""
    for earlier in reversed(reading.turns[max(0, turn.index - _NEAR) : turn.index]):
        said = said_in(reading, earlier)
        days = [d for d in said.dates if d.day is not None]
        if days:
            return due_of(days[-1], said.folded)
    return None


def _agent_before(reading: Reading, turn: ReadTurn) -> ReadTurn | None:
    """The agent's last turn before this one; in a chat the debtor may have written several in between."""
    for earlier in reversed(reading.turns[max(0, turn.index - _NEAR) : turn.index]):
        if earlier.speaker is Speaker.AGENT:
            return earlier
    return None


def _complete(reading: Reading, draft: _Draft) -> None:
    """Fills in from the agent's words what the debtor left to them."""
    after = [
        t for t in reading.turns[draft.turn.index + 1 : draft.turn.index + 2 + _NEAR] if t.speaker is Speaker.AGENT
    ][:2]
    for turn in after:
        if not (reading.says(turn.index, "cue.promise_settled") or reading.says(turn.index, "cue.promise_asks")):
            continue
        said = said_in(reading, turn)
        _complete_due(draft, said)
        _complete_sum(draft, said)
    if draft.sum is None and not draft.open_sum and not draft.hedged:
        draft.sum = _asked_sum(reading, draft)


def _complete_due(draft: _Draft, said: Said) -> None:
    dues = [due_of(d, said.folded) for d in said.dates if d.day is not None and d.precision.value == "day"]
    if draft.due is None and len(dues) == 1 and draft.sum is not None:
        draft.due = dues[0]
    elif draft.due is not None and len(dues) == 1 and dues[0].day is not None and not dues[0].ambiguous:
        named = dues[0].day in (draft.due.day, draft.due.alternative)
        if named and (draft.due.ambiguous or draft.due.first is not None):
            draft.due = replace(dues[0], conditional=draft.due.conditional, soft=draft.due.soft)


def _complete_sum(draft: _Draft, said: Said) -> None:
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


def _asked_sum(reading: Reading, draft: _Draft) -> Sum | None:
    """The one sum that the agent asked for just before, where the debtor names none of their own."""
    for turn in reversed(reading.turns[max(0, draft.turn.index - _NEAR) : draft.turn.index]):
        if turn.speaker is not Speaker.AGENT:
            continue
        amounts = [a for a in said_in(reading, turn).amounts if a.amount is not None]
        distinct = {a.amount for a in amounts}
        if len(distinct) == 1:
            return Sum(amounts[0].amount, amounts[0].currency)
        if distinct:
            return None
    return None


def _stands(reading: Reading, draft: _Draft) -> bool:
    """Drops what is no promise after all: without terms, or paid before the conversation ended."""
    if draft.due is None and (draft.sum is None or not draft.explicit):
        return False
    if draft.due is None and draft.hedged:
        return False
    today = said_on(reading, draft.turn)
    if draft.due is not None and draft.due.day == today and draft.due.day is not None:
        return not _paid_meanwhile(reading, draft, today)
    return True


def _paid_meanwhile(reading: Reading, draft: _Draft, today: date | None) -> bool:
    later = reading.turns[draft.turn.index + 1 :]
    return any(said_on(reading, t) == today and reading.says(t.index, "cue.promise_done") for t in later)


def _promise(reading: Reading, draft: _Draft) -> Promise:
    due, amount = draft.due, draft.sum
    strength = _strength(draft)
    turn = draft.turn
    return Promise(
        turn=turn.index,
        quote=turn.text,
        strength=strength,
        rule=RULE,
        amount=amount.amount if amount is not None else None,
        currency=(amount.currency if amount is not None else None) or reading.account.currency,
        due=due.day if due is not None else None,
        due_from=due.first if due is not None and due.day is None else None,
        due_to=due.last if due is not None and due.day is None else None,
        ambiguous=bool((due is not None and due.ambiguous) or (amount is not None and amount.ambiguous)),
        alternative_due=due.alternative if due is not None else None,
        channel=_channel(reading, draft),
        conditional=draft.conditional or bool(due is not None and due.conditional),
        start=turn.start,
        end=turn.end,
        confidence=_CONFIDENCE[strength],
    )


def _strength(draft: _Draft) -> Strength:
    """Strong: commitment, sum and day; medium: one of them missing, a window, or conditional; weak: hedged."""
    if draft.hedged:
        return Strength.WEAK
    due = draft.due
    exact = due is not None and due.day is not None and due.first is None and not due.soft
    fixed = draft.sum is not None and draft.sum.amount is not None and not draft.sum.vague
    held = not draft.conditional and not (due is not None and due.conditional)
    return Strength.STRONG if exact and fixed and held else Strength.MEDIUM


def _channel(reading: Reading, draft: _Draft) -> str | None:
    """The debtor's own word for it, else the one agreed right after, else the one proposed right before."""
    at = draft.turn.index
    own = channel_in(draft.turn.text)
    if own is not None:
        return own
    near = [*reading.turns[at + 1 : at + 1 + _NEAR], *reversed(reading.turns[max(0, at - 2) : at])]
    theirs = [t for t in near if t.speaker is Speaker.CUSTOMER]
    for turn in [*theirs, *near]:
        named = channel_in(turn.text)
        if named is not None:
            return named
    return None
