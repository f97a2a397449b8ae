"""Two voices on one line told apart: which of two people each hundredth of a second of speech belongs to.

Unsupervised, call by call. Windows of a second are laid out so that what differs between neighbours (words) counts
little and what differs across the call (people) counts much; that gives first guesses. From each guess a mixture model
of either voice, with its pitch, is learnt and the call divided anew, until nothing changes. Several listeners who hear
differently do so, and what they agree on is taken: one listener alone is right less often, and cannot doubt itself.

No trained speaker embedding is used. Those that are better (ECAPA, TitaNet, CAM++) come as weights to be fetched, or
need torch; nothing may be fetched at a site without a network. See `qa bench diarization` for what this costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_platform.ears.mixtures import Array, Mixture, mixture
from qa_platform.ears.timbre import FRAMES_A_SECOND, Timbre
from qa_platform.ears.voice_windows import Layout, first_guesses, laid_out

Flags = NDArray[np.bool_]

LEAST_SPEECH = 3 * FRAMES_A_SECOND
LEARN_FROM = 600 * FRAMES_A_SECOND  # ten minutes of speech: more teaches nothing and costs time
SAMPLED_AT_ONCE = 30 * FRAMES_A_SECOND
SOFT = 25  # per cent of the frames, by loudness, that models do not learn from
VOICED = 0.5
ROUNDS = 8
SETTLED = 0.999
LEAST_OF_A_VOICE = 50  # frames
SWITCH, SWITCH_IN_DIP, SWITCH_AT_PAUSE = 25.0, 12.0, 2.0  # what a change of speaker costs
PITCH_BINS, PITCH_REACH = 60, 1.0  # over two octaves either way
CONSENSUS_SCALE = 0.5
CHUNK = 100_000  # frames scored at once


@dataclass(frozen=True, slots=True)
class Listener:
    """One way of hearing: how much detail, how long a look, how much pitch counts."""

    components: int
    coefficients: int
    window: int  # frames
    loudness: bool = False
    pitch: float = 1.0
    doubt: float = 8.0
    scale: float = 0.15  # neighbouring frames say much the same


LISTENERS = (
    Listener(components=16, coefficients=12, window=100),
    Listener(components=8, coefficients=16, window=150, loudness=True),
    Listener(components=16, coefficients=14, window=120, doubt=3.0),
    Listener(components=16, coefficients=12, window=100, pitch=2.0, doubt=16.0),
    Listener(components=16, coefficients=16, window=100, scale=0.08),
)


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """`lean` says for each frame how clearly it is the first voice's (above zero) or the second's (below).

    The rest is what its confidence is judged by: how far the listeners agree, how different the two models are, how
    far apart the windows lie, and how their pitch differs (in octaves).
    """

    first: Flags
    lean: Array
    agreement: float
    difference: float
    distance: float
    contrast: float
    pitch_gap: float


def separated(timbre: Timbre) -> Separation | None:
    """None where there is too little speech to learn two voices from, or where no listener hears two."""
    if len(timbre) < LEAST_SPEECH:
        return None
    sample = _sample(timbre)
    loud = _loud(sample)
    heard = [each for each in (_best(listener, sample, loud) for listener in LISTENERS) if each is not None]
    if not heard:
        return None
    votes = np.array([np.where(each.first, 1.0, -1.0) for each in heard])
    alike = votes @ votes.T / len(sample)
    leader = int(np.argmax(np.abs(alike).mean(axis=1)))
    signs = np.where(alike[leader] < 0, -1.0, 1.0)
    weights = np.abs(alike).mean(axis=1) ** 2
    lean = np.zeros(len(timbre))
    for each, sign, weight in zip(heard, signs, weights, strict=True):
        lean += sign * weight / weights.sum() * each.everywhere(timbre)
    first = divided(lean * CONSENSUS_SCALE, _costs(timbre))
    apart = laid_out(sample, loud, LISTENERS[0].coefficients, LISTENERS[0].window)
    pairs = np.abs(alike)[np.triu_indices(len(heard), 1)]
    return Separation(
        first=first,
        lean=lean,
        agreement=float(pairs.mean()) if len(pairs) else 0.0,
        difference=float(np.mean([each.difference for each in heard])),
        distance=_distance(lean),
        contrast=apart.contrast if apart else 0.0,
        pitch_gap=_pitch_gap(timbre, first),
    )


# ----------------------------------------------------------------------------------------------------- one listener


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What one listener makes of the call: models of both voices, and the division they led to."""

    listener: Listener
    centre: Array
    spread: Array
    voices: tuple[Mixture, Mixture]
    pitches: Array  # for each bin of pitch how much it speaks for the first voice
    pitch_from: float
    first: Flags
    difference: float
    usual: float  # size of the usual lean, to weigh listeners alike

    def everywhere(self, timbre: Timbre) -> Array:
        """The lean of every frame of the call, in units of this listener's usual one."""
        floor = _floor(timbre)
        parts = []
        for start in range(0, len(timbre), CHUNK):
            span = np.zeros(len(timbre), np.bool_)
            span[start : start + CHUNK] = True
            part = timbre.part(span)
            frames = (_frames(self.listener, part) - self.centre) / self.spread
            parts.append(_lean(self.listener, part, frames, part.shape[:, 0] >= floor, self))
        return np.concatenate(parts) / self.usual


