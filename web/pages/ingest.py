"""Uploading recordings and chats, and watching each one be heard, written down and understood."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from models.errors import QAError
from models.interactions import FileStatus
from qa_platform.access.rights import Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.doors import batches, intake
from qa_platform.doors.examination import AUDIO_SUFFIXES, Part
from qa_platform.doors.metadata import Sidecar
from qa_platform.doors.receipts import Received
from qa_platform.sample.reasons import label
from qa_platform.text import phrase
from web.access import Uploader
from web.asked import number
from web.registry import Entry
from web.render import language_of, page
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Ingest"), "upload", "/ingest", Right.INGEST, order=1, group=9)
TAKES_FILES = True
STEPS = {
    "received": (N_("Received"), "check"),
    "listening": (N_("Heard"), "ear"),
    "transcribing": (N_("Written down"), "microphone"),
    "analyzing": (N_("Understood"), "list-check"),
}
FAMILIES = (
    ("slip", N_("Possible slips")),
    ("objection", N_("Objections")),
    ("promise", N_("Promises")),
    ("speech", N_("Silences and interruptions")),
)


REFUSED_COLUMNS = (N_("File"), N_("What happened"), N_("How to mend it"))


class NoFile(QAError):
    status = 422
    says = "No file was chosen."
    remedy = "Choose one or more recordings or chats."


@router.get("/ingest")
def show(request: Request, viewer: Uploader, batch: str = "") -> Response:
    return _shown(request, viewer, number(batch))


@router.get("/ingest/batches/{batch_id}")
def progress(request: Request, viewer: Uploader, batch_id: int) -> Response:
    """The moving part of the page, asked for again while there is work."""
    return _shown(request, viewer, batch_id)


@router.get("/ingest/batches/{batch_id}/refused.csv")
def refused(request: Request, viewer: Uploader, batch_id: int) -> Response:
    """What was refused and how to mend it, to hand to whoever exports the files."""
    language = language_of(request)
    with reading(request.app.state.engine) as session:
        batch = batches.view(session, viewer, batch_id)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow([phrase(title, {}, language) for title in REFUSED_COLUMNS])
    for line in batch.refused if batch else ():
        table.writerow(
            [plain_cell(cell) for cell in (line.name, _told(line.what, language), _told(line.remedy, language))]
        )
    named = f'attachment; filename="refused-{batch_id}.csv"'
    # The mark at the beginning tells spreadsheets that the text is UTF-8.
    return Response("\ufeff" + written.getvalue(), media_type="text/csv", headers={"Content-Disposition": named})


@router.post("/ingest/batches")
def begin(request: Request, viewer: Uploader, source: Annotated[str, Form()] = "") -> Response:
    with transaction(request.app.state.engine) as session:
        return JSONResponse({"id": intake.start(session, viewer, number(source))}, status_code=201)


@router.post("/ingest/batches/{batch_id}/files")
def add(
    request: Request,
    viewer: Uploader,
    batch_id: int,
    files: list[UploadFile],
    metadata: UploadFile | None = None,
) -> Response:
    """The files of one interaction: a recording, a transcript, or both."""
    received = _take_in(request, viewer, batch_id, [files], metadata)
    language = language_of(request)
    return JSONResponse(
        [
            {"name": one.name, "status": one.status, "what": one.what(language), "remedy": one.remedy(language)}
            for one in received
        ]
    )


@router.post("/ingest/batches/{batch_id}/close")
def close(request: Request, viewer: Uploader, batch_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        intake.finish(session, viewer, batch_id)
    return Response(status_code=204)


@router.post("/ingest/batches/{batch_id}/again")
def try_again(request: Request, viewer: Uploader, batch_id: int) -> Response:
    with transaction(request.app.state.engine) as session:
        intake.try_again(session, viewer, batch_id)
    return RedirectResponse(f"/ingest?batch={batch_id}", status_code=303)


@router.post("/ingest")
def upload(
    request: Request,
    viewer: Uploader,
    files: list[UploadFile],
    metadata: UploadFile | None = None,
    source: Annotated[str, Form()] = "",
) -> Response:
    """The whole upload as one form, for browsers without scripts."""
    chosen = [file for file in files if file.filename]
    if not chosen:
        raise NoFile
    with transaction(request.app.state.engine) as session:
        batch_id = intake.start(session, viewer, number(source))
    _take_in(request, viewer, batch_id, together(chosen), metadata)
    with transaction(request.app.state.engine) as session:
        intake.finish(session, viewer, batch_id)
    return RedirectResponse(f"/ingest?batch={batch_id}", status_code=303)


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: file names come from elsewhere."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def together(files: Sequence[UploadFile]) -> list[list[UploadFile]]:
    """A recording and a transcript of the same stem are one interaction; every other transcript stands alone.

    Recordings go in one group, in which the doors look for the two sides of a call.
    """
    groups: dict[str, list[UploadFile]] = {}
    for file in files:
        groups.setdefault(PurePath(file.filename or "").stem.casefold(), []).append(file)
    pairs = [group for group in groups.values() if _is_pair(group)]
    rest = [file for group in groups.values() if group not in pairs for file in group]
    recordings = [file for file in rest if _audible(file)]
    return [*pairs, *([file] for file in rest if not _audible(file)), *([recordings] if recordings else [])]


def _is_pair(group: Sequence[UploadFile]) -> bool:
    return len(group) == 2 and sum(map(_audible, group)) == 1


def _audible(file: UploadFile) -> bool:
    return PurePath(file.filename or "").suffix.lower() in AUDIO_SUFFIXES


def _take_in(
    request: Request,
    viewer: Viewer,
    batch_id: int,
    groups: Sequence[Sequence[UploadFile]],
    metadata: UploadFile | None,
) -> list[Received]:
    engine, settings = request.app.state.engine, request.app.state.settings
    sidecar: Sidecar | None = None
    if metadata is not None and metadata.filename:
        name, data = metadata.filename, metadata.file.read()
        with reading(engine) as session:
            sidecar = intake.read_sidecar(session, viewer, batch_id, name=name, data=data, settings=settings)
    received: list[Received] = []
    for group in groups:
        parts = [Part(file.filename or "", file.file) for file in group]
        received += intake.take_in(engine, viewer, batch_id, parts, settings=settings, sidecar=sidecar)
    return received


def _shown(request: Request, viewer: Viewer, batch_id: int | None) -> Response:
    language, settings = language_of(request), request.app.state.settings
    limit = settings.max_upload_mb
    with reading(request.app.state.engine) as session:
        batch = batches.view(session, viewer, batch_id)
        context: dict[str, Any] = {
            "batch": batch,
            "earlier": batches.earlier(session, viewer, than=batch.id if batch else None),
            "sources": intake.sources_of(session, viewer),
            "somebody_works": batches.somebody_works(session, now=datetime.now(UTC)),
        }
    return page(
        request,
        "ingest.html",
        fragment="progress",
        statuses=FileStatus,
        steps=STEPS,
        families=FAMILIES,
        settings=settings,
        limit=f"{limit / 1024:g} GB" if limit >= 1024 else f"{limit} MB",
        label=lambda code: label(code, language),
        told=lambda message: _told(message, language),
        **context,
    )


def _told(message: Mapping[str, Any] | None, language: str) -> str:
    """A stored message in words, with its place in the file where it has one."""
    if not message:
        return ""
    said = phrase(message.get("id") or message.get("says", ""), message.get("params", {}), language)
    return f"{message['where']}: {said}" if message.get("where") else said
