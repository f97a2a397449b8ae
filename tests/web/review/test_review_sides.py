"""The review page says when the sides look swapped, and one click swaps them for whoever may review."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.interactions import Interaction, Stage
from qa_platform.database import reading, transaction


def _told(house: Any, sides: dict[str, object] | None) -> str:
    with transaction(house.engine) as session:
        row = session.get_one(Interaction, house.call)
        row.sides, row.agent_channel = sides, 0
    return str(house.sign_in().get(f"/interactions/{house.call}").text)


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        ({"by": "source", "doubt": 0.99}, "Los lados parecen invertidos"),
        ({"by": "words", "confidence": 0.95}, "se dedujo de lo que se dice (95 % de certeza)"),
    ],
)
def test_how_the_sides_were_decided_is_told_with_the_button_beside_it(
    house: Any, sides: dict[str, object], told: str
) -> None:
    shown = _told(house, sides)
    assert told in shown
    assert shown.count("Invertir los lados") == 1


def test_where_all_agrees_nothing_is_told_and_the_button_stays(house: Any) -> None:
    shown = _told(house, None)
    assert "parecen invertidos" not in shown
    assert shown.count("Invertir los lados") == 1


def test_one_click_swaps_and_sends_the_call_through_the_work_again(house: Any) -> None:
    _told(house, {"by": "source", "doubt": 0.99})
    answer = house.sign_in().post(f"/interactions/{house.call}/sides", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/interactions/{house.call}")
    with reading(house.engine) as session:
        row = session.get_one(Interaction, house.call)
        assert (row.agent_channel, row.stage, row.run) == (1, Stage.RECEIVED, 2)
        assert session.scalar(select(AuditEntry.act).where(AuditEntry.act.like("interaction.%"))) is not None
    again = house.client.post(f"/interactions/{house.call}/sides")
    assert again.status_code == 409
