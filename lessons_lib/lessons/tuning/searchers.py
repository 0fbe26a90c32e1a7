"""Searchers on a map: grid, random, coarse to fine; and what each of many repeats has found.

The place of a model on the map is (along, up), each from 0 to 1 on a log ruler. A searcher knows
its budget and what its models so far have reached, and nothing of the map.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

Searcher = Callable[["LookUp", int, np.random.Generator], np.ndarray]


class LookUp:
    """A table of trained models that answers in the place of training.

    Between two models it answers with the nearest one, as the log rulers measure it.

    Parameters
    ----------
    learning_rates, penalties : array-like of shape (n_rates,), (n_penalties,)
        The settings of the models, each larger than the one before, in equal ratios.
    losses : array-like of shape (n_rates, n_penalties)
        What they have reached; infinite where a model has diverged.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    def __init__(self, learning_rates: np.ndarray, penalties: np.ndarray, losses: np.ndarray):
        self.learning_rates, self.penalties = map(np.asarray, (learning_rates, penalties))
        self.losses = np.asarray(losses, dtype=float)
        expected = len(self.learning_rates), len(self.penalties)
        if self.losses.shape != expected:
            raise ValueError(
                f"losses needs a row for each learning rate and a column for each penalty, shape "
                f"{expected}; received {self.losses.shape}."
            )

    def __call__(self, learning_rate: float, penalty: float) -> float:
        """Return the loss of the model that is nearest to these settings."""
        return float(self.at(*self._place(learning_rate, penalty)))

    def _place(self, learning_rate, penalty):
        axes = (self.learning_rates, learning_rate), (self.penalties, penalty)
        return [math.log(value / axis[0]) / math.log(axis[-1] / axis[0]) for axis, value in axes]

    def settings(self, places: np.ndarray) -> np.ndarray:
        """Return learning rates and penalties of places, shape (..., 2) as they have."""
        axes = self.learning_rates, self.penalties
        return np.stack(
            [a[0] * (a[-1] / a[0]) ** places[..., i] for i, a in enumerate(axes)], axis=-1
        )

    def places(self, settings: np.ndarray) -> np.ndarray:
        """Return the places of learning rates and penalties, shape (..., 2) as they have."""
        low, high = (np.array([a[end] for a in (self.learning_rates, self.penalties)])
                     for end in (0, -1))  # fmt: skip
        return np.log(np.asarray(settings) / low) / np.log(high / low)

    def at(self, along: np.ndarray, up: np.ndarray) -> np.ndarray:
        """Return the losses at places, each from 0 to 1 on its ruler."""
        steps = np.array(self.losses.shape) - 1
        row, column = (
            np.clip(np.rint(np.asarray(place) * most), 0, most).astype(int)
            for place, most in zip((along, up), steps, strict=True)
        )
        return self.losses[row, column]


def grid(look_up: LookUp, budget: int, rng: np.random.Generator) -> np.ndarray:
    """Return places on a square grid, in random order; chance moves the whole grid a little.

    Parameters
    ----------
    look_up : LookUp
    budget : int
        How many models; a square number.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (budget, 2)
    """
    side = math.isqrt(budget)
    if side**2 != budget:
        raise ValueError(f"A square grid needs a square number of models; received {budget}.")
    lines = (np.arange(side) + rng.random((2, 1))) / side
    return rng.permutation(np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, 2))


def random(look_up: LookUp, budget: int, rng: np.random.Generator) -> np.ndarray:
    """Return places drawn at random; parameters and result are those of `grid`."""
    return rng.random((budget, 2))


def coarse_to_fine(
    look_up: LookUp, budget: int, rng: np.random.Generator, side: float = 0.3
) -> np.ndarray:
    """Return half of the places at random, and half in a square around the best of these.

    Parameters and result are those of `grid`; ``side`` is that of the square, a fraction of the
    map's.
    """
    coarse = rng.random((budget // 2, 2))
    best = coarse[np.argmin(look_up.at(*coarse.T))]
    corner = np.clip(best - side / 2, 0, 1 - side)
    return np.concatenate([coarse, corner + side * rng.random((budget - len(coarse), 2))])


class Tries(NamedTuple):
    """What a searcher has tried in each of many repeats.

    Attributes
    ----------
    places : ndarray of shape (n_repeats, budget, 2)
        Along and up, from 0 to 1, in the order in which they were tried.
    losses : ndarray of shape (n_repeats, budget)
    """

    places: np.ndarray
    losses: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """The lowest loss so far, shape (n_repeats, budget)."""
        return np.minimum.accumulate(self.losses, axis=1)


def repeats(search: Searcher, look_up: LookUp, budget: int = 16, times: int = 200) -> Tries:
    """Let a searcher play many times, each with random numbers of its own.

    Parameters
    ----------
    search : callable
        Such as `grid`: takes the look-up, the budget and a generator, and returns places.
    look_up : LookUp
    budget : int
        How many models each repeat may train.
    times : int
        How many repeats.

    Returns
    -------
    Tries
    """
    seeds = range(times)
    places = np.array([search(look_up, budget, np.random.default_rng(seed)) for seed in seeds])
    return Tries(places, look_up.at(places[..., 0], places[..., 1]))


def opened(look_up: LookUp, models: Sequence[int]) -> Tries:
    """Return the tries of somebody who opened models by hand: one repeat, of any length.

    Parameters
    ----------
    look_up : LookUp
    models : sequence of int
        Their numbers in the order in which they were opened; number 1 has the first learning rate
        and the second penalty.
    """
    places = np.stack(np.unravel_index(np.array(models, dtype=int), look_up.losses.shape), axis=-1)
    places = (places / (np.array(look_up.losses.shape) - 1))[None]
    return Tries(places, look_up.at(places[..., 0], places[..., 1]))
