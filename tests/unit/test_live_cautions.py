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


# --- a run that goes on, but learns nothing ---------------------------------------------------

POINTS = np.random.default_rng(1).uniform(-1, 1, size=(120, 2)).astype("float32")
RINGS = (np.hypot(*POINTS.T) < 0.7).astype("float32")


@pytest.fixture(scope="module", params=["tanh", "relu"])
def learner(request):
    """Return a trainer that learns, and the moment before its first update."""
    keras.utils.set_random_seed(3)
    hidden = [
        layers.Dense(12, request.param, kernel_regularizer=keras.regularizers.L1(0.0)),
        layers.Dropout(0.0),
    ]
    model = keras.Sequential([keras.Input((2,)), *hidden, *dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), BINARY)
    trainer = live.LiveTrainer(model, POINTS, RINGS, batch_size=10)
    return trainer, trainer.snapshot()


# knobs, updates, what is said
TROUBLE = {
    "l2": ({"l2": 0.3}, 1500, "^l2 0.3 pulls all weights to zero.* Go back to step 0, then try l2"),
    "less l2": ({"l2": 0.1}, 1500, "^l2 0.1 pulls all weights to zero.* then try l2 0.001"),
    "l1": ({"l1": 0.1}, 1500, "^l1 0.1 pulls all weights to zero.* then try l1 0.0001"),
    "both": ({"l1": 0.1, "l2": 0.3}, 1500, "^l2 0.3 and l1 0.1 pull all weights to zero"),
    "slow": ({"learning_rate": 1e-4}, 600, "^With learning rate 0.0001 .* hardly changed in 600 "
             "steps. Try learning rate"),
    "still": ({"learning_rate": 0.0}, 200, "^With learning rate 0 no weight moves. Try learning"),
    "narrow": ({"width": 1}, 3000, "^With width 1 all of the input .* Try width"),
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("case", TROUBLE)
def test_what_keeps_a_run_from_learning_is_said_with_the_knob_and_a_value(learner, case, seed):
    """Whatever the start; and who follows the advice learns."""
    trainer, moment = learner
    knobs, updates, says = TROUBLE[case]
    trainer.restore(moment)
    trainer.reset(seed)
    for name, value in knobs.items():
        trainer.turn(name, value)
    trainer.step(updates)
    assert re.search(says, trainer.trouble), trainer.trouble
    before = trainer._views.loss(trainer._views.probed())
    advised = trainer._watch.rescue.tries
    if trainer.way_back is not None:
        trainer.go_back()
    for name, value in advised.items():
        trainer.turn(name, value)
    trainer.step(3000)
    assert trainer._views.loss(trainer._views.probed()) < before
    assert trainer.trouble == ""


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("rate", [0.03, 0.1, 0.5])
def test_an_ordinary_run_is_left_alone(learner, rate, seed):
    """Slow or fast, with a little of every penalty, nothing is said at any time."""
    trainer, moment = learner
    trainer.restore(moment)
    trainer.reset(seed)
    trainer.learning_rate = rate
    trainer.l2, trainer.l1, trainer.dropout = 1e-4, 1e-5, 0.2
    for updates in (50, 100, 200, 400, 800, 1600):
        trainer.step(updates)
        assert (trainer.trouble, trainer.ended, trainer.way_back) == ("", None, None)


def test_a_penalty_that_no_knob_turns_is_named_as_the_models_own():
    """It is in the model, so that is where it has to be made smaller; no way back helps."""
    strong = [
        layers.Dense(6, "tanh", kernel_regularizer=keras.regularizers.L2(1.0)),
        layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)),
    ]
    trainer = live.LiveTrainer(
        compiled(strong, "mse"), POINTS, RINGS, batch_size=10, jit_compile=False
    )
    trainer.step(800)
    assert trainer.trouble.startswith("The penalty that the model was built with pulls all")
    assert trainer.way_back is None


def test_only_a_relu_is_called_dead():
    """A tanh unit whose weights are 0 puts out 0 as well, and its slope is the largest there."""
    for activation, dead in (("relu", True), ("tanh", False)):
        zeros = layers.Dense(6, activation, kernel_initializer="zeros")
        model = compiled([zeros, layers.Dense(1, kernel_initializer="zeros")], "mse")
        trainer = live.LiveTrainer(model, POINTS, RINGS, batch_size=10, jit_compile=False)
        trainer.step(120)
        assert ("dead" in trainer.trouble) is dead


def test_dead_and_saturated_units_are_named():
    """Weights that no input can move any more, as a leap of the learning rate leaves them."""
    for activation, bias, says in (
        ("relu", -1e3, "^All units of hidden layer 1 are dead"),
        ("tanh", 1e3, "^The units of hidden layer 1 are saturated: tanh stands at -1 or 1"),
        ("sigmoid", 1e3, "^The units of hidden layer 1 are saturated: sigmoid stands at 0 or 1"),
    ):
        model = compiled([layers.Dense(6, activation), *dense(1)], "mse")
        trainer = live.LiveTrainer(model, POINTS, RINGS, batch_size=10, jit_compile=False)
        trainer.step(120)
        assert trainer.trouble == ""
        trainer._network.model.layers[1].bias.assign(np.full(6, bias, "float32"))
        trainer._network.model.layers[-1].bias.assign([9.0])
        trainer.learning_rate = 0.0
        trainer.step(1)
        assert re.search(says, trainer.trouble), trainer.trouble
