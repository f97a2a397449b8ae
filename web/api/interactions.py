"""Interactions for machines: send a recording, a transcript or both; ask how far it is and what was found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from models.errors import QAError
from models.interactions import Stage
from qa_platform.access import integrations
from qa_platform.access.integrations import Delivery, Integration
from qa_platform.archive.stored_analysis import stored_analysis
from qa_platform.database import reading
from qa_platform.doors.examination import Part
from qa_platform.text import phrase
from web.access import Token
from web.size_limit import TooLarge

router = APIRouter(prefix="/api/v1", tags=["interactions"])
TAKES_FILES = True
LARGEST_JSON = 64 << 20  # bytes; a whole day of words is far less
CHUNK = 1 << 20
Caller = Annotated[Integration, Depends(Token())]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "description": "A conversation file (see the contract)."}
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "recording": {"type": "string", "format": "binary"},
                        "transcript": {"type": "string", "format": "binary"},
                        "metadata": {
                            "type": "string",
                            "description": "A JSON object: agent, portfolio, started_at, recording_url, …",
                        },
                        "source": {"type": "string", "description": "The name of a source that is set up."},
                    },
                }
            },
        },
    }
}


class NothingSent(QAError):
    status = 422
    says = "Neither a recording nor a transcript was sent."
    remedy = "Send a part called recording, transcript or both, or a conversation as JSON."


class NotJson(QAError):
    status = 422
    says = "The {part} is not a JSON object."
    remedy = "Send valid JSON."


@router.post("/interactions", status_code=202, openapi_extra=BODY)
async def deliver(
    request: Request, caller: Caller, idempotency_key: Annotated[str, Header(max_length=200)] = ""
) -> Response:
    """Takes one interaction in. The answer names where to ask for its state; the same key gives the same answer."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=2, max_fields=10) as form:
            sent = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
            files = {name: value for name, value in form.items() if isinstance(value, UploadFile)}
            return await run_in_threadpool(_deliver_files, request, caller, files, sent, idempotency_key)
    body = await _body(request)
    return await run_in_threadpool(_deliver_json, request, caller, body, idempotency_key)


@router.get("/interactions/{interaction_id}")
def state(request: Request, caller: Caller, interaction_id: int) -> dict[str, Any]:
    """How far it is; with `analysis` in the contract's shape once it is ready."""
    with reading(request.app.state.engine) as session:
        found = integrations.interaction(session, caller, interaction_id)
        return {
            "id": found.id,
            "external_id": found.external_id,
            "status": found.stage.value,
            "progress": found.progress,
            "received_at": found.received_at.isoformat(),
            "failure": _told(found.failure),
            "no_transcript": _told(found.no_transcript),
            "warnings": [_told(warning) for warning in found.warnings],
            "analysis": stored_analysis(session, found) if found.stage is Stage.READY else None,
        }


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_JSON:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _deliver_json(request: Request, caller: Integration, body: bytes, key: str) -> Response:
    _object(body, "body")
    digest = hashlib.sha256(body).hexdigest()
    return _answer(request, caller, Delivery((Part("conversation.json", body),), digest, key))


def _deliver_files(
    request: Request, caller: Integration, files: Mapping[str, UploadFile], sent: Mapping[str, str], key: str
) -> Response:
    given = [(name, files[name]) for name in ("recording", "transcript") if name in files and files[name].filename]
    metadata = _object(sent.get("metadata", "{}").encode(), "metadata")
    if not given and not metadata.get("recording_url"):
        raise NothingSent
    digest = hashlib.sha256()
    for name, file in given:
        digest.update(f"{name}\0{file.filename}\0".encode())
        while chunk := file.file.read(CHUNK):
            digest.update(chunk)
        file.file.seek(0)
    digest.update(json.dumps([metadata, sent.get("source", "")], sort_keys=True).encode())
    parts = tuple(Part(file.filename or name, file.file) for name, file in given)
    return _answer(request, caller, Delivery(parts, digest.hexdigest(), key, sent.get("source", ""), metadata))


def _answer(request: Request, caller: Integration, delivery: Delivery) -> Response:
    accepted = integrations.deliver(request.app.state.engine, caller, delivery, settings=request.app.state.settings)
    headers = {"Location": accepted.body["status_url"]}
    if accepted.repeated:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(dict(accepted.body), status_code=accepted.status, headers=headers)


def _object(data: bytes, part: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NotJson(part=part)
    return value


def _told(message: Mapping[str, Any] | None) -> str | None:
    return phrase(message.get("id") or message["says"], message.get("params", {}), "en") if message else None
