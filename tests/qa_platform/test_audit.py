"""The audit trail shows any later change, on both databases, also when several write at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, func, select, text

from models.audit import AuditEntry
from qa_platform.audit import broken_links, record
from qa_platform.database import reading, transaction

HOMES = ["engine", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    return engine


def _acts(engine: Engine, number: int) -> None:
    for place in range(number):
        with transaction(engine) as session:
            record(session, "finding.confirmed", subject="finding", subject_id=place, details={"code": "slip.threat"})


@pytest.mark.parametrize("home", HOMES, indirect=True)
def test_an_untouched_chain_is_whole(home: Engine) -> None:
    _acts(home, 5)
    with reading(home) as session:
        assert broken_links(session) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET act = 'finding.rejected' WHERE id = 2",
        "UPDATE audit_entry SET subject_id = 99 WHERE id = 2",
        "DELETE FROM audit_entry WHERE id = 2",
    ],
)
def test_a_later_change_shows(engine: Engine, change: str) -> None:
    _acts(engine, 4)
    with transaction(engine) as session:
        session.execute(text(change))
    with reading(engine) as session:
        assert broken_links(session)


@pytest.mark.parametrize("home", HOMES, indirect=True)
def test_several_writers_make_one_chain(home: Engine) -> None:
    threads = [threading.Thread(target=_acts, args=(home, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(home) as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == 20
        assert broken_links(session) == []


def test_an_act_is_recorded_only_if_its_change_is(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        record(session, "x", subject="y")
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == 0
