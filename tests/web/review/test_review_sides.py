"""The review page says when the sides look swapped, and one click swaps them for whoever may review."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.conversation import Layout
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


def _heard(house: Any, apart: str, sides: dict[str, object] | None) -> str:
    with transaction(house.engine) as session:
        row = session.get_one(Interaction, house.call)
        row.layout, row.sides, row.agent_channel = Layout.MONO, sides, None
        kept = {"apart": apart, "confidence": 0.84 if apart == "told" else 0.46, "stretches": []}
        row.speech = {**(row.speech or {}), "by_ear": kept}
    return str(house.sign_in().get(f"/interactions/{house.call}").text)


@pytest.mark.parametrize(
    ("apart", "sides", "told", "button"),
    [
        ("told", {"by": "words", "confidence": 0.95, "voice": 0}, "de oído, confianza 84 %", "Invertir los lados"),
        (
            "told",
            {"by": "nobody", "confidence": 0.5, "voice": None},
            "cuál de las dos voces",
            "El agente habla primero",
        ),
        ("doubtful", None, "(confianza 46 %; se pide 80 %)", None),
        ("alike", None, "una sola voz, o dos demasiado parecidas", None),
    ],
)
def test_one_channel_tells_how_far_its_voices_were_told_apart(
    house: Any, apart: str, sides: dict[str, object] | None, told: str, button: str | None
) -> None:
    shown = _heard(house, apart, sides)
    assert told in shown
    for label in ("Invertir los lados", "El agente habla primero", "El agente habla segundo"):
        assert (label in shown) is (label == button or (button == "El agente habla primero" and "segundo" in label))


def test_naming_the_voice_that_speaks_first_keeps_the_channel_map_alone(house: Any) -> None:
    _heard(house, "told", {"by": "nobody", "confidence": 0.5, "voice": None})
    house.client.post(f"/interactions/{house.call}/sides", data={"agent_channel": "1"}, follow_redirects=False)
    with reading(house.engine) as session:
        row = session.get_one(Interaction, house.call)
        assert (row.agent_channel, (row.sides or {})["voice"], (row.sides or {})["by"]) == (None, 1, "person")
