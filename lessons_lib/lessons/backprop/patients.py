"""Two sick networks of the clinic: panels in which they can be looked at, and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessons_lib import datasets, panels

if TYPE_CHECKING:
    import keras

BUDGET = 1500  # updates
UNITS = 6
_VIEWS = ("network", "gradients", "curves")


def patient_3() -> panels.LivePanel:
    """Return a network of tanh units whose weights are all 0; more of them are drawn as zeros."""
    return _panel("tanh", "zeros", "zeros")


def patient_4() -> panels.LivePanel:
    """Return a network of sigmoids whose first weights are about sixty times too large."""
    import keras

    draw = keras.initializers
    return _panel("sigmoid", draw.RandomNormal(stddev=60, seed=1), draw.GlorotUniform(seed=1))


def _panel(
    activation: str,
    first: str | keras.initializers.Initializer,
    last: str | keras.initializers.Initializer,
) -> panels.LivePanel:
    """Return a network 2-6-1 in training on the two rings, with the knobs that all patients have.

    On rings around 0 a unit whose edge goes through the middle is worth nothing by itself.
    """
    import lessons_lib.live  # noqa: F401, I001 - TensorFlow is to be imported quietly
    import keras

    dense = keras.layers.Dense
    model = keras.Sequential(
        [
            keras.Input((2,)),
            dense(UNITS, activation, kernel_initializer=first),
            keras.layers.Dropout(0.0),
            dense(1, "sigmoid", kernel_initializer=last),
        ]
    )
    model.compile(keras.optimizers.SGD(1.0), "binary_crossentropy")
    return panels.live(
        model,
        *datasets.make_circles(200, noise=0.1, seed=3),
        validation_data=datasets.make_circles(200, noise=0.1, seed=4),
        batch_size=20,
        views=_VIEWS,
        updates_per_frame=2,
    )
