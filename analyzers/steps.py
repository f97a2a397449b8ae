"""Which steps of the script the agent did: each met with its evidence, not met, or not applicable to this contact.

With a third party, a wrong number or a machine only the greeting and the introduction apply. After a dispute, an
insolvency, a stop request or a hold that the agent honours there is nothing to negotiate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from analyzers.agreement import (
    accepted_in,
    agreed_day,
    agreed_sum,
    firm,
    recapped_in,
    recorded_in,
    same_sum,
    sums,
)
from analyzers.contract import Reading
from analyzers.introductions import agent_name, company
from analyzers.language import ReadTurn
from analyzers.parties import Identity, identity, listener, right_party, voicemail
from analyzers.vocabulary import vocabulary
from models.conversation import Speaker
from models.finding import Answer, Finding, Promise, Step, Strength

# an inflated sum is no statement of the balance
_OVERSTATED = Decimal("1.05")
# below this part of the balance a sum is an alternative to paying it all
_REDUCED = Decimal("0.97")
_LEAST = Decimal("0.005")
# the agent's turns that may answer an objection
_ANSWERS = 4
# and of them those that must take it up
_HEARD_WITHIN = 2
_CLOSING_TURNS = 2
_GREETED_WITHIN = 2
# data asked for in them are asked to identify, later ones to pay
_OPENING_TURNS = 3
_OUTRAGES = ("slip.threat", "slip.obscene", "slip.humiliation", "slip.discrimination", "slip.employer", "slip.expose")
_HELD = frozenset(
    {"objection.dispute_amount", "objection.already_paid", "objection.identity_theft", "objection.insolvency",
     "objection.stop_contact", "objection.service_complaint", "objection.not_mine_wrong_person", "objection.attorney",
     "objection.time_barred"}
)  # fmt: skip
_HARDSHIP = frozenset(
    {"objection.no_money", "objection.unemployed", "objection.illness", "objection.deceased", "objection.insolvency"}
)

_DISHONOURED = frozenset(
    {"slip.ignore_dispute", "slip.ignore_attorney", "slip.ignore_cease", "slip.vulnerability_ignored"}
)
_LOGGED = ("cue.dispute_logged",)
# by what an agent honours a request; disputes are logged
_HONOURS = {
    "objection.attorney": ("cue.attorney_heeded", "cue.dispute_logged"),
    "objection.insolvency": ("cue.attorney_heeded", "cue.dispute_logged", "cue.stop_heeded"),
    "objection.stop_contact": ("cue.stop_heeded",),
}
NOTHING: tuple[int, ...] = ()


@dataclass(frozen=True)
class Script:
    """One conversation as the judges below need it."""

    reading: Reading
    promises: tuple[Promise, ...]
    findings: tuple[Finding, ...]

    @cached_property
    def identity(self) -> Identity:
        return identity(self.reading)

    @cached_property
    def agent_turns(self) -> tuple[ReadTurn, ...]:
        return tuple(turn for turn in self.reading.turns if turn.speaker is Speaker.AGENT)

    @cached_property
    def objections(self) -> tuple[Finding, ...]:
        found = [finding for finding in self.findings if finding.family == "objection" and finding.turn is not None]
        return tuple(sorted(found, key=lambda finding: finding.turn or 0))

    @cached_property
    def on_hold(self) -> int | None:
        """The agent's turn that honours a dispute, an insolvency, a stop request or a vulnerability in the end."""
        ignored = [
            finding.turn for finding in self.findings if finding.code in _DISHONOURED and finding.turn is not None
        ]
        since = max(ignored, default=-1)
        asked = [(objection.turn or 0, _HONOURS.get(objection.code, _LOGGED)) for objection in self.objections
                 if objection.code in _HELD]  # fmt: skip
        asked += [
            (match.turn.index, ("cue.account_held",))
            for match in self.reading.matches("cue.vulnerable", speaker=Speaker.CUSTOMER)
        ]
        for turn, honours in asked:
            held = self.first_after(max(turn, since), *honours)
            if held is not None:
                return held
        return None

    def first_after(self, turn: int, *codes: str, within: int = 99) -> int | None:
        for other in self.reading.turns[turn + 1 : turn + 1 + within]:
            if other.speaker is Speaker.AGENT and self.reading.says(other.index, *codes):
                return other.index
        return None

    def all_of(self, *codes: str) -> tuple[int, ...]:
        return tuple(turn.index for turn in self.agent_turns if self.reading.says(turn.index, *codes))


