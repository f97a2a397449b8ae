"""Recordings through one or several speech models, side by side: words, time, and errors where the truth is known."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.conversation import Speaker, Speech, Turn
from models.errors import QAError
from qa_platform.ears import transcribe, voices
from qa_platform.ears.spoken_language import Known, SpokenLanguage, languages_of
from qa_platform.ears.transcribe import Manner, Transcriber, Transcript
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.privacy import without_card_data
from qa_platform.settings import Settings
from qa_platform.transcription.word_errors import WordErrors, plain_words, word_errors

REFERENCES = (".txt", ".json", ".vtt", ".srt", ".csv")
LARGEST_REFERENCE = 20 << 20  # bytes
SIDES = (Speaker.AGENT, Speaker.CUSTOMER)


class NotAModel(QAError):
    status = 422
    says = "“{value}” does not name a speech model."
    remedy = "Write a name or a folder, then @int8 or another precision, and @beam5 to search wider: small@int8@beam5."


class NoSuchRecording(QAError):
    status = 404
    says = "There is no such file."
    remedy = "Check the path."


class NoReference(QAError):
    status = 404
    says = "There is no reference for this recording."
    remedy = "Give a file with what was said, or a folder that holds one of the recording's name."


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model as a person names it: `small`, `small@int8`, `/models/mine@float32@beam5`."""

    model: str
    compute_type: str = "default"
    beam: int = 1

    @property
    def label(self) -> str:
        kind = "" if self.compute_type == "default" else f"@{self.compute_type}"
        return f"{Path(self.model).name}{kind}{f'@beam{self.beam}' if self.beam > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One model's words for one recording, and how long it took it."""

    model: ModelChoice
    transcript: Transcript
    languages: tuple[SpokenLanguage, ...]
    seconds: float
    errors: WordErrors | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance as each model wrote it down."""

    start: float
    side: Speaker
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One recording. `disagreement` is the share of words in which the first two models differ."""

    file: Path
    speech_seconds: float
    attempts: tuple[Attempt, ...]
    lines: tuple[Line, ...] = field(repr=False)
    disagreement: WordErrors | None = None


def choice_of(text: str, settings: Settings) -> ModelChoice:
    """Raises NotAModel."""
    model, *told = text.split("@")
    beam, kind = settings.whisper_beam, settings.whisper_compute_type
    for one in told:
        if one.startswith("beam") and one[4:].isdigit() and 1 <= int(one[4:]) <= 10:
            beam = int(one[4:])
        elif one.replace("_", "").isalnum():
            kind = one
        else:
            raise NotAModel(value=text[:200])
    if not model.strip():
        raise NotAModel(value=text[:200])
    return ModelChoice(model, kind, beam)


def compare(
    file: Path,
    models: Sequence[ModelChoice],
    settings: Settings,
    *,
    reference: Path | None = None,
    agent_channel: int | None = 0,
    accents: bool = False,
) -> Compared:
    """Each model over the same utterances of one recording. Raises what hearing, loading and reading raise."""
    hearing = voices.listen(file, agent_channel=agent_channel)
    told = reference_for(file, reference)
    attempts = []
    for choice in models:
        transcriber = transcribe.load(choice.model, settings.whisper_device, choice.compute_type)
        attempts.append(_attempt(file, hearing.speech, transcriber, choice, settings))
    language = attempts[0].languages[0].language if attempts and attempts[0].languages else settings.language
    if told is not None:
        attempts = [_judged(attempt, told, language, accents) for attempt in attempts]
    return Compared(
        file,
        sum(part.seconds for voice in hearing.speech.voices for part in voice.talk),
        tuple(attempts),
        _lines([attempt.transcript for attempt in attempts]),
        _disagreement(attempts, language, accents) if len(attempts) > 1 else None,
    )


def pooled(found: Iterable[WordErrors | None]) -> WordErrors | None:
    """All recordings as one: a long one weighs more than a short one."""
    there = [errors for errors in found if errors is not None]
    return sum(there, WordErrors()) if there else None


