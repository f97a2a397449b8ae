"""Every coding a recorder writes is heard; everything else is refused in words, and no file opens another."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from models.errors import QAError
from qa_platform.ears import audio, containers

RATE = 8000
Channels = NDArray[np.float32]


def tone(seconds: float, hertz: float, *, rate: int = RATE) -> Channels:
    return (0.4 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def two_tones(seconds: float, *, rate: int = RATE) -> Channels:
    return np.stack([tone(seconds, 400, rate=rate), tone(seconds, 1000, rate=rate)])


def wav(channels: Channels, *, rate: int = RATE) -> bytes:
    data = (channels.T * 32767).astype("<i2").tobytes()
    count = len(channels)
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, count, rate,
                       rate * count * 2, count * 2, 16)  # fmt: skip
    return head + b"data" + struct.pack("<I", len(data)) + data


def encoded(path: Path, container: str, codec: str, channels: Channels, *, rate: int = RATE) -> Path:
    layout = "stereo" if len(channels) == 2 else "mono"
    with av.open(str(path), "w", format=container) as out:
        stream = cast(AudioStream, out.add_stream(codec, rate=rate))
        stream.layout = layout
        sampling = stream.codec_context
        resampler = av.AudioResampler(sampling.format, layout, rate, frame_size=sampling.frame_size or None)
        for start in range(0, channels.shape[1], rate):
            samples = np.ascontiguousarray(channels[:, start : start + rate])
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = rate, start
            for piece in resampler.resample(frame):
                out.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def heard(path: Path, *, rate: int = 16_000) -> Channels:
    return np.concatenate(list(audio.blocks(path, rate=rate)), axis=1)


def pitch(sound: Channels, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate / len(sound))


CODINGS = [
    ("wav", "pcm_s16le", "wav"),
    ("wav", "pcm_u8", "wav"),
    ("wav", "pcm_mulaw", "wav"),
    ("wav", "pcm_alaw", "wav"),
    ("wav", "adpcm_ima_wav", "wav"),
    ("wav", "pcm_f32le", "wav"),
    ("mp3", "libmp3lame", "mp3"),
    ("ogg", "libopus", "ogg"),
    ("webm", "libopus", "matroska"),
    ("ipod", "aac", "mp4"),
    ("flac", "flac", "flac"),
    ("aiff", "pcm_s16be", "aiff"),
    ("w64", "pcm_s16le", "w64"),
    ("adts", "aac", "aac"),
    ("au", "pcm_mulaw", "au"),
]


@pytest.mark.parametrize(("container", "codec", "name"), CODINGS)
def test_each_side_is_heard_on_its_own_channel_in_every_coding_and_under_any_name(
    tmp_path: Path, container: str, codec: str, name: str
) -> None:
    path = encoded(tmp_path / "misnamed.pdf", container, codec, two_tones(3.0))
    facts = audio.probe(path)
    sound = heard(path)
    assert (facts.container, facts.channels) == (name, 2)
    assert sound.shape[1] / 16_000 == pytest.approx(3.0, abs=0.3)
    assert [pitch(side[8000:40_000], 16_000) for side in sound] == pytest.approx([400, 1000], abs=5)


def test_one_channel_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "mono.wav"
    path.write_bytes(wav(tone(1.0, 400)[np.newaxis]))
    assert audio.probe(path).channels == 1
    assert heard(path, rate=8000).shape == (1, 8000)


def test_g722_has_no_magic_and_is_believed_by_its_name_only(tmp_path: Path) -> None:
    path = encoded(tmp_path / "call.g722", "g722", "g722", tone(2.0, 400, rate=16_000)[np.newaxis], rate=16_000)
    assert audio.probe(path).codec == "g722"
    nameless = path.rename(tmp_path / "call.bin")
    with pytest.raises(containers.UnknownCoding):
        audio.probe(nameless)


PLAYLISTS = {
    "a concat script": "ffconcat version 1.0\nfile 'neighbour.wav'\n",
    "a concat script behind a mark": "\ufeff\nffconcat version 1.0\nfile 'neighbour.wav'\n",
    "an HLS playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nneighbour.wav\n#EXT-X-ENDLIST\n",
}


@pytest.mark.parametrize("script", PLAYLISTS.values(), ids=PLAYLISTS.keys())
@pytest.mark.parametrize("name", ["up.wav", "up.mp3", "up.g722", "up"])
def test_a_script_that_names_a_neighbour_never_plays_the_neighbour(tmp_path: Path, script: str, name: str) -> None:
    (tmp_path / "neighbour.wav").write_bytes(wav(two_tones(1.0)))
    (tmp_path / name).write_text(script, encoding="utf-8")
    with pytest.raises(containers.PlaylistRefused):
        audio.probe(tmp_path / name)
    with pytest.raises(containers.PlaylistRefused):
        next(audio.blocks(tmp_path / name))


def test_left_to_guess_the_library_would_have_played_the_neighbour(tmp_path: Path) -> None:
    """The reason for forcing the container; when this fails, the library has closed the hole itself."""
    (tmp_path / "neighbour.wav").write_bytes(wav(two_tones(1.0)))
    (tmp_path / "up.wav").write_text(PLAYLISTS["a concat script"], encoding="utf-8")
    with av.open(str(tmp_path / "up.wav")) as opened:
        assert sum(frame.samples for frame in opened.decode(audio=0)) == RATE


def six_channels() -> bytes:
    return wav(np.zeros((6, RATE), np.float32))


def header_only() -> bytes:
    return wav(np.zeros((2, 0), np.float32))


REFUSALS: list[tuple[str, Callable[[], bytes], type[QAError]]] = [
    ("empty.wav", lambda: b"", containers.EmptyFile),
    ("one_byte.wav", lambda: b"R", containers.TextNotAudio),
    ("error_page.wav", lambda: b"<html><body>Sesi\xc3\xb3n vencida</body></html>", containers.TextNotAudio),
    ("utf16.wav", lambda: "Sesión vencida".encode("utf-16"), containers.TextNotAudio),
    ("archive.wav", lambda: b"PK\x03\x04" + bytes(100), containers.ArchiveNotAudio),
    ("letter.mp3", lambda: b"%PDF-1.7" + bytes(100), containers.NotAudio),
    ("program.wav", lambda: b"MZ\x90\x00" + bytes(100), containers.NotAudio),
    ("headerless.raw", lambda: (two_tones(1.0) * 32767).astype("<i2").tobytes(), containers.UnknownCoding),
    ("header_only.wav", header_only, audio.NoSound),
    ("conference.wav", six_channels, audio.TooManyChannels),
    ("one_hertz.wav", lambda: wav(two_tones(1.0), rate=1), audio.NoSuchRate),
    ("two_gigahertz.wav", lambda: wav(two_tones(1.0), rate=500_000_000), audio.NoSuchRate),
    ("cut_in_its_header.wav", lambda: wav(two_tones(1.0))[:30], audio.DamagedAudio),
    ("magic_only.ogg", lambda: b"OggS" + bytes(200), audio.DamagedAudio),
    ("magic_only.flac", lambda: b"fLaC" + bytes(200), audio.DamagedAudio),
    ("magic_only.webm", lambda: b"\x1a\x45\xdf\xa3" + bytes(200), audio.DamagedAudio),
]


@pytest.mark.parametrize(("name", "content", "error"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_what_is_no_recording_is_refused_in_words(
    tmp_path: Path, name: str, content: Callable[[], bytes], error: type[QAError]
) -> None:
    path = tmp_path / name
    path.write_bytes(content())
    with pytest.raises(error) as refused:
        audio.probe(path)
    assert type(refused.value) is error
    assert refused.value.where == name
    assert refused.value.remedy


def test_a_film_without_sound_has_no_audio_track(tmp_path: Path) -> None:
    path = tmp_path / "screen.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        out.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode(None))
    with pytest.raises(audio.NoAudioTrack):
        audio.probe(path)


def with_data_size(size: int) -> bytes:
    whole = bytearray(wav(two_tones(4.0)))
    whole[40:44] = struct.pack("<I", size)
    return bytes(whole)


HEADERS = {
    "honest": (wav(two_tones(4.0)), 4.0, False),
    "size never written": (with_data_size(0), 4.0, True),
    "size of a stream": (with_data_size(0xFFFFFFFF), 4.0, True),
    "cut in the middle": (wav(two_tones(4.0))[: 44 + 2 * RATE * 4], 2.0, True),
}


@pytest.mark.parametrize(("content", "seconds", "warned"), HEADERS.values(), ids=HEADERS.keys())
def test_a_header_that_lies_is_kept_with_a_warning_and_the_true_length(
    tmp_path: Path, content: bytes, seconds: float, warned: bool
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    true = heard(path).shape[1] / 16_000
    warning = audio.duration_warning(audio.probe(path).declared_seconds, true)
    assert true == pytest.approx(seconds, abs=0.01)
    assert (warning is not None) is warned
    if warning:
        assert f"{seconds}" in str(warning)


def test_a_cut_lossy_recording_is_heard_up_to_the_cut(tmp_path: Path) -> None:
    whole = encoded(tmp_path / "whole.mp3", "mp3", "libmp3lame", two_tones(6.0)).read_bytes()
    (tmp_path / "cut.mp3").write_bytes(whole[: len(whole) // 2])
    assert heard(tmp_path / "cut.mp3").shape[1] / 16_000 == pytest.approx(3.0, abs=0.4)
    assert audio.duration_warning(audio.probe(tmp_path / "cut.mp3").declared_seconds, 3.0) is not None


def test_bytes_broken_in_mid_file_do_not_shift_what_comes_after(tmp_path: Path) -> None:
    whole = bytearray(encoded(tmp_path / "whole.ogg", "ogg", "libopus", two_tones(10.0)).read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 300] = bytes(300)
    (tmp_path / "broken.ogg").write_bytes(bytes(whole))
    assert heard(tmp_path / "broken.ogg").shape[1] / 16_000 == pytest.approx(10.0, abs=0.2)


def test_time_that_a_muted_track_skips_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "muted.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE)
        stream.layout = "mono"
        for begin in (0.0, 5.0):
            for step in range(4):
                samples = (tone(0.25, 400)[np.newaxis] * 32767).astype(np.int16)
                frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
                frame.pts = round((begin + step * 0.25) * RATE)
                out.mux(stream.encode(frame))
    sound = heard(path)[0]
    assert len(sound) / 16_000 == pytest.approx(6.0, abs=0.01)
    assert np.abs(sound[20_000:76_000]).max() == 0
    assert np.abs(sound[82_000:94_000]).max() > 0.3


def test_not_a_number_in_a_float_recording_is_silence(tmp_path: Path) -> None:
    channels = two_tones(1.0)
    channels[0, 100:200], channels[1, 300] = np.nan, np.inf
    sound = heard(encoded(tmp_path / "float.wav", "wav", "pcm_f32le", channels), rate=RATE)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 1.0


@pytest.mark.parametrize("seconds", [0.37, 1.0, 30.0])
def test_blocks_are_as_long_as_asked_and_join_to_the_same_sound(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(two_tones(4.2)))
    blocks = list(audio.blocks(path, rate=8000, seconds=seconds))
    assert {block.shape[1] for block in blocks[:-1]} <= {round(8000 * seconds)}
    assert 0 < blocks[-1].shape[1] <= round(8000 * seconds)
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), heard(path, rate=8000))


def test_a_long_recording_streams_through_a_small_window(tmp_path: Path) -> None:
    """Twenty minutes are 154 MB of sound once decoded; a tenth of that is never held at once."""
    path = tmp_path / "long.wav"
    path.write_bytes(wav(np.zeros((2, 20 * 60 * RATE), np.float32)))
    tracemalloc.start()
    try:
        seconds = sum(block.shape[1] for block in audio.blocks(path)) / 16_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds == pytest.approx(1200)
    assert peak < 15_000_000
