"""Every bad or odd recording has the answer that the table expects: heard, heard with a warning, or refused."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from models.errors import QAError
from qa_platform.doors.examination import Part, examine
from qa_platform.ears import audio, voices
from qa_platform.formats.contract import Hints
from qa_platform.storage import Storage, TooLarge
from qa_platform.text import explain
from tests.qa_platform.doors.bad_audio import CUTS, FILES, form, second


@dataclass(frozen=True)
class Heard:
    """What it is, and how long it really lasts; `header_lies` means that a warning says so."""

    codec: str
    channels: int
    seconds: float
    header_lies: bool = False


EXPECTED: dict[str, Heard | str] = {
    "zero bytes": "EmptyFile",
    "one byte": "TextNotAudio",
    "one zero": "UnknownCoding",
    "only RIFF": "TextNotAudio",
    "header only": "NoSound",
    "cut at 4": "TextNotAudio",
    "cut at 12": "DamagedAudio",
    "cut at 30": "DamagedAudio",
    "cut at 40": "DamagedAudio",
    "cut at 44": "NoSound",
    "cut at 45": "DamagedAudio",
    "cut at 47": "DamagedAudio",
    "cut at 8000": Heard("pcm_s16le", 2, 0.2, header_lies=True),
    "cut at 32044": Heard("pcm_s16le", 2, 1.0, header_lies=True),
    "cut at 48000": Heard("pcm_s16le", 2, 1.5, header_lies=True),
    "mp3 named wav": Heard("mp3float", 2, 3.0),
    "wav named mp3": Heard("pcm_s16le", 2, 2.0),
    "ogg named mp3": Heard("opus", 2, 2.0),
    "m4a named wav": Heard("aac", 2, 2.0),
    "flac named txt": Heard("flac", 2, 2.0),
    "webm named gsm": Heard("opus", 2, 2.0),
    "wav named json": Heard("pcm_s16le", 2, 2.0),
    "wav without a suffix": Heard("pcm_s16le", 2, 2.0),
    "gsm named wav": "UnknownCoding",
    "html as wav": "TextNotAudio",
    "html in UTF-16 as wav": "TextNotAudio",
    "program as wav": "NotAudio",
    "elf as wav": "NotAudio",
    "zip as wav": "ArchiveNotAudio",
    "gzip as wav": "ArchiveNotAudio",
    "rar as wav": "ArchiveNotAudio",
    "pdf as wav": "NotAudio",
    "svg as wav": "TextNotAudio",
    "png as wav": "NotAudio",
    "old Office as wav": "NotAudio",
    "size 0, never closed": Heard("pcm_s16le", 1, 1.0, header_lies=True),
    "size FFFFFFFF": Heard("pcm_s16le", 1, 1.0, header_lies=True),
    "size larger than the file": Heard("pcm_s16le", 1, 1.0, header_lies=True),
    "size smaller than the file": Heard("pcm_s16le", 1, 4.0, header_lies=True),
    "0 channels": "DamagedAudio",
    "3 channels": "TooManyChannels",
    "6 channels": "TooManyChannels",
    "16 channels": "TooManyChannels",
    "65535 channels": "DamagedAudio",
    "rate 0": "NoSuchRate",
    "rate 1": "NoSuchRate",
    "rate 192 kHz": Heard("pcm_s16le", 1, 1.0),
    "rate 4 GHz": "NoSuchRate",
    "8 bits": Heard("pcm_u8", 1, 1.0),
    "24 bits": Heard("pcm_s24le", 1, 1.0),
    "12 bits": Heard("pcm_s16le", 1, 1.0, header_lies=True),
    "0 bits": "CodecNotSupported",
    "µ-law": Heard("pcm_mulaw", 1, 1.0),
    "A-law": Heard("pcm_alaw", 1, 1.0),
    "GSM 6.10 in WAV": Heard("gsm_ms", 1, 1.0),
    "IMA ADPCM": Heard("adpcm_ima_wav", 1, 2.0),
    "MS ADPCM": Heard("adpcm_ms", 1, 2.0),
    "AMR": Heard("amrnb", 1, 1.0),
    "AMR wide band": Heard("amrwb", 1, 1.0),
    "GSM without a header": Heard("gsm", 1, 1.0),
    "G.729 without a header": Heard("g729", 1, 1.0),
    "G.722 without a header": Heard("g722", 1, 1.0),
    "an unknown coding tag": "CodecNotSupported",
    "G.723.1 tag": Heard("g723_1", 1, 1.7, header_lies=True),
    "float with NaN": Heard("pcm_f32le", 1, 1.0),
    "float with infinity": Heard("pcm_f32le", 1, 1.0),
    "float with 1e38": Heard("pcm_f32le", 1, 1.0),
    "offset by a constant": Heard("pcm_s16le", 1, 1.0),
    "clipped": Heard("pcm_s16le", 1, 1.0),
    "silence": Heard("pcm_s16le", 1, 1.0),
    "identical channels": Heard("pcm_s16le", 2, 1.0),
    "one silent channel": Heard("pcm_s16le", 2, 1.0),
    "MP3 without its first frame": Heard("mp3float", 2, 3.2),
    "MP3 with a cover bomb": Heard("mp3float", 2, 3.0),
    "MP3 with 20 MB of tags": Heard("mp3float", 2, 3.0),
    "only an ID3 tag": "DamagedAudio",
    "MP3 cut in a frame": Heard("mp3float", 2, 1.2, header_lies=True),
    "two codings in a row": Heard("mp3float", 2, 1.8, header_lies=True),
    "Ogg cut in a page": Heard("opus", 2, 1.0),
    "M4A without its index": "DamagedAudio",
    "FLAC cut": Heard("flac", 2, 2.7),
    "a concat script": "PlaylistRefused",
    "a playlist": "PlaylistRefused",
    "a playlist of WinAmp": "PlaylistRefused",
    "random bytes": "UnknownCoding",
    "RIFF that is a film": "UnknownCoding",
    "a chunk of 4 GB before the sound": "DamagedAudio",
    "sound before the format": "DamagedAudio",
    "Matroska head alone": "DamagedAudio",
    "Ogg head alone": "DamagedAudio",
    "a film without sound": "DamagedAudio",
}


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "data", limit=64 << 20)


def test_the_corpus_holds_at_least_sixty_files_and_each_has_its_expected_answer() -> None:
    assert set(EXPECTED) == set(FILES)
    assert len(FILES) >= 60
    assert len(CUTS) >= 10


@pytest.mark.parametrize("name", FILES)
@pytest.mark.timeout(60)
def test_each_file_gets_the_answer_of_the_table(name: str, storage: Storage, tmp_path: Path) -> None:
    called, made = FILES[name]
    data = made if isinstance(made, bytes) else made(tmp_path)
    expected = EXPECTED[name]
    if isinstance(expected, str):
        with pytest.raises(QAError) as refused:
            examine(Part(called, data), storage, Hints(name=called))
        assert refused.value.code == expected
        assert all(told and told != said for told, said in zip(
            explain(refused.value, "es"), (refused.value.says, refused.value.remedy), strict=True
        ))  # fmt: skip
        assert not list(storage.root.rglob("content*"))
        return
    kept = examine(Part(called, data), storage, Hints(name=called)).recording
    assert kept is not None
    path = storage.path(kept.folder)
    facts = audio.probe(path)
    sound = np.concatenate(list(audio.blocks(path, rate=8000)), axis=1)
    assert (facts.codec, len(sound)) == (expected.codec, expected.channels)
    assert sound.shape[1] / 8000 == pytest.approx(expected.seconds, abs=0.06)
    assert np.isfinite(np.square(sound).sum())
    warned = audio.duration_warning(facts.declared_seconds, sound.shape[1] / 8000)
    assert (warned is not None) == expected.header_lies


def test_what_a_crashed_recorder_leaves_is_kept_with_its_true_length_and_a_warning(tmp_path: Path) -> None:
    for size in (0, 16_000, 0xFFFFFFFF):
        path = tmp_path / f"{size}.wav"
        path.write_bytes(form(second() * 3, size=size))
        hearing = voices.listen(path, agent_channel=None)
        assert hearing.speech.duration == pytest.approx(3.0, abs=0.01)
        assert any("recorder may not have closed" in str(warning) for warning in hearing.warnings), size


def test_a_disk_image_of_ten_gigabytes_stops_at_the_limit(tmp_path: Path) -> None:
    image = tmp_path / "enorme.wav"
    image.write_bytes(form(second()))
    os.truncate(image, 10 << 30)
    storage = Storage(tmp_path / "data", limit=4 << 20)
    with pytest.raises(TooLarge):
        examine(Part("enorme.wav", image), storage, Hints(name="enorme.wav"))
    assert not list(storage.root.rglob("partial*"))
