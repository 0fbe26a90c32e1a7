"""Judge a model and its data before training: each problem is one sentence with its cure."""

import datetime
import math
import numbers
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lessons_lib.live._tensorflow import keras, tf


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
    _check_loss(model.loss)
    if isinstance(model.optimizer, keras.optimizers.MultiOptimizer):
        raise ValueError(
            "A MultiOptimizer has a learning rate for each group of layers, and here one knob "
            "turns one rate: compile the model with one optimizer, such as keras.optimizers.Adam()."
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
    if any(tensor.dtype == "string" for tensor in model.inputs):
        raise ValueError(_READS_TEXT.format(model.layers[0].name))
    stateful = [layer.name for layer in model.layers if getattr(layer, "stateful", False)]
    if stateful:
        raise ValueError(
            f"The layer {stateful[0]!r} is stateful: it carries its memory from one batch to the "
            "next, but here batches are shuffled and pictures ask in between: leave out stateful."
        )
    if not model.trainable_weights:
        raise ValueError(
            f"The model {model.name!r} has no weights to train: add a layer such as "
            "keras.layers.Dense(8), or set trainable = True."
        )


_READS_TEXT = (
    "The layer {!r} reads text, but training runs on numbers: turn the text into numbers once, as "
    "in X = layer(X), and begin the model with what follows that layer."
)


def _check_loss(loss) -> None:
    """Raise for what compile accepts as a loss and no training can use."""
    for one in keras.tree.flatten(loss):
        if isinstance(one, type):
            raise ValueError(
                f"The loss is the class {one.__name__}, not a loss made from it: write "
                f"loss=keras.losses.{one.__name__}(), with parentheses, in model.compile."
            )
        try:
            known = not isinstance(one, keras.Metric) and callable(keras.losses.get(one))
        except (ValueError, TypeError):
            known = False
        if not known:
            cure = (
                'use loss="binary_crossentropy" for two classes, "sparse_categorical_crossentropy" '
                'for several, or "mse" for numbers'
            )
            if one == "accuracy" or isinstance(one, keras.Metric):
                cure = f"measure it with metrics=[...], and {cure}: a loss must have a slope"
            raise ValueError(f"loss={shortened(one)} is no loss of Keras: {cure}.")
        if isinstance(one, keras.losses.Loss) and one.reduction in (None, "none"):
            raise ValueError(
                f"The loss {one.name} leaves one number per sample, and here one number is made "
                "smaller: leave out reduction, which takes the mean over the batch."
            )


# What to do here in the place of each argument of Keras's fit.
FIT_ARGUMENTS = {
    "x": "the inputs are called X",
    "epochs": "make as many steps as you like: trainer.step(n) makes n updates, a panel's Play "
    "button goes on until Pause, and an epoch is len(X) / batch_size steps",
    "verbose": "leave it out: nothing is printed, and trainer.history has the numbers",
    "callbacks": "leave it out: between two calls of step() your own code can look at "
    "trainer.history, turn a knob, or stop",
    "validation_split": "split the data first, X, X_val, y, y_val = datasets.train_val_split(X, y)"
    ", and give validation_data=(X_val, y_val)",
    "shuffle": "leave it out: every epoch has a new order, which seed decides",
    "class_weight": "repeat the rows of the rarer class in X and y, which weighs much the same",
    "sample_weight": "repeat the rows that shall count more in X and y, which weighs much the same",
    "initial_epoch": "leave it out: trainer.snapshot() and restore() come back to any moment",
    "steps_per_epoch": "leave it out: trainer.step(n) makes n updates",
    "validation_steps": "leave it out: of the validation data the first 2,000 samples are measured",
    "validation_batch_size": "leave it out: the validation data are measured in one piece",
    "validation_freq": "leave it out: it is measured as often as that costs less than the training",
    "metrics": "give it to model.compile(metrics=...)",
    "loss": "give it to model.compile(loss=...)",
}


def refuse_arguments(names, known: str) -> None:
    """Raise if there is an argument that a trainer does not take; `known` says which it takes."""
    for name in names:
        if name in FIT_ARGUMENTS:
            raise TypeError(f"{name}= belongs to Keras, not here: {FIT_ARGUMENTS[name]}.")
        raise TypeError(f"There is no setting {name!r} here. {known}")


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
    sparse, output_shape = _is(loss, "SparseCategoricalCrossentropy"), model.outputs[0].shape
    y = _numbers(y, f"{what}y", None)
    if len(X) != len(y):
        raise ValueError(
            f"{what}X and {what}y must have one row per sample; received {len(X)} and {len(y)}."
        )
    if sparse:
        return Data(X, _class_numbers(y, output_shape, getattr(loss, "ignore_class", None), what))
    y = _converted(y, f"{what}y", keras.config.floatx())
    _check_targets(y, output_shape, loss, what)
    if y.ndim < len(output_shape) and getattr(model.outputs[0], "_keras_mask", None) is not None:
        y = y[..., None]  # Keras would lay the steps of the mask beside the mean over steps
    return Data(X, y)


def check_inputs(model: keras.Model, X, what: str = "") -> np.ndarray:
    """Return `X` as an array of the shape and type `model` takes, or say what does not fit."""
    X = _numbers(X, f"{what}X", model.inputs[0].dtype)
    _check_shape(X, model.inputs[0].shape, what)
    return X


def output_units(model: keras.Model) -> int:
    """Return how many values `model` gives at the last axis of its output."""
    shape = model.outputs[0].shape
    return shape[-1] if len(shape) > 1 else 1


def whole_number(value, wanted: str, at_least: int = 0, at_most: float = math.inf) -> int:
    """Return `value` as an int of the range given; `wanted` says in words what it must be."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{wanted}; received {shortened(value)}.")
    if not at_least <= value <= at_most or not math.isfinite(value) or value != int(value):
        raise ValueError(f"{wanted}; received {shortened(value)}.")
    return int(value)


def resolve_loss(model: keras.Model):
    """Return the loss `model` was compiled with as an object or function."""
    loss = unnamed(model.loss)
    while isinstance(loss, list | tuple):  # one output: loss=["mse"] is allowed
        loss = unnamed(loss[0])
    return keras.losses.get(loss)


def unnamed(setting):
    """Return what is set for the only output, without the output's name."""
    while isinstance(setting, dict) and len(setting) == 1:
        setting = next(iter(setting.values()))
    return setting


def loss_name(loss) -> str:
    """Return the name of a loss, the same for its class and its function."""
    return getattr(loss, "__name__", type(loss).__name__).replace("_", "").lower()


def _is(loss, *names: str) -> bool:
    """Whether `loss` is one of Keras's losses, given as a class or as a function."""
    return loss_name(loss) in {name.lower() for name in names}


def _build(model: keras.Model, X) -> None:
    if model.built and getattr(model, "inputs", None):
        return
    if isinstance(model, keras.Sequential):
        array = _array(X, "X")
        first = model.layers[0] if model.layers else None
        if isinstance(first, keras.layers.TextVectorization | keras.layers.StringLookup):
            raise ValueError(_READS_TEXT.format(first.name))
        shape = array.shape
        try:
            model.build((None, *shape[1:]))
        except Exception as error:
            raise ValueError(
                f"The model {model.name!r} cannot be built for X of shape {shape}: {reason(error)}"
            ) from error


def _array(values, name: str) -> np.ndarray:
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
        hidden = np.argwhere(np.ma.getmaskarray(values))
        raise ValueError(
            f"{name} holds {len(hidden)} masked values, which count as missing, the first in row "
            f"{hidden[0][0]}: drop or fill them before training, as in {name}.filled(0)."
        )
    return values


def _numbers(values, name: str, dtype) -> np.ndarray:
    array = _array(values, name)
    if len(array) == 0:
        raise ValueError(f"{name} is empty: at least one sample is needed.")
    if array.dtype.kind not in "biuf":
        stranger = next((value for value in array.ravel() if not _is_number(value)), None)
        if stranger is not None:
            what, cure = _stranger(stranger, name)
            raise ValueError(
                f"{name} must hold numbers, but holds {what} like {shortened(stranger)}: {cure}."
            )
        values = [math.nan if _is_missing(value) else float(value) for value in array.ravel()]
        array = np.reshape(values, array.shape)
    finite = np.isfinite(array)
    if not finite.all():
        row = np.argwhere(~finite)[0][0]
        raise ValueError(
            f"{name} holds {(~finite).sum()} missing or infinite values, the first in row {row}: "
            "drop or fill them before training."
        )
    return array if dtype is None else _converted(array, name, dtype)


_DATE = r"\s*(\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4})($|[ T])"
_MISSING = ("", "?", "-", "--", ".", "na", "n/a", "null", "none", "missing")


def _stranger(value, name: str) -> tuple[str, str]:
    """Return what a value is that is no number, and how a number is made of it."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    text = text if isinstance(text, str) else ""
    if isinstance(value, np.datetime64 | datetime.date) or re.match(_DATE, text):
        day_first = " (and dayfirst=True, if the day comes first)" if text else ""
        return "dates", (
            "count from a first day, as in (pd.to_datetime(pd.Series(dates), utc=True) - "
            f"pd.Timestamp('2020-01-01', tz='UTC')).dt.days{day_first}, or use parts such as month "
            "and hour"
        )
    if isinstance(value, np.timedelta64 | datetime.timedelta):
        return "durations", "count them in a unit, as in durations / np.timedelta64(1, 'D')"
    if isinstance(value, datetime.time) or re.fullmatch(r"\s*\d\d?:\d\d(:\d\d)?\s*", text):
        return "times", "count them in one unit, such as hour + minute / 60"
    if np.iscomplexobj(value):
        return "complex numbers", (
            f"give both parts as columns, as in np.column_stack([{name}.real, {name}.imag])"
        )
    if isinstance(value, numbers.Number):
        return "numbers that no float can hold", "give them in a larger unit"
    if isinstance(value, list | tuple | np.ndarray):
        return "lists", "make columns of what stands in one cell, as in np.stack(values)"
    if text.strip().lower() in _MISSING and isinstance(value, str):
        return "marks for what is missing", (
            f"read the file with pd.read_csv(..., na_values={str(value)!r}), and drop or fill such "
            "rows"
        )
    if re.fullmatch(r"\s*[-+]?[1-9]\d{0,2},\d{3}\s*", text):
        return "numbers with a comma", (
            "read the file with pd.read_csv(..., decimal=',') if a fraction stands behind it, and "
            "with thousands=',' if it parts thousands"
        )
    if re.fullmatch(r"\s*[-+]?\d+,\d+(e[-+]?\d+)?\s*", text):
        return "numbers with a decimal comma", (
            "read the file with pd.read_csv(..., decimal=','), or put a point in the place of the "
            "comma"
        )
    if re.fullmatch(r"\s*[-+]?\d{1,3}(\.\d{3})+,\d+\s*", text):
        return "numbers with a decimal comma", (
            "read the file with pd.read_csv(..., decimal=',', thousands='.')"
        )
    if re.fullmatch(r"\s*[-+]?\d{1,3}(,\d{3})+(\.\d+)?\s*", text):
        return "numbers with separators", "read the file with pd.read_csv(..., thousands=',')"
    if re.match(r"\s*−\s*\d", text):
        return "numbers whose minus is another sign", "put - in its place"
    if re.match(r"\W{0,3}[\d.,]*\d", text):
        return "text", "take out what is not part of the number, such as units or spaces"
    return "values", (
        "encode classes as 0, 1, 2, ..., as in np.unique(values, return_inverse=True)[1], and drop "
        "or fill what is missing"
    )


def _is_missing(value) -> bool:
    return value is None or type(value).__name__ in ("NAType", "NaTType")  # None or pandas's


def _is_number(value) -> bool:
    if _is_missing(value):
        return True
    try:
        return not np.iscomplexobj(value) and isinstance(float(value), float)
    except (TypeError, ValueError, OverflowError):
        return False


def _converted(array: np.ndarray, name: str, dtype) -> np.ndarray:
    """Return numbers in the model's own type, or say which of them it cannot hold."""
    if np.dtype(dtype).kind in "iu" and (array != np.round(array)).any():
        raise ValueError(
            f"The model reads {name} as whole numbers, such as those of words, but {name} holds "
            "fractions: round them, or use keras.Input without dtype."
        )
    with np.errstate(over="ignore"):
        converted = array.astype(dtype)
    if not np.isfinite(converted).all():
        raise ValueError(
            f"{name} reaches {np.abs(array).max():.3g}, more than {np.dtype(dtype)} can hold: "
            "scale it to about -1 ... 1."
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


def _class_numbers(y: np.ndarray, output_shape, ignored: int | None, what: str) -> np.ndarray:
    units = output_shape[-1] if len(output_shape) > 1 else 1
    if _fits(y.shape, output_shape) and units > 1:
        raise ValueError(
            f"{what}y has one column per class, but the loss sparse_categorical_crossentropy "
            'takes class numbers: use loss="categorical_crossentropy", or y.argmax(axis=-1).'
        )
    wanted = output_shape[:-1] if len(output_shape) > 1 else output_shape
    if not (_fits(y.shape, wanted) or _fits(y.shape, (*wanted, 1))):
        each = "sample" if len(wanted) == 1 else f"place, of shape (n_samples, {_axes(wanted)})"
        raise ValueError(
            f"The loss sparse_categorical_crossentropy takes one class number per {each}, but "
            f"{what}y has shape {y.shape}."
        )
    y = y.reshape(y.shape[: len(wanted)])
    known = y if ignored is None else y[y != ignored]
    if known.size == 0:
        raise ValueError(
            f"{what}y holds nothing but the class {ignored}, which the loss ignores: there is "
            "nothing to learn."
        )
    if (known != np.round(known)).any():
        raise ValueError(
            f"The loss sparse_categorical_crossentropy takes class numbers, but {what}y holds "
            'fractions: to predict a number, use loss="mse" and keras.layers.Dense(1) as the last '
            "layer."
        )
    if known.min() < 0 or known.max() >= units:
        raise ValueError(
            f"The output layer has {units} units, so {what}y must hold class numbers 0 to "
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


def _check_targets(y: np.ndarray, output_shape, loss, what: str) -> None:
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
            f"The model gives {given} per sample, but {what}y has shape {y.shape}: {cure}."
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
            f"A cross-entropy loss takes labels from 0 to 1, but {what}y goes from "
            f"{y.min():g} to {y.max():g}: renumber the classes 0 and 1, or use "
            'loss="sparse_categorical_crossentropy" with one output unit per class.'
        )
    if categorical:
        sums = y.sum(axis=-1)
        if not np.allclose(sums, 1, atol=1e-3):
            wrong = sums.ravel()[np.argmax(np.abs(sums - 1))]
            raise ValueError(
                f"The loss categorical_crossentropy takes one row of probabilities per sample, but "
                f"{what}y has a row that sums to {wrong:g}: mark one class per row with 1, or use "
                'a sigmoid and loss="binary_crossentropy" where several may be true.'
            )
    if _is(loss, "Hinge", "SquaredHinge") and not np.isin(y, (-1, 0, 1)).all():
        raise ValueError(
            f"A hinge loss takes labels -1 and 1, but {what}y goes from {y.min():g} to "
            f"{y.max():g}: renumber the two classes."
        )


def shortened(value) -> str:
    """Return what was received as a message repeats it: one short line, whatever its repr is."""
    try:
        return cut(repr(value.item() if isinstance(value, np.generic) else value))
    except Exception:  # a learner's own __repr__
        return f"a {type(value).__name__}"


def cut(text: str, most: int = 80) -> str:
    """Return text as one line of at most so many characters."""
    text = " ".join(text[: 20 * most].split())
    return text if len(text) <= most else f"{text[: most - 2]} …"


def reason(error: Exception) -> str:
    """Return what an error of Keras says, in one line."""
    text = re.sub(r"\x1b\[\d*m", "", str(error))  # Keras prints the reason in bold
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:2]) or type(error).__name__
