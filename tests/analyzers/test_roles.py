"""Who is the agent is told from what is said, early and in both languages; where it is not said, nobody is named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzers.roles import agent_voice, decide, likely_swapped, named, voices_of
from models.conversation import Channel, Conversation, Interval, Layout, Speaker, Speech, Turn, Voice

A, C, U = Speaker.AGENT, Speaker.CUSTOMER, Speaker.UNKNOWN
SPANISH = (
    (1, "¿bueno?"),
    (0, "buenas tardes le habla diego de recupera por banco andino ¿hablo con la señora marta ruiz?"),
    (1, "sí ella habla"),
    (0, "esta llamada se graba ¿me confirma su fecha de nacimiento?"),
    (1, "doce de mayo del ochenta"),
    (0, "su tarjeta presenta un saldo vencido de dos mil pesos"),
    (1, "no tengo dinero ahorita me quedé sin trabajo"),
)
ENGLISH = (
    (0, "Hello, this is Dana calling from Lakeside Recovery on a recorded line. Am I speaking with Mr. Brown?"),
    (1, "Yes, this is he."),
    (0, "Can you confirm your date of birth for me, please?"),
    (1, "I can't pay right now, I lost my job."),
)
INBOUND = (
    (1, "hola buenas quiero saber cuánto debo de mi tarjeta"),
    (0, "gracias por llamar a banco andino le atiende karla ¿me indica su número de documento?"),
    (1, "claro es el cuarenta y tres veintiuno"),
)
NOTHING_TOLD = ((0, "sí"), (1, "ajá"), (0, "mañana"), (1, "bueno"))


def _conversation(
    said: Sequence[tuple[int, str]],
    *,
    language: str = "es",
    speakers: tuple[Speaker, Speaker] = (U, U),
    channel: int = 0,
) -> Conversation:
    """`channel`: where voice 0 lies in the sound. The turns lie one after the other, five seconds each."""
    turns = tuple(
        Turn(index, speakers[voice], text, start=5.0 * index, end=5.0 * index + 4)
        for index, (voice, text) in enumerate(said)
    )
    talk = [tuple(Interval(5.0 * n, 5.0 * n + 4) for n, (voice, _) in enumerate(said) if voice == v) for v in (0, 1)]
    voices = tuple(Voice(U, talk[channel ^ place]) for place in (0, 1))
    speech = Speech(5.0 * len(said), Layout.TWO_SIDES, voices)
    return Conversation(
        "c", Channel.VOICE, language, turns, started_at=datetime(2026, 3, 11, tzinfo=UTC), speech=speech
    )


@pytest.mark.parametrize(("said", "language"), [(SPANISH, "es"), (ENGLISH, "en"), (INBOUND, "es")])
@pytest.mark.parametrize("channel", [0, 1])
def test_the_agent_is_told_by_the_words_on_whichever_channel(
    said: Sequence[tuple[int, str]], language: str, channel: int
) -> None:
    conversation = _conversation(said, language=language, channel=channel)
    decision = agent_voice(conversation)
    assert (decision.agent, decision.sure) == (channel, True)
    turns = named(conversation.turns, voices_of(conversation), channel)
    assert [turn.speaker for turn in turns] == [C if voice else A for voice, _ in said]


def test_where_nothing_tells_nobody_is_named() -> None:
    assert not agent_voice(_conversation(NOTHING_TOLD)).sure


def test_a_map_that_the_words_contradict_is_doubted_and_one_they_agree_with_is_not() -> None:
    assert likely_swapped(_conversation(SPANISH, speakers=(C, A))) is not None
    assert likely_swapped(_conversation(SPANISH, speakers=(A, C))) is None
    assert likely_swapped(_conversation(NOTHING_TOLD, speakers=(C, A))) is None


def test_known_speakers_tell_the_channels_by_their_times() -> None:
    assert agent_voice(_conversation(NOTHING_TOLD, speakers=(A, C), channel=1)).agent == 1
    assert agent_voice(_conversation(NOTHING_TOLD, speakers=(C, A), channel=1)).agent == 0


def test_a_turn_in_both_voices_at_once_is_neither_s() -> None:
    conversation = _conversation(NOTHING_TOLD)
    both = (Interval(0.0, 20.0),)
    speech = Speech(20.0, Layout.TWO_SIDES, (Voice(U, both), Voice(U, both)))
    assert voices_of(replace(conversation, speech=speech)) == (None,) * 4


@pytest.mark.shared
def test_on_labelled_conversations_no_agent_is_mistaken_and_few_stay_unknown(shared: Path) -> None:
    right = unknown = 0
    for file in sorted((shared / "bench" / "dev").glob("*.json")):
        told = json.loads(file.read_text("utf-8"))
        sides = {"agent": 1, "customer": 0}
        voices = [sides.get(turn["speaker"]) for turn in told["turns"]]
        if not {0, 1} <= set(voices):
            continue
        turns = tuple(Turn(n, Speaker(turn["speaker"]), turn["text"]) for n, turn in enumerate(told["turns"]))
        decision = decide(Conversation(told["id"], Channel(told["channel"]), told["language"], turns), voices)
        assert not decision.sure or decision.agent == 1, told["id"]
        right, unknown = right + decision.sure, unknown + (not decision.sure)
    assert right >= 0.9 * (right + unknown)
