"""The review page in a real browser: keys alone from opening to submitting, conflicts, words that can be heard, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.evaluations import Evaluation, EvaluationState, QueueDraw
from models.interactions import StoredFinding, Verdict
from models.people import Person
from qa_platform.database import reading, transaction

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
DONE = re.compile(r"\bdone\b")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page, version: int) -> None:
    """Waits until the server has that many changes."""
    until(page, f"Number(document.getElementById('saved').dataset.version) >= {version}")


def until(page: Page, true: str) -> None:
    """Waits for an expression. Playwright's own way needs eval once it has to ask twice, which our CSP forbids."""
    for _ in range(100):
        if page.evaluate(true):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {true}")


def test_a_call_is_reviewed_from_opening_to_submitting_by_keys_alone(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    press(page, ".")  # it opened at the gravest finding
    expect(page.locator(".find.now .ttl")).to_contain_text("cárcel")
    expect(page.locator("#now")).to_have_text("1:36")
    press(page, "v")
    expect(page.locator("#fail")).to_contain_text("confirmada")
    press(page, "Shift+Enter")
    expect(page.locator("#score-line")).not_to_contain_text("0/14")
    for number in range(1, 15):
        press(page, *str(number))
        expect(page.locator(f".crit[data-number='{number}']")).to_have_class("crit now")
        if page.locator(f".crit[data-number='{number}']").get_attribute("data-answer"):
            continue
        settle(page, number)
    expect(page.locator("#score-line")).to_contain_text("14/14")
    press(page, "m")
    page.keyboard.type("Aquí cabía el convenio a 3 pagos.")
    press(page, "Enter")
    expect(page.locator(".find.you")).to_contain_text("convenio")
    press(page, "Control+Enter")
    page.wait_for_url(lambda url: not url.endswith(f"/interactions/{house.call}"))
    with reading(house.engine) as session:
        evaluation = session.scalars(select(Evaluation).where(Evaluation.interaction_id == house.call)).one()
        assert evaluation.state is EvaluationState.SUBMITTED
        assert (evaluation.points, evaluation.failed_by) == (0.0, ["slip.threat_jail"])
        judged = session.scalars(select(StoredFinding).where(StoredFinding.code == "slip.threat_jail")).one()
        assert judged.verdict is Verdict.CONFIRMED


def settle(page: Page, number: int) -> None:
    """Answers one question: the proposal by Enter, a withheld one by N, and its reason where one is asked for."""
    item = page.locator(f".crit[data-number='{number}']")
    press(page, "n" if item.get_attribute("data-proposed") == "undetermined" else "Enter")
    if "asks" in (item.get_attribute("class") or ""):
        item.locator("select").select_option("context")
        item.locator("input[name=comment]").focus()
        press(page, "Enter")
    expect(item.locator(".now-answer .ans")).to_have_class(DONE)


def test_a_review_opens_at_the_gravest_finding_and_what_was_heard_counts_before_it_is_sent(
    house: Any, signed_in: Open
) -> None:
    with transaction(house.engine) as session:
        draw = session.scalars(select(QueueDraw)).first()
        assert draw is not None
        asked = dict(draw.plan_content)
        asked["plan"] = {**asked.get("plan", {}), "listen_seconds": 2}
        draw.plan_content = asked
    page = signed_in(f"/interactions/{house.call}")
    expect(page.locator("#now")).to_have_text("1:36")
    expect(page.get_by_text("de 0:02 que pide el plan")).to_be_visible()
    until(page, "Math.abs(document.getElementById('sound').currentTime - 96) < 1")
    press(page, "Space")
    until(page, "document.getElementById('sound').currentTime > 99")
    press(page, "Control+Enter")  # while it plays: nothing had been reported yet
    expect(page.locator("#trouble")).to_contain_text("Todavía no se puede enviar")
    with reading(house.engine) as session:
        assert session.scalars(select(Evaluation)).one().listened_seconds >= 2


def test_pressing_a_word_a_pin_or_a_time_hears_it(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    until(page, "document.getElementById('sound').readyState > 0")
    page.locator("#turn-10 .w", has_text="cárcel").click()
    until(page, "document.getElementById('sound').currentTime > 98")
    expect(page.locator("#turn-10")).to_have_class("turn has now")
    page.locator(".pin[data-pin='7']").click()
    expect(page.locator("#now")).to_have_text("2:02")
    page.locator("#turn-4 .t a").click()
    until(page, "Math.abs(document.getElementById('sound').currentTime - 27) < 2")


def test_the_slider_over_the_wave_seeks_where_it_is_pressed(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    until(page, "document.getElementById('sound').readyState > 0")
    box = page.locator("#seek").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(page, "Math.abs(document.getElementById('sound').currentTime - 75.5) < 1")


def test_the_words_follow_the_sound_until_the_person_scrolls(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    until(page, "document.getElementById('sound').readyState > 0")
    page.locator("#turn-10 .w", has_text="cárcel").click()
    expect(page.locator(".w.word")).to_have_count(1)
    expect(page.locator("#turn-10")).to_be_in_viewport()
    page.wait_for_timeout(900)
    page.locator("#conversation").hover()
    page.mouse.wheel(0, -3000)
    expect(page.locator("#back-to")).to_contain_text("Volver a 1:")
    page.locator("#back-to").click()
    expect(page.locator("#back-to")).to_be_hidden()
    expect(page.locator(".turn.now")).to_be_in_viewport()


def test_speed_and_silences_obey_and_what_was_heard_is_on_record(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    until(page, "document.getElementById('sound').readyState > 0")
    press(page, "+", "+")
    expect(page.locator("[data-speed='1.5']")).to_have_attribute("aria-pressed", "true")
    page.locator("#skip").click()
    page.locator(".pin[data-pin='3']").click()
    press(page, "Space")
    until(page, "document.getElementById('sound').currentTime > 65")
    press(page, "Space")
    until(page, "document.getElementById('sound').paused")
    page.wait_for_timeout(500)
    with reading(house.engine) as session:
        assert 0 < session.scalars(select(Evaluation)).one().listened_seconds < 8


def test_a_change_made_in_another_window_is_shown_beside_mine_and_nothing_is_lost(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    other = page.context.new_page()
    other.goto(f"/interactions/{house.call}")
    other.wait_for_selector("html.js")
    press(other, "2", "c")
    saved(other, 2)
    press(page, "1", "1")
    page.wait_for_timeout(500)
    press(page, "c")
    expect(page.locator("#conflict")).to_contain_text("otra ventana")
    expect(page.locator("#conflict")).to_contain_text("Monto exacto")
    page.locator("#conflict button").click()
    saved(page, 3)
    expect(page.locator("#crit-amount .now-answer .ans")).to_have_class("ans met done")
    expect(page.locator("#crit-recording_notice .now-answer .ans")).to_have_class("ans met done")


def test_what_was_said_offline_waits_and_is_sent_when_the_network_is_back(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    page.context.set_offline(True)
    press(page, "2", "c")
    expect(page.locator("#saved")).to_contain_text("Sin conexión")
    expect(page.locator("#crit-recording_notice .now-answer .ans")).to_have_class("ans met done")
    page.context.set_offline(False)
    saved(page, 2)
    expect(page.locator("#saved")).to_contain_text("Guardado")


def test_ctrl_z_takes_back_an_answer_and_a_verdict(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    press(page, "2", "c")
    saved(page, 2)
    press(page, "Control+z")
    expect(page.locator("#crit-recording_notice")).to_have_attribute("data-answer", "")
    page.locator(".pin[data-pin='2']").click()
    press(page, "x")
    expect(page.locator("#note-2")).to_have_class("find amber off now")
    press(page, "Escape", "Control+z")
    expect(page.locator("#note-2")).to_have_attribute("data-verdict", "open")


def test_keys_never_fire_in_a_field(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    page.locator("#summary-text").fill("")
    page.locator("#summary-text").type("Cumple n v x 3")
    expect(page.locator("#summary-text")).to_have_value("Cumple n v x 3")
    assert page.locator(".crit.now").count() == 0
    saved(page, 2)


def test_submitting_too_early_names_what_is_missing_and_goes_there(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    press(page, "Control+Enter")
    expect(page.locator("#trouble")).to_contain_text("Falta")
    page.locator("#trouble a").nth(1).click()
    expect(page.locator(".crit.now")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("email", ["lucia@qa.test", "english@qa.test"])
@pytest.mark.parametrize("which", ["call", "chat", "mute"])
def test_axe_finds_nothing_to_mend(house: Any, signed_in: Open, which: str, email: str, theme: str) -> None:
    page = signed_in(f"/interactions/{getattr(house, which)}", email=email)
    page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
    press(page, "3")
    page.wait_for_timeout(600)
    found = Axe().run(page, options=RULES)
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found.response["violations"]] == []


@pytest.mark.parametrize("width", [1440, 1366, 390])
def test_nothing_overflows_sideways(house: Any, signed_in: Open, width: int) -> None:
    page = signed_in(f"/interactions/{house.call}", width=width, height=768)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_scorecard_can_still_be_answered(house: Any, chromium: Any, served: str) -> None:
    with chromium.new_context(base_url=served, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=email]", "lucia@qa.test")
        page.fill("input[name=password]", "correcto caballo grapa 42")
        page.press("input[name=password]", "Enter")
        page.goto(f"/interactions/{house.call}")
        page.locator("#crit-amount .seg button.met").click()
        expect(page.locator("#crit-amount .now-answer .ans")).to_have_class("ans met done")
        expect(page.locator("#crit-amount .seg button.met")).to_have_attribute("aria-pressed", "true")


def test_a_refusal_stays_on_screen_and_the_answer_goes_back(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    with transaction(house.engine) as session:
        row = session.scalars(select(Evaluation)).one()
        row.state, row.submitted_at = EvaluationState.SUBMITTED, row.updated_at
    press(page, "2", "c")
    expect(page.locator("#trouble")).to_contain_text("no cambia más")
    expect(page.locator("#crit-recording_notice .now-answer .ans")).not_to_have_class(DONE)


def test_a_changed_answer_asks_why_and_enter_keeps_it(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    press(page, "2", "n")
    expect(page.locator("#reason-recording_notice")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#crit-recording_notice")).to_have_attribute("data-answer", "")
    page.locator("#reason-recording_notice").select_option("not_said")
    press(page, "Enter")
    expect(page.locator("#crit-recording_notice .told")).to_contain_text("En realidad no se dice")
    expect(page.locator("#crit-recording_notice .now-answer .ans")).to_have_class("ans not done")
    press(page, "2", "Escape")
    expect(page.locator("#crit-recording_notice")).to_have_attribute("data-answer", "")


def test_the_evidence_of_a_question_is_one_key_away(house: Any, signed_in: Open) -> None:
    page = signed_in(f"/interactions/{house.call}")
    press(page, "7", "q")
    expect(page.locator("#now")).to_have_text("0:27")
    expect(page.locator("#turn-4")).to_be_in_viewport()


def test_keys_that_were_switched_off_do_nothing(house: Any, signed_in: Open) -> None:
    with transaction(house.engine) as session:
        session.scalars(select(Person).where(Person.email == "lucia@qa.test")).one().shortcuts = False
    page = signed_in(f"/interactions/{house.call}")
    press(page, "2", "c", ".", "?")
    assert page.locator(".crit.now, .find.now, dialog[open]").count() == 0
    expect(page.locator(".foot")).to_contain_text("Atajos apagados")
