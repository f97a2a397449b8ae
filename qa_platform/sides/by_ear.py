"""Words and voices together, where two people on one channel were told apart by ear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from analyzers import roles
from models.conversation import Conversation, Speaker, Speech, Turn, Voice, Word

NEAR = 0.3  # seconds by which a word's time and a voice's may differ


def divided(turns: Sequence[Turn], speech: Speech) -> tuple[Turn, ...]:
    """Turns of nobody in which both voices speak, cut between the words where the voice changes."""
    if not speech.told_apart:
        return tuple(turns)
    parts = [part for turn in turns for part in _parts(turn, speech)]
    return tuple(replace(part, index=index) for index, part in enumerate(parts))


def settled(conversation: Conversation) -> Conversation:
    """The same conversation with its speakers named, where its words tell which voice is the agent's."""
    if conversation.speech is None or not conversation.speech.told_apart:
        return conversation
    conversation = replace(conversation, turns=divided(conversation.turns, conversation.speech))
    decision = roles.agent_voice(conversation)
    return named(conversation, decision.agent) if decision.sure and decision.agent is not None else conversation


def named(conversation: Conversation, agent: int) -> Conversation:
    """Voices and turns of unknown speakers with their names; what may be either's stays nobody's."""
    if conversation.speech is None:
        return conversation
    sides = (Speaker.AGENT, Speaker.CUSTOMER) if agent == 0 else (Speaker.CUSTOMER, Speaker.AGENT)
    own, rest = conversation.speech.voices[:2], conversation.speech.voices[2:]
    voices = (*(Voice(side, voice.talk) for side, voice in zip(sides, own, strict=True)), *rest)
    return replace(
        conversation,
        speech=replace(conversation.speech, voices=voices),
        turns=roles.named(conversation.turns, roles.voices_of(conversation), agent),
    )


def _parts(turn: Turn, speech: Speech) -> Iterator[Turn]:
    if turn.speaker is not Speaker.UNKNOWN or not turn.words:
        yield turn
        return
    whose = _filled([_voice_at((word.start + word.end) / 2, speech) for word in turn.words])
    if len(set(whose)) < 2:
        yield turn
        return
    pairs = zip(whose, turn.words, strict=True)
    for _, run in groupby(pairs, key=lambda pair: pair[0]):
        yield _of(turn, tuple(word for _, word in run))


def _of(turn: Turn, words: tuple[Word, ...]) -> Turn:
    return replace(
        turn, text=" ".join(word.text for word in words), start=words[0].start, end=words[-1].end, words=words
    )


def _voice_at(moment: float, speech: Speech) -> int | None:
    """The nearest voice, where one is near; a stretch that may be either's is nobody's."""
    near = [
        (max(part.start - moment, moment - part.end, 0.0), number)
        for number, voice in enumerate(speech.voices)
        for part in voice.talk
        if part.start - NEAR <= moment <= part.end + NEAR
    ]
    number = min(near)[1] if near else None
    return number if number in (0, 1) else None


def _filled(whose: Iterable[int | None]) -> list[int | None]:
    """Words of nobody go with those before them, or, at the beginning, with those after."""
    filled: list[int | None] = []
    for voice in whose:
        filled.append(voice if voice is not None or not filled else filled[-1])
    first = next((voice for voice in filled if voice is not None), None)
    return [first if voice is None else voice for voice in filled]
