"""What many voters together are worth: means and majorities of networks that differ, or do not."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lessons_lib import datasets
from lessons_lib.plots import plane

KINDS = ("mean of probabilities", "majority")
_ORDERS = 10  # in which the voters join, each turned round so that everyone is first once


class Council(NamedTuple):
    """What each of several binary classifiers says, asked once.

    Attributes
    ----------
    X, y : ndarray of shape (n_samples, 2) and (n_samples,)
        The points they have learned from, and their classes, 0 or 1.
    x_axis, y_axis : ndarray of shape (n_x,) and (n_y,)
        Columns and rows of a plane around these points.
    over_plane : ndarray of shape (n_voters, n_y, n_x)
        Probabilities of class 1 on it.
    on_new : ndarray of shape (n_voters, n_new)
        Probabilities of class 1 at new points.
    truth : ndarray of shape (n_new,)
        Classes of the new points.
    """

    X: np.ndarray
    y: np.ndarray
    x_axis: np.ndarray
    y_axis: np.ndarray
    over_plane: np.ndarray
    on_new: np.ndarray
    truth: np.ndarray

    def vote(self, said: np.ndarray, kind: str = KINDS[0]) -> np.ndarray:
        """Return the vote of some voters, the mean of what they say or the fraction for class 1.

        ``said`` has shape (n_voters, ...); the vote loses the first axis. Above 0.5 it is class 1.
        """
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(map(repr, KINDS))}; received {kind!r}.")
        return np.mean(said > 0.5 if kind == KINDS[1] else said, axis=0)

    def right(self, voters: int | None = None, kind: str = KINDS[0]) -> float:
        """Return the accuracy of the first so many voters on the new points."""
        return self._right(self.vote(self.on_new[:voters], kind))

    @property
    def alone(self) -> np.ndarray:
        """Accuracies of the single voters on the new points, shape (n_voters,)."""
        return np.array([self._right(said) for said in self.on_new])

    def by_number(self, seed: int = 0) -> np.ndarray:
        """Return the accuracy of the vote of 1, 2, ... voters, the mean over many orders.

        The vote is the mean of probabilities.
        """
        rng, count = np.random.default_rng(seed), len(self.on_new)
        numbers, total = np.arange(1, count + 1)[:, None], np.zeros(count)
        for order in [rng.permutation(count) for _ in range(_ORDERS)]:
            for first in range(count):
                sums = np.cumsum(self.on_new[np.roll(order, first)], axis=0)
                total += np.mean((sums > 0.5 * numbers) == (self.truth > 0.5), axis=1)
        return total / (_ORDERS * count)

    def _right(self, vote: np.ndarray) -> float:
        return float(np.mean((vote > 0.5) == (self.truth > 0.5)))


def council(
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    X_new: np.ndarray,
    y_new: np.ndarray,
) -> Council:
    """Ask voters on a plane around their training points, and at new points.

    Parameters
    ----------
    predict : callable
        Takes points of shape (n, 2) and returns each voter's probability of class 1, shape
        (n_voters, n) or (n_voters, n, 1), as ``population.predict`` does.
    X, y : ndarray of shape (n_samples, 2) and (n_samples,)
        What they have learned from.
    X_new, y_new : ndarray of shape (n_new, 2) and (n_new,)
        What they are judged on.
    """
    grid, x_axis, y_axis = plane(X, resolution=60)
    said = np.asarray(predict(np.concatenate([grid, X_new]).astype(np.float32)), dtype=float)
    said = said.reshape(len(said), -1)
    over_plane = said[:, : len(grid)].reshape(len(said), len(y_axis), len(x_axis))
    return Council(
        X, np.ravel(y), x_axis, y_axis, over_plane, said[:, len(grid) :], np.ravel(y_new)
    )


def if_independent(right: float, voters: Sequence[int]) -> np.ndarray:
    """Return how often a majority is right whose voters err independently of each other.

    Each is right with probability ``right`` (Condorcet, 1785; Dietterich, 2000, figure 1). Of an
    even number, a tie is decided by lot.
    """
    return np.array([_binomial_majority(right, n) for n in voters])


def _binomial_majority(right: float, voters: int) -> float:
    chances = [
        math.comb(voters, k) * right**k * (1 - right) ** (voters - k) for k in range(voters + 1)
    ]
    more = sum(chances[voters // 2 + 1 :])
    return more + (0.5 * chances[voters // 2] if voters % 2 == 0 else 0.0)


def copies_against_different(voters: int = 20, seed: int = 0) -> tuple[float, float, float]:
    """Return the accuracy of one classifier, of a vote of its copies, and of different ones.

    They are networks of 30 tanh units whose first layer stays as it was drawn and whose last
    layer is fitted by least squares, so that this takes no time.
    """
    X, y = datasets.make_spirals(100, noise=0.05, seed=1)
    X_new, y_new = datasets.make_spirals(1000, noise=0.05, seed=2)
    rng = np.random.default_rng(seed)
    said = np.array([_fitted(rng, X, y, X_new) for _ in range(voters)]) > 0.5
    truth = y_new > 0.5

    def vote(labels):
        return float(np.mean((2 * labels.sum(axis=0) > len(labels)) == truth))

    return float(np.mean(said[0] == truth)), vote(np.tile(said[0], (voters, 1))), vote(said)


def _fitted(rng, X, y, X_new):
    weights, shifts = 8 * rng.normal(size=(2, 30)), rng.normal(0, 3, 30)
    hidden, hidden_new = (np.tanh(points @ weights + shifts) for points in (X, X_new))
    return hidden_new @ np.linalg.lstsq(hidden, y, rcond=None)[0]
