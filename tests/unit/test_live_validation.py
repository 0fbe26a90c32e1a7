"""What does not fit is said in one sentence that ends with the cure."""

import datetime
import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from lessons_lib import live, panels

import keras  # isort: skip - after live, which imports TensorFlow quietly

import tensorflow as tf  # isort: skip

layers = keras.layers
X = np.random.default_rng(0).normal(size=(12, 2)).astype("float32")
y = np.tile([0, 1, 2], 4)


def model_of(units=1, loss="mse", activation=None):
    """Return a compiled model with `units` outputs."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(units, activation=activation)])
    model.compile("sgd", loss)
    return model


def broken(position):
    """Return X with a value missing in row `position`."""
    values = X.copy()
    values[position, 1] = np.nan
    return values


def time_steps():
    """Return a model with one output in each of any number of steps."""
    model = keras.Sequential([keras.Input((None, 1)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def words():
    """Return a model that reads words numbered 0 to 5."""
    hidden = [layers.Embedding(6, 2), layers.Flatten(), layers.Dense(1)]
    model = keras.Sequential([keras.Input((6,), dtype="int32"), *hidden])
    model.compile("sgd", "mse")
    return model


hidden = np.ma.masked_greater(X, 1.0)
cells = pd.DataFrame({"a": [[1, 2]] * 12, "b": 1})
X3 = np.tile(np.arange(6.0)[None, :, None], (12, 1, 1))
SPARSE, ONE_HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"
BAD_DATA = {
    "too few features": (model_of(), X[:, :1], y, r"expects X of shape \(n_samples, 2\)"),
    "a flat X": (model_of(), X[:, 0], y, r"has shape \(12,\)"),
    "lengths": (model_of(), X, y[:5], "one row per sample; received 12 and 5"),
    "nothing": (model_of(), X[:0], y[:0], "X is empty"),
    "NaN in X": (model_of(), broken(7), y, r"X holds 1 missing .*, in row 7, column 1 \(nan\)"),
    "NaN in y": (model_of(), X, np.where(y == 2, np.inf, y), "y holds 4 missing"),
    "a mask over X": (
        model_of(),
        hidden,
        y,
        r"X holds \d+ masked values, .*missing, the first in row",
    ),
    "a mask over y": (model_of(), X, np.ma.masked_equal(y, 2), "y holds 4 masked .* in row 2:"),
    "rows with masks": (model_of(), list(hidden), y, r"X holds \d+ masked values"),
    "rows of several lengths": (model_of(), [[1, 2], [3]], y[:2], "rows have different lengths"),
    "complex numbers": (model_of(), X * 1j, y, r"np.column_stack\(\[X.real, X.imag\]\)"),
    "dates": (model_of(), X.astype("datetime64[s]"), y, "holds dates like .* first day"),
    "durations": (model_of(), X.astype("timedelta64[s]"), y, "holds durations.*timedelta64"),
    "lists in cells": (model_of(), cells, y, r"np.stack\(values\)"),
    "bytes": (
        model_of(),
        X,
        np.array([b"red"] * 12),
        "values like b'red' in row 0: encode classes",
    ),
    "a sparse matrix": (model_of(), sparse.csr_matrix(X), y, r"csr_matrix.*give X.toarray\(\)"),
    "a sparse tensor": (model_of(), tf.sparse.from_dense(X), y, r"give tf.sparse.to_dense\(X\)"),
    "a ragged tensor": (model_of(), tf.ragged.constant([[1.0], []] * 6), y, r"X.to_tensor\(\)"),
    "a generator": (model_of(), (row for row in X), y, "all samples at once"),
    "a data set": (model_of(), tf.data.Dataset.from_tensors(X), y, "all samples at once"),
    "a dictionary": (model_of(), {"a": X[:, 0], "b": X[:, 1]}, y, "np.column_stack"),
    "no y": (model_of(), X, None, "y must be an array .* received None"),
    "too large for float32": (
        model_of(),
        X.astype(float) * 1e300,
        y,
        r"X holds .* in row 0, column 0, more than float32 can hold",
    ),
    "targets too large": (model_of(), X, y * 1e300, r"y holds 1e\+300 in row 1, more than"),
    "text": (model_of(), X, np.array(["red", "white"] * 6), "values like .*red"),
    "columns": (model_of(2), X, y, r"gives 2 value\(s\) per sample, but y has shape \(12,\)"),
    "class too large": (model_of(2, SPARSE), X, y, "give the last layer 3 units"),
    "two classes, one unit": (model_of(1, SPARSE), X, y % 2, "give the last layer 2 units.$"),
    "a loss that is not reduced": (
        model_of(1, keras.losses.MeanSquaredError(reduction="none")),
        *(X, y),
        "leave out reduction",
    ),
    "negative class": (model_of(3, SPARSE), X, y - 1, "class numbers 0 to 2"),
    "half a class": (model_of(3, SPARSE), X, y / 2, 'holds fractions: .*loss="mse"'),
    "classes from 1": (model_of(3, SPARSE), X, y + 1, "y - 1 is 0 to 2"),
    "one-hot, sparse loss": (model_of(3, SPARSE), X, np.eye(3)[y], 'use loss="categorical'),
    "numbers, one-hot loss": (model_of(3, ONE_HOT), X, y, 'loss="sparse_categorical'),
    "one softmax unit": (model_of(1, ONE_HOT), X, y % 2, r'Dense\(1, activation="sigmoid"\)'),
    "rows that are no probabilities": (model_of(3, ONE_HOT), X, np.ones((12, 3)), "sums to 3"),
    "no outputs per step": (time_steps(), X3, y, r"values of shape \(None, 1\).*Flatten"),
    "words beyond the vocabulary": (words(), X3[:, :, 0] + 5, y, "the numbers 0 to 5.*input_dim"),
    "fractions of words": (words(), X3[:, :, 0] / 2, y, "reads X as whole numbers"),
    "labels of cross-entropy": (model_of(1, "binary_crossentropy"), X, y, "labels from 0 to 1"),
    "labels of hinge": (model_of(1, "hinge"), X, y, "labels -1 and 1"),
    "the loss as a class": (
        model_of(2, keras.losses.SparseCategoricalCrossentropy()),
        *(X, y),
        "give the last layer 3 units",
    ),
    "the loss as a function": (
        model_of(2, keras.losses.sparse_categorical_crossentropy),
        *(X, y),
        "give the last layer 3 units",
    ),
}


# What stands in a cell where a number belongs.
for cell, says in [
    ("red", "X must hold numbers, but holds values like 'red'"),
    (None, "X holds 12 missing"),
    (10**400, "no float can hold"),
    ("2024-05-01", "dates like '2024-05-01'.*to_datetime"),
    ("7,4", r"decimal comma like '7,4'.*decimal=','\), or put a point"),
    ("1,234", "comma like '1,234'.*decimal=','.*thousands=','"),
    ("1.234,5", r"decimal=',', thousands='\.'"),
    ("1,234,567.8", r"\(\.\.\., thousands=','\)"),
    ("?", r"missing='\?'"),
    ("−3", "put - in its place"),
    ("12:30", "hour . minute / 60"),
    ("$12", "take out"),
    ("50%", "text like '50%' in row 0, column 0: take out"),
]:
    BAD_DATA[f"the cell {cell!s:.12}"] = model_of(), [[cell, 1.0]] * 12, y, says


@pytest.mark.parametrize("case", BAD_DATA)
def test_data_that_do_not_fit_are_refused(case):
    """One sentence: what is wrong, what was expected, what to change."""
    model, X, y, says = BAD_DATA[case]
    with pytest.raises(ValueError, match=says) as error:
        live.LiveTrainer(model, X, y)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "dates",
    [
        ["2024-05-01"] * 12,
        [datetime.date(2024, 5, 1)] * 12,
        np.full(12, np.datetime64("2024-05-01")),
        pd.Series(pd.date_range("2024-05-01", periods=12)),
        pd.Series(pd.date_range("2024-05-01", periods=12, tz="Asia/Tokyo")),
        pd.to_timedelta(np.arange(12), "D").to_series(),
        np.arange(12) * np.timedelta64(1, "D"),
    ],
    ids=["texts", "Python", "NumPy", "pandas", "time zone", "durations", "durations of NumPy"],
)
def test_the_cure_for_dates_works_as_it_stands(dates):
    """Whatever the dates are kept in, the expression of the message makes numbers of them."""
    values = np.asarray(dates)[:, None]
    with pytest.raises(ValueError, match="X must hold numbers") as error:
        live.LiveTrainer(model_of(), np.hstack([values, values]), y)
    cure = re.search(r"as in (.*\.dt\.days|.*'D'\))", str(error.value))[1]
    numbers = eval(cure, {"pd": pd, "np": np, "dates": dates, "durations": dates})
    assert np.isfinite(np.asarray(numbers, dtype=float)).all()


def test_one_output_in_each_of_any_number_of_steps_is_trained():
    """Axes that the model leaves open fit any size."""
    trainer = live.LiveTrainer(time_steps(), X3, X3, jit_compile=False)
    assert trainer.step(2) == 2


def test_an_output_without_an_axis_of_units_is_one_unit():
    """A model that ends in Reshape(()) gives one number per sample."""
    last = [layers.Dense(1, "sigmoid"), layers.Reshape(())]
    model = keras.Sequential([keras.Input((2,)), *last])
    model.compile("sgd", "binary_crossentropy")
    trainer = live.LiveTrainer(model, X, y % 2, jit_compile=False)
    assert trainer.task == "binary"
    assert trainer.step(2) == 2


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None])
def test_a_seed_that_is_none_is_refused(seed):
    """The message says what a seed is."""
    with pytest.raises((TypeError, ValueError), match="seed is a whole number of at least 0"):
        live.LiveTrainer(model_of(), X, y, seed=seed)


def test_validation_data_are_named_in_the_message():
    """The learner knows which of the two sets to look at."""
    with pytest.raises(ValueError, match="validation X"):
        live.LiveTrainer(model_of(), X, y, validation_data=(X[:, :1], y))
    with pytest.raises(ValueError, match=r"a pair \(X_val, y_val\)"):
        live.LiveTrainer(model_of(), X, y, validation_data=X)


def uncompiled():
    """Return a model without a loss."""
    return keras.Sequential([keras.Input((2,)), layers.Dense(1)])


def without_loss():
    """Return a model compiled with an optimizer only."""
    model = uncompiled()
    model.compile("sgd")
    return model


def frozen():
    """Return a model without anything to train."""
    model = model_of()
    model.trainable = False
    model.compile("sgd", "mse")
    return model


def two_inputs():
    """Return a model that adds two inputs."""
    a, b = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([a, b], layers.Dense(1)(layers.Add()([a, b])))
    model.compile("sgd", "mse")
    return model


def subclassed():
    """Return a model whose wiring is Python code."""

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model.compile("sgd", "mse")
    return model


def undescribed():
    """Return a model with a penalty that cannot describe itself."""

    class Penalty(keras.regularizers.Regularizer):
        def __call__(self, W):
            return keras.ops.sum(W**2)

    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(1, kernel_regularizer=Penalty(), name="out")]
    )
    model.compile("sgd", "mse")
    return model


def stateful():
    """Return a model that carries a memory over from batch to batch."""
    hidden = [layers.LSTM(2, stateful=True), layers.Dense(1)]
    model = keras.Sequential([keras.Input(batch_shape=(4, 3, 2)), *hidden])
    model.compile("sgd", "mse")
    return model


def reading_text(*given):
    """Return a model whose first layer looks words up."""
    lookup = layers.StringLookup(vocabulary=["red", "white"], name="lookup")
    rest = [layers.Embedding(3, 2), layers.Flatten(), layers.Dense(1)]
    model = keras.Sequential([*given, lookup, *rest])
    model.compile("sgd", "mse")
    return model


def of_several_optimizers():
    """Return a model with an optimizer for groups of layers."""
    model, rates = model_of(), keras.optimizers
    model.compile(rates.MultiOptimizer(rates.OptimizerMap(rates.SGD(0.1))), "mse")
    return model


def sharing():
    """Return a model of two models that have a layer in common."""
    common, inputs = layers.Dense(3, name="common"), keras.Input((2,))
    parts = [keras.Sequential([keras.Input((2,)), common], name=name) for name in ("a", "b")]
    joined = layers.Concatenate()([part(inputs) for part in parts])
    model = keras.Model(inputs, layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    return model


BAD_MODELS = {
    "not a model": (lambda: "a model", "a str"),
    "uncompiled": (uncompiled, "is not compiled.*model.compile"),
    "without a loss": (without_loss, "without a loss"),
    "frozen": (frozen, "no weights to train"),
    "two inputs": (two_inputs, "model with one input.*has 2: join what it reads"),
    "sharing a layer": (sharing, "'a/common' and as 'b/common'"),
    "subclassed": (subclassed, "written as a class"),
    "stateful": (stateful, "'lstm.*' is stateful.*leave out stateful"),
    "text": (lambda: reading_text(keras.Input((1,), dtype="string")), "'lookup' reads text"),
    "text, unbuilt": (reading_text, "'lookup' reads text.*begin the model with what follows"),
    "several optimizers": (of_several_optimizers, "compile the model with one optimizer"),
    "a metric as loss": (lambda: model_of(loss="accuracy"), "loss='accuracy' is no loss.*metrics="),
    "an unknown loss": (
        lambda: model_of(loss="msee"),
        "loss='msee' is no loss of Keras: use loss=",
    ),
    "a class as loss": (
        lambda: model_of(loss=keras.losses.MeanSquaredError),
        r"class MeanSquaredError.*loss=keras.losses.MeanSquaredError\(\)",
    ),
    "undescribed penalty": (undescribed, r"'out' cannot be copied .*your own .* get_config\(\)"),
}


@pytest.mark.parametrize("case", BAD_MODELS)
def test_models_that_cannot_be_trained_are_refused(case):
    """One sentence with the cure."""
    make, says = BAD_MODELS[case]
    with pytest.raises((TypeError, ValueError), match=says) as error:
        live.LiveTrainer(make(), X, y)
    assert "\n" not in str(error.value)


def test_a_layer_with_python_side_effects_is_named_at_the_first_step():
    """Tracing fails with one sentence, not with TensorFlow's page."""

    class Peeking(layers.Layer):
        def call(self, inputs):
            return inputs * float(np.asarray(inputs).mean())

        def compute_output_shape(self, input_shape):
            return input_shape

    model = keras.Sequential([keras.Input((2,)), Peeking(), layers.Dense(1)])
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    with pytest.raises(ValueError, match=r"keras\.ops, not NumPy") as error:
        trainer.step()
    assert "\n" not in str(error.value)


