"""One file in, everything that can be said of it out, with no database: what `qa analyze` does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analyzers.analyze import analyze
from models.conversation import Channel, Conversation
from models.errors import QAError
from qa_platform.ears import audio, transcribe, voices
from qa_platform.ears.spoken_language import Known, languages_of
from qa_platform.ears.transcribe import Manner
from qa_platform.evaluations.proposal import propose
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.settings import Settings
from qa_platform.sides.by_ear import settled
from qa_platform.understanding.analysis_json import analysis_json
from qa_platform.understanding.thresholds import Thresholds, context_for
from scorecards.load import scorecard

HEAD_BYTES = 4096
# A file that calls itself sound is treated as sound, so that its refusal speaks of sound.
SOUND_SUFFIXES = frozenset(
    [
        ".wav",
        ".mp3",
        ".ogg",
        ".opus",
        ".oga",
        ".m4a",
        ".mp4",
        ".flac",
        ".webm",
        ".amr",
        ".g722",
        ".gsm",
        ".raw",
        ".aac",
        ".wma",
    ]
)


class FileMissing(QAError):
    status = 404
    says = "There is no such file."
    remedy = "Check the path."


def analyze_file(
    file: Path, settings: Settings, *, country: str | None = None, agent_channel: int | None = 0
) -> dict[str, Any]:
    """The contract's JSON for one conversation file or recording. Raises QAError where it cannot be read."""
    conversation = read_file(file, settings, country=country, agent_channel=agent_channel)
    context = replace(context_for(settings, None), country=country)
    analysis = analyze(conversation, context)
    proposal = propose(scorecard(), conversation, analysis)
    used = Thresholds().as_used(context)
    return analysis_json(conversation, analysis, source=file.name, proposal=proposal, thresholds=used)


def read_file(
    file: Path, settings: Settings, *, country: str | None = None, agent_channel: int | None = 0
) -> Conversation:
    """A transcript is read, a recording is heard and, where a model can be had, written down."""
    if not file.is_file():
        raise FileMissing(file.name)
    with file.open("rb") as content:
        head = content.read(HEAD_BYTES)
    if audio.sniff(head) or file.suffix.lower() in SOUND_SUFFIXES:
        return _hear(file, settings, country=country, agent_channel=agent_channel)
    hints = Hints(name=file.name, country=country, agent_channel=agent_channel)
    read = read_transcript(file.read_bytes(), hints)
    if read.conversation is not None:
        return read.conversation
    with TemporaryDirectory() as folder:  # a container that brought only its recording
        inside = Path(folder) / file.stem
        inside.write_bytes(read.recordings[0].data)
        return _hear(inside, settings, country=country, agent_channel=agent_channel)


def _hear(file: Path, settings: Settings, *, country: str | None, agent_channel: int | None) -> Conversation:
    hearing = voices.listen(file, agent_channel=agent_channel)
    conversation = Conversation(
        id=file.stem,
        channel=Channel.VOICE,
        language=settings.language,
        turns=(),
        country=country,
        duration=hearing.speech.duration,
        speech=hearing.speech,
    )
    try:
        transcriber = transcribe.load(settings.whisper_model, settings.whisper_device, settings.whisper_compute_type)
    except transcribe.NoModel:
        return conversation
    known = Known(house=settings.language, forced=settings.whisper_language or None)
    spoken = [one.language for one in languages_of(file, hearing.speech, transcriber, known)]
    heard = transcriber.transcribe(
        file, hearing.speech, manner=Manner(tuple(spoken) or (settings.language,), beam=settings.whisper_beam)
    )
    language = next((one for one in spoken if one in ("es", "en")), settings.language)
    return settled(replace(conversation, turns=heard.turns, language=language))
