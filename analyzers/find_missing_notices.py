"""What must be said and never is: who calls, for whom, that it is recorded, and the notices of US law."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.contract import Analyzer, FindingKind, Reading
from analyzers.evidence import finding, kind
from analyzers.introductions import agent_name, company, creditor
from analyzers.parties import identity, right_party
from models.context import Context
from models.conversation import Channel, Direction, Speaker
from models.finding import Finding, Rule, Severity

AGENT_ID = kind("slip.missing_agent_id", Severity.HIGH, "No se identifica", "Agent or company not identified")
CREDITOR = kind("slip.missing_creditor_id", Severity.MEDIUM, "No nombra al acreedor", "Creditor not named")
RECORDING = kind("slip.missing_recording_notice", Severity.MEDIUM, "Sin aviso de grabación", "Recording notice missing")
MINI_MIRANDA = kind(
    "slip.missing_mini_miranda", Severity.HIGH, "Falta el aviso de cobrador (EE. UU.)", "Mini-Miranda missing (US)"
)
OPT_OUT = kind("slip.no_opt_out", Severity.MEDIUM, "Mensaje sin forma de baja", "Message without opt-out")

ANALYZER = Analyzer("missing_notices", (AGENT_ID, CREDITOR, RECORDING, MINI_MIRANDA, OPT_OUT))

# shorter calls end before the script gets that far
_LONG_ENOUGH = 6
_PUSHED = frozenset({Channel.SMS, Channel.EMAIL, Channel.WHATSAPP})


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    del context
    if not right_party(reading):
        return
    if reading.spoken:
        if len(reading.turns) >= _LONG_ENOUGH:
            yield from _call(reading)
    else:
        yield from _messages(reading)


def _call(reading: Reading) -> Iterator[Finding]:
    if not any(reading.matches("cue.recording_notice")):
        yield _missing(RECORDING)
    if agent_name(reading) is None or company(reading) is None:
        yield _missing(AGENT_ID)
    told = next(reading.matches("cue.debt", speaker=Speaker.AGENT), None)
    if told is not None and creditor(reading) is None:
        yield _missing(CREDITOR)
    if reading.country == "US" and not any(reading.matches("cue.mini_miranda")):
        known = identity(reading)
        if told is not None or known.authenticated or known.verified_at is not None:
            yield _missing(MINI_MIRANDA)


def _messages(reading: Reading) -> Iterator[Finding]:
    if agent_name(reading) is None and company(reading) is None:
        yield _missing(AGENT_ID)
    outbound = reading.conversation.direction is Direction.OUTBOUND and reading.conversation.channel in _PUSHED
    if reading.country == "US" and outbound and not any(reading.matches("cue.opt_out", speaker=Speaker.AGENT)):
        yield _missing(OPT_OUT)


def _missing(known: FindingKind) -> Finding:
    return finding(known, Rule(f"{known.code}.never", "2"), confidence=0.8)
