"""Who speaks when: silences, overlaps, interruptions, monologues and talk time, the same for audio and transcripts.

Definitions. A *silence* is a stretch in which nobody speaks, between two stretches in which somebody does. An *overlap*
is both sides speaking for half a second or more. An *interruption* is an overlap in which the later side takes the
floor; a back-channel ("ajá", "mhm") is an overlap and no interruption. A *monologue* is one side's speech that only
short breaths and the other side's back-channels break. A *hold* is a wait that was asked for or that the line itself
tells (see `holds`); it is cut out of the silences.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzers.holds import NO_WORDS, HoldWords, holds, without
from analyzers.pace import pace, response_delays
from models.context import Context
from models.conversation import Conversation, Hold, Interval, Speaker, Speech
from models.finding import Interruption, Monologue, Silence, SpeechEvents

OVERLAP_SECONDS = 0.5  # shorter ones are the ordinary way of taking turns
BREATH_SECONDS = 0.5  # a pause inside one utterance
BACK_CHANNEL_SECONDS = 1.0  # "ajá", "sí, claro": heard, not taking the floor
TOGETHER_SECONDS = 0.2  # both start at once: nobody cuts in on anybody
MONOLOGUE_PAUSE_SECONDS = 2.0
CLOSE_SECONDS = 0.3  # a transcript and the sound disagree by as much on where a turn starts
STATED_TIMES = 0.8  # transcribers round, pad and guess
PEOPLE = frozenset({Speaker.AGENT, Speaker.CUSTOMER, Speaker.THIRD_PARTY})


@dataclass(frozen=True, slots=True, order=True)
class Utterance:
    """One side speaking without a pause longer than a breath."""

    start: float
    end: float
    side: Speaker

    @property
    def seconds(self) -> float:
        return self.end - self.start


def measure(conversation: Conversation, context: Context, words: HoldWords = NO_WORDS) -> SpeechEvents:
    """Measured in the audio where it was heard, else from the times of the turns; not at all where there are none.

    `words` are the turns that tell of a hold.
    """
    if conversation.speech is not None:
        return _from_audio(conversation, conversation.speech, context, words)
    return _from_turns(conversation, context, words)


def turn_at(conversation: Conversation, moment: float, *, by: Speaker | None = None) -> int | None:
    """The turn that was being said, or had just been said, at a moment of the recording."""
    begun = [
        turn
        for turn in conversation.turns
        if turn.start is not None and turn.start <= moment + CLOSE_SECONDS and by in (None, turn.speaker)
    ]
    return max(begun, key=lambda turn: turn.start or 0.0).index if begun else None


def confidence(conversation: Conversation) -> float:
    """Sound measured is surer than the times that a transcript states."""
    return 1.0 if conversation.speech is not None else STATED_TIMES


def _from_audio(conversation: Conversation, speech: Speech, context: Context, words: HoldWords) -> SpeechEvents:
    spoken = [[Utterance(each.start, each.end, voice.side) for each in voice.talk] for voice in speech.voices]
    sides_known = bool(speech.voices) and all(voice.side is not Speaker.UNKNOWN for voice in speech.voices[:2])
    agent = [each for voice in spoken for each in voice if each.side is Speaker.AGENT]
    others = [each for voice in spoken for each in voice if each.side is not Speaker.AGENT]
    if not sides_known and len(spoken) >= 2:  # two voices, and no word on which is the agent's
        agent, others = spoken[0], [each for voice in spoken[1:] for each in voice]
    told = _Told(conversation, words)
    events = _events(agent, others, context, told, sides_known=sides_known)
    # Who talks while the other does cannot be heard on one channel, however well the voices are told apart.
    return replace(events, sides_known=False) if speech.by_ear else events


def _from_turns(conversation: Conversation, context: Context, words: HoldWords) -> SpeechEvents:
    timed = [
        Utterance(turn.start, turn.end, turn.speaker)
        for turn in conversation.turns
        if turn.start is not None and turn.end is not None and turn.end > turn.start
    ]
    # One turn without its times would read as a silence that never was.
    complete = bool(timed) and len(timed) == len(conversation.turns)
    if not (conversation.channel.spoken and conversation.has_end_times and complete):
        return SpeechEvents()
    return _events(
        [each for each in timed if each.side is Speaker.AGENT],
        [each for each in timed if each.side is not Speaker.AGENT],
        context,
        _Told(conversation, words),
        sides_known=all(each.side is not Speaker.UNKNOWN for each in timed),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the words add to the times."""

    conversation: Conversation
    words: HoldWords


