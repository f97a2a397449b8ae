"""Scorecards, the plan and the figures in a real browser: live while typed, by keys alone, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.test_browser import enter, lived_in, violations  # noqa: F401 - fixtures of the same house

if TYPE_CHECKING:
    from tests.web.test_browser import Enter

pytestmark = pytest.mark.browser
DRAFT = "/scorecards/unified/draft"
PAGES = (
    "/scorecards",
    "/scorecards/new",
    "/plans",
    "/figures",
    DRAFT,
    f"{DRAFT}?at=question:respect",
    f"{DRAFT}?at=file",
)


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("es", "light", 1440), ("en", "dark", 1366), ("es", "dark", 390), ("en", "light", 390)],
)
def test_the_pages_pass_the_accessibility_rules_and_fit(
    enter: Enter,  # noqa: F811
    language: str,
    theme: str,
    width: int,
) -> None:
    page = enter("/scorecards", language=language, theme=theme, width=width)
    page.locator("form[action$='/begin'] button").click()
    page.wait_for_url(f"**{DRAFT}")
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} is too wide"


def test_a_weight_shows_what_it_does_while_it_is_typed_and_can_be_balanced_by_keys(enter: Enter) -> None:  # noqa: F811
    page = enter("/scorecards")
    page.get_by_role("button", name="Escribir la versión 2").click()
    weight = page.get_by_label("Peso de «Saluda y se presenta con nombre y empresa»")
    weight.fill("9")
    expect(page.get_by_text("Los pesos suman 103, no 100.").first).to_be_visible()
    expect(page.get_by_text("pesa 9 en vez de 6")).to_be_visible()
    expect(weight).to_be_focused()
    expect(page.get_by_role("button", name="Publicar la versión 2")).to_be_disabled()
    page.get_by_role("button", name="Ajustar los demás a 100").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("100 / 100")).to_be_visible()
    expect(weight).to_have_value("9")
    publish = page.get_by_role("button", name="Publicar la versión 2")
    publish.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scorecards?card=unified&saved=2")
    expect(page.get_by_text("La versión 2 está en uso desde ahora.")).to_be_visible()


def test_a_new_question_is_ready_to_be_written_and_its_kind_brings_its_fields(enter: Enter) -> None:  # noqa: F811
    page = enter("/scorecards")
    page.get_by_role("button", name="Escribir la versión 2").click()
    page.get_by_role("button", name="Agregar un criterio a «Apertura y trato»").click()
    written = page.get_by_label("Criterio, en español")
    expect(written).to_be_focused()
    page.keyboard.type("Ofrece el portal")
    page.keyboard.press("Enter")
    expect(page.locator("#name-question_1")).to_have_text("Ofrece el portal")
    page.get_by_label("Tipo de respuesta").select_option("choice")
    expect(page.get_by_role("button", name="Agregar una respuesta")).to_be_visible()
    page.get_by_role("button", name="Agregar una respuesta").click()
    expect(page.locator(".opt-row")).to_have_count(3)
    page.reload()
    expect(page.locator("#name-question_1")).to_have_text("Ofrece el portal")


def test_the_plan_shows_what_it_would_draw_while_it_is_typed(enter: Enter) -> None:  # noqa: F811
    page = enter("/plans")
    expect(page.get_by_role("button", name="Guardar como versión 3")).to_be_disabled()
    page.get_by_label("Revisiones por día", exact=True).fill("1")
    expect(page.get_by_text("Revisiones por día: 1 en vez de 24.")).to_be_visible()
    page.get_by_label("Revisiones por día", exact=True).fill("mucho")
    expect(page.locator("#side .note")).to_contain_text("mucho")
    page.get_by_label("Revisiones por día", exact=True).fill("20")
    page.get_by_role("button", name="Guardar como versión 3").click()
    expect(page.get_by_text("La versión 3 sortea desde ahora.")).to_be_visible()


def test_without_scripts_the_builder_and_the_plan_still_work(enter: Enter) -> None:  # noqa: F811
    page = enter("/scorecards", js=False)
    page.get_by_role("button", name="Escribir la versión 2").click()
    weight = page.get_by_label("Peso de «Saluda y se presenta con nombre y empresa»")
    weight.fill("9")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("pesa 9 en vez de 6")).to_be_visible()
    page.get_by_role("button", name="Ajustar los demás a 100").click()
    expect(page.get_by_text("100 / 100")).to_be_visible()
    page.goto("/plans")
    page.get_by_label("Revisiones por día", exact=True).fill("1")
    page.get_by_role("button", name="Probar").click()
    expect(page.get_by_text("Revisiones por día: 1 en vez de 24.")).to_be_visible()
