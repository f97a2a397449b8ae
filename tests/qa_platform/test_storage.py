"""What is kept is kept whole, under names of our own."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest

from qa_platform.storage import ContentLost, EmptyFile, Storage, StorageFull, TooLarge


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return Storage(tmp_path, limit=3 << 20)


def files_under(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


def test_bytes_come_back_as_they_went_in_and_their_digest_is_told(store: Storage) -> None:
    content = os.urandom(2_500_000)
    kept = store.keep(io.BytesIO(content))
    assert store.read(kept.folder) == content
    assert (kept.sha256, kept.size) == (hashlib.sha256(content).hexdigest(), len(content))
    with store.open(kept.folder) as stream:
        assert stream.read(10) == content[:10]


def test_the_same_bytes_get_another_random_folder_each_time(store: Storage) -> None:
    first, second = store.keep(b"hola"), store.keep(b"hola")
    assert first.folder != second.folder
    assert store.path(first.folder).parent != store.path(second.folder).parent


def test_what_is_too_large_leaves_nothing_on_disk(store: Storage, tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="larger than 3 MB"):
        store.keep(io.BytesIO(bytes((3 << 20) + 1)))
    assert files_under(tmp_path) == []


def test_a_copy_that_breaks_off_leaves_nothing_on_disk(store: Storage, tmp_path: Path) -> None:
    class Torn(io.RawIOBase):
        def __init__(self) -> None:
            self.pieces = iter([b"half"])

        def read(self, _size: int = -1) -> bytes:
            piece = next(self.pieces, None)
            if piece is None:
                raise ConnectionResetError
            return piece

    with pytest.raises(ConnectionResetError):
        store.keep(Torn())  # type: ignore[arg-type]
    assert files_under(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    store: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        store.keep(b"x")
    assert files_under(tmp_path) == []


def test_an_empty_file_is_not_kept(store: Storage, tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        store.keep(b"")
    assert files_under(tmp_path) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "a" * 33, "A" * 32, "/etc", "0" * 31 + "/", "c:\\x"])
def test_only_names_of_our_own_making_lead_to_a_file(store: Storage, name: str) -> None:
    for reach in (store.path, store.read, store.delete):
        with pytest.raises(ContentLost):
            reach(name)


@pytest.mark.parametrize(("kind", "suffix"), [("g722", ".g722"), ("", ""), ("../x", ""), ("a/b", ""), ("verylong", "")])
def test_a_kind_becomes_a_suffix_only_if_it_is_one_short_word(store: Storage, kind: str, suffix: str) -> None:
    kept = store.keep(b"x", kind=kind)
    assert store.path(kept.folder).suffix == suffix
    assert store.read(kept.folder) == b"x"


def test_deleting_takes_the_folder_too_and_twice_is_no_error(store: Storage, tmp_path: Path) -> None:
    kept = store.keep(b"x")
    store.delete(kept.folder)
    store.delete(kept.folder)
    assert files_under(tmp_path) == []
    with pytest.raises(ContentLost):
        store.path(kept.folder)
