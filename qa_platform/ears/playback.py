"""A recording as a browser can play it: as it came where every browser knows its coding, else a copy made once."""

from __future__ import annotations

import os
import secrets
import wave
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from models.errors import QAError
from models.interactions import StoredObject
from qa_platform.access.rights import Viewer
from qa_platform.ears.audio import AudioFacts, blocks, probe
from qa_platform.review.opening import reachable
from qa_platform.settings import Settings
from qa_platform.storage import open_storage

COPY = "playable.wav"
FASTEST_RATE = 16_000  # a telephone call holds nothing above 8 kHz

# Container and codec that Chromium, Firefox and Safari all decode, and seek in exactly.
PLAYABLE: Mapping[tuple[str, str], str] = {
    ("wav", "pcm_s16le"): "audio/wav",
    ("wav", "pcm_u8"): "audio/wav",
    ("mp3", "mp3"): "audio/mpeg",
    ("flac", "flac"): "audio/flac",
    ("mp4", "aac"): "audio/mp4",
}


class NoRecording(QAError):
    status = 404
    says = "This interaction has no recording."
    remedy = "It was taken in as text: read it below."


@dataclass(frozen=True, slots=True)
class Playable:
    path: Path
    media_type: str


def recording(session: Session, viewer: Viewer, interaction_id: int, settings: Settings) -> Path:
    """Where the bytes of an interaction's recording are. Raises NotFound out of reach, NoRecording without one."""
    interaction = reachable(session, viewer, interaction_id)
    stored = session.get(StoredObject, interaction.recording_id) if interaction.recording_id else None
    if stored is None:
        raise NoRecording
    return open_storage(settings).path(stored.folder)


def playable(content: Path) -> Playable:
    """The file to send. The copy lies beside the content and goes when it goes; it can be made again at any time.

    Raises the errors of qa_platform.ears.audio for what cannot be decoded.
    """
    facts = _facts(content, _written(content))
    as_it_is = PLAYABLE.get((facts.container, facts.codec))
    if as_it_is and not _header_lies(facts, content):
        return Playable(content, as_it_is)
    copy = content.with_name(COPY)
    if not copy.exists():
        _copy(content, copy, rate=min(facts.sample_rate, FASTEST_RATE))
    with suppress(FileNotFoundError):
        os.utime(copy)  # when it was last asked for: what nobody plays goes first, see qa_platform/archive/sweeping.py
    return Playable(copy, "audio/wav")


@lru_cache(maxsize=256)  # a player asks for the same file in many small ranges
def _facts(content: Path, _written: int) -> AudioFacts:
    return probe(content)


def _written(content: Path) -> int:
    """When the bytes were put there; zero where others have taken their place."""
    return content.stat().st_mtime_ns if content.exists() else 0


def _header_lies(facts: AudioFacts, content: Path) -> bool:
    """A crashed recorder leaves a length that browsers believe: they would stop there, or wait for more."""
    if facts.container != "wav" or facts.declared_seconds is None:
        return facts.container == "wav"
    bytes_per_second = facts.sample_rate * facts.channels * (1 if facts.codec == "pcm_u8" else 2)
    held = (content.stat().st_size - 44) / bytes_per_second
    return abs(held - facts.declared_seconds) > max(1.0, 0.01 * held)


def _copy(content: Path, target: Path, *, rate: int) -> None:
    """Sixteen-bit WAV on the same clock as our own measures, each side in its own channel; whole or not at all."""
    partial = target.with_name(f"{COPY}.{secrets.token_hex(4)}")
    before = _written(content)
    try:
        heard = blocks(content, rate=rate)
        first = next(heard)
        with partial.open("xb") as file, wave.open(file, "wb") as out:
            out.setnchannels(first.shape[0])
            out.setsampwidth(2)
            out.setframerate(rate)
            for block in chain((first,), heard):
                samples = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype("<i2")
                out.writeframesraw(samples.T.tobytes())
        partial.replace(target)
        if _written(content) != before:  # card data was silenced meanwhile: this copy still holds it
            target.unlink(missing_ok=True)
    finally:
        partial.unlink(missing_ok=True)
