"""What a file is, told from its own first bytes: the container of a recording, or the words that say it is none."""

from __future__ import annotations

from pathlib import Path

from models.errors import QAError

HEAD_BYTES = 4096
NAMED_CODINGS = frozenset({"g722", "g729", "gsm"})  # sound without a face: only the suffix tells


class EmptyFile(QAError):
    says = "The file is empty."
    remedy = "Export it again from the recorder and upload it once more."


class NotAudio(QAError):
    says = "This file is a document, a picture or a program, not a recording."
    remedy = "Upload the audio file itself."


class TextNotAudio(NotAudio):
    says = "This file holds text, not sound: often it is the error page of the system it was exported from."
    remedy = "Open it in a text editor to read what that system says, and export the recording again."


class ArchiveNotAudio(NotAudio):
    says = "This file is a compressed archive, not a recording."
    remedy = "Extract it and upload the recordings inside."


class PlaylistRefused(QAError):
    says = "This is a playlist that names other files, not a recording."
    remedy = "Upload the recording itself."


class UnknownCoding(QAError):
    says = "The file has no header that tells how its sound is coded."
    remedy = "Convert it to WAV, stating its sampling rate, and upload the WAV."


def sniff_strictly(head: bytes) -> str | None:
    """As `sniff`, without MPEG's eleven set bits, which sound without a header holds by chance."""
    return None if head[:1] == b"\xff" else sniff(head)


def check_raw(head: bytes, name: str) -> None:
    """Refuses what plainly is no sound without a header: an error page, an archive, a document."""
    if head.startswith(_ARCHIVES):
        raise ArchiveNotAudio(name)
    if head.startswith(_OTHER_FILES):
        raise NotAudio(name)
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and head and _looks_like_text(head):
        raise TextNotAudio(name)


def sniff(head: bytes) -> str | None:
    """The container by its magic bytes, never by its name; None where there are none that we read."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return "mp4"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    return _mpeg(head)


_MAGIC = (
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"#!AMR", "amr"),
    (b".snd", "au"),
    (b"caff", "caf"),
    (b"riff\x2e\x91\xcf\x11", "w64"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
)
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_OTHER_FILES = (b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0")
_PLAYLISTS = (b"ffconcat", b"#EXTM3U", b"[playlist]")


def _mpeg(head: bytes) -> str | None:
    """MPEG audio starts with eleven set bits; the fields after them tell it from text that starts with FF FE."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if head[1] & 0xF6 == 0xF0:
        return "aac"  # ADTS
    sound = version != 1 and layer in (1, 2) and bitrate not in (0, 15) and rate != 3
    return "mp3" if sound else None


def container_of(path: Path) -> str:
    """The container whose format is to be forced; a file that is no recording is refused in words."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise EmptyFile(path.name)
    found = sniff(head)
    if found:
        return found
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_PLAYLISTS):
        raise PlaylistRefused(path.name)
    if head.startswith(_ARCHIVES):
        raise ArchiveNotAudio(path.name)
    if head.startswith(_OTHER_FILES):
        raise NotAudio(path.name)
    if _looks_like_text(head):
        raise TextNotAudio(path.name)
    named = path.suffix.lower().removeprefix(".")
    if named in NAMED_CODINGS:
        return named  # believed by name, once everything with a face of its own is out
    raise UnknownCoding(path.name)


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    printable = sum(byte >= 0x20 or byte in b"\t\r\n\f" for byte in head)
    return b"\0" not in head and printable == len(head) and sum(byte < 0x80 for byte in head) > 0.7 * len(head)
