"""What hearing costs and how right it is, against plain use of the libraries underneath, in one run.

Plain use is what their own documentation shows: decode both channels, then speech timestamps for each, with the default
options. Processor time of this process, so that other work on the machine counts less; the best of a few rounds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.conversation import Speech
from qa_platform.ears import clips, transcribe, voices
from qa_platform.ears.packing import packs, spans
from qa_platform.ears.transcribe import Manner, Transcriber
from qa_platform.yardstick.noisy_calls import FRAMES_A_SECOND

Flags = NDArray[np.bool_]
Result = TypeVar("Result")
RATE = 16_000
WINDOW_SECONDS = 30.0
TUNED = {"min_silence_duration_ms": 200, "speech_pad_ms": 30}  # nearer to measuring than the defaults
# Not ru_maxrss: it remembers the process that this one was started from.
MEMORY = """
import sys
from pathlib import Path
from qa_platform import one_thread
from qa_platform.ears.voices import listen
listen(Path(sys.argv[1]), agent_channel=0)
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""


@dataclass(frozen=True, slots=True)
class Heard:
    seconds_ours: float
    seconds_plain: float
    f1_ours: float
    f1_plain: float
    f1_tuned: float


def compare(recording: Path, speaks: Flags, *, rounds: int) -> Heard:
    ours, speech = _best(lambda: voices.listen(recording, agent_channel=0).speech, rounds)
    plain, stamps = _best(lambda: _plainly(recording, {}), rounds)
    tuned = _plainly(recording, TUNED)
    found = [[(each.start, each.end) for each in voice.talk] for voice in speech.voices]
    return Heard(ours, plain, frame_f1(found, speaks), frame_f1(stamps, speaks), frame_f1(tuned, speaks))


def frame_f1(found: Sequence[Sequence[tuple[float, float]]], speaks: Flags) -> float:
    """Over the hundredths of a second of both channels."""
    told = np.zeros_like(speaks)
    for side, stretches in enumerate(found):
        for start, end in stretches:
            told[side, round(start * FRAMES_A_SECOND) : round(end * FRAMES_A_SECOND)] = True
    right = int((told & speaks).sum())
    return 2 * right / max(1, int(told.sum()) + int(speaks.sum()))


def _plainly(recording: Path, options: dict[str, int]) -> list[list[tuple[float, float]]]:
    from faster_whisper.audio import decode_audio
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    channels = decode_audio(str(recording), sampling_rate=RATE, split_stereo=True)
    stamps = [get_speech_timestamps(np.asarray(channel), VadOptions(**options)) for channel in channels]
    return [[(each["start"] / RATE, each["end"] / RATE) for each in channel] for channel in stamps]


# ------------------------------------------------------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class Written:
    """Processor seconds: our way, both channels whole, and the library called directly on our clips."""

    ours: float
    whole: float
    direct: float
    windows: int
    windows_whole: int


def write_down(recording: Path, model: Path, *, rounds: int) -> Written:
    transcriber = transcribe.load(str(model))
    speech = voices.listen(recording, agent_channel=0).speech
    manner = Manner(("es",), packed=True)  # as for any model but this one: what it writes is not looked at here
    transcriber.transcribe(recording, speech, manner=manner)  # the first call pays for memory
    ours = whole = direct = float("inf")
    for _ in range(rounds):  # by turns, so that a busy minute strikes all three
        ours = min(ours, _best(lambda: transcriber.transcribe(recording, speech, manner=manner), 1)[0])
        direct = min(direct, _best(lambda: _directly(transcriber, recording, speech), 1)[0])
        whole = min(whole, _best(lambda: _whole(transcriber, recording), 1)[0])
    windows = len(packs(clips.cut(recording, speech), together=True))
    return Written(ours, whole, direct, windows, len(speech.voices) * ceil(speech.duration / WINDOW_SECONDS))


def _directly(transcriber: Transcriber, recording: Path, speech: Speech) -> None:
    windows = packs(clips.cut(recording, speech), together=True)
    for first in range(0, len(windows), transcribe.BATCH):
        sounds = [window.sound for window in windows[first : first + transcribe.BATCH]]
        segments, _ = transcriber.pipeline.transcribe(
            np.concatenate(sounds),
            language="es",
            beam_size=1,
            temperature=0.0,
            word_timestamps=True,
            vad_filter=False,
            clip_timestamps=list(spans(sounds)),
            batch_size=len(sounds),
        )
        list(segments)


def _whole(transcriber: Transcriber, recording: Path) -> None:
    from faster_whisper.audio import decode_audio

    for channel in decode_audio(str(recording), sampling_rate=RATE, split_stereo=True):
        segments, _ = transcriber.pipeline.model.transcribe(
            np.asarray(channel), language="es", beam_size=1, temperature=0.0, word_timestamps=True
        )
        list(segments)


# ------------------------------------------------------------------------------------------------------------ memory


def peak_megabytes(recording: Path) -> float | None:
    """What a process of its own takes at most to hear this recording; None where the system does not tell."""
    if not Path("/proc/self/status").exists():
        return None
    command = [sys.executable, "-c", MEMORY, str(recording)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own words
    return int(told.split()[-1]) / 1024


def _best(work: Callable[[], Result], rounds: int) -> tuple[float, Result]:
    times: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        result = work()
        times.append(time.process_time() - began)
    return min(times), result
