"""SubRip subtitles (.srt): numbered cues, commas before the milliseconds."""

from __future__ import annotations

import re

from models.conversation import Channel
from qa_platform.formats.reading.cues import blocks, cues
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, in_order

NAME = "subrip"
LABEL = "SRT"

_OPENING = re.compile(r"\s*(?:\d+\s*\n\s*)?\d{1,3}:\d{1,2}:\d{1,2}[,.]\d{1,3}\s*-{1,2}>")


def recognises(document: Document) -> bool:
    return _OPENING.match(document.text.lstrip("\ufeff")) is not None


def read(document: Document, hints: Hints) -> Draft:
    turns, notices = cues(blocks(document.text.lstrip("\ufeff")), hints)
    return Draft(turns=in_order(turns), channel=Channel.VOICE, notices=notices)
