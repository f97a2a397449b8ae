"""The demonstration's books hold together on whatever day they are loaded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.conversation import Speaker
from models.people import Role
from qa_platform.demo.portfolio import (
    DemoInteraction,
    demo_creditors,
    demo_interactions,
    demo_payments,
    demo_people,
    demo_promises,
)
from qa_platform.doors.metadata import read_fields
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.understanding.dispositions import claimed

NOWS = [
    datetime(2026, 3, 2, 0, 20, tzinfo=UTC),  # a Monday that in America is still Sunday
    datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 3, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
]
AT_ANY_TIME = pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%a %d %b %H:%M}")


def started(one: DemoInteraction) -> datetime:
    return datetime.fromisoformat(one.metadata["started_at"])


@AT_ANY_TIME
def test_three_weeks_of_six_agents_in_five_countries_and_nothing_later_than_now(now: datetime, tmp_path: Path) -> None:
    told = demo_interactions(now, folder=tmp_path)
    assert len(told) >= 36
    assert len({one.metadata["agent"] for one in told}) == 6
    assert len({one.metadata["team"] for one in told}) == 2
    assert {one.metadata["portfolio"] for one in told} == set(demo_creditors())
    assert {"MX", "CO", "PE", "CL", "AR"} <= {one.metadata["country"] for one in told}
    assert [*map(started, told)] == sorted(map(started, told))
    assert timedelta(days=18) <= started(told[-1]) - started(told[0]) <= timedelta(days=22)
    assert now - started(told[-1]) <= timedelta(days=5)
    assert all(started(one).isoweekday() <= 5 for one in told)
    assert all(one.path.is_file() for one in told)


@AT_ANY_TIME
def test_the_last_word_of_every_conversation_in_writing_is_said_before_now(now: datetime, tmp_path: Path) -> None:
    for one in demo_interactions(now, folder=tmp_path):
        if one.metadata["channel"] == "voice":
            continue
        names = (one.metadata["agent_name"],)
        hints = Hints(name=one.path.name, country=one.metadata["country"], agent_names=names)
        conversation = read_transcript(one.path.read_bytes(), hints).conversation
        assert conversation is not None
        assert {turn.speaker for turn in conversation.turns} & {Speaker.CUSTOMER, Speaker.THIRD_PARTY}
        assert Speaker.AGENT in {turn.speaker for turn in conversation.turns}
        assert Speaker.UNKNOWN not in {turn.speaker for turn in conversation.turns}
        times = [turn.at for turn in conversation.turns if turn.at]
        assert len(times) == len(conversation.turns)
        assert abs(times[0] - started(one)) < timedelta(minutes=1)
        assert times[-1] <= now


def test_what_the_dialer_says_is_understood_to_the_last_field(tmp_path: Path) -> None:
    for one in demo_interactions(NOWS[1], folder=tmp_path):
        read, notices = read_fields(one.metadata)
        assert notices == ()
        assert read.account.balance is not None
        assert claimed(one.metadata["disposition"]) is not None


def test_a_call_says_on_which_channel_its_agent_is(tmp_path: Path) -> None:
    sides = {one.metadata.get("agent_channel") for one in demo_interactions(NOWS[1], folder=tmp_path)}
    assert sides == {None, "0", "1"}


@AT_ANY_TIME
def test_promises_fall_due_after_they_were_made_and_end_in_every_way(now: datetime) -> None:
    promises = demo_promises(now)
    assert all(one.due > one.created_at.date() and one.created_at <= now for one in promises)
    assert {one.state for one in promises} == {"kept", "partial", "broken", "pending"}
    assert all(one.amount > 0 for one in promises)


def test_a_promise_for_friday_is_due_on_a_friday() -> None:
    fridays = {"DEMO-call-01", "DEMO-chat-01", "DEMO-chat-04", "DEMO-chat-20", "DEMO-chat-22"}
    assert {one.due.isoweekday() for one in demo_promises(NOWS[1]) if one.interaction in fridays} == {5}


@AT_ANY_TIME
def test_nobody_knows_of_money_that_has_not_come_in(now: datetime) -> None:
    payments = demo_payments(now)
    assert len(payments) >= 15
    assert all(one.paid_at <= now for one in payments)
    assert all(one.reversed_at <= now for one in payments if one.reversed_at)
    assert len({one.external_id for one in payments}) == len(payments)


def test_a_kept_promise_is_paid_in_full_even_in_two_payments() -> None:
    promise = next(one for one in demo_promises(NOWS[1]) if one.interaction == "DEMO-call-12")
    paid = [one.amount for one in demo_payments(NOWS[1]) if one.account_ref == promise.account_ref]
    assert (promise.state, len(paid), sum(paid)) == ("kept", 2, promise.amount)


def test_everybody_who_signs_in_has_a_role_that_exists() -> None:
    people = demo_people()
    assert {"analyst", "supervisor", "coach", "compliance", "admin", "agent"} == {one.role for one in people}
    assert all(Role(one.role) for one in people)
    assert len({one.email for one in people}) == len(people)
    assert [one.agent for one in people if one.agent] == ["lmedina"]
