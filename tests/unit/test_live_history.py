"""The history stays small for ever, and does not depend on how a run was cut."""

import numpy as np
import pytest

from lessons_lib import datasets, live, plots
from lessons_lib._ground.turns import MOST_MARKS
from lessons_lib.live._loop import SampleOrder
from lessons_lib.live._run import History, Run

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
    run = Run(filled(0), np.zeros(2), updates=5)
    for old, new in [(1, 2), (2, 3), (3, 4)]:
        run.turned("width", old, new)
    assert run.marks == [(5, "width", 1, 4)]


def drag(run, moments, steps, values, name="learning_rate"):
    """Turn a knob by hand, at these moments and steps, from the first of the values on."""
    for moment, run.updates, old, new in zip(moments, steps, values, values[1:], strict=False):
        run.turned(name, old, new, moment)


def test_what_a_hand_turns_within_a_second_is_one_mark():
    """A drag of three seconds, however far training gets meanwhile: from the first to the last."""
    run = Run(filled(0), np.zeros(2))
    drag(run, [10.0, 10.7, 11.5, 12.2, 13.0], [50, 900, 1800, 2500, 4000], [1, 2, 3, 4, 5, 6])
    assert run.marks == [(4000, "learning_rate", 1, 6)]
    drag(run, [14.1], [4100], [6, 7])
    assert run.marks[1:] == [(4100, "learning_rate", 6, 7)]


def test_knobs_that_a_hand_turns_in_between_do_not_part_a_turn():
    """Two sliders moved in turn, as with two fingers, are one mark each."""
    run = Run(filled(0), np.zeros(2))
    for number in range(4):
        drag(run, [number / 4], [100 * number + 5], [number, number + 1])
        drag(run, [number / 4], [100 * number + 6], [number, number + 1], name="l2")
    assert run.marks == [(305, "learning_rate", 0, 4), (306, "l2", 0, 4)]


def test_a_knob_that_a_hand_turns_there_and_back_keeps_its_marks():
    """Training went on with the other value for a moment: the curve shows what came of it."""
    run = Run(filled(0), np.zeros(2))
    drag(run, [0.0, 0.5], [50, 100], [1, 9, 1])
    assert run.marks == [(50, "learning_rate", 1, 9), (100, "learning_rate", 9, 1)]


def test_what_code_turns_does_not_depend_on_time():
    """However fast a cell runs, turns at two steps are two marks."""
    run = Run(filled(0), np.zeros(2))
    drag(run, [None, None], [50, 60], [1, 2, 3])
    assert len(run.marks) == 2


def test_a_knob_turned_back_leaves_no_mark():
    """Nothing has changed for the run."""
    run = Run(filled(0), np.zeros(2))
    run.turned("width", 1, 2)
    run.turned("width", 2, 1)
    assert run.marks == []


def test_marks_are_bounded():
    """Only the latest are kept."""
    run = Run(filled(0), np.zeros(2))
    for run.updates in range(2 * MOST_MARKS):
        run.turned("dropout", run.updates, run.updates + 1)
    assert [mark[0] for mark in run.marks] == list(range(MOST_MARKS, 2 * MOST_MARKS))


def test_a_run_begun_anew_says_what_was_turned_before():
    """A reset leaves one mark for each knob that stands elsewhere than at first, at step 0."""
    trainer = regression()
    trainer.step(3)
    trainer.learning_rate, first = 0.5, trainer.learning_rate
    trainer.step(3)
    trainer.learning_rate = 0.25
    trainer.reset()
    assert trainer.marks == [(0, "learning_rate", first, 0.25)]


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


