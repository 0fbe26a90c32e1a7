"""A run that blows up stops, keeps its last good weights, and says what to turn."""

import numpy as np
import pytest

from lessons_lib import live
from lessons_lib.live._run import divergence_sentence

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(50, 2)).astype("float32")
y = X[:, 0] ** 2
JIT = pytest.mark.parametrize("jit_compile", [None, False], ids=["xla", "graph"])


def trainer_of(
    rate, activation="relu", jit_compile=False, X=X, optimizer=keras.optimizers.SGD, batch_size=10
):
    """Return a regression network that a large learning rate can blow up."""
    keras.utils.set_random_seed(3)  # some beginnings survive a large learning rate
    model = keras.Sequential([keras.Input((2,)), layers.Dense(8, activation), layers.Dense(1)])
    model.compile(optimizer(rate), "mse")
    return live.LiveTrainer(model, X, y, batch_size=batch_size, jit_compile=jit_compile)


@JIT
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_divergence_is_caught_within_a_call(activation, jit_compile):
    """One call of 5,000 updates stops at the step that failed, with finite weights."""
    trainer = trainer_of(50.0, activation, jit_compile)
    made = trainer.step(5000)
    assert made == trainer.updates < 5000
    assert f"step {made + 2}" in trainer.diverged
    assert "learning rate 50: the steps overshoot; try 5." in trainer.diverged
    for kernel in trainer.kernels().values():
        assert np.isfinite(kernel).all()
    assert np.isfinite(trainer.history["loss"]).all()


def test_the_weights_kept_are_those_before_the_divergence():
    """They are the weights of a run that stopped there by itself."""
    trainer = trainer_of(50.0)
    made = trainer.step(1000)
    kept = trainer.kernels()
    trainer.reset()
    assert trainer.step(made) == made
    assert trainer.diverged is None
    for name, kernel in trainer.kernels().items():
        np.testing.assert_array_equal(kernel, kept[name])


def test_a_diverged_run_makes_no_updates():
    """The method step returns 0 until something is changed."""
    trainer = trainer_of(50.0)
    trainer.step(1000)
    updates = trainer.updates
    assert trainer.step(10) == 0
    assert trainer.updates == updates


def test_turning_a_knob_lets_the_run_go_on():
    """From the weights it kept; the sentence goes away."""
    # The loss is finite at the weights it kept; in one batch of all samples it is so again.
    trainer = trainer_of(1.0, batch_size=len(X))
    trainer.step(1000)
    assert trainer.diverged
    trainer.learning_rate = 1e-30
    assert trainer.diverged is None
    assert trainer.step(5) == 5


def test_reset_clears_the_divergence():
    """The run begins again at the initial weights."""
    trainer = trainer_of(50.0)
    trainer.step(1000)
    trainer.reset()
    trainer.learning_rate = 0.01
    assert trainer.step(20) == 20


def test_data_that_overflow_at_once_leave_the_initial_weights():
    """The very first update fails: nothing has been changed."""
    trainer = trainer_of(0.1, X=X * np.float32(1e25))
    before = trainer.kernels()
    assert trainer.step(10) == 0
    assert "step 1 " in trainer.diverged
    for name, kernel in trainer.kernels().items():
        np.testing.assert_array_equal(kernel, before[name])


@pytest.mark.parametrize(
    ("rate", "l2", "largest", "says"),
    [
        (3, 0, 1, "Diverged at step 420 with learning rate 3: the steps overshoot; try 0.3."),
        (0.5, 10, 1, "with l2 10: with learning rate 0.5 the penalty alone overshoots; try l2 0."),
        (0.01, 0, 9000, "the inputs reach 9e+03, which makes the gradients huge; scale"),
    ],
    ids=["learning rate", "l2", "unscaled inputs"],
)
def test_the_sentence_names_the_cause(rate, l2, largest, says):
    """Step, knob and a value to try."""
    assert says in divergence_sentence(420, rate, l2, largest, 1.0)


def test_a_loss_that_is_never_a_number_is_not_blamed_on_the_learning_rate():
    """Before the first update there was no step that could overshoot."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", lambda y_true, y_pred: keras.ops.log(-1.0 - keras.ops.abs(y_pred)))
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    assert trainer.step(10) == 0
    assert "step 1, before any weight was changed" in trainer.diverged
    assert "overshoot" not in trainer.diverged


@JIT
def test_memory_that_overflows_counts_as_divergence(jit_compile):
    """An infinite sum of squares would freeze the weights for ever, at a finite loss."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adagrad(0.1), "mae")
    trainer = live.LiveTrainer(model, X * 1e20, y, batch_size=10, jit_compile=jit_compile)
    assert trainer.step(10) == 0
    assert trainer.diverged
    for variable in trainer._network.state:
        assert np.isfinite(variable.numpy()).all()