@dataclass(frozen=True, slots=True, eq=False)
class _Models:
    voices: tuple[Mixture, Mixture]
    pitches: Array
    pitch_from: float


def _best(listener: Listener, timbre: Timbre, loud: Flags) -> _Heard | None:
    """The division, of those that its first guesses lead to, whose two models differ most."""
    layout = laid_out(timbre, loud, listener.coefficients, listener.window)
    if layout is None:
        return None
    frames = _frames(listener, timbre)
    centre, spread = frames[loud].mean(axis=0), frames[loud].std(axis=0) + 1e-6
    frames = (frames - centre) / spread
    common = mixture(frames[loud], listener.components)
    costs = _costs(timbre)
    best: _Heard | None = None
    seen: set[bytes] = set()
    for guess in first_guesses(layout):
        votes = _spread_over(layout, guess, len(timbre))
        found = _settled(listener, timbre, frames, loud, votes, common, costs, seen)
        if found is None:
            continue
        models, first, lean = found
        difference = float(np.where(first, lean, -lean).mean())
        if best is None or difference > best.difference:
            usual = float(np.abs(lean).mean()) + 1e-9
            best = _Heard(
                listener, centre, spread, models.voices, models.pitches, models.pitch_from, first, difference, usual
            )
    return best


def _settled(
    listener: Listener,
    timbre: Timbre,
    frames: Array,
    loud: Flags,
    guess: Array,
    common: Mixture,
    costs: Array,
    seen: set[bytes],
) -> tuple[_Models, Flags, Array] | None:
    """Learns both voices and divides the call, again and again, until it divides it the same way.

    None where a division comes up that another guess led to: from there on all would be the same.
    """
    ours, theirs = loud & (guess > 0), loud & (guess < 0)
    found: tuple[_Models, Flags, Array] | None = None
    for _ in range(ROUNDS):
        if min(ours.sum(), theirs.sum()) < LEAST_OF_A_VOICE:
            return None
        voices = common.adapted(frames[ours], listener.doubt), common.adapted(frames[theirs], listener.doubt)
        models = _Models(voices, *_pitch_models(timbre, ours, theirs))
        lean = _lean(listener, timbre, frames, loud, models)
        first = divided(lean, costs)
        known = np.packbits(first if first[0] else ~first).tobytes()
        same = found is not None and float((first == found[1]).mean()) > SETTLED
        found = models, first, lean
        if same:
            break
        if known in seen:
            return None
        seen.add(known)
        ours, theirs = loud & first, loud & ~first
    return found if min(ours.sum(), theirs.sum()) >= LEAST_OF_A_VOICE else None


def _lean(listener: Listener, timbre: Timbre, frames: Array, loud: Flags, models: _Models | _Heard) -> Array:
    one, other = models.voices
    lean = np.where(loud, one.likelihood(frames) - other.likelihood(frames), 0.0)
    bins = _pitch_bins(timbre.pitch, models.pitch_from)
    sounding = loud & (timbre.voiced > VOICED)
    lean += np.where(sounding, models.pitches[bins] * listener.pitch, 0.0)
    return lean * listener.scale


