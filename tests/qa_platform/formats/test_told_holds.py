"""What exports say of holds themselves: it is read from each, and it is no dead air."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzers.analyze import read
from models.context import Context
from qa_platform.formats.contract import Hints, read_transcript

START = "2026-03-11T10:00:00-06:00"
TEXTS = [("agent", 0.0, 4.0, "Buenas tardes, habla Laura"), ("customer", 5.0, 8.0, "¿Cuánto debo?")]
BACK = ("agent", 70.0, 74.0, "Su saldo es de dos mil pesos")


def at(second: int) -> str:
    return f"2026-03-11T10:{second // 60:02d}:{second % 60:02d}-06:00"


def vcon(*events: tuple[int, str], party: int = 0) -> dict[str, Any]:
    lines = [
        {"party": 0 if who == "agent" else 1, "start": start, "duration": end - start, "text": text}
        for who, start, end, text in [*TEXTS, BACK]
    ]
    history = [{"party": party, "event": event, "time": at(second)} for second, event in events]
    return {
        "uuid": "018f",
        "parties": [{"role": "agent"}, {"role": "customer"}],
        "dialog": [{"type": "recording", "start": START, "duration": 90, "parties": [0, 1], "party_history": history}],
        "analysis": [{"type": "transcript", "dialog": 0, "body": lines}],
    }


def genesys(*segments: tuple[int, int]) -> dict[str, Any]:
    began = 1_773_244_800_000  # START
    phrases = [
        {
            "text": text,
            "startTimeMs": began + round(start * 1000),
            "duration": {"totalMilliseconds": round((end - start) * 1000)},
            "participantPurpose": "internal" if who == "agent" else "external",
        }
        for who, start, end, text in [*TEXTS, BACK]
    ]
    told = [{"segmentType": "hold", "segmentStart": at(start), "segmentEnd": at(end)} for start, end in segments]
    sessions = [{"segments": [{"segmentType": "interact", "segmentStart": at(0), "segmentEnd": at(90)}, *told]}]
    return {
        "conversationId": "c1",
        "mediaType": "call",
        "startTime": began,
        "conversationStart": START,
        "participants": [{"purpose": "agent", "sessions": sessions}],
        "transcripts": [{"language": "es", "phrases": phrases}],
    }


def plain(*holds: tuple[float, float]) -> dict[str, Any]:
    turns = [{"speaker": who, "start": start, "end": end, "text": text} for who, start, end, text in [*TEXTS, BACK]]
    return {
        "id": "c1",
        "channel": "voice",
        "language": "es",
        "turns": turns,
        "holds": [{"start": start, "end": end} for start, end in holds],
    }


EXPORTS: dict[str, tuple[dict[str, Any], list[tuple[float, float]]]] = {
    "vCon: hold and unhold": (vcon((9, "hold"), (69, "unhold")), [(9.0, 69.0)]),
    "vCon: mute and unmute": (vcon((9, "mute"), (69, "unmute")), [(9.0, 69.0)]),
    "vCon: on hold until somebody leaves": (vcon((9, "hold"), (69, "drop")), [(9.0, 69.0)]),
    "vCon: on hold until the end": (vcon((60, "hold")), [(60.0, 90.0)]),
    "vCon: told twice": (vcon((9, "hold"), (20, "hold"), (69, "unhold")), [(9.0, 69.0)]),
    "vCon: taken off a hold that never began": (vcon((9, "unhold"), (10, "join")), []),
    "Genesys: segments of the kind hold": (genesys((9, 69)), [(9.0, 69.0)]),
    "Genesys: none": (genesys(), []),
    "our own": (plain((9, 69)), [(9.0, 69.0)]),
    "our own, the wrong way round": (plain((69, 9)), []),
}


@pytest.mark.parametrize(("export", "expected"), EXPORTS.values(), ids=EXPORTS.keys())
def test_holds_are_read_from_the_export(export: dict[str, Any], expected: list[tuple[float, float]]) -> None:
    conversation = read_transcript(json.dumps(export).encode(), Hints(name="call.json")).conversation
    assert conversation is not None
    assert [(hold.start, hold.end) for hold in conversation.told_holds] == expected


@pytest.mark.parametrize("export", [vcon((9, "hold"), (69, "unhold")), genesys((9, 69)), plain((9, 69))])
def test_a_wait_that_the_system_tells_is_no_dead_air(export: dict[str, Any]) -> None:
    conversation = read_transcript(json.dumps(export).encode(), Hints(name="call.json")).conversation
    assert conversation is not None
    events = read(conversation, Context()).speech_events
    assert events.silences == ()
    assert [(hold.start, hold.end, hold.sign.value) for hold in events.holds] == [(9.0, 69.0, "told")]


def test_a_time_that_cannot_be_read_is_passed_over() -> None:
    told = vcon((9, "hold"), (69, "unhold"))
    told["dialog"][0]["party_history"][0]["time"] = "a while ago"
    conversation = read_transcript(json.dumps(told).encode(), Hints(name="call.json")).conversation
    assert conversation is not None
    assert conversation.told_holds == ()
