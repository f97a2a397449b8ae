"""Windows of about a second of speech laid out so that people lie far apart and words of one person close together.

What differs between neighbouring windows is what is said; the space is shrunk along those directions (linear
discriminant analysis without labels: neighbours are taken for the same person). The first guesses at who is who are
cuts through that space.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_platform.ears.mixtures import Array
from qa_platform.ears.timbre import Timbre

Flags = NDArray[np.bool_]

HOP = 50  # frames
LEAST_WINDOW, LEAST_LOUD, LEAST_WINDOWS = 20, 10, 3
NEXT_TO = 20  # frames between the end of one window and the start of its neighbour
NEIGHBOURS = 5
HALVES = 0.7  # half a window scatters more than a whole one
VOICED, LEAST_VOICED = 0.5, 5
PITCH_UNIT = 0.24  # natural logarithm: a third of an octave counts as one
SHRUNK, FLOOR = 0.3, 0.3  # regularisation of the scatter, which is learnt from a few dozen windows
DIRECTIONS = 3
ROUNDS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """`windows` are places in the timbre, `places` their points along the widest directions first."""

    windows: tuple[tuple[int, int], ...]
    places: Array
    weights: Array
    pitch: Array
    contrast: float  # how much wider the windows lie along the widest direction than words alone would scatter


def laid_out(timbre: Timbre, loud: Flags, coefficients: int, width: int) -> Layout | None:
    """None where there are too few windows to tell anything."""
    shape = timbre.shape[:, 1 : 1 + coefficients].astype(np.float64)
    shape = (shape - shape[loud].mean(axis=0)) / (shape[loud].std(axis=0) + 1e-6)
    voiced = loud & (timbre.voiced > VOICED)
    middle = float(np.median(timbre.pitch[voiced])) if voiced.any() else 0.0
    windows = [span for span in _windows(timbre, width) if loud[span[0] : span[1]].sum() >= LEAST_LOUD]
    if len(windows) < LEAST_WINDOWS:
        return None
    points = np.array([_point(timbre, shape, loud, span, middle) for span in windows])
    weights = np.array([float(loud[start:end].sum()) for start, end in windows])
    scatter = _scatter(timbre, shape, loud, windows, points, middle)
    shrink = np.linalg.cholesky(np.linalg.inv(scatter))
    shrunk = (points - np.average(points, axis=0, weights=weights)) @ shrink
    _, sizes, directions = np.linalg.svd(shrunk * np.sqrt(weights / weights.mean())[:, None], full_matrices=False)
    return Layout(
        tuple(windows),
        shrunk @ directions[: DIRECTIONS + 1].T,
        weights,
        points[:, -1],
        float(sizes[0] ** 2 / len(windows)),
    )


def first_guesses(layout: Layout) -> Iterator[Flags]:
    """Which windows are the first voice's: cut across each direction, across pitch, and across all together."""
    for direction in range(min(DIRECTIONS, layout.places.shape[1])):
        yield _cut(layout.places[:, direction : direction + 1], layout.weights)
    yield layout.pitch < np.median(layout.pitch)
    yield _cut(layout.places, layout.weights)


def _windows(timbre: Timbre, width: int) -> Iterator[tuple[int, int]]:
    starts = np.flatnonzero(timbre.begins).tolist()
    for start, end in zip(starts, [*starts[1:], len(timbre)], strict=True):
        if end - start < LEAST_WINDOW:
            continue
        if end - start <= 1.4 * width:
            yield start, end
            continue
        count = -(-(end - start - width) // HOP)
        for place in np.linspace(start, end - width, count + 1).astype(int).tolist():
            yield place, place + width


def _point(timbre: Timbre, shape: Array, loud: Flags, span: tuple[int, int], middle: float) -> Array:
    """The mean shape of a window's loud frames, and its pitch against the call's."""
    start, end = span
    chosen = loud[start:end]
    sounding = chosen & (timbre.voiced[start:end] > VOICED)
    pitch = float(np.median(timbre.pitch[start:end][sounding])) if sounding.sum() >= LEAST_VOICED else middle
    return np.append(shape[start:end][chosen].mean(axis=0), (np.clip(pitch - middle, -0.9, 0.9)) / PITCH_UNIT)


def _scatter(
    timbre: Timbre, shape: Array, loud: Flags, windows: list[tuple[int, int]], points: Array, middle: float
) -> Array:
    """How windows of the same person differ: neighbours, and the halves of each."""
    differences = [
        points[one] - points[other]
        for one in range(len(windows))
        for other in range(one + 1, min(one + 1 + NEIGHBOURS, len(windows)))
        if abs(windows[other][0] - windows[one][1]) <= NEXT_TO and not timbre.begins[windows[other][0]]
    ]
    for start, end in windows:
        half = (start + end) // 2
        if min(loud[start:half].sum(), loud[half:end].sum()) > 1.5 * LEAST_LOUD:
            halves = [_point(timbre, shape, loud, part, middle) for part in ((start, half), (half, end))]
            differences.append(HALVES * (halves[0] - halves[1]))
    size = points.shape[1]
    if not differences:
        return np.eye(size)
    stacked = np.array(differences)
    scatter = stacked.T @ stacked / len(stacked) / 2
    diagonal = np.diag(np.diag(scatter))
    regular: Array = (1 - SHRUNK) * scatter + SHRUNK * diagonal
    regular += SHRUNK * FLOOR * np.eye(size) * (np.trace(scatter) / size + 1e-6)
    return regular


def _cut(places: Array, weights: Array) -> Flags:
    """Two groups around two middles (k-means), begun at either end of the widest direction."""
    along = places[:, 0]
    low, high = np.percentile(along, (20, 80))
    ours: Flags = np.abs(along - low) < np.abs(along - high)
    for _ in range(ROUNDS):
        if ours.all() or not ours.any():
            break
        one = np.average(places[ours], axis=0, weights=weights[ours])
        other = np.average(places[~ours], axis=0, weights=weights[~ours])
        again = ((places - one) ** 2).sum(axis=1) < ((places - other) ** 2).sum(axis=1)
        if (again == ours).all():
            break
        ours = again
    return ours
