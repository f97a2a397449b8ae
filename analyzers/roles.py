"""Which of two voices is the agent: by what each of them says, with how sure that is, or that it cannot be told.

Who greets for a company, announces the recording or asks for a document number is the agent; who confirms their name,
gives the number or says why they cannot pay is the customer. Each such thing counts once for the voice that says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from types import MappingProxyType

from analyzers import introductions
from analyzers.analyze import read
from analyzers.contract import Reading
from analyzers.phrasebook import Match
from models.conversation import Conversation, Interval, Speaker, Speech, Turn

ENOUGH = 0.9  # below it nobody is named
LIKELY_SWAPPED = 0.97  # a channel map is believed until the words say clearly otherwise
OPENING_TURNS = 16  # people present themselves early; later on each repeats and reports the other
INTRODUCED_BY_TURN = 5
SAME_EDGE = 0.02
CLEARLY = 3.0  # times as much of a turn lies in one voice as in the other
_OTHERS: Mapping[Speaker, Speaker] = MappingProxyType(
    {Speaker.AGENT: Speaker.CUSTOMER, Speaker.CUSTOMER: Speaker.AGENT}
)
# Log-odds that whoever says it is the agent (above zero) or the customer (below); what is not listed weighs little,
# since both sides insult, repeat and propose. Weighed on labelled calls: see tests/analyzers/test_roles.py.
_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "cue.recording_notice": 2.5,
        "cue.mini_miranda": 3.0,
        "cue.asks_factor": 2.5,
        "cue.asks_person": 2.0,
        "cue.verified": 1.5,
        "cue.debt": 1.5,
        "cue.collection": 1.0,
        "cue.greeting": 0.5,
        "cue.alternatives": 1.5,
        "cue.summarises": 1.0,
        "cue.next_steps": 1.0,
        "cue.polite_close": 0.5,
        "cue.confirms_name": -1.0,
        "cue.gives_factor": -1.5,
        "cue.difficulty": -1.5,
        "cue.wrong_number": -1.5,
        "cue.authenticated": 0.0,
        "cue.stop_request": -1.5,
    }
)
_COMPANY, _NAME = 2.5, 1.0
_OBJECTION, _SLIP = -0.7, 0.5  # agents name objections too when they answer them


@dataclass(frozen=True, slots=True)
class Decision:
    """`agent` is one of the two voices, 0 or 1; None where what is said does not tell."""

    agent: int | None
    confidence: float

    @property
    def sure(self) -> bool:
        return self.agent is not None and self.confidence >= ENOUGH


def decide(conversation: Conversation, voices: Sequence[int | None]) -> Decision:
    """`voices` says for each turn which of the two voices it is; None where that is not known."""
    leaning = _leaning(conversation, voices, 0) - _leaning(conversation, voices, 1)
    if not leaning:
        return Decision(None, 0.5)
    return Decision(0 if leaning > 0 else 1, round(1 / (1 + exp(-abs(leaning))), 3))


def voices_of(conversation: Conversation) -> tuple[int | None, ...]:
    """For each turn the voice it lies in, by the times of both; where the sound does not tell, by its speaker."""
    speech = conversation.speech
    if speech is None or len(speech.voices) < 2:
        return tuple({Speaker.AGENT: 0, Speaker.CUSTOMER: 1}.get(turn.speaker) for turn in conversation.turns)
    return tuple(_voice_of(turn, speech) for turn in conversation.turns)


def agent_voice(conversation: Conversation) -> Decision:
    """Which of the two voices of a recording is the agent's, by the speakers of the words, else by the words."""
    voices = voices_of(conversation)
    told = [(turn.speaker, voice) for turn, voice in zip(conversation.turns, voices, strict=True) if voice is not None]
    votes = [voice if speaker is Speaker.AGENT else 1 - voice for speaker, voice in told if speaker in _OTHERS]
    if len(votes) >= 2 and max(votes.count(0), votes.count(1)) >= CLEARLY * min(votes.count(0), votes.count(1)):
        share = max(votes.count(0), votes.count(1)) / len(votes)
        return Decision(0 if votes.count(0) > votes.count(1) else 1, round(share, 3))
    return decide(conversation, voices)


