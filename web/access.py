"""Who asks, and whether they may. Every route names its rule here, or the application does not start."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from models.errors import QAError
from qa_platform.access import integrations
from qa_platform.access.integrations import Integration
from qa_platform.access.rights import Right, Viewer
from qa_platform.access.signing_in import note_visit, recognise
from qa_platform.database import reading, transaction

OWN = "/settings"
HERE = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})


class SignInFirst(QAError):
    status = 401
    says = "You are not signed in, or your session ended."
    remedy = "Sign in and come back to this page."


class PasswordFirst(QAError):
    status = 403
    says = "Your password was chosen by somebody else."
    remedy = "Change it; everything else opens then."


class TokenNeeded(QAError):
    status = 401
    says = "A valid token is needed."
    remedy = "Send it as “Authorization: Bearer …”; an administrator issues it."


class UnguardedRouteError(RuntimeError):
    """A route without a rule is a mistake of ours, found before anybody is served."""


class Rule(ABC):
    """What marks a dependency as an access rule."""

    @abstractmethod
    def __call__(self, request: Request) -> object: ...


@dataclass(frozen=True)
class Needs(Rule):
    """The rule of a route: a signed-in person with this right."""

    right: Right

    def __call__(self, request: Request) -> Viewer:
        viewer = who(request)
        if viewer is None:
            raise SignInFirst
        if viewer.first_password and not request.url.path.startswith(OWN):
            raise PasswordFirst
        viewer.must(self.right)
        return viewer


@dataclass(frozen=True)
class Open(Rule):
    """The rule of the few routes that anybody may call; it says why."""

    why: str

    def __call__(self, request: Request) -> None:  # noqa: ARG002 - nobody is asked who they are
        return None


@dataclass(frozen=True)
class Token(Rule):
    """The rule of the HTTP interface: a bearer token that was issued and not taken back."""

    def __call__(self, request: Request) -> Integration:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        with reading(request.app.state.engine) as session:
            found = integrations.recognise(session, token) if kind.lower() == "bearer" and token else None
        if found is None:
            raise TokenNeeded
        return found


# The person behind a request, for the signature of an endpoint: `viewer: Reader`.
Reader = Annotated[Viewer, Depends(Needs(Right.SEE_INTERACTIONS))]
QueueReader = Annotated[Viewer, Depends(Needs(Right.SEE_QUEUE))]
Reviewer = Annotated[Viewer, Depends(Needs(Right.REVIEW))]
Uploader = Annotated[Viewer, Depends(Needs(Right.INGEST))]
SourceKeeper = Annotated[Viewer, Depends(Needs(Right.MANAGE_SOURCES))]
Administrator = Annotated[Viewer, Depends(Needs(Right.MANAGE_PEOPLE))]
Anyone = Annotated[Viewer, Depends(Needs(Right.OWN_SETTINGS))]


def who(request: Request) -> Viewer | None:
    """The signed-in person, read once a request."""
    if not hasattr(request.state, "viewer"):
        request.state.viewer = _recognised(request)
    found: Viewer | None = request.state.viewer
    return found


def _recognised(request: Request) -> Viewer | None:
    token = request.cookies.get(cookie_name(request))
    if not token:
        return None
    now = datetime.now(UTC)
    with reading(request.app.state.engine) as session:
        found = recognise(session, token, now=now)
    if found is None:
        return None
    viewer, visit_due = found
    if visit_due:
        with transaction(request.app.state.engine) as session:
            note_visit(session, token, now=now)
    return viewer


def cookie_name(request: Request) -> str:
    """Over https the browser itself guards the cookie's host, path and secrecy by this prefix."""
    return "__Host-session" if request.url.scheme == "https" else "session"


def rules(dependant: Dependant) -> Iterator[Any]:
    """Every access rule that stands before an endpoint."""
    for part in dependant.dependencies:
        if isinstance(part.call, Rule):
            yield part.call
        yield from rules(part)


def refuse_unguarded(routes: list[BaseRoute]) -> None:
    """Default deny: raises UnguardedRouteError for a route that names no rule."""
    for route in routes:
        if not isinstance(route, APIRoute) or not list(rules(route.dependant)):
            raise UnguardedRouteError(f"{route} names no access rule")