def regression(rate=0.0, **hidden):
    """Return a trainer of a small network, validated on its 40 training samples."""
    X = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(3, activation="tanh", **hidden)
    model = keras.Sequential([keras.Input((2,)), hidden, layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    return live.LiveTrainer(
        model, X, X[:, 1], validation_data=(X, X[:, 1]), batch_size=10, jit_compile=False
    )


def evaluated(trainer):
    """Return Keras's loss of the network as it is now."""
    return trainer.to_keras().evaluate(trainer.X, trainer.y, verbose=0)


def test_loss_is_the_mean_of_the_batch_losses_since_the_row_before():
    """With a learning rate of 0, one epoch's mean is Keras's loss on all samples."""
    trainer = regression()
    trainer.step(4)
    expected = evaluated(trainer)
    assert trainer.history["loss"] == [pytest.approx(expected, rel=1e-5)]
    assert trainer.history["val_loss"] == [pytest.approx(expected, rel=1e-5)]
    assert "penalty" not in trainer.history


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"kernel_regularizer": keras.regularizers.L1L2(0.03, 0.2)},
        {"bias_regularizer": "l2", "activity_regularizer": keras.regularizers.L2(0.1)},
    ],
    ids=["none of its own", "of weights", "of activity"],
)
@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_losses_are_plain_and_keras_adds_the_penalty(own, l2):
    """Whatever has a price, the knob's or the model's: Keras's loss is loss + penalty."""
    plain, trainer = regression(), regression(**own)
    trainer.l2 = l2
    plain.step(4)
    trainer.step(4)
    history, expected = trainer.history, evaluated(trainer)
    assert history["loss"] == pytest.approx(plain.history["loss"], rel=1e-5)
    assert history["val_loss"] == pytest.approx(plain.history["val_loss"], rel=1e-5)
    penalty = history.get("penalty", [0.0])[-1]
    assert (penalty > 0) == bool(own or l2)
    # Keras measures the price of an activity by batches of its own, of 32.
    close = 0.05 if "activity_regularizer" in own else 1e-5
    assert history["loss"][-1] + penalty == pytest.approx(expected, rel=close)
    assert history["val_loss"][-1] + penalty == pytest.approx(expected, rel=close)


def test_the_penalty_falls_as_it_presses_the_weights():
    """It is what the weights cost now: with nothing to learn from they only shrink."""
    trainer = regression(0.1, kernel_regularizer=keras.regularizers.L2(0.5))
    trainer.step(40)
    penalty = np.array(trainer.history["penalty"])
    assert penalty[-1] < 0.2 * penalty[0]
    cost = sum(float(loss) for loss in trainer.to_keras().losses)
    assert penalty[-1] == pytest.approx(cost, rel=0.2)


def told_to_overfit(make, n_samples, noise, units, rate, seeds, steps):
    """Return for each run of the playground's kind at how many of its moments it is told so."""
    model = keras.Sequential([keras.Input((2,))])
    model.add(layers.Dense(units, activation="tanh"))
    model.add(layers.Dense(units, activation="tanh"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy")
    counts = []
    for seed in seeds:
        X, y = make(n_samples, noise=noise, seed=seed)
        unseen = make(250, noise=noise, seed=seed + 100)
        trainer = live.LiveTrainer(model, X, y, validation_data=unseen, batch_size=10, seed=seed)
        trainer.reset(seed)
        told = 0
        for _ in range(steps // 500):
            trainer.step(500)
            picture = plots.training_curves(plots.Scene(), trainer.history)
            told += "overfits" in picture.sentence
        counts.append(told)
    return counts


@pytest.mark.parametrize("make", [datasets.make_circles, datasets.make_moons])
def test_ordinary_runs_are_not_told_to_overfit(make):
    """Validation wanders up and down where there is nothing to learn by heart."""
    assert told_to_overfit(make, 250, 0.1, 16, 0.1, seeds=range(6), steps=4000) == [0] * 6


def test_runs_that_learn_by_heart_are_told_to_overfit():
    """60 points with much noise, and 32 units in each layer for them."""
    counts = told_to_overfit(datasets.make_moons, 60, 0.3, 32, 0.3, seeds=range(4), steps=6000)
    assert min(counts) > 0
