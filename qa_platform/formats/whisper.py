"""JSON of the whisper family: openai-whisper, faster-whisper front ends, whisper.cpp-like clones and WhisperX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from models.conversation import Channel, Word
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said, in_order

NAME = "whisper"
LABEL = "Whisper"


def recognises(document: Document) -> bool:
    segments = document.object.get("segments")
    return isinstance(segments, list) and all(fields.has(segment, "text") for segment in segments[:1])


def read(document: Document, _hints: Hints) -> Draft:
    value, name = document.object, document.name
    turns: list[Said] = []
    for index, segment in enumerate(fields.objects(value["segments"], "segments", where=name)):
        turns.extend(_turns(segment, where=f"{name}: segments[{index}]"))
    # WhisperX's `word_segments` repeats the words of the segments: it is not read.
    return Draft(
        turns=in_order(turns),
        channel=Channel.VOICE,
        language=fields.string(value.get("language")),
        duration=fields.seconds(value.get("duration"), where=f"{name}: duration"),
    )


def _turns(segment: Mapping[str, Json], *, where: str) -> Iterator[Said]:
    """One segment; several where its words name several speakers, which diarization after the fact often shows."""
    text = segment.get("text")
    if not isinstance(text, str):
        raise fields.Missing(where, field="text")
    who = fields.string(segment.get("speaker"))
    spoken = segment.get("words")
    words = fields.objects(spoken, "words", where=where) if isinstance(spoken, list) else []
    voices = {label for word in words if (label := fields.string(word.get("speaker")))}
    if len(voices) > 1 and all(_placed(word, where=where) for word in words):
        yield from _split(words, who, where=where)
        return
    start = fields.seconds(segment.get("start"), where=f"{where}.start")
    end = fields.seconds(segment.get("end"), where=f"{where}.end")
    if start is not None and end is not None and end < start:
        raise fields.EndsBeforeStart(where, start=start, end=end)
    timed = tuple(placed for word in words if (placed := _placed(word, where=where)))
    yield Said(text, who or next(iter(voices), None), start=start, end=end, words=timed)


def _split(words: list[Mapping[str, Json]], who: str | None, *, where: str) -> Iterator[Said]:
    for label, run in groupby(words, key=lambda word: fields.string(word.get("speaker")) or who):
        placed = tuple(found for word in run if (found := _placed(word, where=where)))
        text = " ".join(word.text for word in placed)
        yield Said(text, label, start=placed[0].start, end=max(word.end for word in placed), words=placed)


def _placed(word: Mapping[str, Json], *, where: str) -> Word | None:
    """WhisperX gives no times to words that it could not align, numbers above all."""
    text = fields.string(fields.any_of(word, ("word", "text")))
    start = fields.seconds(word.get("start"), where=f"{where}.words")
    end = fields.seconds(word.get("end"), where=f"{where}.words")
    return Word(text, start, end) if text and start is not None and end is not None else None
