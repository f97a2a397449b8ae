"""What comes in: each file gets an answer, the same bytes are one interaction, and nothing is left over."""

from __future__ import annotations

import base64
import json
import math
import os
import struct
import wave
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models.conversation import Channel, LegalStatus
from models.interactions import Debt, FileStatus, IngestBatch, IngestFile, Interaction, Stage, StoredObject
from models.people import Agent, Portfolio, Team
from qa_platform.database import reading, transaction
from qa_platform.doors import sources
from qa_platform.doors.ingest import BatchReport, Part, Received, receive, receive_batch
from qa_platform.doors.metadata import Metadata
from qa_platform.doors.sources import SourceSettings
from qa_platform.settings import Settings
from qa_platform.storage import open_storage

CALL = {"turns": [{"speaker": "agent", "start": 0.0, "end": 1.0, "text": "Buenas tardes"}]}


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "entrada"
    folder.mkdir()
    return folder


def tone(path: Path, *, hertz: float = 440.0) -> Path:
    """Half a second of sound at 8 kHz."""
    samples = [int(8000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(4000)]
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


def words(path: Path, value: Any = CALL) -> Path:
    path.write_text(json.dumps(value))
    return path


def batch(engine: Engine, house: Settings, *paths: Path | str, **more: Any) -> BatchReport:
    return receive_batch(engine, paths, settings=house, **more)


def told(report: BatchReport) -> dict[str, str]:
    return {Path(file.name).name: file.status.value for file in report.files}


def interactions(engine: Engine) -> list[Interaction]:
    with reading(engine) as session:
        return list(session.scalars(select(Interaction).order_by(Interaction.id)))


def kept_folders(house: Settings) -> set[str]:
    return {path.parent.name for path in (house.data_dir / "objects").rglob("content*")}


def recorded_folders(engine: Engine) -> set[str]:
    with reading(engine) as session:
        return set(session.scalars(select(StoredObject.folder)))


def test_a_batch_with_bad_files_finishes_and_every_file_has_its_line(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    tone(inbox / "a.wav")
    words(inbox / "b.json")
    (inbox / "vacio.wav").write_bytes(b"")
    (inbox / "pagina.wav").write_text("<html>502 Bad Gateway</html>")
    (inbox / "lista.wav").write_text("ffconcat version 1.0\nfile a.wav\n")
    (inbox / "todo.zip").write_bytes(b"PK\x03\x04" + bytes(60))
    (inbox / "notas.md").write_text("# notas\n")
    (inbox / "roto.json").write_text('{"turns": [{"text": ')
    (inbox / ".oculto").write_text("x")
    report = batch(engine, house, inbox, inbox / "no-existe.wav")
    assert told(report) == {
        "a.wav": "accepted",
        "b.json": "accepted",
        "vacio.wav": "refused",
        "pagina.wav": "refused",
        "lista.wav": "refused",
        "todo.zip": "refused",
        "notas.md": "refused",
        "roto.json": "refused",
        ".oculto": "skipped",
        "no-existe.wav": "refused",
    }
    for file in report.files:
        if file.status is FileStatus.REFUSED:
            assert file.what("es") != file.what("en"), f"{file.name} is not explained in Spanish"
            assert file.remedy("es"), file.name
    with reading(engine) as session:
        rows = session.scalars(select(IngestFile).where(IngestFile.batch_id == report.batch_id)).all()
        assert {Path(row.name).name: row.status.value for row in rows} == told(report)
        assert all(row.what for row in rows if row.status is not FileStatus.ACCEPTED)
        assert session.get_one(IngestBatch, report.batch_id).finished_at is not None
    assert kept_folders(house) == recorded_folders(engine)


def test_the_same_bytes_twice_are_one_interaction_and_are_kept_once(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    tone(inbox / "a.wav")
    (inbox / "copia.wav").write_bytes((inbox / "a.wav").read_bytes())
    words(inbox / "b.json")
    first, second = batch(engine, house, inbox), batch(engine, house, inbox)
    assert told(first) == {"a.wav": "accepted", "copia.wav": "duplicate", "b.json": "accepted"}
    assert set(told(second).values()) == {"duplicate"}
    assert {file.interaction_id for file in second.files} == {1, 2}
    assert len(interactions(engine)) == 2
    assert kept_folders(house) == recorded_folders(engine)
    assert len(kept_folders(house)) == 2


def test_a_recording_and_the_transcript_of_its_name_are_one_interaction(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    tone(inbox / "llamada.wav")
    words(inbox / "LLAMADA.vcon.json")
    tone(inbox / "otra.wav", hertz=300)
    report = batch(engine, house, inbox)
    assert set(told(report).values()) == {"accepted"}
    both, alone = interactions(engine)
    assert (both.recording_id is None, both.transcript_id is None, both.transcript_format) == (
        False,
        False,
        "conversation-json",
    )
    assert (alone.recording_id is None, alone.transcript_id) == (False, None)
    assert both.stage is Stage.RECEIVED


def test_a_bad_transcript_does_not_keep_its_good_recording_out(engine: Engine, house: Settings, inbox: Path) -> None:
    tone(inbox / "a.wav")
    (inbox / "a.json").write_text('{"turns": [{"speaker": "jefe", "text": "x"}]}')
    report = batch(engine, house, inbox)
    assert told(report) == {"a.wav": "accepted", "a.json": "refused"}
    assert (
        next(file for file in report.files if file.name.endswith("json"))
        .what("en")
        .startswith("turns[0].speaker: “jefe”")
    )
    assert interactions(engine)[0].transcript_id is None


def test_a_transcript_that_comes_later_completes_its_call_and_it_is_worked_on_again(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    tone(inbox / "a.wav")
    batch(engine, house, inbox)
    with transaction(engine) as session:
        session.get_one(Interaction, 1).stage = Stage.READY
    words(inbox / "a.json")
    assert set(told(batch(engine, house, inbox)).values()) == {"accepted"}
    (row,) = interactions(engine)
    assert (row.transcript_id is None, row.stage, row.run) == (False, Stage.RECEIVED, 2)
    assert set(told(batch(engine, house, inbox)).values()) == {"duplicate"}
    assert kept_folders(house) == recorded_folders(engine)


def test_a_vcon_hands_over_the_recording_inside_it(engine: Engine, house: Settings, inbox: Path) -> None:
    audio = tone(inbox / "a.wav").read_bytes()
    body = base64.urlsafe_b64encode(audio).decode()
    dialog = {
        "type": "recording",
        "start": "2026-03-11T10:05:00-06:00",
        "encoding": "base64url",
        "body": body,
        "parties": [0, 1],
    }
    parties = [{"name": "Luis", "role": "agent"}, {"name": "Rosa"}]
    words(inbox / "b.vcon", {"uuid": "v-1", "parties": parties, "dialog": [dialog]})
    report = batch(engine, house, inbox / "b.vcon")
    (row,) = interactions(engine)
    assert set(told(report).values()) == {"accepted"}
    assert (row.transcript_id, row.external_id, row.agent_channel) == (None, "v-1", 0)
    with reading(engine) as session:
        folder = session.get_one(StoredObject, row.recording_id).folder
        assert session.scalar(select(Agent.name)) == "Luis"
    assert open_storage(house).read(folder) == audio
    assert kept_folders(house) == recorded_folders(engine)
    assert told(batch(engine, house, inbox / "a.wav")) == {"a.wav": "duplicate"}


def test_metadata_beside_the_files_reaches_interaction_agent_team_and_account(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    tone(inbox / "a.wav")
    tone(inbox / "b.wav", hertz=300)
    table = inbox / "datos.csv"
    table.write_text(
        "archivo;agente;nombre agente;equipo;cartera;cuenta;saldo;moneda;dias mora;estado legal;fecha;tramo;color\n"
        "a.wav;A1;Luis Añorga;Norte;Banco Sur;00123;1.234,50;MXN;45;demandado;22/11/2026 14:00;90+;rojo\n"
        "b.wav;A1;;;Banco Sur;00123;900;MXN;50;;;;\n"
        "c.wav;A9;;;;;;;;;;;\n"
    )
    report = batch(engine, house, inbox, metadata=table)
    assert told(report) == {"a.wav": "accepted", "b.wav": "accepted", "datos.csv": "skipped"}
    assert [str(notice) for notice in report.notices] == [
        "Columns of the metadata that nobody reads: color.",
        "1 rows of the metadata name files that were not there: c.wav.",
    ]
    first, second = interactions(engine)
    assert (first.balance, first.legal_status, first.segment, first.days_past_due) == (
        Decimal("1234.50"),
        LegalStatus.FILED,
        "90+",
        45,
    )
    assert first.started_at.isoformat() == "2026-11-22T20:00:00+00:00"
    assert (first.started_at_known, second.started_at_known) == (True, False)
    assert first.agent_id == second.agent_id
    assert first.debt_id == second.debt_id
    with reading(engine) as session:
        debt = session.scalars(select(Debt)).one()
        assert (debt.ref, debt.balance, debt.days_past_due, debt.segment) == ("00123", Decimal("900.00"), 50, "90+")
        assert session.scalars(select(Agent.name)).all() == ["Luis Añorga"]
        assert session.scalars(select(Team.name)).all() == ["Norte"]
        assert session.scalars(select(Portfolio.code)).all() == ["Banco Sur"]


def test_a_sources_pattern_channel_and_clock_reach_the_interaction(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    pattern = r"^(?P<date>\d{8})-(?P<time>\d{6})_(?P<phone>\d+)_(?P<agent>[^_.]+)"
    with transaction(engine) as session:
        sources.save(
            session,
            SourceSettings("s", file_name_pattern=pattern, agent_channel=1, country="CO", language="en", portfolio="p"),
        )
    tone(inbox / "20260311-100500_3001112233_A12.wav")
    report = batch(engine, house, inbox, source="s")
    (row,) = interactions(engine)
    assert set(told(report).values()) == {"accepted"}
    assert (row.agent_channel, row.country, row.language, row.time_zone) == (1, "CO", "en", "America/Bogota")
    assert row.started_at.isoformat() == "2026-03-11T15:05:00+00:00"
    assert row.source_id is not None
    assert row.portfolio_id is not None


def test_metadata_wins_over_the_file_and_the_file_over_the_source(engine: Engine, house: Settings) -> None:
    content = json.dumps({**CALL, "id": "X1", "country": "PE", "language": "es", "account": {"balance": 10}}).encode()
    with transaction(engine) as session:
        source = sources.save(session, SourceSettings("s", country="CO", language="en"))
        (answer,) = receive(
            session,
            Part("x.json", content),
            settings=house,
            source=source,
            metadata=Metadata(balance=Decimal(20), external_id="M1"),
        )
    (row,) = interactions(engine)
    assert answer.interaction_id == row.id
    assert (row.country, row.language, row.balance, row.external_id) == ("PE", "es", Decimal("20.00"), "M1")


def test_a_chat_becomes_a_chat_with_its_own_start(engine: Engine, house: Settings, inbox: Path) -> None:
    (inbox / "chat.txt").write_text("22/11/26, 14:00 - Sur: hola\n22/11/26, 14:02 - Rosa: hola, ya pagué\n")
    batch(engine, house, inbox)
    (row,) = interactions(engine)
    assert (row.channel, row.started_at.isoformat(), row.started_at_known) == (
        Channel.WHATSAPP,
        "2026-11-22T20:00:00+00:00",
        True,
    )


def test_an_account_without_a_portfolio_is_said_not_dropped_in_silence(engine: Engine, house: Settings) -> None:
    with transaction(engine) as session:
        (answer,) = receive(
            session, Part("x.json", json.dumps(CALL).encode()), settings=house, metadata=Metadata(account_ref="1")
        )
    assert interactions(engine)[0].warnings == [
        {"id": "The account could not be kept, because no portfolio was told.", "params": {}}
    ]
    assert answer.status is FileStatus.ACCEPTED


@pytest.mark.parametrize(
    "name", ["../../escape.json", "/etc/cron.d/x.json", "C:\\x.json", "a\nb.json", "x" * 700 + ".json"]
)
def test_a_submitted_name_is_a_label_and_never_a_path(
    engine: Engine, house: Settings, tmp_path: Path, name: str
) -> None:
    before = {path for path in tmp_path.rglob("*") if house.data_dir not in path.parents}
    with transaction(engine) as session:
        (answer,) = receive(session, Part(name, json.dumps(CALL).encode()), settings=house)
    after = {path for path in tmp_path.rglob("*") if house.data_dir not in path.parents}
    assert answer.status is FileStatus.ACCEPTED
    assert {path.name for path in after - before} <= {"data", "qa.db-wal", "qa.db-shm"}
    assert all(path.name in {"content", "objects"} or len(path.name) in {2, 32} for path in (house.data_dir).rglob("*"))


def test_what_the_database_refuses_leaves_no_bytes_behind(engine: Engine, house: Settings) -> None:
    def go_wrong() -> tuple[Received, ...]:
        with transaction(engine) as session:
            return receive(session, Part("x.json", json.dumps(CALL).encode()), settings=house, batch=999_999)

    with pytest.raises(Exception, match="FOREIGN KEY"):
        go_wrong()
    assert kept_folders(house) == set()
    assert interactions(engine) == []


@pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_same_bytes_from_several_hands_at_once_are_one_interaction(
    home: str, house: Settings, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(home)

    def go(hand: int) -> FileStatus:
        content = json.dumps({**CALL, "id": str(hand % 3)}).encode()
        with transaction(engine) as session:
            told = Metadata(agent="A1", team="T", portfolio="P", account_ref="1", balance=Decimal("1.50"))
            return receive(session, Part("x.json", content), settings=house, metadata=told)[0].status

    with ThreadPoolExecutor(4) as hands:
        answers = sorted(status.value for status in hands.map(go, range(8)))
    assert answers == [*["accepted"] * 3, *["duplicate"] * 5]
    assert len(interactions(engine)) == 3
    with reading(engine) as session:
        assert [session.scalar(select(func.count()).select_from(kind)) for kind in (Agent, Team, Portfolio, Debt)] == [
            1
        ] * 4
    assert kept_folders(house) == recorded_folders(engine)


def test_a_file_larger_than_allowed_is_refused_without_a_trace(engine: Engine, tmp_path: Path) -> None:
    small = Settings(data_dir=tmp_path / "data", max_upload_mb=1)
    with transaction(engine) as session:
        (answer,) = receive(session, Part("x.wav", bytes(2 << 20)), settings=small)
    assert (answer.status, answer.what("en")) == (
        FileStatus.REFUSED,
        "The file is larger than 1 MB, the most that is taken in.",
    )
    assert kept_folders(small) == set()


def test_names_that_are_no_text_and_links_that_lead_nowhere_get_their_line(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    (inbox / os.fsdecode(b"caf\xe9.json")).write_text(json.dumps(CALL))
    (inbox / "roto.wav").symlink_to(inbox / "nadie.wav")
    os.mkfifo(inbox / "tubo.wav")
    report = batch(engine, house, inbox)
    assert told(report) == {"caf\ufffd.json": "accepted", "roto.wav": "refused", "tubo.wav": "refused"}
    assert all(file.name.encode() for file in report.files)


def test_patterns_folders_and_progress(engine: Engine, house: Settings, inbox: Path) -> None:
    (inbox / "dentro").mkdir()
    for number in range(3):
        words(inbox / "dentro" / f"{number}.json", {**CALL, "id": str(number)})
    seen: list[tuple[int, int]] = []
    report = batch(
        engine,
        house,
        str(inbox / "**" / "[0-9].json"),
        inbox,
        progress=lambda done, total, _name: seen.append((done, total)),
    )
    assert told(report) == {f"{number}.json": "accepted" for number in range(3)}
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert told(batch(engine, house, inbox / "*.wav")) == {"*.wav": "refused"}
    (inbox / "nada").mkdir()
    assert told(batch(engine, house, inbox / "nada")) == {"nada": "refused"}


@pytest.mark.shared
def test_every_shared_sample_gets_an_answer_and_none_is_unexpected(engine: Engine, house: Settings) -> None:
    shared = Path(__file__).parents[3].parent / "shared"
    if not shared.is_dir():
        pytest.skip("the shared samples are not beside this checkout")
    report = batch(engine, house, shared / "samples", shared / "bench" / "dev")
    offered = sum(path.is_file() for folder in ("samples", "bench/dev") for path in (shared / folder).rglob("*"))
    packed = [file for file in report.files if ".zip/" in file.name]  # in place of the one archive that holds them
    assert len(report.files) - len(packed) == offered - len({file.name.split(".zip/")[0] for file in packed})
    assert [file.name for file in report.files if file.why and file.why.code == "Unexpected"] == []
    assert all("bench" not in file.name or file.status is FileStatus.ACCEPTED for file in report.files)
    assert kept_folders(house) == recorded_folders(engine)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Interaction)) == len(
            {file.interaction_id for file in report.files if file.interaction_id}
        )
