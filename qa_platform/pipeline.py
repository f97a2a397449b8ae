"""From bytes to judgement: one interaction is heard, written down, understood and judged, a step at a time.

Each step reads what the one before saved and saves its own part in one transaction; running it again leaves the same
rows. What cannot be done for a reason that a person can mend is told on the interaction and stops its work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.conversation import Account, Speech
from models.errors import QAError
from models.interactions import Interaction, Source, Stage, StoredObject, Waveform
from models.people import Agent, Portfolio
from qa_platform import logs
from qa_platform.archive import conversations
from qa_platform.card_data import recordings
from qa_platform.card_data.moments import as_heard_before, moments, with_hidden
from qa_platform.database import reading, transaction
from qa_platform.ears import transcribe, voices
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.originals.keeping import recording_keeper
from qa_platform.rules_desk import versions
from qa_platform.settings import Settings
from qa_platform.sides.settle import as_set_right, channel_of_sound, channel_of_words, settle
from qa_platform.storage import Storage, open_storage
from qa_platform.transcription import hear, stretches
from qa_platform.understanding import judging

PROGRESS_SECONDS = 1.0  # a screen that is watched needs no more
UNEXPECTED = "Something unexpected stopped the work on this interaction."
TRY_AGAIN = "Try it again. If it stops again, look for this interaction's number in the log."

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What the work stands on: the database, the settings, and the store of what came in."""

    engine: Engine
    settings: Settings

    @property
    def storage(self) -> Storage:
        return open_storage(self.settings)


class Stopped(Exception):
    """The interaction cannot go on; why stands on its row."""


class _Said(Protocol):
    @property
    def says(self) -> str: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class _Case:
    """An interaction's row as a step found it, and where its bytes are."""

    row: Interaction
    recording: Path | None
    transcript: Path | None
    source: Source | None
    agent: Agent | None
    portfolio: Portfolio | None


def process(house: House, interaction_id: int) -> None:
    """The whole way, in this process and now."""
    for step in STEPS.values():
        try:
            step(house, interaction_id)
        except Stopped:
            return


def listen(house: House, interaction_id: int) -> None:
    """Hear the recording: who speaks when, its true length, its wave for the player."""
    with _case(house, interaction_id, Stage.LISTENING) as case:
        if case.recording is None or case.row.only_understand:
            return
        report = _progress(house.engine, interaction_id)
        hearing = voices.listen(case.recording, agent_channel=channel_of_sound(case.row), progress=report)
    with transaction(house.engine) as session:
        row = _row(session, interaction_id)
        before = conversations.load(session, row)
        speech = as_heard_before(hearing.speech, before.speech, moments(before.turns))
        row.duration, row.layout = speech.duration, speech.layout
        row.speech = conversations.heard_to_json(speech)
        _note(row, "listen", hearing.warnings)
        session.merge(Waveform(interaction_id=interaction_id, data=hearing.peaks.to_bytes()))


def write_down(house: House, interaction_id: int) -> None:
    """Get the words: from the transcript that came along, else from the recording, else say why there are none."""
    with _case(house, interaction_id, Stage.TRANSCRIBING) as case:
        if case.row.only_understand:
            return
        if case.transcript is not None:
            _read_words(house, case, case.transcript)
        elif case.recording is not None:
            _hear_words(house, case, case.recording)
        keeper = recording_keeper(house.engine, house.settings)
        silenced = recordings.silence(house.engine, house.storage, interaction_id, before=keeper)
    with transaction(house.engine) as session:
        row = _row(session, interaction_id)
        _note(row, "silence", silenced)
        settle(session, row)


def understand(house: House, interaction_id: int) -> None:
    """Find everything in the words and the sound, propose the scorecard's answers, and save it all at once."""
    with _case(house, interaction_id, Stage.ANALYZING) as case:
        with reading(house.engine) as session:
            found, books = judging.case(session, house.settings, case.row), versions.books(session)
        analysis = judging.judge(found, books)
    with transaction(house.engine) as session:
        row = _row(session, interaction_id)
        judging.keep(session, row, found, analysis)
        row.only_understand = False
        row.stage, row.progress, row.failure = Stage.READY, 1.0, None
        row.processed_at = datetime.now(UTC)


STEPS: Mapping[str, Callable[[House, int], None]] = MappingProxyType(
    {"listen": listen, "write_down": write_down, "understand": understand}
)


def again(session: Session, interaction_id: int) -> None:
    """Send an interaction through the pipeline once more; what people said of it stays."""
    row = _row(session, interaction_id)
    row.stage, row.progress, row.failure, row.only_understand = Stage.RECEIVED, 0.0, None, False
    row.run += 1


def give_up(house: House, interaction_id: int) -> None:
    """Tell on the interaction that its work was stopped by something nobody foresaw."""
    _fail(house.engine, interaction_id, {"says": UNEXPECTED, "remedy": TRY_AGAIN, "params": {}})


