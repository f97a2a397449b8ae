"""How fast is a search? Made-up calls with words as unevenly spread as in speech, in SQLite and, where QA_DATABASE_URL
names a PostgreSQL server, in a database of its own there. Milliseconds of the whole use case: page, count, excerpts.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.engine import make_url

from models.conversation import Channel, Direction, Speaker
from models.interactions import Interaction, Stage, StoredTurn
from models.people import Role
from qa_platform.access.rights import Viewer
from qa_platform.archive.interactions import Filters, listing
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.search import index
from qa_platform.search.finding import Ask, find
from qa_platform.search.parse import parse
from qa_platform.settings import Settings

SIZE = 5_000
TURNS, SHORTEST, LONGEST = 20, 4, 16
VOCABULARY, SEED, ROUNDS, AT_ONCE = 8_000, 20261121, 15, 500
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
# Word w1 is said in nearly every turn, w40 in one of thirty, w1500 in one of a thousand.
QUERIES: Mapping[str, str] = {
    "a rare word": "w1500",
    "a common word": "w2",
    "a phrase that is said": '"w3 w5"',
    "a phrase nobody said": '"w7900 w7800 w7700"',
    "words that never meet": "w7900 w7800",
    "the beginning of a word": "w79*",
    "near": "cerca(5, w40, w60)",
    "near, common words": "near(3, w2, w4)",
    "followed by": "agente:w80 >3 cliente:w90",
    "followed by, common words": "w2 >30s w3",
    "in the first seconds": "primeros:30s w100",
}


def run(*, size: int = SIZE) -> dict[str, Any]:
    """`size` interactions of twenty turns each."""
    results: dict[str, Any] = {"interactions": size, "turns": size * TURNS}
    with tempfile.TemporaryDirectory() as folder:
        results |= _measured(open_database(f"sqlite:///{Path(folder) / 'bench.db'}"), size, "sqlite")
    with _postgresql() as engine:
        if engine is not None:
            results |= _measured(engine, size, "postgresql")
    return results


def _measured(engine: Engine, size: int, name: str) -> dict[str, Any]:
    upgrade(engine)
    _fill(engine, size)
    began = time.perf_counter()
    built = index.rebuild(engine)
    took = time.perf_counter() - began
    viewer = _everybody()

    def searched(query: str, *, best: bool = False) -> Callable[[], int]:
        ask = Ask(parse(query), best_first=best)

        def once() -> int:
            with reading(engine) as session:
                return find(session, viewer, ask, zone=ZoneInfo("UTC")).count

        return once

    def listed(words: str) -> Callable[[], int]:
        def once() -> int:
            with reading(engine) as session:
                return listing(session, viewer, Filters(text=words)).count

        return once

    rows = {label: _timed(searched(query)) for label, query in QUERIES.items()}
    rows["a common word, best first"] = _timed(searched("w2", best=True))
    rows["the list, a phrase nobody said"] = _timed(listed("w7900 w7800 w7700"))
    rows["the list, a common word"] = _timed(listed("w2"))
    engine.dispose()
    return {f"{name}_turns_indexed_a_second": round(built.turns / took), name: rows}


def _timed(search: Callable[[], int]) -> dict[str, float | int]:
    found = search()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        search()
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    return {"found": found, "p50_ms": round(times[ROUNDS // 2], 1), "p95_ms": round(times[-1], 1)}


def _fill(engine: Engine, size: int) -> None:
    chance = random.Random(SEED)  # noqa: S311 - made-up words
    words = [f"w{rank}" for rank in range(1, VOCABULARY + 1)]
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    for first in range(1, size + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, size + 1))
        with transaction(engine) as session:
            session.execute(insert(Interaction), [_call(number) for number in numbers])
            session.execute(
                insert(StoredTurn),
                [_turn(number, place, chance, words, weights) for number in numbers for place in range(TURNS)],
            )


def _call(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "content_key": str(number),
        "channel": Channel.VOICE,
        "direction": Direction.OUTBOUND,
        "language": "es",
        "started_at": BEGAN + timedelta(minutes=number),
        "received_at": BEGAN,
        "stage": Stage.READY,
        "duration": 10.0 * TURNS,
        "turn_count": TURNS,
    }


def _turn(number: int, place: int, chance: random.Random, words: list[str], weights: list[float]) -> dict[str, Any]:
    said = chance.choices(words, cum_weights=weights, k=chance.randint(SHORTEST, LONGEST))
    return {
        "interaction_id": number,
        "position": place,
        "speaker": Speaker.AGENT if place % 2 == 0 else Speaker.CUSTOMER,
        "text": " ".join(said),
        "start": 10.0 * place,
        "end": 10.0 * place + 8,
        "words": [],
    }


@contextmanager
def _postgresql() -> Iterator[Engine | None]:
    """A database made for this and dropped again; None where no server is set or it may not be made."""
    url = make_url(Settings().database)
    if url.get_backend_name() != "postgresql":
        yield None
        return
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"qa_bench_{uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield open_database(url.set(database=name).render_as_string(hide_password=False))
    finally:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        server.dispose()


def _everybody() -> Viewer:
    return Viewer(
        id=1, name="", email="", role=Role.AUDITOR, language="es", theme="light", shortcuts=True,
        every_portfolio=True, portfolios=frozenset(), agent_id=None,
    )  # fmt: skip
