"""code(): every kind of model, written out, is the model that to_keras() gives back."""

import re

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers, ops, regularizers = keras.layers, keras.ops, keras.regularizers
rng = np.random.default_rng(0)
points = rng.normal(size=(24, 2)).astype("float32")
images = rng.normal(size=(24, 6, 6, 1)).astype("float32")
series = rng.normal(size=(24, 5, 3)).astype("float32")
words = rng.integers(0, 9, (24, 4))
binary = (np.arange(24) % 2).astype("float32")


def sine(Z):
    """Return sin(Z): an activation that Keras does not have."""
    return ops.sin(Z)


def cubic(y_true, y_pred):
    """Return the mean of |error|³, a loss and a metric that Keras does not have."""
    return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)


class Scale(layers.Layer):
    """A layer of the learner's without get_config()."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        """Multiply."""
        return inputs * self.factor


class Share(keras.Metric):
    """A metric of the learner's without get_config()."""

    def __init__(self, above, **kwargs):
        super().__init__(**kwargs)
        self.above = above
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Count."""
        self.total.assign_add(ops.sum(ops.cast(y_pred > self.above, "float32")))

    def result(self):
        """Return the count."""
        return self.total


class Signed(keras.optimizers.Optimizer):
    """An optimizer of the learner's without get_config()."""

    def __init__(self, learning_rate=0.01, slack=0.0, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.slack = slack

    def update_step(self, gradient, variable, learning_rate):
        """Go one step of one length against the gradient's sign."""
        self.assign_sub(variable, learning_rate * ops.sign(gradient))


class Written(keras.Model):
    """A model written as a class, used as a layer."""

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.dense = layers.Dense(units, "relu")

    def call(self, inputs):
        """Return what the one layer gives."""
        return self.dense(inputs)


OWN = {
    "Written": Written,
    "sine": sine,
    "cubic": cubic,
    "Scale": Scale,
    "Share": Share,
    "Signed": Signed,
}


def stack(*parts, shape=(2,), dtype=None, **kwargs):
    """Return a Sequential model."""
    return keras.Sequential([keras.Input(shape, dtype=dtype), *parts], **kwargs)


def graph(body, shape=(2,), dtype=None, **kwargs):
    """Return a functional model whose last tensor `body` makes of the input."""
    inputs = keras.Input(shape, dtype=dtype)
    return keras.Model(inputs, body(inputs), **kwargs)


def dropped(x):
    """Return two hidden layers with Dropout between them, and an output with a name."""
    x = layers.Dropout(0.3, seed=7)(layers.Dense(6, "relu")(x))
    return layers.Dense(1, activation="sigmoid", name="out")(layers.Dense(6, "relu")(x))


def residual(x):
    """Return what a block with a way round it gives."""
    x = layers.Dense(4, "relu")(x)
    return layers.Dense(1)(layers.Add()([x, layers.Dense(4, "tanh")(x)]))


def joined(x):
    """Return what two branches give, side by side."""
    left, right = layers.Dense(4, "relu")(x), layers.Dense(3, sine)(x)
    return layers.Dense(1)(layers.Concatenate(axis=1)([left, right]))


def arithmetic(x):
    """Return what operators and functions of keras.ops give between layers."""
    a = layers.Dense(4, "tanh")(x)
    b = ops.concatenate([a * 2.0, 1.0 - a[:, :2]], axis=-1)
    b = ops.mean(ops.reshape(ops.relu(b) + b**2, (-1, 2, 3)), axis=1, keepdims=False)
    return layers.Dense(1)(ops.where(b > 0.0, b, ops.zeros_like(b)))


def twice(x):
    """Return what one layer gives that is used two times."""
    same = layers.Dense(2, "tanh", name="twice")
    return layers.Dense(1)(layers.Dense(4, "relu")(same(same(x))))


def remembered(x):
    """Return what a decoder gives that starts from an encoder's memory."""
    sequence, h, c = layers.LSTM(3, return_sequences=True, return_state=True)(x)
    return layers.Dense(1)(layers.LSTM(3)(sequence, initial_state=[h, c]))


def attentive(x):
    """Return what attention of a series to itself gives."""
    seen = layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    return layers.Dense(1)(layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x + seen)))


