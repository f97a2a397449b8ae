"""Searching: what words, places and filters find, the same in both databases, and never beyond a person's reach."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from models.conversation import Channel, Speaker
from models.interactions import Interaction, StoredTurn
from models.people import Role
from qa_platform.access.rights import NotAllowed
from qa_platform.archive import conversations, interactions
from qa_platform.database import reading, transaction
from qa_platform.search import matching, statement
from qa_platform.search.finding import PAGE
from qa_platform.search.marks import held
from qa_platform.search.narrowing import Promised
from qa_platform.search.parse import parse
from tests.qa_platform.search.conftest import BEGAN, CALLS, seeing, turns

if TYPE_CHECKING:
    from tests.qa_platform.search.conftest import Archive

QUERIES: list[tuple[str, set[tuple[str, int]]]] = [
    ("carcel", {("threat", 2)}),
    ("CÁRCEL", {("threat", 2)}),
    ("munoz", {("threat", 2)}),
    ('"a la cárcel"', {("threat", 2)}),
    ('"cárcel a la"', set()),
    ("pag*", {("threat", 2), ("paid", 1), ("paid", 2), ("chat", 1)}),
    ("pago", {("paid", 2), ("chat", 1)}),
    ('"no ten"*', {("threat", 3), ("chat", 1)}),
    ('"no tengo" -trabajo', {("chat", 1)}),
    ('"no tengo" -dinero|job', set()),
    ("cárcel|comprobante", {("threat", 2), ("paid", 1)}),
    ("tengo viernes", {("paid", 1), ("chat", 1)}),
    ("cerca(1, pago, viernes)", set()),
    ("cerca(2, pago, viernes)", {("chat", 1)}),
    ("near(2, viernes, pago)", {("chat", 1)}),
    ('cerca(1, "ya pague", viernes)', {("paid", 1)}),
    ('cerca(0, viernes, "tengo el")', {("paid", 1)}),
    ('cerca(0, "tengo el", viernes)', {("paid", 1)}),
    ("cerca(3, pag*, grac*)", {("paid", 2)}),
    ("agente:pago", {("paid", 2)}),
    ("cliente:pago", {("chat", 1)}),
    ("customer:pagar", {("chat", 1)}),
    ("3.000", {("threat", 4)}),
    ("3000", set()),
    ("primeros:15s llamada", {("threat", 0)}),
    ("primeros:15s cárcel", set()),
    ("últimos:10s convenio", {("threat", 4)}),
    ("last:30s convenio|cárcel", {("threat", 2), ("threat", 4)}),
    ("last:29s convenio|cárcel", {("threat", 4)}),
    ("primeros:1m pagar", {("paid", 2), ("chat", 1)}),
    ("primeros:59s agente:gracias|convenio", {("threat", 4), ("paid", 2)}),
    ('cliente:"no tengo" > agente:ofrezco', {("threat", 3)}),
    ('agente:ofrezco > cliente:"no tengo"', set()),
    ("grabada >1 cárcel", set()),
    ("grabada >2 cárcel", {("threat", 0)}),
    ("grabada >19s cárcel", set()),
    ("grabada >20s cárcel", {("threat", 0)}),
    ("grabada > cárcel >1 tengo > convenio", {("threat", 0)}),
    ("good > viernes", {("chat", 0)}),
    ("good >59s viernes", set()),
    ("good >60s viernes", {("chat", 0)}),
    ("nadie", set()),
]


def test_words_are_found_as_a_person_means_them(both: Archive) -> None:
    """One archive for the whole table: making one takes longer than all its searches."""
    wrong = {text: found for text, wanted in QUERIES if (found := both.turns(text)) != wanted}
    assert wrong == {}


def test_the_index_finds_exactly_the_turns_that_hold_the_words(both: Archive) -> None:
    """Against the plain reading of every turn: one step of each kind, also together."""
    pieces = ["pag*", "tengo", '"el viernes"', "cerca(3, tengo, el)", "no|job"]
    for one, other in product(pieces, [*pieces, "-le", "-pago|cárcel"]):
        step = parse(f"{one} {other}").steps[0]
        truth = {(name, at) for name, said in CALLS.items() for at, (_, text) in enumerate(said) if held(text, step)}
        assert both.turns(f"{one} {other}") == truth


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"channel": Channel.WEBCHAT}, {"chat"}),
    ({"agent": 1}, {"threat", "chat"}),
    ({"portfolio": 2}, {"chat"}),
    ({"code": "slip.threat"}, {"threat"}),
    ({"code": "slip"}, {"threat"}),
    ({"code": "slip.thr"}, set()),
    ({"silence": 8.0}, {"threat"}),
    ({"silence": 9.0}, set()),
    ({"promise": Promised.ANY}, {"chat"}),
    ({"promise": Promised.WEAK}, {"chat"}),
    ({"promise": Promised.STRONG}, set()),
    ({"promise": Promised.NONE}, {"threat", "paid"}),
    ({"promise": Promised.KEPT}, set()),
    ({"since": date(2026, 11, 2)}, {"paid", "chat"}),
    ({"until": date(2026, 11, 2)}, {"threat", "paid"}),
    ({"since": date(2026, 11, 2), "until": date(2026, 11, 2)}, {"paid"}),
    ({"speaker": Speaker.CUSTOMER}, {"threat", "paid", "chat"}),
    ({"speaker": Speaker.AGENT}, {"threat"}),
    ({"speaker": Speaker.BOT}, set()),
]
PLACES: list[tuple[dict[str, Any], set[tuple[str, int]]]] = [
    ({"code": "slip"}, {("threat", 2)}),
    ({"silence": 5.0}, {("threat", 1)}),
    ({"promise": Promised.ANY}, {("chat", 1)}),
    ({"code": "slip", "speaker": Speaker.AGENT}, {("threat", 2)}),
    ({"code": "slip", "speaker": Speaker.CUSTOMER}, set()),
    ({"code": "slip", "channel": Channel.EMAIL}, set()),
    ({"channel": Channel.VOICE}, set()),
    ({}, set()),
]


def test_filters_narrow_what_the_words_find(both: Archive) -> None:
    for narrowed, found in FILTERS:
        assert {name for name, _ in both.turns("tengo|cárcel", **narrowed)} == found, narrowed


def test_without_words_the_places_of_a_filter_are_shown(both: Archive) -> None:
    for narrowed, found in PLACES:
        assert both.turns(**narrowed) == found, narrowed


def test_nobody_finds_what_they_may_not_see(both: Archive) -> None:
    assert {name for name, _ in both.turns("tengo", seeing(portfolios=frozenset({1})))} == {"threat", "paid"}
    assert {name for name, _ in both.turns("tengo", seeing(Role.AGENT, agent=2))} == {"paid"}
    assert both.turns("tengo", seeing(portfolios=frozenset())) == set()
    assert both.turns(viewer=seeing(portfolios=frozenset({2})), code="slip") == set()
    with pytest.raises(NotAllowed):
        both.turns("tengo", seeing(Role.INTEGRATION))


def test_a_hit_shows_its_words_marked_its_place_and_what_follows(both: Archive) -> None:
    page = both.find('cliente:"no tengo" > ofrezco')
    (hit,) = page.hits
    assert [part.text for part in hit.line.parts if part.marked] == ["No tengo"]
    assert (hit.line.second, hit.line.speaker, hit.agent, hit.portfolio) == (30.0, Speaker.CUSTOMER, "Karla", "Andino")
    (line,) = hit.followers
    assert (line.position, [part.text for part in line.parts if part.marked]) == (4, ["ofrezco"])
    assert [code for code, _ in hit.codes] == ["slip.threat", "speech.silence"]
    assert (page.count, page.more_than_counted, page.following) == (1, False, None)


def test_pages_go_on_where_the_last_one_ended_newest_or_best_first(
    both: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_calls(both, 2 * PAGE + 5)
    everything = {("call", at) for at in range(2 * PAGE + 5)}
    for most, windows in ((2000, ()), (10, (7, 40)), (10, (500,))):
        monkeypatch.setattr(statement, "COUNT_UP_TO", most)
        monkeypatch.setattr(statement, "WINDOWS", windows)
        found = walk(both, best=False)
        assert found == sorted(found, key=lambda row: (-row[0].timestamp(), -(row[2] // 3), row[2]))
        assert {(name, at) for _, name, at in found} == everything
        assert len(found) == len(everything)
    assert sorted(at for _, _, at in walk(both, best=True)) == list(range(2 * PAGE + 5))
    assert both.find("palabra").more_than_counted


def test_the_best_fit_comes_first(both: Archive) -> None:
    add_call(both, "long", [("agent", "tres pagos " + "y otras cosas más " * 40), ("agent", "pagos pagos pagos")])
    assert [hit.line.position for hit in both.find("pagos", best=True).hits] == [1, 0]
    assert [hit.line.position for hit in both.find("pagos").hits] == [0, 1]


def test_the_index_follows_the_stored_turns(both: Archive) -> None:
    number = both.ids["paid"]
    with transaction(both.engine) as session:
        row = session.get_one(Interaction, number)
        conversations.save_turns(session, row, turns((("customer", "Mi tarjeta es 4111 1111 1111 1111 y ya aboné."),)))
    assert both.turns("comprobante") == set()
    assert both.turns("abone") == {("paid", 0)}
    assert both.turns("1111") == set()
    with transaction(both.engine) as session:
        for turn in session.scalars(select(StoredTurn).where(StoredTurn.interaction_id == number)):
            turn.speaker = Speaker.AGENT
    assert both.turns("agente:abone") == {("paid", 0)}
    assert both.turns("cliente:abone") == set()
    with transaction(both.engine) as session:
        session.delete(session.get_one(Interaction, number))
    assert both.turns("abone") == set()


def test_a_transaction_that_fails_leaves_the_index_as_it_was(both: Archive) -> None:
    class Away(Exception):
        pass

    with pytest.raises(Away), transaction(both.engine) as session:
        row = session.get_one(Interaction, both.ids["paid"])
        conversations.save_turns(session, row, turns((("agent", "nada"),)))
        session.flush()
        raise Away
    assert both.turns("nada") == set()
    assert both.turns("comprobante") == {("paid", 1)}


def walk(archive: Archive, *, best: bool) -> list[tuple[datetime, str, int]]:
    found = []
    after = None
    while True:
        page = archive.find("palabra", after=after, best=best)
        found += [(hit.started_at, "call", int(hit.line.parts[-1].text.split()[0])) for hit in page.hits]
        after = page.following
        if after is None:
            return found


def add_calls(archive: Archive, count: int) -> None:
    """Three of them at a time in one call; some calls begin at the same moment."""
    for first in range(0, count, 3):
        add_call(
            archive,
            f"call{first}",
            [("agent", f"palabra {at}") for at in range(first, min(first + 3, count))],
            day=first // 6,
        )


def add_call(archive: Archive, name: str, said: list[tuple[str, str]], *, day: int = 0) -> None:
    with transaction(archive.engine) as session:
        row = Interaction(
            content_key=name, channel=Channel.VOICE, language="es", started_at=BEGAN - timedelta(days=day + 1),
            received_at=BEGAN,
        )  # fmt: skip
        session.add(row)
        session.flush()
        conversations.save_turns(session, row, turns(tuple(said)))
    with reading(archive.engine):
        archive.names[row.id] = name


def test_what_is_said_everywhere_is_found_as_what_is_rare(both: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "COMMON", 0)
    for text, wanted in QUERIES:
        if ">" in text:
            assert both.turns(text) == wanted, text
    with reading(both.engine) as session:
        for words, found in [("tengo el", {"paid"}), ("pag", set(CALLS)), ("engo", set()), ("100%", set())]:
            cards = interactions.listing(session, seeing(), interactions.Filters(text=words)).cards
            assert {both.names[card.id] for card in cards} == found
