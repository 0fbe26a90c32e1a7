"""Judge a model and its data before training: each problem is one sentence with its cure."""

import re
from dataclasses import dataclass

import numpy as np

from lessons_lib.live._tensorflow import keras


@dataclass(frozen=True)
class Data:
    """Samples and targets, checked, in the model's own types."""

    X: np.ndarray  # (n_samples, ...)
    y: np.ndarray  # (n_samples,) or (n_samples, n_outputs)

    def __len__(self) -> int:
        return len(self.X)


def check_model(model, X) -> None:
    """Raise unless `model` can be trained live; build it from the shape of `X` if need be.

    Raises
    ------
    TypeError
        `model` is not a Keras model with a known wiring.
    ValueError
        `model` is not compiled, cannot be built from `X`, or has several inputs or outputs.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"LiveTrainer trains a Keras model, but received a {type(model).__name__}: build one "
            "with keras.Sequential([...])."
        )
    if not model.compiled:
        raise ValueError(
            f"The model {model.name!r} is not compiled, so it has no loss and no optimizer: call "
            "model.compile(optimizer=..., loss=...) first."
        )
    if model.loss is None:
        raise ValueError(
            f"The model {model.name!r} was compiled without a loss, so there is nothing to make "
            'smaller: call model.compile(optimizer=..., loss="mse"), for example.'
        )
    _build(model, X)
    if not getattr(model, "inputs", None):
        raise TypeError(
            f"The model {model.name!r} is written as a class, so its wiring cannot be seen: write "
            "it as keras.Sequential([...]) or keras.Model(inputs, outputs)."
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"LiveTrainer takes a model with one input and one output; {model.name!r} has "
            f"{len(model.inputs)} and {len(model.outputs)}."
        )
    if not model.trainable_weights:
        raise ValueError(
            f"The model {model.name!r} has no weights to train: add a layer such as "
            "keras.layers.Dense(8), or set trainable = True."
        )


def check_data(model: keras.Model, X, y, what: str = "") -> Data:
    """Return `X` and `y` as arrays for `model`, or say what about them does not fit.

    Parameters
    ----------
    model : keras.Model
        Passed by :func:`check_model`.
    X : array_like of shape (n_samples, ...)
    y : array_like of shape (n_samples,) or (n_samples, n_outputs)
    what : str, default ""
        Put before X and y in messages, such as ``"validation "``.
    """
    X = check_inputs(model, X, what)
    loss = resolve_loss(model)
    sparse = _is(loss, "SparseCategoricalCrossentropy")
    y = _numbers(y, f"{what}y", None)
    if len(X) != len(y):
        raise ValueError(
            f"{what}X and {what}y must have one row per sample; received {len(X)} and {len(y)}."
        )
    units = model.outputs[0].shape[-1]
    if sparse:
        return Data(X, _class_numbers(y, units, what))
    y = y.astype(keras.config.floatx())
    _check_targets(y, model.outputs[0].shape, loss, what)
    return Data(X, y)


def check_inputs(model: keras.Model, X, what: str = "") -> np.ndarray:
    """Return `X` as an array of the shape and type `model` takes, or say what does not fit."""
    X = _numbers(X, f"{what}X", model.inputs[0].dtype)
    _check_shape(X, model.inputs[0].shape, what)
    return X


def resolve_loss(model: keras.Model):
    """Return the loss `model` was compiled with as an object or function."""
    loss = model.loss
    while isinstance(loss, list | tuple | dict):  # one output: loss=["mse"] is allowed
        loss = next(iter(loss.values() if isinstance(loss, dict) else loss))
    return keras.losses.get(loss)


def _is(loss, *names: str) -> bool:
    """Whether `loss` is one of Keras's losses, given as a class or as a function."""
    own = getattr(loss, "__name__", type(loss).__name__)
    return own.replace("_", "").lower() in {name.lower() for name in names}


def _build(model: keras.Model, X) -> None:
    if model.built and getattr(model, "inputs", None):
        return
    if isinstance(model, keras.Sequential):
        shape = np.shape(X)
        try:
            model.build((None, *shape[1:]))
        except Exception as error:
            raise ValueError(
                f"The model {model.name!r} cannot be built for X of shape {shape}: {reason(error)}"
            ) from error