def two_sided(x):
    """Return what a model with two inputs gives, used as a layer of another model."""
    a, b = keras.Input((3,)), keras.Input((2,))
    inner = keras.Model([a, b], layers.Dense(4, "relu")(layers.Concatenate()([a, b])), name="pair")
    return layers.Dense(1)(inner([layers.Dense(3)(x), x]))


def encoded(x):
    """Return what a Sequential model gives, used as a layer of another model."""
    encoder = stack(layers.Dense(5, "relu"), layers.Dropout(0.1), name="encoder")
    return layers.Dense(1)(layers.Dense(4, "relu")(encoder(x)))


KINDS = {
    "plain": lambda: stack(layers.Dense(6, "tanh"), layers.Dense(1)),
    "names": lambda: stack(layers.Dense(6, "tanh", name="first"), layers.Dense(1), name="mine"),
    "conv": lambda: stack(
        layers.Rescaling(2.0, offset=-1),
        layers.Conv2D(3, 3, strides=2, padding="same", activation="relu", dilation_rate=1),
        layers.DepthwiseConv2D(2, depth_multiplier=2),
        layers.BatchNormalization(momentum=0.9, scale=False),
        layers.SpatialDropout2D(0.2),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(5, "relu", trainable=False),
        layers.Dense(1),
        shape=(6, 6, 1),
    ),
    "bidirectional": lambda: stack(
        layers.Bidirectional(layers.LSTM(3, return_sequences=True, recurrent_dropout=0.1)),
        layers.TimeDistributed(layers.Dense(2, "tanh")),
        layers.GRU(3, reset_after=False),
        layers.Dense(1),
        shape=(5, 3),
    ),
    "cells": lambda: stack(
        layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)]), layers.Dense(1), shape=(5, 3)
    ),
    "masked words": lambda: stack(
        layers.Embedding(9, 3, mask_zero=True), layers.LSTM(3), layers.Dense(1),
        shape=(4,), dtype="int32",
    ),
    "masked graph": lambda: graph(
        lambda x: layers.Dense(1)(layers.LSTM(3)(layers.Embedding(9, 3, mask_zero=True)(x))),
        shape=(4,), dtype="int32",
    ),
    "penalties": lambda: stack(
        layers.Dense(4, "relu", kernel_regularizer=regularizers.L1(0.001)),
        layers.Dense(4, "relu", kernel_regularizer=regularizers.L1L2(0.001, 0.02),
                     bias_regularizer=regularizers.L2(0.003)),
        layers.Dense(4, kernel_regularizer=regularizers.OrthogonalRegularizer(0.04, mode="columns"),
                     activity_regularizer=regularizers.L1(1e-4)),
        layers.Activation("swish"),
        layers.Dense(1),
    ),
    "constraints": lambda: stack(
        layers.Dense(4, keras.activations.selu, kernel_constraint=keras.constraints.MaxNorm(1.5),
                     kernel_initializer=keras.initializers.HeNormal(seed=3)),
        layers.Dense(4, ops.sin, bias_constraint="non_neg",
                     kernel_initializer=keras.initializers.RandomUniform(-0.1, 0.1, seed=1)),
        layers.Dense(3, bias_initializer=keras.initializers.Constant(0.1), use_bias=True,
                     kernel_initializer="orthogonal"),
        layers.PReLU(alpha_initializer="ones"),
        layers.LeakyReLU(negative_slope=0.1),
        layers.Dense(1),
    ),
    "own": lambda: stack(layers.Dense(4, sine), Scale(3.0), Scale(factor=0.5), layers.Dense(1)),
    "a class inside": lambda: stack(Written(4), layers.Dense(1)),
    "einsum": lambda: graph(
        lambda x: layers.Dense(1)(ops.einsum("ij,ik->ijk", x, layers.Dense(3)(x))[:, 0])
    ),
    "constants": lambda: graph(
        lambda x: layers.Dense(1)(ops.matmul(x + np.array([1, 2], "float32"), np.eye(2, 3)))
    ),
    "precision": lambda: stack(
        layers.Dense(6, "relu", dtype="mixed_float16"), layers.Dropout(0.2, dtype="mixed_float16"),
        layers.Dense(4, "relu", dtype="float64"), layers.Dense(1),
    ),
    "normalized": lambda: stack(
        layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0]), layers.UnitNormalization(),
        layers.GroupNormalization(2), layers.GaussianNoise(0.1, seed=5), layers.Dense(1),
    ),
    "model in a stack": lambda: stack(
        stack(layers.Dense(5, "relu"), layers.Dropout(0.1), name="encoder"), layers.Dense(1)
    ),
    "frozen model": lambda: stack(
        stack(layers.Dense(5, "relu"), name="encoder", trainable=False), layers.Dense(1)
    ),
    "dropout in a graph": lambda: graph(dropped),
    "residual": lambda: graph(residual),
    "joined": lambda: graph(joined),
    "operators": lambda: graph(arithmetic),
    "a layer used twice": lambda: graph(twice),
    "states": lambda: graph(remembered, shape=(5, 3)),
    "attention": lambda: graph(attentive, shape=(5, 3)),
    "two inputs inside": lambda: graph(two_sided),
    "model in a graph": lambda: graph(encoded),
}  # fmt: skip


