"""Two rules of thumb put to the test: remedies at several depths, and the number of parameters."""

import functools
import itertools
from typing import NamedTuple

import numpy as np

from lessons_lib import datasets

DEPTHS = (1, 2, 4)
WIDTHS = (2, 4, 8, 16, 32, 64)
MEASURES = ("loss", "accuracy")
UNITS = 16
UPDATES = 800
BATCH = 20
LEARNING_RATE = 0.01
PENALTY = 3e-3  # of the networks of several widths
SEEDS = 8
PENALTIES = (1e-3, 3e-3, 1e-2, 3e-2)
RATES = (0.1, 0.2, 0.35, 0.5, 0.65)
KINDS = ("none", "penalty", "dropout")


class Remedy(NamedTuple):
    """Something against overfitting, at one strength.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    settings : dict
        What a model has of it, as `live.Population` takes it.
    words : str
        How it is written below a column.
    """

    kind: str
    settings: dict[str, float]
    words: str


REMEDIES = (
    Remedy("none", {}, "none"),
    *(Remedy("penalty", {"l2": strength}, f"L2 {strength:g}") for strength in PENALTIES),
    *(Remedy("dropout", {"dropout": rate}, f"drop {rate:g}") for rate in RATES),
)


class Tried(NamedTuple):
    """What became of some variants of a network, each from several seeds.

    Attributes
    ----------
    val_loss, loss, accuracy : ndarray of shape (n_variants, n_seeds)
        Cross-entropy on the validation set; cross-entropy and accuracy on the test set.
    """

    val_loss: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray

    def mean(self, measure: str, seeds: int) -> np.ndarray:
        """Return the mean of "loss" or "accuracy" over the first so many seeds, (n_variants,)."""
        return self._measured(measure)[:, :seeds].mean(axis=1)

    def error(self, measure: str, seeds: int) -> np.ndarray:
        """Return the standard error of these means, nan for a single seed."""
        if seeds == 1:
            return np.full(len(self.loss), np.nan)
        return self._measured(measure)[:, :seeds].std(axis=1, ddof=1) / np.sqrt(seeds)

    def chosen(self, seeds: int) -> dict[str, int]:
        """Return, of each kind of remedy, that with the lowest mean validation loss."""
        means = self.val_loss[:, :seeds].mean(axis=1)
        places = {
            kind: [n for n, remedy in enumerate(REMEDIES) if remedy.kind == kind] for kind in KINDS
        }
        return {kind: min(of_kind, key=lambda n: means[n]) for kind, of_kind in places.items()}

    def _measured(self, measure: str) -> np.ndarray:
        if measure not in MEASURES:
            raise ValueError(f"measure is one of {', '.join(MEASURES)}; received {measure!r}.")
        return self.loss if measure == "loss" else self.accuracy


