"""Many in parallel: halving looked up in the curves of a full training, and the edge's course."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

# Where to look at the edge of divergence: the whole of it, and four windows, each inside the one
# before it. First and last scale of the first weights, first and last learning rate.
_WINDOWS = (
    ((0.1, 4.0), (0.05, 3.0)),
    ((0.2042, 0.4697), (0.4137, 1.0429)),
    ((0.35903, 0.43333), (0.72915, 0.89843)),
    ((0.376892, 0.393244), (0.834278, 0.874548)),
    ((0.3794826, 0.3831395), (0.8509349, 0.8600412)),
)
_SIDE = 32  # pixels of such a map
VIEWS = tuple(
    {
        "init_scale": np.geomspace(*scales, _SIDE),
        "learning_rate": np.geomspace(*rates, _SIDE),
    }
    for scales, rates in _WINDOWS
)


def curves(population: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the validation losses of all models of a `live.Population` while they trained.

    Returns
    -------
    steps : ndarray of shape (n_points,)
        After how many updates they were measured.
    losses : ndarray of shape (n_models, n_points)
        Inf from where a model has diverged.
    """
    histories = [population.history(model) for model in range(len(population))]
    steps = max((history["step"] for history in histories), key=len)
    losses = np.full((len(histories), len(steps)), np.inf)
    for row, history in zip(losses, histories, strict=True):
        row[: len(history["val_loss"])] = history["val_loss"]
    return np.asarray(steps), np.where(np.isfinite(losses), losses, np.inf)


def ends(losses: np.ndarray) -> np.ndarray:
    """Return where curves of shape (n_models, n_points) end: the means of their last tenth.

    With a large learning rate a loss jumps up and down; a single point would be luck.
    """
    return np.mean(losses[:, -max(1, losses.shape[1] // 10) :], axis=1)


class Halved(NamedTuple):
    """What became of many models of which the worse half stopped again and again.

    Attributes
    ----------
    winner : int
        The model that is left.
    lasted : ndarray of shape (n_models,)
        How many updates each has made.
    cost : int
        Updates of all models together.
    whole : int
        What it has cost to train all of them to the end, or until they diverged.
    """

    winner: int
    lasted: np.ndarray
    cost: int
    whole: int


def halve(steps: np.ndarray, losses: np.ndarray, every: int, *, longer: bool = False) -> Halved:
    """Stop the worse half again and again until one is left, or the end has come.

    Nothing is trained: the models go on as `curves` has them, and stopping one changes no other. A
    model that diverges has stopped by itself, and is in no half.

    Parameters
    ----------
    steps, losses : ndarray of shape (n_points,) and (n_models, n_points)
        As `curves` returns them.
    every : int
        Updates of the first round; a halving takes place at the next point of the curves.
    longer : bool
        Whether each round is twice as long as the one before, so that all cost the same
        (successive halving; Jamieson and Talwalkar, 2016). Otherwise all are equally long.
    """
    end = int(steps[-1])
    lasted = steps[np.maximum(np.isfinite(losses).sum(axis=1), 1) - 1].astype(int)
    whole = int(lasted.sum())
    alive, now, length = np.arange(len(losses)), every, every
    while now < end and len(alive) > 1:
        at = int(np.searchsorted(steps, now))
        alive = alive[np.isfinite(losses[alive, at])]
        alive = alive[np.argsort(losses[alive, at], kind="stable")]
        keep = (len(alive) + 1) // 2
        lasted[alive[keep:]] = steps[at]
        alive = alive[:keep]
        length *= 1 + longer
        now += length
    winner = alive[np.argmin(ends(losses[alive]))]
    return Halved(int(winner), lasted, int(lasted.sum()), whole)


def last_layer_limit(kernel: np.ndarray, X: np.ndarray, scales: Sequence[float]) -> np.ndarray:
    """Return 2/λ of the output layer alone, for first weights that are so many times as large.

    With the hidden layer as it is at first, the squared error is a bowl over the output's weights
    and bias, and λ the largest curvature of that bowl.

    Parameters
    ----------
    kernel : ndarray of shape (n_inputs, units)
        First weights of the hidden tanh layer, at scale 1.
    X : ndarray of shape (n_samples, n_inputs)
        Training points.
    scales : sequence of float
        The scales.

    Returns
    -------
    ndarray of shape (n_scales,)
    """
    limits = []
    for scale in scales:
        hidden = np.tanh(X @ (scale * np.asarray(kernel, dtype=float)))
        inputs = np.column_stack([hidden, np.ones(len(X))])  # of the output: units and bias
        limits.append(2 / np.linalg.eigvalsh(2 * inputs.T @ inputs / len(X))[-1])
    return np.array(limits)


def crossings(diverged: np.ndarray) -> int:
    """Return how many pairs of neighbours on a map have one that diverged and one that did not."""
    diverged = np.asarray(diverged, dtype=bool)
    return sum(int(np.sum(np.diff(diverged, axis=axis))) for axis in (0, 1))