def samples(model):
    """Return inputs that a model takes."""
    shape = tuple(model.inputs[0].shape[1:])
    return next(X for X in (points, images, series, words) if X.shape[1:] == shape)


def turned(trainer):
    """Turn every knob of a trainer that can be turned, and return it."""
    trainer.learning_rate = 0.03
    for name, value in [("width", 3), ("dropout", 0.4), ("l2", 0.05), ("activation", "elu")]:
        if getattr(trainer, f"can_change_{name}"):
            setattr(trainer, name, value)
    return trainer


@pytest.fixture
def fitted(monkeypatch):
    """Keep what fit is called with; nothing is trained."""
    calls = []
    monkeypatch.setattr(keras.Model, "fit", lambda self, *args, **kwargs: calls.append(kwargs))
    return calls


def run(trainer, fresh=True):
    """Execute a trainer's code where only data and the learner's own names are known."""
    data = {"X": trainer._data.X, "y": trainer._data.y}
    exec(trainer.code(), names := {**data, **OWN, **({} if fresh else {"model": trainer._model})})
    return names["model"]


def settings(thing):
    """Return a configuration in float32 and without what says nothing: names that Keras gave."""
    if isinstance(thing, dict):
        left_out = {"name", "registered_name", "module", "build_config", "shared_object_id"}
        if thing.get("class_name") == "DTypePolicy":
            return thing["config"]["name"]
        if thing.get("class_name") == "function":
            return thing["config"]
        return {key: settings(value) for key, value in thing.items() if key not in left_out}
    if isinstance(thing, list | tuple):
        return [settings(value) for value in thing]
    return float(np.float32(thing)) if isinstance(thing, float) else thing


def layer_settings(model):
    """Return class and configuration of all layers, models opened."""
    flat = [layer for layer in model._flatten_layers(include_self=False)]
    return sorted(
        (type(layer).__name__, repr(settings(layer.get_config())))
        for layer in flat
        if not isinstance(layer, keras.Model | layers.InputLayer)
    )


def assert_alike(written, kept, X):
    """Compare structure, layers, weights' shapes and wiring of two models."""
    assert type(written) is type(kept)
    inside = (
        [type(layer) for layer in m.layers if isinstance(layer, keras.Model)]
        for m in (written, kept)
    )
    assert next(inside) == next(inside)
    assert layer_settings(written) == layer_settings(kept)
    assert [w.shape for w in written.weights] == [w.shape for w in kept.weights]
    assert [w.trainable for w in written.weights] == [w.trainable for w in kept.weights]
    written.set_weights(kept.get_weights())
    ours, theirs = (np.asarray(model(X, training=False)) for model in (written, kept))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_of_every_kind_of_model_builds_it(kind, fitted):
    """In a fresh namespace, with all knobs turned: layers, settings and wiring are the same."""
    model = KINDS[kind]()
    model.compile("adam", "mse")
    X = samples(model)
    trainer = turned(live.LiveTrainer(model, X, binary, batch_size=6, jit_compile=False))
    kept, written = trainer.to_keras(), run(trainer)
    assert_alike(written, kept, X)
    assert fitted == [{"batch_size": 6, "epochs": 1, "verbose": 0}]
    assert trainer.width in (0, 3)


def compiled_settings(model):
    """Return optimizer, loss and metrics as `settings` does."""
    serialized = keras.saving.serialize_keras_object
    given = {key: model._compile_config.config.get(key) for key in COMPILED}
    return {key: settings(serialized(value)) for key, value in given.items()}


