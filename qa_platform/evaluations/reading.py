"""Reads an evaluation with all that belongs to it, in a handful of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.conversation import Channel
from models.evaluations import Evaluation, EvaluationAnswer, MomentComment
from models.finding import Answer, Outcome
from models.interactions import Interaction, StoredFinding, StoredTurn, Verdict
from models.people import Person
from models.scorecard import Criterion, Scorecard
from qa_platform.appeals.window import appeal_until
from qa_platform.evaluations import published_cards
from qa_platform.evaluations.view import IN_BULK, Comment, EvaluationView, Evidence, Line, Missing, Need, SectionView
from qa_platform.rules_desk.trust import trust
from qa_platform.sample.listening import first_moment, required_listening
from scorecards.agreement import Agreement
from scorecards.asked import applies, not_asked
from scorecards.score import score, subtotals
from scorecards.suggest import WHY


def evaluation_view(session: Session, evaluation: Evaluation) -> EvaluationView:
    """Everything about one evaluation, read in a handful of queries."""
    card = published_cards.published(session, evaluation.scorecard, evaluation.scorecard_version)
    interaction = session.get_one(Interaction, evaluation.interaction_id)
    findings = _findings(session, interaction.id)
    lines = _lines(session, evaluation, card, interaction, findings)
    answers = {line.code: line.standing for line in lines}
    values = {line.code: line.value for line in lines if line.value}
    left_out = frozenset(line.code for line in lines if _left_out(line, interaction))
    fatal = [one for one in findings if one.code in card.auto_fail and one.outcome is Outcome.DETECTED]
    trusted = trust(session)
    undecided = [one for one in fatal if one.verdict is Verdict.OPEN and trusted.counts(interaction.portfolio_id, one)]
    parts = {part.section: part for part in subtotals(card, answers, values=values, not_asked=left_out)}
    by_code = {line.code: line for line in lines}
    return EvaluationView(
        id=evaluation.id,
        interaction_id=interaction.id,
        reviewer_id=evaluation.reviewer_id,
        reviewer=session.get_one(Person, evaluation.reviewer_id).name,
        state=evaluation.state,
        version=evaluation.version,
        card=card,
        channel=interaction.channel,
        sections=tuple(
            SectionView(section, parts[section.code], tuple(by_code[one.code] for one in section.criteria))
            for section in card.sections
        ),
        score=score(
            card,
            answers,
            auto_fail=[one.code for one in fatal if one.verdict is Verdict.CONFIRMED],
            auto_fail_open=[one.code for one in undecided],
            values=values,
            not_asked=left_out,
        ),
        auto_fail_open=tuple(Missing(Need.VERDICT, one.code, one.id) for one in undecided),
        comments=_comments(session, evaluation.id),
        outcome=evaluation.outcome or interaction.outcome,
        summary=evaluation.summary or "",
        listened_seconds=evaluation.listened_seconds,
        saved_at=evaluation.updated_at,
        submitted_at=evaluation.submitted_at,
        release_at=evaluation.release_at,
        released_at=evaluation.released_at,
        acknowledged_at=evaluation.acknowledged_at,
        appeal_until=appeal_until(evaluation, card),
        points_submitted=evaluation.points_submitted,
        listen_seconds=required_listening(session, evaluation, interaction),
        first_moment=first_moment(findings),
    )


def _lines(
    session: Session,
    evaluation: Evaluation,
    card: Scorecard,
    interaction: Interaction,
    findings: Sequence[StoredFinding],
) -> tuple[Line, ...]:
    stored = {
        row.criterion: row
        for row in session.scalars(
            select(EvaluationAnswer)
            .where(EvaluationAnswer.evaluation_id == evaluation.id)
            .execution_options(populate_existing=True)
        )
    }
    record = published_cards.record(session, card.code)
    turns = _turns(session, interaction.id, [turn for row in stored.values() for turn in row.turns])
    rejected = {one.code for one in findings if one.verdict is Verdict.REJECTED}
    standing = {one.code for one in findings if one.verdict is not Verdict.REJECTED}
    lines = tuple(
        _line(
            number,
            criterion,
            stored[criterion.code],
            channel=interaction.channel,
            turns=turns,
            rejected=rejected - standing,
            agreement=record.get(criterion.code),
        )
        for number, criterion in enumerate(card.criteria, start=1)
    )
    ruled_out = not_asked(
        card,
        {line.code: line.standing for line in lines},
        values={line.code: line.value for line in lines if line.value},
    )
    return tuple(replace(line, asked=False) if line.code in ruled_out else line for line in lines)


def _left_out(line: Line, interaction: Interaction) -> bool:
    """Hands its weight on whatever the card does with "not applicable": ruled out, or not meant for this channel."""
    elsewhere = applies(line.criterion, channel=interaction.channel, direction=interaction.direction)
    return not line.asked or (bool(elsewhere) and line.standing is Answer.NOT_APPLICABLE)


def _line(
    number: int,
    criterion: Criterion,
    row: EvaluationAnswer,
    *,
    channel: Channel,
    turns: Mapping[int, StoredTurn],
    rejected: set[str],
    agreement: Agreement | None,
) -> Line:
    in_bulk = row.reason == IN_BULK
    evidence = tuple(
        Evidence(turn, turns[turn].start, turns[turn].at, row.quote if place == 0 else None)
        for place, turn in enumerate(turn for turn in row.turns if turn in turns)
    )
    return Line(
        number=number,
        criterion=criterion,
        guidance=criterion.guidance_on(channel),
        proposed=row.proposed,
        why=WHY.get(row.why, ""),
        finding_code=None if row.why in WHY else row.why or None,
        evidence=evidence,
        evidence_rejected=row.why in rejected,
        agreement=agreement,
        answer=row.answer,
        reason="" if in_bulk else row.reason or "",
        comment=row.comment or "",
        in_bulk=in_bulk,
        answered_at=row.answered_at,
        value=row.value or "",
        withheld=row.hidden is not None,
    )


def _findings(session: Session, interaction_id: int) -> Sequence[StoredFinding]:
    return session.scalars(
        select(StoredFinding)
        .where(StoredFinding.interaction_id == interaction_id)
        .order_by(StoredFinding.id)
        .execution_options(populate_existing=True)
    ).all()


def _turns(session: Session, interaction_id: int, positions: Sequence[int]) -> dict[int, StoredTurn]:
    rows = session.scalars(
        select(StoredTurn).where(StoredTurn.interaction_id == interaction_id, StoredTurn.position.in_(set(positions)))
    )
    return {row.position: row for row in rows}


def _comments(session: Session, evaluation_id: int) -> tuple[Comment, ...]:
    rows = session.execute(
        select(MomentComment, Person.name)
        .join(Person, Person.id == MomentComment.person_id)
        .where(MomentComment.evaluation_id == evaluation_id)
        .order_by(MomentComment.id)
    )
    return tuple(
        Comment(row.id, row.person_id, name, row.turn, row.second, row.text, row.written_at) for row, name in rows
    )
