"""The corpus of bad and odd recordings, made by code: what recorders, browsers, people and attackers really send."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.qa_platform.ears.test_audio import encoded, tone, two_tones, wav

Channels = NDArray[np.float32]
NOISE = random.Random(7)


def form(
    data: bytes, *, tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, extra: bytes = b"",
    size: int | None = None, riff: int | None = None,
) -> bytes:  # fmt: skip
    """A WAV file whose header says whatever it is told to say."""
    frame = max(1, channels * bits // 8)
    chunk = struct.pack("<HHIIHH", tag, channels, rate, rate * frame & 0xFFFFFFFF, min(frame, 65_535), bits) + extra
    inner = b"WAVEfmt " + struct.pack("<I", len(chunk)) + chunk
    inner += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(inner) if riff is None else riff) + inner


def second(hertz: float = 440.0) -> bytes:
    """A second of 16-bit sound at 8 kHz."""
    return wav(tone(1.0, hertz)[np.newaxis])[44:]


def as_encoded(container: str, codec: str, sound: Channels, rate: int = 8000) -> Callable[[Path], bytes]:
    return lambda folder: encoded(folder / "made", container, codec, sound, rate=rate).read_bytes()


def gsm_in_wav() -> bytes:
    """Asterisk's wav49: GSM 6.10 in blocks of 65 bytes for 320 samples."""
    data = NOISE.randbytes(65 * 25)
    chunk = struct.pack("<HHIIHHHH", 0x31, 1, 8000, 1625, 65, 0, 2, 320)
    inner = b"WAVEfmt " + struct.pack("<I", len(chunk)) + chunk + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def gsm_frames() -> bytes:
    return b"".join(bytes([0xD0 | NOISE.randrange(16)]) + NOISE.randbytes(32) for _ in range(50))


def many_tags() -> bytes:
    size = 20_000_000
    return id3(b"TXXX" + struct.pack(">I", size) + b"\x00\x00" + bytes(size))


def floats(value: float) -> bytes:
    sound = tone(1.0, 440).astype("<f4")
    sound[2000:6000] = value
    return form(sound.tobytes(), tag=3, bits=32)


def id3(body: bytes) -> bytes:
    size = len(body)
    syncsafe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + syncsafe + body


def picture_bomb() -> bytes:
    """A cover of 30,000 by 30,000 that is 100 kB packed."""
    line = zlib.compress(bytes(30_000 * 4), 9)
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", head), (b"IDAT", line), (b"IEND", b""))
    )
    frame = b"\x00image/png\x00\x03\x00" + png
    return id3(b"APIC" + struct.pack(">I", len(frame)) + b"\x00\x00" + frame)


def mp3(folder: Path) -> bytes:
    return as_encoded("mp3", "libmp3lame", two_tones(3.0))(folder)


def without_its_first_frame(folder: Path) -> bytes:
    """The frame in which encoders tell the true length of what has no constant rate."""
    data = mp3(folder)
    first = 10 + data[9] + (data[8] << 7) if data.startswith(b"ID3") else 0
    return data[data.index(data[first : first + 2], first + 4) :]


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as out:
        out.writestr("call.wav", wav(tone(1.0, 440)[np.newaxis]))
    return written.getvalue()


def spliced(folder: Path) -> bytes:
    """The beginning of one coding and the end of another."""
    return mp3(folder)[:6000] + as_encoded("ogg", "libopus", two_tones(2.0))(folder)


STEREO = wav(two_tones(2.0))
CUTS = {cut: STEREO[:cut] for cut in (4, 12, 30, 40, 44, 45, 47, 8_000, 32_044, 48_000)}
Made = bytes | Callable[[Path], bytes]

