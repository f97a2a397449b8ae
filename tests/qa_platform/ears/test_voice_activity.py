"""From what each channel measured to who speaks when: leaks go, overlaps stay, borders fall where the sound does."""

from __future__ import annotations

import numpy as np
import pytest

from models.conversation import Interval
from qa_platform.ears.voice_activity import FRAME, WINDOW, Sound, utterances

SECONDS = 30.0
NOISE, VOICE = -62.0, -20.0


def channel(*spans: tuple[float, float, float], noise: float = NOISE, seed: int = 7) -> Sound:
    """Speech of a level in dB in each span (start, end, level), rising and falling by syllables; noise elsewhere."""
    rng = np.random.default_rng(seed)
    level = noise + rng.normal(0, 1, round(SECONDS / FRAME))
    syllables = np.convolve(rng.normal(0, 16, len(level)), np.full(12, 1 / 12), mode="same")
    probability = np.full(round(SECONDS / WINDOW), 0.02)
    for start, end, loud in spans:
        frames = slice(round(start / FRAME), round(end / FRAME))
        level[frames] = loud + syllables[frames]
        probability[int(start / WINDOW) : int(end / WINDOW) + 1] = 0.95
    return Sound(probability.astype(np.float32), level.astype(np.float32))


def with_echo(near_side: Sound, far_side: Sound, *, leak: float, delay: float) -> Sound:
    """The near side's channel with the far side in it, softer and later; Silero takes both for speech."""
    frames, windows = round(delay / FRAME), round(delay / WINDOW)
    echo = np.concatenate([np.full(frames, NOISE), far_side.level[: len(far_side.level) - frames]]) + leak
    level = 10 * np.log10(10 ** (near_side.level / 10) + 10 ** (echo / 10))
    heard = np.concatenate([np.zeros(windows), far_side.probability[: len(far_side.probability) - windows]])
    return Sound(np.maximum(near_side.probability, heard).astype(np.float32), level.astype(np.float32))


def spans_of(talk: tuple[Interval, ...]) -> list[tuple[float, float]]:
    return [(each.start, each.end) for each in talk]


def near(*spans: tuple[float, float]) -> list[object]:
    return [pytest.approx(span, abs=0.06) for span in spans]


AGENT = ((2.0, 8.0, VOICE), (15.0, 20.0, VOICE))
CUSTOMER = ((9.0, 14.0, VOICE), (19.0, 24.0, VOICE))


def test_two_clean_sides_are_heard_apart_and_their_overlap_stays() -> None:
    agent, customer = channel(*AGENT), channel(*CUSTOMER, seed=8)
    assert spans_of(utterances(agent, customer)) == near((2, 8), (15, 20))
    assert spans_of(utterances(customer, agent)) == near((9, 14), (19, 24))


@pytest.mark.parametrize("leak", [-32.0, -25.0, -18.0])
@pytest.mark.parametrize("delay", [0.0, 0.06, 0.3])
def test_the_far_side_leaking_in_is_nobodys_speech(leak: float, delay: float) -> None:
    customer = channel(*CUSTOMER, seed=8)
    agent = with_echo(channel(*AGENT), customer, leak=leak, delay=delay)
    assert spans_of(utterances(agent, customer)) == near((2, 8), (15, 20))


def test_without_the_other_channel_the_leak_would_pass_for_speech() -> None:
    agent = with_echo(channel(*AGENT), channel(*CUSTOMER, seed=8), leak=-25, delay=0.0)
    assert sum(each.seconds for each in utterances(agent, None) if 8.5 < each.start < 14) > 2.0


@pytest.mark.parametrize("louder", [-15.0, 0.0, 15.0])
def test_one_side_may_be_recorded_much_louder_than_the_other(louder: float) -> None:
    customer = channel(*((start, end, loud + louder) for start, end, loud in CUSTOMER), seed=8)
    assert spans_of(utterances(customer, channel(*AGENT))) == near((9, 14), (19, 24))
    assert spans_of(utterances(channel(*AGENT), customer)) == near((2, 8), (15, 20))


def test_a_breath_stays_inside_an_utterance_and_a_pause_ends_it() -> None:
    talk = utterances(channel((2.0, 5.0, VOICE), (5.3, 8.0, VOICE), (8.9, 10.0, VOICE)), None)
    assert spans_of(talk) == near((2, 8), (8.9, 10))


def test_a_border_falls_where_the_sound_does_though_the_detector_is_late_and_slow() -> None:
    sound = channel((5.0, 8.0, VOICE))
    late = np.full_like(sound.probability, 0.02)
    late[int(5.1 / WINDOW) : int(8.15 / WINDOW)] = 0.95
    assert spans_of(utterances(Sound(late, sound.level), None)) == near((5, 8))


def test_clicks_and_noise_without_voice_are_not_speech() -> None:
    assert utterances(channel(), channel(*AGENT)) == ()
    assert utterances(channel((5.0, 5.05, VOICE)), None) == ()


def test_speech_that_fills_the_recording_is_not_taken_for_its_noise() -> None:
    assert spans_of(utterances(channel((0.0, 30.0, VOICE)), None)) == near((0, 30))
