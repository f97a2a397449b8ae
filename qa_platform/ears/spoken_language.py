"""The language of each voice, found out once and then fixed: a model that guesses anew at every utterance changes its
mind in a cough, and writes Spanish down as Portuguese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from models.conversation import Speaker, Speech
from qa_platform.ears import clips
from qa_platform.ears.audio import Samples
from qa_platform.ears.transcribe import Transcriber

ENOUGH_SECONDS = 20.0  # of one voice; Whisper looks at thirty
LEAST_SECONDS = 3.0  # a voice that says less tells nothing
SURE = 0.6  # below it the house's own language stands


class ToldBy(StrEnum):
    """Who fixed a voice's language."""

    SETTING = "setting"  # of the house or of the portfolio: never doubted
    METADATA = "metadata"  # the file, its source or its table
    HEARD = "heard"
    HOUSE = "house"  # nothing told: the language that the house speaks


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    side: Speaker
    language: str
    by: ToldBy
    sure: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before anybody listens. `forced` and `told` end the question; `house` stands where nobody knows."""

    house: str
    forced: str | None = None
    told: str | None = None


def languages_of(path: Path, speech: Speech, transcriber: Transcriber, known: Known) -> tuple[SpokenLanguage, ...]:
    """One language for each voice of the recording."""
    if known.forced:
        return tuple(SpokenLanguage(voice.side, known.forced, ToldBy.SETTING) for voice in speech.voices)
    if known.told:
        return tuple(SpokenLanguage(voice.side, known.told, ToldBy.METADATA) for voice in speech.voices)
    sounds = _beginnings(path, speech)
    return tuple(
        _heard(voice.side, sounds.get(number), transcriber, known.house) for number, voice in enumerate(speech.voices)
    )


def _heard(side: Speaker, sound: Samples | None, transcriber: Transcriber, house: str) -> SpokenLanguage:
    found = transcriber.language_of(sound) if sound is not None else None
    if found is None or found[1] < SURE:
        return SpokenLanguage(side, house, ToldBy.HOUSE)
    return SpokenLanguage(side, found[0], ToldBy.HEARD, round(found[1], 3))


def _beginnings(path: Path, speech: Speech) -> Mapping[int, Samples]:
    """The first seconds that each voice speaks; reads no more of the recording than that takes."""
    parts: dict[int, list[Samples]] = {}
    held: dict[int, float] = {}
    wanted = {
        number: min(ENOUGH_SECONDS, sum(interval.seconds for interval in voice.talk))
        for number, voice in enumerate(speech.voices)
    }
    for clip in clips.cut(path, speech):
        if held.get(clip.voice, 0.0) < ENOUGH_SECONDS:
            parts.setdefault(clip.voice, []).append(clip.sound)
            held[clip.voice] = held.get(clip.voice, 0.0) + clip.end - clip.start
        if all(held.get(number, 0.0) >= seconds - 0.5 for number, seconds in wanted.items()):
            break
    return {
        number: np.concatenate(sounds) for number, sounds in parts.items() if held.get(number, 0.0) >= LEAST_SECONDS
    }