def judge(reading: Reading, promises: Sequence[Promise], findings: Sequence[Finding]) -> tuple[Step, ...]:
    script = Script(reading, tuple(promises), tuple(findings))
    full = right_party(reading)
    steps = []
    for code, rule in JUDGES.items():
        if not full and code not in ("step.greeting", "step.agent_identified"):
            steps.append(Step(code, Answer.NOT_APPLICABLE))
            continue
        answer, turns = rule(script) if script.agent_turns else (Answer.UNDETERMINED, NOTHING)
        quote = reading.turns[turns[0]].text if turns else None
        steps.append(Step(code, answer, turns, quote))
    return tuple(steps)


Verdict = tuple[Answer, tuple[int, ...]]


def _if_any(turns: tuple[int, ...]) -> Verdict:
    return (Answer.MET, turns) if turns else (Answer.NOT_MET, NOTHING)


def _greeting(script: Script) -> Verdict:
    """In the first words to a person, in a call also in the next ones; what a machine was told does not count."""
    machine = {turn.index for turn in script.reading.turns if turn.speaker is Speaker.VOICEMAIL}
    if voicemail(script.reading):
        machine = set()
    first = [turn for turn in script.agent_turns if turn.index - 1 not in machine] or list(script.agent_turns)
    opening = first[: _GREETED_WITHIN if script.reading.spoken else 1]
    return _if_any(tuple(turn.index for turn in opening if script.reading.says(turn.index, "cue.greeting")))


def _agent_identified(script: Script) -> Verdict:
    name, firm_name = agent_name(script.reading), company(script.reading)
    if name is None or firm_name is None:
        return Answer.NOT_MET, NOTHING
    return Answer.MET, tuple(sorted({name.turn, firm_name.turn}))


def _recording_notice(script: Script) -> Verdict:
    if not script.reading.spoken:
        return Answer.NOT_APPLICABLE, NOTHING
    return _if_any(tuple(match.turn.index for match in script.reading.matches("cue.recording_notice"))[:1])


def _identity_verified(script: Script) -> Verdict:
    if script.identity.authenticated:
        return Answer.NOT_APPLICABLE, NOTHING
    verified = script.identity.verified_at
    return (Answer.NOT_MET, NOTHING) if verified is None else (Answer.MET, (verified,))


def _balance_stated(script: Script) -> Verdict:
    """A sum owed, told to the debtor, that the account bears out (any, where the account is unknown)."""
    account = script.reading.account
    inflated = any(finding.rule.id == "slip.misleading_amount.above_balance" for finding in script.findings)
    told = []
    for turn in script.agent_turns:
        if listener(script.reading, turn.index) is not Speaker.CUSTOMER:
            continue
        amounts = [mention.amount for mention in sums(script.reading, turn) if mention.amount]
        exact = any(
            same_sum(amount, known) for amount in amounts for known in (account.balance, account.minimum_payment)
        )
        below = account.balance is None or (amounts and min(amounts) <= account.balance * _OVERSTATED)
        about_debt = bool(amounts) and below and script.reading.says(turn.index, "cue.debt")
        if (exact and not inflated) or (about_debt and not inflated):
            told.append(turn.index)
    if told:
        return Answer.MET, tuple(told[:2])
    return (Answer.NOT_APPLICABLE if script.on_hold is not None else Answer.NOT_MET), NOTHING


