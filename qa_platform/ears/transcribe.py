"""The words of a recording, with their times: faster-whisper, fed only with the stretches in which somebody speaks.

Each voice is transcribed on its own channel, an utterance a clip, so that nobody's words land on the other side and no
text is invented in a silence. Whisper never sees a path: the sound comes from `audio`, which knows what it opens.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.conversation import UNSURE_VOICE, Speaker, Speech, Turn, Word
from models.errors import QAError
from qa_platform.ears import clips
from qa_platform.ears.audio import Samples
from qa_platform.ears.clips import Clip
from qa_platform.ears.packing import Pack, packs, spans

if TYPE_CHECKING:
    from faster_whisper import BatchedInferencePipeline, WhisperModel
    from faster_whisper.transcribe import Segment

RATE = clips.RATE
BATCH, BATCH_ON_GPU = 8, 16  # windows; on two processor cores 1 to 16 took the same time, so memory decides
WHISPER_FRAME = 160  # samples; Whisper counts time in hundredths of a second
SAME_TURN_SECONDS = 1.0  # a pause of one side, with nothing from the other, that does not end its turn
TRY_AGAIN_SECONDS = 600.0  # how long a model that could not be had is not asked for again
NOTHING_SAID, DOUBTFUL, REPETITIVE = 0.6, -1.0, 2.4  # Whisper's own limits for text that it made up
NO_LENGTH, MOST_WITHOUT_LENGTH = 0.03, 1 / 3  # seconds; the share from which an alignment is not believed
IN_A_WINDOW = 6  # utterances that about fill one
FIXTURE_LABEL = "fixture.json"
A_SAMPLE_OR_TWO = 0.05  # seconds: a clip's end is its utterance's but for rounding


class NoModel(QAError):
    status = 503
    says = "The Whisper model {model} is not on this machine and cannot be fetched."
    remedy = "Set QA_WHISPER_MODEL to the folder of a model, or connect once so that it can be downloaded."


@dataclass(frozen=True, slots=True)
class Piece:
    """What was heard in one utterance, in the time of the recording."""

    side: Speaker
    voice: int
    start: float
    end: float
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """`fixture`: written by the demonstration's own micro-model, which knows nothing but the demonstration."""

    turns: tuple[Turn, ...]
    model: str
    fixture: bool
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a recording is to be written down: a language for each voice, names to expect, how widely to search."""

    languages: tuple[str | None, ...]
    hotwords: str | None = None
    beam: int = 1
    batch: int = 0  # windows at once; 0 leaves it to the device
    packed: bool | None = None  # several utterances in one window; None leaves it to the model

    def language_of(self, voice: int) -> str | None:
        return self.languages[min(voice, len(self.languages) - 1)]


@dataclass(frozen=True, slots=True)
class Heard:
    """Words written down so far. `whole_until`: every utterance that began before that second is among them."""

    turns: tuple[Turn, ...]
    whole_until: float


@dataclass(frozen=True, slots=True)
class Transcriber:
    """A loaded model. Threads may share it: one batch runs at a time."""

    pipeline: BatchedInferencePipeline
    model: str
    fixture: bool
    lock: threading.Lock

    def transcribe(
        self,
        path: Path,
        speech: Speech,
        *,
        manner: Manner,
        progress: Callable[[float], None] | None = None,
        since: float = 0.0,
        heard_so_far: Callable[[Heard], None] | None = None,
    ) -> Transcript:
        """The words of what `speech` says is spoken, on their own side; `progress` from 0 to 1, batch by batch.

        Utterances before `since` are left out; `heard_so_far` is told after each batch what stands.
        """
        talk = [interval for voice in speech.voices for interval in voice.talk]
        total = sum(interval.seconds for interval in talk) or 1.0
        done = sum(interval.seconds for interval in talk if interval.start < since)
        pause = _pause(speech)
        pieces: list[Piece] = []
        last = [since] * len(speech.voices)
        for batch in _batches(clips.cut(path, speech, since=since), manner, self._utterances(manner)):
            pieces += self._words_of(batch, speech, manner)
            done += sum(clip.end - clip.start for clip in batch)
            for clip in batch:
                last[clip.voice] = max(last[clip.voice], clip.end)
            if heard_so_far:
                heard_so_far(Heard(_turns(pieces, pause), _whole_until(speech, last, since)))
            if progress:
                progress(min(1.0, done / total))
        if progress:
            progress(1.0)
        return Transcript(_turns(pieces, pause), self.model, self.fixture, tuple(pieces))

    def language_of(self, sound: Samples) -> tuple[str, float] | None:
        """The language that this sound is in, and how sure that is; None for a model that cannot tell."""
        model = self.pipeline.model
        if not model.model.is_multilingual:
            return "en", 1.0
        features = model.feature_extractor(sound)[..., : model.feature_extractor.nb_max_frames]
        missing = model.feature_extractor.nb_max_frames - features.shape[-1]
        with self.lock:
            told = model.model.detect_language(model.encode(np.pad(features, [(0, 0), (0, max(0, missing))])))[0]
        return (told[0][0][2:-2], float(told[0][1])) if told else None

    def _spoken(self, language: str | None) -> str | None:
        """None, which makes Whisper listen for itself, where it does not know such a language."""
        return language if language in self.pipeline.model.supported_languages else None

    def _utterances(self, manner: Manner) -> int:
        """How many are gathered before they are written down."""
        windows = manner.batch or (BATCH_ON_GPU if self.pipeline.model.model.device == "cuda" else BATCH)
        return windows * IN_A_WINDOW if self._packed(manner) else windows

    def _words_of(self, batch: Sequence[Clip], speech: Speech, manner: Manner) -> list[Piece]:
        found, doubtful = self._heard_in(packs(batch, together=self._packed(manner)), speech, manner)
        if doubtful:  # one utterance that makes Whisper loop must not cost its neighbours their words
            alone, _ = self._heard_in(packs(doubtful, together=False), speech, manner)
            found += alone
        return found

    def _heard_in(self, windows: Sequence[Pack], speech: Speech, manner: Manner) -> tuple[list[Piece], list[Clip]]:
        """What is said in each window, and the utterances of windows that are better heard one by one."""
        sounds = [window.sound for window in windows]
        with self.lock:
            segments, _ = self.pipeline.transcribe(
                np.concatenate(sounds),
                language=self._spoken(manner.language_of(windows[0].clips[0].voice)),
                hotwords=None if self.fixture else manner.hotwords,  # the micro-model was taught without a prompt
                beam_size=manner.beam,
                temperature=0.0,
                word_timestamps=True,
                vad_filter=False,
                clip_timestamps=list(spans(sounds)),
                batch_size=len(sounds),
            )
            told = list(segments)
        frames = list(accumulate((len(sound) // WHISPER_FRAME for sound in sounds), initial=0))
        found: list[Piece] = []
        doubtful: list[Clip] = []
        for segment in told:
            index = bisect_right(frames, segment.seek + 1) - 1  # seek may be rounded down by one
            window = windows[min(index, len(windows) - 1)]
            offset = frames[index] / 100
            if len(window.clips) == 1:
                clip = window.clips[0]
                piece = _piece(segment, clip, offset, speech.voices[clip.voice].side)
                found += [piece] if piece is not None else []
            elif _made_up(segment) or not segment.words:
                doubtful += window.clips
            else:
                found += _divided(segment, window, offset, speech)
        return found, doubtful

    def _packed(self, manner: Manner) -> bool:
        """The demonstration's model knows one phrase a window and nothing of two."""
        return not self.fixture if manner.packed is None else manner.packed


