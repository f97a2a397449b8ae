"""The calibration room and the evaluator report on screen: blind until closed, then everything side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from models.finding import Answer

if TYPE_CHECKING:
    from tests.web.rooms.conftest import Rooms

NOT_MET = Answer.NOT_MET


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1].split("</main>")[0]))


def form_of(page: str) -> dict[str, str]:
    """What the sheet's form would send as it stands: hidden fields, chosen answers, comments."""
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)"[^>]* value="([^"]*)"', page))
    sent |= dict(re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)" checked', page))
    return sent | dict(re.findall(r'<textarea class="form-control" name="([^"]+)"[^>]*>([^<]*)<', page))


def test_a_session_is_opened_scored_blind_closed_and_compared(rooms: Rooms) -> None:
    opened = rooms.session(rooms.call(), "analyst", "coach", expert="compliance")
    analyst, supervisor = rooms.as_("analyst"), rooms.as_("supervisor")
    assert "Te toca calificar" in analyst.get("/calibration").text
    page = analyst.get(f"/calibration/{opened}").text
    assert "le saluda" in page, "the words are there"
    assert "mark" not in page.split("<main")[1], "and nothing of what was found in them"
    rooms.scored(opened, "coach", recap=NOT_MET)
    rooms.scored(opened, "compliance")
    assert "No cumple" not in words(supervisor.get(f"/calibration/{opened}").text), "blind to whoever leads it, too"
    sent = form_of(page)
    sent |= {name.replace("has.", "pick."): "a:met" for name in sent if name.startswith("has.")}
    assert analyst.post(f"/calibration/{opened}/sheet", data=sent | {"submit": "yes"}).status_code == 303
    assert "Tu hoja ya está" in analyst.get(f"/calibration/{opened}").text
    assert supervisor.post(f"/calibration/{opened}/close").status_code == 303
    result = words(analyst.get(f"/calibration/{opened}").text)
    assert "1 pregunta se leyó distinto" in result
    assert "medida: Compliance Prueba" in result
    assert "AC1 de Gwet" in result
    assert "Repite monto y fecha acordados" in words(supervisor.get("/calibration").text)


def test_a_sheet_saves_itself_and_a_stale_one_is_told(rooms: Rooms) -> None:
    opened = rooms.session(rooms.call(), "analyst", "coach")
    analyst = rooms.as_("analyst")
    sent = form_of(analyst.get(f"/calibration/{opened}").text)
    sent |= {"pick.recap": "a:not_met", "comment.recap": "No repite la fecha"}
    kept = analyst.post(f"/calibration/{opened}/sheet", data=sent, headers={"x-pieces": "yes"})
    assert kept.status_code == 200
    assert 'id="sheet-version" value="2"' in kept.text
    again = form_of(analyst.get(f"/calibration/{opened}").text)
    assert (again["pick.recap"], again["comment.recap"]) == ("a:not_met", "No repite la fecha")
    stale = analyst.post(f"/calibration/{opened}/sheet", data=sent | {"pick.recap": "a:met"})
    assert stale.status_code == 409
    assert "en otra ventana" in stale.text
    early = analyst.post(f"/calibration/{opened}/sheet", data=again | {"submit": "yes"})
    assert early.status_code == 422
    assert 'id="refusal"' in early.text
    assert "preguntas sin respuesta" in early.text


def test_a_session_needs_a_conversation_and_two_people(rooms: Rooms) -> None:
    call = rooms.call("MX-77")
    supervisor = rooms.as_("supervisor")
    two = [str(rooms.viewer(who).id) for who in ("analyst", "coach")]
    for sent, told in (
        ({"interaction": "MX-77", "people": two[:1]}, "Hay menos de dos personas invitadas"),
        ({"interaction": "MX-78", "people": two}, "«MX-78»"),
        ({"interaction": "MX-77", "people": two, "closes": "ayer"}, "«ayer» no es una fecha con hora"),
    ):
        refused = supervisor.post("/calibration", data=sent)
        assert refused.status_code == 422
        assert told in refused.text
        assert f'value="{sent["interaction"]}"' in refused.text, "what was written stays"
    assert supervisor.post("/calibration", data={"interaction": "MX-77", "people": two}).status_code == 303
    assert supervisor.post("/calibration", data={"interaction": str(call), "people": two}).status_code == 303


def test_others_see_nothing_of_a_session_and_auditors_only_its_result(rooms: Rooms) -> None:
    opened = rooms.session(rooms.call(), "analyst", "coach")
    assert rooms.as_("andino").get(f"/calibration/{opened}").status_code == 404
    assert rooms.as_("agent").get("/calibration").status_code == 403
    auditor = rooms.as_("auditor")
    assert "Aún a ciegas" in auditor.get(f"/calibration/{opened}").text
    assert f"/calibration/{opened}/close" not in auditor.get(f"/calibration/{opened}").text
    assert auditor.post(f"/calibration/{opened}/close").status_code == 403


def test_calibration_leaves_the_agents_score_as_it_was(rooms: Rooms) -> None:
    call = rooms.call()
    mine = rooms.released(call, recap=NOT_MET)
    before = rooms.points(mine)
    opened = rooms.session(call, "coach", "compliance")
    for who in ("coach", "compliance"):
        rooms.scored(opened, who)
    rooms.as_("supervisor").post(f"/calibration/{opened}/close")
    assert rooms.points(mine) == before


def test_the_report_says_what_it_rests_on_and_orders_by_severity(rooms: Rooms) -> None:
    supervisor = rooms.as_("supervisor")
    assert "Nadie ha calificado todavía la misma conversación" in supervisor.get("/evaluators").text
    for name in ("a", "b", "c"):
        opened = rooms.session(rooms.call(name), "analyst", "coach")
        hard: dict[str, Any] = {"recap": NOT_MET} | ({"balance": NOT_MET} if name == "c" else {})
        rooms.scored(opened, "analyst", **hard)
        rooms.scored(opened, "coach")
        supervisor.post(f"/calibration/{opened}/close")
    report = supervisor.get("/evaluators?days=30").text
    told = words(report)
    assert told.index("Analyst Prueba") < told.index("Coach Prueba"), "the most severe on top"
    assert re.search(r"Analyst Prueba.{0,200}?−\d", told)
    assert told.index("Repite monto y fecha acordados") < told.index("Monto exacto"), "the worst question first"
    assert "Pocos datos" in told
    assert report.count("<svg") >= report.count('class="cht"')
    assert rooms.as_("auditor").get("/evaluators").status_code == 200
    assert rooms.as_("analyst").get("/evaluators").status_code == 403
