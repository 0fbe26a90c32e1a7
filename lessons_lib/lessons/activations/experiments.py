"""What the cells of lesson 02 compute with `nn`: lines, pieces, gradients, and how nets begin."""

import itertools
from collections.abc import Callable

import numpy as np

from lessons_lib import nn, optimizers

Initializer = Callable[[int, int, np.random.Generator], np.ndarray]
# The layer that follows each dense one; a linear network has none.
ACTIVATIONS: dict[str, Callable | None] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "linear": None,
}


def best_line(X: np.ndarray, y: np.ndarray, angles: int = 180) -> float:
    """Return the largest fraction of the points that a straight line has on the right side.

    In each direction every place for the line is tried, as a line can only pass a point or not.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 2)
    y : ndarray of shape (n_samples,)
        Classes, 0 or 1. Either of them may be said on either side.
    angles : int
        How many directions are tried.
    """
    best = 0.0
    for angle in np.pi * np.arange(angles) / angles:
        order = np.argsort(X @ [np.cos(angle), np.sin(angle)])
        ones_below = np.cumsum(y[order])  # if the line stands behind 1, 2, 3, … points
        zeros_below = np.arange(1, len(y) + 1) - ones_below
        right = zeros_below + y.sum() - ones_below  # class 0 below the line, class 1 above
        best = max(best, right.max() / len(y), 1 - right.min() / len(y))
    return float(best)


def learn_pieces(
    x: np.ndarray, target: np.ndarray, pieces: int, learning_rate: float = 0.3, steps: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes and intercepts of one Maxout unit after gradient descent.

    The loss is the mean squared error; each piece learns from those points where it is the largest.

    Parameters
    ----------
    x, target : ndarray of shape (n_samples,)
        The curve to be learned.
    pieces : int
        How many lines the unit has; they begin with slopes spread from −1 to 1.

    Returns
    -------
    w, b : ndarray of shape (pieces,)
    """
    w, b = np.linspace(-1, 1, pieces), np.zeros(pieces)
    for _ in range(steps):
        Z = np.outer(x, w) + b  # (n_samples, pieces)
        largest = np.eye(pieces)[Z.argmax(axis=1)]  # 1 where a piece is the largest, else 0
        slope_of_loss = 2 * (Z.max(axis=1) - target) / len(x)
        w -= learning_rate * (slope_of_loss * x) @ largest
        b -= learning_rate * slope_of_loss @ largest
    return w, b


def gradient_norms(
    X: np.ndarray, activation: str, depth: int, gain: float, units: int = 16, seed: int = 0
) -> np.ndarray:
    """Return the norm of the gradient that arrives in each layer, after one backward pass.

    The gradient is that of the mean of all outputs, with respect to the sums Z = X W + b of each
    layer. Weights are normal with standard deviation gain / √n_in, biases 0.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        What goes into the network.
    activation : str
        A key of `ACTIVATIONS`.
    depth, units : int
        Number of layers, and of units in each.

    Returns
    -------
    ndarray of shape (depth,)
        The first layer first.
    """
    A, layers = X, []
    for number in range(depth):
        n_in = A.shape[1]
        spread = nn.normal(gain / np.sqrt(n_in))
        dense = nn.Dense(n_in, units, spread, seed=1000 * seed + number)
        for layer in _with_activation(dense, activation):
            A = layer.forward(A)
            layers.append(layer)
    dZ, norms = np.full_like(A, 1 / A.size), []
    for layer in reversed(layers):
        if isinstance(layer, nn.Dense):
            norms.insert(0, np.linalg.norm(dZ))
        dZ = layer.backward(dZ)
    return np.array(norms)


def deep_network(
    activation: str,
    initializer: str | Initializer,
    hidden_layers: int = 8,
    units: int = 16,
    seed: int = 0,
) -> nn.Sequential:
    """Return a classifier of points before any training, all its weights drawn in one way.

    Parameters
    ----------
    activation : str
        That of the hidden layers, a key of `ACTIVATIONS`. The output is a logistic unit.
    initializer : str or callable
        As `nn.Dense` takes it. Biases are 0.
    """
    sizes = [2, *[units] * hidden_layers]
    layers = []
    for number, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        dense = nn.Dense(n_in, n_out, initializer, seed=1000 * seed + number)
        layers += _with_activation(dense, activation)
    output = nn.Dense(units, 1, initializer, seed=1000 * seed + hidden_layers)
    return nn.Sequential([*layers, output, nn.Sigmoid()])


def losses_while_training(
    model: nn.Sequential, X: np.ndarray, y: np.ndarray, steps: int = 150
) -> np.ndarray:
    """Train on all points at once with Adam at 0.003, and return the loss before each step.

    Returns
    -------
    ndarray of shape (steps,)
    """
    loss, adam = nn.BinaryCrossentropy(), optimizers.Adam(0.003)
    return np.array([model.train_on_batch(X, y, loss, adam) for _ in range(steps)])


def sizes_by_layer(
    model: nn.Sequential, X: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how large the signal is behind each hidden layer, and the gradient that arrives there.

    Parameters
    ----------
    model : Sequential
        Made by `deep_network` with an activation.

    Returns
    -------
    forward, backward : ndarray of shape (hidden_layers,)
        Root mean square of the hidden layers' outputs, and of the loss's gradient with respect to
        them, the first layer first.
    """
    loss, forward, backward, A = nn.BinaryCrossentropy(), [], [], X
    for layer in model.layers:
        A = layer.forward(A)
        forward.append(_root_mean_square(A))
    loss.forward(y, A)
    dA = loss.backward()
    for layer in reversed(model.layers):
        backward.insert(0, _root_mean_square(dA))
        dA = layer.backward(dA)
    # Dense and activation take turns; behind the last activation stands the output unit.
    return np.array(forward[1:-2:2]), np.array(backward[1:-2:2])


def _with_activation(dense: nn.Dense, activation: str) -> list[nn.Layer]:
    """Return a dense layer, followed by its activation where there is one."""
    made = ACTIVATIONS[activation]
    return [dense] if made is None else [dense, made()]


def _root_mean_square(A: np.ndarray) -> float:
    return float(np.sqrt(np.mean(A**2)))
