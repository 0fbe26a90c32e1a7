"""A loss that cannot teach trains as in Keras, and the trainer says why nothing comes of it."""

import re
import warnings

import numpy as np
import pytest

from lessons_lib import live, panels

import keras  # isort: skip - after live, which imports TensorFlow quietly
import tensorflow as tf  # isort: skip

layers, losses, ops = keras.layers, keras.losses, keras.ops
X = np.random.default_rng(0).normal(size=(12, 2)).astype("float32")
y = np.arange(12) % 2
BINARY, SPARSE, ONE_HOT = (
    "binary_crossentropy",
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
)
one_hot = np.eye(2)[y]


def dense(units, activation=None):
    """Return a last layer."""
    return [layers.Dense(units, activation=activation)]


def nested(units, activation):
    """Return a last layer that stands in a model in a model."""
    inner = keras.Sequential([keras.Input((2,)), *dense(units, activation)])
    return [keras.Sequential([keras.Input((2,)), inner])]


LOGITS = {"from_logits": True}
# last layers, loss, targets, words of the sentence
DOUBTFUL = {
    "softmax of one": (dense(1, "softmax"), BINARY, y, "over one unit gives 1.*sigmoid"),
    "softmax of one, mse": (dense(1, "softmax"), "mse", y, "over one unit"),
    "a Softmax layer": ([*dense(1), layers.Softmax()], BINARY, y, "over one unit"),
    "sigmoid as scores": (
        *(dense(1, "sigmoid"), losses.BinaryCrossentropy(**LOGITS), y),
        "end in sigmoid, but .*from_logits=True.* a sigmoid itself",
    ),
    "softmax as scores": (
        *(dense(2, "softmax"), losses.SparseCategoricalCrossentropy(**LOGITS), y),
        "end in softmax, but .* a softmax itself",
    ),
    "tf.nn.softmax": (
        *(dense(2, tf.nn.softmax), losses.CategoricalCrossentropy(**LOGITS), one_hot),
        "end in softmax, but",
    ),
    "relu as scores": (
        dense(1, "relu"),
        losses.BinaryFocalCrossentropy(**LOGITS),
        y,
        "end in relu",
    ),
    "linear": (dense(1), BINARY, y, "have no activation .*sigmoid.*from_logits=True"),
    "the function": (dense(1, "tanh"), losses.binary_crossentropy, y, "end in tanh and may lie"),
    "relu": (dense(1, "relu"), losses.BinaryCrossentropy(), y, 'relu .*activation="sigmoid"'),
    "linear classes": (dense(2), SPARSE, y, 'no activation .*activation="softmax"'),
    "tanh classes": (dense(2, "tanh"), ONE_HOT, one_hot, 'tanh .*activation="softmax"'),
    "divergence": (dense(2), "kl_divergence", one_hot, "no activation .*softmax"),
    "an Activation layer": ([*dense(1), layers.Activation("relu")], BINARY, y, "end in relu"),
    "normalized": ([*dense(1), layers.BatchNormalization()], BINARY, y, "no activation"),
    "reshaped": ([*dense(1, "tanh"), layers.Reshape((1, 1)), layers.Flatten()], BINARY, y, "tanh"),
    "nested": (nested(1, "tanh"), BINARY, y, "end in tanh"),
    "hinge": (dense(1, "sigmoid"), "hinge", 2 * y - 1, "hinge .* end in sigmoid .*tanh"),
    "squared hinge": (dense(1, "relu"), "squared_hinge", 2 * y - 1, "hinge .* end in relu"),
    "counts": (
        [layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")],
        *("poisson", y, "Poisson .* no activation"),
    ),
    "out of reach": (dense(1, "sigmoid"), "mse", 9.0 * y, "between 0 and 1, but y goes .* 0 to 9"),
    "below": (dense(1, "relu"), "mae", y - 1.0, "end in relu and lie between 0 and inf"),
}


def compiled(last, loss):
    """Return a model of two inputs."""
    model = keras.Sequential([keras.Input((2,)), *last])
    model.compile("sgd", loss)
    return model


@pytest.mark.parametrize("case", DOUBTFUL)
@pytest.mark.filterwarnings(
    "ignore:.*(from_logits=True|softmax over axis).*:UserWarning"
)  # Keras's
def test_a_loss_that_cannot_teach_is_named(case):
    """One sentence in notice and caution, and the training goes on."""
    last, loss, targets, says = DOUBTFUL[case]
    trainer = live.LiveTrainer(compiled(last, loss), X, targets, jit_compile=False)
    assert trainer.step(2) == 2
    assert re.search(says, trainer.caution)
    assert trainer.notice.startswith(trainer.caution)
    assert "\n" not in trainer.caution


class Own(layers.Layer):
    """A layer of the learner's own, whose outputs nobody knows."""

    def call(self, inputs):
        """Return probabilities."""
        return ops.sigmoid(inputs)


def in_the_graph():
    """Return a model whose sigmoid is an operation."""
    inputs = keras.Input((2,))
    model = keras.Model(inputs, ops.sigmoid(layers.Dense(1)(inputs)))
    model.compile("sgd", BINARY)
    return model


SOUND = {
    "sigmoid": (lambda: compiled(dense(1, "sigmoid"), BINARY), y),
    "an operation": (in_the_graph, y),
    "softmax": (lambda: compiled(dense(2, "softmax"), SPARSE), y),
    "sigmoid of several": (lambda: compiled(dense(2, "sigmoid"), BINARY), X > 0),
    "scores": (lambda: compiled(dense(1), losses.BinaryCrossentropy(**LOGITS)), y),
    "relu scores": (
        lambda: compiled(dense(2, "relu"), losses.SparseCategoricalCrossentropy(**LOGITS)),
        y,
    ),
    "positive": (lambda: compiled(dense(2, "exponential"), ONE_HOT), one_hot),
    "own function": (lambda: compiled(dense(1, lambda Z: 1 / (1 + ops.exp(-Z))), BINARY), y),
    "own layer": (lambda: compiled([*dense(1), Own()], BINARY), y),
    "own loss": (lambda: compiled(dense(1), lambda t, p: ops.mean((t - p) ** 2)), 9 * y),
    "hinge": (lambda: compiled(dense(1, "tanh"), "hinge"), 2 * y - 1),
    "counts": (lambda: compiled(dense(1, "exponential"), "poisson"), y),
    "numbers": (lambda: compiled(dense(1), "mse"), 9 * y),
    "within reach": (lambda: compiled(dense(1, "tanh"), "mse"), 2 * y - 1),
}


@pytest.mark.parametrize("case", SOUND)
def test_what_can_teach_or_cannot_be_judged_is_not_doubted(case):
    """No sentence for sound models, nor for functions and layers of the learner's own."""
    make, targets = SOUND[case]
    trainer = live.LiveTrainer(make(), X, targets, jit_compile=False)
    assert trainer.caution == ""


@pytest.mark.parametrize("case", ["softmax of one", "sigmoid as scores", "softmax as scores"])
def test_keras_does_not_warn_of_what_the_caution_says(case):
    """It would at each of our own calls of the model, in red."""
    last, loss, targets, _ = DOUBTFUL[case]
    model = compiled([layer.from_config(layer.get_config()) for layer in last], loss)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trainer = live.LiveTrainer(model, X, targets, batch_size=5, jit_compile=False)
        trainer.step(1)
        trainer.predict(X), trainer.hidden(X), trainer.gradient_norms(), trainer.to_keras()


@pytest.mark.filterwarnings("ignore:.*from_logits=True.*:UserWarning")
def test_probabilities_are_read_as_such_whatever_the_loss_takes_them_for():
    """A sigmoid's outputs are divided at one half, as Keras's accuracy does."""
    model = compiled(dense(1, "sigmoid"), losses.BinaryCrossentropy(**LOGITS))
    model.compile("sgd", model.loss, metrics=["accuracy"])
    trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), jit_compile=False)
    trainer.step(1)
    _, accuracy = trainer.to_keras().evaluate(X, y, verbose=0)
    assert trainer.threshold == 0.5
    assert trainer.history["val_accuracy"][-1] == pytest.approx(accuracy)


def test_the_panel_says_so_beside_its_pictures():
    """At first, after updates, and after a turn whose own notice replaces the first."""
    panel = panels.live(compiled([layers.Dense(3, "tanh"), *dense(1, "tanh")], BINARY), X, y)
    for turn in (lambda: None, lambda: panel.step(2), lambda: setattr(panel.trainer, "l2", 0.1)):
        turn()
        panel.refresh()
        assert "takes probabilities, but the outputs end in tanh" in panel.sentence
    panel.trainer.batch_size = 4
    panel.refresh()
    assert panel.trainer.notice.startswith("Batches of 4")
    assert "end in tanh" in panel.sentence
