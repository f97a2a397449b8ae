"""Walks over stored conversations: what changed rules would find, and history tagged again.

A walk is a row. Conversations are taken a few at a time in the order of their numbers, and what came of a handful is
saved in one transaction together with how far the walk is: killed at any moment, it goes on there, and two who walk at
once cannot count a conversation twice. Memory does not grow with history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analyzers.language import read_turns
from analyzers.overlay import overlaid
from analyzers.phrasebook import Phrasebook, PhraseRule
from models.finding import Analysis, Answer, Finding, Outcome
from models.house_rules import Change, RuleFlip, RuleJob, RuleJobKind, RuleJobState, RuleVersion
from models.interactions import Interaction, Stage, StoredFinding, StoredPromise, StoredStep, Verdict
from qa_platform import audit
from qa_platform.archive.stored_analysis import finding as as_found
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House
from qa_platform.rules_desk.trust import trust
from qa_platform.rules_desk.versions import books, rule_of
from qa_platform.understanding.judging import Case, case, judge, keep

HANDFUL = 20
LISTED = frozenset({Outcome.DETECTED, Outcome.INSUFFICIENT_EVIDENCE})
Key = tuple[str, int | None, float | None]  # a finding of one turn is one finding, whatever words it quotes
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Seen:
    """What came of one conversation."""

    interaction: int
    flips: list[RuleFlip] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    anew: tuple[Case, Analysis] | None = None  # to be kept


@dataclass(frozen=True, slots=True)
class _Trial:
    """The rules on trial: what judges now, what would judge, and a quick look whether either is said at all."""

    before: Mapping[str, Phrasebook]
    after: Mapping[str, Phrasebook]
    probes: Mapping[str, tuple[Phrasebook, ...]]
    codes: frozenset[str]
    wide: bool  # who says it or where it counts changed too: the quick look does not do

    def may_differ(self, conversation: Any) -> bool:
        probes = self.probes.get(conversation.language, ())
        if self.wide:
            return bool(probes)
        turns = read_turns(conversation) if probes else ()
        return any(probe.scan(turn) for turn in turns for probe in probes)


def run(house: House, job_id: int, progress: Progress | None = None) -> RuleJobState:
    """Walks from where the job stands to its end, or until somebody cancels it."""
    with transaction(house.engine) as session:
        job = session.get_one(RuleJob, job_id, with_for_update=True)
        if job.state is RuleJobState.WAITING:
            job.state = RuleJobState.RUNNING
        kind, state = job.kind, job.state
    with reading(house.engine) as session:
        trial = _trial(session, session.get_one(RuleJob, job_id)) if kind is RuleJobKind.BACKTEST else None
    while state is RuleJobState.RUNNING:
        with reading(house.engine) as session:
            job = session.get_one(RuleJob, job_id)
            cursor = job.cursor
            seen = [_look(session, house, row, trial) for row in _next(session, job)]
        state, done, total = _advance(house, job_id, cursor, seen)
        if progress is not None:
            progress(done, total)
    return state


def give_up(house: House, job_id: int) -> None:
    """Tell on the job that it was stopped by something nobody foresaw; it can be asked for again."""
    with transaction(house.engine) as session:
        job = session.get_one(RuleJob, job_id)
        job.state, job.finished_at = RuleJobState.FAILED, datetime.now(UTC)


def _next(session: Session, job: RuleJob) -> Sequence[Interaction]:
    return session.scalars(
        select(Interaction)
        .where(*within(job.since, job.last), Interaction.id > job.cursor)
        .order_by(Interaction.id)
        .limit(HANDFUL)
    ).all()


def within(since: datetime | None, last: int) -> list[Any]:
    """The conversations of a walk."""
    chosen = [Interaction.stage == Stage.READY, Interaction.id <= last, Interaction.turn_count > 0]
    return chosen if since is None else [*chosen, Interaction.started_at >= since]


def _advance(house: House, job_id: int, cursor: int, seen: Sequence[_Seen]) -> tuple[RuleJobState, int, int]:
    """Saves what came of a handful, unless another walker or a cancellation came first."""
    with transaction(house.engine) as session:
        job = session.get_one(RuleJob, job_id, with_for_update=True)
        if job.state is not RuleJobState.RUNNING or job.cursor != cursor:
            return job.state, job.done, job.total
        trusted = trust(session) if any(one.anew for one in seen) else None
        figures = dict(job.figures)
        for one in seen:
            for flip in one.flips:
                flip.job_id = job_id
            session.add_all(one.flips)
            if one.anew is not None:
                keep(session, session.get_one(Interaction, one.interaction), *one.anew, trusted=trusted)
            for name, number in one.counts.items():
                figures[name] = figures.get(name, 0) + number
        job.figures, job.done = figures, job.done + len(seen)
        if seen:
            job.cursor = seen[-1].interaction
        if len(seen) < HANDFUL:
            now = datetime.now(UTC)
            job.state, job.finished_at, job.total = RuleJobState.DONE, now, job.done
            _recorded(session, job, now)
        return job.state, job.done, job.total


def _recorded(session: Session, job: RuleJob, now: datetime) -> None:
    counts = {name: number for name, number in job.figures.items() if name != "base"}
    details = {"conversations": job.done, **counts}
    act = "rules.retagged" if job.kind is RuleJobKind.RETAG else "rules.backtested"
    audit.record(session, act, subject="rule_job", subject_id=job.id, person_id=job.made_by, details=details, at=now)


# ---------------------------------------------------------------------------------------------------- one conversation


def _look(session: Session, house: House, row: Interaction, trial: _Trial | None) -> _Seen:
    found = case(session, house.settings, row)
    stored = session.scalars(
        select(StoredFinding).where(StoredFinding.interaction_id == row.id).order_by(StoredFinding.id)
    ).all()
    if trial is None:
        return _tagged(session, row, found, stored, books(session))
    return _tried(row, found, stored, trial)


def _tried(row: Interaction, found: Case, stored: Sequence[StoredFinding], trial: _Trial) -> _Seen:
    judged = [one for one in stored if one.verdict is not Verdict.OPEN and one.code in trial.codes]
    said = trial.may_differ(found.conversation)
    seen = _Seen(row.id)
    if not said and not judged:
        return seen
    before = judge(found, trial.before)
    after = judge(found, trial.after) if said else before
    if said:
        seen.flips = list(_flips(row.id, before, after, _verdicts(stored)))
    seen.counts = {"said": int(said), **_changes(seen.flips), **_measured(judged, before, after)}
    return seen


def _measured(judged: Iterable[StoredFinding], before: Analysis, after: Analysis) -> dict[str, int]:
    """How many of the findings that people judged are found by each: what precision and recall are counted from."""
    counts: dict[str, int] = {}
    places = {
        name: {(one.code, one.turn) for one in _listed(said)} for name, said in (("before", before), ("after", after))
    }
    for one in judged:
        counts[one.verdict.value] = counts.get(one.verdict.value, 0) + 1
        for name, known in places.items():
            if (one.code, one.turn) in known:
                key = f"{name}_{one.verdict.value}"
                counts[key] = counts.get(key, 0) + 1
    return counts


def _tagged(
    session: Session,
    row: Interaction,
    found: Case,
    stored: Sequence[StoredFinding],
    at_work: Mapping[str, Phrasebook],
) -> _Seen:
    analysis = judge(found, at_work)
    steps = session.scalars(select(StoredStep).where(StoredStep.interaction_id == row.id)).all()
    was = {_whole(as_found(one)) for one in stored}
    same = was == {_whole(one) for one in analysis.findings} and {(one.code, one.answer) for one in steps} == {
        (one.code, one.answer) for one in analysis.steps
    }
    promised = session.scalars(select(StoredPromise).where(StoredPromise.interaction_id == row.id)).all()
    same = same and {(one.turn, one.quote, one.amount, one.due) for one in promised} == {
        (one.turn, one.quote, one.amount, one.due) for one in analysis.promises
    }
    if same and row.outcome == analysis.outcome:
        return _Seen(row.id)
    before = Analysis(tuple(as_found(one) for one in stored), (), (), row.outcome or "", analysis.speech)
    verdicts = _verdicts(stored)
    flips = [*_finding_flips(row.id, before, analysis, verdicts)]
    flips += _step_flips(row.id, {one.code: (one.answer, one.quote) for one in steps}, analysis)
    overruled = sum(flip.verdict is Verdict.CONFIRMED for flip in flips if flip.change is Change.DISAPPEARS)
    counts = {"changed": 1, **_changes(flips), "confirmed_gone": overruled}
    return _Seen(row.id, flips, counts, (found, analysis))


def _whole(one: Finding) -> tuple[Any, ...]:
    return one.code, one.turn, one.quote, one.outcome, one.severity, one.rule


def _changes(flips: Iterable[RuleFlip]) -> dict[str, int]:
    counts = {Change.APPEARS.value: 0, Change.DISAPPEARS.value: 0}
    for flip in flips:
        counts[flip.change.value] += 1
    return counts


def _flips(interaction: int, before: Analysis, after: Analysis, verdicts: Mapping[Key, Verdict]) -> Iterator[RuleFlip]:
    yield from _finding_flips(interaction, before, after, verdicts)
    yield from _step_flips(interaction, {one.code: (one.answer, one.quote) for one in before.steps}, after)


def _finding_flips(
    interaction: int, before: Analysis, after: Analysis, verdicts: Mapping[Key, Verdict]
) -> Iterator[RuleFlip]:
    old, new = ({_key(one): one for one in _listed(said)} for said in (before, after))
    for change, have, other in ((Change.DISAPPEARS, old, new), (Change.APPEARS, new, old)):
        for key, one in have.items():
            if key not in other:
                yield RuleFlip(
                    interaction_id=interaction, change=change, code=one.code, rule_id=one.rule.id,
                    rule_version=one.rule.version, turn=one.turn, speaker=one.speaker, start=one.start,
                    quote=one.quote, verdict=verdicts.get(key, Verdict.OPEN),
                )  # fmt: skip


def _step_flips(
    interaction: int, before: Mapping[str, tuple[Answer, str | None]], after: Analysis
) -> Iterator[RuleFlip]:
    """Answers of the script: the one that goes and the one that comes."""
    for step in after.steps:
        old, quote = before.get(step.code, (None, None))
        if old is None or old is step.answer:
            continue
        for change, answer, said in ((Change.DISAPPEARS, old, quote), (Change.APPEARS, step.answer, step.quote)):
            yield RuleFlip(
                interaction_id=interaction, change=change, code=step.code, answer=answer, quote=said,
                turn=step.turns[0] if step.turns and change is Change.APPEARS else None, verdict=Verdict.OPEN,
            )  # fmt: skip


def _listed(said: Analysis) -> Iterator[Finding]:
    return (one for one in said.findings if one.outcome in LISTED)


def _key(one: Finding) -> Key:
    return one.code, one.turn, one.start if one.turn is None else None


def _verdicts(stored: Iterable[StoredFinding]) -> dict[Key, Verdict]:
    return {_key(as_found(one)): one.verdict for one in stored}


# ----------------------------------------------------------------------------------------------------- rules on trial


def _trial(session: Session, job: RuleJob) -> _Trial:
    drafts = session.scalars(select(RuleVersion).where(RuleVersion.id.in_(job.versions))).all()
    base = [int(number) for number in job.figures.get("base", ())]
    standing = session.scalars(select(RuleVersion).where(RuleVersion.id.in_(base))).all()
    replaced = {(one.language, one.rule_id) for one in drafts}
    kept = [one.id for one in standing if (one.language, one.rule_id) not in replaced]
    before, after = books(session, base), books(session, [*kept, *(one.id for one in drafts)])
    probes: dict[str, tuple[Phrasebook, ...]] = {}
    codes: set[str] = set()
    wide = False
    for language in sorted({one.language for one in drafts}):
        new = [rule_of(one) for one in drafts if one.language == language]
        ids = {rule.id for rule in new}
        standing_book = before.get(language) or overlaid(language, ())
        old = [rule for rule in standing_book.rules if rule.id in ids]
        probes[language] = (Phrasebook(language, old), Phrasebook(language, new))
        codes |= {rule.code for rule in (*old, *new)}
        wide = wide or _wide(standing_book, new)
    return _Trial(before, after, probes, frozenset(codes), wide)


def _wide(book: Phrasebook, new: Iterable[PhraseRule]) -> bool:
    """The trained likeness of a code counts for whom and where the code's rules do: then the quick look does not do."""
    known = {rule.id: rule for rule in book.rules}
    only: dict[str, bool] = {}
    for rule in book.rules:
        only[rule.code] = only.get(rule.code, True) and rule.only
    for rule in new:
        was = known.get(rule.id)
        if was is None and (rule.code not in only or (only[rule.code] and not rule.only)):
            return True
        if was is not None and (was.speaker, was.only, was.regions) != (rule.speaker, rule.only, rule.regions):
            return True
    return False
