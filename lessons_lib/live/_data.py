"""Judge data for a model before training: each problem is one sentence with its cure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.cells import READ_FILE, as_number, cell_of, kind_of, place_of, text_of
from lessons_lib._ground.values import shortened
from lessons_lib.live._compiled import Head, heads_of, loss_name, per_output, unnamed
from lessons_lib.live._tensorflow import keras, tf


@dataclass(frozen=True)
class Data:
    """Samples and targets, checked, in the model's own types."""

    X: np.ndarray  # (n_samples, ...)
    targets: tuple[np.ndarray, ...]  # (n_samples,) or (n_samples, n_outputs), for each output

    def __len__(self) -> int:
        return len(self.X)

    @property
    def y(self) -> np.ndarray:
        """The targets of a model with one output."""
        (y,) = self.targets
        return y


def check_data(model: keras.Model, X: ArrayLike, y: ArrayLike, what: str = "") -> Data:
    """Return `X` and `y` as arrays for `model`, or say what about them does not fit.

    Parameters
    ----------
    model : keras.Model
        Passed by :func:`check_model`.
    X : array_like of shape (n_samples, ...)
    y : array_like of shape (n_samples,) or (n_samples, n_outputs)
        For several outputs a list or dict of such.
    what : str, default ""
        Put before X and y in messages, such as ``"validation "``.
    """
    X, heads = check_inputs(model, X, what), heads_of(model)
    if len(heads) == 1:
        return Data(X, (_targets_of(heads[0], X, y, f"{what}X", f"{what}y"),))
    names = [head.name for head in heads]
    if not isinstance(y, list | tuple | Mapping):
        given = f"one of shape {np.shape(y)}" if hasattr(y, "shape") else shortened(y)
        raise ValueError(
            f"The model has {len(heads)} outputs, so {what}y is a list with one array for each, "
            f"in the order {', '.join(names)}, or a dict by these names; received {given}."
        )
    given = per_output(dict(y) if isinstance(y, Mapping) else y, names, f"{what}y")
    labels = [f"{what}y of {name!r}" for name in names]
    targets = [
        _targets_of(head, X, some, f"{what}X", label)
        for head, some, label in zip(heads, given, labels, strict=True)
    ]
    return Data(X, tuple(targets))


def _targets_of(head: Head, X: np.ndarray, y: ArrayLike, inputs: str, name: str) -> np.ndarray:
    """Return the targets of one output; `inputs` and `name` are what X and y are called."""
    loss, output_shape = head.function, head.tensor.shape
    numbers = _numbers(y, name, None)
    given, y = _as_its_owner_knows_it(y, numbers), numbers
    if len(X) != len(y):
        raise ValueError(
            f"{inputs} and {name} must have one row per sample; received {len(X)} and {len(y)}."
        )
    if _is(loss, "SparseCategoricalCrossentropy"):
        return _class_numbers(y, output_shape, getattr(loss, "ignore_class", None), name)
    y = _converted(y, name, keras.config.floatx(), given)
    _check_targets(y, output_shape, loss, name)
    if y.ndim < len(output_shape) and getattr(head.tensor, "_keras_mask", None) is not None:
        y = y[..., None]  # Keras would lay the steps of the mask beside the mean over steps
    return y


def check_inputs(model: keras.Model, X: ArrayLike, what: str = "") -> np.ndarray:
    """Return `X` as an array of the shape and type `model` takes, or say what does not fit."""
    X = _numbers(X, f"{what}X", model.inputs[0].dtype)
    _check_shape(X, model.inputs[0].shape, what)
    return X


def check_validation(model: keras.Model, validation_data: Sequence | None) -> Data | None:
    """Return validation data, checked as the training data are."""
    if validation_data is None:
        return None
    if not isinstance(validation_data, list | tuple) or len(validation_data) != 2:
        raise ValueError(
            f"validation_data is a pair (X_val, y_val); received a {type(validation_data).__name__}"
            + (f" of {len(validation_data)}." if hasattr(validation_data, "__len__") else ".")
        )
    return check_data(model, *validation_data, what="validation ")


