"""The way that a network's weights have gone: where they stood at some steps of a run."""

from collections.abc import Iterator

import numpy as np


class Path:
    """Weights along a run, each time as one vector, never more than `limit` of them.

    They stand at multiples of ``gap`` steps; when there are too many, every second one goes and
    ``gap`` doubles, as in a `History`. The first stays. Which are kept depends on the steps alone.
    """

    def __init__(self, limit: int = 128):
        self.gap = 1
        self._limit = limit
        self._kept: list[tuple[int, np.ndarray]] = []

    def __iter__(self) -> Iterator[tuple[int, np.ndarray]]:
        return iter(self._kept)

    def due(self, step: int) -> bool:
        """Whether the weights should be kept before the run goes on from this step."""
        return not self._kept or step % self.gap == 0

    def room(self, step: int) -> int:
        """Return how many steps may follow `step` before weights are due again."""
        return self.gap - step % self.gap

    def keep(self, step: int, weights: np.ndarray) -> None:
        """Keep the weights of a step; a network of another size begins a way of its own."""
        if self._kept and len(self._kept[-1][1]) != len(weights):
            self._kept = []
        if self._kept and self._kept[-1][0] == step:
            self._kept.pop()
        self._kept.append((step, weights))
        if len(self._kept) > self._limit:
            self.gap *= 2
            first, *others = self._kept
            self._kept = [first, *(kept for kept in others if kept[0] % self.gap == 0)]

    @property
    def held(self) -> dict[int, int]:
        """Bytes that it keeps from being freed, by whose they are."""
        return {id(weights): weights.nbytes for _, weights in self._kept}

    def copy(self) -> "Path":
        """Return an independent copy."""
        new = Path(self._limit)
        new.gap, new._kept = self.gap, [*self._kept]  # weights are never changed
        return new


def with_present(
    path: Path | None, step: int, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and weights of a path, and the present ones at its end.

    Raises
    ------
    ValueError
        If no path is kept.
    """
    if path is None:
        raise ValueError(
            "The way of the weights is not kept: call trainer.keep_path() before the steps of "
            "which it should tell."
        )
    kept = [(s, w) for s, w in path if s < step and len(w) == len(weights)]
    steps, places = zip(*kept, (step, weights), strict=True)
    return np.array(steps), np.stack(places)
