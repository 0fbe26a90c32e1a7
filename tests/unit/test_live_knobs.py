"""Knobs: what each does, which models have it, and the marks they leave."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(50, 2)).astype("float32")
y = (X[:, 0] > 0).astype("float32")


def trainer_of(*hidden, optimizer=None, **kwargs):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    hidden = hidden or (layers.Dense(6, "tanh"), layers.Dropout(0.1), layers.Dense(6, "tanh"))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer or keras.optimizers.SGD(0.1), "binary_crossentropy")
    return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False, **kwargs)


def weights(trainer):
    """Return all weights as one vector."""
    return np.concatenate([w.ravel() for w in trainer.to_keras().get_weights()])


def test_a_learning_rate_of_zero_stops_the_weights():
    """The next update obeys the new rate."""
    trainer = trainer_of()
    trainer.step(3)
    trainer.learning_rate = 0
    before = weights(trainer)
    trainer.step(3)
    np.testing.assert_array_equal(weights(trainer), before)


def test_learning_rate_reads_as_it_was_typed():
    """Float32 does not show: 0.1, not 0.10000000149."""
    trainer = trainer_of()
    trainer.learning_rate = 0.03
    assert trainer.learning_rate == 0.03


def test_a_fixed_learning_rate_replaces_a_schedule():
    """Keras refuses this; here the optimizer is made anew, and the notice says so."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    trainer = trainer_of(optimizer=keras.optimizers.SGD(schedule))
    trainer.step(10)
    assert trainer.learning_rate == pytest.approx(0.05)
    trainer.learning_rate = 0.2
    trainer.step(10)
    assert trainer.learning_rate == 0.2
    assert "schedule" in trainer.notice


def test_every_knob_leaves_a_mark():
    """The marks say when, what, from where and to where."""
    trainer = trainer_of()
    for step, (knob, value) in enumerate(
        [
            ("learning_rate", 0.5),
            ("dropout", 0.3),
            ("width", 4),
            ("l2", 0.01),
            ("batch_size", 25),
            ("activation", "relu"),
            ("optimizer", "adam"),
        ]
    ):
        old = getattr(trainer, knob)
        setattr(trainer, knob, value)
        new = getattr(trainer, knob)
        assert trainer.marks[-1] == (step, knob, old, new)
        assert old != new
        trainer.step()


def test_a_new_batch_size_keeps_weights_and_optimizer():
    """Before the next step nothing changes; batches then have the new size."""
    trainer = trainer_of(optimizer=keras.optimizers.Adam(0.01))
    trainer.step(7)
    before = weights(trainer)
    trainer.batch_size = 20
    np.testing.assert_array_equal(weights(trainer), before)
    assert trainer.trace_count == 1
    trainer.step(5)
    assert trainer.trace_count == 2
    assert trainer.batch_indices(7).shape == (20,)
    assert "go on as they are" in trainer.notice


def test_a_new_batch_size_goes_on_in_the_same_epoch():
    """No sample is skipped or repeated by the change."""
    trainer = trainer_of()
    trainer.step(2)
    seen = [*trainer.batch_indices(0), *trainer.batch_indices(1)]
    trainer.batch_size = 30
    assert sorted([*seen, *trainer.batch_indices(2)]) == list(range(50))


def test_a_batch_is_never_larger_than_the_data():
    """All samples at once is full-batch gradient descent."""
    assert trainer_of(layers.Dense(2)).batch_size == 10
    trainer = trainer_of(layers.Dense(2))
    trainer.batch_size = 1000
    assert trainer.batch_size == 50


def test_a_new_activation_keeps_weights_and_optimizer():
    """The same weights behind another function; the output layer stays as it is."""
    trainer = trainer_of(optimizer=keras.optimizers.Adam(0.01))
    trainer.width = 4
    trainer.dropout = 0.25
    trainer.step(7)
    before, predictions = weights(trainer), trainer.predict(X)
    trainer.activation = "relu"
    np.testing.assert_array_equal(weights(trainer), before)
    assert np.abs(trainer.predict(X) - predictions).max() > 1e-3
    plain = trainer.to_keras()
    names = [layer.activation.__name__ for layer in (plain.layers[i] for i in (0, 2, 3))]
    assert names == ["relu", "relu", "sigmoid"]
    assert (trainer.width, trainer.dropout, trainer.learning_rate) == (4, 0.25, 0.01)
    assert trainer.step(5) == 5


