"""The screen and the HTTP interface as one application: `create_app(settings)`."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from models.errors import QAError
from qa_platform.database import open_database
from qa_platform.settings import Settings
from web.access import refuse_unguarded
from web.errors import LastResort, answer, handle_errors
from web.headers import SecurityHeaders
from web.registry import navigation, pages
from web.same_origin import SameOrigin
from web.size_limit import SizeLimit

STATIC = Path(__file__).parent / "static"
MEBIBYTE = 1024 * 1024
FORM_LIMIT = MEBIBYTE  # for everything that takes no files


class AssetsMissing(QAError):
    status = 500
    says = "The browser assets are not there ({folder})."
    remedy = "Install again with a network (pip install -e .), or use a built wheel: it carries them."


def create_app(settings: Settings) -> FastAPI:
    """Raises AssetsMissing, and UnguardedRouteError where a page forgot its access rule."""
    if not (STATIC / "vendor" / "stamp").exists():
        raise AssetsMissing(folder="web/static/vendor")
    app = FastAPI(
        title="Escucha QA",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # served by web/api/about.py, where it has its access rule
    )
    app.state.settings = settings
    app.state.engine = open_database(settings.database)
    found = pages()
    limit = settings.max_upload_mb * MEBIBYTE + FORM_LIMIT
    upload_paths = tuple(path for page in found if page.takes_files for path in page.paths)
    app.state.navigation = navigation(found)
    for page in found:
        refuse_unguarded(page.router.routes)
        app.include_router(page.router, max_body_size=limit if page.takes_files else FORM_LIMIT)
    app.mount("/static", GZipMiddleware(LongKept(directory=STATIC), minimum_size=2000))
    handle_errors(app)
    app.add_middleware(
        SizeLimit, limit=lambda path: limit if path.startswith(upload_paths) else FORM_LIMIT, refuse=answer
    )
    app.add_middleware(SameOrigin, refuse=answer)
    app.add_middleware(LastResort)
    app.add_middleware(SecurityHeaders)
    return app


class LongKept(StaticFiles):
    """Files whose address carries a mark of their content never change; others are asked for again."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = "public, max-age=31536000, immutable" if scope["query_string"].startswith(b"v=") else "no-cache"

        async def with_age(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", kept.encode())]
            await send(message)

        await super().__call__(scope, receive, with_age)
