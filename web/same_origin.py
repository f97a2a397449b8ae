"""Refuses changes that another site's page asks a signed-in browser for (cross-site request forgery)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import QAError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_ONLY = "/api/"  # noqa: S105 - there only a bearer token counts, which no browser sends by itself


class FromElsewhere(QAError):
    status = 403
    says = "This change was asked for by another site, so it was not made."
    remedy = "Open the page here and do it again."


class SameOrigin:
    """ASGI middleware, before any body is read. `refuse` makes the answer that a person sees."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, QAError], Response]) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_ours(scope["method"], scope["path"], Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        response = await run_in_threadpool(self.refuse, Request(scope, receive), FromElsewhere())
        await response(scope, receive, send)


def is_ours(method: str, path: str, headers: Headers) -> bool:
    """`Sec-Fetch-Site` decides where the browser sends it; older browsers are told apart by Origin or Referer."""
    if method in SAFE or path.startswith(TOKEN_ONLY):
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    stated = headers.get("origin") or headers.get("referer")
    return stated is not None and urlsplit(stated).netloc == headers.get("host")
