"""Every answer tells the browser what may run, and to keep nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from web.pages import settings

if TYPE_CHECKING:
    from tests.web.conftest import Place

PAGES = [
    "/sign-in",
    "/queue",
    "/interactions",
    "/ingest",
    "/settings",
    "/sources",
    "/people",
    "/integrations",
    "/nowhere",
]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|\bjs:", re.IGNORECASE)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_only_what_is_ours_and_is_not_kept(place: Place, path: str) -> None:
    answer = place.client("" if path == "/sign-in" else "admin@qa.test").get(path)
    policy = directives(answer.headers["content-security-policy"])
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not INLINE.search(answer.text), INLINE.search(answer.text)


def test_the_review_page_needs_no_exception_from_the_policy(place: Place) -> None:
    number = place.arrive(("agent", "Buenos días, soy Karla de Crédito Andino."))
    answer = place.client("analyst@qa.test").get(f"/interactions/{number}")
    policy = directives(answer.headers["content-security-policy"])
    assert answer.status_code == 200
    assert policy["script-src"] == policy["style-src"] == "'self'"


def test_an_error_of_ours_is_told_with_a_code_and_the_same_headers(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = place.client("analyst@qa.test")
    monkeypatch.setattr(settings, "page", lambda *_, **__: 1 / 0)
    broken = client.get("/settings")
    assert broken.status_code == 500
    assert re.search(r"QA-[0-9A-F]{4}", broken.text)
    assert "ZeroDivisionError" not in broken.text
    assert directives(broken.headers["content-security-policy"])["script-src"] == "'self'"
    assert broken.headers["cache-control"] == "no-store"


def test_a_body_larger_than_a_form_is_refused_before_it_is_read(place: Place) -> None:
    refused = place.client("analyst@qa.test").post("/settings", data={"language": "x" * 2_000_000})
    assert refused.status_code == 413
    assert "más grande" in refused.text


def test_files_with_a_mark_of_their_content_are_kept_for_good_and_others_asked_for_again(place: Place) -> None:
    client = place.client()
    marked = re.search(r'href="(/static/style\.css\?v=\w+)"', client.get("/sign-in").text)
    assert marked
    assert "immutable" in client.get(marked[1]).headers["cache-control"]
    assert client.get("/static/style.css").headers["cache-control"] == "no-cache"


def directives(policy: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}
