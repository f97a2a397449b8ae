"""Webhooks on screen, over HTTP and by command: the same addresses, the secret shown once, a real receiver."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from models.webhooks import WebhookEndpoint
from qa_platform.cli import app
from qa_platform.commands import terminal
from qa_platform.database import reading
from qa_platform.webhooks.sign import verified
from tests.web.test_api import machine

if TYPE_CHECKING:
    from tests.web.conftest import Place

ROOM = "/integrations/webhooks"
API = "/api/v1/webhooks"


class Receiver:
    """A real HTTP server on this host; `answers` is what it says from now on."""

    def __init__(self) -> None:
        self.answer, self.got = 204, list[tuple[dict[str, str], bytes]]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(outer.answer)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.server.shutdown()
    one.thread.join()
    one.server.server_close()


@pytest.fixture
def near(place: Place) -> Place:
    """A house that may send inside its own network."""
    place.settings = place.settings.model_copy(update={"webhooks_private": True})
    return place


def test_an_address_is_added_tested_and_mended_on_screen(near: Place, receiver: Receiver) -> None:
    admin = near.client("admin@qa.test")
    assert "Aún no se avisa a nadie" in admin.get(ROOM).text
    added = admin.post(ROOM, data={"url": receiver.url, "kinds": ["evaluation.released"], "portfolio": "1"})
    secret = re.search(r"<code>(whsec_[\w+/=]+)</code>", added.text)
    assert secret
    assert secret[1] not in admin.get(ROOM).text
    receiver.answer = 503
    failed = admin.get(admin.post(f"{ROOM}/1/test").headers["location"])
    assert "El receptor respondió 503." in failed.text
    assert "Abandonado" in failed.text
    receiver.answer = 204
    arrived = admin.get(admin.post(f"{ROOM}/1/deliveries/1/retry").headers["location"])
    assert "Llegó: el receptor respondió 204." in arrived.text
    assert all(verified(secret[1], sent, body, now=datetime.now(UTC)) for sent, body in receiver.got)
    assert len({sent["webhook-id"] for sent, _ in receiver.got}) == 1


def test_a_paused_address_says_what_waits_and_a_deleted_one_is_gone(near: Place, receiver: Receiver) -> None:
    admin = near.client("admin@qa.test")
    admin.post(ROOM, data={"url": receiver.url})
    admin.post(f"{ROOM}/1/pause")
    assert "En pausa desde" in admin.get(f"{ROOM}/1").text
    admin.post(f"{ROOM}/1/test")
    refused = admin.post(f"{ROOM}/1/deliveries/1/retry")
    assert (refused.status_code, "Reanúdala primero" in refused.text) == (409, True)
    admin.post(f"{ROOM}/1/resume")
    assert "Activa" in admin.get(f"{ROOM}/1").text
    assert "La dirección se borró" in admin.get(admin.post(f"{ROOM}/1/delete").headers["location"]).text
    assert admin.get(f"{ROOM}/1").status_code == 404


def test_an_address_that_cannot_be_used_stays_in_its_field_with_the_reason(place: Place) -> None:
    typed = {"url": "http://plain.example", "kinds": ["evaluation.released"]}
    refused = place.client("admin@qa.test").post(ROOM, data=typed)
    assert refused.status_code == 422
    assert 'value="http://plain.example"' in refused.text
    assert 'value="evaluation.released" checked' in refused.text
    assert 'role="alert"' in refused.text


@pytest.mark.parametrize("who", ["supervisor@qa.test", "analyst@qa.test", "auditor@qa.test"])
def test_webhooks_are_an_administrators(place: Place, who: str) -> None:
    assert place.client(who).get(ROOM).status_code == 403


def test_a_machine_keeps_its_own_addresses_and_sees_no_others(near: Place, receiver: Receiver) -> None:
    whole, andino = machine(near), machine(near, portfolio=1)
    assert whole.post(API, json={"url": receiver.url}).status_code == 201
    mine = andino.post(API, json={"url": receiver.url, "events": ["evaluation.resolved"]})
    assert mine.status_code == 201
    assert mine.json()["secret"].startswith("whsec_")
    here = mine.headers["location"]
    assert [one["id"] for one in andino.get(API).json()["webhooks"]] == [mine.json()["id"]]
    assert "secret" not in andino.get(here).json()
    assert andino.get(f"{API}/1").status_code == 404
    assert andino.post(API, json={"url": receiver.url, "portfolio": "quindio"}).status_code == 404
    assert andino.post(API, json={"url": receiver.url, "portfolio": "nobody"}).json()["error"]["code"] == "NotFound"
    assert whole.post(API, json={"url": receiver.url, "portfolio": "nobody"}).json()["error"]["code"] != "NotFound"
    sent = andino.post(f"{here}/test").json()
    assert (sent["state"], sent["status"], sent["trouble"]) == ("delivered", 204, None)
    assert andino.get(f"{here}/deliveries").json()["deliveries"] == [sent]
    assert andino.post(f"{API}/1/deliveries/{sent['id']}/retry").status_code == 404
    assert andino.post(f"{here}/pause").json()["state"] == "paused"
    assert andino.post(f"{here}/deliveries/{sent['id']}/retry").status_code == 409
    assert andino.post(f"{here}/resume").json()["state"] == "active"
    assert andino.post(f"{here}/deliveries/{sent['id']}/retry").json()["attempts"] == 2
    assert andino.delete(here).status_code == 204
    assert andino.get(here).status_code == 404


def test_the_command_does_the_same(near: Place, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_DATA_DIR", str(near.settings.data_dir))
    monkeypatch.setenv("QA_WEBHOOKS_PRIVATE", "true")
    monkeypatch.setenv("COLUMNS", "200")
    terminal.settings.cache_clear()

    def qa(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["webhooks", *words])
        assert done.exit_code == code, done.output
        return done.output

    added = qa("add", receiver.url, "--event", "evaluation.released", "--portfolio", "andino")
    assert "whsec_" in added
    with reading(near.engine) as session:
        kept = session.scalars(select(WebhookEndpoint)).one()
        assert (kept.kinds, kept.portfolio_id, kept.created_by) == (["evaluation.released"], 1, None)
        assert kept.secret in added
    assert "204" in qa("test", "1")
    assert json.loads(receiver.got[0][1])["type"] == "webhook.test"
    receiver.answer = 500
    assert "500" in qa("retry", "1", code=1)
    assert "webhook.test" in qa("deliveries", "1")
    qa("pause", "1")
    assert "En pausa" in qa("list")
    qa("retry", "1", code=1)
    qa("resume", "1")
    qa("delete", "1")
    qa("test", "1", code=1)
    terminal.settings.cache_clear()
