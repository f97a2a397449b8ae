"""Uploading, with and without scripts, and what the page says of each file."""

from __future__ import annotations

import csv
import io
import json
import wave
import zipfile
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.interactions import IngestFile, Interaction, Source, Stage
from qa_platform import pipeline
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House
from web.pages.ingest import together

if TYPE_CHECKING:
    from tests.web.conftest import Place

CHAT = json.dumps(
    {
        "id": "CH1", "channel": "webchat", "language": "es", "country": "MX",
        "turns": [{"speaker": "agent", "text": "Hola", "at": "2026-11-18T10:00:00-06:00"}],
    }
).encode()  # fmt: skip


def tone(seconds: float = 1.0) -> bytes:
    """A short real WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x10\x00\xf0" * int(4000 * seconds))
    return made.getvalue()


def test_without_scripts_one_form_takes_everything_and_lists_what_was_refused(place: Place) -> None:
    client = place.client("analyst@qa.test")
    sent = client.post(
        "/ingest",
        files=[
            ("files", ("chat.json", CHAT)),
            ("files", ("nota.pdf", b"%PDF-1.7 ...")),
            ("files", ("tono.wav", tone())),
        ],
    )
    assert sent.status_code == 303
    page = client.get(sent.headers["location"]).text
    assert "3 archivos" in page
    assert "2 aceptados" in page
    assert "1 rechazado" in page
    refused = page[page.index('id="refused"') : page.index('id="taken"')]
    assert "nota.pdf" in refused
    assert "chat.json" not in refused


def test_the_same_bytes_again_are_told_as_a_duplicate(place: Place) -> None:
    client = place.client("analyst@qa.test")
    client.post("/ingest", files=[("files", ("chat.json", CHAT))])
    again = client.post("/ingest", files=[("files", ("otra-vez.json", CHAT))])
    page = client.get(again.headers["location"]).text
    assert "1 duplicado, sin cambio" in page
    assert "Ya estaba aquí" in page
    with reading(place.engine) as session:
        assert len(session.scalars(select(Interaction)).all()) == 1


def test_with_scripts_each_file_gets_its_answer_and_the_page_asks_again_only_while_there_is_work(place: Place) -> None:
    client = place.client("analyst@qa.test")
    batch = client.post("/ingest/batches").json()["id"]
    answer = client.post(f"/ingest/batches/{batch}/files", files=[("files", ("chat.json", CHAT))])
    assert answer.json() == [{"name": "chat.json", "status": "accepted", "what": "", "remedy": ""}]
    bad = client.post(f"/ingest/batches/{batch}/files", files=[("files", ("roto.wav", b"RIFF"))]).json()
    assert bad[0]["status"] == "refused"
    assert bad[0]["what"]
    assert bad[0]["remedy"]
    assert client.post(f"/ingest/batches/{batch}/close").status_code == 204
    waiting = client.get(f"/ingest/batches/{batch}", headers={"hx-request": "true"}).text
    assert 'hx-trigger="every 2s"' in waiting
    assert "nadie los está procesando" in waiting
    with reading(place.engine) as session:
        number = session.scalars(select(Interaction.id)).one()
    pipeline.process(House(place.engine, place.settings), number)
    done = client.get(f"/ingest/batches/{batch}", headers={"hx-request": "true"}).text
    assert "hx-trigger" not in done
    assert f'href="/interactions/{number}"' in done


def test_metadata_beside_the_files_names_agent_and_portfolio(place: Place) -> None:
    client = place.client("analyst@qa.test")
    table = b"file,agent,portfolio\nchat.json,diego,andino\n"
    sent = client.post("/ingest", files=[("files", ("chat.json", CHAT)), ("metadata", ("datos.csv", table))])
    assert "Diego Salas" in client.get(sent.headers["location"]).text


def test_a_source_is_chosen_by_number_and_never_read_from_a_path(place: Place) -> None:
    with transaction(place.engine) as session:
        session.add(Source(name="Central Norte", agent_channel=0, agent_names=[]))
    client = place.client("analyst@qa.test")
    assert "Central Norte, izquierda = agente" in client.get("/ingest").text
    assert client.post("/ingest/batches", data={"source": "1"}).status_code == 201
    assert client.post("/ingest/batches", data={"source": "999"}).status_code == 404
    assert client.post("/ingest/batches", data={"source": "/etc/passwd"}).status_code == 201, "read as none"


def test_a_batch_belongs_to_whoever_opened_it_and_takes_nothing_once_closed(place: Place) -> None:
    mine, theirs = place.client("analyst@qa.test"), place.client("andino@qa.test")
    batch = mine.post("/ingest/batches").json()["id"]
    files = [("files", ("chat.json", CHAT))]
    assert theirs.post(f"/ingest/batches/{batch}/files", files=files).status_code == 404
    assert theirs.get(f"/ingest/batches/{batch}").status_code == 404
    mine.post(f"/ingest/batches/{batch}/close")
    assert mine.post(f"/ingest/batches/{batch}/files", files=files).status_code == 404
    with reading(place.engine) as session:
        assert not session.scalars(select(IngestFile)).all()


def test_a_recording_without_a_model_says_so_and_keeps_its_measures(place: Place) -> None:
    client = place.client("analyst@qa.test")
    sent = client.post("/ingest", files=[("files", ("tono.wav", tone(3)))])
    with reading(place.engine) as session:
        number = session.scalars(select(Interaction.id)).one()
    pipeline.process(House(place.engine, place.settings), number)
    page = client.get(sent.headers["location"]).text
    assert "1 grabación sin transcripción" in page
    assert "1 sin modelo" in page
    with reading(place.engine) as session:
        assert session.get_one(Interaction, number).stage is Stage.READY


def test_what_found_no_model_is_sent_through_once_more(place: Place) -> None:
    client = place.client("analyst@qa.test")
    sent = client.post("/ingest", files=[("files", ("tono.wav", tone(3))), ("files", ("chat.json", CHAT))])
    with reading(place.engine) as session:
        numbers = session.scalars(select(Interaction.id)).all()
    for number in numbers:
        pipeline.process(House(place.engine, place.settings), number)
    again = client.post(f"{sent.headers['location'].replace('?batch=', '/batches/')}/again")
    assert again.status_code == 303
    with reading(place.engine) as session:
        stages = {row.recording_id is not None: row.stage for row in session.scalars(select(Interaction))}
    assert stages == {True: Stage.RECEIVED, False: Stage.READY}


def test_the_refused_ones_can_be_handed_on_as_a_table_that_runs_nothing(place: Place) -> None:
    client = place.client("analyst@qa.test")
    client.post("/ingest", files=[("files", ("=cmd|calc.wav", b"RIFF")), ("files", ("chat.json", CHAT))])
    table = client.get("/ingest/batches/1/refused.csv")
    rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Archivo", "Qué pasó", "Cómo se arregla"]
    assert rows[1][0] == "'=cmd|calc.wav"
    assert all(rows[1])
    assert len(rows) == 2
    assert "attachment" in table.headers["content-disposition"]


def test_nothing_chosen_is_told(place: Place) -> None:
    answer = place.client("analyst@qa.test").post("/ingest", files=[("files", ("", b""))])
    assert answer.status_code == 422


class Named:
    def __init__(self, filename: str) -> None:
        self.filename = filename


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["a.wav", "a.json"], [["a.wav", "a.json"]]),
        (["a.wav", "b.json"], [["b.json"], ["a.wav"]]),
        (["a.wav", "b.mp3", "c.ogg"], [["a.wav", "b.mp3", "c.ogg"]]),
        (["A.WAV", "a.txt", "c.vtt"], [["A.WAV", "a.txt"], ["c.vtt"]]),
        (["a.wav", "a.json", "a.txt"], [["a.json"], ["a.txt"], ["a.wav"]]),
    ],
)
def test_a_recording_and_a_transcript_of_one_name_go_together_and_recordings_are_looked_at_side_by_side(
    names: list[str], groups: list[list[str]]
) -> None:
    grouped = together([Named(name) for name in names])  # type: ignore[misc]
    assert [[file.filename for file in group] for group in grouped] == groups


def test_the_two_sides_of_a_call_that_come_as_files_become_one_call(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    sides = [("files", (f"7_{who}.wav", tone(length))) for who, length in (("customer", 0.5), ("agent", 0.6))]
    other = ("files", ("8.wav", tone(0.7)))
    client.post("/ingest", files=[*sides, other])
    with reading(place.engine) as session:
        rows = list(session.scalars(select(Interaction).order_by(Interaction.id)))
    assert sorted(str(row.agent_channel) for row in rows) == ["0", "None"]
    (batch,) = (client.post("/ingest/batches").json()["id"] for _ in range(1))
    again = client.post(f"/ingest/batches/{batch}/files", files=sides).json()
    assert [one["status"] for one in again] == ["duplicate", "duplicate"]


def test_an_archive_of_several_calls_is_one_upload_and_several_lines(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as out:
        out.writestr("a.wav", tone(0.5))
        out.writestr("nota.txt", "hola")
    batch = client.post("/ingest/batches").json()["id"]
    told = client.post(f"/ingest/batches/{batch}/files", files=[("files", ("lote.zip", written.getvalue()))]).json()
    assert {one["name"]: one["status"] for one in told} == {
        "lote.zip/a.wav": "accepted",
        "lote.zip/nota.txt": "refused",
    }