def points() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return 80 noisy points to train on, 1,000 for validation and 2,000 to test on."""
    return tuple(
        datasets.make_moons(count, noise=0.3, seed=seed)
        for count, seed in ((80, 1), (1000, 2), (2000, 3))
    )


@functools.cache
def tried(depth: int) -> Tried:
    """Train a network of so many hidden layers with each of ``REMEDIES``, from several seeds.

    It is computed once; the first time takes a second or two.
    """
    l2, dropout = (
        [remedy.settings.get(name, 0.0) for remedy in REMEDIES] for name in ("l2", "dropout")
    )
    return _train([UNITS] * depth, l2, dropout)


@functools.cache
def by_width() -> dict[str, Tried]:
    """Train networks of two hidden layers of each of ``WIDTHS``, without a penalty and with one."""
    of_width = [_train([width, width], [0.0, PENALTY], [0.0, 0.0]) for width in WIDTHS]
    names = "without a penalty", "with a weight penalty"
    return {
        name: Tried(*(np.array(rows) for rows in zip(*_rows(of_width, n), strict=True)))
        for n, name in enumerate(names)
    }


def _rows(results, number):
    return [[measured[number] for measured in result] for result in results]


def parameters() -> list[int]:
    """Return how many parameters the networks of `by_width` have."""
    return [(2 + 1) * width + (width + 1) * width + (width + 1) for width in WIDTHS]


def _train(hidden, l2, dropout):
    """Train a ReLU network with Adam for each penalty and dropout rate and each of the seeds.

    They go side by side, as in `live.Population`; but these are many small programs that run once,
    and to compile each of them would take longer than this.
    """
    (X, y), *others = points()
    models = len(l2) * SEEDS
    l2, dropout = (
        np.repeat(np.asarray(values, np.float32), SEEDS)[:, None, None] for values in (l2, dropout)
    )
    theta, layers = _first_weights([2, *hidden, 1], models)
    slope, slopes = _views(np.zeros_like(theta), [2, *hidden, 1])
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    rng = np.random.default_rng(0)
    for t in range(1, UPDATES + 1):
        if (t - 1) % (len(X) // BATCH) == 0:
            order = iter(rng.permutation(len(X)).reshape(-1, BATCH))
        rows = next(order)
        _backward(layers, slopes, X[rows], y[rows], l2, dropout, rng)
        m += 0.1 * (slope - m)  # Adam, with Keras's rates of forgetting
        v += 0.001 * (slope**2 - v)
        rate = LEARNING_RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        theta -= rate * m / (np.sqrt(v) + 1e-7)
    (val_loss, _), (loss, accuracy) = (_judged(layers, *other) for other in others)
    return Tried(*(values.reshape(-1, SEEDS) for values in (val_loss, loss, accuracy)))


def _views(theta, sizes):
    """Return parameters of shape (n_models, n), and W and b of each layer as views of them."""
    layers, at = [], 0
    for n_in, units in itertools.pairwise(sizes):
        end = at + n_in * units
        W = theta[:, at:end].reshape(len(theta), n_in, units)
        layers.append((W, theta[:, None, end : end + units]))
        at = end + units
    return theta, layers


def _first_weights(sizes, models):
    """Return parameters as `_views` does: Glorot's weights, one draw for each seed."""
    count = sum(n_in * units + units for n_in, units in itertools.pairwise(sizes))
    theta, layers = _views(np.zeros((models, count), np.float32), sizes)
    rng = np.random.default_rng(1)
    for W, _ in layers:
        limit = np.sqrt(6 / (W.shape[1] + W.shape[2]))
        drawn = rng.uniform(-limit, limit, (SEEDS, *W.shape[1:]))
        W[:] = np.tile(drawn, (models // SEEDS, 1, 1))
    return theta, layers


def _backward(layers, slopes, X, y, l2, dropout, rng):
    """Write the slopes of cross-entropy and penalty into the views of the gradient."""
    A, kept = [X[None]], []
    for W, b in layers[:-1]:
        Z = A[-1] @ W + b
        mask = (rng.random(Z.shape, np.float32) >= dropout) / (1 - dropout) * (Z > 0)
        kept.append(mask)
        A.append(Z * mask)
    W, b = layers[-1]
    dZ = (_sigmoid(A[-1] @ W + b) - y[:, None]) / len(X)
    for number in reversed(range(len(layers))):
        (W, _), (dW, db) = layers[number], slopes[number]
        dW[:] = np.swapaxes(A[number], 1, 2) @ dZ + 2 * l2 * W
        db[:] = dZ.sum(axis=1, keepdims=True)
        if number:
            dZ = dZ @ np.swapaxes(W, 1, 2) * kept[number - 1]


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def _judged(layers, X, y):
    """Return cross-entropy and accuracy of each model."""
    A = X[None]
    for W, b in layers[:-1]:
        A = np.maximum(A @ W + b, 0)
    W, b = layers[-1]
    z = (A @ W + b)[..., 0].astype(float)
    return np.mean(np.logaddexp(0, z) - y * z, axis=1), np.mean((z > 0) == (y > 0.5), axis=1)


def verdict(tried: Tried, measure: str, seeds: int) -> str:
    """Say which of penalty and dropout, each at its chosen strength, is better, if it is sure.

    Sure is a difference of more than two standard errors.
    """
    chosen = tried.chosen(seeds)
    mean, error = tried.mean(measure, seeds), tried.error(measure, seeds)
    penalty, dropout = chosen["penalty"], chosen["dropout"]
    gap = mean[dropout] - mean[penalty] if measure == "loss" else mean[penalty] - mean[dropout]
    said = " and ".join(
        f"{kind} {mean[n]:.3f}" + ("" if seeds == 1 else f" ± {error[n]:.3f}")
        for kind, n in (("penalty", penalty), ("dropout", dropout))
    )
    if seeds == 1:
        return f"{said}: from one seed nobody can tell."
    if abs(gap) <= 2 * np.hypot(error[penalty], error[dropout]):
        return f"{said}: no clear difference."
    return f"{said}: {'the penalty' if gap > 0 else 'dropout'} is better."
