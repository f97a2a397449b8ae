"""Accounts and tokens, as an administrator keeps them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.people import Person
from qa_platform import audit
from qa_platform.database import reading

if TYPE_CHECKING:
    from tests.web.conftest import Place


def test_a_new_colleague_gets_a_password_that_is_shown_once_and_works(place: Place) -> None:
    admin = place.client("admin@qa.test")
    added = admin.post(
        "/people", data={"name": "Nueva", "email": "Nueva@QA.test", "role": "analyst", "portfolios": ["1"]}
    )
    assert added.status_code == 201
    password = re.search(r"Primera contraseña: (\S+)\.", added.text)
    assert password
    assert password[1] not in admin.get("/people").text
    client = place.client()
    assert client.post("/sign-in", data={"email": "nueva@qa.test", "password": password[1]}).status_code == 303
    assert "Crédito Andino" in admin.get("/people").text


@pytest.mark.parametrize(("email", "status"), [("coach@qa.test", 409), ("no es un correo", 422), ("a@b", 422)])
def test_an_account_that_cannot_be_opened_is_explained(place: Place, email: str, status: int) -> None:
    refused = place.client("admin@qa.test").post("/people", data={"name": "X", "email": email, "role": "coach"})
    assert refused.status_code == status
    assert 'role="alert"' in refused.text


def test_administrators_cannot_lock_themselves_out(place: Place) -> None:
    admin = place.client("admin@qa.test")
    with reading(place.engine) as session:
        own = session.scalars(select(Person.id).where(Person.email == "admin@qa.test")).one()
    assert admin.post(f"/people/{own}/active", data={"active": "no"}).status_code == 409
    assert admin.get("/people").status_code == 200


def test_shortcuts_can_be_switched_off_and_every_page_knows(place: Place) -> None:
    client = place.client("analyst@qa.test")
    assert 'data-shortcuts="on"' in client.get("/queue").text
    client.post("/settings", data={"language": "es", "theme": "light"})
    assert 'data-shortcuts="off"' in client.get("/queue").text


def test_a_token_is_shown_once_and_can_be_taken_back(place: Place) -> None:
    admin = place.client("admin@qa.test")
    issued = admin.post("/integrations", data={"name": "Marcador", "portfolio": "1"})
    token = re.search(r"<code>(qa_[\w-]+)</code>", issued.text)
    assert token
    assert token[1] not in admin.get("/integrations").text
    machine = place.client(authorization=f"Bearer {token[1]}")
    assert machine.get("/api/v1/interactions/1").status_code == 404
    admin.post("/integrations/1/revoke")
    assert machine.get("/api/v1/interactions/1").status_code == 401


def test_who_came_and_what_they_changed_is_on_record_and_the_chain_is_whole(place: Place) -> None:
    admin = place.client("admin@qa.test")
    admin.post("/people", data={"name": "Nueva", "email": "nueva@qa.test", "role": "coach"})
    with reading(place.engine) as session:
        ids = {row.email: row.id for row in session.scalars(select(Person))}
        before = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(2)).all()[-1]
    admin.post(f"/people/{ids['nueva@qa.test']}/active", data={"active": "no"})
    admin.post("/integrations", data={"name": "Marcador"})
    admin.post("/integrations/1/revoke")
    admin.post("/sources", data={"name": "Central"})
    admin.post("/sign-out")
    with reading(place.engine) as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.id >= before).order_by(AuditEntry.id)).all()
        assert not audit.broken_links(session)
    assert [entry.act for entry in acts] == [
        "person.signed_in",
        "person.added",
        "person.closed",
        "token.issued",
        "token.revoked",
        "source.saved",
        "person.signed_out",
    ]
    assert {entry.person_id for entry in acts} == {ids["admin@qa.test"]}


def test_a_first_password_is_changed_before_anything_else_opens(place: Place) -> None:
    admin = place.client("admin@qa.test")
    added = admin.post("/people", data={"name": "Nueva", "email": "nueva@qa.test", "role": "supervisor"})
    first = re.search(r"Primera contraseña: (\S+?)\. ", added.text)
    assert first
    client = place.client()
    client.post("/sign-in", data={"email": "nueva@qa.test", "password": first[1]})
    for path in ("/", "/queue", "/scorecards", "/notices"):
        assert client.get(path).headers["location"] == "/settings/first-password", path
    assert client.get("/queue", headers={"hx-request": "true"}).headers["hx-redirect"] == "/settings/first-password"
    asked = client.get("/settings/first-password")
    assert (asked.status_code, 'href="/queue"' in asked.text) == (200, False)
    same = client.post("/settings/password", data={"current": first[1], "new": first[1]})
    assert (same.status_code, "La contraseña nueva es la misma" in same.text) == (422, True)
    own = {"current": first[1], "new": "tres palabras largas 7"}
    assert client.post("/settings/password", data=own).headers["location"] == "/"
    assert client.get("/queue").status_code == 200
    assert client.get("/settings/first-password").headers["location"] == "/settings"
