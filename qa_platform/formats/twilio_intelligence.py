"""Twilio Voice Intelligence sentences: channels from 1, seconds as text, any of them null."""

from __future__ import annotations

from collections.abc import Mapping

from models.conversation import Channel, Word
from qa_platform.formats.reading import fields
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Notice, Said, in_order

NAME = "twilio-intelligence"
LABEL = "Twilio Voice Intelligence"


def recognises(document: Document) -> bool:
    sentences = fields.listed(document.object.get("sentences"))
    return bool(sentences) and fields.has(sentences[0], "transcript", "media_channel")


def read(document: Document, _hints: Hints) -> Draft:
    name = document.name
    sentences = fields.objects(document.object["sentences"], "sentences", where=name)
    turns = [_said(sentence, where=f"{name}: sentences[{index}]") for index, sentence in enumerate(sentences)]
    more = fields.mapping(document.object.get("meta")).get("next_page_url")
    notice = Notice("This is one page of several: the conversation goes on in the next.")
    return Draft(turns=in_order(turns), channel=Channel.VOICE, notices=(notice,) if more else ())


def _said(sentence: Mapping[str, Json], *, where: str) -> Said:
    number = fields.integer(sentence.get("media_channel"), where=f"{where}.media_channel")
    channel = number - 1 if number else None
    return Said(
        fields.string(sentence.get("transcript")) or "",
        f"CHANNEL_{channel}" if channel is not None else None,
        start=fields.seconds(sentence.get("start_time"), where=f"{where}.start_time"),
        end=fields.seconds(sentence.get("end_time"), where=f"{where}.end_time"),
        words=tuple(word for item in fields.listed(sentence.get("words")) if (word := _word(item, where=where))),
        channel=channel,
    )


def _word(item: Mapping[str, Json], *, where: str) -> Word | None:
    text = fields.string(item.get("word"))
    start = fields.seconds(item.get("start_time"), where=where)
    end = fields.seconds(item.get("end_time"), where=where)
    return Word(text, start, end) if text and start is not None and end is not None else None
