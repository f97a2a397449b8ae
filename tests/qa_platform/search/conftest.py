"""A small archive of calls and chats, in SQLite and in PostgreSQL, saved the way the pipeline saves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from models.conversation import Channel, Speaker, Turn
from models.finding import Outcome, Severity, Strength
from models.interactions import Interaction, Stage, StoredFinding, StoredPromise
from models.people import Agent, Portfolio, Role
from qa_platform.access.rights import Viewer
from qa_platform.archive import conversations
from qa_platform.database import reading, transaction
from qa_platform.search.finding import Ask, Page, find
from qa_platform.search.narrowing import Narrowed
from qa_platform.search.parse import parse
from qa_platform.search.statement import Cursor

ZONE = ZoneInfo("America/Mexico_City")
BEGAN = datetime(2026, 11, 1, 16, tzinfo=UTC)
CALLS: dict[str, tuple[tuple[str, str], ...]] = {
    "threat": (
        ("agent", "Buenos días, esta llamada está siendo grabada."),
        ("customer", "¿Bueno?"),
        ("agent", "Si no paga lo vamos a meter a la CÁRCEL, señora Muñoz."),
        ("customer", "No tengo dinero, perdí mi trabajo."),
        ("agent", "Le ofrezco un convenio de 3.000 pesos."),
    ),
    "paid": (
        ("agent", "Hola, le hablo de Crédito Andino."),
        ("customer", "Yo ya pagué el viernes, tengo el comprobante."),
        ("agent", "Entonces reviso su pago y gracias por pagar."),
    ),
    "chat": (
        ("agent", "Good morning, this is Banca Quindío."),
        ("customer", "I lost my job; no tengo cómo pagar, le pago el próximo viernes."),
    ),
}  # fmt: skip


@dataclass
class Archive:
    engine: Engine
    ids: dict[str, int]
    names: dict[int, str]

    def find(
        self, text: str = "", viewer: Viewer | None = None, *, after: Cursor | None = None, best: bool = False,
        **narrowed: Any,
    ) -> Page:  # fmt: skip
        ask = Ask(parse(text) if text else None, Narrowed(**narrowed), best)
        with reading(self.engine) as session:
            return find(session, viewer or seeing(), ask, zone=ZONE, after=after)

    def turns(self, text: str = "", viewer: Viewer | None = None, **narrowed: Any) -> set[tuple[str, int]]:
        page = self.find(text, viewer, **narrowed)
        return {(self.names[hit.interaction], hit.line.position) for hit in page.hits}


def seeing(role: Role = Role.ANALYST, *, portfolios: frozenset[int] | None = None, agent: int | None = None) -> Viewer:
    return Viewer(
        id=1, name="Ana", email="a@qa.test", role=role, language="es", theme="light", shortcuts=True,
        every_portfolio=portfolios is None, portfolios=portfolios or frozenset(), agent_id=agent,
    )  # fmt: skip


@pytest.fixture
def archive(engine: Engine) -> Archive:
    return filled(engine)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def both(request: pytest.FixtureRequest) -> Archive:
    """The same archive in either database."""
    return filled(request.getfixturevalue("engine" if request.param == "sqlite" else "postgres"))


def filled(engine: Engine) -> Archive:
    ids: dict[str, int] = {}
    with transaction(engine) as session:
        portfolios = [Portfolio(code="andino", name="Andino"), Portfolio(code="quindio", name="Quindío")]
        agents = [Agent(code="karla", name="Karla"), Agent(code="diego", name="Diego")]
        session.add_all([*portfolios, *agents])
        session.flush()
        for day, (name, said) in enumerate(CALLS.items()):
            chat = name == "chat"
            row = Interaction(
                content_key=name, channel=Channel.WEBCHAT if chat else Channel.VOICE, language="es",
                started_at=BEGAN + timedelta(days=day), received_at=BEGAN, stage=Stage.READY,
                portfolio_id=portfolios[1 if chat else 0].id, agent_id=agents[day % 2].id,
                duration=None if chat else 10.0 * len(said),
            )  # fmt: skip
            session.add(row)
            session.flush()
            ids[name] = row.id
            conversations.save_turns(session, row, turns(said, row.started_at if chat else None))
        found: dict[str, Any] = {
            "interaction_id": ids["threat"],
            "rule_id": "r",
            "rule_version": "1",
            "confidence": 1.0,
            "value": {},
        }
        session.add_all(
            [
                StoredFinding(
                    code="slip.threat", severity=Severity.CRITICAL, outcome=Outcome.DETECTED, turn=2, start=20.0,
                    **found,
                ),
                StoredFinding(
                    code="speech.silence", severity=Severity.LOW, outcome=Outcome.DETECTED, turn=1, start=11.0,
                    end=19.5, **found,
                ),
                StoredPromise(
                    interaction_id=ids["chat"], turn=1, quote="le pago", strength=Strength.WEAK, rule_id="r",
                    rule_version="1",
                ),
            ]
        )  # fmt: skip
    return Archive(engine, ids, {number: name for name, number in ids.items()})


def turns(said: tuple[tuple[str, str], ...], written: datetime | None = None) -> tuple[Turn, ...]:
    """Spoken ten seconds apart, or written a minute apart."""
    return tuple(
        Turn(
            index=place,
            speaker=Speaker(speaker),
            text=text,
            start=None if written else 10.0 * place,
            end=None if written else 10.0 * place + 8,
            at=written + timedelta(minutes=place) if written else None,
        )
        for place, (speaker, text) in enumerate(said)
    )
