"""Whether a Keras model learns what a question asks it to."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

LOOK_EVERY = 25  # steps between two looks at how far a model has learnt


@dataclass(frozen=True)
class Learns:
    """What a model must be able to learn, starting from the weights it has.

    Parameters
    ----------
    data : callable
        ``data(rng)`` returns X and y.
    target : float
        The mean squared error that must be reached on that data.
    optimizer : callable
        ``optimizer(keras)`` returns one.
    steps : int
        The most parameter updates.
    batch_size : int
    """

    data: Callable
    target: float
    optimizer: Callable
    steps: int = 300
    batch_size: int = 32


def has_not_learnt(model: "keras.Model", learns: Learns, keras: ModuleType) -> str:
    """Train a copy and return what it has not reached, or an empty text."""
    rng = np.random.default_rng(0)
    X, y = learns.data(rng)
    copy = keras.models.clone_model(model, clone_function=_clone_layer)
    copy.set_weights(model.get_weights())
    copy.compile(optimizer=learns.optimizer(keras), loss="mse")

    def loss():
        return float(copy.test_on_batch(X, y, return_dict=True)["loss"])

    reached, step = loss(), 0
    while not reached <= learns.target and step < learns.steps:
        for _ in range(LOOK_EVERY):
            rows = rng.choice(len(X), min(learns.batch_size, len(X)), replace=False)
            copy.train_on_batch(X[rows], y[rows])
        step += LOOK_EVERY
        reached = loss()
    if reached <= learns.target:
        return ""
    return (
        f"The model does not learn this well enough: after {step} steps its loss is "
        f"{reached:.3g}, at most {learns.target:g} is expected."
    )


def _clone_layer(layer):
    if type(layer).__name__ == "Lambda":  # Keras makes none of a config that holds Python code
        return type(layer)(layer.function, arguments=layer.arguments, name=layer.name)
    return type(layer).from_config(layer.get_config())
