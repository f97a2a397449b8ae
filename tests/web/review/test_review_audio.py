"""The recording over HTTP: the ranges a player asks for, and codings that browsers do not know."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream

from qa_platform.ears.playback import COPY, playable

RATE = 8000


def made(path: Path, container: str, codec: str, *, rate: int = RATE, channels: int = 2) -> Path:
    """Two seconds: a tone on the left, silence on the right."""
    sound = np.zeros((channels, 2 * rate), np.float32)
    sound[0] = 0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, AudioStream)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate,
                                      frame_size=stream.codec_context.frame_size or 0)  # fmt: skip
        frame = av.AudioFrame.from_ndarray(sound, format="fltp", layout=layout)
        frame.sample_rate = rate
        frame.pts = 0
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "container", "codec"),
    [
        ("a.wav", "wav", "pcm_mulaw"),
        ("b.wav", "wav", "pcm_alaw"),
        ("c.wav", "wav", "adpcm_ima_wav"),
        ("d.ogg", "ogg", "libopus"),
    ],
)
def test_what_not_every_browser_plays_becomes_a_wav_with_both_channels(
    tmp_path: Path, name: str, container: str, codec: str
) -> None:
    rate = 48_000 if codec == "libopus" else RATE
    found = playable(made(tmp_path / name, container, codec, rate=rate))
    assert (found.path.name, found.media_type) == (COPY, "audio/wav")
    with wave.open(str(found.path)) as heard:
        assert (heard.getnchannels(), heard.getsampwidth(), heard.getframerate()) == (2, 2, min(rate, 16_000))
        assert heard.getnframes() / heard.getframerate() == pytest.approx(2.0, abs=0.1)
        left, right = np.frombuffer(heard.readframes(heard.getnframes()), "<i2").reshape(-1, 2).T
    assert np.abs(left).max() > 10_000 > 1_000 > np.abs(right).max()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(COPY)] == [COPY]


def test_what_browsers_play_is_sent_as_it_came(tmp_path: Path) -> None:
    path = made(tmp_path / "plain.wav", "wav", "pcm_s16le")
    assert playable(path).path == path
    assert not (tmp_path / COPY).exists()


def test_a_header_that_lies_about_the_length_is_not_handed_to_a_browser(tmp_path: Path) -> None:
    path = made(tmp_path / "cut.wav", "wav", "pcm_s16le")
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = (60 * RATE * 4).to_bytes(4, "little")  # claims a minute
    path.write_bytes(data)
    assert playable(path).path.name == COPY


def test_a_player_gets_the_range_it_asks_for_and_no_more(house: Any) -> None:
    client = house.sign_in()
    reply = client.get(f"/interactions/{house.call}/audio", headers={"range": "bytes=100-199"})
    assert (reply.status_code, len(reply.content)) == (206, 100)
    assert reply.headers["content-type"] == "audio/wav"
    whole = client.get(f"/interactions/{house.call}/audio").content
    assert whole[100:200] == reply.content
    with wave.open(io.BytesIO(whole)) as heard:
        assert heard.getnframes() / heard.getframerate() == pytest.approx(151.0, abs=0.1)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=5-2", "bytes=a-b"])
def test_a_range_that_is_not_there_is_refused(house: Any, asked: str) -> None:
    reply = house.sign_in().get(f"/interactions/{house.call}/audio", headers={"range": asked})
    assert reply.status_code in (400, 416)


def test_a_chat_has_no_recording_and_says_so(house: Any) -> None:
    assert house.sign_in().get(f"/interactions/{house.chat}/audio").status_code == 404
