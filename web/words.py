"""What the nouns of the product are called on screen; the message ids that code, not a template, chooses."""

from __future__ import annotations

from collections.abc import Mapping

from models.conversation import Channel, Direction
from models.evaluations import ItemState, Stratum
from models.finding import Severity
from models.interactions import Stage
from models.people import Role


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Marks a message for the catalogues; it is translated where it is shown."""
    return message


SEVERITY: Mapping[str, str] = {
    Severity.CRITICAL: N_("Critical"),
    Severity.HIGH: N_("High"),
    Severity.MEDIUM: N_("Medium"),
    Severity.LOW: N_("Low"),
    Severity.INFO: N_("No flag"),
}
CHANNEL: Mapping[str, str] = {
    Channel.VOICE: N_("Voice"),
    Channel.WHATSAPP: N_("WhatsApp"),
    Channel.WEBCHAT: N_("Web chat"),
    Channel.SMS: N_("SMS"),
    Channel.EMAIL: N_("E-mail"),
}
DIRECTION: Mapping[str, str] = {Direction.OUTBOUND: N_("outbound"), Direction.INBOUND: N_("inbound")}
STRATUM: Mapping[str, str] = {
    Stratum.RISK: N_("Risk"),
    Stratum.RANDOM: N_("Random"),
    Stratum.COVERAGE: N_("Coverage"),
}
STRATUM_ICON: Mapping[str, str] = {Stratum.RISK: "bolt", Stratum.RANDOM: "dice-5", Stratum.COVERAGE: "target"}
ITEM_STATE: Mapping[str, str] = {
    ItemState.FREE: N_("Free"),
    ItemState.CLAIMED: N_("Taken"),
    ItemState.DONE: N_("Reviewed"),
    ItemState.SKIPPED: N_("Skipped"),
}
STAGE: Mapping[str, str] = {
    Stage.RECEIVED: N_("Waiting"),
    Stage.LISTENING: N_("Listening"),
    Stage.TRANSCRIBING: N_("Transcribing"),
    Stage.ANALYZING: N_("Analyzing"),
    Stage.READY: N_("Ready"),
    Stage.FAILED: N_("Failed"),
}
OUTCOME: Mapping[str, str] = {
    "promise": N_("Promise to pay"),
    "payment_made": N_("Already paid"),
    "partial_payment": N_("Partial payment"),
    "dispute": N_("Disputes the debt"),
    "refusal": N_("Refuses"),
    "callback": N_("Call back"),
    "third_party": N_("Third party"),
    "wrong_person": N_("Wrong person"),
    "voicemail": N_("Voicemail"),
    "no_agreement": N_("No agreement"),
    "unknown": N_("Not known"),
}
ROLE: Mapping[str, str] = {
    Role.AGENT: N_("Agent"),
    Role.ANALYST: N_("QA analyst"),
    Role.COACH: N_("Coach"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.COMPLIANCE: N_("Compliance officer"),
    Role.ADMIN: N_("Administrator"),
    Role.AUDITOR: N_("Auditor, read only"),
    Role.INTEGRATION: N_("Integration"),
}
