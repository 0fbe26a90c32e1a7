"""Trials of lesson 04: what its pictures show and its cells compare, computed anew each time."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib import datasets, nn, optimizers
from lessons_lib.optimizers import Optimizer

if TYPE_CHECKING:
    from lessons_lib.live import LiveTrainer

Rate = float | Callable[[int], float]  # a number, or a schedule: step -> learning rate
# The eight of the lesson, each as a function from a learning rate (or a schedule) to an optimizer.
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "SGD": optimizers.SGD,
    "momentum": functools.partial(optimizers.SGD, momentum=0.9),
    "Nesterov": functools.partial(optimizers.SGD, momentum=0.9, nesterov=True),
    "AdaGrad": optimizers.AdaGrad,
    "RMSprop": optimizers.RMSprop,
    "AdaDelta": optimizers.AdaDelta,
    "Adam": optimizers.Adam,
    "AdamW": optimizers.AdamW,
}
SCHEDULES: dict[str, Callable[[float], Rate]] = {
    "constant": lambda rate: rate,
    "step": lambda rate: optimizers.StepDecay(rate, decay_steps=80),
    "exponential": lambda rate: optimizers.ExponentialDecay(rate, decay_steps=100, decay_rate=0.4),
    "1/t": lambda rate: optimizers.InverseTimeDecay(rate, decay_steps=20, decay_rate=1.0),
    "cosine": lambda rate: optimizers.CosineDecay(rate, decay_steps=400),
}
SETTLING_STEPS = 400
_SAMPLES = 256  # of the line


@functools.cache
def line_samples() -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of 256 noisy points on a line, each of shape (256,)."""
    x, y = datasets.make_line(n_samples=_SAMPLES, noise=0.5, seed=4)
    return x[:, 0].astype(float), y.astype(float)


@functools.cache
def walk(batch_size: int, learning_rate: float, epochs: int = 4) -> np.ndarray:
    """Return (w, b) of a linear unit before and after each update of a training on the line.

    Parameters
    ----------
    batch_size : int
        Samples for each update, shuffled anew for each epoch.
    learning_rate : float
    epochs : int, default 4

    Returns
    -------
    ndarray of shape (updates + 1, 2)
    """
    x, y = line_samples()
    rng, optimizer = np.random.default_rng(0), optimizers.SGD(learning_rate)
    theta = np.array([-2.0, -1.5])
    path = [theta.copy()]
    for _ in range(epochs):
        for rows in np.split(rng.permutation(_SAMPLES), range(batch_size, _SAMPLES, batch_size)):
            error = theta[0] * x[rows] + theta[1] - y[rows]
            gradient = 2 * np.array([np.mean(error * x[rows]), np.mean(error)])
            optimizer.update([theta], [gradient])
            path.append(theta.copy())
    return np.array(path)


