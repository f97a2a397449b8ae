"""The sample portfolio goes through the real doors, ears, analyzers and queue, and its summary says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from models.interactions import IngestBatch, Interaction, Stage
from models.outcomes import CrmPromise, Payment
from models.people import Agent, Person
from qa_platform import pipeline
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.demo import loading, summary
from qa_platform.pipeline import House
from qa_platform.settings import Settings

PASSWORD = "una-frase-bastante-larga"


def test_the_portfolio_comes_in_is_worked_through_and_summed_up(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, demo=True, whisper_model=str(tmp_path / "none"), _env_file=None)  # type: ignore[call-arg]
    house = House(open_database(settings.database), settings)
    upgrade(house.engine)
    now = datetime.now(UTC)
    interactions = loading.take_in(house, now)
    for interaction in interactions:
        pipeline.process(house, interaction)
    with transaction(house.engine) as session:
        loading.add_outcomes(session, now)
        loading.add_people(session, {one.email: PASSWORD for one in loading.demo_people()}, now)
    with transaction(house.engine) as session:
        assert loading.draw_queue(session, datetime.now(UTC) + timedelta(seconds=1)) >= 10
    with reading(house.engine) as session:
        told = summary.summary(session, language="es", now=datetime.now(UTC))
        assert set(session.scalars(select(Interaction.stage))) == {Stage.READY}
        counts = [
            session.scalar(select(func.count(t.id))) or 0 for t in (IngestBatch, Agent, CrmPromise, Payment, Person)
        ]
    house.engine.dispose()
    assert len(interactions) >= 30
    assert counts[0] == 1
    assert counts[1] >= 6
    assert all(counts[2:])
    assert len(told.urgent) == 5
    assert all(urgent.reasons and urgent.where for urgent in told.urgent)
    assert told.found[0].severity.value == "critical"
