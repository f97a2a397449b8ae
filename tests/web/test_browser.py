"""The screen in a real browser: without a mouse, without scripts, in both languages and themes, on a phone."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from qa_platform.pipeline import House
from qa_platform.rules_desk import walk
from tests.qa_platform.rules_desk.conftest import OWN
from tests.web.conftest import PASSWORD
from tests.web.test_ingest import CHAT
from web.app import create_app

if TYPE_CHECKING:
    from tests.web.conftest import Place

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HOOK = "https://receiver.example/hook"
PAGES = ["/queue", "/interactions", "/ingest", "/settings", "/sources", "/people", "/integrations", "/nowhere"]
PAGES += ["/integrations/webhooks", "/integrations/webhooks/1"]
PAGES += ["/rules", "/rules/write", "/rules/of/es/slip.threat_jail.own_words", "/rules/trials/1"]
Enter = Callable[..., Page]


@pytest.fixture
def lived_in(place: Place) -> Place:
    """A house with something in every list."""
    place.arrive(("agent", "Si no paga hoy lo vamos a meter a la cárcel."), id="grave", agent="diego")
    place.arrive(("agent", "Buenos días, soy Karla."), ("customer", "Yo ya pagué, tengo el comprobante."), id="calma")
    client = place.client("analyst@qa.test")
    client.post("/queue/draw")
    place.client("admin@qa.test").post("/integrations/webhooks", data={"url": HOOK})
    place.client("admin@qa.test").post("/rules/write", data={"text": OWN})
    walk.run(House(place.engine, place.settings), 1)
    client.post("/ingest", files=[("files", ("chat.json", CHAT)), ("files", ("nota.pdf", b"%PDF-1.7"))])
    return place


@pytest.fixture
def enter(lived_in: Place, browser: Browser) -> Iterator[Enter]:
    """Opens a page as somebody; afterwards nothing may have been refused by the policy or broken in a script."""
    wrong: list[str] = []
    with served(lived_in) as address:
        contexts = []

        def open_page(
            path: str,
            *,
            who: str = "admin",
            width: int = 1440,
            language: str = "es",
            theme: str = "light",
            js: bool = True,
        ) -> Page:
            context = browser.new_context(
                base_url=address, viewport={"width": width, "height": 900}, java_script_enabled=js, locale="es-MX"
            )
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
            page.goto("/sign-in")
            if who:
                page.fill("#email", f"{who}@qa.test")
                page.fill("#password", PASSWORD)
                page.keyboard.press("Enter")
                page.wait_for_url(lambda url: "/sign-in" not in url)
            for name, value in (("language", language), ("theme", theme)):
                page.request.post("/preferences", form={name: value}, headers={"sec-fetch-site": "same-origin"})
            page.goto(path)
            return page

        yield open_page
        for context in contexts:
            context.close()
    assert not wrong


@contextmanager
def served(place: Place) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(place.settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("es", "light", 1440), ("en", "dark", 1366), ("es", "dark", 390), ("en", "light", 390)],
)
def test_every_page_passes_the_accessibility_rules_and_fits(
    enter: Enter, language: str, theme: str, width: int
) -> None:
    page = enter("/queue", language=language, theme=theme, width=width)
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} is too wide"
        assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_passes_the_accessibility_rules(enter: Enter, theme: str) -> None:
    page = enter("/sign-in", who="")
    if theme == "dark":
        page.get_by_role("button", name="Tema oscuro").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert violations(page) == []


def test_everything_that_is_pressed_is_large_enough_to_press(enter: Enter) -> None:
    """WCAG 2.5.8: 24 by 24 pixels; links within a sentence may be smaller."""
    page = enter("/queue")
    for path in PAGES:
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, a.btn, nav a, select, input:not([type=hidden]), summary")]
              .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
              .filter(([element, box]) => box.width && getComputedStyle(element).opacity !== "0")
              .filter(([, box]) => box.width < 24 || box.height < 24)
              .map(([element]) => element.outerHTML.slice(0, 90))"""
        )
        assert small == [], path


def test_an_analyst_reaches_the_next_interaction_without_a_mouse(enter: Enter) -> None:
    page = enter("/queue", who="analyst")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Saltar al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("nunca")
    expect(page.get_by_text("Nada coincide con estos filtros")).to_be_visible()
    assert page.url.endswith("/queue"), "a key pressed while writing is a letter, and the words stay out of the address"
    search.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/interactions/*")


def test_with_the_keys_switched_off_a_letter_does_nothing(enter: Enter) -> None:
    page = enter("/settings", who="analyst")
    page.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Guardar").click()
    page.goto("/queue")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.url.endswith("/queue")


def test_a_filter_changes_the_table_in_place_and_is_said(enter: Enter) -> None:
    page = enter("/interactions")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_label("Severidad", exact=True).focus()
    page.get_by_label("Severidad", exact=True).select_option("critical")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#live")).to_have_text("1 interacción")
    expect(page).to_have_url(re.compile(r"/interactions\?severity=critical$"))
    expect(page.get_by_label("Severidad", exact=True)).to_be_focused()


def test_files_are_sent_one_by_one_and_show_without_loading_the_page_again(enter: Enter, tmp_path: Path) -> None:
    page = enter("/ingest", who="analyst")
    page.evaluate("window.still = true")
    files = []
    for number in range(3):
        file = tmp_path / f"charla {number}.json"
        file.write_text(json.dumps(json.loads(CHAT) | {"id": f"N{number}"}), encoding="utf-8")
        files.append(file)
    (tmp_path / "roto.wav").write_bytes(b"RIFF")
    page.set_input_files("#files", [*files, tmp_path / "roto.wav"])
    expect(page.get_by_text("4 archivos")).to_be_visible()
    expect(page.get_by_text("3 aceptados")).to_be_visible()
    expect(page.locator("#refused + .count")).to_have_text("1")
    assert page.evaluate("window.still") is True


def test_without_scripts_the_work_can_still_be_done(enter: Enter, tmp_path: Path) -> None:
    page = enter("/queue", who="analyst", js=False)
    page.get_by_label("Severidad", exact=True).select_option("critical")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.locator("table.wide-t tbody tr")).to_have_count(1)
    page.goto("/ingest")
    (tmp_path / "charla.json").write_bytes(CHAT)
    page.set_input_files("#files", tmp_path / "charla.json")
    page.get_by_role("button", name="Subir archivos", exact=True).click()
    expect(page.get_by_text("1 duplicado, sin cambio")).to_be_visible()
    page.goto("/queue")
    page.get_by_role("button", name="Siguiente").first.click()
    page.wait_for_url("**/interactions/*")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
