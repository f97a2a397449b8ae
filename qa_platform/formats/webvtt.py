"""WebVTT subtitles (W3C): voices in `<v Name>`, notes and styles left out, cue names ignored."""

from __future__ import annotations

import re

from models.conversation import Channel
from qa_platform.formats.reading.cues import Block, blocks, cues
from qa_platform.formats.reading.document import Document
from qa_platform.formats.reading.draft import Draft, Hints, in_order

NAME = "webvtt"
LABEL = "WebVTT"

_NOT_CUES = ("NOTE", "STYLE", "REGION")
_LANGUAGE = re.compile(r"^language:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)


def recognises(document: Document) -> bool:
    first = document.text.lstrip("\ufeff\r\n ").split("\n", 1)[0]
    return first.split()[:1] == ["WEBVTT"]


def read(document: Document, hints: Hints) -> Draft:
    header, *rest = blocks(document.text)
    language = _LANGUAGE.search("\n".join(header.lines))
    # A header may run straight into its first cue, with no empty line between.
    glued = any("-->" in line for line in header.lines)
    turns, notices = cues(
        (block for block in ([_after_header(header)] if glued else []) + rest if _is_cue(block)), hints
    )
    return Draft(
        turns=in_order(turns), channel=Channel.VOICE, language=language[1] if language else None, notices=notices
    )


def _is_cue(block: Block) -> bool:
    if block.timing is not None:
        return True
    return not block.lines[0].startswith(_NOT_CUES) and not _is_css(block)


def _is_css(block: Block) -> bool:
    """Style rules that some writers leave outside a STYLE block, up to their `##`."""
    return block.lines[0].startswith(("::cue", "##", "Style:"))


def _after_header(header: Block) -> Block:
    at = next(index for index, line in enumerate(header.lines) if "-->" in line)
    return Block(header.line + at, header.lines[at:])