def reference_for(file: Path, given: Path | None) -> tuple[Turn, ...] | None:
    """What was said: the file given, else one of the recording's name beside it or in the folder given."""
    if given is not None and given.is_file():
        return read_reference(given)
    folder = given if given is not None else file.parent
    for suffix in REFERENCES:
        beside = folder / f"{file.stem}{suffix}"
        if beside.is_file() and beside != file:
            return read_reference(beside)
    if given is not None:
        raise NoReference(file.name)
    return None


def read_reference(path: Path) -> tuple[Turn, ...]:
    """A transcript in any form that is known, else plain text."""
    data = path.read_bytes()[:LARGEST_REFERENCE]
    try:
        read = read_transcript(data, Hints(name=path.name))
    except QAError:
        return (Turn(0, Speaker.UNKNOWN, data.decode("utf-8", "replace").lstrip("\ufeff")),)
    return read.conversation.turns if read.conversation else ()


def _attempt(file: Path, speech: Speech, transcriber: Transcriber, choice: ModelChoice, settings: Settings) -> Attempt:
    known = Known(house=settings.language, forced=settings.whisper_language or None)
    languages = languages_of(file, speech, transcriber, known)
    spoken = tuple(one.language for one in languages) or (settings.language,)
    begun = time.perf_counter()
    heard = transcriber.transcribe(file, speech, manner=Manner(spoken, beam=choice.beam, batch=settings.whisper_batch))
    return Attempt(choice, heard, languages, time.perf_counter() - begun)


def _judged(attempt: Attempt, reference: Sequence[Turn], language: str, accents: bool) -> Attempt:
    """Side by side where the reference knows the sides; which channel is whose is not the model's fault."""
    heard = attempt.transcript.turns
    whole = word_errors(_text(reference), _text(heard), language=language, accents=accents)
    ways = [whole]
    if {turn.speaker for turn in reference} >= set(SIDES) and {turn.speaker for turn in heard} >= set(SIDES):
        for sides in (SIDES, SIDES[::-1]):
            parts = [
                word_errors(_text(reference, here), _text(heard, there), language=language, accents=accents)
                for here, there in zip(SIDES, sides, strict=True)
            ]
            ways.append(sum(parts, WordErrors()))
    best = min(ways, key=lambda errors: errors.errors)
    return Attempt(attempt.model, attempt.transcript, attempt.languages, attempt.seconds, best)


def _text(turns: Iterable[Turn], side: Speaker | None = None) -> str:
    return " ".join(turn.text for turn in turns if side is None or turn.speaker is side)


def _lines(transcripts: Sequence[Transcript]) -> tuple[Line, ...]:
    """Every model heard the same utterances: one line each, card data hidden, since they are for people to read."""
    told: dict[tuple[float, int], list[str]] = {}
    sides: dict[tuple[float, int], Speaker] = {}
    for number, transcript in enumerate(transcripts):
        for piece in transcript.pieces:
            place = (piece.start, piece.voice)
            texts = told.setdefault(place, [""] * len(transcripts))
            texts[number] = f"{texts[number]} {piece.text}".strip()
            sides[place] = piece.side
    places = sorted(told)
    shown = [
        without_card_data([Turn(n, sides[place], told[place][number]) for n, place in enumerate(places)])
        for number in range(len(transcripts))
    ]
    return tuple(
        Line(place[0], sides[place], tuple(words[n].text for words in shown)) for n, place in enumerate(places)
    )


def _disagreement(attempts: Sequence[Attempt], language: str, accents: bool) -> WordErrors:
    """Utterance by utterance: neither model is the truth, so the longer text is what the share is of."""
    found = WordErrors()
    for line in _lines([attempt.transcript for attempt in attempts[:2]]):
        first, second = line.texts
        more = max((first, second), key=lambda text: len(plain_words(text, language=language)))
        less = second if more == first else first
        found += word_errors(more, less, language=language, accents=accents)
    return found