def _numbers(values, name: str, dtype) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim == 0:
        raise ValueError(f"{name} must be an array with one row per sample; received {values!r}.")
    if len(array) == 0:
        raise ValueError(f"{name} is empty: at least one sample is needed.")
    if array.dtype.kind not in "biuf":
        try:
            array = array.astype(float)
        except (TypeError, ValueError):
            example = array.ravel()[0]
            raise ValueError(
                f"{name} must hold numbers, but holds values like {example!r}: encode them first, "
                "classes as 0, 1, 2, ..."
            ) from None
    finite = np.isfinite(array)
    if not finite.all():
        row = np.argwhere(~finite)[0][0]
        raise ValueError(
            f"{name} holds {(~finite).sum()} missing or infinite values, the first in row {row}: "
            "drop or fill them before training."
        )
    return array if dtype is None else array.astype(dtype)


def _check_shape(X: np.ndarray, expected, what: str) -> None:
    same_rank = X.ndim == len(expected)
    sizes = zip(expected[1:], X.shape[1:], strict=False)
    if not same_rank or any(e not in (None, s) for e, s in sizes):
        wanted = ", ".join(["n_samples", *map(str, expected[1:])])
        raise ValueError(
            f"The model expects {what}X of shape ({wanted}), but {what}X has shape {X.shape}: "
            "change keras.Input(shape=...) or reshape the data."
        )


def _class_numbers(y: np.ndarray, units: int, what: str) -> np.ndarray:
    if y.ndim == 2 and y.shape[1] == units and units > 1:
        raise ValueError(
            f"{what}y has one column per class, but the loss sparse_categorical_crossentropy "
            'takes class numbers: use loss="categorical_crossentropy", or y.argmax(axis=1).'
        )
    if y.ndim > 2 or (y.ndim == 2 and y.shape[1] != 1):
        raise ValueError(
            "The loss sparse_categorical_crossentropy takes one class number per sample, "
            f"but {what}y has shape {y.shape}."
        )
    y = y.reshape(len(y))
    if (y != np.round(y)).any() or y.min() < 0 or y.max() >= units:
        raise ValueError(
            f"The output layer has {units} units, so {what}y must hold class numbers 0 to "
            f"{units - 1}; received values from {y.min():g} to {y.max():g}: renumber the classes "
            f"or give the last layer {max(int(y.max()) + 1, 2)} units."
        )
    return y.astype("int32")


def _check_targets(y: np.ndarray, output_shape, loss, what: str) -> None:
    units = output_shape[-1]
    matches = y.shape[1:] == tuple(output_shape[1:]) or (y.ndim == 1 and output_shape[1:] == (1,))
    if not matches:
        cure = f"give the last layer {y.shape[-1] if y.ndim > 1 else 1} unit(s) or reshape y"
        if _is(loss, "CategoricalCrossentropy", "CategoricalFocalCrossentropy") and y.ndim == 1:
            cure = 'for class numbers use loss="sparse_categorical_crossentropy"'
        raise ValueError(
            f"The model gives {units} value(s) per sample, but {what}y has shape {y.shape}: {cure}."
        )
    if _is(loss, "CategoricalCrossentropy", "CategoricalFocalCrossentropy") and units == 1:
        raise ValueError(
            "The loss categorical_crossentropy needs one output unit per class, and one unit alone "
            'always scores 0: for two classes use Dense(1, activation="sigmoid") with '
            'loss="binary_crossentropy".'
        )
    probabilities = _is(
        loss,
        *("BinaryCrossentropy", "BinaryFocalCrossentropy"),
        *("CategoricalCrossentropy", "CategoricalFocalCrossentropy"),
    )
    if probabilities and (y.min() < 0 or y.max() > 1):
        raise ValueError(
            f"A cross-entropy loss takes labels from 0 to 1, but {what}y goes from "
            f"{y.min():g} to {y.max():g}: renumber the classes 0 and 1, or use "
            'loss="sparse_categorical_crossentropy" with one output unit per class.'
        )
    if _is(loss, "Hinge", "SquaredHinge") and not np.isin(y, (-1, 0, 1)).all():
        raise ValueError(
            f"A hinge loss takes labels -1 and 1, but {what}y goes from {y.min():g} to "
            f"{y.max():g}: renumber the two classes."
        )


def reason(error: Exception) -> str:
    """Return what an error of Keras says, in one line."""
    text = re.sub(r"\x1b\[\d*m", "", str(error))  # Keras prints the reason in bold
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:2]) or type(error).__name__
