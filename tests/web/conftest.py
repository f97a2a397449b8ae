"""A whole house for stories of the screen: real database file, real words through the real pipeline, real browsers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr
from sqlalchemy import Engine
from starlette.testclient import TestClient

from models.people import Agent, Portfolio, Role
from qa_platform import pipeline
from qa_platform.access.people import add_person
from qa_platform.database import open_database, transaction, upgrade
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.pipeline import House
from qa_platform.settings import Settings
from web.app import create_app

PASSWORD = "vuelta de hoja 42"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A browser that asks nothing of the network: a closed one would make it wait at every start.
QUIET = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
)
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium at a time, closed with its module: while it is open, an event loop runs in this thread, which allows
    no second one and no job engine."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@dataclass
class Place:
    """An application with its people and portfolios, and the means to put interactions into it."""

    settings: Settings
    engine: Engine
    portfolios: dict[str, int]
    agents: dict[str, int]
    clients: list[TestClient] = field(default_factory=list)

    def client(self, email: str = "", **headers: str) -> TestClient:
        """A browser; signed in where an e-mail is given."""
        client = TestClient(create_app(self.settings), headers={**OURS, **headers}, follow_redirects=False)
        self.clients.append(client)
        if email:
            entered = client.post("/sign-in", data={"email": email, "password": PASSWORD})
            assert entered.status_code == 303, entered.text
        return client

    def arrive(self, *said: tuple[str, str], portfolio: str = "andino", agent: str = "karla", **told: Any) -> int:
        """A conversation comes in and goes all the way through the pipeline; its number."""
        turns = [
            {"speaker": speaker, "text": text, "start": 5.0 * place, "end": 5.0 * place + 4}
            for place, (speaker, text) in enumerate(said)
        ]
        conversation = {"id": told.pop("id", f"c{len(said)}"), "channel": "voice", "language": "es", "country": "MX"}
        conversation |= {"started_at": "2026-11-18T10:05:00-06:00", "turns": turns, **told}
        with transaction(self.engine) as session:
            (received,) = ingest.receive(
                session,
                Part(f"{conversation['id']}.json", json.dumps(conversation).encode()),
                settings=self.settings,
                metadata=Metadata(agent=agent, portfolio=portfolio, external_id=conversation["id"]),
            )
        assert received.interaction_id is not None, received.what("en")
        pipeline.process(House(self.engine, self.settings), received.interaction_id)
        return received.interaction_id


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with people, portfolios and agents, made once: each test begins with a copy."""
    file = tmp_path_factory.mktemp("prepared") / "qa.db"
    engine = open_database(f"sqlite:///{file}")
    upgrade(engine)
    with transaction(engine) as session:
        andino = Portfolio(code="andino", name="Crédito Andino", country="MX", currency="MXN")
        quindio = Portfolio(code="quindio", name="Banca Quindío", country="CO", currency="COP")
        karla, diego = Agent(code="karla", name="Karla Jiménez"), Agent(code="diego", name="Diego Salas")
        session.add_all([andino, quindio, karla, diego])
        session.flush()
        now = datetime.now(UTC) - timedelta(days=1)
        for role in Role:
            if role is not Role.INTEGRATION:
                add_person(
                    session,
                    email=f"{role}@qa.test",
                    name=f"{role.capitalize()} Prueba",
                    role=role,
                    password=PASSWORD,
                    now=now,
                    every_portfolio=role is not Role.AGENT,
                    agent_id=karla.id if role is Role.AGENT else None,
                )
        add_person(
            session,
            email="andino@qa.test",
            name="Solo Andino",
            role=Role.ANALYST,
            password=PASSWORD,
            now=now,
            portfolios=[andino.id],
        )
    engine.dispose()
    return file


@pytest.fixture
def place(tmp_path: Path, prepared: Path) -> Iterator[Place]:
    shutil.copy(prepared, tmp_path / "qa.db")
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("k" * 40), whisper_model=str(tmp_path / "none"))
    engine = open_database(settings.database)
    place = Place(settings, engine, {"andino": 1, "quindio": 2}, {"karla": 1, "diego": 2})
    yield place
    for client in place.clients:
        client.app.state.engine.dispose()  # type: ignore[attr-defined]
        client.close()
    engine.dispose()
