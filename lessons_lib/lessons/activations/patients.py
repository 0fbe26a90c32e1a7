"""The sick networks of lesson 02, as its clinic hands them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib import datasets, panels

if TYPE_CHECKING:
    import keras


def patient_1() -> panels.LivePanel:
    """Return eight ReLU units on the circles, six of them dead from the start.

    Their biases begin at −4, and no point of the circles brings a sum of theirs above 0. Units
    that join begin in the same way, and so do all after a new start.
    """
    return _panel(_network([16], _dead, 0.02, seed=7), datasets.make_circles, width=8)


def patient_2() -> panels.LivePanel:
    """Return two layers of three ReLU units on the spirals, which are too few for them."""
    return _panel(_network([32, 32], "zeros", 0.01, seed=3), datasets.make_spirals, width=3)


def _dead(shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
    """Return biases with which only the second and the fifth unit are on for any sample."""
    biases = np.full(shape, -4.0, dtype or "float32")
    biases[1:5:3] = 0.0
    return biases


def _network(
    units: Sequence[int], biases: str | Callable, learning_rate: float, seed: int
) -> keras.Model:
    """Return a classifier of points with hidden layers of ReLU units, `units` at most."""
    import keras

    draw = keras.initializers.GlorotUniform
    model = keras.Sequential([keras.Input((2,))])
    for number, most in enumerate(units):
        begin = {"kernel_initializer": draw(seed + number), "bias_initializer": biases}
        model.add(keras.layers.Dense(most, "relu", **begin))
        model.add(keras.layers.Dropout(0.0))
    model.add(keras.layers.Dense(1, "sigmoid", kernel_initializer=draw(seed + len(units))))
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy")
    return model


def _panel(model: keras.Model, make: Callable, **settings: Any) -> panels.LivePanel:
    """Return a panel at its start, which measures on points that are not trained on."""
    X, y = make(250, seed=0)
    unseen = make(250, seed=1)
    views = ("boundary", "curves", "network")
    return panels.live(model, X, y, validation_data=unseen, views=views, **settings)
