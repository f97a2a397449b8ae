"""Keeps what came in: each object in its own folder with a random name, written whole or not at all.

Submitted names never become paths. What the bytes are (SHA-256) is recorded in the database, so that the same bytes are
kept once.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from models.errors import QAError
from qa_platform.settings import Settings

CONTENT = "content"
_CHUNK = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FOLDER = re.compile(r"[0-9a-f]{32}")
_KIND = re.compile(r"[a-z0-9]{2,5}")


class TooLarge(QAError):
    status = 413
    says = "The file is larger than {limit} MB, the most that is taken in."
    remedy = "Split it, or raise QA_MAX_UPLOAD_MB."


class EmptyFile(QAError):
    status = 422
    says = "The file is empty."
    remedy = "Export it again and upload it once more."


class StorageFull(QAError):
    status = 507
    says = "The disk that keeps the recordings is full."
    remedy = "Make room in the data folder and send the file again."


class ContentLost(QAError):
    status = 410
    says = "The content that was kept of this file is no longer there."
    remedy = "Restore the data folder from its backup, or send the file again."


@dataclass(frozen=True, slots=True)
class Kept:
    """An object in the store: `folder` is its random name, `sha256` says what its bytes are."""

    folder: str
    sha256: str
    size: int


def open_storage(settings: Settings) -> Storage:
    return Storage(settings.data_dir, limit=settings.max_upload_mb << 20)


@dataclass(frozen=True, slots=True)
class Storage:
    """The objects under one data folder; `limit` bytes is the most that one may hold."""

    root: Path
    limit: int

    def keep(self, content: BinaryIO | bytes, *, kind: str = "") -> Kept:
        """Copies `content` to disk piece by piece. Raises TooLarge or EmptyFile and leaves nothing behind.

        `kind` is a short word such as g722, for the few codings that nothing but a suffix can tell.
        """
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        folder = secrets.token_hex(16)
        place = self._place(folder)
        place.mkdir(parents=True)
        try:
            digest, size = self._write(stream, place / "partial")
            (place / "partial").replace(place / (f"{CONTENT}.{kind}" if _KIND.fullmatch(kind) else CONTENT))
            _sync_folder(place)
        except BaseException as error:
            shutil.rmtree(place, ignore_errors=True)
            if isinstance(error, OSError) and error.errno in _FULL:
                raise StorageFull from error
            raise
        return Kept(folder, digest, size)

    def replace(self, folder: str, content: BinaryIO | bytes) -> int:
        """Puts other bytes in an object's place, whole or not at all; what was made from the old ones goes. Their size.

        The object's recorded digest stays that of the bytes that came in, by which a second delivery is known.
        """
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        place = self.path(folder).parent
        partial = place / "replacement"
        partial.unlink(missing_ok=True)
        try:
            _, size = self._write(stream, partial)
            partial.replace(place / CONTENT)
        except OSError as error:
            partial.unlink(missing_ok=True)
            if error.errno in _FULL:
                raise StorageFull from error
            raise
        for made in place.iterdir():
            if made.name != CONTENT:
                made.unlink(missing_ok=True)
        _sync_folder(place)
        return size

    def path(self, folder: str) -> Path:
        """Where an object's bytes are, for decoders that want a file."""
        found = next(self._place(folder).glob(f"{CONTENT}*"), None)
        if found is None:
            raise ContentLost(folder[:8])
        return found

    @contextmanager
    def open(self, folder: str) -> Iterator[BinaryIO]:
        with self.path(folder).open("rb") as content:
            yield content

    def read(self, folder: str) -> bytes:
        return self.path(folder).read_bytes()

    def delete(self, folder: str) -> None:
        """The object and its folder; no complaint where it is already gone."""
        shutil.rmtree(self._place(folder), ignore_errors=True)

    def _write(self, stream: BinaryIO, target: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with target.open("xb") as out:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > self.limit:
                    raise TooLarge(limit=self.limit // _CHUNK)
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if not size:
            raise EmptyFile
        return digest.hexdigest(), size

    def _place(self, folder: str) -> Path:
        if not _FOLDER.fullmatch(folder):
            raise ContentLost(folder[:8])
        return self.root / "objects" / folder[:2] / folder


def _sync_folder(place: Path) -> None:
    """Makes the rename itself outlive a power cut; not every system lets a folder be opened."""
    try:
        handle = os.open(place, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
