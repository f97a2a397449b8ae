"""Rules on screen: the list with its records, a rule written, tried on history, activated and worn back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.interactions import StoredFinding, Verdict
from qa_platform.database import transaction
from qa_platform.pipeline import House
from qa_platform.rules_desk import walk
from tests.qa_platform.rules_desk.conftest import OWN

if TYPE_CHECKING:
    from tests.web.conftest import Place

ROOM, RULE = "/rules", "/rules/of/es/slip.threat_jail.own_words"


def test_a_rule_is_written_tried_activated_and_worn_back_on_screen(place: Place) -> None:
    call = place.arrive(("agent", "Si no paga lo mando al zoológico."), ("customer", "¿Cómo?"), id="zoo")
    compliance = place.client("compliance@qa.test")
    kept = compliance.post(f"{ROOM}/write", data={"text": OWN})
    trial = kept.headers["location"]
    waiting = compliance.get(trial).text
    assert "en espera" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    walk.run(House(place.engine, place.settings), int(trial.rsplit("/", 1)[1]))
    told = compliance.get(trial).text
    assert f'href="/interactions/{call}#turn-0"' in told
    assert "Si no paga lo mando al zoológico" in told
    assert "Ninguna regla" not in compliance.get(f"{ROOM}?q=own_words&state=draft").text
    assert compliance.post(f"{RULE}/activate", data={"version": "1"}).status_code == 303
    assert "En uso" in compliance.get(RULE).text
    assert compliance.post(f"{RULE}/activate", data={"version": ""}).status_code == 303
    assert "En uso" not in compliance.get(RULE).text


def test_a_mistake_stands_beside_the_text_with_its_line(place: Place) -> None:
    text = OWN.replace("si no paga lo mando al zoológico", "otra cosa")
    refused = place.client("compliance@qa.test").post(f"{ROOM}/write", data={"text": text})
    assert refused.status_code == 422
    assert "Línea 8" in refused.text
    assert "lo mand* al zoologico" in refused.text.replace("(lo|la)", "lo"), "what was typed is not lost"


def test_a_shipped_rule_opens_with_its_wordings_and_its_changes_are_shown(place: Place) -> None:
    compliance = place.client("compliance@qa.test")
    shipped = "/rules/of/es/slip.threat_jail.prison"
    assert "privad* de" in compliance.get(shipped).text
    text = "- id: slip.threat_jail.prison\n  speaker: agent\n  say: [al calabozo municipal]\n"
    compliance.post("/rules/write", data={"text": text})
    assert "al calabozo municipal" in compliance.get(shipped).text
    assert "Versión h1" in compliance.get(shipped).text


def test_a_rule_that_is_mostly_wrong_is_listed_first_and_its_findings_say_so(place: Place) -> None:
    calls = [place.arrive(("agent", "Si no paga lo vamos a meter a la cárcel."), id=f"c{n}") for n in range(9)]
    with transaction(place.engine) as session:
        for row in session.query(StoredFinding).filter(StoredFinding.code == "slip.threat_jail"):
            if row.interaction_id != calls[0]:
                row.verdict, row.verdict_by = Verdict.REJECTED, 1
    listed = place.client("auditor@qa.test").get(f"{ROOM}?state=suggests").text
    assert "Amenaza" in listed
    assert "0 %" in listed
    review = place.client("analyst@qa.test").get(f"/interactions/{calls[0]}").text
    assert "su regla acertó 0 de 8 veces" in review


def test_who_may_not_see_or_change_rules_is_refused(place: Place) -> None:
    assert place.client("analyst@qa.test").get(ROOM).status_code == 403
    supervisor = place.client("supervisor@qa.test")
    assert supervisor.get(ROOM).status_code == 200
    assert supervisor.post(f"{ROOM}/write", data={"text": OWN}).status_code == 403
    assert supervisor.post(f"{ROOM}/retag").status_code == 403


def test_a_bar_is_set_and_history_is_sent_to_be_tagged_again(place: Place) -> None:
    admin = place.client("admin@qa.test")
    assert admin.post(f"{ROOM}/bars", data={"severity": "critical", "bar": "55", "portfolio": "1"}).status_code == 303
    assert "Crédito Andino: 55 %" in admin.get(ROOM).text
    assert admin.post(f"{ROOM}/bars", data={"severity": "critical", "bar": "mucho"}).status_code == 422
    job = admin.post(f"{ROOM}/retag").headers["location"]
    assert admin.post(f"{job}/cancel").status_code == 303
    assert "cancelada" in admin.get(job).text.lower()
