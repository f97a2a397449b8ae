"""The debt told to whom it must not be told: before identity is verified, to a third party, a minor or a machine."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, Reading
from analyzers.evidence import finding, from_match, kind
from analyzers.parties import Identity, identity, listener, voicemail
from analyzers.phrasebook import Match
from models.context import Context
from models.conversation import Channel, Speaker
from models.finding import Finding, Rule, Severity

BEFORE_ID = kind(
    "slip.disclose_before_id", Severity.CRITICAL, "Deuda antes de validar identidad", "Debt told before identity check"
)
WEAK_ID = kind("slip.id_weak", Severity.MEDIUM, "Validación solo con el nombre", "Identity check by name only")
THIRD_PARTY = kind(
    "slip.third_party_disclosure", Severity.CRITICAL, "Deuda revelada a un tercero", "Debt told to a third party"
)
VOICEMAIL = kind(
    "slip.voicemail_disclosure", Severity.CRITICAL, "Buzón con datos de la deuda", "Voicemail reveals the debt"
)
MINOR = kind("slip.minor_contact", Severity.CRITICAL, "Cobranza con un menor", "Collection discussed with a minor")

ANALYZER = Analyzer("disclosures", (BEFORE_ID, WEAK_ID, THIRD_PARTY, VOICEMAIL, MINOR))
_CHECKED = Rule("identity.two_factors", "2")


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    yield from _to_voicemail(reading)
    if voicemail(reading):
        return
    told = tuple(reading.matches("cue.debt", speaker=Speaker.AGENT))
    children = _child_on_the_line(reading)
    to_others = [
        match
        for match in reading.matches("cue.debt", "cue.debt_aside", speaker=Speaker.AGENT)
        if _faces(reading, match.turn.index, Speaker.THIRD_PARTY)
    ]
    # who signed with the debtor may hear of the debt
    liable = any(reading.matches("cue.liable", speaker=Speaker.THIRD_PARTY))
    heard = [match for match in to_others if not liable and _heard_other(reading, match)]
    to_a_child = [match for match in to_others if match.turn.index in children]
    # a grown-up who comes on after a child is told anew
    for told_to in ([match for match in heard if match in to_a_child], [m for m in heard if m not in to_a_child]):
        for match in told_to[:1]:
            yield from_match(THIRD_PARTY, match)
    for match in to_a_child[:1]:
        yield from_match(MINOR, match)
    yield from _before_identity(reading, told, identity(reading))


def _to_voicemail(reading: Reading) -> Iterator[Finding]:
    """The debt left on a machine, whoever picks up afterwards."""
    matches = reading.matches("cue.debt", "cue.debt_aside", "cue.collection", speaker=Speaker.AGENT)
    left = [match for match in matches if voicemail(reading) or _faces(reading, match.turn.index, Speaker.VOICEMAIL)]
    for match in left[:1]:
        yield from_match(VOICEMAIL, match)


def _heard_other(reading: Reading, match: Match) -> bool:
    return any(turn.speaker is Speaker.THIRD_PARTY for turn in reading.turns[: match.turn.index])


def _child_on_the_line(reading: Reading) -> range:
    """The turns in which a child is spoken to: from its words or the agent's to it, until somebody else comes on."""
    third = Speaker.THIRD_PARTY
    signs = [
        match.turn.index
        for match in reading.matches("cue.minor", "cue.minor_says")
        if (match.turn.speaker is third and match.code == "cue.minor_says")
        or (
            match.turn.speaker is Speaker.AGENT
            and match.code == "cue.minor"
            and _faces(reading, match.turn.index, third)
        )
    ]
    if not signs:
        return range(0)
    for turn in reading.turns[signs[0] + 1 :]:
        # two answers in a row: the child has called somebody
        another = turn.speaker is third and reading.turns[turn.index - 1].speaker is third
        if another or reading.says(turn.index, "cue.grown_up"):
            return range(signs[0], turn.index)
    return range(signs[0], len(reading.turns))


def _faces(reading: Reading, turn: int, speaker: Speaker) -> bool:
    return listener(reading, turn) is speaker


def _before_identity(reading: Reading, told: tuple[Match, ...], known: Identity) -> Iterator[Finding]:
    """The first time that the debt is told to the debtor, judged by what the agent knew of them then."""
    if known.authenticated:
        return
    for match in told:
        at = match.turn.index
        if listener(reading, at) is not Speaker.CUSTOMER and not _answered_by_debtor(reading, at):
            continue
        if known.verified_before(at):
            return
        weak = known.named_before(at)
        quote = match.turn.quote_around(match.first, match.last)
        yield finding(WEAK_ID if weak else BEFORE_ID, _CHECKED, match.turn, quote, confidence=0.85)
        return


def _answered_by_debtor(reading: Reading, turn: int) -> bool:
    """A message that nobody has answered yet was still sent to the debtor."""
    written = reading.conversation.channel is not Channel.VOICE
    return written and not any(other.speaker is not Speaker.AGENT for other in reading.turns[turn + 1 :])
