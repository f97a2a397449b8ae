# ruff: noqa: E501 - what people say is not cut to fit a line
"""One real call, one real chat and one call without words, on a real database with a real recording on disk."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import av
import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from models.conversation import Channel, Layout, Speaker
from models.evaluations import QueueDraw, QueueItem, Stratum
from models.finding import Answer, Outcome, Severity, Strength
from models.interactions import (
    Debt,
    Interaction,
    Stage,
    StoredFinding,
    StoredObject,
    StoredPromise,
    StoredStep,
    StoredTurn,
    Waveform,
)
from models.outcomes import CrmPromise, PromiseState
from models.people import Agent, Portfolio, Role
from qa_platform.access import people
from qa_platform.database import open_database, transaction, upgrade
from qa_platform.ears.peaks import joined, of_block
from qa_platform.sample import plan
from qa_platform.settings import Settings
from qa_platform.storage import open_storage
from web.app import create_app

PASSWORD = "correcto caballo grapa 42"
NOW = datetime(2026, 11, 18, 16, 5, tzinfo=UTC)
TURNS: tuple[tuple[float, float, str, str], ...] = (
    (0.0, 8.0, "agent", "Buenos días, le llamo de Crédito Andino, habla Karla Jiménez. Esta llamada se graba por calidad. ¿Hablo con el señor Raúl Ortega?"),
    (9.0, 10.5, "customer", "Sí, él habla."),
    (11.0, 17.5, "agent", "Para validar que hablo con el titular, ¿me confirma su fecha de nacimiento y los últimos cuatro de su INE?"),
    (19.0, 24.5, "customer", "Es el •••• •••• y terminan en ••••."),
    (27.0, 42.5, "agent", "Gracias. Su tarjeta tiene un saldo de 18,430 pesos; el mínimo para ponerse al corriente es de 2,100 y la fecha de corte fue el 2 de octubre."),
    (44.0, 51.5, "customer", "Sí, señorita, pero ahorita no tengo, me quedé sin trabajo en septiembre."),
    (66.0, 71.5, "agent", "Entiendo, pero el pago ya está vencido, son cuarenta y siete días."),
    (73.0, 78.0, "customer", "Le digo que puedo dar algo, pero no todo lo que…"),
    (77.0, 81.0, "agent", "No, no, es que tiene que ser el mínimo."),
    (82.0, 88.5, "customer", "Pues no me alcanza. ¿No hay otra opción, en pagos?"),
    (90.0, 102.5, "agent", "La opción es el mínimo. Si usted no paga, esto pasa a jurídico y lo pueden meter a la cárcel por fraude."),
    (104.0, 110.0, "customer", "Oiga, no me hable así. Yo no le debo a nadie por gusto."),
    (111.0, 120.5, "agent", "Mire, puedo registrarle mil quinientos ahora y el resto el mes que entra, para detener el proceso."),
    (122.0, 131.0, "customer", "Mil quinientos sí le podría dar, en la quincena, yo creo que sí."),
    (133.0, 135.0, "agent", "¿Los deposita en OXXO?"),
    (136.0, 139.0, "customer", "Sí, en el de aquí cerca."),
    (141.0, 147.5, "agent", "Queda registrado entonces. Hasta luego."),
)  # fmt: skip
DURATION = 151.0
STEPS: tuple[tuple[str, Answer, tuple[int, ...], str | None], ...] = (
    ("step.greeting", Answer.MET, (0,), "Buenos días"),
    ("step.agent_identified", Answer.MET, (0,), "le llamo de Crédito Andino, habla Karla Jiménez"),
    ("step.recording_notice", Answer.MET, (0,), "Esta llamada se graba por calidad"),
    ("step.identity_verified", Answer.MET, (2, 3), "su fecha de nacimiento y los últimos cuatro de su INE"),
    ("step.balance_stated", Answer.MET, (4,), "un saldo de 18,430 pesos"),
    ("step.alternatives_offered", Answer.NOT_MET, (10,), "La opción es el mínimo"),
    ("step.objection_handled", Answer.MET, (12,), "mil quinientos ahora y el resto el mes que entra"),
    ("step.payment_amount_agreed", Answer.MET, (13,), "Mil quinientos sí le podría dar"),
    ("step.payment_date_agreed", Answer.UNDETERMINED, (13,), "en la quincena"),
    ("step.agreement_recap", Answer.NOT_MET, (), None),
    ("step.next_steps", Answer.NOT_MET, (16,), "Queda registrado entonces"),
    ("step.polite_close", Answer.MET, (16,), "Hasta luego"),
    ("step.empathy", Answer.NOT_MET, (6,), "Entiendo, pero el pago ya está vencido"),
)
CHAT: tuple[tuple[str, str, str], ...] = (
    ("2026-11-17T09:06:00-05:00", "agent", "Buenos días, soy Yuliana Pardo, de Banca Quindío. ¿Hablo con la señora Nidia Castaño?"),
    ("2026-11-17T09:36:00-05:00", "customer", "Sí, con ella."),
    ("2026-11-17T09:54:00-05:00", "agent", "Para cuidar sus datos, ¿me confirma los tres últimos de su cédula? Le escribo por su crédito de libre inversión."),
    ("2026-11-17T13:48:00-05:00", "customer", "Son ••• •••. Yo ya hice un abono la semana pasada, revise."),
    ("2026-11-17T19:42:00-05:00", "agent", "Señora Nidia, sigue saliendo saldo de $1.284.000. Necesito que pague hoy."),
    ("2026-11-18T09:12:00-05:00", "agent", "Buenos días. Revisé: el abono de $150.000 sí entró. Quedan $1.134.000. Hay dos opciones: pago total con 10 % de descuento o tres cuotas de $378.000."),
    ("2026-11-18T09:36:00-05:00", "customer", "El viernes 27. Ese día pago los 378 mil por PSE."),
    ("2026-11-19T09:21:00-05:00", "customer", "¿Y ese enlace sí es del banco? Han robado mucho."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """What a story needs: the application, its database, and the numbers of what stands in it."""

    client: TestClient
    engine: Engine
    settings: Settings
    call: int
    chat: int
    mute: int

    def sign_in(self, email: str = "lucia@qa.test") -> TestClient:
        self.client.cookies.clear()
        told = {"email": email, "password": PASSWORD}
        answer = self.client.post("/sign-in", data=told, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return self.client


HEADERS = {"sec-fetch-site": "same-origin"}


def seed(engine: Engine, settings: Settings) -> tuple[int, int, int]:
    """Andino's call with every kind of finding, Quindío's chat, and a call nobody could write down."""
    with transaction(engine) as session:
        andino = Portfolio(code="andino", name="Crédito Andino · Tarjeta", creditor="Crédito Andino", country="MX")
        quindio = Portfolio(code="quindio", name="Banca Quindío · Libre inversión", country="CO", currency="COP")
        karla, yuliana = Agent(code="kj", name="Karla Jiménez"), Agent(code="yp", name="Yuliana Pardo")
        session.add_all([andino, quindio, karla, yuliana])
        session.flush()
        _people(session)
        debt = Debt(portfolio_id=andino.id, ref="A-1", balance=Decimal(18430), currency="MXN", updated_at=NOW)
        session.add(debt)
        session.flush()
        recording = _recording(session, settings)
        call = _call(session, andino.id, karla.id, debt.id, recording)
        mute = _mute(session, andino.id, karla.id, debt.id, recording)
        chat = _chat(session, quindio.id, yuliana.id)
        _history(session, debt.id)
        _queue(session, [call, chat, mute])
    return call, chat, mute


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[int, int, int]]:
    """The seeded data folder, made once; every test works on its own copy."""
    folder = tmp_path_factory.mktemp("mould")
    engine = open_database(settings_in(folder).database)
    upgrade(engine)
    numbers = seed(engine, settings_in(folder))
    engine.dispose()
    return folder, numbers


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder, secret_key=SecretStr("k" * 40), demo=True, _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def house(tmp_path: Path, mould: tuple[Path, tuple[int, int, int]]) -> Iterator[House]:
    folder, (call, chat, mute) = mould
    settings = settings_in(shutil.copytree(folder, tmp_path / "data"))
    engine = open_database(settings.database)
    with TestClient(create_app(settings), headers=HEADERS) as client:
        yield House(client, engine, settings, call, chat, mute)
    engine.dispose()


def _people(session: Session) -> None:
    for email, name, role, everything in (
        ("lucia@qa.test", "Lucía Paredes", Role.ANALYST, True),
        ("mateo@qa.test", "Mateo Rivas", Role.ANALYST, True),
        ("ana@qa.test", "Ana Auditora", Role.AUDITOR, True),
        ("otra@qa.test", "Otra Cartera", Role.ANALYST, False),
        ("english@qa.test", "Erin English", Role.ANALYST, True),
    ):
        language = "en" if email.startswith("english") else "es"
        people.add_person(
            session, email=email, name=name, role=role, password=PASSWORD, now=NOW, language=language,
            every_portfolio=everything,
        )  # fmt: skip


def _recording(session: Session, settings: Settings) -> int:
    """Two channels of speech-like noise at the seconds of the turns, in the mu-law coding of telephone exchanges."""
    rate = 8000
    chance = np.random.default_rng(7)
    sound = chance.normal(0, 0.002, (2, int(DURATION * rate)))
    for start, end, speaker, _ in TURNS:
        first, last = int(start * rate), int(end * rate)
        syllables = np.abs(np.sin(np.linspace(0, (end - start) * 9, last - first))) * chance.uniform(0.5, 1)
        sound[0 if speaker == "agent" else 1, first:last] += chance.normal(0, 0.22, last - first) * syllables
    samples = np.ascontiguousarray(np.clip(sound * 32767, -32767, 32767).astype("<i2").T.reshape(1, -1))
    path = settings.data_dir / "made.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="wav") as out:
        stream = out.add_stream("pcm_mulaw", rate=rate, layout="stereo")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    kept = open_storage(settings).keep(path.read_bytes())
    stored = StoredObject(sha256=kept.sha256, size=kept.size, folder=kept.folder, created_at=NOW)
    session.add(stored)
    session.flush()
    return stored.id


def _call(session: Session, portfolio: int, agent: int, debt: int, recording: int) -> int:
    row = Interaction(
        content_key="c" * 64, external_id="MX-118402", portfolio_id=portfolio, agent_id=agent, debt_id=debt,
        channel=Channel.VOICE, language="es", country="MX", started_at=NOW, time_zone="America/Mexico_City",
        balance=Decimal(18430), currency="MXN", minimum_payment=Decimal(2100), days_past_due=47, recording_id=recording,
        agent_channel=0, stage=Stage.READY, received_at=NOW, processed_at=NOW, duration=DURATION, warnings=[],
        layout=Layout.TWO_SIDES, turn_count=len(TURNS), fixture_words=True, outcome="promise", worst=Severity.CRITICAL,
        speech=_speech(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        StoredTurn(
            interaction_id=row.id, position=position, speaker=Speaker(speaker), text=text, start=start, end=end,
            words=_words(text, start, end),
        )
        for position, (start, end, speaker, text) in enumerate(TURNS)
    )  # fmt: skip
    session.add_all(_findings(row.id))
    session.add(
        StoredPromise(
            interaction_id=row.id, turn=13, quote="Mil quinientos sí le podría dar, en la quincena",
            strength=Strength.WEAK, rule_id="promise.es", rule_version="1", amount=Decimal(1500), currency="MXN",
            due=date(2026, 11, 30), ambiguous=True, alternative_due=date(2026, 12, 15), channel="oxxo", start=122.0,
            end=128.0, confidence=0.8,
        )
    )  # fmt: skip
    session.add_all(
        StoredStep(interaction_id=row.id, code=code, answer=answer, turns=list(turns), quote=quote)
        for code, answer, turns, quote in STEPS
    )
    session.add(Waveform(interaction_id=row.id, data=_peaks()))
    return row.id


def _words(text: str, start: float, end: float) -> list[list[object]]:
    words = text.split()
    each = (end - start) / len(words)
    return [[word, round(start + at * each, 2), round(start + (at + 1) * each, 2)] for at, word in enumerate(words)]


def _findings(interaction: int) -> list[StoredFinding]:
    def found(code: str, severity: Severity, **rest: object) -> StoredFinding:
        outcome = rest.pop("outcome", Outcome.DETECTED)
        return StoredFinding(
            interaction_id=interaction, code=code, severity=severity, rule_id=f"{code}.es", rule_version="1",
            outcome=outcome, confidence=rest.pop("confidence", 0.95), value=rest.pop("value", {}), **rest,
        )  # fmt: skip

    agent, customer = Speaker.AGENT, Speaker.CUSTOMER
    return [
        found("objection.unemployed", Severity.INFO, turn=5, speaker=customer, start=46.0, end=51.5, confidence=0.96,
              quote="ahorita no tengo, me quedé sin trabajo en septiembre"),
        found("speech.silence", Severity.LOW, turn=5, speaker=customer, start=51.5, end=66.0, value={"seconds": 14.5}),
        found("speech.interruption", Severity.MEDIUM, turn=8, speaker=agent, start=77.0, end=78.6,
              quote="No, no, es que tiene que ser el mínimo"),
        found("objection.wants_instalments", Severity.INFO, turn=9, speaker=customer, start=84.0, end=88.5,
              quote="¿No hay otra opción, en pagos?", confidence=0.91),
        found("slip.threat_jail", Severity.CRITICAL, turn=10, speaker=agent, start=96.0, end=102.5, confidence=0.97,
              quote="lo pueden meter a la cárcel por fraude"),
        found("slip.missing_creditor_id", Severity.MEDIUM),
        found("slip.misleading_amount", Severity.HIGH, turn=4, speaker=agent, start=30.0, end=36.0,
              quote="un saldo de 18,430 pesos", outcome=Outcome.INSUFFICIENT_EVIDENCE, confidence=0.4),
    ]  # fmt: skip


def _speech() -> dict[str, object]:
    talk = {side: [[s, e] for s, e, who, _ in TURNS if who == side] for side in ("agent", "customer")}
    return {
        "silences": [{"start": 51.5, "end": 66.0, "after": "customer"}],
        "overlaps": [{"start": 77.0, "end": 78.0}],
        "interruptions": [{"start": 77.0, "end": 78.0, "by": "agent"}],
        "talk_seconds": {"agent": 73.5, "customer": 45.0},
        "measured": True,
        "sides_known": True,
        "voices": [{"side": side, "talk": parts} for side, parts in talk.items()],
    }


def _peaks() -> bytes:
    rate = 8000
    chance = np.random.default_rng(7)
    sound = chance.normal(0, 0.002, (2, int(DURATION * rate))).astype(np.float32)
    for start, end, speaker, _ in TURNS:
        first, last = int(start * rate), int(end * rate)
        phrase = np.repeat(chance.uniform(0.15, 1, int((end - start) * 5) + 1), rate // 5)[: last - first]
        loud = chance.normal(0, 0.2, phrase.size) * phrase
        sound[0 if speaker == "agent" else 1, first : first + phrase.size] += loud.astype(np.float32)
    return joined([of_block(np.clip(sound, -1, 1), rate)], DURATION).to_bytes()


def _mute(session: Session, portfolio: int, agent: int, debt: int, recording: int) -> int:
    row = Interaction(
        content_key="d" * 64, external_id="MX-118403", portfolio_id=portfolio, agent_id=agent, debt_id=debt,
        channel=Channel.VOICE, language="es", country="MX", started_at=NOW - timedelta(days=14), outcome="unknown",
        time_zone="America/Mexico_City", recording_id=recording, stage=Stage.READY, received_at=NOW, processed_at=NOW,
        duration=DURATION, warnings=[], layout=Layout.IDENTICAL, speech=_speech() | {"sides_known": False},
        no_transcript={"id": "No transcript: the speech model is missing.", "params": {}},
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(Waveform(interaction_id=row.id, data=_peaks()))
    return row.id


def _chat(session: Session, portfolio: int, agent: int) -> int:
    row = Interaction(
        content_key="e" * 64, external_id="CO-203377", portfolio_id=portfolio, agent_id=agent, channel=Channel.WHATSAPP,
        language="es", country="CO", started_at=datetime.fromisoformat(CHAT[0][0]), time_zone="America/Bogota",
        balance=Decimal(1134000), currency="COP", days_past_due=38, stage=Stage.READY, received_at=NOW,
        processed_at=NOW, warnings=[], turn_count=len(CHAT), outcome="promise", worst=Severity.MEDIUM,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        StoredTurn(
            interaction_id=row.id,
            position=at,
            speaker=Speaker(who),
            text=text,
            at=datetime.fromisoformat(when),
            words=[],
        )
        for at, (when, who, text) in enumerate(CHAT)
    )
    common = {"interaction_id": row.id, "outcome": Outcome.DETECTED, "rule_version": "1"}
    session.add_all(
        [
            StoredFinding(code="objection.already_paid", severity=Severity.INFO, rule_id="objection.already_paid.es", turn=3,
                          speaker=Speaker.CUSTOMER, quote="ya hice un abono la semana pasada, revise", confidence=0.94, value={}, **common),
            StoredFinding(code="speech.slow_reply", severity=Severity.MEDIUM, rule_id="speech.slow_reply", turn=4,
                          speaker=Speaker.AGENT, confidence=1.0, value={"seconds": 21240.0}, **common),
        ]
    )  # fmt: skip
    session.add(
        StoredPromise(
            interaction_id=row.id, turn=6, quote="El viernes 27. Ese día pago los 378 mil por PSE", strength=Strength.STRONG,
            rule_id="promise.es", rule_version="1", amount=Decimal(378000), currency="COP", due=date(2026, 11, 27), channel="pse",
        )
    )  # fmt: skip
    session.add(
        StoredStep(interaction_id=row.id, code="step.greeting", answer=Answer.MET, turns=[0], quote="Buenos días")
    )
    return row.id


def _history(session: Session, debt: int) -> None:
    session.add(
        CrmPromise(
            debt_id=debt, external_id="P-1", amount=Decimal(2100), currency="MXN", due=date(2026, 10, 30),
            state=PromiseState.BROKEN, created_at=NOW - timedelta(days=28),
        )
    )  # fmt: skip


def _queue(session: Session, interactions: list[int]) -> None:
    draw = QueueDraw(
        day=NOW.date(),
        plan="standard",
        plan_version=1,
        plan_content={"plan": plan.content(plan.plan()), "owed": {}, "frame": []},
        seed=1,
        population=3,
        drawn_at=NOW,
    )
    session.add(draw)
    session.flush()
    reasons = [{"code": "slip.threat_jail", "severity": "critical", "id": "{finding}", "params": {}},
               {"code": "speech.silence", "severity": "low", "id": "Silence of {seconds} s", "params": {"seconds": 14}}]  # fmt: skip
    session.add_all(
        QueueItem(
            draw_id=draw.id, interaction_id=interaction, position=position, severity=Severity.CRITICAL, stratum=Stratum.RISK,
            probability=1.0, reasons=reasons if position == 1 else [],
        )
        for position, interaction in enumerate(interactions, start=1)
    )  # fmt: skip


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The same house over real HTTP, for a browser."""
    server = uvicorn.Server(uvicorn.Config(house.client.app, port=0, log_level="error", lifespan="off"))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture
def chromium(browser: Browser) -> Browser:
    return browser


@pytest.fixture
def signed_in(chromium: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody. Whatever the console or the CSP complains of fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_as(path: str, *, email: str = "lucia@qa.test", width: int = 1440, height: int = 900) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=served)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        page.wait_for_selector("html.js")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []
