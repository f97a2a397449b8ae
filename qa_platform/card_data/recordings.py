"""The recording of an interaction in whose words card data was hidden: the same moments are silenced in its sound.

The words are saved first: where the work is cut off in between, it begins again with a recording that still tells
where the card data is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path

from sqlalchemy import Engine

from models.conversation import Interval
from models.interactions import Interaction, StoredObject, Waveform
from qa_platform.archive import conversations
from qa_platform.card_data.moments import WHOLE, moments
from qa_platform.card_data.silence import is_silent, write_silenced
from qa_platform.database import reading, transaction
from qa_platform.ears.peaks import Peaks
from qa_platform.formats.contract import Notice
from qa_platform.storage import Storage

SILENCED = "Card data was said: {seconds} s of the recording were silenced."
ALL_SILENCED = "Card data was said, and its words have no times: the whole recording was silenced."


def silence(
    engine: Engine, storage: Storage, interaction_id: int, *, before: Callable[[int, Path], None] | None = None
) -> tuple[Notice, ...]:
    """Silences what the stored words hide; what a person should know of it. Doing it again changes nothing.

    `before` is called with the recording as it is, before anything in it is silenced.
    """
    with reading(engine) as session:
        row = session.get_one(Interaction, interaction_id)
        spans = moments(conversations.load(session, row).turns)
        stored = session.get(StoredObject, row.recording_id) if row.recording_id else None
        duration = row.duration or 0.0
    if stored is None or not spans:
        return ()
    recording = storage.path(stored.folder)
    if not is_silent(recording, spans):
        if before:
            before(interaction_id, recording)
        with tempfile.TemporaryFile(dir=storage.root) as copy:
            write_silenced(recording, spans, copy)
            copy.seek(0)
            size = storage.replace(stored.folder, copy)
        with transaction(engine) as session:
            session.get_one(StoredObject, stored.id).size = size
    with transaction(engine) as session:
        wave = session.get(Waveform, interaction_id)
        if wave is not None:
            wave.data = Peaks.from_bytes(wave.data).silenced(_bounded(spans, duration)).to_bytes()
    if WHOLE in spans:
        return (Notice(ALL_SILENCED),)
    seconds = sum(span.seconds for span in _bounded(spans, duration))
    return (Notice(SILENCED, {"seconds": f"{seconds:.1f}"}),)


def _bounded(spans: Sequence[Interval], duration: float) -> list[Interval]:
    return [Interval(span.start, duration if span.end == inf else min(span.end, duration)) for span in spans]
