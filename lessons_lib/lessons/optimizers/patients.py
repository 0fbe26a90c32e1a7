"""The sick networks of lesson 04, as its clinic hands them out: both with the same knobs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib import datasets, panels

if TYPE_CHECKING:
    import keras

BUDGET = 1_000  # updates
_UNITS = 16
_CENTIMETRES = np.array([1, 100], dtype="float32")  # what the second column is multiplied by


def patient_5() -> panels.LivePanel:
    """Return tanh units on the rings, with steps twenty times too long."""
    return _waiting("tanh", 20.0, np.ones(2, dtype="float32"))


def patient_6() -> panels.LivePanel:
    """Return ReLUs on the rings, x₁ in metres and x₂ in centimetres."""
    return _waiting("relu", 0.01, _CENTIMETRES)


def _waiting(activation: str, learning_rate: float, units: np.ndarray) -> panels.LivePanel:
    """Return a panel at its start."""
    import keras

    X, y = datasets.make_circles(200, noise=0.1, seed=3)
    unseen, of_unseen = datasets.make_circles(200, noise=0.1, seed=4)
    X, unseen = X * units, unseen * units
    draw = keras.initializers.GlorotUniform
    model = keras.Sequential(
        [
            keras.Input((2,)),
            standardise_layer()(X.mean(axis=0).tolist(), X.std(axis=0).tolist()),
            keras.layers.Dense(_UNITS, activation, kernel_initializer=draw(1)),
            keras.layers.Dropout(0.0),
            keras.layers.Dense(1, "sigmoid", kernel_initializer=draw(2)),
        ]
    )
    model.compile(keras.optimizers.SGD(learning_rate), "binary_crossentropy")
    return panels.live(
        *(model, X, y),
        validation_data=(unseen, of_unseen),
        views=("boundary", "curves", "landscape"),
        batch_size=25,
        updates_per_frame=5,
    )


@functools.cache
def standardise_layer() -> type[keras.layers.Layer]:
    """Return a layer that standardises its inputs while its switch `standardise` is on."""
    # TensorFlow loads only where it is used.
    import keras

    from lessons_lib import live

    class Standardise(keras.layers.Layer):
        """Subtract the training set's mean and divide by its standard deviation, or pass on.

        Parameters
        ----------
        mean, deviation : sequence of float of length n_features
        standardise : bool, default False
        """

        def __init__(
            self, mean: ArrayLike, deviation: ArrayLike, standardise: bool = False, **others: object
        ):
            super().__init__(**others)
            self.mean, self.deviation = mean, deviation
            self.standardise = live.Dial(
                standardise,
                words="standardise inputs",
                tooltip="subtract each column's mean and divide by its standard deviation",
            )

        def call(self, X: ArrayLike) -> ArrayLike:
            """Return X of shape (n_samples, n_features), standardised while the switch is on."""
            mean, deviation = map(keras.ops.convert_to_tensor, (self.mean, self.deviation))
            return keras.ops.where(self.standardise.value, (X - mean) / deviation, X)

        def compute_output_shape(self, input_shape: tuple) -> tuple:
            """Return `input_shape`."""
            return input_shape

    return Standardise
