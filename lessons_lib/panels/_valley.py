"""Which plane of the loss a live panel shows, and when it is measured anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from lessons_lib.live import LiveTrainer

_MOVED = 0.1  # of the reach: who has come so far sees another part of the plane
_PART = 0.2  # of the time may be taken by measuring while the training goes on
_ROOM = 1.15  # how much farther than the path the plane reaches ...
_LEAST = 0.25  # ... and at least so far, as a part of the length of all weights
_ALONE = 1e-3  # a direction that leads so little elsewhere than those before is none
_FINE, _COARSE = 25, 15  # places along a side: the second where the first ...
_SLOW = 0.25  # ... take so many seconds


class Plane(NamedTuple):
    """A plane through the weights, and the loss on it.

    Attributes
    ----------
    middle : ndarray of shape (n_weights,)
        The weights in the middle.
    directions : ndarray of shape (2, n_weights)
        To the right and upwards, of length 1, at right angles.
    reach : float
        How far it goes both ways.
    losses : ndarray of shape (side, side)
        Row by row upwards.
    share : float or None
        Part of the path's movement that lies in it; None where nothing has moved.
    """

    middle: np.ndarray
    directions: np.ndarray
    reach: float
    losses: np.ndarray
    share: float | None

    def places(self, weights: np.ndarray) -> np.ndarray:
        """Return where weights, shape (k, n_weights), are seen, in parts of the reach."""
        return (weights - self.middle) @ self.directions.T / self.reach


class Valley:
    """The plane that is shown of one network; it stays while the weights move a little on it."""

    def __init__(self) -> None:
        self._plane: Plane | None = None
        self._key: tuple = ()
        self._updates = -1
        self._each = np.inf  # seconds for a place; unknown yet
        self._cost, self._ended = 0.0, -np.inf

    def plane(self, trainer: LiveTrainer, path: np.ndarray, of_batch: bool, hurried: bool) -> Plane:
        """Return the plane, measured anew where it has become another one.

        Parameters
        ----------
        trainer : LiveTrainer
            What is asked for the loss.
        path : ndarray of shape (k, n_weights)
            Its weights so far, the present ones last.
        of_batch : bool
            Whether the next batch is measured, and not all samples.
        hurried : bool
            Whether the training goes on meanwhile, so that measuring may have a fifth of the time.
        """
        if self._plane is None or self._is_another(trainer, path[-1], of_batch, hurried):
            begun, first = time.perf_counter(), self._plane is None
            self._plane = self._measured(trainer, path, of_batch)
            self._ended = time.perf_counter()
            self._count_time(0.0 if first else self._ended - begun)
            self._key, self._updates = self._key_of(trainer, of_batch), trainer.updates
        return self._plane

    def _count_time(self, taken: float) -> None:
        """Note how long measuring takes; the first time, and now and then, it is compiled too."""
        if taken:
            self._cost = min(taken, 2 * self._cost) if self._cost else taken
            self._each = min(self._each, taken / self._plane.losses.size)

    def _is_another(
        self, trainer: LiveTrainer, weights: np.ndarray, of_batch: bool, hurried: bool
    ) -> bool:
        if self._key != self._key_of(trainer, of_batch):
            return True
        if self._updates == trainer.updates:
            return False
        if not hurried:
            return True
        if time.perf_counter() - self._ended < self._cost * (1 - _PART) / _PART:
            return False
        moved = np.linalg.norm(weights - self._plane.middle)
        return of_batch or moved > _MOVED * self._plane.reach

    @staticmethod
    def _key_of(trainer: LiveTrainer, of_batch: bool) -> tuple:
        """Return what makes another plane of it, wherever the weights are."""
        return of_batch, trainer.restarts, trainer.turns

    def _measured(self, trainer: LiveTrainer, path: np.ndarray, of_batch: bool) -> Plane:
        path = path.astype(float)  # the square of a ruined weight overflows otherwise
        samples = trainer.batch_indices(trainer.updates) if of_batch else None
        directions, share = directions_of(path, lambda: trainer.gradient(samples))
        if self._plane is not None and self._plane.directions.shape == directions.shape:
            # A main direction has no sign: upwards is what has been upwards before.
            directions[1] *= np.copysign(1.0, directions[1] @ self._plane.directions[1])
        reach = _ROOM * np.abs((path - path[-1]) @ directions.T).max()
        reach = float(max(reach, _LEAST * np.linalg.norm(path[-1]), 1e-3))
        side = _COARSE if _SLOW < self._each * _FINE**2 < np.inf else _FINE
        losses = trainer.slice(directions, reach, side, samples)
        return Plane(path[-1], directions, reach, losses, share)


def directions_of(
    path: np.ndarray, gradient: Callable[[], np.ndarray]
) -> tuple[np.ndarray, float | None]:
    """Return two directions through the end of a path, and the part of its movement along them.

    They are the main directions of the path as it is seen from its end. Where it has fewer than
    two, the gradient takes the place of one, and a direction at random that of another.

    Parameters
    ----------
    path : ndarray of shape (k, n_weights)
        The present weights last.
    gradient : callable
        Returns the gradient there, shape (n_weights,).

    Returns
    -------
    directions : ndarray of shape (2, n_weights)
        Of length 1, at right angles. The path comes from the left.
    share : float or None
        None where nothing has moved.
    """
    moves = path[:-1] - path[-1]
    together = float(np.sum(moves**2))
    found: list[np.ndarray] = []
    if together:
        values, vectors = np.linalg.eigh(moves @ moves.T)
        mains = [moves.T @ vector for vector in vectors[:, ::-1][:, :2].T]
        found = [main for main, value in zip(mains, values[::-1], strict=False)
                 if value > _ALONE**2 * together]  # fmt: skip
    if len(found) < 2:
        by_chance = np.random.default_rng(0).normal(size=(2, path.shape[1]))
        found += [-gradient().astype(float), *by_chance]
    directions = _at_right_angles(found)
    if not together:
        return directions, None
    seen = moves @ directions.T
    directions[np.sum(seen, axis=0) > 0] *= -1
    return directions, float(np.sum(seen**2)) / together


def _at_right_angles(candidates: Sequence[np.ndarray]) -> np.ndarray:
    """Return the first two directions that lead elsewhere, at right angles and of length 1."""
    directions: list[np.ndarray] = []
    for candidate in candidates:
        rest = candidate - sum((candidate @ d) * d for d in directions)
        length = np.linalg.norm(rest)
        if length > _ALONE * np.linalg.norm(candidate):
            directions.append(rest / length)
    return np.stack(directions[:2])