def test_a_separate_activation_layer_is_turned_and_not_its_dense_layer():
    """Where BatchNormalization stands between, only the activation behind it changes."""
    trainer = trainer_of(layers.Dense(4), layers.BatchNormalization(), layers.Activation("sigmoid"))
    assert trainer.activation == "sigmoid"
    trainer.activation = "tanh"
    plain = trainer.to_keras()
    assert plain.layers[0].activation is keras.activations.linear
    assert plain.layers[2].activation is keras.activations.tanh


def test_another_optimizer_by_name_keeps_weights_and_learning_rate():
    """Only the memory starts empty, and the notice says so."""
    trainer = trainer_of()
    trainer.step(5)
    before = weights(trainer)
    trainer.optimizer = "rmsprop"
    np.testing.assert_array_equal(weights(trainer), before)
    assert trainer.optimizer == "RMSprop"
    assert trainer.learning_rate == 0.1
    assert "memory starts empty" in trainer.notice
    assert trainer.step(5) == 5


def test_another_optimizer_as_an_object_brings_its_own_settings():
    """Momentum and learning rate are the object's."""
    trainer = trainer_of()
    trainer.optimizer = keras.optimizers.SGD(0.02, momentum=0.9)
    assert trainer.learning_rate == 0.02
    assert trainer.to_keras().optimizer.momentum == 0.9


def test_many_rebuilds_print_no_warning(capfd, caplog):
    """TensorFlow's talk of "retracing" would be red in a notebook."""
    trainer = trainer_of(layers.Dense(2))
    for size in range(1, 9):
        trainer.batch_size = size
        trainer.step()
    assert "retracing" not in caplog.text + capfd.readouterr().err


@pytest.mark.parametrize("knob", ["dropout", "width", "activation", "l2"])
def test_a_knob_the_model_does_not_have_is_refused(knob):
    """A network without hidden layers says what to add, and the flags say it before."""
    only = layers.Dense(1) if knob != "l2" else layers.BatchNormalization()
    model = keras.Sequential([keras.Input((2,)), only])
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, X if knob == "l2" else y, jit_compile=False)
    assert not getattr(trainer, f"can_change_{knob}")
    with pytest.raises(ValueError, match="This model has no"):
        setattr(trainer, knob, 1)
    assert getattr(trainer_of(), f"can_change_{knob}")


@pytest.mark.parametrize(
    ("knob", "value", "says"),
    [
        ("learning_rate", -1, "at least 0"),
        ("learning_rate", float("nan"), "finite"),
        ("learning_rate", "fast", "a number"),
        ("dropout", 1, "below 1"),
        ("l2", -0.1, "at least 0"),
        ("batch_size", 0, "at least 1"),
        ("batch_size", 2.5, "whole number"),
        ("batch_size", float("nan"), "whole number"),
        ("batch_size", float("inf"), "whole number"),
        ("batch_size", "10", "whole number"),
        ("width", 0, "from 1 to the 6"),
        ("width", 7, "from 1 to the 6"),
        ("width", 2.5, "from 1 to the 6"),
        ("width", "wide", "from 1 to the 6"),
        ("width", None, "from 1 to the 6"),
        ("width", float("nan"), "from 1 to the 6"),
        ("learning_rate", 1e39, "float32"),
        ("learning_rate", keras.optimizers.schedules.CosineDecay(0.1, 9), "assign a new optimizer"),
        ("activation", "swoosh", "'relu'"),
        ("activation", "softmax", "each unit by itself"),
        ("activation", "glu", "each unit by itself"),
        ("activation", None, "each unit by itself"),
        ("optimizer", "swoosh", "'adam'"),
        ("optimizer", 3, "'adam'"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(knob, value, says):
    """The knob keeps its old value."""
    trainer = trainer_of()
    before = getattr(trainer, knob)
    with pytest.raises((ValueError, TypeError), match=says) as error:
        setattr(trainer, knob, value)
    assert "\n" not in str(error.value)
    assert getattr(trainer, knob) == before
    assert trainer.marks == []


@pytest.mark.parametrize("n", [-1, 2.5, "10", None])
def test_steps_are_counted_in_whole_numbers(n):
    """Anything else is refused before anything happens."""
    trainer = trainer_of()
    with pytest.raises((ValueError, TypeError), match="n counts the updates"):
        trainer.step(n)
    assert trainer.updates == 0
