"""Events for machines: CloudEvents 1.0, one (structured or binary mode) or a batch, each with its own answer."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from qa_platform.access.integrations import Integration
from qa_platform.events import receiving
from qa_platform.events.kinds import json_schema
from web.access import Token
from web.size_limit import TooLarge

router = APIRouter(prefix="/api/v1", tags=["events"])
LARGEST = 4 << 20  # bytes; a thousand events are far less
Caller = Annotated[Integration, Depends(Token())]
EVENT = json_schema()
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": EVENT},
            "application/cloudevents-batch+json": {
                "schema": {"type": "array", "items": EVENT, "maxItems": receiving.MOST}
            },
            "application/json": {
                "schema": {
                    "description": "One event, a list of events, or the data alone where ce-… headers carry the rest."
                }
            },
        },
    }
}


@router.post("/events", openapi_extra=BODY)
async def tell(
    request: Request, caller: Caller, idempotency_key: Annotated[str, Header(max_length=200)] = ""
) -> Response:
    """Keeps each event once by its source and id, whatever their order, and says of each what became of it."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge
        chunks.append(chunk)
    return await run_in_threadpool(_take, request, caller, b"".join(chunks), idempotency_key)


def _take(request: Request, caller: Integration, body: bytes, key: str) -> Response:
    attributes = {
        name.removeprefix("ce-"): unquote(value) for name, value in request.headers.items() if name.startswith("ce-")
    }
    events, single = receiving.parsed(body)
    if "specversion" in attributes:  # binary mode: the headers are the envelope and the body is the data
        events, single = [{**attributes, "data": events[0] if single else events}], True
    digest = hashlib.sha256(json.dumps(attributes, sort_keys=True).encode() + b"\0" + body).hexdigest()
    told = receiving.Request(events, single, digest, key)
    accepted = receiving.receive(request.app.state.engine, caller, told)
    headers = {"Idempotent-Replayed": "true"} if accepted.repeated else {}
    return JSONResponse(dict(accepted.body), status_code=accepted.status, headers=headers)
