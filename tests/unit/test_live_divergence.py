"""A run that blows up stops, keeps its last good weights, and says what saves it."""

import re

import numpy as np
import pytest

from lessons_lib import live

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
    assert "by learning rate 50. Go back to step 0, then try learning rate" in trainer.diverged
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


@pytest.mark.parametrize("what", ["inputs", "targets"])
def test_data_that_are_not_scaled_are_the_cause(what):
    """No knob saves such a run in a sensible way: the sentence says what does."""
    trainer = trainer_of(0.01, X=X * np.float32(3000)) if what == "inputs" else trainer_of(0.1)
    if what == "targets":
        trainer = live.LiveTrainer(trainer.to_keras(), X, 1e6 * y, batch_size=10, jit_compile=False)
    trainer.step(100)
    assert f"the {what} reach" in trainer.diverged
    assert f"scale the {what} to about -1 ... 1" in trainer.diverged
    assert trainer.way_back is None
    scaled = trainer_of(0.01)
    assert scaled.step(500) == 500


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


# --- what saves a run -------------------------------------------------------------------------

HIGHEST = {"learning_rate": 10.0, "l2": 0.3, "l1": 0.3, "dropout": 0.9}
many = rng.uniform(-1, 1, size=(120, 2)).astype("float32")
curved = np.sin(3 * many[:, 0]) * many[:, 1]
inside = (np.hypot(*many.T) < 0.7).astype("float32")


def ready(kind, activation, optimizer):
    """Return a trainer that learns, with every knob that can ruin it."""
    keras.utils.set_random_seed(1)
    hidden = layers.Dense(16, activation, kernel_regularizer=keras.regularizers.L1(0.0))
    last = layers.Dense(1, "sigmoid" if kind == "classes" else None)
    model = keras.Sequential([keras.Input((2,)), hidden, layers.Dropout(0.0), last])
    rate = 0.1 if optimizer == "SGD" else 0.01
    loss = "binary_crossentropy" if kind == "classes" else "mse"
    model.compile(getattr(keras.optimizers, optimizer)(rate), loss)
    return live.LiveTrainer(model, many, inside if kind == "classes" else curved, batch_size=10)


def plain_loss(trainer):
    """Return the loss on all samples, without dropout and penalties."""
    return trainer._views.loss(trainer._views.probed())


def follow(trainer):
    """Do what the sentence says, as its reader would; return the updates made then."""
    sentence = trainer.ended or trainer.trouble
    if (step := trainer.way_back) is not None:
        assert f"Go back to step {step:,}" in sentence
        trainer.go_back()
        assert trainer.updates == step
        assert trainer.ended is None
        assert trainer.trouble.startswith(f"Back at step {step:,}. Now ")
    else:
        assert "Go back" not in sentence
    if advice := re.search(r"[tT]ry (.*)\.$", sentence):
        for words in re.split(", | and ", advice[1]):
            *name, value = words.split()
            trainer.turn("_".join(name), float(value))
    return trainer.step(2000)


@pytest.mark.parametrize(
    ("kind", "activation", "optimizer"),
    [
        ("numbers", "relu", "SGD"),
        ("classes", "tanh", "SGD"),
        ("classes", "relu", "Adam"),
        ("numbers", "tanh", "RMSprop"),
    ],
)
def test_the_advice_saves_every_run_that_a_knob_has_ruined(kind, activation, optimizer):
    """Each knob at its maximum and all of them, from the start and in a good run.

    What is said names the knob, and whoever follows it trains on for 2,000 steps, to a loss below
    that of the start. Where nothing is said the run has learned without help.
    """
    trainer = ready(kind, activation, optimizer)
    good = trainer.snapshot()
    start = plain_loss(trainer)
    ruined = []
    for when in (0, 400):
        for turned in (*((name,) for name in HIGHEST), tuple(HIGHEST)):
            trainer.restore(good)
            trainer.step(when)
            for name in turned:
                trainer.turn(name, HIGHEST[name])
            trainer.step(1500)
            sentence = trainer.ended or trainer.trouble
            case = when, turned, sentence
            if sentence:
                assert re.search("|".join(turned).replace("_", " "), sentence.lower()), case
                assert follow(trainer) == 2000, case
                ruined.append((when, turned))
            assert plain_loss(trainer) < start, case
    # What is left by a dropout of 0.9, or by a leap, may be enough to learn from.
    must = [(when, (name,)) for when in (0, 400) for name in ("l2", "l1")]
    assert {*must, (0, tuple(HIGHEST)), (400, tuple(HIGHEST))} <= {*ruined}


@pytest.fixture(scope="module")
def numbers():
    """Return one trainer, and the moment before its first update."""
    trainer = ready("numbers", "relu", "SGD")
    return trainer, trainer.snapshot()


@pytest.fixture
def trainer(numbers):
    """Return the trainer as it was at first."""
    trainer, good = numbers
    trainer.restore(good)
    return trainer


