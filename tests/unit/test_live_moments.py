"""Reset, snapshot and restore: the same start, and the same way on."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(50, 2)).astype("float32")
y = (X[:, 0] > 0).astype("float32")


@pytest.fixture
def trainer():
    """Return a trainer with everything that has a memory: Adam, dropout, normalization."""
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(6, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return live.LiveTrainer(model, X, y, validation_data=(X, y), batch_size=10, jit_compile=False)


def state(trainer):
    """Return weights, statistics, counters and optimizer memory as one vector."""
    return np.concatenate([np.ravel(v.numpy()) for v in trainer._network.state])


def test_reset_starts_from_the_same_weights_and_repeats_the_run(trainer):
    """Weights, order, noise and history come again, bit by bit."""
    start = state(trainer)
    trainer.step(33)
    first, history = state(trainer), trainer.history
    trainer.reset()
    np.testing.assert_array_equal(state(trainer), start)
    assert trainer.updates == 0
    trainer.step(33)
    np.testing.assert_array_equal(state(trainer), first)
    assert trainer.history == history


def test_reset_keeps_the_knobs(trainer):
    """A learner who resets wants the same network to run again with what was turned."""
    trainer.learning_rate, trainer.dropout, trainer.width = 0.5, 0.1, 3
    trainer.reset()
    assert (trainer.learning_rate, trainer.dropout, trainer.width) == (0.5, 0.1, 3)
    assert [mark.name for mark in trainer.marks] == ["learning_rate", "dropout", "width"]


def test_reset_with_a_seed_draws_other_weights_reproducibly(trainer):
    """The same seed gives the same weights, another seed others; a plain reset keeps them."""
    starts = {}
    for name, seed in [("model", None), ("one", 1), ("two", 2), ("again", 1), ("plain", None)]:
        trainer.reset(seed)
        starts[name] = state(trainer)
    np.testing.assert_array_equal(starts["one"], starts["again"])
    np.testing.assert_array_equal(starts["one"], starts["plain"])
    assert np.abs(starts["one"] - starts["two"]).max() > 0.1
    assert np.abs(starts["one"] - starts["model"]).max() > 0.1


def test_reset_with_a_seed_obeys_the_initializers():
    """New weights have the distribution the layer asks for, nested seeds included."""
    initializer = keras.initializers.RandomUniform(3.0, 4.0, seed=5)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(6, "tanh", kernel_initializer=initializer),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    before = next(iter(trainer.kernels().values()))
    trainer.reset(seed=1)
    after = next(iter(trainer.kernels().values()))
    assert ((after >= 3) & (after <= 4)).all()
    assert (after != before).all()


def test_a_restored_run_goes_on_bit_by_bit(trainer):
    """Twenty updates after a restore are the twenty updates after the snapshot."""
    trainer.step(13)
    moment = trainer.snapshot()
    trainer.step(20)
    onward, history = state(trainer), trainer.history
    trainer.learning_rate, trainer.dropout, trainer.width, trainer.l2 = 1.0, 0.5, 2, 0.1
    trainer.step(50)
    trainer.restore(moment)
    assert trainer.updates == 13
    assert (trainer.learning_rate, trainer.dropout, trainer.width, trainer.l2) == (0.02, 0.3, 6, 0)
    trainer.step(20)
    np.testing.assert_array_equal(state(trainer), onward)
    assert trainer.history == history


def test_restore_undoes_rebuilds_as_well(trainer):
    """Batch size, activation and optimizer go back with the weights."""
    trainer.step(13)
    moment = trainer.snapshot()
    trainer.step(20)
    onward = state(trainer)
    trainer.batch_size, trainer.activation, trainer.optimizer = 25, "relu", "sgd"
    trainer.step(5)
    trainer.restore(moment)
    assert (trainer.batch_size, trainer.activation, trainer.optimizer) == (10, "tanh", "Adam")
    trainer.step(20)
    np.testing.assert_array_equal(state(trainer), onward)


def test_what_is_spent_stays_spent_until_a_reset(trainer):
    """A restore takes updates back, and what they have cost is known all the same."""
    trainer.step(20)
    moment = trainer.snapshot()
    trainer.step(30)
    trainer.restore(moment)
    trainer.step(5)
    assert (trainer.updates, trainer.spent) == (25, 55)
    spent = trainer.snapshot()
    trainer.reset()
    assert (trainer.updates, trainer.spent) == (0, 0)
    trainer.restore(spent)
    assert (trainer.updates, trainer.spent) == (25, 55)


def test_ruins_are_remembered_and_trials_are_none():
    """Each with its step and knobs, also after going back; what the advice tries does not count."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)
    trainer.step(50)
    trainer.learning_rate = 1e6
    trainer.step(100)
    ended, spent = trainer.updates, trainer.spent
    assert trainer.ended
    trainer.go_back()
    (ruin,) = trainer.ruins
    assert (ruin.step, ruin.knobs["learning_rate"]) == (ended, 1e6)
    assert trainer.spent == spent == ended > trainer.updates
    trainer.reset()
    assert trainer.ruins == ()


def test_a_snapshot_can_be_restored_twice(trainer):
    """Going on after a restore does not change the snapshot."""
    trainer.step(5)
    moment, now = trainer.snapshot(), state(trainer)
    for _ in range(2):
        trainer.step(7)
        trainer.restore(moment)
        np.testing.assert_array_equal(state(trainer), now)
    assert trainer.history["step"][-1] == 5


def test_a_schedule_goes_on_after_a_restore():
    """The learning rate is that of the snapshot's step, and falls on as before."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(schedule, momentum=0.9), "mse")
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)
    trainer.step(3)
    moment = trainer.snapshot()
    trainer.step(5)
    onward = state(trainer)
    trainer.learning_rate = 0.7
    trainer.restore(moment)
    trainer.step(2)
    trainer.restore(moment)
    trainer.step(5)
    np.testing.assert_array_equal(state(trainer), onward)


def test_a_refused_reset_changes_nothing(trainer):
    """A seed that is none is refused before the run is wound back."""
    trainer.step(3)
    with pytest.raises(ValueError, match="seed is a whole number"):
        trainer.reset(seed=-1)
    assert trainer.updates == 3


def test_only_a_snapshot_can_be_restored(trainer):
    """The message names the method that makes one."""
    with pytest.raises(TypeError, match=r"trainer\.snapshot\(\) returned; received a dict"):
        trainer.restore({})


def test_restoring_another_activation_trains_and_shows_the_restored_network(trainer):
    """The loop and the pictures follow, also when the activation is all that differs."""
    trainer.step(5)
    moment = trainer.snapshot()
    before = trainer.predict(X)
    trainer.step(5)
    onward = state(trainer)
    trainer.restore(moment)
    trainer.activation = "relu"
    trainer.step(5)
    trainer.restore(moment)
    assert trainer.activation == "tanh"
    np.testing.assert_array_equal(trainer.predict(X), before)
    trainer.step(5)
    np.testing.assert_array_equal(state(trainer), onward)
