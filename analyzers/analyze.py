"""A conversation in, everything that can be said of it out: findings, promises, script steps, outcome, speech.

Pure: no file, database, network or clock. The order of the work is the order of the lines in `analyze`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analyzers import by_ear, outcome, speech_events, steps
from analyzers.contract import Reading, discover
from analyzers.holds import HoldWords
from analyzers.language import read_turns
from analyzers.parties import apparent_speakers
from analyzers.phrasebook import Match, Phrasebook, phrasebook
from analyzers.promises import find_promises
from analyzers.second_opinion import weigh
from models.context import Context
from models.conversation import Conversation, Speaker
from models.finding import Analysis

HOLD_ANNOUNCED, HOLD_OVER = "cue.hold_announced", "cue.hold_over"


def analyze(
    conversation: Conversation, context: Context | None = None, *, books: Mapping[str, Phrasebook] | None = None
) -> Analysis:
    """Everything that can be said of a conversation. `books`: a house's own rules by language; else the shipped."""
    context = context or Context()
    reading = read(conversation, context, whoever=False, books=books)
    findings = tuple(finding for module in discover() for finding in module.find(reading, context))
    findings = by_ear.tempered(conversation, (*findings, *by_ear.of_nobody(reading, _book(conversation, books))))
    promises = by_ear.tempered_promises(conversation, find_promises(reading, context))
    return Analysis(
        findings=findings,
        promises=promises,
        steps=by_ear.tempered_steps(conversation, steps.judge(reading, promises, findings))
        if _agent_is_known(conversation)
        else (),
        outcome=outcome.decide(reading, promises, findings),
        speech=reading.speech_events,
    )


def _agent_is_known(conversation: Conversation) -> bool:
    """Without words, or with words of nobody knows whom, nothing can be said of what the agent did or left out."""
    return any(turn.speaker is Speaker.AGENT for turn in conversation.turns)


def read(
    conversation: Conversation,
    context: Context | None = None,
    *,
    whoever: bool = True,
    books: Mapping[str, Phrasebook] | None = None,
) -> Reading:
    """Reads every turn once: words, phrases, polarity, and who speaks when.

    `whoever`: rules count as said whoever's words they are about, for those who ask who is who.
    """
    context = context or Context()
    book = _book(conversation, books)
    turns = read_turns(conversation)
    said = tuple(book.scan(turn, whoever=whoever) for turn in turns)
    apparent = apparent_speakers(turns, said)
    if apparent:
        turns = tuple(replace(turn, speaker=apparent.get(turn.index, turn.speaker)) for turn in turns)
        said = tuple(
            book.scan(turn, whoever=whoever) if turn.index in apparent else matches
            for turn, matches in zip(turns, said, strict=True)
        )
    return Reading(
        conversation=conversation,
        turns=turns,
        said=said if whoever else weigh(turns, said, book, context.further),
        speech_events=speech_events.measure(conversation, context, _hold_words(said)),
        country=context.country or conversation.country,
    )


def _book(conversation: Conversation, books: Mapping[str, Phrasebook] | None) -> Phrasebook:
    return (books or {}).get(conversation.language) or phrasebook(conversation.language)


def _hold_words(said: tuple[tuple[Match, ...], ...]) -> HoldWords:
    """The turns in which somebody is asked to wait, and those that end the wait."""
    told = {
        code: frozenset(match.turn.index for matches in said for match in matches if match.holds and match.code == code)
        for code in (HOLD_ANNOUNCED, HOLD_OVER)
    }
    return HoldWords(told[HOLD_ANNOUNCED], told[HOLD_OVER])
