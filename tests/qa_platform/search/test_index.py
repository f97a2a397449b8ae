"""The index made anew: what is missing, once, also after a stop; and searches that people keep."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select, text

from models.audit import AuditEntry
from models.people import Role
from models.search import TurnDocument
from qa_platform.access.people import add_person
from qa_platform.access.rights import NotAllowed, NotFound, Viewer
from qa_platform.database import reading, transaction
from qa_platform.search import index, saved
from tests.qa_platform.search.conftest import CALLS, seeing

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.qa_platform.search.conftest import Archive

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TURNS = sum(len(said) for said in CALLS.values())


def test_rebuilding_indexes_what_is_missing_and_nothing_twice(both: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index.rebuild(both.engine) == index.Rebuilt(0, 0)
    with transaction(both.engine) as session:
        session.execute(delete(TurnDocument).where(TurnDocument.interaction_id != both.ids["paid"]))
    assert both.turns("pag*") == {("paid", 1), ("paid", 2)}
    monkeypatch.setattr(index, "AT_ONCE", 1)

    def stop(done: int) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt):
        index.rebuild(both.engine, progress=stop)
    assert both.turns("pag*") == {("threat", 2), ("paid", 1), ("paid", 2)}
    assert index.rebuild(both.engine) == index.Rebuilt(1, 2)
    assert both.turns("primeros:60s pag*") == {("threat", 2), ("paid", 1), ("paid", 2), ("chat", 1)}
    assert index.rebuild(both.engine, whole=True) == index.Rebuilt(3, TURNS)
    assert both.turns("pago") == {("paid", 2), ("chat", 1)}
    with reading(both.engine) as session:
        assert session.scalar(select(func.count()).select_from(TurnDocument)) == TURNS


def test_the_fts5_table_agrees_with_the_documents(archive: Archive) -> None:
    with transaction(archive.engine) as session:  # raises where it does not: sqlite.org/fts5.html, section 6.5
        session.execute(text("INSERT INTO turn_words(turn_words, rank) VALUES ('integrity-check', 1)"))


@pytest.mark.postgres
def test_postgresql_finds_words_by_its_index(postgres: Engine) -> None:
    with transaction(postgres) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(text("EXPLAIN SELECT 1 FROM turn_document WHERE words @@ '''x'''::tsquery")).all()
    assert "ix_turn_document_words" in " ".join(plan)


def test_searches_are_kept_shared_replaced_and_forgotten(engine: Engine) -> None:
    ana, leo, agent = people(engine)
    with transaction(engine) as session:
        own = saved.keep(session, ana, " Mis  amenazas ", "cárcel", {"channel": "voice"}, shared=False, now=NOW)
        team = saved.keep(session, ana, "Equipo", "pago", {}, shared=True, now=NOW)
        again = saved.keep(session, ana, "Mis amenazas", "embargo", {}, shared=False, now=NOW)
        assert own == again
        with pytest.raises(NotAllowed):
            saved.keep(session, agent, "x", "y", {}, shared=True, now=NOW)
        with pytest.raises(saved.NameMissing):
            saved.keep(session, ana, "  ", "y", {}, shared=False, now=NOW)
    with reading(engine) as session:
        assert [(each.name, each.query, each.owner) for each in saved.kept(session, ana)] == [
            ("Equipo", "pago", None), ("Mis amenazas", "embargo", None),
        ]  # fmt: skip
        assert [(each.name, each.owner) for each in saved.kept(session, leo)] == [("Equipo", "Ana")]
        assert saved.kept(session, agent) == ()
        with pytest.raises(NotFound):
            saved.one(session, leo, own)
    with transaction(engine) as session:
        with pytest.raises(NotFound):
            saved.forget(session, leo, team, now=NOW)
        saved.forget(session, ana, team, now=NOW)
        assert saved.kept(session, leo) == ()
        shared = select(AuditEntry.act).where(AuditEntry.subject == "saved_search")
        acts = session.scalars(shared.order_by(AuditEntry.id)).all()
    assert acts == ["search.shared", "search.unshared"]


def people(engine: Engine) -> list[Viewer]:
    roles = {"Ana": Role.ANALYST, "Leo": Role.SUPERVISOR, "Karla": Role.AGENT}
    found = []
    with transaction(engine) as session:
        for name, role in roles.items():
            add_person(session, email=f"{name}@qa.test", name=name, role=role, password="vuelta de hoja 42", now=NOW)
    for number, (name, role) in enumerate(roles.items(), 1):
        viewer = seeing(role)
        found.append(type(viewer)(**{**{f: getattr(viewer, f) for f in viewer.__slots__}, "id": number, "name": name}))
    return found
