"""Places that fill up by themselves: a folder that a recorder writes to, a bucket that a cloud telephony exports to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from models.errors import QAError
from models.interactions import Source
from qa_platform.doors.offerings import Found
from qa_platform.formats.reading.text import clean
from qa_platform.storage import TooLarge

if TYPE_CHECKING:
    from obstore.store import S3Config

_CHUNK = 1 << 20
_LONGEST_NAME = 1024


class CannotWatchFolder(QAError):
    status = 422
    says = "The folder that is watched cannot be opened."
    remedy = "Check that it exists and that this program may read it."


class CannotReadBucket(QAError):
    status = 502
    says = "The bucket cannot be read."
    remedy = "Check its name, its endpoint and the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."


@dataclass(frozen=True, slots=True)
class Lying:
    """A file in a place. `mark` changes when its content does."""

    name: str
    mark: str
    size: int
    changed_at: datetime


class Place(Protocol):
    def files(self) -> Iterator[Lying]:
        """Everything that lies there. Raises QAError where the place cannot be read."""

    def bring(self, lying: Lying, into: Path, *, limit: int) -> Found:
        """The file where it can be read; what came too large or not at all says so."""


def place_of(source: Source) -> Place | None:
    """The folder or bucket that a source watches."""
    if not source.watched:
        return None
    if source.watched.startswith("s3://"):
        return Bucket(source.watched, endpoint=source.bucket_endpoint, region=source.bucket_region)
    return Folder(Path(source.watched))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and the folders in it. Hidden files and links are left alone."""

    root: Path

    def files(self) -> Iterator[Lying]:
        if not self.root.is_dir() or not os.access(self.root, os.R_OK | os.X_OK):
            raise CannotWatchFolder(self.root.name)
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder, name)
                if not name.startswith(".") and (lying := self._lying(path)):
                    yield lying

    def bring(self, lying: Lying, into: Path, *, limit: int) -> Found:  # noqa: ARG002 (it is on this disk already)
        return Found(self.root / lying.name, f"{self.root.name}/{clean(lying.name)}")

    def _lying(self, path: Path) -> Lying | None:
        try:
            stat = path.lstat()
            # A link could name any file of this machine; a name that is no text could not be kept.
            name = path.relative_to(self.root).as_posix().encode().decode()
        except (OSError, UnicodeEncodeError):
            return None
        if not path.is_file() or path.is_symlink() or len(name) > _LONGEST_NAME:
            return None
        return Lying(
            name, f"{stat.st_size}-{stat.st_mtime_ns}", stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)
        )


class Bucket:
    """A bucket that speaks S3. Keys come from the environment as every S3 tool reads them, never from the database."""

    def __init__(self, address: str, *, endpoint: str | None = None, region: str | None = None) -> None:
        parts = urlsplit(address)
        self._name = parts.netloc
        plain = bool(endpoint and endpoint.startswith("http://"))
        config: S3Config = {"region": region or "us-east-1", "virtual_hosted_style_request": endpoint is None}
        if endpoint:
            config["endpoint"] = endpoint.rstrip("/")
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={"allow_http": plain, "timeout": timedelta(minutes=10)},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=30)},
        )

    def files(self) -> Iterator[Lying]:
        try:
            for some in self._store.list():
                for meta in some:
                    name = meta["path"]
                    if len(name) <= _LONGEST_NAME and not PurePosixPath(name).name.startswith("."):
                        mark = (meta.get("e_tag") or f"{meta['size']}-{meta['last_modified'].isoformat()}")[:200]
                        yield Lying(name, mark, meta["size"], meta["last_modified"])
        except BaseError as error:
            raise CannotReadBucket(self._name) from error

    def bring(self, lying: Lying, into: Path, *, limit: int) -> Found:
        shown = f"{self._name}/{clean(lying.name)}"
        # Named by a digest, so that no key of the bucket becomes a path; the suffix still tells some codings.
        suffix = PurePosixPath(lying.name).suffix
        target = into / f"{hashlib.sha256(lying.name.encode()).hexdigest()}{suffix if suffix[1:].isalnum() else ''}"
        if lying.size > limit:
            return Found(target, shown, why_not=TooLarge(shown, limit=limit >> 20))
        try:
            with target.open("xb") as out:
                for piece in self._store.get(lying.name).stream(_CHUNK):
                    out.write(piece)
        except BaseError:
            return Found(target, shown, why_not=CannotReadBucket(shown))
        return Found(target, shown)
