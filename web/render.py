"""Turns a template into an answer: the whole page, or only the block that htmx asked for, in the person's language."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from starlette.responses import HTMLResponse

from qa_platform.access.people import LANGUAGES, THEMES
from qa_platform.access.rights import Viewer
from qa_platform.database import reading
from web import words
from web.access import who
from web.looks import channel_icon, look, severity_look
from web.wording import FILTERS, Wording

HOME = Path(__file__).parent
STATIC = HOME / "static"


def page(
    request: Request,
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """`template` in full; where htmx asks and `fragment` names a block of it, only that block."""
    known = surroundings(request) | context
    if fragment and request.headers.get("hx-request") == "true":
        html = render_block(_environment(), template, fragment, known)
    else:
        html = _environment().get_template(template).render(known)
    return HTMLResponse(html, status_code=status, headers=headers)


def surroundings(request: Request) -> dict[str, Any]:
    """What every template knows."""
    viewer, language = who(request), language_of(request)
    wording = Wording(language, ZoneInfo(request.app.state.settings.time_zone))
    known: dict[str, Any] = {
        "request": request,
        "path": request.url.path,
        "viewer": viewer,
        "language": language,
        "theme": theme_of(request),
        "words": wording,
        "_": wording.say,
        "_n": wording.say_count,
        "now": datetime.now(UTC),
        "nav": _navigation(request, viewer),
        "demo": request.app.state.settings.demo,
    }
    # The pieces speak the person's language too, and a block rendered alone needs them as much as a page.
    known["ui"] = _environment().get_template("pieces.html").make_module(known)
    return known


def language_of(request: Request) -> str:
    """The person's own choice, else this browser's, else the setting."""
    viewer = who(request)
    if viewer is not None:
        return viewer.language
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = request.headers.get("accept-language", "")[:2].lower()
    return wanted if wanted in LANGUAGES else str(request.app.state.settings.language)


def theme_of(request: Request) -> str:
    viewer = who(request)
    chosen = viewer.theme if viewer else request.cookies.get("theme")
    return str(chosen) if chosen in THEMES else THEMES[0]


def _navigation(request: Request, viewer: Viewer | None) -> list[dict[str, Any]]:
    if viewer is None:
        return []
    with reading(request.app.state.engine) as session:
        return [
            {"entry": entry, "count": entry.count(session, viewer) if entry.count else None}
            for entry in request.app.state.navigation
            if viewer.may(entry.right)
        ]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([HOME, HOME / "pages"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["static"] = static
    environment.globals["names"] = words
    environment.globals["look"] = look
    environment.globals["severity_look"] = severity_look
    environment.globals["channel_icon"] = channel_icon
    return environment


@cache
def static(name: str) -> str:
    """The address of a file under `static`, with a mark of its content: browsers may then keep it for good."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
