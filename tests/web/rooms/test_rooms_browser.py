"""The pages after a review in a real browser: by keys alone, without scripts, in both languages and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from models.finding import Answer
from tests.web.test_browser import enter, violations  # noqa: F401 - fixtures of the same house

if TYPE_CHECKING:
    from tests.web.conftest import Place
    from tests.web.rooms.conftest import Rooms
    from tests.web.test_browser import Enter

pytestmark = pytest.mark.browser
NOT_MET = Answer.NOT_MET
SMALL = """() => [...document.querySelectorAll("button, a.btn, select, input:not([type=hidden]), summary")]
  .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
  .filter(([element, box]) => box.width && getComputedStyle(element).opacity !== "0")
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([element]) => element.outerHTML.slice(0, 90))"""


@pytest.fixture
def lived_in(place: Place) -> Place:
    return place


@pytest.fixture
def judged(rooms: Rooms) -> dict[str, int]:
    """One evaluation released, one appealed, one waiting; one session open, one closed."""
    first, second, third = rooms.call("uno"), rooms.call("dos"), rooms.call("tres", agent="diego")
    released = rooms.released(first, recap=NOT_MET, balance=NOT_MET)
    appealed = rooms.released(second, recap=NOT_MET)
    rooms.as_("agent").post(f"/mine/{appealed}/appeal", data={"why.recap": "Lo repito al final"})
    rooms.reviewed(third)
    closed = rooms.session(first, "analyst", "coach", "supervisor")
    for who in ("coach", "analyst"):
        rooms.scored(closed, who, **({"recap": NOT_MET} if who == "coach" else {}))
    rooms.as_("supervisor").post(f"/calibration/{closed}/close")
    return {"released": released, "closed": closed, "open": rooms.session(second, "analyst", "coach")}


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("es", "light", 1440), ("en", "dark", 1366), ("es", "dark", 390), ("en", "light", 390)],
)
def test_the_pages_pass_the_accessibility_rules_and_fit(
    enter: Enter,  # noqa: F811
    judged: dict[str, int],
    language: str,
    theme: str,
    width: int,
) -> None:
    seen = {
        "supervisor": (
            "/evaluations",
            "/appeals",
            "/appeals/1",
            "/evaluators",
            "/calibration",
            "/calibration/new",
            f"/calibration/{judged['open']}",
            f"/calibration/{judged['closed']}",
        ),
        "coach": (f"/calibration/{judged['open']}",),
        "agent": ("/mine", f"/mine/{judged['released']}", "/notices"),
    }
    for who, paths in seen.items():
        page = enter("/notices", who=who, language=language, theme=theme, width=width)
        for path in paths:
            page.goto(path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} is too wide"
            assert page.evaluate(SMALL) == [], path


def test_an_agent_reads_acknowledges_and_appeals_by_keys_alone(enter: Enter, judged: dict[str, int]) -> None:  # noqa: F811
    page = enter(f"/mine/{judged['released']}", who="agent")
    page.get_by_role("button", name="Ya la leí").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tu revisor ya sabe que la leíste.")).to_be_visible()
    page.locator("#line-recap summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("En el último turno digo el monto y la fecha")
    page.get_by_role("button", name="Enviar la apelación").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tu apelación se envió.")).to_be_visible()
    expect(page.locator("#line-recap")).to_contain_text("En el último turno digo el monto y la fecha")


@pytest.mark.parametrize("js", [True, False])
def test_an_appeal_is_decided_with_and_without_scripts(
    enter: Enter,  # noqa: F811
    judged: dict[str, int],
    js: bool,
) -> None:
    page = enter("/appeals", who="supervisor", js=js)
    page.get_by_role("link", name="Repite monto y fecha").first.click()
    expect(page.get_by_text("Lo que vale desde ahora")).to_be_hidden()
    page.get_by_label("Aceptar: la respuesta cambia").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Lo que vale desde ahora")).to_be_visible()
    page.get_by_label("Por qué, para que ambos lo entiendan").fill("Sí, se oye")
    page.get_by_role("button", name="Resolver y avisar a ambos").first.click()
    expect(page.get_by_text("Resuelta. Ya se avisó al agente y al revisor.")).to_be_visible()


def test_a_blind_sheet_saves_itself_while_it_is_answered_by_keys(enter: Enter, judged: dict[str, int]) -> None:  # noqa: F811
    page = enter(f"/calibration/{judged['open']}", who="analyst")
    first = page.locator("#q-recap input[type=radio]").first
    first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#sheet-count")).to_contain_text("1 de")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#sheet-version")).to_have_value("3")
    page.reload()
    expect(page.locator("#q-recap input[value='a:not_met']")).to_be_checked()
    page.get_by_role("button", name="Enviar mi hoja").click()
    expect(page.get_by_role("alert")).to_contain_text("preguntas sin respuesta")


def test_a_sheet_that_another_window_changed_says_so_and_keeps_what_is_there(
    enter: Enter,  # noqa: F811
    judged: dict[str, int],
) -> None:
    page, other = (enter(f"/calibration/{judged['open']}", who="analyst") for _ in range(2))
    other.locator("#q-recap input[value='a:met']").check(force=True)
    expect(other.locator("#sheet-version")).to_have_value("2")
    page.locator("#q-recap input[value='a:not_met']").check(force=True)
    expect(page.get_by_role("alert")).to_contain_text("en otra ventana")
    expect(page.locator("#q-recap input[value='a:not_met']")).to_be_checked()


def test_chosen_evaluations_are_released_at_once(enter: Enter, judged: dict[str, int]) -> None:  # noqa: F811
    page = enter("/evaluations?state=submitted", who="supervisor")
    page.get_by_label("Elegir todas las que se pueden entregar").check()
    page.get_by_role("button", name="Entregar ahora").click()
    expect(page.get_by_text("Entregadas: ya se avisó a los agentes.")).to_be_visible()
    expect(page.get_by_text("Ninguna en este estado")).to_be_visible()
