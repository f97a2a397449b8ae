"""Bytes to text whatever program saved them, and text without the characters nobody sees."""

from __future__ import annotations

import codecs
import re

from models.errors import QAError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Direction marks that WhatsApp and iOS sprinkle over names and placeholders, zero-width spaces and stray BOMs;
# not U+200D, which joins emoji.
_UNSEEN = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_NEWLINE = re.compile(r"\r\n?|[\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class UnknownEncoding(QAError):
    status = 422
    says = "The text is written in an encoding that is not UTF-8, UTF-16 or Windows-1252."
    remedy = "Open it in its program and save it as UTF-8."


def is_text(data: bytes) -> bool:
    head = data[:4096]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _wide(head) is not None or b"\x00" not in head:
        return True
    # A stray zero in a chat is a slip of the program that wrote it; sound and programs hold other control bytes too.
    return head.count(0) * 20 <= len(head) and not any(byte < 0x20 and byte not in b"\x00\t\n\r" for byte in head)


def decoded(data: bytes, *, name: str = "") -> str:
    encoding = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None) or _wide(data[:4096])
    if encoding:
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _western(data, name=name)


def clean(text: str) -> str:
    """Without invisible marks, control characters and lone surrogates, which databases refuse."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", _NEWLINE.sub("\n", whole.translate(_UNSEEN))).strip()


def _western(data: bytes, *, name: str) -> str:
    """Windows-1252, unless so many letters carry accents that it must be another alphabet."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    letters = sum(character.isascii() and character.isalpha() for character in text)
    if sum(not character.isascii() for character in text) > letters / 2:
        raise UnknownEncoding(name)
    return text


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Western text is zero."""
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None
