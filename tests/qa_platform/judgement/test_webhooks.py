"""Events to other systems: signed as the standard says, tried with patience, never into the house."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.people import Role
from models.webhooks import OutgoingEvent, WebhookEndpoint
from qa_platform.access.rights import NotAllowed
from qa_platform.appeals.release import release
from qa_platform.database import reading, transaction
from qa_platform.webhooks.courier import WAITS, deliver_due, rounds
from qa_platform.webhooks.deliveries import deliveries, in_words, open_again, write_test
from qa_platform.webhooks.endpoints import (
    Console,
    EndpointResting,
    KindUnknown,
    add_endpoint,
    delete_endpoint,
    endpoints,
    pause_endpoint,
    resume_endpoint,
)
from qa_platform.webhooks.post import AddressPrivate, HostUnknown, UrlUnfit, checked, fit, public
from qa_platform.webhooks.sign import SecretUnfit, headers, new_secret, signature, verified

URL = "https://receiver.example.com/hook"


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """The example of the Standard Webhooks reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_message_is_verified_unless_it_was_changed_or_is_old(desk: Any) -> None:
    secret, body = new_secret(), b'{"type":"evaluation.released"}'
    sent = headers(secret, "msg_1", body, now=desk.now)
    assert verified(secret, sent, body, now=desk.now + timedelta(minutes=4))
    assert not verified(secret, sent, body + b" ", now=desk.now)
    assert not verified(new_secret(), sent, body, now=desk.now)
    assert not verified(secret, sent, body, now=desk.now + timedelta(minutes=6))
    assert not verified(secret, {**sent, "webhook-timestamp": "soon"}, body, now=desk.now)
    with pytest.raises(SecretUnfit):
        headers("whsec_short", "msg_1", body, now=desk.now)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "192.0.2.1", "2001:db8::1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_recognised_in_every_disguise(address: str) -> None:
    assert not public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_may_be_reached(address: str) -> None:
    assert public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example.com", "ftp://x", "https://", "https://user:pw@x.example", "receiver.example.com",
        "https://x.example:99999", "https://x.example:0", "https://x .example", "file:///etc/passwd", "https://[::1",
        "https://x.example/\n",
    ],
)  # fmt: skip
def test_an_address_that_events_cannot_go_to_is_refused(url: str) -> None:
    with pytest.raises(UrlUnfit):
        fit(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_a_name_that_leads_inside_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((AddressPrivate, HostUnknown)):
        checked(f"https://{host}/hook")


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.5", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(AddressPrivate):
        checked(URL)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers[:1])
    assert checked(URL).address == "8.8.8.8"


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A real HTTP server on this host that answers with these codes in turn."""
    got: list[tuple[dict[str, str], bytes]] = []
    answers = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            code = answers.pop(0) if answers else 200
            self.send_response(code)
            if code == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook?a=1", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def released(session: Any, desk: Any) -> int:
    view = desk.reviewed(session, desk.person(session), desk.call(session))
    release(session, desk.person(session, "Vera", Role.SUPERVISOR), view.id, now=desk.now)
    return int(view.id)


def test_events_arrive_signed_and_the_receiver_can_tell(engine: Engine, desk: Any) -> None:
    with receiver() as (url, got):
        with transaction(engine) as session:
            admin = desk.person(session, "Eva", Role.ADMIN)
            _, secret = add_endpoint(session, admin, url, now=desk.now, allow_private=True)
            key = released(session, desk)
        assert deliver_due(engine, now=desk.now, allow_private=True) == 2
        assert deliver_due(engine, now=desk.now, allow_private=True) == 0
    bodies = [json.loads(body) for _, body in got]
    assert [body["type"] for body in bodies] == ["evaluation.submitted", "evaluation.released"]
    assert bodies[1]["data"]["evaluation"] == key
    assert all(verified(secret, sent, body, now=desk.now) for sent, body in got)
    assert len({sent["webhook-id"] for sent, _ in got}) == 2


def test_the_courier_goes_its_rounds_until_told_to_leave(engine: Engine, desk: Any) -> None:
    leaving = threading.Event()
    with receiver() as (url, got):
        with transaction(engine) as session:
            admin = desk.person(session, "Eva", Role.ADMIN)
            add_endpoint(session, admin, url, now=desk.now, allow_private=True)
            key = released(session, desk)
            for event in session.scalars(select(OutgoingEvent)):
                event.next_try_at = datetime.now(UTC)  # the courier goes by the real clock
        carrier = threading.Thread(target=rounds, args=(engine, leaving), kwargs={"allow_private": True})
        carrier.start()
        while len(got) < 2:
            time.sleep(0.05)
        leaving.set()
        carrier.join()
    assert {json.loads(body)["data"]["evaluation"] for _, body in got} == {key}


def test_private_addresses_are_never_tried_unless_allowed(engine: Engine, desk: Any) -> None:
    with receiver() as (url, got):
        with transaction(engine) as session:
            admin = desk.person(session, "Eva", Role.ADMIN)
            with pytest.raises(UrlUnfit):
                add_endpoint(session, admin, url, now=desk.now)
            add_endpoint(session, admin, url.replace("http:", "https:"), now=desk.now)
            released(session, desk)
        assert deliver_due(engine, now=desk.now) == 0
        assert got == []
    with reading(engine) as session:
        assert set(session.scalars(select(OutgoingEvent.trouble))) == {"AddressPrivate"}


def test_a_receiver_that_fails_is_tried_again_later_with_the_same_id(engine: Engine, desk: Any) -> None:
    with receiver(500, 302) as (url, got):
        with transaction(engine) as session:
            admin = desk.person(session, "Eva", Role.ADMIN)
            kinds = ["evaluation.released"]
            key, _ = add_endpoint(session, admin, url, now=desk.now, kinds=kinds, allow_private=True)
            released(session, desk)
        now = desk.now
        for wait in (timedelta(0), WAITS[0], WAITS[1]):
            assert deliver_due(engine, now=now + wait - timedelta(seconds=1), allow_private=True) == 0
            now += wait
            deliver_due(engine, now=now, allow_private=True)
        assert len(got) == 3
        assert len({sent["webhook-id"] for sent, _ in got}) == 1
        with reading(engine) as session:
            (told,) = deliveries(session, admin, key)
            assert (told.delivered, told.attempts, told.trouble) == (True, 3, None)


def test_patience_ends_and_a_receiver_that_is_gone_is_not_asked_again(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin = desk.person(session, "Eva", Role.ADMIN)
        add_endpoint(session, admin, URL, now=desk.now, kinds=["evaluation.submitted"])
        gone, _ = add_endpoint(session, admin, URL + "/gone", now=desk.now, kinds=["evaluation.submitted"])
        released(session, desk)
    now, tried = desk.now, 0

    def send(url: str, _body: bytes, _headers: dict[str, str]) -> int:
        nonlocal tried
        tried += 1
        return 410 if url.endswith("gone") else 503

    for wait in (timedelta(0), *WAITS, timedelta(days=9)):
        now += wait
        deliver_due(engine, now=now, send=send)
    assert tried == 1 + len(WAITS) + 1
    with reading(engine) as session:
        assert [row.done_at is not None and not row.delivered for row in session.scalars(select(OutgoingEvent))] == [
            True, True,
        ]  # fmt: skip
        assert session.get_one(WebhookEndpoint, gone).stopped_at is not None


def test_an_event_that_a_dead_courier_held_is_taken_up_again(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin = desk.person(session, "Eva", Role.ADMIN)
        add_endpoint(session, admin, URL, now=desk.now, kinds=["evaluation.submitted"])
        released(session, desk)

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_due(engine, now=desk.now, send=die)
    assert deliver_due(engine, now=desk.now + timedelta(seconds=59), send=lambda *_: 200) == 0
    assert deliver_due(engine, now=desk.now + timedelta(seconds=61), send=lambda *_: 200) == 1


def test_an_event_of_an_act_that_was_undone_never_existed(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        add_endpoint(session, desk.person(session, "Eva", Role.ADMIN), URL, now=desk.now)
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        released(session, desk)
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.scalars(select(OutgoingEvent)).all() == []


def test_endpoints_are_an_administrators_and_a_pause_loses_nothing(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin, lucia = desk.person(session, "Eva", Role.ADMIN), desk.person(session)
        with pytest.raises(NotAllowed):
            add_endpoint(session, lucia, URL, now=desk.now)
        with pytest.raises(KindUnknown, match="weather"):
            add_endpoint(session, admin, URL, now=desk.now, kinds=["weather"])
        key, secret = add_endpoint(session, admin, URL, now=desk.now)
        assert secret.startswith("whsec_")
        pause_endpoint(session, admin, key, now=desk.now)
        released(session, desk)
        assert [(one.state, one.waiting) for one in endpoints(session, admin)] == [("paused", 2)]
    assert deliver_due(engine, now=desk.now, send=lambda *_: 200) == 0
    with transaction(engine) as session:
        resume_endpoint(session, admin, key, now=desk.now)
    assert deliver_due(engine, now=desk.now, send=lambda *_: 200) == 2
    with transaction(engine) as session:
        assert [(one.state, one.waiting) for one in endpoints(session, admin)] == [("active", 0)]
        delete_endpoint(session, admin, key, now=desk.now)
        assert endpoints(session, admin) == ()
        assert session.scalars(select(OutgoingEvent)).all() == []


def test_a_receiver_that_asked_for_no_more_is_asked_again_only_once_a_person_resumes_it(
    engine: Engine, desk: Any
) -> None:
    console = Console()
    with transaction(engine) as session:
        key, _ = add_endpoint(session, console, URL, now=desk.now, kinds=["evaluation.submitted"])
        released(session, desk)
    deliver_due(engine, now=desk.now, send=lambda *_: 410)
    with transaction(engine) as session:
        (gone,) = deliveries(session, console, key)
        assert (gone.state, gone.status) == ("given_up", 410)
        for act in (lambda: write_test(session, console, key, now=desk.now),
                    lambda: open_again(session, console, gone.id, now=desk.now)):  # fmt: skip
            with pytest.raises(EndpointResting):
                act()
        resume_endpoint(session, console, key, now=desk.now)
        open_again(session, console, gone.id, now=desk.now)
    assert deliver_due(engine, now=desk.now, send=lambda *_: 200, only=gone.id) == 1
    with reading(engine) as session:
        (again,) = deliveries(session, console, key)
        assert (again.state, again.event, again.attempts) == ("delivered", gone.event, 2)


def test_a_test_message_is_tried_once_whatever_the_address_asks_for(engine: Engine, desk: Any) -> None:
    bodies: list[dict[str, Any]] = []

    def send(_url: str, body: bytes, _headers: dict[str, str]) -> int:
        bodies.append(json.loads(body))
        return 503

    with transaction(engine) as session:
        key, _ = add_endpoint(session, Console(), URL, now=desk.now, kinds=["evaluation.released"])
        written = write_test(session, Console(), key, now=desk.now)
    assert deliver_due(engine, now=desk.now, send=send) == 0  # nobody but whoever wrote it sends it for a minute
    deliver_due(engine, now=desk.now, send=send, only=written)
    assert [(body["type"], body["data"]) for body in bodies] == [("webhook.test", {"endpoint": key})]
    with reading(engine) as session:
        (told,) = deliveries(session, Console(), key)
        assert (told.state, told.status) == ("given_up", 503)
        assert in_words(told.trouble, "es") == "El receptor respondió 503."
        assert in_words("ConnectionRefusedError", "en") == "Nobody answers at this address."
        assert in_words(None, "es") == ""
