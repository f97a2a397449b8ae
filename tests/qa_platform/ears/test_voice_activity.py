"""From what each channel measured to who speaks when: leaks go, overlaps stay, borders fall where the sound does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.conversation import Interval
from qa_platform.ears.spectra import FRAME, STRIDE, Sound
from qa_platform.ears.voice_activity import background, doubtful, too_short, utterances

SECONDS = 30.0
NOISE, VOICE = -62.0, -20.0


def sound(level: NDArray[np.float64], *, noise: float = NOISE, steady: float = 0.3) -> Sound:
    """A channel of this loudness, frame by frame, noise included."""
    power = np.power(10.0, level / 10)
    above = 10 * np.log10(np.maximum(power - 10 ** (noise / 10), 1e-10))
    strides = np.zeros(-(-len(level) // STRIDE), np.float32)
    return Sound(
        level=above.astype(np.float32),
        excess=(level - noise).astype(np.float32),
        steady=strides + np.float32(steady),
        tone=strides + np.float32(0.3),
        power=level[::STRIDE].astype(np.float32),
    )


def loudness(
    *spans: tuple[float, float, float], noise: float = NOISE, seed: int = 7, stray: float = 0.4
) -> NDArray[np.float64]:
    """Speech of a level in dB in each span (start, end, level), rising and falling by syllables; noise elsewhere."""
    rng = np.random.default_rng(seed)
    level = noise + rng.normal(0, stray, round(SECONDS / FRAME))
    syllables = np.convolve(rng.normal(0, 20, len(level)), np.full(12, 1 / 12), mode="same")
    for start, end, loud in spans:
        frames = slice(round(start / FRAME), round(end / FRAME))
        level[frames] = loud + syllables[frames]
    return level


def channel(*spans: tuple[float, float, float], seed: int = 7) -> Sound:
    return sound(loudness(*spans, seed=seed))


def with_echo(near_side: NDArray[np.float64], far_side: NDArray[np.float64], *, leak: float, delay: float) -> Sound:
    """The near side's channel with the far side in it, softer and later."""
    frames = round(delay / FRAME)
    echo = np.concatenate([np.full(frames, NOISE), far_side[: len(far_side) - frames]]) + leak
    return sound(10 * np.log10(10 ** (near_side / 10) + 10 ** (echo / 10)))


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
    customer = loudness(*CUSTOMER, seed=8)
    agent = with_echo(loudness(*AGENT), customer, leak=leak, delay=delay)
    assert spans_of(utterances(agent, sound(customer))) == near((2, 8), (15, 20))


def test_without_the_other_channel_the_leak_would_pass_for_speech() -> None:
    agent = with_echo(loudness(*AGENT), loudness(*CUSTOMER, seed=8), leak=-18, delay=0.0)
    assert sum(each.seconds for each in utterances(agent, None) if 8.5 < each.start < 14) > 2.0


@pytest.mark.parametrize("louder", [-15.0, 0.0, 15.0])
def test_one_side_may_be_recorded_much_louder_than_the_other(louder: float) -> None:
    customer = channel(*((start, end, loud + louder) for start, end, loud in CUSTOMER), seed=8)
    assert spans_of(utterances(customer, channel(*AGENT))) == near((9, 14), (19, 24))
    assert spans_of(utterances(channel(*AGENT), customer)) == near((2, 8), (15, 20))


def test_a_breath_stays_inside_an_utterance_and_a_pause_ends_it() -> None:
    talk = utterances(channel((2.0, 5.0, VOICE), (5.3, 8.0, VOICE), (8.9, 10.0, VOICE)), None)
    assert spans_of(talk) == near((2, 8), (8.9, 10))


def test_speech_stands_out_of_a_room_that_talks() -> None:
    """Voices in the background stray ten times as far as the hiss of a line."""
    room = loudness((5.0, 12.0, -40.0), (20.0, 24.0, -40.0), stray=3.0)
    assert spans_of(utterances(sound(room), None)) == [
        pytest.approx(span, abs=0.25) for span in [(5.0, 12.0), (20.0, 24.0)]
    ]


def test_the_noise_is_what_is_often_heard_at_the_bottom_however_much_is_said() -> None:
    hardly_a_pause = loudness((0.0, 13.0, VOICE), (13.7, 29.0, VOICE))
    assert background(sound(hardly_a_pause).excess).usual == pytest.approx(0.0, abs=0.6)
    assert spans_of(utterances(sound(hardly_a_pause), None)) == near((0, 13), (13.7, 29))


def test_a_muted_line_is_not_the_measure_of_its_noise() -> None:
    level = loudness((5.0, 8.0, VOICE))
    level[2000:] = -100.0
    assert spans_of(utterances(sound(level), None)) == near((5, 8))


def test_who_was_asked_may_say_that_it_is_speech_or_that_it_is_not() -> None:
    loud = channel((5.0, 8.0, VOICE), (12.0, 14.0, VOICE))
    like = np.zeros(938, np.float32)
    like[round(5.0 / 0.032) : round(8.0 / 0.032)] = 0.9
    assert spans_of(utterances(loud, None, like_speech=like)) == near((5, 8))


def test_tones_music_and_unbroken_sound_are_doubtful_and_speech_is_not() -> None:
    level = loudness((5.0, 12.0, VOICE))
    talk = (Interval(5.0, 12.0),)
    assert list(doubtful(sound(level), talk)) == []
    assert list(doubtful(sound(level, steady=0.9), talk)) == list(talk)
    level[500:1200] = VOICE
    assert list(doubtful(sound(level), talk)) == list(talk)


def test_a_few_seconds_cannot_tell_their_own_noise() -> None:
    assert too_short(sound(np.full(900, VOICE)))
    assert not too_short(channel())


def test_clicks_and_noise_without_voice_are_not_speech() -> None:
    assert utterances(channel(), channel(*AGENT)) == ()
    assert utterances(channel((5.0, 5.05, VOICE)), None) == ()
