"""What a person types, as a person types it: real processes, real exit codes, one clear line for a refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
CHAT = {
    "id": "T001",
    "channel": "whatsapp",
    "language": "es",
    "country": "MX",
    "account": {"balance": 3840.0, "currency": "MXN", "legal_status": "none"},
    "turns": [
        {"speaker": "agent", "at": "2026-03-11T10:05:00-06:00", "text": "Buenas, soy Diego de Recupera."},
        {"speaker": "customer", "at": "2026-03-11T10:06:00-06:00", "text": "No tengo dinero, me quedé sin trabajo."},
        {
            "speaker": "agent",
            "at": "2026-03-11T10:07:00-06:00",
            "text": "Si no paga hoy va a ir a la cárcel por fraude.",
        },
        {"speaker": "customer", "at": "2026-03-11T10:09:00-06:00", "text": "El viernes 13 le deposito 500 en el Oxxo."},
    ],
}
SHAPE = {
    "id",
    "source",
    "channel",
    "language",
    "duration",
    "turns",
    "findings",
    "promises",
    "steps",
    "outcome",
    "speech",
    "scorecard",
}


def _qa(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from qa_platform.cli import app; app()", *words],
        cwd=HOUSE,
        env={
            **os.environ,
            "QA_DATA_DIR": str(home),
            "QA_WHISPER_MODEL": str(home / "none"),
            "QA_LANGUAGE": "en",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    file = tmp_path / "T001.json"
    file.write_text(json.dumps(CHAT), encoding="utf-8")
    return file


def test_analyze_prints_one_object_a_file_in_the_shape_of_the_contract(chat: Path, tmp_path: Path) -> None:
    done = _qa("analyze", str(chat), str(chat), "--json", home=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, len(lines)) == (0, 2)
    assert set(lines[0]) >= SHAPE
    found = {finding["code"]: finding for finding in lines[0]["findings"]}
    assert found["slip.threat_jail"]["quote"] in CHAT["turns"][found["slip.threat_jail"]["turn"]]["text"]  # type: ignore[index]
    promise = lines[0]["promises"][0]
    assert (promise["amount"], promise["currency"], promise["due"]) == (500.0, "MXN", "2026-03-13")
    assert set(lines[0]["steps"].values()) <= {"met", "not_met", "not_applicable", "undetermined"}


def test_analyze_goes_on_after_a_file_that_cannot_be_read_and_says_which(chat: Path, tmp_path: Path) -> None:
    bad = tmp_path / "notes.json"
    bad.write_text("{", encoding="utf-8")
    done = _qa("analyze", str(bad), str(chat), "--json", home=tmp_path)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert len(done.stderr.splitlines()) == 1
    assert "notes.json" in done.stderr


def test_ingest_lists_what_it_refused_works_on_the_rest_and_takes_the_same_bytes_once(
    chat: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.wav").touch()
    first = _qa("ingest", str(chat), str(tmp_path / "empty.wav"), home=tmp_path / "home")
    assert first.returncode == 1
    assert "empty.wav" in first.stdout
    assert "1 file accepted" in first.stdout
    assert "1 file refused" in first.stdout
    again = _qa("ingest", str(chat), home=tmp_path / "home")
    assert again.returncode == 0
    assert "1 file already here" in again.stdout


def test_a_refusal_is_told_in_the_persons_language(tmp_path: Path) -> None:
    done = _qa("analyze", str(tmp_path / "nowhere.json"), home=tmp_path, QA_LANGUAGE="es")
    assert done.returncode == 1
    assert "Ese archivo no existe. Revisa la ruta." in done.stderr


def test_wrong_usage_is_told_apart_from_a_refusal(tmp_path: Path) -> None:
    assert _qa("analyze", home=tmp_path).returncode == 2


def test_every_phrase_rule_and_scorecard_is_valid_and_keeps_its_word(tmp_path: Path) -> None:
    assert _qa("rules", "check", home=tmp_path).returncode == 0
    assert _qa("rules", "test", home=tmp_path).returncode == 0


def test_serving_outside_the_demo_needs_a_secret(tmp_path: Path) -> None:
    done = _qa("serve", home=tmp_path, QA_SECRET_KEY="")
    assert done.returncode == 1
    assert "QA_SECRET_KEY" in done.stderr


def test_the_first_person_signs_in_with_a_password_shown_once(tmp_path: Path) -> None:
    done = _qa("user", "add", "ana@example.com", "--role", "admin", home=tmp_path)
    assert done.returncode == 0
    assert "ana@example.com" in done.stdout
    twice = _qa("user", "add", "ana@example.com", home=tmp_path)
    assert twice.returncode == 1