def _read_words(house: House, case: _Case, transcript: Path) -> None:
    read = read_transcript(transcript.read_bytes(), _hints(case))
    conversation = read.conversation
    with transaction(house.engine) as session:
        row = _row(session, case.row.id)
        row.transcript_format = read.format
        row.transcript_model, row.fixture_words, row.heard_languages = None, False, None
        _note(row, "write_down", read.notices)
        if conversation is None:
            return
        conversations.save_turns(session, row, as_set_right(row, conversation.turns))
        row.has_end_times = conversation.has_end_times
        kept = {name: value for name, value in (row.speech or {}).items() if name != "told_holds"}
        row.speech = {**kept, **conversations.told_holds_to_json(conversation.told_holds)} or None
        row.no_transcript = None
        row.duration = row.duration or conversation.duration


def _hear_words(house: House, case: _Case, recording: Path) -> None:
    settings = house.settings
    speech = conversations.described(case.row, ()).speech
    try:
        transcriber = transcribe.load(settings.whisper_model, settings.whisper_device, settings.whisper_compute_type)
    except transcribe.NoModel as missing:
        with transaction(house.engine) as session:
            _row(session, case.row.id).no_transcript = {**_explained(missing), "id": missing.says}
        return
    report = _progress(house.engine, case.row.id)
    heard = hear.write_down(house.engine, settings, case.row, recording, _heard(speech), transcriber, progress=report)
    with transaction(house.engine) as session:
        row = _row(session, case.row.id)
        before = conversations.load(session, row).turns
        conversations.save_turns(session, row, with_hidden(heard.turns, before))
        stretches.forget(session, row.id)
        row.transcript_model, row.fixture_words, row.no_transcript = transcriber.model, transcriber.fixture, None
        row.language = heard.language or row.language
        _note(row, "write_down", heard.notices)


def _heard(speech: Speech | None) -> Speech:
    if speech is None:
        raise RuntimeError("a recording is heard before it is written down")
    return speech


def _hints(case: _Case) -> Hints:
    row, source = case.row, case.source
    names = [*(source.agent_names if source else ()), *((case.agent.name, case.agent.code) if case.agent else ())]
    return Hints(
        id=str(row.id),
        channel=row.channel,
        language=row.language,
        country=row.country,
        started_at=row.started_at if row.started_at_known else None,
        direction=row.direction,
        account=Account(row.balance, row.currency, row.minimum_payment, row.days_past_due, row.legal_status),
        agent_names=tuple(dict.fromkeys(names)),
        agent_channel=channel_of_words(row),
        time_zone=row.time_zone or (source.time_zone if source else None),
        date_order=source.date_order if source else None,
    )


# ------------------------------------------------------------------------------------------- the interaction's own row


@contextmanager
def _case(house: House, interaction_id: int, stage: Stage) -> Iterator[_Case]:
    """The row and its bytes while a step works on it; a refusal that happens meanwhile is told on the row."""
    with transaction(house.engine) as session:
        row = _row(session, interaction_id)
        row.stage, row.progress = stage, 0.0
    with reading(house.engine) as session:
        row = _row(session, interaction_id)
        case = _Case(
            row=row,
            recording=_bytes(session, house.storage, row.recording_id),
            transcript=_bytes(session, house.storage, row.transcript_id),
            source=session.get(Source, row.source_id) if row.source_id else None,
            agent=session.get(Agent, row.agent_id) if row.agent_id else None,
            portfolio=session.get(Portfolio, row.portfolio_id) if row.portfolio_id else None,
        )
        session.expunge_all()
    try:
        yield case
    except QAError as refusal:
        _fail(house.engine, interaction_id, _explained(refusal))
        log.info("interaction.refused", interaction=interaction_id, stage=stage.value, code=refusal.code)
        raise Stopped from refusal


def _row(session: Session, interaction_id: int) -> Interaction:
    return session.get_one(Interaction, interaction_id)


def _bytes(session: Session, storage: Storage, object_id: int | None) -> Path | None:
    return storage.path(session.get_one(StoredObject, object_id).folder) if object_id else None


def _progress(engine: Engine, interaction_id: int) -> Callable[[float], None]:
    """Writes progress down, once a second at most."""
    written = time.monotonic()

    def report(part: float) -> None:
        nonlocal written
        if time.monotonic() - written >= PROGRESS_SECONDS:
            written = time.monotonic()
            with transaction(engine) as session:
                _row(session, interaction_id).progress = round(part, 3)

    return report


def _fail(engine: Engine, interaction_id: int, why: dict[str, Any]) -> None:
    with transaction(engine) as session:
        row = _row(session, interaction_id)
        row.stage, row.failure = Stage.FAILED, why


def _explained(refusal: QAError) -> dict[str, Any]:
    params = {name: str(value) for name, value in refusal.details.items()}
    return {"says": refusal.says, "remedy": refusal.remedy, "params": params}


def _note(row: Interaction, step: str, notes: Iterable[_Said]) -> None:
    """Replace what this step had to say before; what the doors said stays, and nothing is said twice."""
    kept = [warning for warning in row.warnings if warning.get("step") != step]
    said = [(warning["id"], warning["params"]) for warning in kept]
    new = [(note.says, {name: str(value) for name, value in note.details.items()}) for note in notes]
    row.warnings = kept + [{"id": i, "params": p, "step": step} for i, p in new if (i, p) not in said]