def _pitch_models(timbre: Timbre, ours: Flags, theirs: Flags) -> tuple[Array, float]:
    voiced = timbre.voiced > VOICED
    from_pitch = float(np.median(timbre.pitch[voiced])) - PITCH_REACH if voiced.any() else 0.0
    shares = []
    for side in (ours & voiced, theirs & voiced):
        if side.sum() < LEAST_OF_A_VOICE:
            return np.zeros(PITCH_BINS), from_pitch
        counts = np.bincount(_pitch_bins(timbre.pitch[side], from_pitch), minlength=PITCH_BINS).astype(np.float64)
        bell = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)
        smooth = np.convolve(counts, bell / bell.sum(), "same") + 0.1 * counts.sum() / PITCH_BINS
        shares.append(np.log(smooth / smooth.sum()))
    return shares[0] - shares[1], from_pitch


def _pitch_bins(pitch: NDArray[np.float32], from_pitch: float) -> NDArray[np.intp]:
    bins: NDArray[np.intp] = ((pitch - from_pitch) / (2 * PITCH_REACH) * PITCH_BINS).astype(np.intp)
    return np.asarray(np.clip(bins, 0, PITCH_BINS - 1))


def _frames(listener: Listener, timbre: Timbre) -> Array:
    shape = timbre.shape[:, 1 : 1 + listener.coefficients]
    if listener.loudness:
        shape = np.hstack([shape, timbre.shape[:, :1]])
    return shape.astype(np.float64)


def _spread_over(layout: Layout, guess: Flags, count: int) -> Array:
    """A guess at windows, as votes for each frame."""
    votes = np.zeros(count)
    for (start, end), ours in zip(layout.windows, guess.tolist(), strict=True):
        votes[start:end] += 1.0 if ours else -1.0
    return votes


# ------------------------------------------------------------------------------------------------------- the division


def divided(lean: Array, costs: Array) -> Flags:
    """The likeliest division where a change of speaker costs something: Viterbi's, for two states.

    Only the difference between the two best paths matters, and it never exceeds the cost of changing over.
    """
    ahead = 0.0
    before: list[float] = []
    for step, cost in zip(lean.tolist(), costs.tolist(), strict=True):
        before.append(ahead)
        ahead = min(max(ahead, -cost), cost) + step
    first = np.zeros(len(lean), np.bool_)
    ours = ahead > 0
    for place in range(len(lean) - 1, -1, -1):
        first[place] = ours
        if abs(before[place]) > costs[place]:
            ours = before[place] > 0
    return first


def _costs(timbre: Timbre) -> Array:
    """A change costs little at a pause, more where the sound dips, most inside a syllable."""
    loudness = np.convolve(timbre.shape[:, 0], np.full(5, 0.2), "same")
    costs = np.where(loudness < _floor(timbre), SWITCH_IN_DIP, SWITCH)
    costs[timbre.begins] = SWITCH_AT_PAUSE
    return costs


def _floor(timbre: Timbre) -> float:
    return float(np.percentile(timbre.shape[:, 0], SOFT))


def _loud(timbre: Timbre) -> Flags:
    return np.asarray(timbre.shape[:, 0] >= _floor(timbre))


def _sample(timbre: Timbre) -> Timbre:
    """All of a usual call; of a very long one, half minutes from all over it.

    Not every second or third stretch: people take turns, and it would hear but one of them.
    """
    if len(timbre) <= LEARN_FROM:
        return timbre
    starts = np.maximum.accumulate(np.where(timbre.begins, np.arange(len(timbre)), 0))
    every = -(-len(timbre) // LEARN_FROM)
    return timbre.part(starts // SAMPLED_AT_ONCE % every == 0)


# --------------------------------------------------------------------------------------------- what to judge it by


def _distance(lean: Array) -> float:
    """How far the seconds of one voice lie from those of the other, against how far they scatter."""
    seconds = np.array(list(_means(lean, FRAMES_A_SECOND)))
    ours, theirs = seconds[seconds > 0], seconds[seconds <= 0]
    if min(len(ours), len(theirs)) < 2:
        return 0.0
    return float((ours.mean() - theirs.mean()) / np.sqrt(ours.var() + theirs.var() + 1e-6))


def _means(values: Array, width: int) -> Iterator[float]:
    for start in range(0, len(values) - width + 1, width):
        yield float(values[start : start + width].mean())


def _pitch_gap(timbre: Timbre, first: Flags) -> float:
    voiced = timbre.voiced > VOICED
    sides: Sequence[Flags] = (first & voiced, ~first & voiced)
    if min(int(side.sum()) for side in sides) < LEAST_OF_A_VOICE:
        return 0.0
    ours, theirs = (float(np.median(timbre.pitch[side])) for side in sides)
    return abs(ours - theirs) / float(np.log(2))
