"""Finds the pages: each module in `web/pages` and `web/api` is one, with its `router` and, where it has one, NAV."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from fastapi import APIRouter
from starlette.routing import Route

import web.api
import web.pages
from qa_platform.access.rights import Right, Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """A page's place in the navigation. `label` is a message id; `count` tells what waits there."""

    label: str
    icon: str
    href: str
    right: Right
    order: int
    group: int = 1  # a line is drawn between groups
    count: Callable[[Any, Viewer], int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    router: APIRouter
    nav: Entry | None
    takes_files: bool  # only such pages accept large bodies

    @property
    def paths(self) -> tuple[str, ...]:
        """The fixed beginnings of its addresses."""
        return tuple(route.path.split("{")[0] for route in self.router.routes if isinstance(route, Route))


def pages() -> tuple[Page, ...]:
    return tuple(_page(module) for package in (web.pages, web.api) for module in _modules(package))


def navigation(found: tuple[Page, ...]) -> tuple[Entry, ...]:
    entries = (page.nav for page in found if page.nav)
    return tuple(sorted(entries, key=lambda entry: (entry.group, entry.order)))


def _modules(package: ModuleType) -> list[ModuleType]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def _page(module: ModuleType) -> Page:
    return Page(
        name=module.__name__.rsplit(".", 1)[-1],
        router=module.router,
        nav=getattr(module, "NAV", None),
        takes_files=getattr(module, "TAKES_FILES", False),
    )
