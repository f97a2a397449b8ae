"""Promises to pay: the debtor's own commitments, and clear acceptances of what the agent proposed, with their terms.

The negotiation is read turn by turn: a day named in one turn and the sum in the next are one promise; a promise said
again is the same one; what the debtor left out is taken from the agent's words before and after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.promise_drafts import NEAR, Draft, complete, settle
from analyzers.promise_statements import Said, Statement, said_in, said_on, same_day, statement
from analyzers.promise_terms import Due, Terms, channel_in, due_of, sums_of
from models.context import Context
from models.conversation import Speaker
from models.finding import Promise, Rule, Strength

RULE = Rule("promise", "1")
_BRIEF = 12  # words of a plain yes
_CURT = 4  # words of a day thrown in as a question: "¿y mañana?"
# beside one of these a bare sum is that of the quarrel, not of a promise
_CLAIMS = (
    "objection.refuses",
    "objection.dispute_amount",
    "objection.already_paid",
    "objection.stop_contact",
    "objection.payment_problem",
)
_NUMBERED = re.compile(r"\b(?:el|the|dia) \d|\d(?:st|nd|rd|th)\b|\d/\d")
_PAYMENT = re.compile(r"\b(?:pag|abon|deposit|transf|liquid|cubr|consign|cancel|pay)\w*")
_CONFIDENCE = {Strength.STRONG: 0.9, Strength.MEDIUM: 0.8, Strength.WEAK: 0.7}


@lru_cache(maxsize=2)  # asked for twice in a row: by find_promises and by find_objections
def find_promises(reading: Reading, context: Context) -> tuple[Promise, ...]:  # noqa: ARG001
    """All promises of a conversation, in the order in which they were made."""
    drafts: list[Draft] = []
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
        complete(reading, draft)
    kept = [draft for draft in drafts if _stands(reading, draft)]
    return tuple(_promise(reading, draft) for draft in kept)


def _take(reading: Reading, made: Statement, before: ReadTurn | None, drafts: list[Draft]) -> None:
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
    if offered is not None and (asked or proposed):
        terms = [_as_offered(part, offered, made.turn) for part in terms]
    if any(reading.says(made.turn.index, claim) for claim in _CLAIMS):
        terms = [part for part in terms if part.due is not None]
    for number, part in enumerate(terms):
        settle(made, part, drafts, first=number == 0)


def _proposes(reading: Reading, turn: ReadTurn, said: Said) -> bool:
    """Whether an agent's turn puts a payment to the debtor: a proposal, or a question, with a day or a sum in it."""
    dated = any(d.day is not None or d.window is not None for d in said.dates)
    if dated and len(turn.tokens) <= _CURT:
        return True
    if dated and said.amounts and turn.asked:
        return True
    terms = dated or bool(said.amounts)
    asks = reading.says(turn.index, "cue.promise_proposes") or reading.says(turn.index, "cue.promise_asks")
    return terms and asks


def _as_offered(part: Terms, offered: Said, turn: ReadTurn) -> Terms:
    """ "El viernes, entonces" after "el viernes 20": the agent's day, not the next Friday there is."""
    if part.due is None or part.due.day is None or _NUMBERED.search(turn.text):
        return part
    proposed = {d.day for d in offered.dates if d.day is not None}
    if len(proposed) != 1:
        return part
    day = proposed.pop()
    later = (day - part.due.day).days
    return replace(part, due=replace(part.due, day=day)) if later in (7, 14) else part


def _pays(said: Said) -> bool:
    return bool(said.amounts) or _PAYMENT.search(said.folded) is not None


def _with_context(reading: Reading, made: Statement, offered: Said | None, drafts: Sequence[Draft]) -> list[Terms]:
    """The terms of a commitment, "ese día" and "el resto" resolved from what was said before."""
    terms = list(made.terms) or [Terms(None, None)]
    if len(terms) == 1 and terms[0].due is None and same_day(made.turn.text):
        terms = [replace(terms[0], due=_day_before(reading, made.turn))]
    if len(terms) == 1 and terms[0].due is None and terms[0].sum is not None and offered is not None and made.accepts:
        proposal = _offered(offered)
        if len(proposal) == 1 and not made.hedged:
            terms = [replace(terms[0], due=proposal[0].due)]
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
    sums = [p.what for p in sums_of(offered.amounts, offered.folded) if not p.what.rest]
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
    for earlier in reversed(reading.turns[max(0, turn.index - NEAR) : turn.index]):
        said = said_in(reading, earlier)
        days = [d for d in said.dates if d.day is not None]
        if days:
            return due_of(days[-1], said.folded)
    return None


def _agent_before(reading: Reading, turn: ReadTurn) -> ReadTurn | None:
    """The agent's last turn before this one; in a chat the debtor may have written several in between."""
    for earlier in reversed(reading.turns[max(0, turn.index - NEAR) : turn.index]):
        if earlier.speaker is Speaker.AGENT:
            return earlier
    return None


def _stands(reading: Reading, draft: Draft) -> bool:
    """Drops what is no promise after all: without terms, or paid before the conversation ended."""
    if draft.due is None and (draft.sum is None or not draft.explicit):
        return False
    if draft.due is None and (draft.hedged or draft.conditional):
        return False
    today = said_on(reading, draft.turn)
    if draft.due is not None and draft.due.day == today and draft.due.day is not None:
        return not _paid_meanwhile(reading, draft, today)
    return True


def _paid_meanwhile(reading: Reading, draft: Draft, today: date | None) -> bool:
    later = reading.turns[draft.turn.index + 1 :]
    return any(said_on(reading, t) == today and reading.says(t.index, "cue.promise_done") for t in later)


def _promise(reading: Reading, draft: Draft) -> Promise:
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


def _strength(draft: Draft) -> Strength:
    """Strong: commitment, sum and day; medium: one of them missing, a window, or conditional; weak: hedged."""
    if draft.hedged:
        return Strength.WEAK
    due = draft.due
    exact = due is not None and due.day is not None and due.first is None and not due.soft
    fixed = draft.sum is not None and draft.sum.amount is not None and not draft.sum.vague
    held = not draft.conditional and not (due is not None and due.conditional)
    return Strength.STRONG if exact and fixed and held else Strength.MEDIUM


def _channel(reading: Reading, draft: Draft) -> str | None:
    """The debtor's own word for it, else the one agreed right after, else the one proposed right before."""
    at = draft.turn.index
    own = channel_in(draft.turn.text)
    if own is not None:
        return own
    near = [*reading.turns[at + 1 : at + 1 + NEAR], *reversed(reading.turns[max(0, at - 2) : at])]
    theirs = [t for t in near if t.speaker is Speaker.CUSTOMER]
    for turn in [*theirs, *near]:
        named = channel_in(turn.text)
        if named is not None:
            return named
    return None
