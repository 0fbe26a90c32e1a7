"""What does not fit is said in one sentence that ends with the cure."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

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
X3 = np.tile(np.arange(6.0)[None, :, None], (12, 1, 1))
SPARSE, ONE_HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"
BAD_DATA = {
    "too few features": (model_of(), X[:, :1], y, r"expects X of shape \(n_samples, 2\)"),
    "a flat X": (model_of(), X[:, 0], y, r"has shape \(12,\)"),
    "lengths": (model_of(), X, y[:5], "one row per sample; received 12 and 5"),
    "nothing": (model_of(), X[:0], y[:0], "X is empty"),
    "NaN in X": (model_of(), broken(7), y, "X holds 1 missing .* first in row 7"),
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
    "text in one column": (
        *(model_of(), np.array([[1.0, "red"]] * 12, dtype=object), y),
        "X must hold numbers, but holds values like 'red'",
    ),
    "None": (model_of(), [[1, None]] * 12, y, "X holds 12 missing"),
    "complex numbers": (model_of(), X * 1j, y, "X must hold numbers"),
    "dates": (model_of(), X.astype("datetime64[s]"), y, "X must hold numbers"),
    "too large for float32": (
        model_of(),
        X.astype(float) * 1e300,
        y,
        "X reaches .*float32 can hold",
    ),
    "targets too large": (model_of(), X, y * 1e300, "y reaches .*float32 can hold"),
    "text": (model_of(), X, np.array(["red", "white"] * 6), "values like .*red"),
    "columns": (model_of(2), X, y, r"gives 2 value\(s\) per sample, but y has shape \(12,\)"),
    "class too large": (model_of(2, SPARSE), X, y, "give the last layer 3 units"),
    "negative class": (model_of(3, SPARSE), X, y - 1, "class numbers 0 to 2"),
    "half a class": (model_of(3, SPARSE), X, y / 2, "class numbers 0 to 2"),
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


@pytest.mark.parametrize("case", BAD_DATA)
def test_data_that_do_not_fit_are_refused(case):
    """One sentence: what is wrong, what was expected, what to change."""
    model, X, y, says = BAD_DATA[case]
    with pytest.raises(ValueError, match=says) as error:
        live.LiveTrainer(model, X, y)
    assert "\n" not in str(error.value)


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
    "two inputs": (two_inputs, "one input and one output"),
    "sharing a layer": (sharing, "'a/common' and as 'b/common'"),
    "subclassed": (subclassed, "written as a class"),
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
    with pytest.raises(ValueError, match=r"X holds 1 missing .* first in row 7"):
        live.LiveTrainer(model_of(), frame, y)


def test_lists_and_data_frames_are_taken_as_arrays():
    """What Keras takes, the trainer takes."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b"])
    trainer = live.LiveTrainer(model_of(), frame, list(y), jit_compile=False)
    assert trainer.predict(frame).shape == (12, 1)


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
