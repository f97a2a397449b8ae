"""Events over HTTP: CloudEvents single, binary and in batches, each with its answer; the same request is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models.outcomes import Payment
from qa_platform.database import reading
from tests.web.test_api import machine

if TYPE_CHECKING:
    from tests.web.conftest import Place

URL = "/api/v1/events"
PAID: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "crm",
    "type": "paid",
    "time": "2026-03-10T10:00:00-06:00",
    "subject": "A-1",
    "data": {"amount": "1250.55", "currency": "MXN", "payment_id": "P-1"},
}


def payments(place: Place) -> list[tuple[str, str]]:
    with reading(place.engine) as session:
        return [(row.external_id, str(row.amount)) for row in session.scalars(select(Payment).order_by(Payment.id))]


def test_one_event_is_accepted_and_known_when_it_comes_again(place: Place) -> None:
    client = machine(place, place.portfolios["andino"])
    first = client.post(URL, json=PAID, headers={"content-type": "application/cloudevents+json"})
    second = client.post(URL, json=PAID)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["events"] == [{"id": "e-1", "source": "crm", "status": "accepted"}]
    assert second.json()["events"][0]["status"] == "duplicate"
    assert payments(place) == [("P-1", "1250.55")]


def test_a_batch_answers_for_each_of_its_events(place: Place) -> None:
    client = machine(place)
    of = {**PAID["data"], "portfolio": "andino"}
    batch = [{**PAID, "data": of}, {**PAID, "id": "e-2", "data": {**of, "amount": "x"}}, PAID, 5, {**PAID, "data": of}]
    answer = client.post(URL, json=batch, headers={"content-type": "application/cloudevents-batch+json"})
    body = answer.json()
    assert answer.status_code == 200
    assert (body["accepted"], body["duplicate"], body["refused"]) == (1, 1, 3)
    assert [(one["status"], one.get("field")) for one in body["events"]] == [
        ("accepted", None),
        ("refused", "data.amount"),
        ("refused", "data.portfolio"),
        ("refused", None),
        ("duplicate", None),
    ]


def test_binary_mode_reads_the_envelope_from_the_headers_and_numbers_stay_exact(place: Place) -> None:
    client = machine(place, place.portfolios["andino"])
    headers = {f"ce-{name}": value for name, value in PAID.items() if name != "data"}
    body = '{"amount": 1250.10, "currency": "MXN", "payment_id": "P-2"}'
    answer = client.post(URL, content=body, headers={**headers, "content-type": "application/json"})
    assert answer.json()["accepted"] == 1
    assert payments(place) == [("P-2", "1250.1")]


def test_the_same_key_gives_the_same_answer_and_never_serves_another_request(place: Place) -> None:
    client = machine(place, place.portfolios["andino"])
    headers = {"idempotency-key": "k-1"}
    first = client.post(URL, json=PAID, headers=headers)
    again = client.post(URL, json=PAID, headers=headers)
    other = client.post(URL, json={**PAID, "id": "e-9"}, headers=headers)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert other.status_code == 422


def test_a_refused_event_a_foreign_portfolio_and_what_is_no_event_are_told_apart(place: Place) -> None:
    client = machine(place, place.portfolios["andino"])
    foreign = next(code for code in place.portfolios if code != "andino")
    refused = client.post(URL, json={**PAID, "data": {**PAID["data"], "portfolio": foreign}})
    assert (refused.status_code, refused.json()["events"][0]["field"]) == (422, "data.portfolio")
    for body in ("", "7", "{", "[" * 100_000, '{"a": NaN}'):
        answer = client.post(URL, content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "NotJsonEvents")
    many = client.post(URL, content=json.dumps([1] * 1001), headers={"content-type": "application/json"})
    assert many.status_code == 413
    assert place.client().post(URL, json=PAID).status_code == 401
    assert payments(place) == []


def test_the_interface_describes_every_kind_of_event(place: Place) -> None:
    content = place.client().get("/openapi.json").json()["paths"][URL]["post"]["requestBody"]["content"]
    kinds = [one["title"] for one in content["application/cloudevents+json"]["schema"]["oneOf"]]
    assert {"paid", "promised", "consent.revoked", "account.updated", "payment.reversed"} <= set(kinds)
    assert "$defs" not in json.dumps(content)
