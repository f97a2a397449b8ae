"""A sealed file gives back its bytes from any place, to the right key only, and shows every change."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_platform.originals.sealing import HEADER, TAG, Key, KeyMissing, SealBroken, Sealing, Unsealed

KEY, OTHER = Key(b"k" * 32), Key(b"o" * 32)
PIECE = 16


def sealed(content: bytes, key: Key = KEY) -> bytes:
    stream = Sealing(io.BytesIO(content), key, piece=PIECE)
    return b"".join(iter(lambda: stream.read(7), b""))


def unsealed(data: bytes, *keys: Key, key_id: str = KEY.id) -> Unsealed:
    return Unsealed(io.BytesIO(data), keys or (KEY,), key_id)


@given(st.binary(max_size=100), st.lists(st.tuples(st.integers(0, 110), st.integers(0, 60)), max_size=6))
def test_what_went_in_comes_out_from_any_place(content: bytes, places: list[tuple[int, int]]) -> None:
    opened = unsealed(sealed(content))
    assert (opened.size, opened.read()) == (len(content), content)
    for at, length in places:
        opened.seek(at)
        assert opened.read(length) == content[at : at + length]
    assert opened.seek(-1, io.SEEK_END) == max(0, len(content) - 1)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_change_shows(content: bytes, data: st.DataObject) -> None:
    whole = bytearray(sealed(content))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        unsealed(bytes(whole)).read()


@pytest.mark.parametrize("content", [b"", b"x" * PIECE, b"x" * (3 * PIECE + 5)])
def test_what_is_cut_off_or_added_shows(content: bytes) -> None:
    whole = sealed(content)
    for cut in (0, HEADER, HEADER + TAG + PIECE, len(whole) - 1):
        if cut < len(whole):
            with pytest.raises(SealBroken):
                unsealed(whole[:cut]).read()
    with pytest.raises(SealBroken):
        unsealed(whole + b"\0").read()


def test_pieces_cannot_change_places() -> None:
    whole = sealed(bytes(range(4 * PIECE)))
    first, second = HEADER, HEADER + PIECE + TAG
    swapped = whole[:first] + whole[second : second + PIECE + TAG] + whole[first:second] + whole[second + PIECE + TAG :]
    with pytest.raises(SealBroken):
        unsealed(swapped).read()


def test_the_same_bytes_are_never_sealed_the_same_and_nothing_of_them_shows() -> None:
    content = b"4111111111111111" * 4
    assert sealed(content) != sealed(content)
    assert b"4111" not in sealed(content)


def test_the_key_is_found_by_its_name_which_tells_nothing_of_it() -> None:
    assert unsealed(sealed(b"abc", OTHER), KEY, OTHER, key_id=OTHER.id).read() == b"abc"
    with pytest.raises(KeyMissing) as missing:
        unsealed(sealed(b"abc"), OTHER)
    assert KEY.id in str(missing.value)
    with pytest.raises(SealBroken):
        unsealed(sealed(b"abc", OTHER), KEY)
    assert KEY.secret.hex() not in KEY.id
    assert "kkkk" not in repr(KEY)
