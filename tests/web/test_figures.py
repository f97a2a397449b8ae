"""Figures on screen: raw and corrected side by side, never without their interval, few data said plainly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState, ItemState, QueueItem
from models.finding import Answer
from qa_platform.database import transaction
from scorecards.load import scorecard

if TYPE_CHECKING:
    from tests.web.conftest import Place

THREAT = ("agent", "Si no paga hoy lo vamos a meter a la cárcel por fraude.")
CALM = ("agent", "Buenos días, le llamo de Crédito Andino, gracias por su tiempo.")


def heard(place: Place, points: dict[int, float]) -> None:
    """Everything of the draw was judged, with these points."""
    now = datetime.now(UTC)
    with transaction(place.engine) as session:
        for item in session.scalars(select(QueueItem)).all():
            item.state, item.done_at = ItemState.DONE, now
            evaluation = Evaluation(
                interaction_id=item.interaction_id,
                queue_item_id=item.id,
                reviewer_id=1,
                scorecard="unified",
                scorecard_version=1,
                state=EvaluationState.SUBMITTED,
                points=points[item.interaction_id],
                created_at=now,
                updated_at=now,
                submitted_at=now,
            )
            session.add(evaluation)
            session.flush()
            session.add(
                EvaluationAnswer(
                    evaluation_id=evaluation.id,
                    criterion="respect",
                    proposed=Answer.MET,
                    answer=Answer.MET if points[item.interaction_id] else Answer.NOT_MET,
                )
            )


def test_before_anything_was_judged_the_page_says_so_and_leads_on(place: Place) -> None:
    page = place.client("supervisor@qa.test").get("/figures").text
    assert "No se evaluó nada en estos días" in page
    assert 'href="/queue"' in page


def test_raw_and_corrected_stand_side_by_side_and_few_data_are_said(place: Place) -> None:
    grave = place.arrive(THREAT, id="grave")
    calm = place.arrive(CALM, id="calma", agent="diego")
    client = place.client("supervisor@qa.test")
    client.post("/queue/draw")
    heard(place, {grave: 0.0, calm: 90.0})
    page = client.get("/figures").text
    assert "45.0" in page
    assert "Corregido" in page
    assert page.count("Pocos datos") >= 3
    assert page.index("Diego Salas") < page.index("Karla Jiménez"), "by name, never by points"
    assert scorecard().criteria[2].label.es in page
    only = client.get(f"/figures?agent={place.agents['diego']}", headers={"hx-request": "true"}).text
    assert "<html" not in only
    assert 'data-label="n">1<' in only


def test_a_period_that_is_not_understood_is_the_last_four_weeks(place: Place) -> None:
    client = place.client("supervisor@qa.test")
    usual = client.get("/figures").text
    for asked in ("since=2026-99-01", "since=2026-11-20&until=2026-11-01", "span=ever", "since=1900-01-01"):
        assert client.get(f"/figures?{asked}").status_code == 200
    assert client.get("/figures?span=27").text.count('aria-pressed="true"') == usual.count('aria-pressed="true"') == 1
    assert client.get("/figures?span=999999").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("analyst", 200), ("auditor", 200), ("agent", 403)])
def test_figures_are_for_those_who_review(place: Place, who: str, status: int) -> None:
    assert place.client(f"{who}@qa.test").get("/figures").status_code == status


def test_an_analyst_of_one_portfolio_sees_no_other(place: Place) -> None:
    grave = place.arrive(THREAT, id="grave", portfolio="quindio")
    client = place.client("supervisor@qa.test")
    client.post("/queue/draw")
    heard(place, {grave: 12.0})
    assert "12.0" in client.get("/figures").text
    assert "12.0" not in place.client("andino@qa.test").get("/figures").text
