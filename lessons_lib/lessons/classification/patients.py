"""The sick networks of lesson 06, as its clinic hands them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib import datasets, panels
from lessons_lib.lessons.classification.experiments import rare_points

if TYPE_CHECKING:
    import keras

    from lessons_lib.live import LiveTrainer

BUDGET = 1_500  # updates
FILE = "the file it came from"
_TABLE = "the table at hand"
_OTHER_TABLE = "another such table"
_KNOBS = ("learning_rate", "optimizer", "activation", "width", "dropout", "l2", "batch_size")


def patient_9() -> panels.LivePanel:
    """Return a detector of something rare, whose loss counts all samples alike.

    Its probability is two outputs: the loss of `all` is the mean over all samples, that of `rare`
    the mean over those of the rare class, with the weight 0.
    """
    import keras

    X, y = _in_any_order(*rare_points(seed=1))
    unseen, of_unseen = _in_any_order(*rare_points(seed=2))
    inputs = keras.Input((2,))
    hidden = _hidden(inputs, 8)
    probability = keras.layers.Dense(
        1, "sigmoid", kernel_initializer=keras.initializers.GlorotUniform(2), name="probability"
    )(hidden)
    outputs = {name: keras.layers.Identity(name=name)(probability) for name in ("all", "rare")}
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(0.01),
        {"all": "binary_crossentropy", "rare": _of_the_rare(float(y.mean()))},
        loss_weights={"all": 1.0, "rare": 0.0},
    )
    return panels.live(
        *(model, X, dict.fromkeys(outputs, y)),
        validation_data=(unseen, dict.fromkeys(outputs, of_unseen)),
        views=("curves", "weights", "gradients"),
        knobs=[*_KNOBS, "weight_rare"],
        batch_size=64,
    )


def patient_10() -> panels.LivePanel:
    """Return a classifier of two moons, trained on a table in which one column was sorted alone."""
    import keras

    output = keras.layers.Dense(
        1, "sigmoid", kernel_initializer=keras.initializers.GlorotUniform(2)
    )
    inputs = keras.Input((2,))
    model = keras.Model(inputs, output(_hidden(inputs, 32)))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    return panels.live(
        model,
        data={_TABLE: _mixed(0), _OTHER_TABLE: _mixed(1), FILE: _moons},
        views=("boundary", "curves", "weights"),
        knobs=[*_KNOBS, "data"],
        samples=200,
    )


def called(trainer: LiveTrainer) -> tuple[float, float]:
    """Return what fractions of both classes of new points a detector calls, from one half on.

    Parameters
    ----------
    trainer : LiveTrainer
        Of `patient_9`.

    Returns
    -------
    of_common, of_rare : float
        The false-positive rate and the recall.
    """
    X, y = rare_points(seed=3)
    yes = np.ravel(trainer.predict(X)["all"]) >= 0.5
    return float(yes[y == 0].mean()), float(yes[y == 1].mean())


def _in_any_order(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows mixed, so that the first of them, by which losses are measured, are fair."""
    rows = np.random.default_rng(0).permutation(len(y))
    return X[rows], y[rows]


def _hidden(inputs: keras.KerasTensor, units: int) -> keras.KerasTensor:
    """Return what a hidden layer of ReLUs, always drawn alike, and a Dropout layer make."""
    import keras

    draw = keras.initializers.GlorotUniform(1)
    hidden = keras.layers.Dense(units, "relu", kernel_initializer=draw)(inputs)
    return keras.layers.Dropout(0.0)(hidden)


def _of_the_rare(share: float) -> Callable:
    """Return the cross-entropy of the samples of class 1 alone, which are a `share` of all."""
    import keras

    def rare(y_true: ArrayLike, y_pred: ArrayLike) -> ArrayLike:
        of_each = -keras.ops.log(keras.ops.clip(y_pred, 1e-7, 1.0)) / share
        return keras.ops.mean(y_true * of_each, axis=-1)

    return rare


def _moons(n_samples: int, noise: float = 0.15, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return datasets.make_moons(n_samples, noise=noise, seed=seed)


def _mixed(draw: int) -> Callable:
    """Return what makes the same moons, with the labels in an order of their own."""

    def moons(n_samples: int, noise: float = 0.15, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        X, y = _moons(n_samples, noise, seed + 100 * draw)
        return X, np.random.default_rng(seed + draw).permutation(y)

    return moons
