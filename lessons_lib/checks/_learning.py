"""Whether a Keras model learns what a question asks it to."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib.checks._models import share_right

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
        What must be reached on that data: a loss at most, an accuracy at least.
    loss : str
        A Keras loss.
    accuracy : bool
        Judge by accuracy and not by the loss.
    optimizer : callable, optional
        ``optimizer(keras)`` returns one; by default Adam with a learning rate of 0.01.
        ``"own"`` takes the loss and the optimizer that the learner compiled the model with.
    steps : int
        The most parameter updates.
    batch_size : int
    """

    data: Callable
    target: float
    loss: str = "mse"
    accuracy: bool = False
    optimizer: Callable | str | None = None
    steps: int = 300
    batch_size: int = 32


def has_not_learnt(model: "keras.Model", learns: Learns, keras: ModuleType) -> str:
    """Train a copy and return what it has not reached, or an empty text."""
    rng = np.random.default_rng(0)
    X, y = learns.data(rng)
    copy = keras.models.clone_model(model, clone_function=_clone_layer)
    copy.set_weights(model.get_weights())
    if not _compile_copy(copy, model, learns, keras):
        return "The model is not compiled: call `model.compile(...)` with a loss and an optimizer."
    reached, step = _score(copy, X, y, learns), 0
    while not _is_enough(reached, learns) and step < learns.steps:
        for _ in range(LOOK_EVERY):
            rows = rng.choice(len(X), min(learns.batch_size, len(X)), replace=False)
            copy.train_on_batch(X[rows], y[rows])
        step += LOOK_EVERY
        reached = _score(copy, X, y, learns)
    if _is_enough(reached, learns):
        return ""
    what, bound = ("accuracy", "at least") if learns.accuracy else ("loss", "at most")
    return (
        f"The model does not learn this well enough: after {step} steps its {what} is "
        f"{reached:.3g}, {bound} {learns.target:g} is expected."
    )


def _clone_layer(layer):
    if type(layer).__name__ == "Lambda":  # Keras makes none of a config that holds Python code
        return type(layer)(layer.function, arguments=layer.arguments, name=layer.name)
    return type(layer).from_config(layer.get_config())


def _compile_copy(copy, model, learns, keras):
    if learns.optimizer == "own":
        settings = model.get_compile_config() if model.compiled else None
        if not settings:
            return False
        copy.compile_from_config(settings)
        return True
    optimizer = learns.optimizer(keras) if learns.optimizer else keras.optimizers.Adam(0.01)
    copy.compile(optimizer=optimizer, loss=learns.loss)
    return True


def _score(model, X, y, learns):
    if not learns.accuracy:
        return float(model.test_on_batch(X, y, return_dict=True)["loss"])
    return share_right(model.predict_on_batch(X), y)


def _is_enough(reached, learns):
    return reached >= learns.target if learns.accuracy else reached <= learns.target
