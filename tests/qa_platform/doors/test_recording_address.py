"""Recordings are fetched from hosts that a source lists, over public addresses only, within limits; else not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.errors import QAError
from models.interactions import Interaction
from qa_platform.database import reading, transaction
from qa_platform.doors import recording_address, sources
from qa_platform.doors.ingest import Part, receive
from qa_platform.doors.metadata import Metadata
from qa_platform.doors.recording_address import Network, fetch, is_public
from qa_platform.doors.sources import SourceSettings
from qa_platform.formats.reading.draft import Elsewhere
from qa_platform.settings import Settings
from qa_platform.storage import Storage, open_storage
from tests.qa_platform.doors.conftest import tone

HOSTS = ("pbx.example.com", "*.cdn.example.com")
PUBLIC = "8.8.8.8"
CALL = tone(1.0)
Answer = Callable[[BaseHTTPRequestHandler], None]


class Pbx(BaseHTTPRequestHandler):
    """A recorder's web server, on this machine."""

    answers: dict[str, Answer]
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.headers["Host"], self.path))
        self.answers[self.path.split("?")[0]](self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def sends(body: bytes, *, status: int = 200, length: int | None = None, **headers: str) -> Answer:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", str(len(body) if length is None else length))
        to.end_headers()
        to.wfile.write(body)

    return answer


def drips(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    for _ in range(40):
        time.sleep(0.05)
        try:
            to.wfile.write(b"x")
        except OSError:
            return


@pytest.fixture
def pbx() -> Iterator[tuple[ThreadingHTTPServer, type[Pbx]]]:
    class Handler(Pbx):
        answers = {  # noqa: RUF012
            "/ok.wav": sends(CALL),
            "/moved": sends(b"", status=302, Location="https://a.cdn.example.com/ok.wav"),
            "/inside": sends(b"", status=302, Location="https://intranet.example.com/ok.wav"),
            "/metadata": sends(b"", status=302, Location="http://169.254.169.254/latest"),
            "/round": sends(b"", status=302, Location="/round"),
            "/gone": sends(b"no", status=404),
            "/cut": sends(CALL[:100], length=len(CALL)),
            "/huge": sends(b"", length=10 << 30),
            "/endless": lambda to: sends(bytes(3 << 20), length=3 << 20)(to),
            "/slow": drips,
            "/page": sends(b"<html>sign in</html>"),
        }
        asked: list[tuple[str, str]] = []  # noqa: RUF012

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server, Handler
    server.shutdown()
    server.server_close()
    thread.join()


def network(server: ThreadingHTTPServer, *, seconds: float = 30.0, **names: list[str]) -> Network:
    """Names resolve as told, and whatever address was checked, the line goes to the server of this machine."""
    told = {name.replace("_", "."): addresses for name, addresses in names.items()}

    def connect(host: str, address: str) -> HTTPConnection:
        assert is_public(address)
        line = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        line.connect()
        line.host = host  # what the Host header will say
        return line

    return Network(lambda host: told.get(host, [PUBLIC]), connect, seconds)


@pytest.fixture
def storage(house: Settings) -> Storage:
    return Storage(house.data_dir, limit=2 << 20)


def got(address: str, storage: Storage, net: Network, **more: str) -> bytes:
    return storage.read(fetch(Elsewhere(address, **more), hosts=HOSTS, into=storage, network=net).folder)


def test_a_recording_comes_from_an_allowed_host_with_its_query(
    pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage
) -> None:
    server, handler = pbx
    assert got("https://PBX.example.com/ok.wav?key=1", storage, network(server)) == CALL
    assert got("https://pbx.example.com/moved", storage, network(server)) == CALL
    assert [path for _, path in handler.asked] == ["/ok.wav?key=1", "/moved", "/ok.wav"]
    assert handler.asked[-1][0].startswith("a.cdn.example.com")


def test_a_digest_that_a_vcon_states_is_checked(pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage) -> None:
    right = "sha512-" + base64.urlsafe_b64encode(hashlib.sha512(CALL).digest()).decode().rstrip("=")
    assert got("https://pbx.example.com/ok.wav", storage, network(pbx[0]), content_hash=right) == CALL
    with pytest.raises(recording_address.OtherContent):
        got("https://pbx.example.com/ok.wav", storage, network(pbx[0]), content_hash="sha512-AAAA")
    assert len(list(storage.root.rglob("content*"))) == 1


REFUSED = {
    "http://pbx.example.com/ok.wav": "AddressNotAllowed",
    "ftp://pbx.example.com/ok.wav": "AddressNotAllowed",
    "file:///etc/passwd": "AddressNotAllowed",
    "gopher://pbx.example.com/": "AddressNotAllowed",
    "https://other.example.com/ok.wav": "AddressNotAllowed",
    "https://pbx.example.com.evil.example/ok.wav": "AddressNotAllowed",
    "https://evilpbx.example.com/ok.wav": "AddressNotAllowed",
    "https://cdn.example.com/ok.wav": "AddressNotAllowed",
    "https://evil-cdn.example.com/ok.wav": "AddressNotAllowed",
    "https://user:pass@pbx.example.com/ok.wav": "AddressNotAllowed",
    "https://pbx.example.com@evil.example/ok.wav": "AddressNotAllowed",
    "https://evil.example\\@pbx.example.com/ok.wav": "AddressNotAllowed",
    "https://pbx.example.com:22/": "AddressNotAllowed",
    "https://pbx.example.com:99999/": "AddressNotAllowed",
    "https://127.0.0.1/ok.wav": "AddressNotAllowed",
    "https://[::1]/ok.wav": "AddressNotAllowed",
    "https://[::ffff:127.0.0.1]/": "AddressNotAllowed",
    "https://2130706433/": "AddressNotAllowed",
    "https://0x7f.1/": "AddressNotAllowed",
    "https://0177.0.0.1/": "AddressNotAllowed",
    "https://localhost/": "AddressNotAllowed",
    "https://metadata.google.internal/": "AddressNotAllowed",
    "https://[not-an-address/": "AddressNotAllowed",
    "https://pbx.example.com/a\r\nHost: x": "AddressNotAllowed",
    "https:///ok.wav": "AddressNotAllowed",
    "": "AddressNotAllowed",
    "//pbx.example.com/ok.wav": "AddressNotAllowed",
    "https://pbx.example.com/inside": "AddressNotAllowed",
    "https://pbx.example.com/metadata": "AddressNotAllowed",
    "https://pbx.example.com/round": "CannotFetch",
    "https://pbx.example.com/gone": "CannotFetch",
    "https://pbx.example.com/cut": "CannotFetch",
    "https://pbx.example.com/huge": "TooLarge",
    "https://pbx.example.com/endless": "TooLarge",
}


@pytest.mark.parametrize("address", REFUSED)
def test_every_other_address_is_refused_and_nothing_is_left(
    pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage, address: str
) -> None:
    with pytest.raises(QAError) as refused:
        got(address, storage, network(pbx[0]))
    assert refused.value.code == REFUSED[address]
    assert not list(storage.root.rglob("content*"))
    assert "key=" not in str(refused.value)


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.5"], ["127.0.0.1"], [PUBLIC, "192.168.1.1"], ["169.254.169.254"], ["::1"], ["fd00::1"],
     ["::ffff:10.0.0.1"],
     ["64:ff9b::a00:1"], ["2002:a00:1::"], ["0.0.0.1"], ["100.64.0.1"], ["224.0.0.1"], ["nonsense"]],
    ids=str,
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_not_followed(
    pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage, addresses: list[str]
) -> None:
    net = network(pbx[0], pbx_example_com=addresses)
    with pytest.raises(recording_address.PrivateAddress):
        got("https://pbx.example.com/ok.wav", storage, net)
    assert pbx[1].asked == []


def test_a_redirect_to_an_allowed_name_with_a_private_address_is_not_followed(
    pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage
) -> None:
    with pytest.raises(recording_address.PrivateAddress):
        got("https://pbx.example.com/moved", storage, network(pbx[0], a_cdn_example_com=["10.1.2.3"]))


def test_a_name_is_resolved_once_for_each_connection_so_that_it_cannot_change_its_mind(
    pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage
) -> None:
    turns = iter([[PUBLIC], ["127.0.0.1"]])
    net = network(pbx[0])
    got("https://pbx.example.com/ok.wav", storage, Network(lambda _: next(turns), net.connect))
    assert next(turns) == ["127.0.0.1"]


def test_an_address_that_answers_drop_by_drop_is_given_up(
    pbx: tuple[ThreadingHTTPServer, type[Pbx]], storage: Storage
) -> None:
    with pytest.raises(recording_address.FetchTooSlow):
        got("https://pbx.example.com/slow", storage, network(pbx[0], seconds=0.3))


@pytest.fixture
def reached(pbx: tuple[ThreadingHTTPServer, type[Pbx]], monkeypatch: pytest.MonkeyPatch) -> ThreadingHTTPServer:
    """The doors themselves reach the server of this machine."""
    net = network(pbx[0])
    monkeypatch.setattr(fetch, "__kwdefaults__", {"network": net})
    return pbx[0]


def vcon(url: str, *, words: bool) -> bytes:
    body = [{"speaker": "agent", "start": 0, "end": 1, "message": "Buenas tardes"}]
    return json.dumps(
        {
            "uuid": "u-1",
            "parties": [{"role": "agent"}, {"role": "customer"}],
            "dialog": [{"type": "recording", "start": "2026-03-11T10:00:00Z", "parties": [0, 1], "url": url}],
            "analysis": [{"type": "transcript", "dialog": 0, "body": body}] if words else [],
        }
    ).encode()


@pytest.mark.usefixtures("reached")
@pytest.mark.parametrize(
    ("hosts", "page", "words", "expected"),
    [
        (("pbx.example.com",), "ok.wav", True, (True, "")),
        (("pbx.example.com",), "ok.wav", False, (True, "")),
        (("pbx.example.com",), "gone", True, (False, "The recording could not be fetched from its address.")),
        (("pbx.example.com",), "page", True, (False, "This file holds text, not sound")),
        (("a.example.com",), "ok.wav", True, (False, "at an address that its source does not allow")),
        ((), "ok.wav", True, (False, "nothing is fetched from there")),
        ((), "ok.wav", False, None),
        (("pbx.example.com",), "gone", False, None),
    ],
)
def test_a_vcon_brings_the_recording_that_it_only_names(
    engine: Engine, house: Settings, hosts: tuple[str, ...], page: str, words: bool, expected: tuple[bool, str] | None
) -> None:
    with transaction(engine) as session:
        source = sources.save(session, SourceSettings("s", recording_hosts=hosts))
    part = Part("a.vcon.json", vcon(f"https://pbx.example.com/{page}", words=words))
    with transaction(engine) as session:
        (answer,) = receive(session, part, settings=house, source=source)
    with reading(engine) as session:
        found = [(bool(row.recording_id), str(row.warnings)) for row in session.scalars(select(Interaction))]
    if expected is None:
        assert answer.why is not None
        assert found == []
        assert not list(house.data_dir.rglob("content*"))
    else:
        assert found[0][0] == expected[0]
        assert expected[1] in found[0][1]


@pytest.mark.usefixtures("reached")
def test_metadata_may_name_the_recording_beside_a_transcript_or_alone(engine: Engine, house: Settings) -> None:
    told = Metadata(recording_url="https://pbx.example.com/ok.wav", external_id="L-1")
    with transaction(engine) as session:
        source = sources.save(session, SourceSettings("s", recording_hosts=("pbx.example.com",)))
    words = Part("a.json", b'{"turns": [{"speaker": "agent", "start": 0, "end": 1, "text": "hola"}]}')
    with transaction(engine) as session:
        (beside,) = receive(session, words, settings=house, source=source, metadata=told)
    with transaction(engine) as session:
        (alone,) = receive(session, (), settings=house, source=source, metadata=told)
    with transaction(engine) as session:
        (nowhere,) = receive(session, (), settings=house, metadata=told)
    assert (beside.status.value, alone.status.value, alone.interaction_id) == (
        "accepted",
        "duplicate",
        beside.interaction_id,
    )
    assert nowhere.why is not None
    assert nowhere.why.code == "AddressNotAllowed"
    assert len(list(open_storage(house).root.rglob("content*"))) == 2


def test_nothing_at_all_is_an_answer_too(engine: Engine, house: Settings, tmp_path: Path) -> None:
    with transaction(engine) as session:
        (answer,) = receive(session, (), settings=house)
    assert answer.why is not None
