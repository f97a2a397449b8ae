"""Signing in and out, and the two choices (language, theme) that are there before and after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from models.errors import QAError
from qa_platform.access import people, signing_in
from qa_platform.access.people import LANGUAGES, THEMES
from qa_platform.access.rights import Right
from qa_platform.database import reading, transaction
from qa_platform.text import explain
from web.access import HERE, Open, cookie_name, who
from web.render import language_of, page

router = APIRouter(include_in_schema=False)
A_YEAR = 365 * 24 * 3600


class PlainHttp(QAError):
    status = 403
    says = "This connection is not encrypted, so nobody can sign in over it."
    remedy = "Open the page with https, or ask an administrator."


@router.get("/sign-in", dependencies=[Depends(Open("whoever is to sign in"))])
def ask(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    if who(request) is not None:
        return RedirectResponse(local(next), status_code=303)
    return page(request, "sign_in.html", next=local(next), email="", refusal=None)


@router.post("/sign-in", dependencies=[Depends(Open("whoever is to sign in"))])
def enter(
    request: Request,
    email: Annotated[str, Form(max_length=254)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name of the field
) -> Response:
    try:
        token = _sign_in(request, email, password)
    except QAError as refused:
        says, remedy = explain(refused, language_of(request))
        return page(
            request, "sign_in.html", status=refused.status, next=local(next), email=email, refusal=(says, remedy)
        )
    response = RedirectResponse(local(next), status_code=303)
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), token, httponly=True, secure=secure, samesite="lax", path="/")
    return response


@router.post("/sign-out", dependencies=[Depends(Open("ends only the caller's own session"))])
def leave(request: Request) -> Response:
    token = request.cookies.get(cookie_name(request))
    if token:
        with transaction(request.app.state.engine) as session:
            signing_in.sign_out(session, token)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.post("/preferences", dependencies=[Depends(Open("language and theme are chosen before signing in too"))])
def choose(
    request: Request,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Kept with the person who is signed in, and with the browser for the sign-in page."""
    viewer = who(request)
    if viewer is not None and viewer.may(Right.OWN_SETTINGS):
        with transaction(request.app.state.engine) as session:
            people.prefer(session, viewer.id, language=language, theme=theme)
    response = RedirectResponse(local(back), status_code=303)
    for name, value, known in (("language", language, LANGUAGES), ("theme", theme, THEMES)):
        if value in known:
            response.set_cookie(name, value, max_age=A_YEAR, samesite="lax", secure=request.url.scheme == "https")
    return response


def local(address: str) -> str:
    """Only a path of ours: an address that leads elsewhere becomes the start page."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain and "\\" not in address else "/"


def _sign_in(request: Request, email: str, password: str) -> str:
    """The token of a new session. Raises PlainHttp, TooManyTries, SignInRefused."""
    settings, engine = request.app.state.settings, request.app.state.engine
    if request.url.scheme != "https" and request.url.hostname not in HERE and not settings.insecure_cookies:
        raise PlainHttp
    address = request.client.host if request.client else ""
    now = datetime.now(UTC)
    with reading(engine) as session:
        person_id = signing_in.prove(session, email=email, password=password, address=address, now=now)
    with transaction(engine) as session:
        signing_in.forget_old(session, now=now)
        if person_id is not None:
            return signing_in.sign_in(session, person_id, email=email, address=address, now=now)
        signing_in.note_failure(session, email=email, address=address, now=now)
    raise signing_in.SignInRefused
