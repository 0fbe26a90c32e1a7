"""Trainings that lesson 05 looks at and does not write out."""

import numpy as np

from lessons_lib import nn, optimizers


def train_network(
    width: int,
    depth: int,
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    grid: np.ndarray,
    *,
    steps: int = 1500,
    every: int = 25,
) -> dict:
    """Train a tanh network on all points at once; keep its losses and its curve on the way.

    Parameters
    ----------
    width, depth : int
        Units of each hidden layer, and how many hidden layers.
    training, validation : tuple (X, y)
        Inputs and targets, each of shape (n_samples, 1).
    grid : ndarray of shape (n,)
        Inputs at which the network's curve is kept.
    steps, every : int
        Updates in all, and between two entries.

    Returns
    -------
    dict
        ``"step"``, ``"loss"``, ``"val_loss"``: lists of n_rows mean squared errors and where
        they were measured; ``"curve"``: ndarray of shape (n_rows, n).
    """
    hidden = []
    for k in range(depth):
        hidden += [nn.Dense(width if k else 1, width, seed=k), nn.Tanh()]
    network = nn.Sequential([*hidden, nn.Dense(width, 1, seed=9)])
    loss, adam = nn.MeanSquaredError(), optimizers.Adam(0.02)
    run = {"step": [], "loss": [], "val_loss": [], "curve": []}
    for step in range(steps + 1):
        if step % every == 0:
            run["step"].append(step)
            run["loss"].append(network.evaluate(*training, loss))
            run["val_loss"].append(network.evaluate(*validation, loss))
            run["curve"].append(network.predict(grid[:, None])[:, 0])
        network.train_on_batch(*training, loss, adam)
    return run | {"curve": np.array(run["curve"])}


def smoothed(values: np.ndarray, window: int = 20) -> np.ndarray:
    """Return the mean of each ``window`` values in a row, shape (n - window + 1,)."""
    return np.convolve(values, np.full(window, 1 / window), mode="valid")