FILES: dict[str, tuple[str, Made]] = {
    "zero bytes": ("a.wav", b""),
    "one byte": ("a.wav", b"R"),
    "one zero": ("a.wav", b"\x00"),
    "only RIFF": ("a.wav", b"RIFF"),
    "header only": ("a.wav", form(b"")),
    **{f"cut at {cut}": ("a.wav", data) for cut, data in CUTS.items()},
    "mp3 named wav": ("a.wav", mp3),
    "wav named mp3": ("a.mp3", STEREO),
    "ogg named mp3": ("a.mp3", as_encoded("ogg", "libopus", two_tones(2.0))),
    "m4a named wav": ("a.wav", as_encoded("ipod", "aac", two_tones(2.0))),
    "flac named txt": ("a.txt", as_encoded("flac", "flac", two_tones(2.0))),
    "webm named gsm": ("a.gsm", as_encoded("webm", "libopus", two_tones(2.0))),
    "wav named json": ("a.json", STEREO),
    "wav without a suffix": ("grabacion", STEREO),
    "gsm named wav": ("a.wav", b"\xd4" + NOISE.randbytes(32)),
    "html as wav": ("a.wav", b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"),
    "html in UTF-16 as wav": ("a.wav", "<html><body>Iniciar sesión</body></html>".encode("utf-16")),
    "program as wav": ("a.wav", b"MZ\x90\x00\x03" + bytes(200)),
    "elf as wav": ("a.wav", b"\x7fELF\x02\x01\x01" + bytes(200)),
    "zip as wav": ("a.wav", zipped()),
    "gzip as wav": ("a.wav", b"\x1f\x8b\x08" + bytes(100)),
    "rar as wav": ("a.wav", b"Rar!\x1a\x07\x01\x00" + bytes(100)),
    "pdf as wav": ("a.wav", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(100)),
    "svg as wav": ("a.wav", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "png as wav": ("a.wav", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "old Office as wav": ("a.wav", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)),
    "size 0, never closed": ("a.wav", form(second(), size=0, riff=0)),
    "size FFFFFFFF": ("a.wav", form(second(), size=0xFFFFFFFF, riff=0xFFFFFFFF)),
    "size larger than the file": ("a.wav", form(second(), size=64_000)),
    "size smaller than the file": ("a.wav", form(second() * 4, size=16_000)),
    "0 channels": ("a.wav", form(second(), channels=0)),
    "3 channels": ("a.wav", form(second() * 3, channels=3)),
    "6 channels": ("a.wav", form(second() * 6, channels=6)),
    "16 channels": ("a.wav", form(second() * 16, channels=16)),
    "65535 channels": ("a.wav", form(second(), channels=65_535)),
    "rate 0": ("a.wav", form(second(), rate=0)),
    "rate 1": ("a.wav", form(second(), rate=1)),
    "rate 192 kHz": ("a.wav", form(second() * 24, rate=192_000)),
    "rate 4 GHz": ("a.wav", form(second(), rate=4_000_000_000)),
    "8 bits": ("a.wav", form(bytes(range(256)) * 32, bits=8)),
    "24 bits": ("a.wav", form(NOISE.randbytes(24_000), bits=24)),
    "12 bits": ("a.wav", form(second(), bits=12)),
    "0 bits": ("a.wav", form(second(), bits=0)),
    "µ-law": ("a.wav", form(NOISE.randbytes(8000), tag=7, bits=8)),
    "A-law": ("a.wav", form(NOISE.randbytes(8000), tag=6, bits=8)),
    "GSM 6.10 in WAV": ("a.WAV", gsm_in_wav()),
    "IMA ADPCM": ("a.wav", as_encoded("wav", "adpcm_ima_wav", tone(2.0, 440)[np.newaxis])),
    "MS ADPCM": ("a.wav", as_encoded("wav", "adpcm_ms", tone(2.0, 440)[np.newaxis])),
    "AMR": ("a.amr", b"#!AMR\n" + b"".join(b"\x3c" + NOISE.randbytes(31) for _ in range(50))),
    "AMR wide band": ("a.awb", b"#!AMR-WB\n" + b"".join(b"\x04" + NOISE.randbytes(17) for _ in range(50))),
    "GSM without a header": ("a.gsm", gsm_frames()),
    "G.729 without a header": ("a.g729", NOISE.randbytes(1000)),
    "G.722 without a header": ("a.g722", NOISE.randbytes(8000)),
    "an unknown coding tag": ("a.wav", form(second(), tag=0x4242)),
    "G.723.1 tag": ("a.wav", form(NOISE.randbytes(24 * 33), tag=0x42, bits=0)),
    "float with NaN": ("a.wav", floats(float("nan"))),
    "float with infinity": ("a.wav", floats(float("-inf"))),
    "float with 1e38": ("a.wav", floats(1e38)),
    "offset by a constant": ("a.wav", wav(tone(1.0, 440)[np.newaxis] * 0.2 + 0.7)),
    "clipped": ("a.wav", wav(np.clip(tone(1.0, 440)[np.newaxis] * 9, -1, 1))),
    "silence": ("a.wav", form(bytes(16_000))),
    "identical channels": ("a.wav", wav(np.stack([tone(1.0, 440)] * 2))),
    "one silent channel": ("a.wav", wav(np.stack([tone(1.0, 440), np.zeros(8000, np.float32)]))),
    "MP3 without its first frame": ("a.mp3", without_its_first_frame),
    "MP3 with a cover bomb": ("a.mp3", lambda folder: picture_bomb() + mp3(folder)),
    "MP3 with 20 MB of tags": ("a.mp3", lambda folder: many_tags() + mp3(folder)),
    "only an ID3 tag": ("a.mp3", id3(bytes(500))),
    "MP3 cut in a frame": ("a.mp3", lambda folder: mp3(folder)[:4_000]),
    "two codings in a row": ("a.mp3", spliced),
    "Ogg cut in a page": ("a.ogg", lambda folder: as_encoded("ogg", "libopus", two_tones(3.0))(folder)[:20_000]),
    "M4A without its index": ("a.m4a", lambda folder: as_encoded("ipod", "aac", two_tones(3.0))(folder)[:9_000]),
    "FLAC cut": ("a.flac", lambda folder: as_encoded("flac", "flac", two_tones(3.0))(folder)[:30_000]),
    "a concat script": ("a.wav", b"ffconcat version 1.0\nfile 'vecino.wav'\n"),
    "a playlist": ("a.mp3", b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/x.mp3\n"),
    "a playlist of WinAmp": ("a.wav", b"[playlist]\nFile1=/etc/passwd\n"),
    "random bytes": ("a.wav", b"\x01" + NOISE.randbytes(5000)),
    "RIFF that is a film": ("a.wav", b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(500)),
    "a chunk of 4 GB before the sound": ("a.wav", b"RIFF\xff\xff\xff\xffWAVEjunk\xff\xff\xff\xff" + bytes(500)),
    "sound before the format": ("a.wav", b"RIFF\x00\x10\x00\x00WAVEdata\x10\x00\x00\x00" + bytes(16)),
    "Matroska head alone": ("a.webm", b"\x1a\x45\xdf\xa3" + bytes(300)),
    "Ogg head alone": ("a.ogg", b"OggS" + bytes(300)),
    "a film without sound": ("a.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(300)),
}  # fmt: skip
