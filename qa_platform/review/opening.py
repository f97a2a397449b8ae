"""Opens one interaction for review: everything the page shows, read in one go, within the viewer's reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.conversation import Apart, Layout, Speaker
from models.evaluations import Evaluation, MomentComment, QueueItem
from models.interactions import (
    Interaction,
    Stage,
    StoredFinding,
    StoredPromise,
    StoredStep,
    StoredTurn,
    Verdict,
    Waveform,
)
from models.people import Agent, Person, Portfolio
from qa_platform.access.rights import NotFound, Viewer, in_reach
from qa_platform.ears.peaks import Peaks
from qa_platform.ears.speakers import BELIEVED
from qa_platform.ears.voices import ONE_CHANNEL, SAME_CHANNELS
from qa_platform.review.course import stages
from qa_platform.review.history import history
from qa_platform.review.margin import Judge, missing, notes, rows
from qa_platform.review.page import (
    Event,
    Facts,
    Measured,
    Message,
    Note,
    QueuePlace,
    Remark,
    Row,
    SidePace,
    StageSpan,
)
from qa_platform.rules_desk.trust import trust
from qa_platform.sample.reasons import Reason, headline
from qa_platform.sides.settle import agent_voice, told_by_ear

LOOK_SWAPPED = "The sides look swapped: by what is said, the agent speaks as the customer ({percent} % sure)."
TOLD_BY_WORDS = "Which channel is the agent's was told by what is said ({percent} % sure)."
NOT_TOLD = "What is said does not tell which channel is the agent's."
VOICE_BY_WORDS = "Which voice is the agent's was told by what is said ({percent} % sure)."
VOICE_NOT_TOLD = "What is said does not tell which of the two voices is the agent's."
BY_EAR: Mapping[str, str] = MappingProxyType(
    {
        Apart.TOLD: "One channel: speakers separated by ear, confidence {percent} %. Short replies may be nobody's; "
        "who interrupts whom is not measured.",
        Apart.DOUBTFUL: "One channel: two voices were heard and not told apart surely enough "
        "(confidence {percent} %, {bar} % is asked for). Who speaks is left to you; silences are measured.",
        Apart.ALIKE: "One channel: one voice was heard, or two too alike to tell apart. "
        "Who speaks is left to you; silences are measured.",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class ReviewPage:
    """One interaction as a reviewer sees it. The judgement itself is in qa_platform/evaluations/evaluation.py."""

    facts: Facts
    place: QueuePlace | None
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]
    missing: tuple[Note, ...]
    stages: tuple[StageSpan, ...]
    steps: Mapping[str, StoredStep]
    measured: Measured | None
    peaks: Peaks | None
    history: tuple[Event, ...]

    @property
    def judged(self) -> int:
        return sum(note.verdict is not Verdict.OPEN for note in self.notes)


def review_page(
    session: Session, viewer: Viewer, interaction_id: int, *, language: str, whole: bool = True
) -> ReviewPage:
    """Raises NotFound for what is not there or out of reach.

    Without `whole` the words, the wave and the history are left out: a changed answer shows none of them again.
    """
    interaction = reachable(session, viewer, interaction_id)
    turns = _of(session, StoredTurn, interaction_id, StoredTurn.position) if whole else ()
    findings = _of(session, StoredFinding, interaction_id, StoredFinding.id)
    promises = _of(session, StoredPromise, interaction_id, StoredPromise.turn)
    steps = _of(session, StoredStep, interaction_id, StoredStep.id)
    margin = notes(
        findings,
        promises,
        _starts(session, interaction_id),
        _judges(session, viewer, findings),
        language,
        _suggested(session, interaction, findings),
    )
    return ReviewPage(
        facts=_facts(session, interaction),
        place=_place(session, viewer, interaction_id, language),
        rows=rows(turns, margin, _remarks(session, viewer, interaction_id), zone=interaction.time_zone)
        if whole
        else (),
        notes=margin,
        missing=missing(margin),
        stages=stages(steps, margin, turns, interaction.duration),
        steps={step.code: step for step in steps},
        measured=_measured(interaction),
        peaks=_peaks(session, interaction_id) if whole else None,
        history=history(session, viewer, interaction) if whole else (),
    )


def _suggested(
    session: Session, interaction: Interaction, findings: Sequence[StoredFinding]
) -> dict[int, tuple[int, int]]:
    trusted = trust(session)
    found = {
        row.id: trusted.doubted(interaction.portfolio_id, row.rule_id, row.rule_version, row.severity)
        for row in findings
        if row.verdict is Verdict.OPEN
    }
    return {number: (record.confirmed, record.judged) for number, record in found.items() if record}


def reachable(session: Session, viewer: Viewer, interaction_id: int) -> Interaction:
    """The interaction, where this viewer may know of it. Raises NotFound."""
    found = session.scalar(select(Interaction).where(Interaction.id == interaction_id, in_reach(viewer)))
    if found is None:
        raise NotFound
    return found


def _of(session: Session, table: Any, interaction_id: int, order: Any) -> Sequence[Any]:
    return session.scalars(select(table).where(table.interaction_id == interaction_id).order_by(order)).all()


def _starts(session: Session, interaction_id: int) -> dict[int, float | None]:
    """When each turn begins; the numbers of the findings follow from it."""
    found = session.execute(
        select(StoredTurn.position, StoredTurn.start).where(StoredTurn.interaction_id == interaction_id)
    )
    return {row.position: row.start for row in found}


def _facts(session: Session, interaction: Interaction) -> Facts:
    portfolio = session.get(Portfolio, interaction.portfolio_id) if interaction.portfolio_id else None
    agent = session.get(Agent, interaction.agent_id) if interaction.agent_id else None
    return Facts(
        id=interaction.id,
        external_id=interaction.external_id,
        agent=agent.name if agent else None,
        portfolio=portfolio.name if portfolio else None,
        channel=interaction.channel,
        direction=interaction.direction,
        language=interaction.language,
        country=interaction.country or (portfolio.country if portfolio else None),
        started_at=interaction.started_at,
        started_at_known=interaction.started_at_known,
        time_zone=interaction.time_zone,
        stage=interaction.stage,
        progress=interaction.progress,
        failure=interaction.failure,
        warnings=_warnings(interaction),
        duration=interaction.duration or _last_word(session, interaction.id),
        layout=interaction.layout,
        sides=_sides(interaction),
        turn_count=interaction.turn_count,
        has_recording=interaction.recording_id is not None,
        fixture_words=interaction.fixture_words,
        no_transcript=interaction.no_transcript,
        transcript_model=interaction.transcript_model,
        outcome=interaction.outcome,
        disposition=interaction.disposition,
        days_past_due=interaction.days_past_due,
        segment=interaction.segment,
        balance=interaction.balance,
        minimum_payment=interaction.minimum_payment,
        currency=interaction.currency,
        heard_languages=tuple(interaction.heard_languages or ()),
        sides_told=_sides_told(interaction),
        may_swap=_may_swap(interaction),
        may_name=(told_by_ear(interaction) or interaction.layout is Layout.TWO_SIDES)
        and agent_voice(interaction) is None,
        by_ear=_by_ear(interaction),
        told_by_ear=told_by_ear(interaction),
    )


def _warnings(interaction: Interaction) -> tuple[Message, ...]:
    """What was heard by ear says more than that there is one channel."""
    said_better = (ONE_CHANNEL, SAME_CHANNELS) if (interaction.speech or {}).get("by_ear") else ()
    return tuple(warning for warning in interaction.warnings if warning["id"] not in said_better)


def _by_ear(interaction: Interaction) -> Message | None:
    heard = (interaction.speech or {}).get("by_ear")
    if not heard:
        return None
    return {
        "id": BY_EAR[heard["apart"]],
        "params": {"percent": str(round(100 * heard["confidence"])), "bar": str(round(100 * BELIEVED))},
    }


def _sides_told(interaction: Interaction) -> Message | None:
    """That the sides look swapped, or that only the words told them."""
    sides = interaction.sides or {}
    if "doubt" in sides:
        return {"id": LOOK_SWAPPED, "params": {"percent": str(round(100 * sides["doubt"]))}}
    by_ear = told_by_ear(interaction)
    known = (
        {"words": VOICE_BY_WORDS, "nobody": VOICE_NOT_TOLD} if by_ear else {"words": TOLD_BY_WORDS, "nobody": NOT_TOLD}
    )
    told = known.get(sides.get("by", ""))
    return {"id": told, "params": {"percent": str(round(100 * sides["confidence"]))}} if told else None


def _may_swap(interaction: Interaction) -> bool:
    """Somebody said whose side is whose: the channel map, or the transcript that came along."""
    two = told_by_ear(interaction) or interaction.layout in (Layout.TWO_SIDES, Layout.ONE_SILENT)
    mapped = two and agent_voice(interaction) is not None
    ready = interaction.stage in (Stage.READY, Stage.FAILED)
    return ready and interaction.channel.spoken and (mapped or interaction.transcript_id is not None)


def _last_word(session: Session, interaction_id: int) -> float | None:
    """How long a call lasted of which only the words came in."""
    return session.scalar(select(func.max(StoredTurn.end)).where(StoredTurn.interaction_id == interaction_id))


def _sides(interaction: Interaction) -> tuple[str, ...]:
    """Whose voice each channel holds, as far as it is known."""
    if interaction.layout is None:
        return ("agent", "customer")
    if interaction.layout in (Layout.MONO, Layout.IDENTICAL):
        return ("both",)
    if interaction.agent_channel is None:
        return ("one", "two")
    return ("agent", "customer") if interaction.agent_channel == 0 else ("customer", "agent")


def _place(session: Session, viewer: Viewer, interaction_id: int, language: str) -> QueuePlace | None:
    item = session.scalar(
        select(QueueItem).where(QueueItem.interaction_id == interaction_id).order_by(QueueItem.draw_id.desc()).limit(1)
    )
    if item is None:
        return None
    claimed_by = session.get(Person, item.claimed_by) if item.claimed_by else None
    return QueuePlace(
        item=item.id,
        position=item.position + 1,
        of=session.scalar(select(func.count()).where(QueueItem.draw_id == item.draw_id)) or 0,
        stratum=item.stratum,
        probability=item.probability,
        reasons=headline([Reason.from_json(each) for each in item.reasons], language),
        state=item.state,
        claimed_by=claimed_by.name if claimed_by else None,
        mine=item.claimed_by == viewer.id,
    )


def _judges(session: Session, viewer: Viewer, findings: Sequence[StoredFinding]) -> dict[int, Judge]:
    people = {finding.verdict_by for finding in findings if finding.verdict_by is not None}
    if not people:
        return {}
    names = {person.id: person.name for person in session.scalars(select(Person).where(Person.id.in_(people)))}
    return {
        finding.id: Judge(names.get(finding.verdict_by, ""), finding.verdict_by == viewer.id)
        for finding in findings
        if finding.verdict_by is not None
    }


def _remarks(session: Session, viewer: Viewer, interaction_id: int) -> tuple[Remark, ...]:
    """A draft's comments are its writer's own until it is submitted."""
    writer = aliased(Person)
    found = session.execute(
        select(MomentComment, writer.name, Evaluation.reviewer_id, Evaluation.submitted_at)
        .join(Evaluation, Evaluation.id == MomentComment.evaluation_id)
        .join(writer, writer.id == MomentComment.person_id)
        .where(Evaluation.interaction_id == interaction_id)
        .order_by(MomentComment.id)
    )
    return tuple(
        Remark(
            id=comment.id,
            by=name,
            mine=comment.person_id == viewer.id,
            turn=comment.turn,
            second=comment.second,
            text=comment.text,
            written_at=comment.written_at,
        )
        for comment, name, reviewer, submitted in found
        if submitted is not None or reviewer == viewer.id
    )


def _measured(interaction: Interaction) -> Measured | None:
    speech = interaction.speech
    if not speech:
        return None
    silences = [(float(each["start"]), float(each["end"])) for each in speech.get("silences", ())]
    return Measured(
        talk_seconds=speech.get("talk_seconds", {}),
        silences=len(silences),
        longest_silence=max((end - start for start, end in silences), default=0.0),
        interruptions=len(speech.get("interruptions", ())),
        overlaps=len(speech.get("overlaps", ())),
        quiet=tuple(_quiet(speech, interaction.duration)),
        sides_known=bool(speech.get("sides_known", True)),
        holds=len(speech.get("holds", ())),
        held_seconds=sum(float(each["end"]) - float(each["start"]) for each in speech.get("holds", ())),
        talk_ratio=speech.get("talk_ratio"),
        paces=tuple(_paces(speech)),
    )


def _paces(speech: Mapping[str, Any]) -> Iterator[SidePace]:
    for side in (Speaker.AGENT, Speaker.CUSTOMER):
        pace = speech.get("pace", {}).get(side.value, {})
        delay = speech.get("response_delay", {}).get(side.value, {})
        longest = speech.get("longest_talk", {}).get(side.value)
        if pace or delay or longest:
            yield SidePace(
                side=side,
                words_per_minute=pace.get("words_per_minute"),
                estimated=bool(pace.get("estimated")),
                delay=delay.get("median"),
                delay_p90=delay.get("p90"),
                longest_talk=longest,
            )


SHORTEST_SKIP = 1.5  # a shorter pause is part of talking


def _quiet(speech: Mapping[str, Any], duration: float | None) -> list[tuple[float, float]]:
    """Where no voice is heard for long enough to skip; the long silences alone where voices were not measured."""
    talk = sorted((float(start), float(end)) for voice in speech.get("voices", ()) for start, end in voice["talk"])
    if not talk:
        return [(float(each["start"]), float(each["end"])) for each in speech.get("silences", ())]
    gaps, heard = [], 0.0
    for start, end in [*talk, (duration or talk[-1][1], duration or talk[-1][1])]:
        if start - heard >= SHORTEST_SKIP:
            gaps.append((heard, start))
        heard = max(heard, end)
    return gaps


def _peaks(session: Session, interaction_id: int) -> Peaks | None:
    stored = session.get(Waveform, interaction_id)
    return Peaks.from_bytes(stored.data) if stored else None
