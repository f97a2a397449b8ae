"""Mixtures of Gaussians with diagonal spread: how the frames of one voice are distributed, learnt and compared.

Sixty lines of numpy instead of scikit-learn, which would bring scipy and a hundred megabytes for them, and which cannot
adapt one voice's mixture from that of both (Reynolds, Quatieri and Dunn 2000), as short turns need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROUNDS = 12
LEAST_SPREAD = 0.1  # of the spread of all frames
LEAST_FRAMES = 40  # a component


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    weights: Array
    means: Array
    spreads: Array
    floor: Array

    def likelihood(self, frames: Array) -> Array:
        """The logarithm of how likely each frame is."""
        parts = self._parts(frames)
        highest = parts.max(axis=1)
        total: Array = highest + np.log(np.exp(parts - highest[:, None]).sum(axis=1))
        return total

    def adapted(self, frames: Array, doubt: float) -> Mixture:
        """The same mixture with its means moved to these frames; `doubt` frames' worth of the old means stay."""
        shares = self._shares(frames)
        counts = shares.sum(axis=0)
        moved = (counts / (counts + doubt))[:, None]
        return replace(self, means=moved * (shares.T @ frames) / (counts[:, None] + 1e-9) + (1 - moved) * self.means)

    def refitted(self, frames: Array) -> Mixture:
        """One round of expectation and maximisation."""
        shares = self._shares(frames)
        counts = shares.sum(axis=0) + 1e-6
        means = (shares.T @ frames) / counts[:, None]
        spreads = np.maximum((shares.T @ frames**2) / counts[:, None] - means**2, self.floor)
        return replace(self, weights=(counts + 1) / (counts + 1).sum(), means=means, spreads=spreads)

    def _shares(self, frames: Array) -> Array:
        parts = self._parts(frames)
        shares = np.exp(parts - parts.max(axis=1, keepdims=True))
        whole: Array = shares / shares.sum(axis=1, keepdims=True)
        return whole

    def _parts(self, frames: Array) -> Array:
        constant = np.log(self.weights) - 0.5 * (
            np.log(2 * np.pi * self.spreads).sum(axis=1) + (self.means**2 / self.spreads).sum(axis=1)
        )
        parts: Array = constant - 0.5 * (frames**2 @ (1 / self.spreads).T - 2 * frames @ (self.means / self.spreads).T)
        return parts


def mixture(frames: Array, components: int) -> Mixture:
    """Learnt from frames; the same frames give the same mixture."""
    count = max(1, min(components, len(frames) // LEAST_FRAMES))
    chosen = np.random.default_rng(1).choice(len(frames), count, replace=False)
    spread = frames.var(axis=0) + 1e-6
    learnt = Mixture(
        np.full(count, 1 / count), frames[chosen].copy(), np.tile(spread, (count, 1)), LEAST_SPREAD * spread
    )
    for _ in range(ROUNDS):
        learnt = learnt.refitted(frames)
    return learnt
