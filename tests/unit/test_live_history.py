"""The history stays small for ever, and does not depend on how a run was cut."""

import numpy as np
import pytest

from lessons_lib import live
from lessons_lib.live._loop import SampleOrder
from lessons_lib.live._run import MOST_MARKS, History, Run

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers


def filled(steps, gap=1, limit=16):
    """Return a history whose loss at each step is that step."""
    history, step = History(["loss", "val_loss"], gap, limit), 0
    while step < steps:
        step += min(history.steps_to_next_row(step), steps - step)
        history.add(step, [step, step])
    return history


@pytest.mark.parametrize("steps", [1, 16, 17, 1000, 100_000])
def test_a_history_never_grows_beyond_its_limit(steps):
    """However long the run, at most `limit` rows, the last of them the present."""
    rows = filled(steps).as_dict()
    assert len(rows["step"]) <= 16
    assert rows["step"][-1] == steps


def test_thinning_averages_the_training_loss_and_keeps_the_validation_loss():
    """Training values are means over the steps since the row before; validation is as measured."""
    rows = filled(16, limit=16).as_dict()
    assert rows["step"] == [2, 4, 6, 8, 10, 12, 14, 16]
    assert rows["loss"] == [1.5, 3.5, 5.5, 7.5, 9.5, 11.5, 13.5, 15.5]
    assert rows["val_loss"] == rows["step"]


def test_the_last_row_is_the_present_and_gives_way():
    """A row that is not on the grid is replaced by the next."""
    history = History(["loss"], gap=10)
    for step in (10, 13, 17):
        history.add(step, [0.5])
    assert history.as_dict()["step"] == [10, 17]


@pytest.mark.parametrize("step", [0, 1, 7, 8, 15, 40])
def test_steps_to_thinning_says_when_the_grid_changes(step):
    """The gap is the same until then, and doubles there."""
    history = filled(step, limit=8)
    gap, steps = history.gap, history.steps_to_thinning(step)
    for next_row in range(step + history.steps_to_next_row(step), step + steps, gap):
        history.add(next_row, [0, 0])
        assert history.gap == gap
    history.add(step + steps, [0, 0])
    assert history.gap == 2 * gap


def test_several_turns_at_one_step_are_one_mark():
    """Dragging a slider between two updates leaves the first old and the last new value."""
    run = Run(filled(0), updates=5)
    for old, new in [(1, 2), (2, 3), (3, 4)]:
        run.turned("width", old, new)
    assert run.marks == [(5, "width", 1, 4)]


def test_a_knob_turned_back_leaves_no_mark():
    """Nothing has changed for the run."""
    run = Run(filled(0))
    run.turned("width", 1, 2)
    run.turned("width", 2, 1)
    assert run.marks == []


def test_marks_are_bounded():
    """Only the latest are kept."""
    run = Run(filled(0))
    for run.updates in range(2 * MOST_MARKS):
        run.turned("dropout", run.updates, run.updates + 1)
    assert [mark[0] for mark in run.marks] == list(range(MOST_MARKS, 2 * MOST_MARKS))


def test_any_piece_of_the_order_is_the_same_piece():
    """The stream can be read from any position, also back again."""
    order = SampleOrder(n_samples=7, seed=3)
    whole = order.take(0, 100_000)
    for start, count in [(99_000, 500), (0, 10), (32_760, 30), (5, 70_000)]:
        np.testing.assert_array_equal(order.take(start, count), whole[start : start + count])


@pytest.fixture(scope="module")
def trainer():
    """Return a classifier that has made 3,000 updates in odd pieces."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2)).astype("float32")
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1, activation="sigmoid")]
    )
    model.compile("sgd", "binary_crossentropy")
    trainer = live.LiveTrainer(
        model, X, X[:, 0] > 0, validation_data=(X[:30], X[:30, 0] > 0), batch_size=10
    )
    for _ in range(30):
        trainer.step(100)
    return trainer


def test_a_run_keeps_a_bounded_history(trainer):
    """Thirty calls leave rows on one grid, up to the present step."""
    steps = trainer.history["step"]
    assert len(steps) <= 512
    assert steps[-1] == 3000
    assert len(set(np.diff(steps[:-1]))) == 1


def test_a_classifier_also_reports_its_accuracy(trainer):
    """The columns are Keras's names, all of one length, with sensible values."""
    history = trainer.history
    assert list(history) == ["step", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert len({len(column) for column in history.values()}) == 1
    assert 0.9 < history["val_accuracy"][-1] <= 1
    assert history["loss"][-1] < history["loss"][0]


def test_the_history_is_a_copy(trainer):
    """What a caller does to it does not reach the trainer."""
    trainer.history["loss"].clear()
    assert trainer.history["loss"]


def test_loss_is_the_mean_of_the_batch_losses_since_the_row_before():
    """With a learning rate of 0, one epoch's mean is Keras's loss on all samples."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2)).astype("float32")
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    trainer = live.LiveTrainer(
        model, X, X[:, 1], validation_data=(X, X[:, 1]), batch_size=10, jit_compile=False
    )
    trainer.step(4)
    expected = model.evaluate(X, X[:, 1], verbose=0)
    assert trainer.history["loss"] == [pytest.approx(expected, rel=1e-5)]
    assert trainer.history["val_loss"] == [pytest.approx(expected, rel=1e-5)]