def _alternatives_offered(script: Script) -> Verdict:
    """A plan, a discount or another date by its words, or a sum below the balance that the agent proposes."""
    offered = tuple(sorted({*script.all_of("cue.alternatives"), *_smaller_sums(script)}))
    if offered and not (script.on_hold is not None and offered[0] > script.on_hold):
        return Answer.MET, offered
    if script.on_hold is not None or _paid(script):
        return Answer.NOT_APPLICABLE, NOTHING
    return _if_any(offered)


def _smaller_sums(script: Script) -> Iterator[int]:
    """What the agent proposes before any promise, and nobody has named before."""
    balance = script.reading.account.balance
    promised = min((promise.turn for promise in firm(script.promises)), default=len(script.reading.turns))
    named: list[Decimal] = []
    for turn in script.reading.turns[:promised] if balance else ():
        amounts = [mention.amount for mention in sums(script.reading, turn) if mention.amount]
        if turn.speaker is Speaker.AGENT and script.reading.says(turn.index, *_PROPOSES):
            new = [amount for amount in amounts if amount not in named]
            if any(balance and _LEAST < amount / balance < _REDUCED for amount in new):
                yield turn.index
        named += amounts


_PROPOSES = ("cue.proposes", "cue.demand", "cue.promise_asks")


def _objection_handled(script: Script) -> Verdict:
    """The agent takes the first objection up, and answers with a question or an option, without an outrage."""
    raised = [objection for objection in script.objections if objection.speaker is not Speaker.THIRD_PARTY]
    if not raised:
        return Answer.NOT_APPLICABLE, NOTHING
    first = raised[0].turn or 0
    # who asks for terms is heard by being offered some
    heeds = (*_HEARD, "cue.alternatives") if raised[0].code in _TERMS else _HEARD
    reply = [turn for turn in script.agent_turns if turn.index > first][:_ANSWERS]
    outraged = {
        finding.turn for finding in script.findings if finding.code.startswith(_OUTRAGES) and finding.turn is not None
    } | {finding.turn for finding in script.findings if finding.code in _BRUSHED_ASIDE}
    if any(turn.index in outraged for turn in reply):
        return Answer.NOT_MET, NOTHING
    # an answer that neither presses nor hears ("and who told you that?") leaves the next one to hear
    pressed = bool(reply) and script.reading.says(reply[0].index, "cue.demand")
    heard = [turn.index for turn in reply[: 1 if pressed else _HEARD_WITHIN] if script.reading.says(turn.index, *heeds)]
    answered = [turn.index for turn in reply if _asks(turn) or script.reading.says(turn.index, *_ANSWERED)]
    if heard and answered:
        return Answer.MET, tuple(sorted({heard[0], answered[0]}))
    return Answer.NOT_MET, NOTHING


def _asks(turn: ReadTurn) -> bool:
    """A question by its mark, or by its first words where nothing is marked."""
    if turn.punctuated:
        return bool(turn.asked)
    return bool(set(turn.norms) & vocabulary(turn.language).interrogatives)


_BRUSHED_ASIDE = frozenset(
    {"slip.ignore_dispute", "slip.ignore_attorney", "slip.ignore_cease", "slip.vulnerability_ignored",
     "slip.pressure_borrow", "slip.accusatory_language", "slip.inconvenient_time_ignored"}
)  # fmt: skip
_TERMS = frozenset({"objection.wants_discount", "objection.wants_instalments", "objection.payment_problem"})
_HEARD = ("cue.empathy", "cue.acknowledges", "cue.dispute_heeded", "cue.vulnerable_heeded", "cue.inconvenient_heeded")
_ANSWERED = (
    "cue.alternatives", "cue.dispute_heeded", "cue.attorney_heeded", "cue.inconvenient_heeded", "cue.next_steps",
    "cue.demand",
)  # fmt: skip


def _payment_date_agreed(script: Script) -> Verdict:
    return _agreed(script, agreed_day)


def _payment_amount_agreed(script: Script) -> Verdict:
    return _agreed(script, agreed_sum)


