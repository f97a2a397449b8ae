"""The figures of a measurement as rows, and what became worse between two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from qa_platform.yardstick.labels import Labelled
from qa_platform.yardstick.matching import FAMILIES, Hits, Tally

Row = dict[str, Any]
GROUPS: Mapping[str, Callable[[Labelled], str]] = {
    "by_country": lambda one: one.conversation.country or "–",
    "by_channel": lambda one: one.conversation.channel.value,
    "by_style": lambda one: one.style,
}
# the figures that may not fall; the rest tells where to look
KEPT = ("precision", "recall", "f1", "macro_f1", "step_agreement", "outcome_accuracy", "amount_and_due_right")
HEADS = ("slip", "objection", "promise", "step_not_met")


def report(counted: Sequence[tuple[Labelled, Tally]]) -> dict[str, Any]:
    """Everything that the labels tell: in all, by code and step, and by what kind of conversation it is."""
    every = _sum(tally for _, tally in counted)
    return {
        **_heads(every),
        "by_code": {code: _row(hits) for code, hits in sorted(every.codes.items())},
        "by_step": {step: _row(hits) for step, hits in sorted(every.steps.items())},
        **{name: _by(counted, group) for name, group in GROUPS.items()},
    }


def fallen(now: Mapping[str, Any], before: Mapping[str, Any], tolerance: float) -> Iterator[str]:
    """What is worse than before by more than the tolerance, a line each; groups may swing three times as far.

    A group holds a third of the conversations or fewer, and a single finding moves its figures so much more.
    """
    for name, was, value in _common(now, before, ("",)):
        if was - value > tolerance:
            yield f"{name} {was} -> {value}"
    for group in GROUPS:
        for key in sorted(now.get(group, {}).keys() & before.get(group, {}).keys()):
            row, earlier = now[group][key], before[group][key]
            if earlier["f1"] - row["f1"] > 3 * tolerance:
                yield f"{group}.{key}.f1 {earlier['f1']} -> {row['f1']}"


def _common(
    now: Mapping[str, Any], before: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, float, float]]:
    for key in (*HEADS, *KEPT):
        if key in now and key in before:
            name = (*path, key)
            if isinstance(now[key], Mapping):
                yield from _common(now[key], before[key], name)
            else:
                yield ".".join(name[1:]), before[key], now[key]


def _heads(every: Tally) -> dict[str, Any]:
    shares = {name: round(share.value, 3) for name, share in every.shares.items()}
    promised = {name: shares.pop(name) for name in tuple(shares) if name.endswith("_right")}
    return {
        "conversations": every.conversations,
        **{family: _family(every, f"{family}.") for family in FAMILIES},
        "promise": {**_row(every.promises), **promised},
        "step_not_met": _row(_add(every.steps.values())),
        **shares,
    }


def _family(every: Tally, prefix: str) -> Row:
    own = [hits for code, hits in every.codes.items() if code.startswith(prefix)]
    known = [round(hits.f1, 3) for hits in own if hits.right + hits.missed]
    return {**_row(_add(own)), "macro_f1": round(sum(known) / len(known), 3) if known else 0.0, "codes": len(known)}


def _by(counted: Sequence[tuple[Labelled, Tally]], group: Callable[[Labelled], str]) -> dict[str, Row]:
    """Slips and objections together, a row for each kind of conversation, and the families' own F1 beside them."""
    parts: defaultdict[str, list[Tally]] = defaultdict(list)
    for labelled, tally in counted:
        parts[group(labelled)].append(tally)
    rows: dict[str, Row] = {}
    for key, tallies in sorted(parts.items()):
        whole = _sum(tallies)
        families = {f"{family}_f1": _family(whole, f"{family}.")["f1"] for family in FAMILIES}
        steps, promises = _add(whole.steps.values()), whole.promises
        rows[key] = {
            "conversations": whole.conversations,
            **_row(_add(whole.codes.values())),
            **families,
            "promise_f1": round(promises.f1, 3),
            "step_not_met_f1": round(steps.f1, 3),
        }
    return rows


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def _add(every: Iterable[Hits]) -> Hits:
    whole = Hits()
    for hits in every:
        whole.add(hits)
    return whole


def _row(hits: Hits) -> Row:
    return {
        "precision": round(hits.precision, 3),
        "recall": round(hits.recall, 3),
        "f1": round(hits.f1, 3),
        "tp": hits.right,
        "fp": hits.false,
        "fn": hits.missed,
    }
