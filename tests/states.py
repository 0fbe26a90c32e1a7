"""What tests compare of trainers, bit by bit."""

from collections.abc import Sequence

import numpy as np


def state(trainer) -> list[np.ndarray]:
    """Return all that an update may change: weights, statistics, counters, optimizer memory."""
    return [np.asarray(value) for value in trainer.snapshot().state]


def assert_same(mine: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> None:
    """Assert that arrays are the same, bit for bit."""
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
