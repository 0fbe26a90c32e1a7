"""The sick networks of lesson 04, as its clinic hands them out: both with the same knobs."""

import numpy as np

from lessons_lib import datasets, panels

BUDGET = 1_000  # updates
_UNITS = 16
_CENTIMETRES = np.array([1, 100], dtype="float32")  # what the second column is multiplied by


def patient_5() -> panels.LivePanel:
    """Return tanh units on the rings, with steps twenty times too long."""
    return _on_the_rings("tanh", 20.0, np.ones(2, dtype="float32"))


def patient_6() -> panels.LivePanel:
    """Return ReLUs on the rings, x₁ in metres and x₂ in centimetres."""
    return _on_the_rings("relu", 0.01, _CENTIMETRES)


def _on_the_rings(activation: str, learning_rate: float, units: np.ndarray) -> panels.LivePanel:
    """Return the panel of a network of 16 hidden units, inputs multiplied by these units."""
    # TensorFlow loads only where it is used.
    import keras

    from lessons_lib.lessons.optimizers._standardise import Standardise

    X, y = datasets.make_circles(200, noise=0.1, seed=3)
    unseen, of_unseen = datasets.make_circles(200, noise=0.1, seed=4)
    X, unseen = X * units, unseen * units
    draw = keras.initializers.GlorotUniform
    model = keras.Sequential(
        [
            keras.Input((2,)),
            Standardise(X.mean(axis=0).tolist(), X.std(axis=0).tolist()),
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
