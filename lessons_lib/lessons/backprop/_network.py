"""The network of lesson 03 as plain functions, and a museum of broken backward passes.

The network has tanh in its hidden layers and one sigmoid unit at its end, judged by the binary
cross-entropy. Its parameters are a list of pairs ``(W, b)``, first layer first.
"""

import itertools
from collections.abc import Callable

import numpy as np

from lessons_lib import nn

Parameters = list[tuple[np.ndarray, np.ndarray]]  # (W, b) of each layer
RATE = 0.5  # the learning rate of the exhibit that updates too early


def make_parameters(units: list[int], seed: int = 0) -> Parameters:
    """Draw the first parameters of a dense network (Glorot & Bengio 2010, eq. 12).

    Parameters
    ----------
    units : list of int
        n[0], n[1], …: the number of inputs, then the units of each layer.
    seed : int, default 0

    Returns
    -------
    list of (W, b)
        W of shape (n[l−1], n[l]), b zeros of shape (n[l],), both float64.
    """
    rng = np.random.default_rng(seed)
    parameters = []
    for n_in, n in itertools.pairwise(units):
        W = rng.normal(0.0, np.sqrt(2 / (n_in + n)), (n_in, n))
        parameters.append((W, np.zeros(n)))
    return parameters


def cross_entropy(y: np.ndarray, y_pred: np.ndarray) -> float:
    """Return −mean [y log ŷ + (1 − y) log(1 − ŷ)].

    Parameters
    ----------
    y, y_pred : ndarray of shape (m, 1)
        Targets 0 or 1, and probabilities.
    """
    return nn.BinaryCrossentropy().forward(y, y_pred)


def check_backward(
    forward: Callable,
    backward: Callable,
    X: np.ndarray,
    y: np.ndarray,
    parameters: Parameters,
    epsilon: float = 1e-5,
) -> nn.GradientCheck:
    """Compare a backward pass with measured gradients, array by array.

    Parameters
    ----------
    forward : callable
        ``forward(X, parameters) -> (y_pred, cache)``.
    backward : callable
        ``backward(y_pred, y, cache, parameters) -> list of (dW, db)``, first layer first.
    X : ndarray of shape (m, n[0])
    y : ndarray of shape (m, 1)
    parameters : list of (W, b)
        Nudged one number at a time, and afterwards as before.
    epsilon : float, default 1e-5

    Returns
    -------
    nn.GradientCheck
        Rows ``W[1]``, ``b[1]``, ``W[2]``, …
    """
    y_pred, cache = forward(X, parameters)
    gradients = backward(y_pred, y, cache, parameters)

    def loss(_):
        return cross_entropy(y, forward(X, parameters)[0])

    rows = []
    for layer, pairs in enumerate(zip(parameters, gradients, strict=True), start=1):
        for letter, x, analytic in zip("Wb", *pairs, strict=True):
            numeric = nn.numerical_gradient(loss, x, epsilon)
            error = nn.relative_error(analytic, numeric)
            rows.append(nn.ParameterCheck(f"{letter}[{layer}]", analytic, numeric, error))
    return nn.GradientCheck(tuple(rows))


# The museum. Each exhibit is the backward pass of a network with three layers, written out, with
# one fault. The museum's hidden layers have as many units as inputs: so a missing transpose goes
# unnoticed.


def _forgotten_mean(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = y_pred - y
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
    return _gradients((X, dZ1), (A1, dZ2), (A2, dZ3))


def _missing_transpose(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = (y_pred - y) / len(y)
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    dZ1 = (dZ2 @ W2) * (1 - A1**2)
    return _gradients((X, dZ1), (A1, dZ2), (A2, dZ3))


def _sign_flip(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = (y - y_pred) / len(y)
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
    return _gradients((X, dZ1), (A1, dZ2), (A2, dZ3))


def _averaged_bias(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = (y_pred - y) / len(y)
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
    pairs = [(X, dZ1), (A1, dZ2), (A2, dZ3)]
    return [(A.T @ dZ, dZ.mean(axis=0)) for A, dZ in pairs]


def _forgotten_derivative(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = (y_pred - y) / len(y)
    dZ2 = dZ3 @ W3.T
    dZ1 = dZ2 @ W2.T
    return _gradients((X, dZ1), (A1, dZ2), (A2, dZ3))


def _early_update(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = (y_pred - y) / len(y)
    W3 = W3 - RATE * A2.T @ dZ3
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    W2 = W2 - RATE * A1.T @ dZ2
    dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
    return _gradients((X, dZ1), (A1, dZ2), (A2, dZ3))


def _other_loss(y_pred, y, cache, parameters):
    (X, _), (A1, _), (A2, _) = cache
    (_, _), (W2, _), (W3, _) = parameters
    dZ3 = (y_pred - y) * y_pred * (1 - y_pred) / len(y)
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
    return _gradients((X, dZ1), (A1, dZ2), (A2, dZ3))


def _gradients(*pairs):
    """Return [(dW, db)] of layers whose inputs and dL/dZ are given."""
    return [(A.T @ dZ, dZ.sum(axis=0)) for A, dZ in pairs]


EXHIBITS = {
    "room 1": _forgotten_mean,
    "room 2": _missing_transpose,
    "room 3": _sign_flip,
    "room 4": _averaged_bias,
    "room 5": _forgotten_derivative,
    "room 6": _early_update,
    "room 7": _other_loss,
}


def museum_data() -> tuple[np.ndarray, np.ndarray, Parameters]:
    """Return the museum's X of shape (12, 4), y of shape (12, 1) and parameters 4-4-4-1.

    The weights are larger than first ones, so that ŷ lies far from 0.5 and ŷ(1 − ŷ) differs
    from sample to sample.
    """
    rng = np.random.default_rng(3)
    X = rng.normal(size=(12, 4))
    y = (X[:, :1] + X[:, 1:2] * X[:, 2:3] > 0).astype(float)
    parameters = make_parameters([4, 4, 4, 1], seed=12)
    return X, y, [(2.5 * W, rng.normal(0, 0.3, b.shape)) for W, b in parameters]
