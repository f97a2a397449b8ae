"""Whether the server lives, whether it can work, and what its HTTP interface offers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, PlainTextResponse, Response

from qa_platform.database import reading
from qa_platform.figures import exposition, figures
from qa_platform.health import is_ready
from web.access import Open, Token

router = APIRouter(include_in_schema=False)


@router.get("/healthz", dependencies=[Depends(Open("load balancers ask"))])
def alive() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz", dependencies=[Depends(Open("load balancers ask"))])
def ready(request: Request) -> Response:
    """503 until the database answers with its newest tables."""
    fit = is_ready(request.app.state.engine)
    return JSONResponse({"status": "ready" if fit else "not ready"}, status_code=200 if fit else 503)


@router.get("/metrics", dependencies=[Depends(Token())])
def metrics(request: Request) -> Response:
    """For Prometheus, with an integration token as its bearer token."""
    with reading(request.app.state.engine) as session:
        found = figures(session, now=datetime.now(UTC))
    return PlainTextResponse(exposition(found), media_type="text/plain; version=0.0.4")


@router.get("/openapi.json", dependencies=[Depends(Open("integrators read it before they hold a token"))])
def interface(request: Request) -> dict[str, Any]:
    app = request.app
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes
        )
    schema: dict[str, Any] = app.openapi_schema
    return schema
