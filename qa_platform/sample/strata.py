"""The risk strata of a sampling plan: what kind of trouble an interaction was drawn for, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from models.finding import Severity

# Stratum by code, with the words for it (message ids), the gravest first.
RISKS: Mapping[str, str] = MappingProxyType(
    {
        "critical_slip": "Critical slip",
        "inappropriate_tone": "Inappropriate tone",
        "compliance_slip": "Other slip",
        "disposition_mismatch": "Typed code contradicts what was heard",
        "doubtful_promise": "Doubtful promise",
        "recurring_objection": "Recurring objection",
        "customer_request": "Request to be followed up",
        "script_skip": "Script skipped",
        "long_silence": "Long silence",
        "interruption": "Interruptions",
        "slow_reply": "Slow reply",
        "non_rpc": "Coded as not reached",
    }
)

TONE = frozenset(
    f"slip.{name}"
    for name in (
        "obscene_insult", "humiliation", "accusatory_language", "threat_harass", "threat_jail", "threat_violence",
        "discrimination", "pressure_borrow",
    )
)  # fmt: skip
BY_FAMILY: Mapping[str, str] = MappingProxyType({"promise": "doubtful_promise", "step": "script_skip"})
BY_CODE: Mapping[str, str] = MappingProxyType(
    {
        "speech.silence": "long_silence",
        "speech.interruption": "interruption",
        "speech.slow_reply": "slow_reply",
        "disposition.mismatch": "disposition_mismatch",
        "disposition.non_rpc": "non_rpc",
    }
)


def stratum(code: str, severity: Severity, *, repeated: bool = False) -> str | None:
    """The risk stratum of one reason; None for what is no risk (a random sample, a missing review)."""
    family = code.split(".", 1)[0]
    if family == "slip":
        if severity is Severity.CRITICAL:
            return "critical_slip"
        return "inappropriate_tone" if code in TONE else "compliance_slip"
    if family == "objection":
        return "recurring_objection" if repeated else "customer_request"
    return BY_CODE.get(code) or BY_FAMILY.get(family)


def heaviest(strata: Iterable[str | None], weights: Mapping[str, float]) -> str | None:
    """The stratum that counts where several apply: the one the plan weighs most, then the gravest."""
    order = list(RISKS)
    return min(
        (one for one in strata if one is not None),
        key=lambda one: (-weights.get(one, 0.0), order.index(one)),
        default=None,
    )
