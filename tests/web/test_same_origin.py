"""Which requests count as our own pages' (cross-site request forgery)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.datastructures import Headers

from web.same_origin import is_ours

if TYPE_CHECKING:
    from tests.web.conftest import Place

HOST = {"host": "qa.example"}
CASES = [
    # what comes, method, path, headers, ours
    ("our own form", "POST", "/queue/next", {"sec-fetch-site": "same-origin"}, True),
    ("typed by hand or from a bookmark", "POST", "/queue/next", {"sec-fetch-site": "none"}, True),
    ("another site", "POST", "/queue/next", {"sec-fetch-site": "cross-site"}, False),
    ("a sister host", "POST", "/queue/next", {"sec-fetch-site": "same-site"}, False),
    ("a lying Origin", "POST", "/x", {"sec-fetch-site": "cross-site", "origin": "https://qa.example"}, False),
    ("an old browser, our Origin", "POST", "/x", {"origin": "https://qa.example"}, True),
    ("an old browser, another Origin", "POST", "/x", {"origin": "https://evil.example"}, False),
    ("an opaque origin", "POST", "/x", {"origin": "null"}, False),
    ("an old browser, our Referer", "POST", "/x", {"referer": "https://qa.example/queue"}, True),
    ("another port of our host", "POST", "/x", {"origin": "https://qa.example:8443"}, False),
    ("nothing told", "POST", "/x", {}, False),
    ("nothing told, deleting", "DELETE", "/x", {}, False),
    ("reading from anywhere", "GET", "/queue", {"sec-fetch-site": "cross-site"}, True),
    ("a machine with a token", "POST", "/api/v1/interactions", {}, True),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "ours"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_change_counts_only_when_our_own_page_asks(
    method: str, path: str, headers: dict[str, str], ours: bool
) -> None:
    assert is_ours(method, path, Headers(HOST | headers)) is ours


def test_a_forged_change_is_refused_in_words_and_changes_nothing(place: Place) -> None:
    client = place.client("analyst@qa.test")
    forged = client.post("/preferences", data={"language": "en"}, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    assert "Otro sitio pidió este cambio" in forged.text
    assert '<html lang="es"' in client.get("/settings").text


def test_no_address_changes_anything_by_being_read(place: Place) -> None:
    client = place.client("analyst@qa.test")
    for path in ("/sign-out", "/queue/next", "/queue/draw", "/preferences"):
        assert client.get(path).status_code in (404, 405)
    assert client.get("/settings").status_code == 200
