"""Reads what a form or an address asks for: what is not understood asks for nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

Word = TypeVar("Word", bound=StrEnum)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def one_of(words: type[Word], text: str) -> Word | None:
    return words(text) if text in list(words) else None


def address_of(path: str, asked: BaseModel, *, hidden: set[str]) -> str:
    """The question as an address that can be kept; `hidden` never stands in it (searched words may be personal)."""
    kept = {name: value for name, value in asked.model_dump(exclude=hidden).items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
