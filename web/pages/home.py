"""The start: each role lands where its work is."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from web.access import Anyone

router = APIRouter(include_in_schema=False)


@router.get("/")
def start(request: Request, viewer: Anyone) -> Response:
    open_to_them = [entry.href for entry in request.app.state.navigation if viewer.may(entry.right)]
    return RedirectResponse(open_to_them[0] if open_to_them else "/settings", status_code=303)