COMPILED = ("loss", "loss_weights", "metrics", "weighted_metrics")
losses, metrics, optimizers = keras.losses, keras.metrics, keras.optimizers
COMPILATIONS = {
    "names": {"loss": "bce", "metrics": ["accuracy", "AUC", "mse"]},
    "objects": {
        "loss": losses.BinaryCrossentropy(label_smoothing=0.1, name="smooth"),
        "metrics": [
            metrics.AUC(num_thresholds=50, name="roc"), metrics.Precision(), metrics.Recall(0.3),
            metrics.BinaryAccuracy(threshold=0.4), metrics.F1Score(threshold=0.5),
            metrics.MeanMetricWrapper(cubic, name="third"),
        ],
        "weighted_metrics": [metrics.AUC(curve="PR"), "mae"],
    },
    "functions": {
        "loss": losses.binary_focal_crossentropy,
        "metrics": [metrics.binary_accuracy, cubic],
        "weighted_metrics": [cubic],
    },
    "the learner's own": {"loss": cubic, "metrics": [Share(0.3), Share(above=0.9, name="high")]},
    "by output": {
        "loss": {"out": "mse"}, "loss_weights": {"out": 2.0},
        "metrics": {"out": [metrics.MeanAbsoluteError(), "mse"]},
    },
    "lists": {"loss": [losses.Huber(0.5)], "loss_weights": [0.5], "metrics": [["mae", cubic]]},
}  # fmt: skip


@pytest.mark.parametrize("how", COMPILATIONS)
def test_what_a_model_is_compiled_with_comes_back(how, fitted):
    """Loss and metrics stand in the code, and evaluate works on the model given back."""
    model = graph(dropped)
    model.compile("sgd", **COMPILATIONS[how])
    trainer = live.LiveTrainer(model, points, binary, batch_size=6, jit_compile=False)
    trainer.width, trainer.dropout = 3, 0.2
    kept, written = trainer.to_keras(), run(trainer)
    assert_alike(written, kept, points)
    assert compiled_settings(written) == compiled_settings(model)
    y = binary[:, None]
    assert evaluated(written, y) == pytest.approx(evaluated(kept, y), rel=1e-3, abs=1e-5)
    assert set(evaluated(kept, y)) == set(evaluated(model, y))


def evaluated(model, y):
    """Return what evaluate says, by names without Keras's numbers."""
    found = model.evaluate(points, y, verbose=0, return_dict=True)
    return {re.sub(r"_\d+$", "", name): float(np.mean(value)) for name, value in found.items()}


def test_each_model_counts_for_itself():
    """Metric objects of the learner's are not those of the model given back."""
    model = stack(layers.Dense(1, activation="sigmoid"))
    model.compile("sgd", "mse", metrics=[mine := metrics.BinaryAccuracy()])
    plain = live.LiveTrainer(model, points, binary, jit_compile=False).to_keras()
    plain.evaluate(points, binary[:, None], verbose=0)
    assert float(mine.count) == 0


schedules = optimizers.schedules
OPTIMIZERS = {
    "defaults": optimizers.Adam,
    "arguments": lambda: optimizers.SGD(0.3, momentum=0.9, nesterov=True, clipnorm=1.5),
    "decay": lambda: optimizers.AdamW(weight_decay=0.02, use_ema=True, name="mine"),
    "averaging": lambda: optimizers.RMSprop(centered=True, gradient_accumulation_steps=2),
    "schedule": lambda: optimizers.Adam(schedules.CosineDecay(0.1, 50, warmup_steps=5, alpha=0.01)),
    "pieces": lambda: optimizers.SGD(schedules.PiecewiseConstantDecay([5, 9], [0.1, 0.02, 0.003])),
    "scaled": lambda: optimizers.LossScaleOptimizer(optimizers.SGD(0.2), initial_scale=1024.0),
    "the learner's own": lambda: Signed(0.02, slack=0.5),
}


