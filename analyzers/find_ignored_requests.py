"""What a customer asks for or reveals, and the agent presses on: stop, dispute, lawyer, bad moment, vulnerability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.evidence import finding, kind
from analyzers.phrasebook import Match
from models.context import Context
from models.conversation import Speaker
from models.finding import Finding, Rule, Severity

CEASE = kind("slip.ignore_cease", Severity.HIGH, "Ignora que no lo contacten", "Continues after a stop request")
DISPUTE = kind("slip.ignore_dispute", Severity.HIGH, "Ignora la disputa", "Dispute ignored")
ATTORNEY = kind("slip.ignore_attorney", Severity.HIGH, "Ignora que tiene abogado", "Lawyer ignored")
VULNERABLE = kind(
    "slip.vulnerability_ignored", Severity.CRITICAL, "Ignora una señal de vulnerabilidad", "Vulnerability ignored"
)
MOMENT = kind(
    "slip.inconvenient_time_ignored", Severity.MEDIUM, "Sigue en mal momento", "Continues at an inconvenient time"
)

ANALYZER = Analyzer("ignored_requests", (CEASE, DISPUTE, ATTORNEY, VULNERABLE, MOMENT))


@dataclass(frozen=True, slots=True)
class Duty:
    """After `triggers`, pressing for payment violates unless a turn between says `heeded`; it lasts `within` turns.

    `once`: brushing the same request aside again soon after is the same slip. `bars`: hearing the request and pressing
    on in the same breath violates all the same, unless the agent `holds`.
    """

    known: FindingKind
    triggers: tuple[str, ...]
    heeded: tuple[str, ...]
    within: int
    once: bool = False
    bars: bool = False
    holds: tuple[str, ...] = ()
    of: frozenset[Speaker] = frozenset({Speaker.CUSTOMER})


DUTIES = (
    Duty(CEASE, ("cue.stop_request", "objection.stop_contact"), ("cue.stop_heeded",), 12, once=True, bars=True),
    Duty(
        DISPUTE,
        ("cue.dispute", "objection.dispute_amount", "objection.identity_theft", "objection.already_paid"),
        ("cue.dispute_heeded", "cue.dispute_logged", "cue.paid_now"),
        6,
        once=True,
    ),
    Duty(ATTORNEY, ("cue.attorney", "objection.attorney"), ("cue.attorney_heeded",), 6),
    Duty(
        VULNERABLE,
        ("cue.vulnerable",),
        ("cue.vulnerable_protocol", "cue.vulnerable_heeded", "cue.empathy"),
        4,
        bars=True,
        holds=("cue.vulnerable_protocol",),
        of=frozenset({Speaker.CUSTOMER, Speaker.THIRD_PARTY}),
    ),
)
_PRESSES = ("cue.demand", "cue.presses")
# brushed aside again after so many turns it is another slip
_ANEW = 12
# what a customer says who has taken up the talk after all
_GOES_ON = ("cue.promise_commit", "cue.promise_accept")
# two turns may pass between the notice and the end of the call
_GRACE = 2


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    for duty in DUTIES:
        yield from _violations(reading, duty)
    yield from _pressed_on(reading)


def _violations(reading: Reading, duty: Duty) -> Iterator[Finding]:
    """The first demand after a trigger; another one only when the customer says it again much later."""
    open_since: int | None = None
    last = -_ANEW
    for turn in reading.turns:
        at = turn.index
        if turn.speaker in duty.of and _says(reading, at, duty.triggers):
            open_since = at
        elif turn.speaker is Speaker.AGENT and open_since is not None:
            pressed = next(reading.matches_in(at, *_PRESSES), None)
            if at - open_since > duty.within or _excused(reading, at, duty, pressed):
                open_since = None
            elif pressed:
                if not (duty.once and at - last < _ANEW):
                    quote = turn.quote_around(pressed.first, pressed.last)
                    yield finding(duty.known, Rule(f"{duty.known.code}.demand", "2"), turn, quote, confidence=0.8)
                open_since, last = None, at


def _excused(reading: Reading, at: int, duty: Duty, pressed: Match | None) -> bool:
    """Whether the agent heeds the request in this turn, and does not press on in the same breath where that counts."""
    if not _says(reading, at, duty.heeded):
        return False
    demanded = reading.says(at, "cue.demand")
    return not (duty.bars and pressed and demanded) or _says(reading, at, duty.holds)


def _pressed_on(reading: Reading) -> Iterator[Finding]:
    """The agent goes on more than two turns after "I cannot talk now", and has offered no other moment."""
    notices = [match.turn.index for match in reading.matches("cue.inconvenient", speaker=Speaker.CUSTOMER)] or [
        match.turn.index for match in reading.matches("cue.inconvenient_place", speaker=Speaker.CUSTOMER)
    ]
    if not notices:
        return
    for turn in reading.turns[notices[0] + 1 :]:
        at = turn.index
        if turn.speaker is Speaker.CUSTOMER and _willing(reading, at):
            return
        if turn.speaker is not Speaker.AGENT:
            continue
        if _says(reading, at, ("cue.inconvenient_heeded", "cue.polite_close")):
            return
        if at - notices[0] > _GRACE:
            yield finding(MOMENT, Rule(f"{MOMENT.code}.pressed", "2"), turn, confidence=0.75)
            return


def _willing(reading: Reading, at: int) -> bool:
    """The customer goes on about paying, and says no more that the moment is bad."""
    return _says(reading, at, _GOES_ON) and not _says(reading, at, ("cue.inconvenient", "cue.inconvenient_place"))


def _says(reading: Reading, turn: int, codes: Iterable[str]) -> bool:
    return reading.says(turn, *codes)
