"""Writes a recording down for the pipeline: which language, which names, from where to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.conversation import Speaker, Speech, Turn
from models.interactions import Interaction
from models.people import Portfolio
from models.transcription import PortfolioSpeech
from qa_platform.database import reading, transaction
from qa_platform.ears.spoken_language import Known, SpokenLanguage, ToldBy, languages_of
from qa_platform.ears.transcribe import Manner, Transcriber
from qa_platform.formats.contract import Notice
from qa_platform.settings import Settings
from qa_platform.transcription import expected_names, stretches

ANALYZED = frozenset({"es", "en"})  # the languages that findings are looked for in
NOT_ANALYZED = Notice("One side speaks another language ({language}): it is written down, and nothing is found in it.")


@dataclass(frozen=True, slots=True)
class WrittenDown:
    turns: tuple[Turn, ...]
    languages: tuple[SpokenLanguage, ...]

    @property
    def language(self) -> str | None:
        """In which the whole is analyzed: the agent's, who follows a script; None where nobody listened for it."""
        heard = [one for one in self.languages if one.by is not ToldBy.HOUSE and one.language in ANALYZED]
        first = sorted(heard, key=lambda one: one.side is not Speaker.AGENT)
        return first[0].language if first else None

    @property
    def notices(self) -> tuple[Notice, ...]:
        others = dict.fromkeys(one.language for one in self.languages if one.language not in ANALYZED)
        return tuple(Notice(NOT_ANALYZED.says, {"language": other}) for other in others)


def write_down(
    engine: Engine,
    settings: Settings,
    row: Interaction,
    recording: Path,
    speech: Speech,
    transcriber: Transcriber,
    *,
    progress: Callable[[float], None] | None = None,
) -> WrittenDown:
    """The words of the recording; goes on where an earlier work on the same sound was cut off."""
    with reading(engine) as session:
        told = session.get(PortfolioSpeech, row.portfolio_id) if row.portfolio_id else None
        portfolio = session.get(Portfolio, row.portfolio_id) if row.portfolio_id else None
        names = expected_names.as_hotwords(told, portfolio)
    known = Known(
        house=row.language,
        forced=(told.language if told else None) or settings.whisper_language or None,
        told=row.language if row.language_told else None,
    )
    languages = _fixed(row, speech, known) or languages_of(recording, speech, transcriber, known)
    with transaction(engine) as session:
        session.get_one(Interaction, row.id).heard_languages = [as_json(one) for one in languages]
    manner = Manner(
        languages=tuple(one.language for one in languages) or (row.language,),
        hotwords=names,
        beam=settings.whisper_beam,
        batch=settings.whisper_batch,
    )
    sound = [row.recording_id, recording.stat().st_size]
    key = stretches.key_of(
        speech, sound=sound, model=transcriber.model, beam=manner.beam, words=names, languages=manner.languages
    )
    left = stretches.begun(engine, row.id, key, speech)
    heard = transcriber.transcribe(
        recording, speech, manner=manner, progress=progress, since=left.until, heard_so_far=left.keep
    )
    return WrittenDown(left.whole(heard.turns), languages)


def as_json(one: SpokenLanguage) -> dict[str, Any]:
    sure = {"sure": one.sure} if one.sure is not None else {}
    return {"side": one.side.value, "language": one.language, "by": one.by.value, **sure}


def _fixed(row: Interaction, speech: Speech, known: Known) -> tuple[SpokenLanguage, ...]:
    """What was heard once stays: a second hearing of the same call must not change its language."""
    told = row.heard_languages or []
    if known.forced or known.told or len(told) != len(speech.voices) or any(one["by"] != ToldBy.HEARD for one in told):
        return ()
    return tuple(
        SpokenLanguage(voice.side, one["language"], ToldBy.HEARD, one.get("sure"))
        for voice, one in zip(speech.voices, told, strict=True)
    )
