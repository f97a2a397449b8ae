"""Nobody gets through a door that no rule opens for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from models.people import Role
from web.access import Needs, Open, Rule, Token, UnguardedRouteError, refuse_unguarded, rules
from web.registry import pages

if TYPE_CHECKING:
    from tests.web.conftest import Place

ROUTES = [route for page in pages() for route in page.router.routes if isinstance(route, APIRoute)]
CALLS = [(method, route) for route in ROUTES for method in sorted(route.methods or ())]
GUARDED = [(method, route) for method, route in CALLS if not any(isinstance(r, Open) for r in rules(route.dependant))]
# Who may do what, as decided with the people of the floor: changing it is a decision, not a refactoring.
ALLOWED = {
    "own_settings": {"agent", "analyst", "coach", "supervisor", "compliance", "admin", "auditor"},
    "see_interactions": {"agent", "analyst", "coach", "supervisor", "compliance", "admin", "auditor"},
    "see_queue": {"analyst", "coach", "supervisor", "compliance", "admin", "auditor"},
    "review": {"analyst", "coach", "supervisor", "compliance", "admin"},
    "ingest": {"analyst", "supervisor", "admin"},
    "manage_sources": {"supervisor", "admin"},
    "manage_people": {"admin"},
    "manage_scorecards": {"supervisor", "admin"},
    "manage_plans": {"supervisor", "admin"},
    "release": {"supervisor", "compliance", "admin"},
    "release_own": {"analyst", "coach", "supervisor", "compliance", "admin"},
    "read_judgement": {"supervisor", "compliance", "admin", "auditor"},
    "appeal": {"agent"},
    "resolve_appeals": {"supervisor", "compliance", "admin"},
    "calibrate": {"analyst", "coach", "supervisor", "compliance", "admin"},
    "lead_calibration": {"supervisor", "compliance", "admin"},
    "export": {"supervisor", "compliance", "admin", "auditor"},
    "manage_originals": {"compliance", "admin"},
    "see_rules": {"supervisor", "compliance", "admin", "auditor"},
    "manage_rules": {"compliance", "admin"},
}


def test_every_route_names_exactly_one_rule() -> None:
    for route in ROUTES:
        assert len(list(rules(route.dependant))) == 1, route.path


def test_the_open_doors_are_these_and_no_others() -> None:
    opened = {route.path for route in ROUTES if isinstance(rule_of(route), Open)}
    assert opened == {"/sign-in", "/sign-out", "/preferences", "/healthz", "/readyz", "/openapi.json"}


def test_a_route_without_a_rule_keeps_the_application_from_starting() -> None:
    router = APIRouter()
    router.add_api_route("/forgotten", lambda: None)
    with pytest.raises(UnguardedRouteError, match="/forgotten"):
        refuse_unguarded(router.routes)


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=[f"{method} {route.path}" for method, route in GUARDED])
def test_a_stranger_is_sent_to_sign_in_or_refused(place: Place, method: str, route: APIRoute) -> None:
    answer = place.client().request(method, filled(route.path))
    if isinstance(rule_of(route), Token):
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


def test_a_role_without_the_right_is_refused_everywhere_and_one_with_it_nowhere(place: Place) -> None:
    for role in sorted(set(Role) - {Role.INTEGRATION}):
        client = place.client(f"{role}@qa.test")
        for method, route in CALLS:
            rule = rule_of(route)
            if not isinstance(rule, Needs):
                continue
            status = client.request(method, filled(route.path), files=[]).status_code
            may = role in ALLOWED[rule.right]
            assert (status == 403) is not may, f"{role} {method} {route.path}: {status}"


def test_an_interaction_of_another_portfolio_is_not_there(place: Place) -> None:
    theirs = place.arrive(("agent", "Buenos días, le llamo de Banca Quindío."), portfolio="quindio")
    own = place.arrive(("agent", "Buenos días, le llamo de Crédito Andino."), portfolio="andino")
    client = place.client("andino@qa.test")
    assert client.get(f"/interactions/{theirs}").status_code == 404
    assert client.get(f"/interactions/{own}").status_code == 200
    listed = client.get("/interactions").text
    assert f"/interactions/{own}" in listed
    assert f"/interactions/{theirs}" not in listed


def test_an_agent_sees_only_their_own_work(place: Place) -> None:
    own = place.arrive(("agent", "Hola, soy Karla."), agent="karla")
    other = place.arrive(("agent", "Hola, soy Diego."), agent="diego")
    client = place.client("agent@qa.test")
    assert client.get(f"/interactions/{own}").status_code == 200
    assert client.get(f"/interactions/{other}").status_code == 404
    assert f"/interactions/{other}" not in client.get("/interactions").text


def rule_of(route: APIRoute) -> Rule:
    (rule,) = rules(route.dependant)
    assert isinstance(rule, Rule)
    return rule


def filled(path: str) -> str:
    """The path with numbers and words in its blanks that belong to nothing."""
    return re.sub(r"{(\w+)}", lambda blank: "999999" if blank[1].endswith("_id") else "nothing", path)
