"""What the exercises on borrowing work with: a body to borrow, and a small transfer experiment."""

import functools
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib import datasets
from lessons_lib.checks import leaves
from lessons_lib.lessons.beyond import borrow

if TYPE_CHECKING:
    import keras

_UPDATES = 5  # in `fit_few`: enough to see who moves


@dataclass(frozen=True)
class Phase:
    """What happened in one call of `fit_few`.

    Parameters
    ----------
    learning_rate : float
    knew : bool
        Whether the body had the source's weights when it began.
    body_moved, body_arrays : int
        How many of the body's kernels and biases have moved, and how many it has.
    head_moved : bool
        Whether any weight of the last layer has moved.
    shared : bool
        Whether the network's weights are those of a `source_body` itself, and no copies.
    """

    learning_rate: float
    knew: bool
    body_moved: int
    body_arrays: int
    head_moved: bool
    shared: bool


# Kept as long as the models themselves, which cannot hold what Keras does not know.
_phases: "weakref.WeakKeyDictionary[keras.Model, list[Phase]]" = weakref.WeakKeyDictionary()
_trains: "weakref.WeakKeyDictionary[object, list]" = weakref.WeakKeyDictionary()
_sources: "weakref.WeakSet[keras.Model]" = weakref.WeakSet()


@functools.cache
def _shipped() -> tuple[np.ndarray, np.ndarray]:
    digits = datasets.load_digits()
    return digits.X_train.reshape(-1, borrow.DIGIT, borrow.DIGIT), digits.y_train


@functools.cache
def _source_weights() -> tuple[np.ndarray, ...]:
    """Return the weights of a body that has learnt the digits 0 to 4."""
    return tuple(borrow.train_sources("digits 0–4", *_shipped()).weights_of(0)[:-2])


def source_body() -> "keras.Model":
    """Return a network trained on the digits 0 to 4, without its last layer.

    It takes sheets of 10×10 pixels, 100 numbers, and returns the outputs of 64 units.
    """
    import keras

    layers = [keras.layers.Dense(units, activation="relu") for units in borrow.UNITS]
    body = keras.Sequential([keras.Input((borrow.SHEET**2,)), *layers])
    body.set_weights([*_source_weights()])
    _sources.add(body)
    return body


def fit_few(model: "keras.Model") -> None:
    """Make a few updates on 20 images of the digits 5 to 9, as ``model.fit`` makes them.

    Like ``fit`` it trains the weights that were trainable when the first training after `compile`
    began. What has moved is noted for the exercise.

    Parameters
    ----------
    model : keras.Model
        Compiled; takes 100 numbers and gives five classes.

    Raises
    ------
    TypeError, ValueError
        With one sentence where this is no model, not compiled, or has other inputs or outputs.
    """
    _check(model)
    X, y = borrow.few(*_shipped(), 20, seed=0)
    *body, head = [part for part in leaves(model) if part.weights]
    of_body = [weight for part in body for weight in part.weights]
    before, head_before = _values(of_body), _values(head.weights)
    trained = _trains.setdefault(model.optimizer, list(model.trainable_variables))
    try:
        _update(model, trained, X, y)
    except Exception as error:  # whatever TensorFlow and Keras raise where shapes do not fit
        raise ValueError(
            "fit_few could not train this model: its loss, or its optimizer, does not fit. The "
            'loss for class numbers, 0 to 4, is "sparse_categorical_crossentropy", and each '
            "compile takes a new optimizer."
        ) from error
    ours = {id(weight) for source in _sources for weight in source.weights}
    _phases.setdefault(model, []).append(
        Phase(
            learning_rate=float(model.optimizer.learning_rate),
            knew=_same(before, _source_weights()),
            body_moved=_moved(before, _values(of_body)),
            body_arrays=len(before),
            head_moved=_moved(head_before, _values(head.weights)) > 0,
            shared=any(id(weight) in ours for weight in of_body),
        )
    )


def phases_of(model: "keras.Model") -> list[Phase]:
    """Return what happened in each call of `fit_few` with this model."""
    return [*_phases.get(model, ())]


def _check(model) -> None:
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(
            f"fit_few trains a Keras model; received {type(model).__name__}. Pass the whole "
            "network, body and head."
        )
    if not model.weights:
        raise ValueError("This model has no weights that could be trained: a body and a head have.")
    if not model.compiled:
        raise ValueError("This model is not compiled: call model.compile(...) before fit_few.")
    shapes = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if shapes != ((None, borrow.SHEET**2), (None, 5)):
        raise ValueError(
            f"fit_few needs a model that takes 100 numbers and gives 5; this one has inputs "
            f"{shapes[0]} and outputs {shapes[1]}. Put keras.Input((100,)) first and a Dense "
            "layer of 5 units last."
        )


def _update(model, trained, X, y) -> None:
    import tensorflow as tf

    for _ in range(_UPDATES if trained else 0):
        with tf.GradientTape() as tape:
            loss = model.compute_loss(y=tf.constant(y), y_pred=model(X, training=True))
        gradients = tape.gradient(loss, [variable.value for variable in trained])
        model.optimizer.apply(gradients, trained)


def _values(weights) -> list[np.ndarray]:
    return [weight.numpy() for weight in weights]


def _moved(before, after) -> int:
    return sum(not np.array_equal(*pair) for pair in zip(before, after, strict=True))


def _same(weights, others) -> bool:
    return len(weights) == len(others) and all(map(np.array_equal, weights, others))


def learn_body(X: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return features that have learnt a source by heart.

    There is one for each class: how far a row is from the nearest row of that class, with a minus
    sign.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_inputs)
    labels : ndarray of shape (n_rows,)

    Returns
    -------
    callable
        Takes rows, returns features of shape (n_rows, n_classes).
    """
    classes = [X[labels == label] for label in np.unique(labels)]

    def body(rows: np.ndarray) -> np.ndarray:
        away = [np.abs(rows[:, None] - known[None]).sum(axis=2).min(axis=1) for known in classes]
        return -np.stack(away, axis=1)

    return body


def learn_head(features: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return what tells a row's class from its features: the class whose mean is nearest.

    Parameters
    ----------
    features : ndarray of shape (n_rows, n_features)
    y : ndarray of shape (n_rows,)
    """
    classes = np.unique(y)
    means = np.stack([features[y == label].mean(axis=0) for label in classes])

    def predict(features: np.ndarray) -> np.ndarray:
        return classes[np.abs(features[:, None] - means[None]).sum(axis=2).argmin(axis=1)]

    return predict