_loaded: dict[tuple[str, str, str], Transcriber] = {}
_missing: dict[tuple[str, str, str], float] = {}
_loading = threading.Lock()


def load(model: str, device: str = "auto", compute_type: str = "default") -> Transcriber:
    """`model` is a folder or a name; a name is looked for on this machine first and fetched where there is a network.

    Loaded once a process. A model that could not be had is not asked for again for ten minutes.
    """
    wanted = (model, device, compute_type)
    with _loading:
        if wanted in _loaded:
            return _loaded[wanted]
        if time.monotonic() < _missing.get(wanted, 0.0):
            raise NoModel(model=model)
        try:
            whisper = _whisper(model, device, compute_type)
        except NoModel:
            if not Path(model).is_dir():  # asking the network again would hold up every recording
                _missing[wanted] = time.monotonic() + TRY_AGAIN_SECONDS
            raise
        from faster_whisper import BatchedInferencePipeline

        folder = Path(model)
        _loaded[wanted] = Transcriber(
            pipeline=BatchedInferencePipeline(model=whisper),
            model=folder.name,
            fixture=(folder / FIXTURE_LABEL).is_file(),
            lock=threading.Lock(),
        )
        return _loaded[wanted]


def _whisper(model: str, device: str, compute_type: str) -> WhisperModel:
    from faster_whisper import WhisperModel  # a second of start-up that most commands do not need

    is_folder = Path(model).is_dir()
    for local_only in (True,) if is_folder else (True, False):
        try:
            return WhisperModel(model, device=device, compute_type=compute_type, local_files_only=local_only)
        except (OSError, ValueError, RuntimeError) as error:
            if not local_only or is_folder:
                raise NoModel(model=model) from error
    raise NoModel(model=model)