def _agreed(script: Script, settles: Callable[[Reading, Promise, int], bool]) -> Verdict:
    taken = [
        (promise.turn, accepted)
        for promise in script.promises
        if (accepted := _accepted(script, promise)) is not None and settles(script.reading, promise, accepted)
    ]
    if taken:
        return Answer.MET, taken[-1]
    paid = _paid(script)
    if paid:
        return Answer.MET, paid
    if _withdrawn(script):
        return Answer.NOT_APPLICABLE, NOTHING
    return Answer.NOT_MET, NOTHING


def _accepted(script: Script, promise: Promise) -> int | None:
    """A weak promise counts only where the agent books it as an agreement."""
    if promise.strength is not Strength.WEAK:
        return accepted_in(script.reading, promise)
    return recorded_in(script.reading, promise)


def _agreement_recap(script: Script) -> Verdict:
    agreed = [promise for promise in script.promises if _accepted(script, promise) is not None]
    if not agreed:
        return (Answer.NOT_MET if _paid(script) and not _withdrawn(script) else Answer.NOT_APPLICABLE), NOTHING
    recap = recapped_in(script.reading, agreed)
    return (Answer.NOT_MET, NOTHING) if recap is None else (Answer.MET, (recap,))


def _next_steps(script: Script) -> Verdict:
    """Where to pay or what happens next; data asked for and threats are neither."""
    outrage = {finding.turn for finding in script.findings if finding.code.startswith(_OUTRAGES)}
    opening = {turn.index for turn in script.agent_turns[:_OPENING_TURNS]}
    asking = {*script.all_of("cue.asks_factor")} & opening | {turn.index for turn in script.agent_turns[:1]}
    told = [turn for turn in script.all_of("cue.next_steps", "cue.dispute_heeded") if turn not in outrage | asking]
    return _if_any(tuple(told))


def _polite_close(script: Script) -> Verdict:
    last = script.agent_turns[-_CLOSING_TURNS:]
    closing = [turn for turn in last if turn.index >= len(script.reading.turns) - _CLOSING_TURNS * 2 + 1]
    outrage = {finding.turn for finding in script.findings if finding.code.startswith(_OUTRAGES)}
    return _if_any(
        tuple(
            turn.index
            for turn in closing
            if script.reading.says(turn.index, "cue.polite_close") and turn.index not in outrage
        )[-1:]
    )


def _empathy(script: Script) -> Verdict:
    """Asked for only where the customer voices a difficulty: money, health, family, safety."""
    harsh = {finding.turn for finding in script.findings if finding.family == "slip" and finding.turn is not None}
    shown = tuple(turn for turn in script.all_of("cue.empathy", "cue.vulnerable_heeded") if turn not in harsh)
    voiced = any(script.reading.matches("cue.difficulty", "cue.vulnerable", speaker=Speaker.CUSTOMER)) or any(
        objection.code in _HARDSHIP for objection in script.objections
    )
    if not voiced:
        return (Answer.MET, shown) if shown and script.objections else (Answer.NOT_APPLICABLE, NOTHING)
    return _if_any(shown)


def _paid(script: Script) -> tuple[int, ...]:
    return tuple(match.turn.index for match in script.reading.matches("cue.paid_now", speaker=Speaker.AGENT))[:1]


def _withdrawn(script: Script) -> bool:
    """There is nothing to agree on: the agent honours a hold, and no firm promise was made all the same."""
    return script.on_hold is not None and not any(
        accepted_in(script.reading, promise) is not None for promise in firm(script.promises)
    )


JUDGES: dict[str, Callable[[Script], Verdict]] = {
    "step.greeting": _greeting,
    "step.agent_identified": _agent_identified,
    "step.recording_notice": _recording_notice,
    "step.identity_verified": _identity_verified,
    "step.balance_stated": _balance_stated,
    "step.alternatives_offered": _alternatives_offered,
    "step.objection_handled": _objection_handled,
    "step.payment_date_agreed": _payment_date_agreed,
    "step.payment_amount_agreed": _payment_amount_agreed,
    "step.agreement_recap": _agreement_recap,
    "step.next_steps": _next_steps,
    "step.polite_close": _polite_close,
    "step.empathy": _empathy,
}
