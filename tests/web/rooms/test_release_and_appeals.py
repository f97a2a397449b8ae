"""From a submitted evaluation to the end of its appeal, as each side sees it on screen."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from models.finding import Answer

if TYPE_CHECKING:
    from tests.web.rooms.conftest import Rooms

NOT_MET = Answer.NOT_MET
WHY = "Al final repito el monto y la fecha"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1].split("</main>")[0]))


def test_an_evaluation_goes_from_its_release_to_the_end_of_its_appeal(rooms: Rooms) -> None:
    mine = rooms.reviewed(rooms.call(), recap=NOT_MET, balance=NOT_MET)
    agent, analyst, supervisor = rooms.as_("agent"), rooms.as_("analyst"), rooms.as_("supervisor")
    assert "Todavía no te entregan ninguna evaluación" in agent.get("/mine").text
    assert agent.get(f"/mine/{mine}").status_code == 404, "nothing is told before the release"

    assert analyst.post("/evaluations/release", data={"evaluation": mine}).status_code == 303
    assert "1 evaluación por leer" in words(agent.get("/mine").text)
    page = agent.get(f"/mine/{mine}").text
    assert "No se oye en la llamada" in page
    assert 'name="why.recap"' in page

    assert agent.post(f"/mine/{mine}/acknowledge").status_code == 303
    assert agent.post(f"/mine/{mine}/appeal", data={"why.recap": WHY, "why.balance": "  "}).status_code == 303
    assert WHY in agent.get(f"/mine/{mine}").text
    assert 'name="why.recap"' not in agent.get(f"/mine/{mine}").text, "an appeal is filed once"

    inbox = words(supervisor.get("/appeals").text)
    assert "Repite monto y fecha" in inbox
    assert "Karla Jiménez" in inbox
    before = rooms.points(mine)
    told = {"decide.recap": "accept", "answer.recap": "met", "why.recap": "Sí, se oye"}
    assert supervisor.post("/appeals/1", data=told).status_code == 303
    after = rooms.points(mine)
    assert before is not None
    assert after is not None
    assert after > before
    end = words(agent.get(f"/mine/{mine}").text)
    assert "Aceptada" in end
    assert "Sí, se oye" in end
    assert "No hay apelaciones por resolver" in supervisor.get("/appeals").text
    assert "Aceptada" in words(supervisor.get("/appeals?which=all").text)


def test_a_date_for_the_release_is_set_on_screen_and_a_past_one_refused(rooms: Rooms) -> None:
    mine = rooms.reviewed(rooms.call())
    supervisor = rooms.as_("supervisor")
    for at, told in (("2020-01-01T10:00", "Esa fecha ya pasó"), ("mañana", "«mañana» no es una fecha con hora")):
        refused = supervisor.post("/evaluations/release", data={"evaluation": mine, "when": "date", "at": at})
        assert refused.status_code == 422
        assert told in refused.text
    kept = supervisor.post("/evaluations/release", data={"evaluation": mine, "when": "date", "at": "2099-03-01T09:30"})
    assert kept.status_code == 303
    assert "El 1 mar 2099, 09:30" in supervisor.get("/evaluations").text
    assert rooms.as_("agent").get(f"/mine/{mine}").status_code == 404


def test_releasing_nothing_says_so(rooms: Rooms) -> None:
    refused = rooms.as_("supervisor").post("/evaluations/release", data={"when": "now"})
    assert refused.status_code == 422
    assert "No hay ninguna evaluación elegida" in refused.text


def test_a_reviewer_releases_only_what_they_gave_and_sees_only_that(rooms: Rooms) -> None:
    mine = rooms.reviewed(rooms.call("uno"), "analyst")
    other = rooms.reviewed(rooms.call("dos"), "coach")
    analyst = rooms.as_("analyst")
    listed = analyst.get("/evaluations").text
    assert f'value="{mine}"' in listed
    assert f'value="{other}"' not in listed
    assert analyst.post("/evaluations/release", data={"evaluation": other}).status_code == 403
    everything = rooms.as_("auditor").get("/evaluations").text
    assert "Analyst Prueba" in everything
    assert "Coach Prueba" in everything
    assert 'name="evaluation"' not in everything, "whoever only reads is offered no release"


def test_release_is_offered_on_the_review_itself_and_comes_back_to_it(rooms: Rooms) -> None:
    call = rooms.call()
    mine = rooms.reviewed(call)
    supervisor = rooms.as_("supervisor")
    assert 'action="/evaluations/release"' in supervisor.get(f"/interactions/{call}").text
    back = supervisor.post("/evaluations/release", data={"evaluation": mine, "back": call})
    assert back.headers["location"] == f"/interactions/{call}"
    assert 'action="/evaluations/release"' not in supervisor.get(f"/interactions/{call}").text


def test_a_late_appeal_is_refused_in_words_and_keeps_what_was_written(rooms: Rooms) -> None:
    mine = rooms.released(rooms.call(), recap=NOT_MET)
    rooms.since(mine, days=8)
    agent = rooms.as_("agent")
    assert 'name="why.recap"' not in agent.get(f"/mine/{mine}").text
    refused = agent.post(f"/mine/{mine}/appeal", data={"why.recap": WHY})
    assert refused.status_code == 409
    assert "El plazo para apelar terminó" in refused.text


def test_an_appeal_without_words_is_refused(rooms: Rooms) -> None:
    mine = rooms.released(rooms.call(), recap=NOT_MET)
    refused = rooms.as_("agent").post(f"/mine/{mine}/appeal", data={"why.recap": " "})
    assert refused.status_code == 422
    assert "No se apela ninguna respuesta" in refused.text


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Falta decidir"),
        ({"decide.recap": "reject", "why.recap": ""}, "necesita un comentario"),
        ({"decide.recap": "accept", "answer.recap": "not_met", "why.recap": "x"}, "queda igual"),
    ],
)
def test_half_a_decision_is_refused_and_what_was_written_stays(rooms: Rooms, sent: dict[str, str], told: str) -> None:
    mine = rooms.released(rooms.call(), recap=NOT_MET)
    rooms.as_("agent").post(f"/mine/{mine}/appeal", data={"why.recap": WHY})
    refused = rooms.as_("supervisor").post("/appeals/1", data=sent)
    assert refused.status_code == 422
    assert told in refused.text
    if sent.get("why.recap"):
        assert f">{sent['why.recap']}</textarea>" in refused.text


def test_whoever_gave_the_answer_reads_the_appeal_and_decides_nothing(rooms: Rooms) -> None:
    mine = rooms.released(rooms.call(), "compliance", recap=NOT_MET)
    rooms.as_("agent").post(f"/mine/{mine}/appeal", data={"why.recap": WHY})
    own = rooms.as_("compliance")
    page = own.get("/appeals/1").text
    assert "Es tu propia evaluación" in page
    assert "decide.recap" not in page
    refused = own.post("/appeals/1", data={"decide.recap": "reject", "why.recap": "No"})
    assert refused.status_code == 403
    assert rooms.as_("analyst").get("/appeals/1").status_code == 404
    assert "decide.recap" not in rooms.as_("auditor").get("/appeals/1").text


def test_whoever_still_scores_it_blind_is_told_to_do_that_first(rooms: Rooms) -> None:
    call = rooms.call()
    mine = rooms.released(call, recap=NOT_MET)
    rooms.as_("agent").post(f"/mine/{mine}/appeal", data={"why.recap": WHY})
    opened = rooms.session(call, "supervisor", "coach")
    supervisor = rooms.as_("supervisor")
    refused = supervisor.get("/appeals/1")
    assert refused.status_code == 409
    assert "Todavía te falta calificar a ciegas esta conversación" in refused.text
    rooms.scored(opened, "supervisor")
    assert supervisor.get("/appeals/1").status_code == 200


def test_an_agent_sees_no_evaluation_of_a_colleague(rooms: Rooms) -> None:
    theirs = rooms.released(rooms.call(agent="diego"))
    agent = rooms.as_("agent")
    assert agent.get(f"/mine/{theirs}").status_code == 404
    assert agent.post(f"/mine/{theirs}/acknowledge").status_code == 404
    assert agent.post(f"/mine/{theirs}/appeal", data={"why.recap": WHY}).status_code == 404


def test_evaluations_leave_as_files_that_a_spreadsheet_may_open(rooms: Rooms) -> None:
    rooms.reviewed(rooms.call("=1+1"))
    client = rooms.as_("supervisor")
    table = client.get("/evaluations/export/csv")
    assert table.headers["content-disposition"].endswith('.csv"')
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in table.text
    assert json.loads(client.get("/evaluations/export/json").text)[0]["external_id"] == "=1+1"
    book = load_workbook(io.BytesIO(client.get("/evaluations/export/xlsx").content))
    assert "=1+1" in [cell.value for cell in book.worksheets[0][2] if cell.data_type == "s"]
    assert client.get("/evaluations/export/pdf").status_code == 422
    assert json.loads(client.get("/evaluations/export/json?until=2020-01-01").text) == []
    assert rooms.as_("analyst").get("/evaluations/export/csv").status_code == 403


def test_each_notice_opens_what_it_tells_of_for_this_reader(rooms: Rooms) -> None:
    call = rooms.call()
    mine = rooms.released(call, recap=NOT_MET)
    agent, analyst = rooms.as_("agent"), rooms.as_("analyst")
    assert '<span class="count">1</span>' in agent.get("/notices").text
    assert agent.post("/notices/1").headers["location"] == f"/mine/{mine}"
    assert "Todos leídos" in agent.get("/notices").text
    assert analyst.post("/notices/1").status_code == 404, "somebody else's"
    agent.post(f"/mine/{mine}/acknowledge")
    agent.post(f"/mine/{mine}/appeal", data={"why.recap": WHY})
    assert analyst.post("/notices/2").headers["location"] == f"/interactions/{call}"
    assert analyst.post("/notices/3").headers["location"] == "/appeals/1"
    assert analyst.get("/appeals/1").status_code == 200
    rooms.as_("supervisor").post("/appeals/1", data={"decide.recap": "reject", "why.recap": "No se oye"})
    assert agent.post("/notices/4").headers["location"] == f"/mine/{mine}"
    assert "1 sin leer" in analyst.get("/notices").text
    assert analyst.post("/notices/read").status_code == 303
    assert "Todos leídos" in analyst.get("/notices").text
