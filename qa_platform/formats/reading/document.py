"""A file's bytes seen as text or as JSON, worked out once and shared by every format that looks at them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias

from qa_platform.formats.reading.text import decoded, is_text

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"


class Document:
    def __init__(self, data: bytes, *, name: str = "") -> None:
        self.data = data
        self.name = name

    @classmethod
    def of_json(cls, value: Json, *, name: str) -> Document:
        """A transcript that stands inside another file, as a vCon's analysis does."""
        return cls(json.dumps(value).encode(), name=name)

    @cached_property
    def text(self) -> str:
        """The file as text; empty for what is no text at all."""
        return decoded(self.data, name=self.name) if is_text(self.data) else ""

    @property
    def json(self) -> Json:
        """The parsed value; None for what is not JSON."""
        return self._parsed[0]

    @property
    def object(self) -> Mapping[str, Json]:
        """The parsed value where it is a JSON object, else an empty one."""
        return self.json if isinstance(self.json, Mapping) else {}

    @property
    def broken_json(self) -> tuple[int, int] | None:
        """Line and column where what looks like JSON stops being it."""
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[Json, tuple[int, int] | None]:
        text = self.text.lstrip("\ufeff \t\r\n")
        if not text.startswith(("{", "[")):
            return None, None
        try:
            return json.loads(text, parse_constant=_no_such_number), None
        except json.JSONDecodeError as broken:
            looks_like_json = text.startswith("{") or text[1:].lstrip().startswith(("{", "[", '"'))
            return None, (broken.lineno, broken.colno) if looks_like_json else None
        except (ValueError, RecursionError):
            # NaN and Infinity are not JSON; nor are numbers of thousands of digits or brackets nested without end.
            return None, (1, 1)


def _no_such_number(name: str) -> float:
    raise ValueError(name)
