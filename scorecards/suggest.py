"""Proposes an answer to every question of a card, with the words it stands on; without evidence it abstains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from models.finding import Answer, Finding, Outcome, Step
from models.scorecard import Criterion, ProposedAnswer, Scorecard
from scorecards.asked import applies

SURE_ENOUGH = 0.5

# Why an answer is proposed: a finding's own code, or one of these with the sentence that explains it.
WHY: Mapping[str, str] = MappingProxyType(
    {
        "channel": "Not asked on this channel.",
        "direction": "Not asked in this direction.",
        "by_person": "Only a person can answer this.",
        "not_raised": "The customer raised nothing of the kind.",
        "steps_met": "The script says so, and it was said.",
        "steps_not_met": "The script asks for it, and it was not said.",
        "steps_not_applicable": "There was no occasion for it.",
        "nothing_found": "Nothing against it was found in the whole conversation.",
        "not_enough_evidence": "The words allow both readings. You decide.",
        "no_words": "No words are known to be the agent's.",
        "withheld": "Proposals to this question have been wrong too often and are withheld.",
    }
)


def suggest(
    card: Scorecard,
    *,
    channel: str,
    findings: Iterable[Finding],
    steps: Iterable[Step],
    withheld: Collection[str] = (),
    direction: str | None = None,
) -> tuple[ProposedAnswer, ...]:
    """One proposal a criterion, in the card's order; the same input gives the same answers.

    `withheld` holds the criteria whose proposals people overrule too often (see agreement): their evidence is shown,
    the answer is left open.
    """
    heard = sorted(findings, key=lambda finding: (finding.turn is None, finding.turn or 0, finding.code))
    done = {step.code: step for step in steps}
    return tuple(
        _withhold(proposal) if proposal.criterion in withheld else proposal
        for proposal in (
            _propose(one, applies(one, channel=channel, direction=direction), heard, done) for one in card.criteria
        )
    )


def _propose(
    criterion: Criterion, unasked: str, findings: Sequence[Finding], steps: Mapping[str, Step]
) -> ProposedAnswer:
    """Applicability first; then what speaks against; then what speaks for."""
    if unasked:
        return ProposedAnswer(criterion.code, Answer.NOT_APPLICABLE, why=unasked)
    if not criterion.steps and not criterion.slips:
        return ProposedAnswer(criterion.code, Answer.UNDETERMINED, why="by_person")
    slips = [finding for finding in findings if finding.code in criterion.slips]
    sure = [slip for slip in slips if slip.outcome is Outcome.DETECTED and slip.confidence >= SURE_ENOUGH]
    if sure:
        return _from_findings(criterion, Answer.NOT_MET, sure, why=sure[0].code)
    if all(step.answer is Answer.UNDETERMINED for step in steps.values()):  # also where there is no step at all
        return ProposedAnswer(criterion.code, Answer.UNDETERMINED, why="no_words")
    doubtful = [slip for slip in slips if slip.outcome in (Outcome.DETECTED, Outcome.INSUFFICIENT_EVIDENCE)]
    by_steps = _from_steps(criterion, steps) if criterion.steps else _from_silence(criterion, findings)
    if doubtful and by_steps.answer is not Answer.NOT_MET:
        return _from_findings(criterion, Answer.UNDETERMINED, doubtful, why="not_enough_evidence")
    return by_steps


def _from_steps(criterion: Criterion, steps: Mapping[str, Step]) -> ProposedAnswer:
    """All that apply must be met; one that was not looked for leaves the question open."""
    asked = [steps.get(code, Step(code, Answer.UNDETERMINED)) for code in criterion.steps]
    applicable = [step for step in asked if step.answer is not Answer.NOT_APPLICABLE]
    if not applicable:
        return ProposedAnswer(criterion.code, Answer.NOT_APPLICABLE, why="steps_not_applicable")
    for answer, why in ((Answer.NOT_MET, "steps_not_met"), (Answer.UNDETERMINED, "not_enough_evidence")):
        standing = [step for step in applicable if step.answer is answer]
        if standing:
            return _quoted(criterion, answer, standing, why)
    return _quoted(criterion, Answer.MET, applicable, "steps_met")


def _quoted(criterion: Criterion, answer: Answer, steps: Sequence[Step], why: str) -> ProposedAnswer:
    turns = tuple(dict.fromkeys(turn for step in steps for turn in step.turns))
    quote = next((step.quote for step in steps if step.quote), None)
    return ProposedAnswer(criterion.code, answer, turns, quote, why)


def _from_silence(criterion: Criterion, findings: Sequence[Finding]) -> ProposedAnswer:
    """A question that only slips can fail: met where the occasion arose and nothing was found against it."""
    if not criterion.applies_on:
        return ProposedAnswer(criterion.code, Answer.MET, why="nothing_found")
    raised = [finding for finding in findings if finding.code in criterion.applies_on]
    certain = [finding for finding in raised if finding.outcome is Outcome.DETECTED]
    if certain:
        return _from_findings(criterion, Answer.MET, certain, why="nothing_found")
    if any(finding.outcome is Outcome.INSUFFICIENT_EVIDENCE for finding in raised):
        return _from_findings(criterion, Answer.UNDETERMINED, raised, why="not_enough_evidence")
    return ProposedAnswer(criterion.code, Answer.NOT_APPLICABLE, why="not_raised")


def _from_findings(criterion: Criterion, answer: Answer, findings: Sequence[Finding], *, why: str) -> ProposedAnswer:
    turns = tuple(dict.fromkeys(finding.turn for finding in findings if finding.turn is not None))
    quote = next((finding.quote for finding in findings if finding.quote), None)
    return ProposedAnswer(criterion.code, answer, turns, quote, why)


def _withhold(proposal: ProposedAnswer) -> ProposedAnswer:
    """The evidence stays, the answer is hidden; it is still kept, so that it can prove itself again."""
    if proposal.why in ("channel", "direction", "no_words", "by_person") or proposal.answer is Answer.UNDETERMINED:
        return proposal
    return replace(proposal, answer=Answer.UNDETERMINED, why="withheld", hidden=proposal.answer)
