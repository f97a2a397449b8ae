"""One way for every error to reach a person: a page, a fragment where htmx asked, or JSON for machines."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import QAError
from qa_platform import logs
from qa_platform.access.rights import NotFound
from qa_platform.text import explain
from web.access import PasswordFirst, SignInFirst
from web.render import language_of, page
from web.size_limit import TooLarge

FOR_MACHINES = ("/api/", "/metrics")
log = logs.logger(__name__)


class Broken(QAError):
    status = 500
    says = "Something of ours broke."
    remedy = "Nothing you had saved was lost. Try again; if it happens again, tell support the code {code}."


class BadRequest(QAError):
    says = "The request was not understood."
    remedy = "Go back and try again."


class Misfit(QAError):
    """A field that is missing or of the wrong kind; `where` names it."""

    status = 422
    says = "A field is missing or cannot be read."
    remedy = "Check it and send it again."


class WrongMethod(QAError):
    status = 405
    says = "This address does not take that kind of request."
    remedy = "Use the buttons of the page."


_BY_STATUS: dict[int, type[QAError]] = {404: NotFound, 405: WrongMethod, 413: TooLarge}


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(QAError, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _misfit)


class LastResort:
    """ASGI middleware: what nobody foresaw is logged with a code and told as one, and goes no further."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # the server lives on whatever one request does
            code = f"QA-{secrets.token_hex(2).upper()}"
            log.exception("request.failed", code=code, kind=type(error).__name__, path=scope.get("path"))
            if begun or scope["type"] != "http":
                raise
            response = await run_in_threadpool(answer, Request(scope, receive), Broken(code=code))
            await response(scope, receive, send)


def answer(request: Request, error: QAError) -> Response:
    """The error as whoever asked can use it."""
    says, remedy = explain(error, language_of(request))
    if request.url.path.startswith(FOR_MACHINES):
        asks = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
        return JSONResponse(_for_machines(error, says, remedy), status_code=error.status, headers=asks)
    htmx = request.headers.get("hx-request") == "true"
    if isinstance(error, SignInFirst):
        return _to_sign_in(request, htmx=htmx)
    if isinstance(error, PasswordFirst):
        return _sent_to("/settings/first-password", htmx=htmx)
    return page(request, "error.html", fragment="note", status=error.status, error=error, says=says, remedy=remedy)


def _for_machines(error: QAError, says: str, remedy: str) -> dict[str, Any]:
    return {"error": {"code": error.code, "says": says, "remedy": remedy, "where": error.where or None}}


def _to_sign_in(request: Request, *, htmx: bool) -> Response:
    back = request.url.path if request.method == "GET" and not htmx else "/"
    address = "/sign-in" if back == "/" else f"/sign-in?next={quote(back)}"
    return _sent_to(address, htmx=htmx)


def _sent_to(address: str, *, htmx: bool) -> Response:
    if htmx:
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, QAError)  # noqa: S101 - registered for it
    return answer(request, error)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return answer(request, _BY_STATUS.get(error.status_code, BadRequest)())


def _misfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    places = (".".join(str(part) for part in problem["loc"][1:]) for problem in error.errors())
    return answer(request, Misfit(", ".join(dict.fromkeys(filter(None, places)))))
