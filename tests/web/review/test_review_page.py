"""The review page over HTTP: what it shows, who may do what, and everything that a change answers without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models.evaluations import (
    Evaluation,
    EvaluationAnswer,
    ItemState,
    MomentComment,
    PublishedScorecard,
    QueueItem,
)
from models.finding import Answer
from models.interactions import Interaction, Stage, StoredFinding, Verdict
from qa_platform.database import reading, transaction
from scorecards import load

NOW = datetime(2026, 11, 18, tzinfo=UTC)
PIECES = {"x-pieces": "yes"}


def answer(client: TestClient, call: int, criterion: str, version: int, **fields: str) -> Any:
    sent = {"version": version, **fields}
    return client.post(f"/interactions/{call}/answers/{criterion}", data=sent, headers=PIECES)


def stored(house: Any, criterion: str) -> EvaluationAnswer:
    with reading(house.engine) as session:
        return session.scalars(select(EvaluationAnswer).where(EvaluationAnswer.criterion == criterion)).one()


def test_the_page_shows_the_call_with_its_findings_beside_their_turns(house: Any) -> None:
    text = house.sign_in().get(f"/interactions/{house.call}").text
    assert "<h1>Amenaza de cárcel y silencio de 14 s</h1>" in text
    turn = text.split('id="turn-10"')[1].split("</li>")[0]
    assert '<mark class="q red" data-note="6">' in turn
    assert "Amenaza de cárcel" in turn.split('class="margin"')[1]
    assert text.count('class="pin"') == 7
    assert "Palabras de demostración." in text
    assert "Lo que no ocurrió" in text
    assert '<b class="red">incumplida</b>' in text


def test_every_word_of_a_turn_is_there_once_and_can_be_heard(house: Any) -> None:
    text = house.sign_in().get(f"/interactions/{house.call}").text
    line = re.search(r'id="turn-6".*?<span class="line"[^>]*>(.*?)</span>\s*</div>', text, re.DOTALL)
    assert line
    assert re.sub(r"<[^>]+>", "", line[1]) == "Entiendo, pero el pago ya está vencido, son cuarenta y siete días."
    assert line[1].count("data-s=") == 12


def test_masked_data_is_called_hidden_and_never_drawn_as_dots(house: Any) -> None:
    text = house.sign_in().get(f"/interactions/{house.call}").text
    assert "•" not in text
    assert '<span class="pii">dato oculto</span>' in text


def test_a_chat_is_shown_as_a_chat_by_day_and_hour(house: Any) -> None:
    text = house.sign_in().get(f"/interactions/{house.chat}").text
    assert "Martes 17 de noviembre" in text
    assert "5 h 54 min sin respuesta del agente" in text
    assert '<time datetime="2026-11-18T02:36:00' not in text
    assert ">9:36</time>" in text
    assert "<audio" not in text
    assert "$1.134.000 COP" in text


def test_a_call_without_words_keeps_its_wave_and_says_the_way_out(house: Any) -> None:
    text = house.sign_in().get(f"/interactions/{house.mute}").text
    assert 'id="bars-0"' in text
    assert 'id="bars-1"' not in text
    assert "Los dos canales traen el mismo sonido" in text
    assert 'href="/ingest"' in text
    assert text.count("Sin evidencia") >= 14


def test_an_unjudgeable_finding_says_that_there_is_no_evidence(house: Any) -> None:
    text = house.sign_in().get(f"/interactions/{house.call}").text
    note = text.split('id="note-1"')[1].split('class="rule"')[0]
    assert "Sin evidencia" in note
    assert "doubt" in text.split('id="note-1"')[0].rsplit("<div", 1)[1]


def test_a_reader_without_the_right_sees_all_and_finds_no_button(house: Any) -> None:
    client = house.sign_in("ana@qa.test")
    text = client.get(f"/interactions/{house.call}").text
    assert "Amenaza de cárcel" in text
    assert "data-answer-form" not in text
    assert "data-verdict-form" not in text
    with reading(house.engine) as session:
        assert session.scalars(select(Evaluation)).all() == []
    assert answer(client, house.call, "amount", 1, answer="met").status_code == 403


@pytest.mark.parametrize("path", ["", "/audio"])
def test_what_lies_outside_a_persons_portfolios_is_not_there(house: Any, path: str) -> None:
    assert house.sign_in("otra@qa.test").get(f"/interactions/{house.call}{path}").status_code == 404


def test_an_answer_is_saved_and_only_what_changed_comes_back(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    reply = answer(client, house.call, "amount", 1, answer="met")
    assert reply.status_code == 200
    assert "<html" not in reply.text
    assert 'id="saved" data-part data-version="2"' in reply.text
    assert 'data-crit="amount"' in reply.text
    assert stored(house, "amount").answer is Answer.MET


def test_without_scripts_the_same_form_leads_back_to_its_question(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    reply = client.post(
        f"/interactions/{house.call}/answers/amount", data={"version": 1, "answer": "met"}, follow_redirects=False
    )
    assert (reply.status_code, reply.headers["location"]) == (303, f"/interactions/{house.call}#crit-amount")


def test_an_old_version_is_refused_with_both_answers_side_by_side(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    answer(client, house.call, "amount", 1, answer="not_met", reason="context")
    waiting = '[{"key": "answer:amount", "fields": {"answer": "met"}}, {"key": "remark:1", "fields": {}}, 7]'
    reply = answer(client, house.call, "amount", 1, answer="met", waiting=waiting)
    assert reply.status_code == 409
    row = reply.text.split("<tbody>")[1]
    assert row.index("Monto exacto") < row.index("> Cumple") < row.index("> No cumple")
    assert 'data-version="2"' in reply.text
    assert stored(house, "amount").answer is Answer.NOT_MET


@pytest.mark.parametrize("waiting", ["", "no json", "{}", '[{"key": 3}]'])
def test_a_conflict_is_told_whatever_the_browser_says_it_holds(house: Any, waiting: str) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    assert answer(client, house.call, "amount", 9, answer="met", waiting=waiting).status_code == 409


def test_a_choice_is_answered_by_its_option(house: Any) -> None:
    publish_with_a_choice(house)
    client = house.sign_in()
    text = client.get(f"/interactions/{house.call}").text
    question = text.split('id="crit-amount"')[1].split("</li>")[0]
    assert 'data-kind="choice"' in question
    assert 'name="value" value="half"' in question
    reply = answer(client, house.call, "amount", 1, value="half")
    assert reply.status_code == 200, reply.text
    assert (stored(house, "amount").value, stored(house, "amount").answer) == ("half", Answer.NOT_MET)
    assert "<b>La mitad</b>" in reply.text


def publish_with_a_choice(house: Any) -> None:
    """The card in use, with one question that is answered by choosing."""
    card: dict[str, Any] = load.content(load.scorecard())
    for section in card["sections"]:
        for question in section["criteria"]:
            if question["code"] == "amount":
                question["kind"], question["steps"] = "choice", []
                question["options"] = [
                    {"code": "whole", "label": {"es": "Completo", "en": "Whole"}, "points": 1, "answer": "met"},
                    {"code": "half", "label": {"es": "La mitad", "en": "Half"}, "points": 0.5, "answer": "not_met"},
                ]
    with transaction(house.engine) as session:
        session.add(
            PublishedScorecard(
                code=card["code"], version=card["version"], content=card, digest="0" * 64, published_at=NOW
            )
        )


def test_an_answer_taken_back_is_the_proposal_again(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    answer(client, house.call, "amount", 1, answer="met")
    answer(client, house.call, "amount", 2, answer="")
    assert stored(house, "amount").answer is None


def test_confirming_the_clear_ones_leaves_critical_ones_and_can_be_undone(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    client.post(f"/interactions/{house.call}/confirm-clear", data={"version": 1}, headers=PIECES)
    assert stored(house, "balance").answer is None
    assert stored(house, "identity_verified").answer is Answer.MET
    assert stored(house, "respect").answer is None
    client.post(f"/interactions/{house.call}/confirm-clear", data={"version": 2, "undo": "yes"}, headers=PIECES)
    assert stored(house, "identity_verified").answer is None


def test_a_rejected_finding_keeps_why_and_who(house: Any) -> None:
    client = house.sign_in()
    with reading(house.engine) as session:
        finding = session.scalars(select(StoredFinding).where(StoredFinding.code == "speech.interruption")).one().id
    sent = {"verdict": "rejected", "why": "el cliente ya había callado"}
    reply = client.post(f"/interactions/{house.call}/findings/{finding}", data=sent, headers=PIECES)
    assert 'value="el cliente ya había callado"' in reply.text
    with reading(house.engine) as session:
        row = session.get_one(StoredFinding, finding)
        assert (row.verdict, row.verdict_why) == (Verdict.REJECTED, "el cliente ya había callado")
    text = house.sign_in("mateo@qa.test").get(f"/interactions/{house.call}").text
    assert "Rechazado por Lucía Paredes: el cliente ya había callado" in text


def test_a_comment_stands_beside_its_turn_and_stays_private_while_a_draft(house: Any) -> None:
    client = house.sign_in()
    sent = {"text": "Aquí cabía el convenio.", "turn": 11, "second": "104.5"}
    reply = client.post(f"/interactions/{house.call}/remarks", data=sent, headers=PIECES)
    assert "Aquí cabía el convenio." in reply.text.split('id="margin-11"')[1]
    with reading(house.engine) as session:
        assert session.scalars(select(MomentComment)).one().second == 104.5
    assert "cabía el convenio" not in house.sign_in("mateo@qa.test").get(f"/interactions/{house.call}").text


def test_an_own_comment_can_be_taken_back_and_nobody_elses(house: Any) -> None:
    client = house.sign_in()
    client.post(f"/interactions/{house.call}/remarks", data={"text": "Me equivoqué", "turn": 3}, headers=PIECES)
    with reading(house.engine) as session:
        remark = session.scalars(select(MomentComment)).one().id
    path = f"/interactions/{house.call}/remarks/{remark}/remove"
    assert house.sign_in("mateo@qa.test").post(path, data={"turn": 3}, headers=PIECES).status_code == 404
    reply = house.sign_in().post(path, data={"turn": 3}, headers=PIECES)
    assert "Me equivoqué" not in reply.text
    with reading(house.engine) as session:
        assert session.scalars(select(MomentComment)).all() == []


def test_looking_and_listening_take_nothing_and_the_first_answer_takes_it(house: Any) -> None:
    path, free = f"/interactions/{house.call}", "Libre: tu primera respuesta la toma"
    assert free in house.sign_in().get(path).text
    house.client.post(f"{path}/heard", data={"seconds": 20})
    assert free in house.sign_in("mateo@qa.test").get(path).text
    answered = house.sign_in().post(f"{path}/answers/recap", data={"version": 1, "answer": "met"}, headers=PIECES)
    assert "Devolver" in answered.text
    assert "Lucía Paredes la está revisando ahora." in house.sign_in("mateo@qa.test").get(path).text
    with reading(house.engine) as session:
        item = session.scalars(select(QueueItem.id).where(QueueItem.interaction_id == house.call)).one()
    assert house.client.post(f"/queue/{item}/release").status_code == 409
    released = house.sign_in().post(f"/queue/{item}/release", follow_redirects=False)
    assert released.headers["location"] == "/queue"
    assert free in house.sign_in("mateo@qa.test").get(path).text


def test_an_empty_comment_is_refused_in_words(house: Any) -> None:
    reply = house.sign_in().post(f"/interactions/{house.call}/remarks", data={"text": "  ", "turn": 1}, headers=PIECES)
    assert (reply.status_code, 'id="trouble"' in reply.text) == (422, True)


def test_seconds_heard_add_up_and_never_exceed_the_call(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    for seconds in (15, 40, 1000):
        assert client.post(f"/interactions/{house.call}/heard", data={"seconds": seconds}).status_code == 204
    with reading(house.engine) as session:
        assert session.scalars(select(Evaluation)).one().listened_seconds == 151.0


def test_submitting_too_early_is_refused_with_links_to_what_is_missing(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    reply = client.post(f"/interactions/{house.call}/submit", data={"version": 1}, headers=PIECES)
    assert reply.status_code == 422
    assert 'data-go-note="6"' in reply.text
    assert 'data-go="identification"' in reply.text


def test_skipping_with_a_reason_takes_it_off_the_queue_and_opens_the_next(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.call}")
    with reading(house.engine) as session:
        item = session.scalars(select(QueueItem).where(QueueItem.interaction_id == house.call)).one().id
    reply = client.post(
        f"/interactions/{house.call}/skip", data={"item": item, "reason": "sound", "detail": ""}, follow_redirects=False
    )
    assert reply.status_code == 303
    assert re.fullmatch(r"/interactions/\d+", reply.headers["location"])
    with reading(house.engine) as session:
        assert session.get_one(QueueItem, item).state is ItemState.SKIPPED


def test_a_submitted_evaluation_is_read_only_for_everybody(house: Any) -> None:
    client = house.sign_in()
    client.get(f"/interactions/{house.chat}")
    with transaction(house.engine) as session:
        for row in session.scalars(select(EvaluationAnswer)):
            row.answer, row.comment = row.proposed, "visto"
        version = session.scalars(select(Evaluation)).one().version
    reply = client.post(f"/interactions/{house.chat}/submit", data={"version": version}, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    text = house.sign_in("mateo@qa.test").get(f"/interactions/{house.chat}").text
    assert "La envió Lucía Paredes" in text
    assert "data-answer-form" not in text


def test_the_page_holds_no_inline_script_and_no_style(house: Any) -> None:
    client = house.sign_in()
    for number in (house.call, house.chat, house.mute):
        text = client.get(f"/interactions/{number}").text
        assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]+src=)", text)


def test_english_reads_english(house: Any) -> None:
    text = house.sign_in("english@qa.test").get(f"/interactions/{house.call}").text
    assert "Submit and next" in text
    assert "Doubtful promise: $1,500" in text
    assert "<kbd>Y</kbd>" in text


def test_what_is_still_being_processed_says_so_and_asks_no_answer(house: Any) -> None:
    with transaction(house.engine) as session:
        session.get_one(Interaction, house.call).stage = Stage.TRANSCRIBING
    text = house.sign_in().get(f"/interactions/{house.call}").text
    assert "Transcribiendo" in text
    assert "Aún sin evaluar" in text
    assert "data-answer-form" not in text


def test_what_failed_says_why_and_what_to_do(house: Any) -> None:
    says, remedy = "The recording is damaged and cannot be read.", "Export it again from the recorder."
    with transaction(house.engine) as session:
        row = session.get_one(Interaction, house.mute)
        row.stage, row.failure = Stage.FAILED, {"says": says, "remedy": remedy, "params": {}}
    text = house.sign_in("english@qa.test").get(f"/interactions/{house.mute}").text
    assert says in text
    assert remedy in text
