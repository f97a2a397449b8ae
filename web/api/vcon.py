"""An interaction as a vCon (IETF), with what was found in it as an analysis: for other systems to keep."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from qa_platform.archive import vcon_export
from qa_platform.database import transaction
from web.api.interactions import Caller

router = APIRouter(prefix="/api/v1", tags=["interactions"])
MEDIA_TYPE = "application/vcon+json"


@router.get("/interactions/{interaction_id}/vcon", response_class=JSONResponse)
def vcon(request: Request, caller: Caller, interaction_id: int) -> Response:
    """Parties, words with card data hidden, and findings. The recording never leaves this way."""
    with transaction(request.app.state.engine) as session:
        told = vcon_export.for_machine(session, caller, interaction_id)
    name = f'attachment; filename="interaction-{interaction_id}.vcon.json"'
    return JSONResponse(told, media_type=MEDIA_TYPE, headers={"Content-Disposition": name})
