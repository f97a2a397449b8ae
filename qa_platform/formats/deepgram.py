"""Deepgram's pre-recorded JSON: utterances where they were asked for, else the words of every channel, by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from models.conversation import Channel, Word
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said, in_order

NAME = "deepgram"
LABEL = "Deepgram"

_PAUSE = 1.0  # seconds between two words of one speaker that make a new turn


def recognises(document: Document) -> bool:
    results = document.object.get("results")
    return fields.has(results, "channels") or fields.has(results, "utterances")


def read(document: Document, _hints: Hints) -> Draft:
    name = document.name
    results, metadata = document.object["results"], document.object.get("metadata")
    assert isinstance(results, Mapping)  # noqa: S101 (recognises has seen it)
    channels = fields.objects(results.get("channels") or [], "results.channels", where=name)
    utterances = results.get("utterances")
    if isinstance(utterances, list) and utterances:
        turns = list(_utterances(utterances, several=len(channels) > 1, where=name))
    else:
        turns = [
            said for number, channel in enumerate(channels) for said in _turns(channel, number, len(channels), name)
        ]
    length = metadata.get("duration") if isinstance(metadata, Mapping) else None
    return Draft(
        turns=in_order(turns),
        channel=Channel.VOICE,
        language=next((fields.string(channel.get("detected_language")) for channel in channels), None),
        duration=fields.seconds(length, where=f"{name}: metadata.duration"),
    )


def _utterances(value: list[Json], *, several: bool, where: str) -> Iterator[Said]:
    for index, utterance in enumerate(fields.objects(value, "results.utterances", where=where)):
        place = f"{where}: results.utterances[{index}]"
        yield Said(
            fields.string(utterance.get("transcript")) or "",
            _label(utterance, fields.integer(utterance.get("channel"), where=place) if several else None),
            start=fields.seconds(utterance.get("start"), where=place),
            end=fields.seconds(utterance.get("end"), where=place),
            channel=fields.integer(utterance.get("channel"), where=place) if several else None,
        )


def _turns(channel: Mapping[str, Json], number: int, channels: int, name: str) -> Iterator[Said]:
    place = f"{name}: results.channels[{number}]"
    best = fields.objects(channel.get("alternatives"), "alternatives", where=place)[:1]
    words = fields.objects(best[0].get("words") or [], "words", where=place) if best else []
    side = number if channels > 1 else None
    spoken = [(_label(word, side), _word(word, where=place)) for word in words]
    if not spoken and best:  # a transcript without words has no times either
        yield Said(fields.string(best[0].get("transcript")) or "", _label({}, side), channel=side)
    for label, run in groupby(_with_pauses(spoken), key=lambda item: item[:2]):
        said = tuple(word for _, _, word in run)
        text = " ".join(word.text for word in said)
        yield Said(text, label[0], said[0].start, said[-1].end, words=said, channel=side)


def _with_pauses(spoken: list[tuple[str | None, Word]]) -> Iterator[tuple[str | None, int, Word]]:
    """Each word with the number of the run it stands in."""
    run, last = 0, 0.0
    for label, word in spoken:
        run += word.start - last > _PAUSE
        last = word.end
        yield label, run, word


def _word(word: Mapping[str, Json], *, where: str) -> Word:
    text = fields.string(fields.any_of(word, ("punctuated_word", "word")))
    start, end = fields.seconds(word.get("start"), where=where), fields.seconds(word.get("end"), where=where)
    if text is None or start is None or end is None:
        raise fields.Missing(where, field="words")
    return Word(text, start, end)


def _label(item: Mapping[str, Json], channel: int | None) -> str | None:
    """Speakers are counted from 0 within a channel; where there are channels, the channel tells the side."""
    if channel is not None:
        return f"CHANNEL_{channel}"
    speaker = fields.string(item.get("speaker"))
    return f"SPEAKER_{int(speaker):02d}" if speaker and speaker.isdecimal() else speaker
