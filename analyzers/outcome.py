"""How the contact ended, by the words alone: one of the outcomes of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.agreement import firm, recorded_in, sums
from analyzers.contract import Reading
from analyzers.parties import identity, right_party, voicemail
from models.conversation import Speaker
from models.finding import Finding, Promise, Strength

_DISPUTES = frozenset(
    {"objection.dispute_amount", "objection.already_paid", "objection.identity_theft", "objection.service_complaint",
     "objection.not_mine_wrong_person"}
)  # fmt: skip
_REFUSALS = frozenset({"objection.refuses"})
# where the sum that is then paid is named; card figures read out after it are none
_SUMS_ASKED = ("cue.demand", "cue.proposes", "cue.promise_commit")
_REPRESENTED = frozenset({"objection.insolvency", "objection.attorney"})


def decide(reading: Reading, promises: Sequence[Promise], findings: Sequence[Finding]) -> str:
    if not reading.turns:
        return "unknown"
    if voicemail(reading):
        return "voicemail"
    said = [(finding.turn or 0, finding.code) for finding in findings if finding.family == "objection"]
    codes = {code for _, code in said}
    if not right_party(reading):
        return _not_the_debtor(reading, codes)
    if _wrong_person(reading, codes, promises):
        return "wrong_person"
    paid = _paid_now(reading, promises)
    if paid is not None:
        return paid
    logged = any(reading.matches("cue.dispute_logged", speaker=Speaker.AGENT))
    if "objection.already_paid" in codes and any(reading.matches("cue.paid_now", speaker=Speaker.AGENT)):
        return "payment_made"
    promise = _promised(reading, promises)
    if "objection.insolvency" in codes and not any(p.strength is Strength.STRONG for p in promises):
        promise = None
    if promise is not None and not (codes & _DISPUTES and logged and promise.strength is not Strength.STRONG):
        return "promise"
    return _without_promise(reading, said, logged=logged)


def _not_the_debtor(reading: Reading, codes: set[str]) -> str:
    if not any(turn.speaker is Speaker.THIRD_PARTY for turn in reading.turns):
        return "unknown"
    if "objection.not_mine_wrong_person" in codes or any(
        reading.matches("cue.wrong_number", speaker=Speaker.THIRD_PARTY)
    ):
        return "wrong_person"
    return "third_party"


def _wrong_person(reading: Reading, codes: set[str], promises: Sequence[Promise]) -> bool:
    """Who answers as the debtor says to be somebody else, and nothing said later contradicts it."""
    said = any(reading.matches("cue.wrong_number", speaker=Speaker.CUSTOMER))
    return said and "objection.not_mine_wrong_person" in codes and not promises and not identity(reading).verified_at


def _paid_now(reading: Reading, promises: Sequence[Promise]) -> str | None:
    """A payment taken during the contact: partial where it stays below what was due."""
    confirmed = next(reading.matches("cue.paid_now", speaker=Speaker.AGENT), None)
    if confirmed is None:
        return None
    near = reading.turns[max(0, confirmed.turn.index - 6) : confirmed.turn.index + 1]
    asked = [turn for turn in near if reading.says(turn.index, *_SUMS_ASKED)]
    amounts = [mention.amount for turn in reversed(asked or near) for mention in sums(reading, turn) if mention.amount]
    confirmed_now = [mention.amount for mention in sums(reading, confirmed.turn) if mention.amount]
    amounts = [
        promise.amount for promise in promises if promise.amount and promise.turn < confirmed.turn.index
    ] or amounts
    due = reading.account.minimum_payment or reading.account.balance
    if amounts and due and amounts[0] < due:
        return "partial_payment"
    # "got it, $45 posted, remaining is $367": the agent says that more is left
    if len(confirmed_now) > 1 and reading.says(confirmed.turn.index, "cue.remains"):
        return "partial_payment"
    return "payment_made"


def _promised(reading: Reading, promises: Sequence[Promise]) -> Promise | None:
    """A firm promise, or a weak one that the agent books as an agreement."""
    strong = sorted(firm(promises), key=lambda promise: promise.strength is not Strength.STRONG)
    if strong:
        return strong[0]
    return next((promise for promise in promises if recorded_in(reading, promise) is not None), None)


def _without_promise(reading: Reading, said: Sequence[tuple[int, str]], *, logged: bool) -> str:
    codes = {code for _, code in said}
    disputed = codes & _DISPUTES
    refused = codes & _REFUSALS
    if logged and disputed:
        return "dispute"
    if codes & _REPRESENTED and not refused:
        return "no_agreement"
    disowned = codes & {"objection.identity_theft", "objection.not_mine_wrong_person"}
    if logged and "objection.time_barred" in codes and not refused:
        return "dispute"
    if disputed and (disowned or not refused) and "objection.time_barred" not in codes:
        return "dispute"
    if refused or codes & {"objection.stop_contact", "objection.time_barred"}:
        return "refusal"
    later = any(reading.matches("cue.inconvenient_heeded", speaker=Speaker.AGENT))
    if "objection.callback" in codes and later:
        return "callback"
    return "no_agreement"