def array_of(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as an array with one row per sample."""
    values = _unmasked(unnamed(values), name)
    if (cure := _full_form(values)) is not None:
        kind = type(values).__name__
        raise ValueError(f"{name} is a {kind}, not an array: give {cure.format(name)}.")
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} must be an array, but its rows have different lengths: give every sample the "
            "same number of values."
        ) from None
    if array.ndim == 0:
        given = shortened(values)
        raise ValueError(f"{name} must be an array with one row per sample; received {given}.")
    return array


def _full_form(values) -> str | None:
    """Return how to make an array of what NumPy cannot read, or None."""
    if hasattr(values, "toarray"):  # SciPy's sparse matrices and arrays
        return "{}.toarray()"
    if isinstance(values, tf.SparseTensor):
        return "tf.sparse.to_dense({})"
    if isinstance(values, tf.RaggedTensor):
        return "every sample the same number of values, as {}.to_tensor() does"
    if isinstance(values, tf.data.Dataset | keras.utils.PyDataset | Iterator):
        return "all samples at once, as arrays X and y"
    if isinstance(values, Mapping):
        return "one array, such as np.column_stack(list({}.values()))"
    return None


def _unmasked(values, name: str):
    """Return `values` if no mask hides any of them; NumPy would show what stands behind it."""
    listed = isinstance(values, list | tuple)
    if listed and any(isinstance(value, np.ma.MaskedArray) for value in values):
        values = np.ma.array(values)
    if np.ma.is_masked(values):
        kinds = "masked value, which counts as missing", "masked values, which count as missing"
        _refuse(values, np.ma.getmaskarray(values), name, *kinds, f", as in {name}.filled(0)")
    return values


def _numbers(values, name: str, dtype) -> np.ndarray:
    array = array_of(values, name)
    given = _as_its_owner_knows_it(values, array)
    if len(array) == 0:
        raise ValueError(f"{name} is empty: at least one sample is needed.")
    if array.dtype.kind not in "biuf":
        numbers = [_number(array[cell], name, given, cell) for cell in np.ndindex(array.shape)]
        array = np.reshape(numbers, array.shape)
    if not (finite := np.isfinite(array)).all():
        kinds = "missing or infinite value", "missing or infinite values"
        _refuse(given, ~finite, name, *kinds)
    return array if dtype is None else _converted(array, name, dtype, given)


def _as_its_owner_knows_it(values, array: np.ndarray):
    """Return `values` if their columns have names, or the array that they are."""
    values = unnamed(values)
    return values if hasattr(values, "iloc") else array


def _refuse(given, unfit: np.ndarray, name: str, one: str, many: str, cure: str = "") -> None:
    """Raise for cells that are unfit, with their number and the first of them."""
    count, cell = int(unfit.sum()), tuple(np.argwhere(unfit)[0])
    where = place_of(given, cell)
    if not np.ma.is_masked(given):
        where += f" ({shortened(cell_of(given, cell))})"
    held = f"{count} {many}, the first in {where}: drop or fill them"
    if count == 1:
        held = f"1 {one}, in {where}: drop or fill it"
    raise ValueError(f"{name} holds {held} before training{cure}.")


_DAYS = (
    "count from a first day, as in (pd.to_datetime(pd.Series(dates), utc=True) - "
    "pd.Timestamp('2020-01-01', tz='UTC')).dt.days{}, or use parts such as month and hour"
)
# What stands where a number belongs, by its kind, and how a number is made of it.
_STRANGERS = {
    "moment": ("dates", _DAYS.format("")),
    "date": ("dates", _DAYS.format(" (and dayfirst=True, if the day comes first)")),
    "duration": ("durations", "count them in a unit, as in durations / np.timedelta64(1, 'D')"),
    "time": ("times", "count them in one unit, such as hour + minute / 60"),
    "complex": (
        "complex numbers",
        "give both parts as columns, as in np.column_stack([{name}.real, {name}.imag])",
    ),
    "number": ("numbers that no float can hold", "give them in a larger unit"),
    "list": ("lists", "make columns of what stands in one cell, as in np.stack(values)"),
    "missing": ("marks for what is missing", READ_FILE["missing"]),
    "comma": ("numbers with a comma", READ_FILE["comma"]),
    "decimal comma": (
        "numbers with a decimal comma",
        READ_FILE["decimal comma"] + ", or put a point in the place of the comma",
    ),
    "points and comma": ("numbers with a decimal comma", READ_FILE["points and comma"]),
    "separators": ("numbers with separators", READ_FILE["separators"]),
    "minus": ("numbers whose minus is another sign", READ_FILE["minus"]),
    "surrounded": ("text", READ_FILE["surrounded"]),
    "joined": ("text", READ_FILE["joined"]),
}
_OTHERS = (
    "values",
    "encode classes as 0, 1, 2, ..., as in np.unique(values, return_inverse=True)[1], and drop or "
    "fill what is missing",
)


def _number(value, name: str, given, cell: tuple[int, ...]) -> float:
    try:
        return as_number(value)
    except (TypeError, ValueError, OverflowError) as error:
        kind = "number" if isinstance(error, OverflowError) else kind_of(value)
        what, cure = _STRANGERS.get(kind, _OTHERS)
        if kind == "missing":
            cure = cure.format(text_of(value))
        raise ValueError(
            f"{name} must hold numbers, but holds {what} like {shortened(cell_of(given, cell))} in "
            f"{place_of(given, cell)}: {cure.replace('{name}', name)}."
        ) from None


def _converted(array: np.ndarray, name: str, dtype, given) -> np.ndarray:
    """Return numbers in the model's own type, or say which of them it cannot hold."""
    if np.dtype(dtype).kind in "iu" and (array != np.round(array)).any():
        cell = tuple(np.argwhere(array != np.round(array))[0])
        raise ValueError(
            f"The model reads {name} as whole numbers, such as those of words, but {name} holds "
            f"fractions, such as {array[cell]:g} in {place_of(given, cell)}: round them, or use "
            "keras.Input without dtype."
        )
    with np.errstate(over="ignore"):
        converted = array.astype(dtype)
    if not (finite := np.isfinite(converted)).all():
        cell = tuple(np.argwhere(~finite)[0])
        raise ValueError(
            f"{name} holds {shortened(cell_of(given, cell))} in {place_of(given, cell)}, more than "
            f"{np.dtype(dtype)} can hold: scale it to about -1 ... 1."
        )
    return converted


def _check_shape(X: np.ndarray, expected, what: str) -> None:
    same_rank = X.ndim == len(expected)
    sizes = zip(expected[1:], X.shape[1:], strict=False)
    if not same_rank or any(e not in (None, s) for e, s in sizes):
        wanted = ", ".join(["n_samples", *map(str, expected[1:])])
        raise ValueError(
            f"The model expects {what}X of shape ({wanted}), but {what}X has shape {X.shape}: "
            "change keras.Input(shape=...) or reshape the data."
        )


def _class_numbers(y: np.ndarray, output_shape, ignored: int | None, name: str) -> np.ndarray:
    units = output_shape[-1] if len(output_shape) > 1 else 1
    if _fits(y.shape, output_shape) and units > 1:
        raise ValueError(
            f"{name} has one column per class, but the loss sparse_categorical_crossentropy "
            'takes class numbers: use loss="categorical_crossentropy", or y.argmax(axis=-1).'
        )
    wanted = output_shape[:-1] if len(output_shape) > 1 else output_shape
    if not (_fits(y.shape, wanted) or _fits(y.shape, (*wanted, 1))):
        each = "sample" if len(wanted) == 1 else f"place, of shape (n_samples, {_axes(wanted)})"
        raise ValueError(
            f"The loss sparse_categorical_crossentropy takes one class number per {each}, but "
            f"{name} has shape {y.shape}."
        )
    y = y.reshape(y.shape[: len(wanted)])
    known = y if ignored is None else y[y != ignored]
    if known.size == 0:
        raise ValueError(
            f"{name} holds nothing but the class {ignored}, which the loss ignores: there is "
            "nothing to learn."
        )
    if (known != np.round(known)).any():
        raise ValueError(
            f"The loss sparse_categorical_crossentropy takes class numbers, but {name} holds "
            'fractions: to predict a number, use loss="mse" and keras.layers.Dense(1) as the last '
            "layer."
        )
    if known.min() < 0 or known.max() >= units:
        raise ValueError(
            f"The output layer has {units} units, so {name} must hold class numbers 0 to "
            f"{units - 1}; received values from {known.min():g} to {known.max():g}: renumber the "
            f"classes or give the last layer {max(int(known.max()) + 1, 2)} units."
            + _where_no_class_is(known, units)
        )
    return y.astype("int32")


def _where_no_class_is(known: np.ndarray, units: int) -> str:
    strange = known[(known < 0) | (known >= units)]
    if known.min() == 1 and known.max() == units:  # classes counted from 1, none is left out
        return f" Counted from 1, as here, they need a subtraction: y - 1 is 0 to {units - 1}."
    if not len(strange) or strange.min() != strange.max() or strange[0] == units:
        return ""  # several, or simply the class after the last
    return f" If {strange[0]:g} marks what has no class, give the loss ignore_class={strange[0]:g}."


def _fits(shape: tuple, expected: tuple) -> bool:
    """Whether an array has this shape apart from the samples; None stands for any number."""
    sizes = zip(expected[1:], shape[1:], strict=False)
    return len(shape) == len(expected) and all(e in (None, size) for e, size in sizes)


def _axes(expected: tuple) -> str:
    return ", ".join("any" if size is None else str(size) for size in expected[1:])


def _check_targets(y: np.ndarray, output_shape, loss, name: str) -> None:
    units = output_shape[-1] if len(output_shape) > 1 else 1
    categorical = _is(loss, "CategoricalCrossentropy", "CategoricalFocalCrossentropy")
    # Keras leaves out a last axis of length 1 where only one of the two has it.
    matches = _fits(y.shape, output_shape) or _fits((*y.shape, 1), output_shape)
    if not matches and not (y.shape[-1] == 1 and _fits(y.shape[:-1], output_shape)):
        given = f"{units} value(s)"
        cure = f"give the last layer {y.shape[-1] if y.ndim > 1 else 1} unit(s) or reshape y"
        if len(output_shape) > 2:
            given = f"values of shape {tuple(output_shape[1:])}"
            cure = "add keras.layers.Flatten() before the last layer, or reshape y"
        if categorical and y.ndim == 1:
            cure = 'for class numbers use loss="sparse_categorical_crossentropy"'
        raise ValueError(
            f"The model gives {given} per sample, but {name} has shape {y.shape}: {cure}."
        )
    if categorical and units == 1:
        raise ValueError(
            "The loss categorical_crossentropy needs one output unit per class, and one unit alone "
            'always scores 0: for two classes use Dense(1, activation="sigmoid") with '
            'loss="binary_crossentropy".'
        )
    binary = _is(loss, "BinaryCrossentropy", "BinaryFocalCrossentropy")
    if (binary or categorical) and (y.min() < 0 or y.max() > 1):
        raise ValueError(
            f"A cross-entropy loss takes labels from 0 to 1, but {name} goes from "
            f"{y.min():g} to {y.max():g}: renumber the classes 0 and 1, or use "
            'loss="sparse_categorical_crossentropy" with one output unit per class.'
        )
    if categorical:
        sums = y.sum(axis=-1)
        if not np.allclose(sums, 1, atol=1e-3):
            wrong = sums.ravel()[np.argmax(np.abs(sums - 1))]
            raise ValueError(
                f"The loss categorical_crossentropy takes one row of probabilities per sample, but "
                f"{name} has a row that sums to {wrong:g}: mark one class per row with 1, or use "
                'a sigmoid and loss="binary_crossentropy" where several may be true.'
            )
    if _is(loss, "Hinge", "SquaredHinge") and not np.isin(y, (-1, 0, 1)).all():
        raise ValueError(
            f"A hinge loss takes labels -1 and 1, but {name} goes from {y.min():g} to "
            f"{y.max():g}: renumber the two classes."
        )


def _is(loss, *names: str) -> bool:
    """Whether `loss` is one of Keras's losses, given as a class or as a function."""
    return loss_name(loss) in {name.lower() for name in names}
