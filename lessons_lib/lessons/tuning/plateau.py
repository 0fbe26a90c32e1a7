"""A learning rate that falls by itself when the validation loss stalls."""

from collections.abc import Sequence

import numpy as np


def falling_rates(
    losses: Sequence[float],
    learning_rate: float,
    patience: int,
    factor: float = 0.3,
    min_delta: float = 1e-4,
) -> list[float]:
    """Return the learning rate of each epoch under the rule of Keras's `ReduceLROnPlateau`.

    The rule: an epoch is better if its loss is below the best one by more than ``min_delta``.
    After ``patience`` epochs in a row that were not, the learning rate is multiplied by
    ``factor``, and the count begins again.

    Parameters
    ----------
    losses : sequence of float
        Validation loss after each epoch.
    learning_rate : float
        In the first epoch.
    patience : int
        At least 1.
    factor : float
        Below 1.
    min_delta : float

    Returns
    -------
    list of float
        One more than there are losses: what each epoch is trained with, and what the next would
        be.
    """
    rates, best, waited = [learning_rate], np.inf, 0
    for loss in losses:
        if loss < best - min_delta:
            best, waited = loss, 0
        else:
            waited += 1
        stalls = waited >= patience
        rates.append(rates[-1] * factor if stalls else rates[-1])
        waited = 0 if stalls else waited
    return rates


def long_valley(n: int, seed: int, noise: float = 0.5) -> tuple[np.ndarray, np.ndarray, float]:
    """Return rows with 20 inputs of unequal size, so that some weights are learnt slowly.

    Parameters
    ----------
    n, seed : int
    noise : float
        Standard deviation of what no model can know of the target.

    Returns
    -------
    X : ndarray of shape (n, 20)
        The last input is 20 times smaller than the first.
    y : ndarray of shape (n,)
    floor : float
        Mean squared error of the weights that made these rows.
    """
    rng = np.random.default_rng(seed)
    sizes = np.geomspace(1, 0.05, 20)
    unknown = noise * rng.normal(size=n)
    X = sizes * rng.normal(size=(n, 20))
    weights = np.where(np.arange(20) < 10, -1, 1) / np.sqrt(sizes)
    return X, X @ weights + unknown, float(np.mean(unknown**2))


def train_neuron(
    patience: int, factor: float = 0.3, learning_rate: float = 0.1, epochs: int = 60
) -> dict[str, list[float]]:
    """Train one linear neuron by small batches; the learning rate falls when validation stalls.

    Batches of 4 of 400 rows of `long_valley`, in the same order whatever the patience is.

    Parameters
    ----------
    patience : int
        More than ``epochs`` keeps the learning rate as it is.
    factor, learning_rate : float
    epochs : int

    Returns
    -------
    dict
        ``"val_loss"``, ``"learning_rate"``, and ``"above_floor"``, the validation loss without
        what no model can know: one number for each epoch.
    """
    X, y, _ = long_valley(400, seed=0)
    X_val, y_val, floor = long_valley(2000, seed=1)
    rng = np.random.default_rng(2)
    weights, losses, rates = np.zeros(20), [], [learning_rate]
    for _ in range(epochs):
        for batch in rng.permutation(400).reshape(-1, 4):
            errors = X[batch] @ weights - y[batch]
            weights = weights - rates[-1] * 2 * X[batch].T @ errors / 4
        losses.append(float(np.mean((X_val @ weights - y_val) ** 2)))
        rates = falling_rates(losses, learning_rate, patience, factor)
    above = [loss - floor for loss in losses]
    return {"val_loss": losses, "learning_rate": rates[:-1], "above_floor": above}
