"""What appears in a folder or a bucket is taken in once it no longer changes, once, and again when it changes."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import Engine, select

from models.errors import QAError
from models.interactions import IngestFile, Interaction, SeenFile
from qa_platform.database import reading, transaction
from qa_platform.doors import sources, watching
from qa_platform.doors.places import CannotReadBucket, CannotWatchFolder
from qa_platform.doors.sources import SourceSettings
from qa_platform.settings import Settings
from tests.qa_platform.doors.conftest import tone

KEY, SECRET = "AKIDEXAMPLE", "not-a-real-secret"


def source(engine: Engine, **settings: object) -> int:
    with transaction(engine) as session:
        return sources.save(session, SourceSettings("vigilada", **settings)).id  # type: ignore[arg-type]


def look(engine: Engine, number: int, house: Settings, *, after: float = 60.0) -> dict[str, str]:
    """What a look some seconds from now takes in."""
    report = watching.look(engine, number, settings=house, now=datetime.now(UTC) + timedelta(seconds=after))
    return {file.name: file.why.code if file.why else file.status.value for file in report.files} if report else {}


def test_a_folder_is_taken_in_once_and_a_changed_file_again(engine: Engine, house: Settings, inbox: Path) -> None:
    number = source(engine, watched=str(inbox))
    (inbox / "dia").mkdir()
    (inbox / "dia" / "a.wav").write_bytes(tone(1.0))
    (inbox / "rota.wav").write_bytes(b"<html>")
    (inbox / ".parcial.wav").write_bytes(tone(1.0, 500))
    (inbox / "enlace.wav").symlink_to(inbox / "dia" / "a.wav")
    assert look(engine, number, house) == {"entrada/dia/a.wav": "accepted", "entrada/rota.wav": "TextNotAudio"}
    assert look(engine, number, house) == {}
    (inbox / "rota.wav").write_bytes(tone(1.0, 600))
    (inbox / "copia.wav").write_bytes(tone(1.0))
    assert look(engine, number, house) == {"entrada/rota.wav": "accepted", "entrada/copia.wav": "AlreadyHere"}
    with reading(engine) as session:
        assert len(session.scalars(select(Interaction)).all()) == 2
        assert {row.source_id for row in session.scalars(select(Interaction))} == {number}
        assert len(session.scalars(select(SeenFile)).all()) == 3


def test_what_is_still_being_written_waits(engine: Engine, house: Settings, inbox: Path) -> None:
    number = source(engine, watched=str(inbox))
    (inbox / "a.wav").write_bytes(tone(1.0))
    assert look(engine, number, house, after=5) == {}
    assert look(engine, number, house, after=25) == {"entrada/a.wav": "accepted"}


def test_one_side_of_a_call_waits_for_the_other_but_not_for_ever(engine: Engine, house: Settings, inbox: Path) -> None:
    number = source(engine, watched=str(inbox), agent_leg="out", customer_leg="in")
    (inbox / "7-out.wav").write_bytes(tone(1.0))
    (inbox / "8-out.wav").write_bytes(tone(1.0, 700))
    assert look(engine, number, house) == {}
    (inbox / "7-in.wav").write_bytes(tone(1.0, 900))
    assert look(engine, number, house) == {"entrada/7-out.wav": "accepted", "entrada/7-in.wav": "accepted"}
    assert look(engine, number, house, after=16 * 60) == {"entrada/8-out.wav": "accepted"}
    with reading(engine) as session:
        assert [row.agent_channel for row in session.scalars(select(Interaction).order_by(Interaction.id))] == [0, None]


def test_a_disk_that_was_full_is_tried_again(
    engine: Engine, house: Settings, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = source(engine, watched=str(inbox))
    (inbox / "a.wav").write_bytes(tone(1.0))

    def full(_handle: int) -> None:
        raise OSError(28, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert look(engine, number, house) == {"entrada/a.wav": "StorageFull"}
    assert look(engine, number, house) == {"entrada/a.wav": "accepted"}


def test_a_folder_that_is_away_is_said(engine: Engine, house: Settings, tmp_path: Path) -> None:
    number = source(engine, watched=str(tmp_path / "no-montada"))
    with pytest.raises(CannotWatchFolder):
        look(engine, number, house)


class S3(BaseHTTPRequestHandler):
    """A bucket as S3 serves it: listings in pages of two, objects, and signatures that are really checked."""

    objects: dict[str, bytes]
    refused: list[str]

    def do_GET(self) -> None:
        if not self._signed():
            self.refused.append(self.path)
            return self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket != "grabaciones":
            return self._answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        if not key:
            return self._answer(200, self._listing(dict(parse_qsl(parts.query))))
        return self._answer(200, self.objects[key]) if key in self.objects else self._answer(404, b"")

    def _listing(self, asked: dict[str, str]) -> bytes:
        names = sorted(name for name in self.objects if name.startswith(asked.get("prefix", "")))
        rest = names[int(asked.get("continuation-token", "0")) :]
        page, more = rest[:2], len(rest) > 2
        token = f"<NextContinuationToken>{len(names) - len(rest) + 2}</NextContinuationToken>" if more else ""
        contents = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2026-03-11T10:00:00.000Z</LastModified>"
            f'<ETag>"{hashlib.sha256(self.objects[name]).hexdigest()[:32]}"</ETag>'
            f"<Size>{len(self.objects[name])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for name in page
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>grabaciones</Name>'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{contents}</ListBucketResult>"
        ).encode()

    def _signed(self) -> bool:
        """AWS Signature Version 4, computed again from the request as it came."""
        fields = dict(
            part.strip().split("=", 1)
            for part in self.headers.get("Authorization", " ").split(" ", 1)[1].split(",")
            if "=" in part
        )
        if "Credential" not in fields:
            return False
        scope = fields["Credential"].split("/")[1:]
        signed = fields["SignedHeaders"].split(";")
        parts = urlsplit(self.path)
        query = "&".join(
            sorted(
                f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}"
                for k, v in parse_qsl(parts.query, keep_blank_values=True)
            )
        )
        headers = "".join(f"{name}:{' '.join((self.headers[name] or '').split())}\n" for name in signed)
        request = "\n".join(["GET", parts.path, query, headers, ";".join(signed), self.headers["x-amz-content-sha256"]])
        digest = hashlib.sha256(request.encode()).hexdigest()
        message = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), digest])
        key = b"AWS4" + SECRET.encode()
        for step in scope:
            key = hmac.digest(key, step.encode(), "sha256")
        return hmac.compare_digest(hmac.digest(key, message.encode(), "sha256").hex(), fields["Signature"])

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Wed, 11 Mar 2026 10:00:00 GMT")
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[S3]]]:
    class Handler(S3):
        objects: dict[str, bytes] = {}  # noqa: RUF012
        refused: list[str] = []  # noqa: RUF012

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", Handler
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_bucket_is_taken_in_page_by_page_with_signed_requests_and_only_once(
    engine: Engine, house: Settings, bucket: tuple[str, type[S3]]
) -> None:
    endpoint, handler = bucket
    handler.objects |= {
        "norte/2026/llamada uno.wav": tone(1.0),
        "norte/2026/llamada uno.json": b'{"turns": [{"speaker": "agent", "start": 0, "end": 1, "text": "hola"}]}',
        "norte/2026/año.wav": tone(1.0, 500),
        "norte/pagina.wav": b"<html>",
        "sur/ajena.wav": tone(1.0, 700),
    }
    number = source(engine, watched="s3://grabaciones/norte", bucket_endpoint=endpoint, bucket_region="sa-east-1")
    assert look(engine, number, house) == {
        "grabaciones/2026/llamada uno.wav": "accepted",
        "grabaciones/2026/llamada uno.json": "accepted",
        "grabaciones/2026/año.wav": "accepted",
        "grabaciones/pagina.wav": "TextNotAudio",
    }
    assert look(engine, number, house) == {}
    handler.objects["norte/pagina.wav"] = tone(1.0, 800)
    assert look(engine, number, house) == {"grabaciones/pagina.wav": "accepted"}
    assert handler.refused == []
    assert not list(house.data_dir.glob("fetched-*"))
    with reading(engine) as session:
        paired = session.scalars(select(Interaction).where(Interaction.transcript_id.is_not(None))).one()
        assert paired.recording_id
        assert not [file.name for file in session.scalars(select(IngestFile)) if "ajena" in file.name]


@pytest.mark.parametrize("wrong", ["secret", "bucket", "nobody there"])
def test_a_bucket_that_cannot_be_read_is_said(
    engine: Engine, house: Settings, bucket: tuple[str, type[S3]], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = bucket[0] if wrong != "nobody there" else "http://127.0.0.1:9"
    if wrong == "secret":
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    name = "otro-nombre" if wrong == "bucket" else "grabaciones"
    number = source(engine, watched=f"s3://{name}/x", bucket_endpoint=endpoint)
    with pytest.raises(QAError) as refused:
        look(engine, number, house)
    assert isinstance(refused.value, CannotReadBucket)
    assert SECRET not in str(refused.value)


def test_an_object_over_the_limit_is_not_even_fetched(
    engine: Engine, tmp_path: Path, bucket: tuple[str, type[S3]]
) -> None:
    house = Settings(data_dir=tmp_path / "data", max_upload_mb=1)
    bucket[1].objects["grande.wav"] = tone(100.0)
    number = source(engine, watched="s3://grabaciones", bucket_endpoint=bucket[0])
    assert look(engine, number, house) == {"grabaciones/grande.wav": "TooLarge"}


def test_the_command_describes_a_source_looks_once_and_says_what_it_took(tmp_path: Path, inbox: Path) -> None:
    (inbox / "a.wav").write_bytes(tone(1.0))
    past = datetime.now(UTC).timestamp() - 3600
    os.utime(inbox / "a.wav", (past, past))
    (tmp_path / "norte.yaml").write_text(f"name: norte\nwatched: {inbox}\n")
    command = [str(Path(sys.executable).with_name("qa")), "watch", "--once"]
    env = {**os.environ, "QA_DATA_DIR": str(tmp_path / "data"), "QA_LANGUAGE": "es"}
    nothing = subprocess.run(command, capture_output=True, text=True, env=env, check=False, cwd=tmp_path)
    assert (nothing.returncode, "Ninguna fuente vigila" in nothing.stderr) == (1, True)
    found = subprocess.run(
        [*command, "--source", "norte.yaml"], capture_output=True, text=True, env=env, check=False, cwd=tmp_path
    )
    assert (found.returncode, found.stdout.strip()) == (0, "norte: 1 recibidos, 0 rechazados"), found.stderr
    again = subprocess.run(command, capture_output=True, text=True, env=env, check=False, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")
