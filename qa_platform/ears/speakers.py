"""Who of two people speaks when on a recording with one channel, and how far that is to be believed.

`two_voices` always finds two; whether there are two, and whether they were told apart rightly, is judged here from how
far its listeners agree, how different the voices are and how often they seem to change in the middle of a breath. The
weights were fitted (logistic regression) on 164 recordings whose truth is known: 70 with two people of which at least
nine tenths were told rightly, 94 with one person, with near twins or told wrongly. At the bar of 0.8 it believes 52 of
those 70 and one of those 94; cross-validated, 50 and none. Most of that material is synthetic and the real calls are
few: `qa bench diarization` with a folder of your own tells what it is worth on your lines. A third person is counted to
whichever of the two sounds nearer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import exp, log
from pathlib import Path

import numpy as np

from models.conversation import UNSURE_VOICE, Apart, ByEar, HeardStretch, Interval, Layout, Speaker, Speech, Voice
from qa_platform.ears.timbre import FRAMES_A_SECOND, Timbre, timbre
from qa_platform.ears.two_voices import Separation, separated

BELIEVED = 0.8  # from here on everything follows what the ear says
MOST = 0.95  # one or none wrong of fifty that were believed proves no more
ALIKE = 0.2  # below it there is no sign of two voices
STRETCH_BELIEVED = 0.8  # a stretch that is less sure is nobody's; half of them are shorter than a second


@dataclass(frozen=True, slots=True)
class _CallWeights:
    agreement: float = 3.973
    difference: float = 1.977
    distance: float = 2.836
    changes: float = -0.784
    seconds: float = 1.982
    constant: float = -8.618


@dataclass(frozen=True, slots=True)
class _StretchWeights:
    lean: float = 0.715
    frames: float = 2.258
    constant: float = -7.718


CALL, STRETCH = _CallWeights(), _StretchWeights()


def told_apart(path: Path, speech: Speech, *, progress: Callable[[float], None] | None = None) -> Speech:
    """The same speech with its two voices told apart, where it has one voice only and they can be."""
    if speech.layout not in (Layout.MONO, Layout.IDENTICAL) or len(speech.voices) != 1:
        return speech
    sound = timbre(path, speech.voices[0].talk)
    if progress:
        progress(0.5)
    found = separated(sound)
    if found is None:
        return speech
    by_ear = judged(sound, found)
    voices = _voices(by_ear) if by_ear.apart is Apart.TOLD else speech.voices
    return replace(speech, voices=voices, by_ear=by_ear)


def judged(sound: Timbre, found: Separation) -> ByEar:
    """Who speaks when, and how sure that is: the call as a whole and each stretch."""
    confidence = min(MOST, round(_call_confidence(sound, found), 3))
    return ByEar(_apart(confidence), confidence, tuple(_stretches(sound, found)))


def _apart(confidence: float) -> Apart:
    if confidence >= BELIEVED:
        return Apart.TOLD
    return Apart.ALIKE if confidence < ALIKE else Apart.DOUBTFUL


def _call_confidence(sound: Timbre, found: Separation) -> float:
    seconds = len(sound) / FRAMES_A_SECOND
    in_mid_breath = int((np.diff(found.first.astype(np.int8)) != 0)[~sound.begins[1:]].sum())
    return _logistic(
        CALL.agreement * found.agreement
        + CALL.difference * log(max(found.difference, 0.0) + 0.01)
        + CALL.distance * log(max(found.distance, 0.0) + 0.1)
        + CALL.changes * log(in_mid_breath / (seconds / 60) + 1)
        + CALL.seconds * log(seconds)
        + CALL.constant
    )


def _stretches(sound: Timbre, found: Separation) -> Iterator[HeardStretch]:
    """The first voice is the one that speaks first, so that a second hearing numbers them alike."""
    changes = sound.begins.copy()
    changes[1:] |= np.diff(found.first.astype(np.int8)) != 0
    starts = np.flatnonzero(changes).tolist()
    opening = bool(found.first[0])
    for start, end in zip(starts, [*starts[1:], len(sound)], strict=True):
        lean = abs(float(found.lean[start:end].mean()))
        confidence = _logistic(STRETCH.lean * log(lean + 0.05) + STRETCH.frames * log(end - start) + STRETCH.constant)
        yield HeardStretch(
            start=round(int(sound.at[start]) / FRAMES_A_SECOND, 2),
            end=round((int(sound.at[end - 1]) + 1) / FRAMES_A_SECOND, 2),
            voice=0 if bool(found.first[start]) is opening else 1,
            confidence=round(max(0.5, confidence), 3),
        )


def _voices(by_ear: ByEar) -> tuple[Voice, ...]:
    """Two voices, and a third that holds what may be either's, where there is any."""
    talk: tuple[list[Interval], ...] = ([], [], [])
    for stretch in by_ear.stretches:
        sure = stretch.confidence >= STRETCH_BELIEVED
        talk[stretch.voice if sure else UNSURE_VOICE].append(Interval(stretch.start, stretch.end))
    return tuple(Voice(Speaker.UNKNOWN, tuple(each)) for number, each in enumerate(talk) if each or number < 2)


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, value))))
