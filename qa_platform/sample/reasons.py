"""Why an interaction deserves a look, in words a person reads in the queue: "Amenaza de cárcel", "Silencio de 42 s"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from analyzers.contract import kinds
from models.conversation import Speaker
from models.finding import Answer, Finding, Outcome, Promise, Severity, Step, Strength
from qa_platform.text import phrase
from qa_platform.understanding.dispositions import NOT_REACHED, OUTCOMES, claimed, contradicts

LONG_SILENCE, VERY_LONG_SILENCE = 10.0, 30.0
MANY_INTERRUPTIONS = 3
REPEATED = 3
MANY_STEPS_MISSED = 4

# What a customer may say that somebody should follow up, whatever the agent did.
NOTABLE = frozenset(
    f"objection.{name}"
    for name in (
        "already_paid", "dispute_amount", "identity_theft", "stop_contact", "attorney", "illness", "deceased",
        "insolvency", "hostile",
    )
)  # fmt: skip
NO_PARAMS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` tells its family by the part before the dot (slip, objection, promise, speech, step, disposition,
    sample); `says` is a message id, in which {finding} stands for the label of `code`."""

    code: str
    severity: Severity
    says: str = "{finding}"
    params: Mapping[str, Any] = field(default_factory=lambda: NO_PARAMS, hash=False)

    @property
    def family(self) -> str:
        return self.code.split(".", 1)[0]

    def words(self, language: str) -> str:
        """The reason as people read it."""
        details = dict(self.params)
        if "heard" in details:
            details["heard"] = phrase(OUTCOMES.get(details["heard"], details["heard"]), {}, language)
        return phrase(self.says, {**details, "finding": label(self.code, language)}, language)

    def to_json(self) -> dict[str, Any]:
        """As stored with a queue item. Read it back with `from_json`: the label of a finding is not a message id."""
        return {"code": self.code, "severity": self.severity.value, "id": self.says, "params": dict(self.params)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reason:
        return cls(stored["code"], Severity(stored["severity"]), stored["id"], stored["params"])


RANDOM = Reason("sample.random", Severity.INFO, "Random sample")
COVERAGE = Reason("sample.coverage", Severity.INFO, "Agent coverage missing")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the queue knows of one interaction. Findings that a person rejected are not among them."""

    findings: tuple[Finding, ...] = ()
    promises: tuple[Promise, ...] = ()
    steps: tuple[Step, ...] = ()
    outcome: str | None = None
    disposition: str | None = None
    duration: float | None = None


def reasons(facts: Facts) -> tuple[Reason, ...]:
    """Most severe first; the same facts give the same reasons in the same order. Empty: nothing stands out."""
    found = [
        *_slips(facts.findings),
        *_promises(facts.promises),
        *_objections(facts.findings),
        *_speech(facts.findings),
        *_script(facts.steps),
        *_disposition(facts),
    ]
    return tuple(sorted(found, key=lambda reason: reason.severity.rank))


def worst(found: Iterable[Reason]) -> Severity:
    """The severity of the whole: INFO where nothing stands out."""
    return min((reason.severity for reason in found), key=lambda severity: severity.rank, default=Severity.INFO)


def headline(found: Sequence[Reason], language: str, *, most: int = 3) -> str:
    """The first reasons as one line: "Amenaza de cárcel, promesa dudosa y silencio de 14 s", "…, burla y 4 más"."""
    shown = found if len(found) <= most + 1 else found[:most]
    texts = [reason.words(language) for reason in shown]
    texts = [*texts[:1], *(text[:1].lower() + text[1:] for text in texts[1:])]
    if len(shown) < len(found):
        texts.append(phrase("{count} more", {"count": len(found) - len(shown)}, language))
    if len(texts) < 2:
        return "".join(texts)
    joined = "and" if language == "en" else _and(texts[-1])
    return f"{', '.join(texts[:-1])} {joined} {texts[-1]}"


def _slips(findings: Iterable[Finding]) -> Iterator[Reason]:
    seen: dict[str, Reason] = {}
    for finding in findings:
        if finding.family != "slip":
            continue
        if finding.outcome is Outcome.DETECTED:
            known = seen.get(finding.code)
            if known is None or known.says != "{finding}" or finding.severity.rank < known.severity.rank:
                seen[finding.code] = Reason(finding.code, finding.severity)
        elif finding.outcome is Outcome.INSUFFICIENT_EVIDENCE and finding.severity.rank <= Severity.HIGH.rank:
            seen.setdefault(finding.code, Reason(finding.code, Severity.MEDIUM, "Unclear: {finding}"))
    yield from seen.values()


def _promises(promises: Sequence[Promise]) -> Iterator[Reason]:
    if any(promise.strength is Strength.WEAK or promise.ambiguous for promise in promises):
        yield Reason("promise.doubtful", Severity.MEDIUM, "Doubtful promise")
    elif any(promise.conditional for promise in promises):
        yield Reason("promise.conditional", Severity.MEDIUM, "Promise with a condition")


def _objections(findings: Iterable[Finding]) -> Iterator[Reason]:
    times = Counter(
        finding.code for finding in findings if finding.family == "objection" and finding.outcome is Outcome.DETECTED
    )
    for code, count in sorted(times.items()):
        if count >= REPEATED:
            yield Reason(code, Severity.MEDIUM, "{finding}, {count} times", {"count": count})
        elif code in NOTABLE:
            yield Reason(code, Severity.MEDIUM)


def _speech(findings: Iterable[Finding]) -> Iterator[Reason]:
    measured = [finding for finding in findings if finding.family == "speech" and finding.outcome is Outcome.DETECTED]
    silence = max((_seconds(one) for one in measured if one.code == "speech.silence"), default=0.0)
    if silence >= LONG_SILENCE:
        severity = Severity.HIGH if silence >= VERY_LONG_SILENCE else Severity.MEDIUM
        yield Reason("speech.silence", severity, "Silence of {seconds} s", {"seconds": round(silence)})
    cut_in = sum(one.code == "speech.interruption" and one.speaker is Speaker.AGENT for one in measured)
    if cut_in >= MANY_INTERRUPTIONS:
        yield Reason("speech.interruption", Severity.MEDIUM, "{count} interruptions", {"count": cut_in})
    if any(one.code == "speech.slow_reply" for one in measured):
        yield Reason("speech.slow_reply", Severity.LOW, "Slow reply")


def _script(steps: Iterable[Step]) -> Iterator[Reason]:
    missed = [step.code for step in steps if step.answer is Answer.NOT_MET]
    if "step.identity_verified" in missed:
        yield Reason("step.identity_verified", Severity.MEDIUM, "Identity check skipped")
    if len(missed) >= MANY_STEPS_MISSED:
        yield Reason("step.many_missed", Severity.LOW, "{count} script steps skipped", {"count": len(missed)})


def _disposition(facts: Facts) -> Iterator[Reason]:
    if facts.disposition and facts.outcome and contradicts(facts.disposition, facts.outcome):
        params = {"typed": facts.disposition, "heard": facts.outcome}
        yield Reason("disposition.mismatch", Severity.HIGH, "Typed as “{typed}”, heard: {heard}", params)
    elif facts.disposition and claimed(facts.disposition) in NOT_REACHED:
        # Where a conversation is coded as none, nobody looks: some of them are drawn.
        yield Reason("disposition.non_rpc", Severity.LOW, "Typed as “{typed}”", {"typed": facts.disposition})


def _seconds(finding: Finding) -> float:
    if finding.start is None or finding.end is None:
        return 0.0
    return finding.end - finding.start


def label(code: str, language: str) -> str:
    """What people call a finding of this code."""
    kind = kinds().get(code)
    if kind is None:
        return code
    return kind.en if language == "en" else kind.es


def _and(following: str) -> str:
    """Spanish "y" turns to "e" before the sound i, but not before "hie"."""
    start = following.casefold().lstrip("«“\"'")
    return "e" if start.startswith(("i", "í", "hi", "hí")) and not start.startswith(("hie", "ia", "ie", "io")) else "y"
