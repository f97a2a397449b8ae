"""How fast and how right recordings are heard, in ratios against plain use of the same libraries in the same run.

The acoustic path (from file to who speaks when) per core and by condition, its frame F1, the cost of writing words
down, and the memory that four hours of recording take. The words are those of the demonstration's micro-model: its
times tell what is fed to a model, not what a large one takes.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from qa_platform import one_thread  # noqa: F401 - before numpy does any work
from qa_platform.demo.micro_whisper import unpack
from qa_platform.yardstick.hearing import Heard, compare, peak_megabytes, write_down
from qa_platform.yardstick.noisy_calls import CONDITIONS, RATE, Call, clean_call, written

SEED = 20261121
SECONDS, WORDS_SECONDS, ROUNDS = 300.0, 240.0, 3
HOURS = 4.0
SHORT_HOURS = 0.25
CHUNK_SECONDS = 60

EXPLAINED: Mapping[str, str] = {
    "acoustic_ratio": "times faster per core than decode_audio + get_speech_timestamps, all conditions together",
    "frame_f1_ours": "hundredths of a second judged rightly, all conditions together",
    "frame_f1_plain": "the same, plain use with its default options",
    "asr_ratio": "times faster than writing down both channels whole",
    "asr_overhead": "how much more than calling the library directly on the same clips",
    "peak_rss_mb_4h": "memory of a process that hears a call of four hours",
}


def run(
    *,
    seconds: float = SECONDS,
    words_seconds: float = WORDS_SECONDS,
    hours: float = HOURS,
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call = clean_call(seconds)
        heard = {
            condition.name: compare(written(call, condition, folder, seed=seed), call.speaks, rounds=rounds)
            for condition in CONDITIONS
        }
        words_call = clean_call(words_seconds)
        recording = written(words_call, CONDITIONS[0], folder, seed=seed)
        words = write_down(recording, unpack(folder), rounds=rounds)
        return {
            "acoustic_ratio": round(
                sum(one.seconds_plain for one in heard.values()) / sum(one.seconds_ours for one in heard.values()), 2
            ),
            "frame_f1_ours": round(float(np.mean([one.f1_ours for one in heard.values()])), 4),
            "frame_f1_plain": round(float(np.mean([one.f1_plain for one in heard.values()])), 4),
            "frame_f1_plain_tuned": round(float(np.mean([one.f1_tuned for one in heard.values()])), 4),
            "asr_ratio": round(words.whole / words.ours, 2),
            "asr_overhead": round(words.ours / words.direct - 1, 4),
            "asr_windows": words.windows,
            "asr_windows_whole": words.windows_whole,
            "speech_share": round(float(words_call.speaks.mean()), 3),
            "asr_model": "the demonstration's micro-model",
            "peak_rss_mb_4h": _rounded(peak_megabytes(_long(call, folder, hours))),
            "peak_rss_mb_15min": _rounded(peak_megabytes(_long(call, folder, min(hours, SHORT_HOURS)))),
            "times_real_time_per_core": round(call.seconds / heard["clean"].seconds_ours),
            "conditions": {name: _told(one, call.seconds) for name, one in heard.items()},
            "seconds": round(call.seconds),
            "words_seconds": round(words_call.seconds),
            "hours": hours,
            "rounds": rounds,
            "seed": seed,
        }


def _told(one: Heard, seconds: float) -> dict[str, float]:
    return {
        "ratio": round(one.seconds_plain / one.seconds_ours, 2),
        "real_time": round(seconds / one.seconds_ours),
        "f1_ours": round(one.f1_ours, 4),
        "f1_plain": round(one.f1_plain, 4),
        "f1_plain_tuned": round(one.f1_tuned, 4),
    }


def _rounded(megabytes: float | None) -> int | None:
    return None if megabytes is None else round(megabytes)


def _long(call: Call, folder: Path, hours: float) -> Path:
    """The same call over and over, as a WAV file of that length."""
    path = folder / f"{hours}.wav"
    minute = (np.clip(call.sound[:, : CHUNK_SECONDS * RATE] * 0.5, -1, 1) * 32767).astype("<i2").T.tobytes()
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        for _ in range(round(hours * 3600 / CHUNK_SECONDS)):
            out.writeframesraw(minute)
    return path
