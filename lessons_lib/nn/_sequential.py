"""A network: layers one after another, and the loop that teaches them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.values import whole_number
from lessons_lib.nn._layers import Dense, Dropout, Layer
from lessons_lib.nn._losses import Loss


class Optimizer(Protocol):
    """What a network asks of an optimizer, whoever wrote it."""

    def update(self, parameters: list[np.ndarray], gradients: list[np.ndarray]) -> None:
        """Change the parameters in place."""


class Sequential:
    """Layers one after another: the output of each is the input of the next.

    Parameters
    ----------
    layers : list of Layer
        From input to output; your own are subclasses of `Layer`.

    Raises
    ------
    ValueError, TypeError
        If sizes do not fit together, if a layer is none or is there twice, or if two layers
        were given the same random numbers.
    """

    def __init__(self, layers: Iterable[Layer]):
        if isinstance(layers, Layer) or not isinstance(layers, Iterable):
            raise TypeError(
                "A network is made of a list of layers. Expected for example [Dense(2, 1)]; "
                f"received {layers!r}."
            )
        self.layers = list(layers)
        _check_layers(self.layers)

    def forward(self, X: ArrayLike, training: bool = False) -> np.ndarray:
        """Pass X through all layers, first to last.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_in)
        training : bool, default False
            Switches Dropout on, and BatchNormalization to the statistics of the batch.

        Returns
        -------
        ndarray of shape (n_samples, units of the last layer)
        """
        A = X  # a[0] = X
        for layer in self.layers:
            A = layer.forward(A, training)  # a[l] from a[l−1]
        return A  # a[L] = ŷ

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Pass dL/dŷ back through all layers, last to first, and return dL/dX."""
        for layer in reversed(self.layers):
            dA = layer.backward(dA)  # dL/da[l] → dL/da[l−1]
        return dA

    @property
    def parameters(self) -> list[np.ndarray]:
        """All parameters θ, layer by layer: the arrays themselves, to be changed in place."""
        return [parameter for layer in self.layers for parameter in layer.parameters]

    @property
    def gradients(self) -> list[np.ndarray]:
        """dL/dθ of the last backward, in the order of `parameters`."""
        return [gradient for layer in self.layers for gradient in layer.gradients]

    @property
    def parameter_count(self) -> int:
        """How many numbers are learned."""
        return sum(parameter.size for parameter in self.parameters)

    def penalty(self) -> float:
        """Sum of the layers' L1 and L2 penalties, which is added to the loss."""
        return sum(layer.penalty() for layer in self.layers)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the outputs for X outside training, shape (n_samples, n_out)."""
        return self.forward(X, training=False)

    def evaluate(self, X: ArrayLike, y: ArrayLike, loss: Loss) -> float:
        """Return the loss and penalty of the model on (X, y), outside training."""
        _check_has("forward", loss, "loss", "nn.MeanSquaredError()")
        return loss.forward(y, self.predict(X)) + self.penalty()

    def train_on_batch(self, X: ArrayLike, y: ArrayLike, loss: Loss, optimizer: Optimizer) -> float:
        """Make one step: one update of all parameters from one batch.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_in)
        y : array_like of shape (n_samples, n_out) or (n_samples,)
        loss : Loss
        optimizer : object with ``update(parameters, gradients)``

        Returns
        -------
        float
            Loss and penalty of this batch before the update.
        """
        _check_has("forward", loss, "loss", "nn.MeanSquaredError()")
        _check_has("update", optimizer, "optimizer", "optimizers.SGD(0.1)")
        y_pred = self.forward(X, training=True)
        value = loss.forward(y, y_pred) + self.penalty()
        self.backward(loss.backward())
        optimizer.update(self.parameters, self.gradients)
        return value

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        loss: Loss,
        optimizer: Optimizer,
        batch_size: int = 32,
        epochs: int = 1,
        seed: int = 0,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> dict[str, list[float]]:
        """Train: in every epoch, pass once over all samples in a new order, batch by batch.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_in)
        y : array_like of shape (n_samples, n_out) or (n_samples,)
        loss : Loss
        optimizer : object with ``update(parameters, gradients)``
        batch_size : int, default 32
            Samples in a step; the last batch of an epoch may be smaller.
        epochs : int, default 1
        seed : int, default 0
            Draws the order of the samples.
        validation_data : tuple (X_val, y_val), optional
            Measured after every epoch, never learned from.

        Returns
        -------
        dict of list of float
            ``"loss"``: for each epoch the mean over its samples, measured while the weights
            were changing, as in Keras. ``"val_loss"``: after it, if there is validation data.

        Raises
        ------
        ValueError, TypeError
            If X and y differ in length or hold missing values, a number is out of range, or
            `loss`, `optimizer` or `validation_data` is something else.
        """
        X, y = _paired(X, y, "X", "y")
        batch_size = whole_number("batch_size", batch_size, 1)
        rng = np.random.default_rng(whole_number("seed", seed))
        history = {"loss": []}
        if validation_data is not None:
            X_val, y_val = _validation_pair(validation_data)
            history["val_loss"] = []

        for _ in range(whole_number("epochs", epochs, 1)):
            order = rng.permutation(len(X))
            total = 0.0
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                value = self.train_on_batch(X[batch], y[batch], loss, optimizer)
                total += value * len(batch)
            history["loss"].append(total / len(X))
            if validation_data is not None:
                history["val_loss"].append(self.evaluate(X_val, y_val, loss))
        return history

    def summary(self) -> str:
        """Return a table: each layer, the shape of its output, and how many numbers it learns."""
        rows, units = [("layer", "output shape", "parameters")], "?"
        for layer in self.layers:
            units = getattr(layer, "units", units)
            count = sum(parameter.size for parameter in layer.parameters)
            rows.append((repr(layer), f"(n, {units})", f"{count:,}"))
        rows.append(("total", "", f"{self.parameter_count:,}"))
        width = max(len(row[0]) for row in rows)
        return "\n".join(f"{name:<{width}}  {shape:<12}  {n:>10}" for name, shape, n in rows)

    def __repr__(self) -> str:
        return f"Sequential([{', '.join(repr(layer) for layer in self.layers)}])"


def _paired(X: ArrayLike, y: ArrayLike, X_name: str, y_name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y as arrays of the same, positive, length."""
    X, y = _complete(X, X_name), _complete(y, y_name)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y) or len(X) == 0:
        raise ValueError(
            f"{X_name} and {y_name} do not belong together. Expected one row of {X_name} and one "
            f"target in {y_name} for each sample; received shapes {X.shape} and {y.shape}."
        )
    return X, y


