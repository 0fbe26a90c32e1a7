"""Numbers in two bumps, and how often a generator that learns from them loses one of the two."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lessons_lib.live import Adversaries

CENTRES, WIDTH = (-2.0, 2.0), 0.4
NEAR = 3 * WIDTH  # so far around a centre a number counts as one of the bump
LOST = 0.05  # a bump with a smaller fraction of the made numbers is lost


def numbers(n: int, seed: int) -> np.ndarray:
    """Return `n` numbers as a model reads them, shape (n, 1): half of them in each bump."""
    rng = np.random.default_rng(seed)
    return (rng.choice(CENTRES, n) + rng.normal(0, WIDTH, n)).astype("float32")[:, None]


def density(x: np.ndarray) -> np.ndarray:
    """Return how dense such numbers lie at `x`: two bell curves of equal weight."""
    parts = [np.exp(-(((np.asarray(x) - centre) / WIDTH) ** 2) / 2) for centre in CENTRES]
    return np.sum(parts, axis=0) / (2 * WIDTH * np.sqrt(2 * np.pi))


def shares(made: np.ndarray) -> np.ndarray:
    """Return which fraction of made numbers lies in the left bump, and in the right one."""
    return np.array([np.mean(np.abs(np.ravel(made) - centre) < NEAR) for centre in CENTRES])


def over_time(pair: "Adversaries", start: int, steps: int = 1400, every: int = 50) -> np.ndarray:
    """Train from a new start, and return the `shares` every so many steps, (n_moments, 2)."""
    pair.reset(seed=start)
    moments = []
    for _ in range(steps // every):
        pair.step(every)
        moments.append(shares(pair.generate(500)))
    return np.array(moments)


def lost(moments: np.ndarray) -> bool:
    """Return whether a bump is lost in most moments of the second half of a training."""
    late = moments[len(moments) // 2 :]
    return bool(np.mean(late.min(axis=1) < LOST) > 0.5)