def test_an_unbuilt_model_is_built_from_the_data():
    """keras.Input may be left out, as fit allows."""
    model = keras.Sequential([layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert live.LiveTrainer(model, X, y, jit_compile=False).step(3) == 3


def test_masks_are_seen_wherever_data_come_in():
    """In validation data and in what is predicted; a mask that hides nothing is no matter."""
    with pytest.raises(ValueError, match=r"validation X holds .* masked"):
        live.LiveTrainer(model_of(), X, y, validation_data=(hidden, y))
    trainer = live.LiveTrainer(model_of(), np.ma.array(X), np.ma.array(y), jit_compile=False)
    assert trainer.step(2) == 2
    with pytest.raises(ValueError, match=r"X holds .* masked"):
        trainer.predict(hidden)


def test_numbers_that_pandas_lacks_are_missing():
    """Its NA is no text; columns that may hold NA and do not are numbers."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": pandas.array(y, "Int64"), "b": X[:, 0]}).astype(object)
    live.LiveTrainer(model_of(), frame, pandas.array(y % 2 == 0, "boolean"))
    frame.loc[7, "a"] = pandas.NA
    with pytest.raises(ValueError, match=r"X holds 1 missing or infinite value, in row 7"):
        live.LiveTrainer(model_of(), frame, y)


def frame(**columns):
    """Return a data frame."""
    return pytest.importorskip("pandas").DataFrame(columns)


@pytest.mark.parametrize(
    "given",
    [
        lambda: frame(a=X[:, 0], b=X[:, 1]),
        lambda: X.tolist(),
        lambda: X.astype(str),
        lambda: X.astype(str).astype(object),
        lambda: frame(a=X[:, 0].astype(str), b=X[:, 1] > 0),
        lambda: X > 0,
        lambda: tf.constant(X),
        lambda: X.astype("float16"),
        lambda: (X * 100).astype("int64"),
    ],
    ids=["frame", "lists", "strings", "objects", "mixed", "booleans", "tensor", "half", "whole"],
)
def test_what_can_be_read_as_numbers_is_trained_and_drawn(given):
    """Trainer and pictures see the same numbers."""
    values = given()
    panel = panels.live(model_of(), values, list(y), batch_size=4)
    assert panel.views == ("boundary", "curves", "weights")
    assert "root mean square" in panel.sentence
    assert panel.trainer.predict(values).shape == (12, 1)
    assert panel.trainer.X.dtype == panel.trainer.y.dtype == "float32"
    panel.retire()


class Unspeakable:
    """It cannot be shown."""

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "value",
    ["x" * 5000, list(range(5000)), Unspeakable(), {"a": np.zeros((50, 50))}],
    ids=["text", "list", "no repr", "dictionary"],
)
def test_no_message_repeats_all_that_was_received(value):
    """Data and every argument: one line of a length that can be read."""
    trainer = live.LiveTrainer(model_of(), X, y)
    held = np.empty((12, 2), object)
    held[:] = 1.0
    held[3, 1] = value
    calls = [
        lambda: live.LiveTrainer(model_of(), held, y),
        lambda: live.LiveTrainer(model_of(), value, y),
        lambda: live.LiveTrainer(model_of(), X, y, batch_size=value),
        lambda: live.LiveTrainer(model_of(), X, y, seed=value),
        lambda: live.LiveTrainer(model_of(), X, y, validation_data=value),
        lambda: trainer.step(value),
        lambda: trainer.batch_indices(value),
        lambda: trainer.restore(value),
        *(
            lambda name=name: setattr(trainer, name, value)
            for name in ("learning_rate", "l2", "batch_size", "optimizer")
        ),
    ]
    for call in calls:
        with pytest.raises((TypeError, ValueError)) as error:
            call()
        assert len(str(error.value)) < 300
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("epochs", r"trainer.step\(n\)"),
        ("validation_split", r"validation_data=\(X_val, y_val\)"),
        ("class_weight", "repeat the rows"),
        ("sample_weight", "repeat the rows"),
        ("callbacks", "trainer.history"),
        ("shuffle", "seed"),
        ("metrics", r"model.compile\(metrics"),
        ("lr", "no setting 'lr'.*learning_rate"),
    ],
)
@pytest.mark.parametrize("make", [live.LiveTrainer, panels.live], ids=["trainer", "panel"])
def test_arguments_of_fit_are_told_what_to_do_instead(make, name, cure):
    """The cure, not the list of settings."""
    with pytest.raises(TypeError, match=cure):
        make(model_of(), X, y, **{name: 1})


def test_every_argument_of_fit_is_known():
    """Those that a trainer takes itself apart."""
    import inspect

    from lessons_lib.live._models import FIT_ARGUMENTS

    theirs = set(inspect.signature(keras.Model.fit).parameters) - {"self", "y"}
    ours = set(inspect.signature(live.LiveTrainer).parameters)
    assert theirs - ours <= set(FIT_ARGUMENTS)


@pytest.mark.parametrize(
    ("model", "targets", "task", "threshold"),
    [
        (model_of(1, "mse"), y, "regression", 0.5),
        (model_of(1, "binary_crossentropy", "sigmoid"), y % 2, "binary", 0.5),
        (model_of(1, keras.losses.BinaryCrossentropy(from_logits=True)), y % 2, "binary", 0.0),
        (model_of(1, "hinge"), y % 2 * 2 - 1, "binary", 0.0),
        (model_of(1, "mse", "sigmoid"), y % 2, "binary", 0.5),
        (model_of(1, "mse", "tanh"), y % 2 * 2 - 1, "binary", 0.0),
        (model_of(1, "mse", "tanh"), X[:, 0], "regression", 0.5),
        (model_of(2, "binary_crossentropy", "sigmoid"), X > 0, "binary", 0.5),
        (model_of(2, keras.losses.BinaryCrossentropy(from_logits=True)), X > 0, "binary", 0.0),
        (model_of(3, SPARSE, "softmax"), y, "multiclass", 0.5),
        (model_of(3, ONE_HOT, "softmax"), np.eye(3)[y], "multiclass", 0.5),
        (model_of(3, "mse", "softmax"), np.eye(3)[y], "multiclass", 0.5),
        (model_of(2, "mse"), X, "regression", 0.5),
    ],
)
def test_the_task_is_read_from_loss_activation_and_targets(model, targets, task, threshold):
    """Pictures and accuracy depend on it."""
    trainer = live.LiveTrainer(model, X, targets)
    assert (trainer.task, trainer.threshold) == (task, threshold)
