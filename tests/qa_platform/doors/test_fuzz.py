"""Damaged bytes are heard, read or refused in words: never a crash, a hang or memory without end."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import QAError
from qa_platform.doors import archives, recording_address
from qa_platform.doors.legs import leg_of
from qa_platform.doors.metadata import read_table
from qa_platform.formats.contract import Document, conversations_in
from tests.qa_platform.doors.bad_audio import FILES
from tests.qa_platform.doors.conftest import tone

ROUNDS = int(os.environ.get("QA_FUZZ_ROUNDS", "300"))  # a night's run sets this to 50000
SECONDS = 30 + ROUNDS // 10

# A child of its own: what a decoder written in C does to its process must not end the tests, nor this machine.
CHILD = """
import random, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from models.errors import QAError
from qa_platform.ears import audio
folder, rounds, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
seeds = sorted((folder / "seeds").iterdir())
heard = refused = 0
for number in range(first, first + rounds):
    chance = random.Random(number)
    seed = chance.choice(seeds)
    data = bytearray(seed.read_bytes())
    for _ in range(chance.randint(1, 6)):
        data = data or bytearray(b"R")
        at = chance.randrange(len(data)) if chance.random() < 0.5 else chance.randrange(min(200, len(data)))
        match chance.randrange(4):
            case 0: data[at] ^= 1 << chance.randrange(8)
            case 1: data[at:at + chance.randint(1, 8)] = chance.randbytes(chance.randint(0, 8))
            case 2: data = data[:max(1, at)]
            case 3: data[at:at] = chance.choice(seeds).read_bytes()[:chance.randint(1, 4000)]
    path = folder / f"x{seed.suffix}"
    path.write_bytes(data)
    print(number, end=" ", flush=True)
    try:
        audio.probe(path)
        for block in audio.blocks(path, rate=8000): pass
        heard += 1
    except QAError as why:
        assert why.says and why.remedy
        refused += 1
print("done", heard, refused)
"""


SEEDS = (
    "wav named mp3",
    "GSM 6.10 in WAV",
    "IMA ADPCM",
    "AMR",
    "GSM without a header",
    "G.729 without a header",
    "float with NaN",
    "mp3 named wav",
    "ogg named mp3",
    "m4a named wav",
    "flac named txt",
    "webm named gsm",
    "24 bits",
    "µ-law",
    "MP3 without its first frame",
)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:

    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in SEEDS:
        called, made = FILES[name]
        data = made if isinstance(made, bytes) else made(tmp_path)
        (folder / f"{len(list(folder.iterdir())):02d}{Path(called).suffix}").write_bytes(data[:60_000])
    return folder


@pytest.mark.timeout(SECONDS * 3)
def test_damaged_recordings_never_harm_the_process_that_hears_them(seeds: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), str(ROUNDS), "0"],
        capture_output=True, text=True, timeout=SECONDS * 2, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    last = run.stdout.split()[-3:]
    assert run.returncode == 0, f"mutation {run.stdout.split()[-1:]}: {run.stderr[-2000:]}"
    assert last[0] == "done"
    assert int(last[1]) > ROUNDS // 10  # damage that nothing survives would prove nothing
    assert int(last[2]) > ROUNDS // 20


def packed() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("dia/a.wav", tone(0.1))
        out.writestr("dia/b.json", b'{"turns": []}')
    return written.getvalue()


ZIP = packed()
TABLE = (
    "archivo;fecha;saldo;días mora;lado;url_grabacion\na.wav;03/04/2026 10:00;1.234,56;45;agente;https://x.example/a\n"
)
LISTS = (
    b'[{"turns": [{"text": "a"}]}, {"turns": [{"text": "b"}]}]',
    b'{"turns": [{"text": "a"}]}\n{"turns": [{"text": "b"}]}\n',
    "id_llamada;hablante;texto\n1;Agente;hola\n2;Cliente;adiós\n".encode(),
    b'{"payload": [{"message_type": 0, "content": "a", "conversation_id": 1}, {"message_type": 1, "content": "b"}]}',
)
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def answer(call: Callable[[], Any]) -> Any:
    """What comes back, or the refusal."""
    try:
        return call()
    except QAError as refused:
        return refused


def damaged(data: bytes, draw: st.DataObject) -> bytes:
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(data)))
        data = data[:at] + draw.draw(st.binary(max_size=6)) + data[at + draw.draw(st.integers(0, 12)) :]
    return data


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
def test_a_damaged_archive_unpacks_or_is_refused(tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject) -> None:
    into = tmp_path_factory.mktemp("u")
    data = io.BytesIO(damaged(ZIP, draw))
    found = answer(lambda: archives.unpack(data, "x.zip", into=into, largest_file=1 << 20))
    assert found.remedy if isinstance(found, QAError) else all(item.path.parent == into for item in found)


@given(st.sampled_from(LISTS), st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
def test_a_damaged_list_of_conversations_is_split_or_left_whole(data: bytes, draw: st.DataObject) -> None:
    document = Document(damaged(data, draw), name="x")
    pieces = answer(lambda: conversations_in(document))
    assert pieces.remedy if isinstance(pieces, QAError) else len(pieces) != 1


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
def test_a_damaged_table_of_metadata_is_read_or_refused(draw: st.DataObject) -> None:
    data = damaged(TABLE.encode(), draw)
    table = answer(lambda: read_table(data, name="datos.csv"))
    assert table.remedy if isinstance(table, QAError) else all(isinstance(name, str) for name in table.rows)


@given(st.text(max_size=80))
def test_any_name_is_a_leg_or_none(name: str) -> None:
    leg = leg_of(name, None)
    assert leg is None or "*" in leg.call


@given(st.text(max_size=80) | st.text(max_size=40).map(lambda text: f"https://pbx.example.com{text}"))
def test_no_text_makes_an_address_of_another_host(text: str) -> None:
    parts = answer(lambda: recording_address._allowed(text, ("pbx.example.com",)))
    if isinstance(parts, QAError):
        assert parts.code == "AddressNotAllowed"
    else:
        assert (parts.hostname, parts.scheme) == ("pbx.example.com", "https")
