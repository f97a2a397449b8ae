"""Describing where files come from, and seeing what that means before it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.interactions import Interaction, Source
from qa_platform.database import reading, transaction
from qa_platform.doors import sources
from qa_platform.doors.sources import SourceSettings
from tests.web.test_ingest import CHAT

if TYPE_CHECKING:
    from tests.web.conftest import Place

PATTERN = r"(?P<date>\d{4}-\d\d-\d\d)_(?P<agent>[^_]+)_(?P<account>\d+)"


def test_a_source_that_is_described_reads_the_next_upload(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    saved = client.post("/sources", data={"name": "Central", "file_name_pattern": PATTERN, "portfolio": "andino"})
    assert saved.headers["location"] == "/sources?source=1&saved=yes"
    assert "Guardado." in client.get(saved.headers["location"]).text
    client.post("/ingest", data={"source": "1"}, files=[("files", ("2026-11-18_diego_118402.json", CHAT))])
    with reading(place.engine) as session:
        row = session.scalars(select(Interaction)).one()
    assert (row.agent_id, row.portfolio_id) == (place.agents["diego"], place.portfolios["andino"])


def test_saving_again_changes_the_source_instead_of_adding_one(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    for side in ("0", "1"):
        client.post("/sources", data={"name": "Central", "agent_channel": side, "agent_names": "Ana\n\n Luis "})
    with reading(place.engine) as session:
        source = session.scalars(select(Source)).one()
    assert (source.agent_channel, source.agent_names) == (1, ["Ana", "Luis"])


@pytest.mark.parametrize(
    ("pattern", "sample", "shown"),
    [
        (PATTERN, "2026-11-18_kjimenez_118402.wav", "kjimenez"),
        (PATTERN, "otra-cosa.wav", "El patrón no encaja con ese nombre."),
        (r"(?P<agent>", "x.wav", 'role="alert"'),
        (r"(?P<secret>.*)", "x.wav", 'role="alert"'),
    ],
)
def test_a_pattern_is_tried_before_it_is_saved(place: Place, pattern: str, sample: str, shown: str) -> None:
    client = place.client("supervisor@qa.test")
    tried = client.post(
        "/sources/try", data={"file_name_pattern": pattern, "sample": sample}, headers={"hx-request": "true"}
    )
    assert tried.status_code == 200
    assert tried.text.lstrip().startswith('<div id="tried"')
    assert shown in tried.text
    with reading(place.engine) as session:
        assert not session.scalars(select(Source)).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "C", "file_name_pattern": "("},
        {"name": "C", "time_zone": "Mars/Olympus"},
        {"name": "C", "country": "1"},
        {"name": "C", "date_order": "yes"},
        {"name": "C", "agent_channel": "7"},
    ],
)
def test_what_cannot_be_is_refused_and_the_form_keeps_what_was_written(place: Place, wrong: dict[str, str]) -> None:
    refused = place.client("supervisor@qa.test").post("/sources", data=wrong | {"agent_names": "Lo que escribí"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "Lo que escribí" in refused.text


def test_a_source_of_another_portfolio_is_neither_seen_nor_changed(place: Place) -> None:
    with transaction(place.engine) as session:
        session.add(Source(name="Ajena", portfolio_id=place.portfolios["quindio"], agent_names=[]))
    client = place.client("andino@qa.test")
    assert "Ajena" not in client.get("/ingest").text
    assert client.post("/ingest/batches", data={"source": "1"}).status_code == 404


UNUSUAL = {
    "name": "Grabador",
    "agent_leg": "out",
    "customer_leg": "in",
    "raw_rate": "8000",
    "raw_coding": "alaw",
    "raw_channels": "2",
    "recording_hosts": "PBX.example.com\n\n *.cdn.example.com ",
}


def test_what_unusual_recorders_write_is_described_on_the_page(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    shown = client.get(client.post("/sources", data=UNUSUAL).headers["location"]).text
    assert 'value="out"' in shown
    assert '<option value="alaw" selected>' in shown
    with reading(place.engine) as session:
        source = session.scalars(select(Source)).one()
    assert (source.agent_leg, source.customer_leg, source.raw_rate, source.raw_coding) == ("out", "in", 8000, "alaw")
    assert (source.raw_channels, source.recording_hosts) == (2, ["pbx.example.com", "*.cdn.example.com"])


@pytest.mark.parametrize(
    "wrong",
    [{"customer_leg": ""}, {"recording_hosts": "10.0.0.1"}, {"recording_hosts": "localhost"}, {"raw_coding": "mp3"}],
    ids=str,
)
def test_an_impossible_description_is_refused_on_the_page(place: Place, wrong: dict[str, str]) -> None:
    refused = place.client("supervisor@qa.test").post("/sources", data=UNUSUAL | wrong)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_watched_place_is_shown_but_never_set_through_the_screen(place: Place) -> None:
    with transaction(place.engine) as session:
        sources.save(session, SourceSettings("Vigilada", watched="/srv/grabaciones"))
    client = place.client("supervisor@qa.test")
    assert "/srv/grabaciones" in client.get("/sources?source=1").text
    client.post("/sources", data={"name": "Vigilada", "country": "CO", "watched": "/etc"})
    client.post("/sources", data={"name": "Nueva", "watched": "/etc"})
    with reading(place.engine) as session:
        kept = {source.name: (source.watched, source.country) for source in session.scalars(select(Source))}
    assert kept == {"Vigilada": ("/srv/grabaciones", "CO"), "Nueva": (None, None)}
