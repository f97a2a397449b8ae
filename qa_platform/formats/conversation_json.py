"""The plain conversation JSON of the contract: what scripts write and what this product itself hands out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from models.conversation import Channel, Direction, Speaker, Word
from qa_platform.formats.reading import fields, told_holds
from qa_platform.formats.reading.document import Document, Json
from qa_platform.formats.reading.draft import Draft, Hints, Said

NAME = "conversation-json"
LABEL = "JSON (conversation)"


def recognises(document: Document) -> bool:
    return isinstance(document.object.get("turns"), list)


def read(document: Document, hints: Hints) -> Draft:
    value, name = document.object, document.name
    turns = fields.objects(value["turns"], "turns", where=name)
    debt = value.get("account")
    return Draft(
        turns=tuple(_said(turn, where=f"{name}: turns[{index}]", zone=hints.zone) for index, turn in enumerate(turns)),
        id=fields.string(value.get("id")),
        channel=fields.choice(Channel, value.get("channel"), where=f"{name}: channel"),
        language=fields.string(value.get("language")),
        country=fields.country_code(value.get("country")),
        started_at=fields.moment(value.get("started_at"), where=f"{name}: started_at", zone=hints.zone),
        direction=fields.choice(Direction, value.get("direction"), where=f"{name}: direction"),
        account=fields.account(debt, where=f"{name}: account") if isinstance(debt, Mapping) else None,
        duration=fields.seconds(value.get("duration"), where=f"{name}: duration"),
        agent=fields.string(value.get("agent")),
        holds=told_holds.in_order(told_holds.of_intervals(value.get("holds"))),
    )


def _said(turn: Mapping[str, Json], *, where: str, zone: tzinfo) -> Said:
    text = turn.get("text")
    if not isinstance(text, str):
        raise fields.Missing(where, field="text")
    start = fields.seconds(turn.get("start"), where=f"{where}.start")
    end = fields.seconds(turn.get("end"), where=f"{where}.end")
    if start is not None and end is not None and end < start:
        raise fields.EndsBeforeStart(where, start=start, end=end)
    return Said(
        text=text,
        who=fields.choice(Speaker, turn.get("speaker"), where=f"{where}.speaker"),
        start=start,
        end=end,
        at=fields.moment(turn.get("at"), where=f"{where}.at", zone=zone),
        words=_words(turn.get("words"), where=where),
    )


def _words(value: Json, *, where: str) -> tuple[Word, ...]:
    if not isinstance(value, list):
        return ()
    words = []
    for index, word in enumerate(fields.objects(value, "words", where=where)):
        place = f"{where}.words[{index}]"
        start, end = fields.seconds(word.get("start"), where=place), fields.seconds(word.get("end"), where=place)
        text = fields.any_of(word, ("text", "word"))
        if start is not None and end is not None and isinstance(text, str):
            words.append(Word(text.strip(), start, end))
    return tuple(words)
