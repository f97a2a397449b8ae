"""A person's own settings: language, theme, keys and password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access import people, signing_in
from qa_platform.access.passwords import SHORTEST
from qa_platform.access.rights import Viewer
from qa_platform.database import transaction
from qa_platform.text import explain
from web.access import Anyone, cookie_name
from web.render import language_of, page

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def show(request: Request, viewer: Anyone, saved: str = "") -> Response:  # noqa: ARG001 - the rule of the route
    return page(request, "settings.html", saved=saved, refusal=None, shortest=SHORTEST)


@router.post("/settings")
def save(
    request: Request,
    viewer: Anyone,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    shortcuts: Annotated[str, Form()] = "",
) -> Response:
    with transaction(request.app.state.engine) as session:
        people.prefer(session, viewer.id, language=language, theme=theme, shortcuts=shortcuts == "on")
    return RedirectResponse("/settings?saved=choices", status_code=303)


@router.post("/settings/password")
def change_password(
    request: Request,
    viewer: Anyone,
    current: Annotated[str, Form(max_length=1024)] = "",
    new: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """The other browsers of this person are signed out."""
    kept = signing_in.token_digest(request.cookies.get(cookie_name(request), ""))
    try:
        with transaction(request.app.state.engine) as session:
            people.change_password(session, viewer.id, current=current, new=new, keep_token_hash=kept)
    except QAError as refused:
        told = explain(refused, language_of(request))
        if viewer.first_password:
            return _first(request, viewer, status=refused.status, refusal=told)
        return page(request, "settings.html", status=refused.status, saved="", refusal=told, shortest=SHORTEST)
    return RedirectResponse("/" if viewer.first_password else "/settings?saved=password", status_code=303)


@router.get("/settings/first-password")
def ask_first(request: Request, viewer: Anyone) -> Response:
    """Before anything else, whoever signed in with a password that was handed to them chooses their own."""
    return _first(request, viewer) if viewer.first_password else RedirectResponse("/settings", status_code=303)


def _first(request: Request, viewer: Viewer, *, status: int = 200, refusal: tuple[str, str] | None = None) -> Response:
    return page(
        request,
        "first_password.html",
        status=status,
        viewer=None,  # nothing of the house is shown yet
        email=viewer.email,
        name=viewer.name,
        refusal=refusal,
        shortest=SHORTEST,
    )
