"""What the pictures of lesson 05 compute: fits, ways down a valley, and where training stops."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

SCALINGS = ("as measured", "min-max", "standardised")
STEPS = 40  # of gradient descent
START = 0.1  # both weights at first, whatever the scaling: small, as those of a fresh network


def polynomial(x: np.ndarray, y: np.ndarray, degree: int) -> np.ndarray:
    """Return the least-squares polynomial in Chebyshev's basis, which stays exact at degree 15."""
    return np.linalg.lstsq(chebyshev.chebvander(x, degree), y, rcond=None)[0]


def rmse(x: np.ndarray, y: np.ndarray, coefficients: np.ndarray) -> float:
    """Return the root mean squared error of a polynomial in Chebyshev's basis."""
    return float(np.sqrt(np.mean((chebyshev.chebval(x, coefficients) - y) ** 2)))


class Descent(NamedTuple):
    """Gradient descent of a linear unit's two weights, its bias always at its best.

    Attributes
    ----------
    hessian : ndarray of shape (2, 2)
        Curvatures of the loss.
    best : ndarray of shape (2,)
        The weights with the lowest loss.
    path : ndarray of shape (STEPS + 1, 2)
        The weights at each step, from 0 on.
    above : ndarray of shape (STEPS + 1,)
        How far the loss of each step is above the lowest.
    """

    hessian: np.ndarray
    best: np.ndarray
    path: np.ndarray
    above: np.ndarray


def descent(X: np.ndarray, y: np.ndarray, inputs: str, step_size: float) -> Descent:
    """Go down the mean squared error over ``X``, shape (n_samples, 2), scaled as ``inputs`` says.

    Both weights begin at `START`. ``step_size`` is the learning rate as a fraction of 2/λ, the
    largest that does not diverge; λ is the largest curvature.
    """
    if inputs not in SCALINGS:
        raise ValueError(f"inputs is one of {', '.join(SCALINGS)}; received {inputs!r}.")
    X, y = np.asarray(X, dtype=float), np.ravel(y).astype(float)
    X = X - X.mean(axis=0)
    if inputs == "min-max":
        X = X / np.ptp(X, axis=0)
    elif inputs == "standardised":
        X = X / X.std(axis=0)
    # The loss is wᵀHw/2 − gᵀw + constant.
    hessian, slope = 2 * X.T @ X / len(X), 2 * X.T @ (y - y.mean()) / len(X)
    best, rate = np.linalg.solve(hessian, slope), step_size * 2 / np.linalg.eigvalsh(hessian)[-1]
    path = [np.full(2, START)]
    for _ in range(STEPS):
        path.append(path[-1] - rate * (hessian @ path[-1] - slope))
    away = np.array(path) - best
    return Descent(hessian, best, np.array(path), np.einsum("si,ij,sj->s", away, hessian, away) / 2)


def penalised(X: np.ndarray, y: np.ndarray, strength: float, penalty: str) -> np.ndarray:
    """Return the weights of a linear unit, shape (n_features,), with the lowest penalised loss.

    The loss is the mean squared error plus ``strength`` times the sum of the weights' absolute
    values (L1; Tibshirani, 1996) or of their squares (L2; Hoerl and Kennard, 1970).
    """
    if penalty not in ("L1", "L2"):
        raise ValueError(f"penalty is 'L1' or 'L2'; received {penalty!r}.")
    X, y = np.asarray(X, dtype=float), np.ravel(y).astype(float)
    gram, moment = X.T @ X / len(X), X.T @ y / len(X)
    if penalty == "L2":
        return np.linalg.solve(gram + strength * np.eye(len(gram)), moment)
    weights = np.zeros(len(gram))
    for _ in range(30):  # coordinate descent: each weight in turn to its own lowest point
        for j in range(len(gram)):
            pull = moment[j] - gram[j] @ weights + gram[j, j] * weights[j]
            weights[j] = np.sign(pull) * max(abs(pull) - strength / 2, 0.0) / gram[j, j]
    return weights


def stopping_epochs(val_loss: Sequence[float], patience: int, min_delta: float) -> tuple[int, int]:
    """Return the last epoch that is trained and the best one, both counted from 1.

    As Keras's ``EarlyStopping``: an epoch counts as better when its validation loss is lower than
    the best so far by more than ``min_delta``; after ``patience`` epochs that are not, the
    training ends and the best epoch's weights come back.
    """
    lowest, best, wait = np.inf, 1, 0
    for epoch, value in enumerate(val_loss, start=1):
        if value + min_delta < lowest:
            lowest, best, wait = value, epoch, 0
        else:
            wait += 1
            if wait >= patience and epoch > 1:
                return epoch, best
    return len(val_loss), best
