"""From the sign-in page to the end of a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.people import Person, SignIn, SignInAttempt
from qa_platform.access import signing_in
from qa_platform.access.signing_in import IDLE, LONGEST, TRIES_EACH
from qa_platform.database import transaction
from tests.web.conftest import PASSWORD
from web.pages.sign_in import local

if TYPE_CHECKING:
    from tests.web.conftest import Place

EMAIL = "analyst@qa.test"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(place: Place) -> None:
    client = place.client()
    sent_away = client.get("/settings")
    assert sent_away.headers["location"] == "/sign-in?next=/settings"
    entered = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "next": "/settings"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/settings")
    assert client.get("/settings").status_code == 200


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(place: Place) -> None:
    entered = place.client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain" not in cookie


def test_over_https_the_browser_itself_guards_the_cookie(place: Place) -> None:
    client = place.client()
    client.base_url = "https://qa.example"
    entered = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "max-age=31536000" in entered.headers["strict-transport-security"]


def test_over_plain_http_on_another_host_nobody_signs_in(place: Place) -> None:
    client = place.client()
    client.base_url = "http://qa.example"
    entered = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert entered.status_code == 403
    assert "set-cookie" not in entered.headers


def test_every_sign_in_gets_a_fresh_token_and_only_its_digest_is_kept(place: Place) -> None:
    first, second = place.client(EMAIL).cookies["session"], place.client(EMAIL).cookies["session"]
    assert first != second
    with transaction(place.engine) as session:
        kept = set(session.scalars(select(SignIn.token_hash)))
    assert {signing_in.token_digest(first), signing_in.token_digest(second)} <= kept
    assert not kept & {first, second}


def test_signing_out_ends_the_session_on_the_server(place: Place) -> None:
    client = place.client(EMAIL)
    token = client.cookies["session"]
    assert client.post("/sign-out").status_code == 303
    client.cookies.set("session", token)
    assert client.get("/settings").status_code == 303


@pytest.mark.parametrize(
    ("column", "back"), [("seen_at", IDLE), ("expires_at", LONGEST)], ids=["left alone too long", "too old"]
)
def test_a_session_ends_by_itself(place: Place, column: str, back: timedelta) -> None:
    client = place.client(EMAIL)
    with transaction(place.engine) as session:
        visit = session.scalars(select(SignIn)).one()
        setattr(visit, column, getattr(visit, column) - back)
    assert client.get("/settings").status_code == 303


def test_closing_an_account_ends_its_sessions_at_once(place: Place) -> None:
    client, admin = place.client(EMAIL), place.client("admin@qa.test")
    with transaction(place.engine) as session:
        person = session.scalars(select(Person).where(Person.email == EMAIL)).one()
    admin.post(f"/people/{person.id}/active", data={"active": "no"})
    assert client.get("/settings").status_code == 303
    assert place.client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 401


def test_a_new_password_signs_the_other_browsers_out_and_keeps_this_one(place: Place) -> None:
    here, elsewhere = place.client(EMAIL), place.client(EMAIL)
    changed = here.post("/settings/password", data={"current": PASSWORD, "new": "otra vuelta de hoja 43"})
    assert changed.headers["location"] == "/settings?saved=password"
    assert here.get("/settings").status_code == 200
    assert elsewhere.get("/settings").status_code == 303


@pytest.mark.parametrize(
    ("current", "new"),
    [
        ("no es esta 1234", "otra vuelta de hoja 43"),
        (PASSWORD, "corta"),
        (PASSWORD, "password123"),
        (PASSWORD, "analyst de hoy"),
    ],
)
def test_a_password_is_refused_where_the_old_one_is_wrong_or_the_new_one_weak(
    place: Place, current: str, new: str
) -> None:
    client = place.client(EMAIL)
    assert client.post("/settings/password", data={"current": current, "new": new}).status_code == 422
    assert place.client(EMAIL).get("/settings").status_code == 200


def test_wrong_password_unknown_e_mail_and_closed_account_read_the_same(place: Place) -> None:
    with transaction(place.engine) as session:
        session.scalars(select(Person).where(Person.email == "coach@qa.test")).one().active = False
    tries = [(EMAIL, "no es esta"), ("nadie@qa.test", PASSWORD), ("coach@qa.test", PASSWORD)]
    answers = [place.client().post("/sign-in", data={"email": mail, "password": word}) for mail, word in tries]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text.replace(mail, "") for answer, (mail, _) in zip(answers, tries, strict=True)}) == 1


def test_guessing_is_stopped_before_anything_is_hashed_and_only_for_that_account(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = place.client()
    for _ in range(TRIES_EACH):
        assert client.post("/sign-in", data={"email": EMAIL, "password": "no es esta"}).status_code == 401
    with monkeypatch.context() as patched:
        patched.setattr(signing_in, "matches", lambda *_: pytest.fail("hashed"))
        assert client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in", data={"email": "coach@qa.test", "password": PASSWORD}).status_code == 303


def test_after_the_wait_the_right_password_enters_again(place: Place) -> None:
    client = place.client()
    for _ in range(TRIES_EACH):
        client.post("/sign-in", data={"email": EMAIL, "password": "no es esta"})
    with transaction(place.engine) as session:
        for attempt in session.scalars(select(SignInAttempt)):
            attempt.at = datetime.now(UTC) - signing_in.WINDOW
    assert client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/queue", "/queue"),
        ("/interactions/7", "/interactions/7"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_signing_in_never_leads_to_another_site(asked: str, led_to: str) -> None:
    assert local(asked) == led_to


def test_language_and_theme_are_kept_for_the_person_and_work_before_signing_in(place: Place) -> None:
    client = place.client(**{"accept-language": "es-MX"})
    assert 'lang="es"' in client.get("/sign-in").text
    client.post("/preferences", data={"language": "en", "back": "/sign-in"})
    client.post("/preferences", data={"theme": "dark", "back": "/sign-in"})
    assert '<html lang="en" data-bs-theme="dark">' in client.get("/sign-in").text
    signed_in = place.client(EMAIL)
    signed_in.post("/preferences", data={"theme": "dark"})
    assert '<html lang="es" data-bs-theme="dark">' in place.client(EMAIL).get("/settings").text
