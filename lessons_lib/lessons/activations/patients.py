"""The sick networks of lesson 02, as its clinic hands them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib import datasets, panels

if TYPE_CHECKING:
    import keras


def patient_1() -> panels.LivePanel:
    """Return eight ReLU units, six of them dead from the start.

    Their biases begin at −4, and no point of the circles brings a sum of theirs above 0. Units
    that join begin in the same way, and so do all after a new start.
    """
    return _panel(_network(_dead, seed=7), width=8)


def patient_2() -> panels.LivePanel:
    """Return two ReLU units, which are too few to close a curve round the middle."""
    return _panel(_network("zeros", seed=5), width=2)


def _dead(shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
    """Return biases with which only the second and the fifth unit are on for any sample."""
    biases = np.full(shape, -4.0, dtype or "float32")
    biases[1:5:3] = 0.0
    return biases


def _network(biases: str | Callable, seed: int) -> keras.Model:
    """Return a classifier of points with a hidden layer of up to 16 ReLU units."""
    import keras

    draw = keras.initializers.GlorotUniform
    hidden = keras.layers.Dense(16, "relu", kernel_initializer=draw(seed), bias_initializer=biases)
    output = keras.layers.Dense(1, "sigmoid", kernel_initializer=draw(seed + 1))
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dropout(0.0), output])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return model


def _panel(model: keras.Model, width: int) -> panels.LivePanel:
    """Return a panel on the circles at its start, which measures on points not trained on."""
    X, y = datasets.make_circles(250, seed=0)
    unseen = datasets.make_circles(250, seed=1)
    views = ("curves", "network")  # two, so that the units are large
    return panels.live(model, X, y, validation_data=unseen, views=views, width=width)
