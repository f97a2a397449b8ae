"""Reads the form of a sampling plan as the content that its file would hold: shares as percentages, gaps as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.conversation import Channel
from models.evaluations import Stratum
from qa_platform.sample.plan import WEIGHED, Plan, content
from qa_platform.sample.strata import RISKS
from web.card_form import Fields, as_number, as_typed, text

CERTAIN = "critical_slip"  # always taken: it needs no weight
WEIGHABLE = tuple(code for code in RISKS if code != CERTAIN)


def fields_of(plan: Plan) -> dict[str, str]:
    """A plan as its form shows it."""
    data: dict[str, Any] = content(plan)
    shown = {f"share.{name}": as_typed(round(100 * share, 2)) for name, share in data["shares"].items()}
    shown |= {f"weight.{name}": as_typed(weight) for name, weight in data["weights"].items()}
    shown |= {f"risk.{code}": as_typed(data["risk"].get(code, "")) for code in WEIGHABLE}
    shown |= {f"channel.{code}": as_typed(data["minimum_per_channel"].get(code.value, "")) for code in Channel}
    return shown | {
        "label.es": plan.label.es,
        "label.en": plan.label.en,
        "capacity": str(plan.capacity),
        "per_analyst": str(plan.per_analyst or ""),
        "minimum_per_agent": str(plan.minimum_per_agent),
        "double_share": as_typed(round(100 * plan.double_share, 2)),
        "carry_over": str(plan.carry_over or ""),
        "listen_seconds": str(plan.listen_seconds or ""),
    }


def typed(form: Fields, before: Mapping[str, str]) -> dict[str, str]:
    """The form as it was sent; a field that did not come stays as it was."""
    return {name: text(form, name) if name in form else value for name, value in before.items()}


def as_content(code: str, version: int, fields: Mapping[str, str]) -> dict[str, Any]:
    """What the plan's file would say; what is no number stays as typed, for the plan's own check to name it."""
    return {
        "code": code,
        "version": version,
        "label": {"es": fields["label.es"], "en": fields["label.en"]},
        "capacity": as_number(fields["capacity"]),
        "shares": {one.value: _share(fields[f"share.{one}"]) for one in Stratum},
        "weights": {one.value: as_number(fields[f"weight.{one}"]) for one in WEIGHED},
        "minimum_per_agent": as_number(fields["minimum_per_agent"]),
        "risk": _given(fields, "risk.", WEIGHABLE),
        "minimum_per_channel": _given(fields, "channel.", tuple(one.value for one in Channel)),
        "double_share": _share(fields["double_share"] or "0"),
        **{key: as_number(fields[key]) or None for key in ("per_analyst", "carry_over", "listen_seconds")},
    }


def _given(fields: Mapping[str, str], stem: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: as_number(fields[stem + name]) for name in names if fields[stem + name]}


def _share(raw: str) -> Any:
    value = as_number(raw)
    return round(value / 100, 6) if isinstance(value, int | float) else raw