@pytest.mark.parametrize("which", OPTIMIZERS)
def test_every_optimizer_comes_back(which, fitted):
    """With its settings, in code and in the model given back."""
    model = stack(layers.Dense(1))
    model.compile(OPTIMIZERS[which](), "mse")
    trainer = live.LiveTrainer(model, points, binary, jit_compile=False)
    trainer.step(2)
    ours, theirs, given = (m.optimizer for m in (run(trainer), trainer.to_keras(), model))
    assert type(ours) is type(theirs) is type(given)
    assert settings(ours.get_config()) == settings(theirs.get_config())
    assert settings(theirs.get_config()) == settings(given.get_config())
    assert getattr(ours, "slack", None) == getattr(given, "slack", None)


@pytest.mark.parametrize("metrics", [{"out": "mae"}, {"out": ["mae"]}, None])
def test_a_sequential_model_whose_output_is_named_comes_back(metrics):
    """Its last layer's name is a key of loss and metrics, though the model has no output names."""
    model = stack(layers.Dense(4), layers.Dense(1, name="out"))
    model.compile("sgd", {"out": "mse"}, metrics=metrics)
    kept = live.LiveTrainer(model, points, binary, jit_compile=False).to_keras()
    assert len(kept.evaluate(points, binary, verbose=0, return_dict=True)) == 1 + bool(metrics)


def test_two_penalties_make_a_round_number():
    """0.01 + 0.003 is written as a person would add it."""
    model = stack(layers.Dense(4, kernel_regularizer=regularizers.L2(0.01)), layers.Dense(1))
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, points, binary, jit_compile=False)
    trainer.l2 = 0.003
    assert "L2(l2=0.013)" in trainer.code()


def test_what_has_no_name_is_taken_from_the_learners_model(fitted):
    """Lambdas, in a model inside the model too."""
    inner = stack(layers.Dense(4, lambda Z: ops.sin(Z)), layers.Lambda(lambda Z: Z**2), name="in")
    model = stack(inner, layers.Dense(1))
    model.compile("sgd", lambda t, p: ops.mean((t - p) ** 2), metrics=[lambda t, p: p])
    trainer = live.LiveTrainer(model, points, binary, jit_compile=False)
    kept, written = trainer.to_keras(), run(trainer, fresh=False)
    np.testing.assert_allclose(len(written.weights), len(kept.weights))
    written.set_weights(kept.get_weights())
    np.testing.assert_allclose(written(points), kept(points), atol=1e-5)
    assert written.loss is model.loss
    assert "add your own metrics" in trainer.code()


def test_operations_without_a_public_name_keep_their_place_and_the_knobs_theirs(fitted):
    """Where the wiring cannot be written, it comes from `model` and the layers from the code."""

    class Doubled(keras.Operation):
        def call(self, x):
            return x * 2

        def compute_output_spec(self, x):
            return keras.KerasTensor(x.shape, x.dtype)

    doubled = Doubled()
    model = graph(
        lambda x: layers.Dense(1)(
            ops.relu(doubled(layers.Dropout(0.1)(layers.Dense(8, sine)(x))))[:, 1:]
        )
    )
    model.compile("sgd", cubic)
    trainer = turned(live.LiveTrainer(model, points, binary, jit_compile=False))
    written = run(trainer, fresh=False)
    assert_alike(written, trainer.to_keras(), points)
    assert "cannot be written out" in trainer.code()


def test_variables_take_no_name_that_is_in_use(fitted):
    """A layer called like a function, a keyword or a builtin."""

    def body(x):
        for name in ("sine", "float", "class", "model", "X", "2nd layer"):
            x = layers.Dense(3, sine, name=name)(x)
        return layers.Dense(1, bias_initializer=keras.initializers.Constant(float("inf")))(x)

    model = graph(body)
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, points, binary, jit_compile=False)
    assert layer_settings(run(trainer)) == layer_settings(trainer.to_keras())


def test_the_precision_of_the_whole_session_stands_in_the_code(fitted):
    """What keras.config was told comes first; the loss is scaled as Keras does it then."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = stack(layers.Dense(4, "relu"), layers.Dense(1, dtype="float32"))
        model.compile("sgd", "mse")
        trainer = live.LiveTrainer(model, points, binary, jit_compile=False)
        trainer.step(1)
        kept, written, code = trainer.to_keras(), run(trainer), trainer.code()
    finally:
        keras.config.set_dtype_policy("float32")
    assert layer_settings(written) == layer_settings(kept)
    assert 'keras.config.set_dtype_policy("mixed_float16")\n' in code
    assert type(written.optimizer) is type(kept.optimizer) is type(model.optimizer)
