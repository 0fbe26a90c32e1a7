"""What was compiled is kept: the same network again neither compiles nor grows."""

import gc
import threading

import numpy as np
import psutil
import pytest

from lessons_lib import live, panels
from lessons_lib.live import _programs

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2)).astype("float32")
y = (X[:, :1] * X[:, 1:] > 0).astype("float32")
SOME_MEGABYTES = 100  # one compilation more per run would be 400 and more

CELL = """
model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(5, activation="tanh"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy")
"""
TRAINER = """
trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), batch_size=10)
trainer.step(3)
trainer.predict(X), trainer.hidden(X), trainer.gradient_norms()
"""
PANEL = """
panel = panels.live(model, X, y, batch_size=10, learning_rate=0.02, width=4)
panel.step(3)
made.append(panel)
"""


def megabytes():
    """Return the memory of this process, after the garbage has been taken away."""
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


@pytest.mark.parametrize("use", [TRAINER, PANEL], ids=["trainer", "panel"])
def test_a_cell_run_twenty_times_compiles_once_and_does_not_grow(use):
    """The second kind keeps all its panels, as ipywidgets and IPython's Out do."""
    names = {**globals(), "panels": panels, "made": []}
    exec(CELL + use, names)
    kept, before = _programs.count(), megabytes()
    for _ in range(19):
        exec(CELL + use, names)
    assert _programs.count() == kept
    assert megabytes() - before < SOME_MEGABYTES


def a_model(*hidden, loss="binary_crossentropy", optimizer="sgd", out="sigmoid"):
    """Return a compiled model of two inputs with these hidden layers."""
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation=out)])
    model.compile(optimizer=optimizer, loss=loss)
    return model


def a_trainer(*hidden, seed=0, **settings):
    """Return a trainer of such a model, as a plain graph."""
    model = a_model(*hidden, **settings)
    return live.LiveTrainer(model, X, y, batch_size=10, seed=seed, jit_compile=False)


def test_knobs_turned_there_and_back_compile_each_setting_once():
    """Batch size, activation and optimizer: the second time round nothing is new."""
    trainer = a_trainer(layers.Dense(4, activation="tanh"))
    settings = [
        *(("batch_size", n) for n in (20, 10)),
        *(("activation", name) for name in ("relu", "tanh")),
        *(("optimizer", name) for name in ("adam", "sgd")),
    ]
    kept = []
    for _ in range(3):
        for name, value in settings:
            setattr(trainer, name, value)
            trainer.step(2)
            trainer.predict(X)
        kept.append(_programs.count())
    assert kept[0] == kept[1] == kept[2]
    assert trainer.updates == 36


def test_networks_that_share_a_program_train_apart():
    """Two at once, in turns, with other data, knobs and weights, go as each would go alone."""

    def made(number):
        keras.utils.set_random_seed(number)
        hidden = layers.Dense(4, activation="tanh"), layers.Dropout(0.2)
        model = a_model(*hidden, optimizer="adam")
        trainer = live.LiveTrainer(model, X + number, y, batch_size=10, jit_compile=False)
        trainer.learning_rate = 0.01 * (number + 1)
        trainer.width = 4 - number
        return trainer

    alone = [made(number) for number in (0, 1)]
    kept = []
    for trainer in alone:
        trainer.step(30)
        kept.append(_programs.count())
    together = [made(number) for number in (0, 1)]
    for _ in range(3):
        for trainer in together:
            trainer.step(10)
    assert kept[0] == kept[1] == _programs.count()
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(other.predict(X), one.predict(X), rtol=1e-5)
        np.testing.assert_allclose(
            list(other.gradient_norms().values()), list(one.gradient_norms().values()), rtol=1e-4
        )
    assert not np.allclose(alone[0].predict(X), alone[1].predict(X))


def test_what_a_layer_adapted_to_is_each_networks_own():
    """The mean of a Normalization is no variable, but two networks may differ in it."""

    def made(data):
        normalization = layers.Normalization()
        normalization.adapt(data)
        start = keras.initializers.Constant(0.3)
        trainer = a_trainer(normalization, layers.Dense(3, kernel_initializer=start))
        trainer.step(1)
        return trainer

    near, far = made(X), made(20 * X + 50)
    assert np.abs(near.predict(X) - far.predict(X)).max() > 0.05


def own_relu(name):
    """Return a function that Keras would write down as its own "relu"."""

    def relu(Z):
        return keras.ops.maximum(Z, -0.1)

    relu.__name__ = name
    return relu


class OwnDense(layers.Dense):
    """A layer of a learner's own."""


