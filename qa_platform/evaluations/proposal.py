"""What the system would answer on a scorecard, and the points that would make: a proposal, until a person confirms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from models.conversation import Conversation
from models.finding import Analysis, Outcome
from models.scorecard import ProposedAnswer, Score, Scorecard
from scorecards.asked import not_asked
from scorecards.score import score
from scorecards.suggest import suggest


@dataclass(frozen=True, slots=True)
class Proposal:
    """`score.low` reaches zero where something detected would fail the form, should a person confirm it."""

    card: Scorecard
    answers: tuple[ProposedAnswer, ...]
    score: Score


def propose(
    card: Scorecard, conversation: Conversation, analysis: Analysis, *, withheld: Collection[str] = ()
) -> Proposal:
    """The same conversation and card give the same proposal; `withheld` criteria are left open."""
    answers = suggest(
        card,
        channel=conversation.channel.value,
        direction=conversation.direction.value,
        findings=analysis.findings,
        steps=analysis.steps,
        withheld=withheld,
    )
    given = {answer.criterion: answer.answer for answer in answers}
    points = score(
        card,
        given,
        not_asked=not_asked(card, given),
        auto_fail_open=[finding.code for finding in analysis.findings if finding.outcome is Outcome.DETECTED],
    )
    return Proposal(card, answers, points)
