"""The scorecard on screen: read by everybody it judges, written by few, published once."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from qa_platform.authoring import drafts
from qa_platform.database import reading
from qa_platform.evaluations import published_cards
from scorecards import load

if TYPE_CHECKING:
    from tests.web.conftest import Place

DRAFT = "/scorecards/unified/draft"


@pytest.fixture
def admin(place: Place) -> TestClient:
    client = place.client("admin@qa.test")
    assert client.post("/scorecards/unified/begin").headers["location"] == DRAFT
    return client


def sent(client: TestClient, at: str = "card", **typed: Any) -> dict[str, Any]:
    """What the form would send: every field as it stands, and what was typed over it."""
    page = client.get(DRAFT, params={"at": at}).text
    plain = r'<input class="[^"]*" (?:id="[^"]*" )?name="([^"]+)"[^>]*? value="([^"]*)"'
    written = r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>'
    fields: dict[str, Any] = dict(re.findall(plain, page)) | dict(re.findall(written, page))
    for tag in re.findall(r'<input type="(?:hidden|checkbox)"[^>]*>', page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            fields.setdefault(name[1], []).append(value[1] if value else "on")
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        fields[name] = chosen[1] if chosen else ""
    return {name: _plain(value) for name, value in fields.items()} | typed


def _plain(value: str | list[str]) -> str | list[str]:
    return unescape(value) if isinstance(value, str) else [unescape(one) for one in value]


def content(place: Place) -> dict[str, Any]:
    with reading(place.engine) as session:
        draft = drafts.draft(session, "unified")
    assert draft is not None
    return dict(draft.content)


def question(place: Place, code: str) -> dict[str, Any]:
    return next(one for part in content(place)["sections"] for one in part["criteria"] if one["code"] == code)


def test_agents_read_the_card_they_are_judged_by_and_cannot_write_it(place: Place) -> None:
    agent = place.client("agent@qa.test")
    page = agent.get("/scorecards").text
    assert load.scorecard().criteria[0].label.es in page
    assert "/begin" not in page
    assert agent.get(DRAFT).status_code == 403
    assert agent.post(DRAFT, data={"version": "1"}).status_code == 403


def test_the_card_shows_what_each_channel_asks(place: Place) -> None:
    client = place.client("auditor@qa.test")
    assert "No se pregunta en este canal" not in client.get("/scorecards").text
    assert "No se pregunta en este canal" in client.get("/scorecards", params={"channel": "sms"}).text


def test_a_version_can_be_taken_along_as_the_file_that_it_is(place: Place) -> None:
    answer = place.client("auditor@qa.test").get("/scorecards/unified/1.yaml")
    assert load.read(answer.text, file="x") == load.scorecard()
    assert "unified-v1.yaml" in answer.headers["content-disposition"]
    assert place.client("auditor@qa.test").get("/scorecards/unified/9.yaml").status_code == 404
    assert place.client("auditor@qa.test").get("/scorecards?card=nothing").status_code == 404


@pytest.mark.parametrize("code", [one.code for one in load.scorecard().criteria])
def test_opening_a_question_and_saving_it_untouched_changes_nothing(place: Place, admin: TestClient, code: str) -> None:
    before = load.build(content(place), file="x")
    admin.post(DRAFT, data=sent(admin, f"question:{code}"))
    assert load.build(content(place), file="x") == before


def test_saving_the_whole_form_untouched_changes_nothing(place: Place, admin: TestClient) -> None:
    before = load.build(content(place), file="x")
    admin.post(DRAFT, data=sent(admin))
    assert load.build(content(place), file="x") == before


def test_weights_that_are_off_are_said_and_brought_to_100(place: Place, admin: TestClient) -> None:
    fields = sent(admin, **{"w.identification": "9"})
    shown = admin.post(DRAFT, data=fields, headers={"x-part": "builder"}).text
    assert "Los pesos suman 103, no 100." in shown
    assert "pesa 9 en vez de 6" in shown, "the change shows all the same"
    assert "<html" not in shown
    admin.post(DRAFT, data=sent(admin, act="balance"))
    card = load.build(content(place), file="x")
    assert next(one.weight for one in card.criteria if one.code == "identification") == 9


def test_what_is_typed_before_a_button_is_pressed_is_kept(place: Place, admin: TestClient) -> None:
    typed = {"q.label.es": "Saluda", "act": "open:question:respect"}
    answer = admin.post(DRAFT, data=sent(admin, "question:identification", **typed))
    assert answer.headers["location"] == f"{DRAFT}?at=question:respect"
    assert question(place, "identification")["label"]["es"] == "Saluda"


def test_a_question_becomes_a_choice_with_its_own_answers(place: Place, admin: TestClient) -> None:
    at = "question:empathy"
    admin.post(DRAFT, data=sent(admin, at, **{"q.kind": "choice"}))
    admin.post(DRAFT, data=sent(admin, at, act="options:"))
    admin.post(DRAFT, data=sent(admin, at, act="options:0"))
    names = {
        f"q.option.{row}.label.{code}": f"{word} {code}"
        for row, word in ((0, "Sí"), (1, "No"))
        for code in ("es", "en")
    }
    admin.post(DRAFT, data=sent(admin, at, **names, **{"q.option.0.points": "2", "q.option.1.points": "-1"}))
    one = next(one for one in load.build(content(place), file="x").criteria if one.code == "empathy")
    assert [(option.label.es, option.points) for option in one.options] == [("Sí es", 2.0), ("No es", -1.0)]
    assert "Sí es" in admin.get(DRAFT).text


def test_a_question_can_be_asked_after_another_answer_and_in_one_direction(place: Place, admin: TestClient) -> None:
    at = "question:empathy"
    admin.post(DRAFT, data=sent(admin, at, **{"q.if": "respect"}))
    assert question(place, "empathy")["asked_if"] == {"criterion": "respect", "answers": ["met"]}
    admin.post(DRAFT, data=sent(admin, at, **{"q.if": "respect", "q.if.answers": ["met"], "q.directions": ["inbound"]}))
    one = next(one for one in load.build(content(place), file="x").criteria if one.code == "empathy")
    assert one.condition is not None
    assert (one.condition.criterion, one.directions) == ("respect", ("inbound",))


def test_a_new_question_is_open_for_writing_and_keeps_the_draft_from_being_published(
    place: Place, admin: TestClient
) -> None:
    opened = admin.post(DRAFT, data=sent(admin, act="question:opening")).headers["location"]
    assert opened == f"{DRAFT}?at=question:question_1"
    refused = admin.post(DRAFT, data=sent(admin, act="publish"))
    assert refused.status_code == 400
    assert "Falta el texto" in refused.text
    admin.post(DRAFT, data=sent(admin, act="remove:question_1"))
    assert "question_1" not in admin.get(DRAFT).text


def test_publishing_puts_the_version_in_use_and_tells_what_changed(place: Place, admin: TestClient) -> None:
    fields = sent(admin, **{"w.identification": "5", "w.recording_notice": "5", "act": "publish"})
    assert admin.post(DRAFT, data=fields).headers["location"] == "/scorecards?card=unified&saved=2"
    page = admin.get("/scorecards?card=unified&saved=2").text
    assert "La versión 2 está en uso desde ahora." in page
    assert "pesa 5 en vez de 6" in page
    with reading(place.engine) as session:
        assert published_cards.latest(session).version == 2
    compared = admin.get("/scorecards?card=unified&old=1&new=2").text
    assert "Versión 1 frente a 2" in compared
    assert "Pocos datos" in compared


def test_who_comes_late_is_told_who_was_faster_and_nothing_is_overwritten(place: Place, admin: TestClient) -> None:
    mine = sent(admin, **{"w.identification": "1"})
    other = place.client("supervisor@qa.test")
    other.post(DRAFT, data=sent(other, **{"w.identification": "2"}))
    refused = admin.post(DRAFT, data=mine)
    assert refused.status_code == 409
    assert "Supervisor Prueba cambió este borrador" in refused.text
    assert question(place, "identification")["weight"] == 2
    assert re.search(r'name="w.identification"[^>]* value="1"', refused.text), "what was typed is still on screen"


def test_a_file_is_taken_over_or_refused_with_the_reason_and_kept_on_screen(place: Place, admin: TestClient) -> None:
    text = load.as_yaml(load.scorecard()).replace("pass_mark: 80.0", "pass_mark: 72")
    version = sent(admin)["version"]
    assert admin.post(f"{DRAFT}/file", data={"content": text, "version": version}).status_code == 303
    assert content(place)["pass_mark"] == 72
    version = sent(admin)["version"]
    refused = admin.post(f"{DRAFT}/file", data={"content": "code: [", "version": version})
    assert refused.status_code == 400
    assert "No es YAML legible" in refused.text
    assert "code: [" in refused.text


def test_a_discarded_draft_leads_back_to_the_card(place: Place, admin: TestClient) -> None:
    assert admin.post(DRAFT, data=sent(admin, act="discard")).headers["location"] == "/scorecards?card=unified"
    assert admin.get(DRAFT).headers["location"] == "/scorecards?card=unified"
    assert admin.post(DRAFT, data={"version": "1"}).status_code == 404


def test_a_scorecard_is_duplicated_published_and_given_to_a_portfolio(place: Place) -> None:
    admin = place.client("admin@qa.test")
    assert "Duplicar" in admin.get("/scorecards").text
    taken = admin.post("/scorecards/new", data={"code": "unified", "es": "Otra"})
    assert (taken.status_code, 'value="Otra"' in taken.text) == (409, True)
    asked = {"code": "banco-norte", "es": "Banco Norte", "copy_of": "unified"}
    path = admin.post("/scorecards/new", data=asked).headers["location"]
    builder = admin.get(path).text
    assert "Publicar la versión 1" in builder
    assert "versión 0" not in builder
    assert "banco-norte, en redacción" in admin.get("/scorecards").text
    version = re.search(r'name="version" value="(\d+)"', builder)
    assert version
    fields = {"version": version[1], "at": "file", "act": "publish"}
    weights = re.findall(r'name="(w\.[^"]+)"[^>]* value="([^"]*)"', builder)
    published = admin.post(path, data={**dict(weights), **fields})
    assert published.headers["location"] == "/scorecards?card=banco-norte&saved=1"
    assert admin.post("/scorecards/banco-norte/portfolios", data={"portfolio": ["1"]}).status_code == 303
    assert 'value="1" checked' in admin.get("/scorecards?card=banco-norte").text
    assert "Banca Quindío" in admin.get("/scorecards").text


def test_a_new_scorecard_that_is_discarded_leads_back_to_the_list(place: Place) -> None:
    admin = place.client("admin@qa.test")
    path = admin.post("/scorecards/new", data={"code": "prueba", "es": "Prueba"}).headers["location"]
    assert admin.get(path).status_code == 200
    gone = admin.post(path, data={"version": 1, "at": "card", "act": "discard"})
    assert gone.headers["location"] == "/scorecards"
    assert admin.get(path).headers["location"] == "/scorecards"