def _validation_pair(validation_data: object) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(validation_data, list | tuple) or len(validation_data) != 2:
        raise TypeError(
            "validation_data must be a pair. Expected (X_val, y_val); received a "
            f"{type(validation_data).__name__}."
        )
    return _paired(*validation_data, "X_val", "y_val")


def _complete(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as an array, if its rows have one length and no number is missing."""
    if np.ma.is_masked(values):  # missing too, but NumPy would show what the mask hides
        values = values.astype(float).filled(np.nan)
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} is no table. Expected rows of the same length; received rows of different "
            "lengths."
        ) from None
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(
            f"{name} holds missing or infinite values, from which every weight would become nan. "
            f"Expected finite numbers; received {np.count_nonzero(~np.isfinite(array))} others, "
            f"the first in row {np.argwhere(~np.isfinite(array))[0][0]}. Drop or fill them."
        )
    return array


def _check_has(method: str, thing: object, name: str, example: str) -> None:
    """Refuse what cannot serve as a loss or optimizer, such as a name or a class."""
    if isinstance(thing, type) or not hasattr(thing, method):
        raise TypeError(
            f"This is no {name}. Expected an object such as {example}; received {thing!r}."
        )


def _check_layers(layers: list) -> None:
    """Refuse what would fail later, or train badly without failing."""
    if not layers:
        raise ValueError(
            "A network needs a layer. Expected a list such as [Dense(2, 1)]; received an empty one."
        )
    width = None
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            fix = "Derive a class of your own from nn.Layer."
            if isinstance(layer, type):
                fix = f"Call the class: {layer.__name__}(…)."
            raise TypeError(
                f"layers[{i}] is no layer. Expected an object such as Dense(2, 1); "
                f"received {layer!r}. {fix}"
            )
        n_in = getattr(layer, "n_in", width)
        if width is not None and n_in != width:
            raise ValueError(
                f"layers[{i}] does not fit what comes before it. Expected a layer with {width} "
                f"inputs, as many as the layer before has outputs; received {layer!r}."
            )
        width = getattr(layer, "units", width)
        for j, earlier in enumerate(layers[:i]):
            _check_independent(earlier, layer, j, i)


def _check_independent(earlier: Layer, layer: Layer, j: int, i: int) -> None:
    """Refuse two layers that share memory or random numbers, which nothing later would reveal."""
    if earlier is layer:
        raise ValueError(
            f"layers[{j}] and layers[{i}] are one and the same object. Expected a layer of its own "
            f"for each place, since it remembers its input; received {layer!r} twice."
        )
    same = ""
    if isinstance(layer, Dense) and isinstance(earlier, Dense):
        # Constant weights, such as zeros, are alike by intention.
        if np.ptp(layer.W) > 0 and np.array_equal(earlier.W, layer.W):
            same = "begin with the same random weights"
    elif isinstance(layer, Dropout) and isinstance(earlier, Dropout) and earlier.seed == layer.seed:
        same = "would switch off the same units"
    if same:
        raise ValueError(
            f"layers[{j}] and layers[{i}] {same}. Expected independent ones; received the same "
            f"seed twice. Give each a seed of its own: {type(layer).__name__}(…, seed={i})."
        )
