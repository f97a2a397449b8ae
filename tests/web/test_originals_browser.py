"""Originals in a real browser: opened with a reason by keys alone, heard in a player, readable by everybody who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.test_browser import enter, violations  # noqa: F401 - fixtures of the same house
from tests.web.test_originals import call_with_a_card, compliance  # noqa: F401

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.web.conftest import Place
    from tests.web.test_browser import Enter

pytestmark = pytest.mark.browser


@pytest.fixture
def lived_in(place: Place, compliance: TestClient) -> Place:  # noqa: F811
    call_with_a_card(place)
    return place


def test_an_original_is_opened_by_keys_and_plays(enter: Enter) -> None:  # noqa: F811
    page = enter("/interactions/1", who="compliance")
    summary = page.get_by_text("El original se guarda sellado.")
    page.locator(".originals summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#original-reason")).to_be_visible()
    assert violations(page) == []
    page.locator("#original-reason").select_option("dispute")
    page.get_by_label("Lo que debe decir el registro").fill("queja 12")
    page.keyboard.press("Enter")
    page.wait_for_url("**/originals/1")
    expect(summary).to_have_count(0)
    length = page.locator("audio").evaluate(
        "async (audio) => { for (let n = 0; n < 100 && !audio.duration; n++) await new Promise(r => setTimeout(r, 50));"
        " return audio.duration }"
    )
    assert length == pytest.approx(6.0, abs=0.1)
    assert violations(page) == []


@pytest.mark.parametrize(("language", "theme", "width"), [("es", "light", 1440), ("en", "dark", 390)])
def test_the_pages_pass_the_accessibility_rules_and_fit(
    enter: Enter,  # noqa: F811
    language: str,
    theme: str,
    width: int,
) -> None:
    page = enter("/originals", who="admin", language=language, theme=theme, width=width)
    for path in ("/originals", "/transcription", "/transcription?portfolio=2&saved=yes"):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} is too wide"
