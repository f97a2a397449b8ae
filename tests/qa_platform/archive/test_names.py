"""Words are found whatever their case and accents, and what is looked for is never read as a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, select

from models.people import Agent
from qa_platform.archive.names import matcher
from qa_platform.database import reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

SAID = [
    "Le van a meter a la CÁRCEL por esto",
    "la niña pagó el 50% ayer",
    "corcel blanco",
    "[sic] ¿Qué? * nada \\ más ^ fin ]",
    "una_raya y un.punto (entre) {llaves} $10 + 1 | 2",
]
CASES = [
    ("cárcel", [0]),
    ("carcel", [0]),
    ("CARCEL", [0]),
    ("nina pago", [1]),
    ("NIÑA", [1]),
    ("50%", [1]),
    ("c_rcel", []),
    ("c*rcel", []),
    ("c?rcel", []),
    ("c[aá]rcel", []),
    ("c.rcel", []),
    ("[sic]", [3]),
    ("* nada \\ mas ^", [3]),
    ("fin ]", [3]),
    ("una_raya y un.punto", [4]),
    ("(entre) {llaves} $10 + 1 | 2", [4]),
    ("¿que?", [3]),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_sqlite_finds_what_a_person_would(engine: Engine, text: str, found: list[int]) -> None:
    assert search(engine, text) == found


@pytest.mark.postgres
@pytest.mark.parametrize(("text", "found"), CASES)
def test_postgresql_finds_the_same(postgres: Engine, text: str, found: list[int]) -> None:
    assert search(postgres, text) == found


def search(engine: Engine, text: str) -> list[int]:
    with transaction(engine) as session:
        session.add_all(Agent(code=str(number), name=said) for number, said in enumerate(SAID))
    with reading(engine) as session:
        has: Callable[..., object] = matcher(session, text)
        return sorted(int(code) for code in session.scalars(select(Agent.code).where(has(Agent.name))))  # type: ignore[arg-type]