FROM_LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda: a_trainer(layers.Dense(3, "relu")), lambda: a_trainer(layers.Dense(3, "tanh"))),
        (lambda: a_trainer(layers.Dense(3)), lambda: a_trainer(layers.Dense(3, trainable=False))),
        (
            lambda: a_trainer(layers.Dense(3)),
            lambda: a_trainer(layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1))),
        ),
        (lambda: a_trainer(loss=FROM_LOGITS), lambda: a_trainer(loss="binary_crossentropy")),
        (
            lambda: a_trainer(loss=keras.losses.Huber(0.2)),
            lambda: a_trainer(loss=keras.losses.Huber(1.0)),
        ),
        (
            lambda: a_trainer(layers.Dropout(0.2), seed=0),
            lambda: a_trainer(layers.Dropout(0.2), seed=1),
        ),
        (
            lambda: a_trainer(optimizer=keras.optimizers.SGD(momentum=0.5)),
            lambda: a_trainer(optimizer=keras.optimizers.SGD(momentum=0.9)),
        ),
        (
            lambda: a_trainer(layers.Dense(3, dtype="mixed_float16")),
            lambda: a_trainer(layers.Dense(3)),
        ),
        (
            lambda: a_trainer(layers.Dense(3, name="relu"), layers.ReLU(name="tanh")),
            lambda: a_trainer(layers.ReLU(name="relu"), layers.Dense(3, name="tanh")),
        ),
    ],
    ids=[
        "activation",
        "frozen",
        "penalty",
        "loss",
        "delta",
        "noise",
        "optimizer",
        "precision",
        "order",
    ],
)
def test_networks_that_differ_share_nothing(one, other):
    """Each difference that changes what is computed asks for a program of its own."""
    first, second = one()._network.identity, other()._network.identity
    assert first is not None
    assert second is not None
    assert first != second


@pytest.mark.parametrize(
    "make",
    [
        lambda: a_trainer(layers.Dense(3, activation=own_relu("mine"))),
        lambda: a_trainer(layers.Dense(3, activation=own_relu("relu"))),
        lambda: a_trainer(layers.Lambda(lambda Z: 2 * Z, output_shape=(2,))),
        lambda: a_trainer(OwnDense(3)),
        lambda: a_trainer(loss=lambda true, given: keras.ops.mean((true - given) ** 2)),
    ],
    ids=["function", "function named like Keras's", "lambda", "layer", "loss"],
)
def test_what_is_the_learners_own_is_not_shared(make):
    """What it computes may depend on anything, even if it looks the same."""
    assert make()._network.identity is None


def test_names_and_initial_weights_do_not_matter():
    """Keras gives every new layer another name; starts may differ as they like."""
    one = a_trainer(layers.Dense(3, kernel_initializer="zeros", name="mine"), optimizer="adam")
    other = a_trainer(layers.Dense(3), optimizer=keras.optimizers.Adam(0.3))
    assert one._network.identity == other._network.identity


def test_compiled_on_another_thread_the_network_stays_as_it_is_and_can_be_turned():
    """What the thread computes with are variables of its own; the next step compiles nothing."""

    def made():
        keras.utils.set_random_seed(3)
        hidden = layers.Dense(4, activation="tanh"), layers.Dropout(0.3), layers.Dense(3, "relu")
        return live.LiveTrainer(a_model(*hidden, optimizer="adam"), X, y, batch_size=12)

    trainer, plain = made(), made()
    before = trainer.predict(X)
    rest = trainer.compile_ahead()
    assert not trainer.compiled
    thread = threading.Thread(target=rest)
    thread.start()
    for each in (trainer, plain):
        each.width = 2
    np.testing.assert_array_equal(trainer.predict(X), plain.predict(X))
    assert not np.array_equal(trainer.predict(X), before)
    thread.join()
    assert trainer.compiled
    assert trainer.compile_ahead() is None
    assert trainer.updates == 0
    for each in (trainer, plain):
        each.step(20)
    np.testing.assert_array_equal(trainer.predict(X), plain.predict(X))


def test_where_another_thread_cannot_compile_nothing_is_left_to_it():
    """A plain graph is ready when it is traced; a model that fails says why at the first step."""
    plain = a_trainer(layers.Dense(3))
    assert plain.compile_ahead() is None
    assert plain.compiled
    lost = a_trainer(layers.Lambda(lambda Z: Z * np.asarray(Z).mean(), output_shape=(2,)))
    assert lost.compile_ahead() is None
    with pytest.raises(ValueError, match="cannot run inside one compiled loop"):
        lost.compile()