def test_going_back_is_going_to_before_the_turn(trainer):
    """Weights, knobs, losses and marks are those of then, bit by bit, and so is what follows."""
    trainer.step(300)
    before, history, marks = trainer.kernels(), trainer.history, trainer.marks
    trainer.step(200)
    onward = trainer.kernels()
    trainer.reset()
    trainer.step(300)
    trainer.learning_rate = 10.0
    trainer.step(500)
    assert trainer.diverged
    assert trainer.way_back == 300
    trainer.go_back()
    assert (trainer.learning_rate, trainer.history, trainer.marks) == (0.1, history, marks)
    for name, kernel in trainer.kernels().items():
        np.testing.assert_array_equal(kernel, before[name])
    assert trainer.way_back is None
    trainer.step(200)
    for name, kernel in trainer.kernels().items():
        np.testing.assert_array_equal(kernel, onward[name])


def test_of_several_turned_knobs_the_one_that_did_it_is_named(trainer):
    """A harmless turn just before the ruin is not blamed."""
    trainer.step(300)
    trainer.learning_rate = 10.0
    trainer.width, trainer.l2 = 12, 1e-5
    trainer.step(500)
    assert "the weights are ruined, by learning rate 10. Go back" in trainer.diverged


def test_a_knob_turned_back_too_late_is_named_and_not_those_turned_after_the_ruin():
    """Whatever was turned once the units were dead is innocent."""
    trainer = ready("classes", "relu", "SGD")
    trainer.step(600)
    trainer.learning_rate = 30.0
    trainer.step(300)
    trainer.learning_rate, trainer.width = 1e-4, 1
    trainer.step(300)
    assert "earning rate 30 did it" in trainer.trouble


def test_what_was_tried_leaves_no_trace(trainer):
    """To ask what ended a run changes nothing in it."""
    trainer.step(300)
    trainer.learning_rate, trainer.dropout = 10.0, 0.5
    trainer.step(500)

    def all_of_it():
        state = [v.numpy() for v in trainer._network.state]
        knobs = {name: knob.read(trainer) for name, knob in trainer.knobs.items()}
        told = trainer.notice, trainer.trace_count, trainer.updates, trainer.marks, trainer.history
        return np.concatenate([np.ravel(v) for v in state]), knobs, told

    before, *rest = all_of_it()
    assert trainer.ended
    after, *others = all_of_it()
    np.testing.assert_array_equal(after, before)
    assert others == rest


def test_a_turn_alone_is_said_not_to_help(trainer):
    """Until the run is taken back, or begins again."""
    trainer.learning_rate = 10.0
    trainer.step(500)
    assert trainer.ended
    trainer.learning_rate = 0.01
    assert trainer.ended is None
    assert trainer.trouble.startswith("A turned knob does not mend ruined weights. Go back to")
    assert trainer.way_back == 0
    trainer.reset()
    assert trainer.trouble == ""
    assert trainer.way_back is None
    with pytest.raises(ValueError, match="nothing to go back from"):
        trainer.go_back()


def test_weights_that_were_spared_need_no_way_back(trainer):
    """One step so long that not even its weights are kept: a turn helps, and is said to."""
    trainer.step(300)
    trainer.learning_rate = 3e38
    trainer.step(50)
    assert "the weights before them are kept. Try learning rate" in trainer.ended
    assert trainer.way_back is None
    start = plain_loss(trainer)
    assert follow(trainer) == 2000
    assert plain_loss(trainer) < start


def test_where_nothing_saves_nothing_is_advised():
    """A loss of one's own that is no number for what the data ask for."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros")])

    def loss(y_true, y_pred):  # the root of a number that has to become negative
        return keras.ops.mean(y_pred + y_true) + 0 * keras.ops.sqrt(y_pred + 1e-3)

    model.compile(keras.optimizers.SGD(0.1), loss)
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)
    trainer.step(200)
    assert trainer.ended.endswith("trains either; look at the loss function and at the data.")
    assert "try" not in trainer.ended.split(":")[1].replace("tried", "")
    assert trainer.way_back is None


def test_moments_are_few_and_reach_from_the_start_to_now(trainer):
    """After many steps and turns there are eight at most, closer together the later they are."""
    for number in range(40):
        trainer.step(250)
        trainer.l2 = 1e-5 * (number % 3)
    steps = [moment.step for moment in trainer._moments]
    assert len(steps) <= 8
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert steps[-1] >= 0.9 * trainer.updates
    assert max(np.diff(steps)) <= 0.7 * trainer.updates


def test_large_networks_keep_two_moments(trainer, monkeypatch):
    """The start and the latest, where there is no room for more."""
    monkeypatch.setattr("lessons_lib.live._moments._ROOM", 10)
    trainer.step(300)
    trainer.l2 = 1e-5
    trainer.step(900)
    trainer.l2 = 0.0
    assert [moment.step for moment in trainer._moments] == [0, 1200]


def test_a_snapshot_brings_its_moments_along(trainer):
    """Whoever restores one can still go back from what comes after."""
    trainer.step(300)
    snapshot = trainer.snapshot()
    trainer.reset()
    trainer.restore(snapshot)
    trainer.learning_rate = 10.0
    trainer.step(500)
    assert trainer.ended
    assert trainer.way_back == 300