def _events(
    agent: list[Utterance], others: list[Utterance], context: Context, told: _Told, *, sides_known: bool
) -> SpeechEvents:
    agent, others = sorted(agent), sorted(others)
    talk = sorted(agent + others)
    overlaps = tuple(_overlaps(agent, others))
    held = holds(told.conversation, [Interval(each.start, each.end) for each in talk], told.words)
    seconds = _talk_seconds(agent + others)
    in_turn = [(Interval(each.start, each.end), each.side.value) for each in talk]
    return SpeechEvents(
        silences=tuple(_without_holds(_silences(talk, context.silence_seconds), held, context.silence_seconds)),
        overlaps=tuple(overlap.span for overlap in overlaps),
        interruptions=tuple(_interruptions(overlaps, context.interruption_seconds)) if sides_known else (),
        monologues=tuple(_monologues(agent, others, context.monologue_seconds)) if sides_known else (),
        holds=held,
        talk_seconds=seconds,
        longest_talk=_longest(agent, others) if sides_known else {},
        talk_ratio=_agents_share(seconds) if sides_known else None,
        pace=pace(told.conversation, seconds) if sides_known else {},
        response_delay=response_delays(in_turn, held) if sides_known else {},
        measured=True,
        sides_known=sides_known,
    )


def _agents_share(seconds: Mapping[str, float]) -> float | None:
    people = sum(seconds.get(side.value, 0.0) for side in PEOPLE)
    return round(seconds.get(Speaker.AGENT.value, 0.0) / people, 3) if people else None


def _longest(agent: list[Utterance], others: list[Utterance]) -> dict[str, float]:
    runs = [run for run in (*_runs(agent, others), *_runs(others, agent)) if run.side in PEOPLE]
    return {side: round(max(run.seconds for run in runs if run.side == side), 2) for side in {run.side for run in runs}}


def _talk_seconds(talk: Iterable[Utterance]) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for each in talk:
        seconds[each.side.value] = seconds.get(each.side.value, 0.0) + each.seconds
    return {side: round(total, 2) for side, total in seconds.items()}


# ---------------------------------------------------------------------------------------------------------- silence


def _silences(talk: list[Utterance], threshold: float) -> Iterator[Silence]:
    last: Utterance | None = None
    for each in sorted(talk):
        if last is not None and each.start - last.end >= threshold:
            yield Silence(last.end, each.start, last.side)
        if last is None or each.end > last.end:
            last = each


def _without_holds(silences: Iterable[Silence], held: Sequence[Hold], threshold: float) -> Iterator[Silence]:
    for silence in silences:
        for left in without([Interval(silence.start, silence.end)], held):
            if left.seconds >= threshold:
                yield Silence(left.start, left.end, silence.after)


# ---------------------------------------------------------------------------------- both at once, and who takes over


@dataclass(frozen=True, slots=True)
class _Overlap:
    span: Interval
    first: Utterance
    second: Utterance


def _overlaps(agent: list[Utterance], others: list[Utterance]) -> Iterator[_Overlap]:
    for one, other in _meeting(list(_joined(agent, BREATH_SECONDS)), list(_joined(others, BREATH_SECONDS))):
        span = Interval(max(one.start, other.start), min(one.end, other.end))
        if span.seconds >= OVERLAP_SECONDS:
            first, second = sorted((one, other))
            yield _Overlap(span, first, second)


def _meeting(left: list[Utterance], right: list[Utterance]) -> Iterator[tuple[Utterance, Utterance]]:
    """Every pair that shares time, in order; both lists sorted and disjoint."""
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i].start < right[j].end and right[j].start < left[i].end:
            yield left[i], right[j]
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1


def _interruptions(overlaps: Iterable[_Overlap], threshold: float) -> Iterator[Interruption]:
    for overlap in overlaps:
        second = overlap.second
        together = second.start - overlap.first.start < TOGETHER_SECONDS
        if overlap.span.seconds < threshold or together or second.seconds < BACK_CHANNEL_SECONDS:
            continue
        if second.side in PEOPLE and overlap.first.side in PEOPLE:
            yield Interruption(overlap.span.start, overlap.span.end, second.side)


def _joined(talk: Iterable[Utterance], pause: float) -> Iterator[Utterance]:
    """Neighbours of one side closer than `pause` are one."""
    held: Utterance | None = None
    for each in talk:
        if held is not None and each.start - held.end <= pause:
            held = Utterance(held.start, max(held.end, each.end), held.side)
            continue
        if held is not None:
            yield held
        held = each
    if held is not None:
        yield held


# -------------------------------------------------------------------------------------------------------- monologue


def _monologues(agent: list[Utterance], others: list[Utterance], threshold: float) -> Iterator[Monologue]:
    spoken = [*_runs(agent, others), *_runs(others, agent)]
    yield from sorted(
        (Monologue(run.start, run.end, run.side) for run in spoken if run.seconds >= threshold and run.side in PEOPLE),
        key=lambda monologue: monologue.start,
    )


def _runs(own: list[Utterance], theirs: list[Utterance]) -> Iterator[Utterance]:
    """One side's speech over its short pauses, as long as the other side says no more than a back-channel in them."""
    replies = [each for each in _joined(theirs, BREATH_SECONDS) if each.seconds >= BACK_CHANNEL_SECONDS]
    ends = [reply.end for reply in replies]
    held: Utterance | None = None
    for each in own:
        if held is not None and each.start - held.end <= MONOLOGUE_PAUSE_SECONDS:
            following = bisect_right(ends, held.end)
            if following == len(replies) or replies[following].start >= each.start:
                held = Utterance(held.start, max(held.end, each.end), held.side)
                continue
        if held is not None:
            yield held
        held = each
    if held is not None:
        yield held
