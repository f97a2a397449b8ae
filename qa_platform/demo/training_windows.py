"""One training batch: spoken sentences placed in windows as faster-whisper will see them, and the tokens to say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray
from tokenizers import Tokenizer

from qa_platform.demo.training_bank import RATE, Example

END, START, SPANISH, TRANSCRIBE, EARLIER, UNTIMED, FIRST_TIME = 50257, 50258, 50262, 50359, 50361, 50363, 50364
TIME_STEP = 10  # ids between two taught time tokens: 0.2 s
FRAMES_PER_SECOND = 100
FULL_WINDOW = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the curriculum: window lengths, how many in a batch, and how much the character loss weighs."""

    steps: int
    seconds: tuple[float, ...]
    batch: int
    character_weight: float
    pairs: float = 0.0  # share of windows that hold a second sentence


@dataclass(frozen=True, slots=True)
class Window:
    sound: NDArray[np.float32]
    end: float
    ids: list[int]
    prompt: int
    text: str


class Windows:
    """Draws batches; the same seed and step give the same batch."""

    def __init__(self, examples: Sequence[Example], tokenizer: Tokenizer, *, seed: int) -> None:
        self._tokenizer = tokenizer
        self._seed = seed
        self._examples = examples
        many = Counter(example.phrase.id for example in examples)
        # a slotted phrase has many fillings: it is heard more often, each filling less
        weight = [min(4.0, math.sqrt(many[e.phrase.id] / 9)) / many[e.phrase.id] for e in examples]
        self._weight = np.array(weight)
        self._seconds = np.array([example.seconds for example in examples])
        self._noise = _telephone_noise(np.random.default_rng(seed))

    def draw(self, stage: Stage, step: int) -> tuple[list[Window], torch.Tensor]:
        rng = np.random.default_rng((self._seed, step))
        length = float(rng.choice(stage.seconds))
        windows = [self._window(stage, length, rng) for _ in range(stage.batch)]
        sounds = torch.from_numpy(np.stack([window.sound for window in windows]))
        return windows, _blanked(_log_mel(sounds, rng), windows, rng)

    def encoded(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(" " + text, add_special_tokens=False).ids)

    def _window(self, stage: Stage, length: float, rng: np.random.Generator) -> Window:
        sound = np.zeros(round(length * RATE), np.float32)
        spans: list[tuple[float, float, str]] = []
        at = float(rng.uniform(0, 0.35))
        wanted = 2 if rng.random() < stage.pairs else 1 if rng.random() > 0.02 else 0
        level = 10 ** (rng.uniform(-26, -1) / 20)
        for _ in range(wanted):
            example = self._example(length - at - 0.05, rng)
            if example is None:
                break
            taken = example.sounds[int(rng.integers(len(example.sounds)))]
            first = round(at * RATE)
            sound[first : first + len(taken)] += taken * np.float32(level / 32767)
            spans.append((at, at + example.seconds, example.text))
            at += example.seconds + float(rng.uniform(0.25, 1.2))
        if rng.random() < 0.8:
            begin = int(rng.integers(len(self._noise) - len(sound)))
            sound += self._noise[begin : begin + len(sound)] * np.float32(
                level * 0.2 * 10 ** (-rng.uniform(18, 55) / 20)
            )
        ids, prompt = self._tokens(spans, rng)
        return Window(sound, spans[-1][1] if spans else 1.0, ids, prompt, " ".join(text for *_, text in spans))

    def _example(self, room: float, rng: np.random.Generator) -> Example | None:
        weight = self._weight * (self._seconds < room)
        total = weight.sum()
        return self._examples[int(rng.choice(len(weight), p=weight / total))] if total > 0 else None

    def _tokens(self, spans: list[tuple[float, float, str]], rng: np.random.Generator) -> tuple[list[int], int]:
        timed = bool(rng.random() < 0.5) and bool(spans)
        ids = [START, SPANISH, TRANSCRIBE, *([] if timed else [UNTIMED])]
        for start, end, text in spans:
            ids += [_time(start), *self.encoded(text), _time(end)] if timed else self.encoded(text)
        prompt = 2
        if rng.random() < 0.15:  # faster-whisper may repeat what was said before
            before = self.encoded(self._examples[int(rng.integers(len(self._examples)))].text)
            ids = [EARLIER, *before, *ids]
            prompt += len(before) + 1
        return [*ids, END], prompt


def _time(seconds: float) -> int:
    return FIRST_TIME + TIME_STEP * min(150, round(seconds * 50 / TIME_STEP))


_HANN = torch.hann_window(400)
_FILTERS = torch.from_numpy(FeatureExtractor().mel_filters.astype(np.float32))


def _log_mel(sounds: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Whisper's features; the floor is sometimes set by something louder elsewhere in the recording."""
    power = torch.stft(sounds, 400, 160, window=_HANN, return_complex=True)[..., :-1].abs() ** 2
    logarithm = torch.log10((_FILTERS @ power).clamp(min=1e-10))
    louder = torch.from_numpy(rng.uniform(0, 1.2, (len(sounds), 1, 1)).astype(np.float32))
    loudest = logarithm.amax((-2, -1), keepdim=True) + louder * float(rng.random() < 0.5)
    return (torch.maximum(logarithm, loudest - 8) + 4) / 4


def _blanked(features: torch.Tensor, windows: Sequence[Window], rng: np.random.Generator) -> torch.Tensor:
    """Zero after the clip's end, as faster-whisper pads it; now and then the line just stays quiet."""
    for index, window in enumerate(windows):
        if rng.random() < 0.9:
            features[index, :, round((window.end + rng.uniform(-0.2, 0.45)) * FRAMES_PER_SECOND) :] = 0
    return features


def _telephone_noise(rng: np.random.Generator) -> NDArray[np.float32]:
    noise = soxr.resample(rng.standard_normal(90 * RATE // 2).astype(np.float32), RATE // 2, RATE)
    return np.asarray(noise / noise.std(), np.float32)
