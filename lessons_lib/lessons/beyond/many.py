"""Many small networks of one shape, trained side by side, each on samples of its own.

`live.Population` gives every network the same table. To say how an accuracy depends on *which*
few images there are, each network needs its own.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from lessons_lib import nn, optimizers

Slope = Callable[[np.ndarray, np.ndarray], np.ndarray]
_PIECE = 32  # rows: products so small are not shared among threads, which would cost more


def cross_entropy_slope(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the derivative of the mean cross-entropy by the logits: softmax minus one-hot.

    Parameters
    ----------
    logits : ndarray of shape (n_networks, n_rows, n_classes)
    y : ndarray of shape (n_networks, ...)
        Class numbers, one for each row.
    """
    slope = nn.softmax(logits)
    slope -= y.reshape(len(y), -1, 1) == np.arange(logits.shape[-1])
    return slope / logits.shape[1]


class ManyNets:
    """Dense networks with ReLU units between their layers and logits at the end.

    Parameters
    ----------
    n_networks : int
    sizes : sequence of int
        Inputs, units of each hidden layer, classes.
    seed : int
        Of the first weights (Glorot and Bengio, 2010).

    Attributes
    ----------
    layers : list of pairs
        For each layer W (n_networks, n_in, units) and b (n_networks, 1, units).
    """

    def __init__(self, n_networks: int, sizes: Sequence[int], seed: int):
        rng = np.random.default_rng(seed)
        pairs = list(itertools.pairwise(sizes))
        self._starts = np.cumsum([0] + [(inputs + 1) * units for inputs, units in pairs])
        # All weights lie in one array: one call of Adam's rule costs less than one for each part.
        self._weights = np.zeros((n_networks, self._starts[-1]), dtype=np.float32)
        self._shapes = pairs
        self.layers = self._unpack(self._weights)
        for W, _ in self.layers:
            limit = np.sqrt(6 / sum(W.shape[1:]))
            W[:] = rng.uniform(-limit, limit, W.shape)

    def _unpack(self, flat: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return each layer's part of an array as W and b, without a copy."""
        layers = []
        for start, (inputs, units) in zip(self._starts, self._shapes, strict=False):
            middle, end = start + inputs * units, start + (inputs + 1) * units
            W = flat[:, start:middle].reshape(len(flat), inputs, units)
            layers.append((W, flat[:, middle:end].reshape(len(flat), 1, units)))
        return layers

    def borrow(self, others: "ManyNets", first: int = 0) -> None:
        """Take over all layers but the last from other networks, each in turn from the first."""
        turn = (first + np.arange(len(self._weights))) % len(others._weights)
        for mine, theirs in zip(self.layers[:-1], others.layers[:-1], strict=True):
            for part, borrowed in zip(mine, theirs, strict=True):
                part[:] = borrowed[turn]

    def weights_of(self, number: int) -> list[np.ndarray]:
        """Return one network's weights as Keras lists them; beyond the last it begins again."""
        of_one = number % len(self._weights)
        return [part[of_one].copy() for W, b in self.layers for part in (W, b[:, 0])]

    def accuracy(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the fraction of the rows that each network gets right, (n_networks,)."""
        return np.mean(self.classes(X) == y, axis=-1)

    def classes(self, X: np.ndarray) -> np.ndarray:
        """Return what each network says to the same rows, (n_networks, n_rows).

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_inputs)
        """
        pieces = [X[start : start + _PIECE] for start in range(0, len(X), _PIECE)]
        said = [self._forward(piece)[-1].argmax(axis=-1) for piece in pieces]
        return np.concatenate(said, axis=1)

    def _forward(self, A: np.ndarray) -> list[np.ndarray]:
        """Return what goes into each layer, and the logits, (n_networks, n_rows, n_classes)."""
        through = [A]
        for W, b in self.layers:
            Z = through[-1] @ W + b
            through.append(np.maximum(Z, 0))
        through[-1] = Z
        return through

    def train(
        self,
        X: np.ndarray,
        y: np.ndarray,
        updates: int,
        learning_rate: float,
        *,
        frozen: int = 0,
        batch_size: int = 20,
        seed: int = 0,
        slope: Slope = cross_entropy_slope,
    ) -> None:
        """Train all networks with Adam (Kingma and Ba, 2015).

        Parameters
        ----------
        X : ndarray of shape (n_networks, n_samples, ..., n_inputs)
            Each network's own samples. A sample may hold several rows, which the axes in between
            count.
        y : ndarray of shape (n_networks, n_samples, ...)
        updates : int
        learning_rate : float
            At first; it falls evenly, to zero at the end.
        frozen : int
            How many layers, from the first one on, keep their weights.
        batch_size : int
            Samples an update, drawn with replacement.
        seed : int
            Of the batches.
        slope : callable
            Takes logits and y of a batch, returns the derivative of its loss by the logits.
        """
        rng = np.random.default_rng(seed)
        slopes = np.zeros_like(self._weights)
        gradients = self._unpack(slopes)
        own = np.s_[:, self._starts[frozen] :]  # what is not frozen
        adam = optimizers.Adam(lambda step: learning_rate * (1 - step / updates))
        for _ in range(updates):
            rows = rng.integers(X.shape[1], size=batch_size)
            through = self._forward(X[:, rows].reshape(len(X), -1, X.shape[-1]))
            dZ = slope(through[-1], y[:, rows])
            for layer in reversed(range(frozen, len(self.layers))):
                A, (W, _), (dW, db) = through[layer], self.layers[layer], gradients[layer]
                np.matmul(A.transpose(0, 2, 1), dZ, out=dW)
                dZ.sum(axis=1, keepdims=True, out=db)
                if layer > frozen:
                    dZ = (dZ @ W.transpose(0, 2, 1)) * (A > 0)
            adam.update([self._weights[own]], [slopes[own]])
