"""Encrypted files that can be read from any place: AES-256-GCM in pieces, each sealed with its number.

A file begins with a mark, the salt its own key is derived with (HKDF, RFC 5869) and the size of its pieces. A piece's
nonce is its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar), so
that none can be moved, left out or cut off unseen. Memory holds one piece, however large the file.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import QAError

MARK, SALT, TAG, KEY = b"QAO1", 16, 16, 32
PIECE = 1 << 18
HEADER = len(MARK) + SALT + 4
LARGEST_PIECE = 1 << 24
_FILE, _NAME = b"escucha qa: one original", b"escucha qa: name of a key"


class SealBroken(QAError):
    status = 410
    says = "The original cannot be opened: it was changed or damaged since it was sealed."
    remedy = "Restore the data folder from its backup."


class KeyMissing(QAError):
    status = 410
    says = "The original was sealed with a key that this installation does not have ({key})."
    remedy = "Add that key to QA_ORIGINALS_KEY, after a comma."


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A secret that files' own keys are derived from. Its id names it and tells nothing of it."""

    secret: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(_derived(self.secret, b"", _NAME)).hexdigest()[:16]


class Sealing(io.RawIOBase):
    """What `content` holds, sealed, as a stream to read."""

    def __init__(self, content: BinaryIO, key: Key, *, piece: int = PIECE) -> None:
        salt = secrets.token_bytes(SALT)
        self._header = MARK + salt + struct.pack(">I", piece)
        self._content, self._piece = content, piece
        self._cipher = AESGCM(_derived(key.secret, salt, _FILE))
        self._number, self._ready = 0, self._header
        self._next: bytes | None = _full(content, piece)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while self._next is not None and (size < 0 or len(self._ready) < size):
            here, after = self._next, _full(self._content, self._piece)
            self._ready += self._cipher.encrypt(_nonce(self._number, last=not after), here, self._header)
            self._number, self._next = self._number + 1, after or None
        taken, self._ready = (self._ready, b"") if size < 0 else (self._ready[:size], self._ready[size:])
        return taken


class Unsealed(io.RawIOBase):
    """A sealed file as what it holds: reads and seeks; decrypts a piece at a time. Raises SealBroken, KeyMissing."""

    def __init__(self, sealed: BinaryIO, keys: Sequence[Key], key_id: str) -> None:
        key = next((key for key in keys if key.id == key_id), None)
        if key is None:
            raise KeyMissing(key=key_id)
        self._sealed = sealed
        sealed.seek(0)
        self._header = sealed.read(HEADER)
        if len(self._header) < HEADER or not self._header.startswith(MARK):
            raise SealBroken
        self._piece = struct.unpack(">I", self._header[-4:])[0]
        if not 0 < self._piece <= LARGEST_PIECE:
            raise SealBroken
        self._cipher = AESGCM(_derived(key.secret, self._header[len(MARK) : -4], _FILE))
        body = sealed.seek(0, io.SEEK_END) - HEADER
        self._count = -(-body // (self._piece + TAG))
        self.size = body - self._count * TAG
        self._at, self._held = 0, (-1, b"")
        if self.size < 0 or not self._count:
            raise SealBroken
        self._opened(self._count - 1)  # says at once whether the end is missing

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.size, self._at + size)
        found = b""
        while self._at < end:
            number, inside = divmod(self._at, self._piece)
            part = self._opened(number)[inside : inside + end - self._at]
            found, self._at = found + part, self._at + len(part)
        return found

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._held = (-1, b"")
        self._sealed.close()
        super().close()

    def _opened(self, number: int) -> bytes:
        if self._held[0] != number:
            self._sealed.seek(HEADER + number * (self._piece + TAG))
            piece = self._sealed.read(self._piece + TAG)
            try:
                opened = self._cipher.decrypt(_nonce(number, last=number == self._count - 1), piece, self._header)
            except InvalidTag:
                raise SealBroken from None
            self._held = (number, opened)
        return self._held[1]


def unsealed(path: Path, keys: Sequence[Key], key_id: str) -> Unsealed:
    """The sealed file, open; closed again where it cannot be unsealed."""
    file = path.open("rb")
    try:
        return Unsealed(file, keys, key_id)
    except BaseException:
        file.close()
        raise


def _full(content: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end: a stream may give less than it is asked for."""
    found = b""
    while len(found) < size and (part := content.read(size - len(found))):
        found += part
    return found


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY, salt=salt or None, info=purpose).derive(secret)
