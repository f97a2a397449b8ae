"""Machines send interactions and read them back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from models.interactions import Interaction
from qa_platform import pipeline
from qa_platform.access import integrations
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.conftest import Place

URL = "/api/v1/interactions"
TALK: dict[str, Any] = {
    "id": "MX001", "channel": "voice", "language": "es", "country": "MX", "started_at": "2026-03-11T10:05:00-06:00",
    "turns": [
        {"speaker": "agent", "start": 0.0, "end": 4.2, "text": "Buenos días, le llamo de Crédito Andino."},
        {"speaker": "customer", "start": 5.0, "end": 9.0, "text": "El viernes le deposito mil quinientos pesos."},
    ],
}  # fmt: skip


def machine(place: Place, portfolio: int | None = None) -> TestClient:
    with transaction(place.engine) as session:
        token = integrations.issue(session, name="CRM", portfolio_id=portfolio, now=datetime.now(UTC))
    client = place.client(authorization=f"Bearer {token}")
    del client.headers["sec-fetch-site"]  # machines send none
    return client


def count(place: Place) -> int:
    with reading(place.engine) as session:
        return session.scalar(select(func.count()).select_from(Interaction)) or 0


def test_a_conversation_is_accepted_and_read_back_analysed(place: Place) -> None:
    client = machine(place)
    accepted = client.post(URL, json=TALK)
    assert accepted.status_code == 202
    told = accepted.json()
    assert accepted.headers["location"] == told["status_url"] == f"{URL}/{told['id']}"
    before = client.get(told["status_url"]).json()
    assert (before["status"], before["analysis"]) == ("received", None)
    pipeline.process(House(place.engine, place.settings), told["id"])
    after = client.get(told["status_url"]).json()
    assert after["status"] == "ready"
    assert after["external_id"] == "MX001"
    contract = {"id", "source", "channel", "language", "duration", "turns", "findings", "promises", "steps", "outcome"}
    assert contract | {"speech", "scorecard"} <= set(after["analysis"])
    assert [turn["text"] for turn in after["analysis"]["turns"]] == [turn["text"] for turn in TALK["turns"]]


def test_files_and_what_is_told_of_them_come_as_a_form(place: Place) -> None:
    client = machine(place)
    sent = client.post(
        URL,
        files={"transcript": ("charla.json", json.dumps(TALK))},
        data={"metadata": json.dumps({"agent": "diego", "portfolio": "andino"})},
    )
    assert sent.status_code == 202
    with reading(place.engine) as session:
        row = session.get_one(Interaction, sent.json()["id"])
    assert (row.agent_id, row.portfolio_id) == (place.agents["diego"], place.portfolios["andino"])


def test_the_same_key_gives_the_same_answer_and_one_interaction(place: Place) -> None:
    client = machine(place)
    first, again = (client.post(URL, json=TALK, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert count(place) == 1


def test_a_key_that_comes_with_something_else_is_refused(place: Place) -> None:
    client = machine(place)
    client.post(URL, json=TALK, headers={"Idempotency-Key": "k-1"})
    other = client.post(URL, json=TALK | {"id": "MX002"}, headers={"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "KeyReused")
    assert count(place) == 1


def test_the_same_bytes_without_a_key_are_a_duplicate_not_a_second_interaction(place: Place) -> None:
    client = machine(place)
    first, again = client.post(URL, json=TALK).json(), client.post(URL, json=TALK).json()
    assert (first["status"], again["status"]) == ("accepted", "duplicate")
    assert first["id"] == again["id"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": b"not json", "headers": {"content-type": "application/json"}}, 422),
        ({"content": b"[1, 2]", "headers": {"content-type": "application/json"}}, 422),
        ({"json": {"nothing": "known"}}, 415),
        ({"files": {"transcript": ("a.json", b"")}}, 422),
        ({"files": {"other": ("a.json", b"{}")}}, 422),
        ({"files": {"recording": ("a.wav", b"MZ\x90\x00 not audio")}}, 400),
        ({"files": {"transcript": ("a.json", b"{}")}, "data": {"metadata": "{"}}, 422),
        ({"files": {"transcript": ("a.json", b"{}")}, "data": {"source": "no such"}}, 404),
    ],
)
def test_what_cannot_be_taken_in_is_explained(place: Place, sent: dict[str, Any], status: int) -> None:
    refused = machine(place).post(URL, **sent)
    told = refused.json()["error"]
    assert refused.status_code == status, told
    assert told["says"]
    assert told["remedy"]
    assert count(place) == 0


def test_a_token_of_one_portfolio_reaches_no_other(place: Place) -> None:
    theirs = machine(place, place.portfolios["quindio"])
    told = theirs.post(
        URL,
        files={"transcript": ("a.json", json.dumps(TALK))},
        data={"metadata": json.dumps({"portfolio": "andino"})},
    ).json()
    with reading(place.engine) as session:
        assert session.get_one(Interaction, told["id"]).portfolio_id == place.portfolios["quindio"]
    assert theirs.get(told["status_url"]).status_code == 200
    assert machine(place, place.portfolios["andino"]).get(told["status_url"]).status_code == 404


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer no-such-token", "Basic dXNlcjpwYXNz"])
def test_without_a_valid_token_nothing_is_told(place: Place, authorization: str) -> None:
    refused = place.client(authorization=authorization).get(f"{URL}/1")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_a_signed_in_browser_has_no_way_in_here(place: Place) -> None:
    assert place.client("admin@qa.test").get(f"{URL}/1").status_code == 401


def test_the_interface_is_described_as_openapi_3_1(place: Place) -> None:
    schema = place.client().get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    one = f"{URL}/{{interaction_id}}"
    beside = {path for path in schema["paths"] if path.startswith(("/api/v1/events", "/api/v1/webhooks"))}
    assert set(schema["paths"]) - beside == {URL, one, f"{one}/vcon"}
    assert {"/api/v1/events", "/api/v1/webhooks"} <= beside


def test_load_balancers_learn_whether_it_lives_and_works(place: Place) -> None:
    client = place.client()
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_monitoring_reads_how_far_the_work_is(place: Place) -> None:
    client = machine(place)
    client.post(URL, json=TALK)
    lines = client.get("/metrics").text.splitlines()
    assert 'qa_interactions{stage="received"} 1' in lines
    assert 'qa_interactions{stage="failed"} 0' in lines
    assert 'qa_files{status="accepted"} 1' in lines
    assert "qa_workers 0" in lines
    assert place.client().get("/metrics").status_code == 401


def test_a_recording_that_stands_elsewhere_is_asked_for_only_where_the_source_allows_it(place: Place) -> None:
    told = {"metadata": json.dumps({"recording_url": "https://pbx.example.com/7.wav?key=s3cret"})}
    refused = machine(place).post(URL, data=told, files={"none": ("", b"")})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "AddressNotAllowed"
    assert "s3cret" not in refused.text
    assert count(place) == 0
