"""What became of each file that was offered, in words that a person can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath

from models.errors import QAError
from models.interactions import FileStatus, IngestFile
from qa_platform.formats.contract import Notice
from qa_platform.formats.reading.text import clean
from qa_platform.privacy import hidden_in_name
from qa_platform.text import phrase


class Unexpected(QAError):
    status = 500
    says = "Something unexpected stopped the reading of this file."
    remedy = "Look in the log for what happened, and send the file to whoever keeps this product."


class AlreadyHere(QAError):
    says = "The same bytes are here already."
    remedy = "Nothing to do."


class PassedOver(QAError):
    says = "Hidden files are passed over."


class SentInChat(QAError):
    says = "This was sent within the chat beside it, which is taken in."


class ReadAsMetadata(QAError):
    says = "Read as metadata of the other files."


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file. `why` is None where it was accepted; `notices` are worth a look all the same."""

    name: str
    status: FileStatus
    interaction_id: int | None = None
    why: QAError | None = None
    notices: tuple[Notice, ...] = ()
    size: int | None = None

    def what(self, language: str) -> str:
        """Why, in the person's language, with the place in the file where there is one; empty where accepted."""
        if self.why is None:
            return ""
        said = phrase(self.why.says, self.why.details, language)
        return f"{self._place}: {said}" if self._place else said

    def remedy(self, language: str) -> str:
        return phrase(self.why.remedy, self.why.details, language) if self.why else ""

    @property
    def _place(self) -> str:
        """Line, row or field, without the file's own name, which stands beside it."""
        where = self.why.where if self.why else ""
        for own in (self.name, PurePath(self.name).name, "content"):
            where = where.removeprefix(own)
        return where.lstrip(",: ")

    def as_row(self, batch_id: int) -> IngestFile:
        why = self.why
        params = {name: str(value) for name, value in why.details.items()} if why else {}
        return IngestFile(
            batch_id=batch_id,
            name=hidden_in_name(clean(self.name))[-500:],
            size=self.size,
            status=self.status,
            what={"id": why.says, "params": params, "where": self._place} if why else None,
            remedy={"id": why.remedy, "params": params} if why and why.remedy else None,
            interaction_id=self.interaction_id,
            created_at=datetime.now(UTC),
        )


@dataclass(frozen=True, slots=True)
class BatchReport:
    batch_id: int
    files: tuple[Received, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def counts(self) -> Mapping[FileStatus, int]:
        return Counter(file.status for file in self.files)