@functools.cache
def walking_speed(batch_size: int) -> float:
    """Return how many updates of `walk` can be made in a second: the quickest of three walks."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        path = walk.__wrapped__(batch_size, 0.1)
        times.append(time.perf_counter() - begun)
    return (len(path) - 1) / min(times)


def updates_per_second(batch_size: int, seconds: float = 0.15) -> float:
    """Measure how often a network with 32 hidden units can be updated in a second.

    From the quickest of many updates: what else the computer does makes the others slower.

    Parameters
    ----------
    batch_size : int
        Samples for each update.
    seconds : float, default 0.15
        How long to measure.
    """
    rng = np.random.default_rng(0)
    X, y = (rng.normal(size=(batch_size, width)).astype("float32") for width in (20, 1))
    network = nn.Sequential([nn.Dense(20, 32, seed=0), nn.ReLU(), nn.Dense(32, 1, seed=1)])
    optimizer, loss, times = optimizers.SGD(0.001), nn.MeanSquaredError(), []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        network.train_on_batch(X, y, loss, optimizer)
        times.append(time.perf_counter() - begun)
    return 1 / min(times)


def reach(optimizer: Optimizer, gradients: Iterable[float]) -> np.ndarray:
    """Return how far each step goes for a gradient of 1, shape (n_steps,).

    Parameters
    ----------
    optimizer : Optimizer
        Fresh; it moves one weight.
    gradients : iterable of float
        One for each step, none of them 0.
    """
    w, moves = np.zeros(1), []
    for g in gradients:
        before = w.copy()
        optimizer.update([w], [np.array([g])])
        moves.append((before - w)[0] / g)
    return np.array(moves)


def shrink(optimizer: Optimizer, l2: float = 0.0, steps: int = 600) -> tuple[np.ndarray, ...]:
    """Return how a busy and a quiet weight shrink, each of shape (steps + 1,).

    Both begin at 1, and their gradients are noise: those of the busy one are twenty times as
    large. Shown is the mean of 200 copies of each.

    Parameters
    ----------
    optimizer : Optimizer
    l2 : float, default 0.0
        What the gradient of an L2 penalty adds: this number times the weight.
    steps : int, default 600
    """
    scale = np.array([1.0, 0.05])[:, None]
    bumps = np.random.default_rng(0).normal(size=(steps, 2, 200)) * scale
    w = np.ones((2, 200))
    means = [w.mean(axis=1)]
    for bump in bumps:
        optimizer.update([w], [bump + l2 * w])
        means.append(w.mean(axis=1))
    return tuple(np.array(means).T)


def scheduled(kind: str, learning_rate: float, warmup: int = 0) -> Callable[[int], float]:
    """Return one of `SCHEDULES`, as a function of the step, after a warm-up of so many steps."""
    schedule = SCHEDULES[kind](learning_rate)
    if warmup:
        return optimizers.WarmUp(schedule, warmup)
    return schedule if callable(schedule) else lambda step: schedule


@functools.cache
def settle(kind: str, learning_rate: float, warmup: int = 0) -> np.ndarray:
    """Return the typical distance from the minimum of x²/2 after each of 400 noisy steps.

    300 copies begin at x = 3. The gradient is x, and each step adds a random shake to it, with
    a standard deviation of 1. Typical is the root of the mean square.

    Parameters
    ----------
    kind, learning_rate, warmup
        As for `scheduled`.
    """
    x, distances = np.full(300, 3.0), []
    optimizer = optimizers.SGD(scheduled(kind, learning_rate, warmup))
    for shake in np.random.default_rng(1).normal(size=(SETTLING_STEPS, 300)):
        optimizer.update([x], [x + shake])
        distances.append(np.sqrt(np.mean(x**2)))
    return np.array(distances)


class Trials:
    """Trainings of one network on one set of data, each from the same first weights.

    Parameters
    ----------
    network : callable
        Returns the network before any training.
    X_train, y_train, X_val, y_val : ndarray
        Inputs, of shape (n_samples, n_features), and targets, of shape (n_samples,).
    """

    def __init__(
        self,
        network: Callable[[], nn.Sequential],
        X_train: np.ndarray,
        y_train: np.ndarray,
        X_val: np.ndarray,
        y_val: np.ndarray,
    ):
        self.network, self._mse = network, nn.MeanSquaredError()
        self._train, self._val = (X_train, y_train), (X_val, y_val)
        self._losses: dict[tuple, np.ndarray] = {}

    def learn(
        self, name: str, learning_rate: float, *, epochs: int = 15, batch_size: int = 32
    ) -> float:
        """Return the validation loss after a training; infinite where it diverged.

        Parameters
        ----------
        name : str
            One of `OPTIMIZERS`.
        learning_rate : float
        epochs : int, default 15
        batch_size : int, default 32
        """
        with np.errstate(all="ignore"):
            run = self.network().fit(
                *self._train, self._mse, OPTIMIZERS[name](learning_rate),
                epochs=epochs, batch_size=batch_size, validation_data=self._val,
            )  # fmt: skip
        return float(np.nan_to_num(run["val_loss"][-1], nan=np.inf, posinf=np.inf))

    def batch_losses(
        self, name: str, learning_rate: Rate, *, steps: int = 200, batch_size: int = 128
    ) -> np.ndarray:
        """Return the loss of each batch of a training, shape (steps,); 1e9 where it diverged.

        Parameters
        ----------
        name : str
            One of `OPTIMIZERS`.
        learning_rate : float or callable
            A number or a schedule.
        steps : int, default 200
        batch_size : int, default 128
            Drawn at random from the training set.
        """
        key = (name, learning_rate, steps, batch_size)  # a slider that moves asks again and again
        if key not in self._losses:
            (X, y), rng = self._train, np.random.default_rng(0)
            network, optimizer, losses = self.network(), OPTIMIZERS[name](learning_rate), []
            with np.errstate(all="ignore"):
                for _ in range(steps):
                    rows = rng.integers(0, len(X), batch_size)
                    loss = network.train_on_batch(X[rows], y[rows, None], self._mse, optimizer)
                    losses.append(loss)
            self._losses[key] = np.minimum(np.nan_to_num(losses, nan=1e9, posinf=1e9), 1e9)
        return self._losses[key]

    def beside_keras(
        self, name: str, learning_rate: float, keras_network: Callable, steps: int = 100
    ) -> tuple[float, float]:
        """Train with an optimizer of this course and with Keras's, on the same batches.

        Parameters
        ----------
        name : str
            One of `OPTIMIZERS`.
        learning_rate : float
        keras_network : callable
            From an optimizer of Keras to the same network with the same weights, compiled.
        steps : int, default 100

        Returns
        -------
        moved, apart : float
            The largest change of a weight, and the largest difference between the two at the end.
        """
        (X, y), rng = self._train, np.random.default_rng(0)
        ours, optimizer = self.network(), OPTIMIZERS[name](learning_rate)
        theirs = keras_network(_of_keras(name, learning_rate))
        first = [w.copy() for w in ours.parameters]
        for _ in range(steps):
            rows = rng.integers(0, len(X), 32)
            ours.train_on_batch(X[rows], y[rows, None], self._mse, optimizer)
            theirs.train_on_batch(X[rows], y[rows, None])
        return _largest(ours.parameters, first), _largest(ours.parameters, theirs.get_weights())


def losses_at(trainer: LiveTrainer, places: np.ndarray) -> np.ndarray:
    """Return the loss on all training points as it would be with other weights.

    Parameters
    ----------
    trainer : LiveTrainer
        Whose path is kept. Its weights stay as they are.
    places : ndarray of shape (k, n_weights)
        Weights as `LiveTrainer.path` has them.

    Returns
    -------
    ndarray of shape (k,)
    """
    now = trainer.path[1][-1]
    # The smallest slice with a middle; the other weights lie at its right edge, half way up.
    slices = [trainer.slice([place - now, 0 * now], 1.0, 3) for place in places]
    return np.array([losses[1, 2] for losses in slices])


def _largest(some: list[np.ndarray], others: list[np.ndarray]) -> float:
    """Return the largest difference between the weights of two networks."""
    return max(float(np.abs(a - b).max()) for a, b in zip(some, others, strict=True))


def _of_keras(name, learning_rate):
    """Return Keras's optimizer of that name."""
    import keras

    found = keras.optimizers
    if name in ("SGD", "momentum", "Nesterov"):
        momentum = 0.0 if name == "SGD" else 0.9
        return found.SGD(learning_rate, momentum=momentum, nesterov=name == "Nesterov")
    names = {"AdaGrad": "Adagrad", "AdaDelta": "Adadelta"}
    return getattr(found, names.get(name, name))(learning_rate)