def likely_swapped(conversation: Conversation) -> Decision | None:
    """That the agent's words come from whom the channel map calls the customer; None where they do not."""
    by_speaker = tuple({Speaker.AGENT: 0, Speaker.CUSTOMER: 1}.get(turn.speaker) for turn in conversation.turns)
    decision = decide(conversation, by_speaker)
    return decision if decision.agent == 1 and decision.confidence >= LIKELY_SWAPPED else None


def named(turns: Sequence[Turn], voices: Sequence[int | None], agent: int) -> tuple[Turn, ...]:
    """Turns of unknown speakers with their speaker, now that it is known whose voice is whose."""
    return tuple(
        replace(turn, speaker=Speaker.AGENT if voice == agent else Speaker.CUSTOMER)
        if turn.speaker is Speaker.UNKNOWN and voice is not None
        else turn
        for turn, voice in zip(turns, voices, strict=True)
    )


def swapped(speaker: Speaker) -> Speaker:
    """The other side; machines and third parties stay what they are."""
    return _OTHERS.get(speaker, speaker)


def _leaning(conversation: Conversation, voices: Sequence[int | None], agent: int) -> float:
    """What speaks for this voice being the agent, the other voice read as the customer."""
    turns = tuple(
        replace(turn, speaker=Speaker.AGENT if voice == agent else Speaker.CUSTOMER)
        for turn, voice in zip(conversation.turns, voices, strict=True)
        if voice is not None
    )
    turns = tuple(replace(turn, index=index) for index, turn in enumerate(turns[:OPENING_TURNS]))
    reading = read(replace(conversation, turns=turns, speech=None))
    codes = {match.code for match in _of_agent(reading)}
    said = sum(_weight(code) for code in codes)
    introduced = (introductions.company(reading), _COMPANY), (introductions.agent_name(reading), _NAME)
    return said + sum(weight for found, weight in introduced if found and found.turn <= INTRODUCED_BY_TURN)


def _of_agent(reading: Reading) -> Iterator[Match]:
    """Every rule that the voice taken for the agent says, whoever's words the rule is about."""
    for turn, matches in zip(reading.turns, reading.said, strict=True):
        if turn.speaker is Speaker.AGENT:
            yield from (match for match in matches if not _taken_back(match))


def _taken_back(match: Match) -> bool:
    return any(getattr(match.polarity, guard) for guard in match.phrase.unless)


def _weight(code: str) -> float:
    if code in _WEIGHTS:
        return _WEIGHTS[code]
    kind = code.partition(".")[0]
    return {"objection": _OBJECTION, "slip": _SLIP}.get(kind, 0.0)


def _voice_of(turn: Turn, speech: Speech) -> int | None:
    if turn.start is None or turn.end is None:
        return None
    voices = speech.voices[:2]  # a third one holds what may be either's
    edges = [_begins_and_ends(turn.start, turn.end, voice.talk) for voice in voices]
    if any(edges) and not all(edges):
        return edges.index(True)  # written down from this very voice, whoever speaks meanwhile
    first, second = (_overlap(turn.start, turn.end, voice.talk) for voice in voices)
    if first > CLEARLY * second:
        return 0
    return 1 if second > CLEARLY * first else None


def _begins_and_ends(start: float, end: float, talk: Sequence[Interval]) -> bool:
    begins = any(abs(part.start - start) <= SAME_EDGE for part in talk)
    return begins and any(abs(part.end - end) <= SAME_EDGE for part in talk)


def _overlap(start: float, end: float, talk: Sequence[Interval]) -> float:
    return sum(max(0.0, min(end, part.end) - max(start, part.start)) for part in talk)