# ------------------------------------------------------------------------------------------------- from text to turns


def _made_up(segment: Segment) -> bool:
    nothing = segment.no_speech_prob > NOTHING_SAID and segment.avg_logprob < DOUBTFUL
    return bool(nothing or segment.compression_ratio > REPETITIVE)


def _divided(segment: Segment, window: Pack, offset: float, speech: Speech) -> Iterator[Piece]:
    """A window's words, each in the utterance that it was said in."""
    by_clip: dict[int, tuple[Clip, list[str], list[Word]]] = {}
    for word in segment.words or ():
        middle = (word.start + word.end) / 2 - offset
        clip, shift = window.clip_at(middle)
        _, texts, words = by_clip.setdefault(id(clip), (clip, [], []))
        texts.append(word.word)
        shift -= offset
        if word.word.strip():
            words.append(Word(word.word.strip(), _within(word.start + shift, clip), _within(word.end + shift, clip)))
    for clip, texts, words in by_clip.values():
        if text := "".join(texts).strip():
            side = speech.voices[clip.voice].side
            yield Piece(side, clip.voice, clip.start, clip.end, text, _timed(tuple(words), clip))


def _piece(segment: Segment, clip: Clip, offset: float, side: Speaker) -> Piece | None:
    """A segment back in the time of the recording, never outside the utterance that it was heard in."""
    if _made_up(segment) or not segment.text.strip():
        return None
    shift = clip.sound_start - offset
    words = tuple(
        Word(word.word.strip(), _within(word.start + shift, clip), _within(word.end + shift, clip))
        for word in segment.words or ()
        if word.word.strip()
    )
    return Piece(side, clip.voice, clip.start, clip.end, segment.text.strip(), _timed(words, clip))


def _within(moment: float, clip: Clip) -> float:
    return round(float(min(max(moment, clip.start), clip.end)), 2)


def _timed(words: tuple[Word, ...], clip: Clip) -> tuple[Word, ...]:
    """Times as Whisper aligned them; where it gave many words no length at all, by their letters instead."""
    without = sum(word.end - word.start < NO_LENGTH for word in words)
    if without <= MOST_WITHOUT_LENGTH * len(words):
        return words
    letters = np.cumsum([0, *(len(word.text) + 1 for word in words)])
    moments = clip.start + letters / letters[-1] * (clip.end - clip.start)
    return tuple(
        Word(word.text, _within(start, clip), _within(end, clip))
        for word, start, end in zip(words, moments, moments[1:], strict=False)
    )


def _turns(pieces: Iterable[Piece], pause: float) -> tuple[Turn, ...]:
    joined: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: (each.start, each.end)):
        last = joined[-1] if joined else None
        if (
            last
            and last.voice == piece.voice != UNSURE_VOICE
            and (piece.start - last.end < pause or piece.start == last.start)
        ):
            text, words = f"{last.text} {piece.text}", last.words + piece.words
            joined[-1] = Piece(last.side, last.voice, last.start, max(last.end, piece.end), text, words)
        else:
            joined.append(piece)
    return tuple(
        Turn(index, piece.side, piece.text, start=round(piece.start, 2), end=round(piece.end, 2), words=piece.words)
        for index, piece in enumerate(joined)
    )


def _pause(speech: Speech) -> float:
    """Where both people share a channel, a short pause is as likely a change of speaker."""
    mixed = not speech.two_voices and all(v.side is Speaker.UNKNOWN for v in speech.voices)
    return 0.0 if mixed else SAME_TURN_SECONDS


def _whole_until(speech: Speech, last: Sequence[float], since: float) -> float:
    """When the first utterance begins that is not written down to its end."""
    return min(
        (
            interval.start
            for voice, done in zip(speech.voices, last, strict=True)
            for interval in voice.talk
            if interval.start >= since and interval.end > done + A_SAMPLE_OR_TWO
        ),
        default=float("inf"),
    )


def _batches(cut: Iterator[Clip], manner: Manner, size: int) -> Iterator[list[Clip]]:
    """Utterances of one language together: the model is told one language at a time."""
    waiting: dict[str | None, list[Clip]] = defaultdict(list)
    for clip in cut:
        batch = waiting[manner.language_of(clip.voice)]
        batch.append(clip)
        if len(batch) >= size:
            yield batch
            waiting[manner.language_of(clip.voice)] = []
    yield from (batch for batch in waiting.values() if batch)
