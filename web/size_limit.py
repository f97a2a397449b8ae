"""Refuses a body that says it is too large before any of it is read; the framework cuts off those that say nothing."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import QAError


class TooLarge(QAError):
    status = 413
    says = "What you sent is larger than this place takes."
    remedy = "Send a smaller file, or ask for the limit to be raised."


class SizeLimit:
    """ASGI middleware. `limit` tells by path; `refuse` makes the answer that a person sees."""

    def __init__(
        self, app: ASGIApp, limit: Callable[[str], int], refuse: Callable[[Request, QAError], Response]
    ) -> None:
        self.app = app
        self.limit = limit
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stated = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if not stated.isdigit() or int(stated) <= self.limit(scope["path"]):
            await self.app(scope, receive, send)
            return
        response = await run_in_threadpool(self.refuse, Request(scope, receive), TooLarge())
        await response(scope, receive, send)
