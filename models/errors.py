"""One root for every error a person may see: what was wrong, where, and what to do."""

from __future__ import annotations


class QAError(Exception):
    """The request cannot be done.

    A subclass stands beside the code that raises it and sets `says` (what was wrong, with {placeholders}) and
    `remedy` (what to do). Both are message ids of the catalogues, so that screens and commands show Spanish too.
    `status` is the HTTP status; `where` names the file, row or field.
    """

    status: int = 400
    says: str = "The request cannot be done."
    remedy: str = ""

    def __init__(self, where: str = "", **details: object) -> None:
        self.where = where
        self.details = details
        super().__init__(str(self))

    @property
    def code(self) -> str:
        return type(self).__name__

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return place + " ".join(part.format(**self.details) for part in (self.says, self.remedy) if part)
