"""A dial in a layer of one's own is a knob like any other."""

import math

import numpy as np
import pytest

from lessons_lib import checks, live, panels
from lessons_lib.checks._steered import steered
from lessons_lib.live import _programs

import keras  # isort: skip - after live, which imports TensorFlow quietly

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4)).astype("float32")
y = (X[:, 0] > 0).astype("float32")
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Around(keras.layers.Layer):
    """A Dense layer and a way around it."""

    def __init__(self, skip=0.5, doubled=False, times=1, **others):
        super().__init__(**others)
        self.skip = live.Dial(skip, QUARTERS, words="way around", tooltip="how much goes around")
        self.doubled = live.Dial(doubled)
        self.times = live.Dial(times, [1, 2, 3])
        self.inner = keras.layers.Dense(4, activation="tanh")

    def call(self, x):
        """Return what goes around, and what the layer makes of it."""
        x = self.skip * x + self.inner(x)
        x = keras.ops.where(self.doubled, 2 * x, x)
        return keras.ops.cast(self.times, x.dtype) * x


class Passing(keras.layers.Layer):
    """Passes on what it gets, and has a dial of any name."""

    def __init__(self, name_of_dial, values, **others):
        super().__init__(**others)
        setattr(self, name_of_dial, live.Dial(values[0], values))

    def call(self, x):
        """Return what came."""
        return x


def model_of(*layers, rate=0.1):
    """Return a compiled classifier, of layers with dials."""
    model = keras.Sequential(
        [keras.Input((4,)), *(layers or [Around()]), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy")
    return model


def trainer_of(*layers, rate=0.1):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    return live.LiveTrainer(model_of(*layers, rate=rate), X, y, batch_size=10, jit_compile=False)


def test_a_dial_is_obeyed_from_the_next_update_on_without_a_new_trace():
    """It trains as Keras trains a model that was built so."""
    trainer = trainer_of()
    trainer.step(3)
    trainer.skip, trainer.doubled, trainer.times = 0.25, True, 3
    theirs = trainer.to_keras()
    layer = theirs.layers[0]
    assert (layer.skip.number, layer.doubled.number, layer.times.number) == (0.25, True, 3)
    trainer.step(20)
    assert trainer.trace_count == 1
    for k in range(3, 23):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-5)


def test_a_dial_stands_in_marks_snapshots_and_code():
    """In words, and it comes back with a snapshot."""
    trainer = trainer_of()
    start = trainer.snapshot()
    trainer.step(2)
    trainer.turn("skip", 1)
    trainer.turn("doubled", True)
    assert [mark.words for mark in trainer.marks] == ["way around 1", "doubled on"]
    assert trainer.marks[1].change == "doubled off → on"
    assert "Around(skip=1.0, doubled=True)" in trainer.code()
    trainer.restore(start)
    assert (trainer.skip, trainer.doubled, trainer.marks) == (0.5, False, [])


def test_a_dial_stays_where_it_is_turned():
    """At a reset, from other weights, and in another copy of the network."""
    trainer = trainer_of(Around(), keras.layers.Dense(4, activation="tanh"))
    trainer.skip = 0.75
    trainer.reset()
    trainer.reset(seed=3)
    trainer.activation = "relu"
    trainer.step(2)
    assert trainer.skip == 0.75
    assert trainer._network.dials["skip"][0].number == 0.75


def test_the_learners_model_keeps_its_own():
    """What is turned is the copy that trains."""
    model = model_of()
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    trainer.skip = 1
    trainer.step(1)
    assert model.layers[0].skip.number == 0.5


def test_a_model_whose_dial_was_turned_starts_there():
    """Whatever its layer was made with."""
    model = model_of()
    model.layers[0].skip.assign(0.25)
    assert live.LiveTrainer(model, X, y, jit_compile=False).skip == 0.25


def test_dials_of_one_name_are_one_knob():
    """It turns them all."""
    trainer = trainer_of(Around(0.25), Around(0.25))
    trainer.skip = 1
    assert [dial.number for dial in trainer._network.dials["skip"]] == [1, 1]
    assert [*trainer.knobs][-3:] == ["skip", "doubled", "times"]


def test_each_kind_has_its_control():
    """A slider along the values, a slider of whole numbers, a box to tick; each with its words."""
    panel = panels.live(model_of(), X, y, views=["curves"], skip=0.75)
    controls = panel.controls
    assert controls["skip"].description == "way around"
    assert controls["skip"].tooltip == "how much goes around"
    assert [value for _, value in controls["skip"].options] == [*QUARTERS]
    assert (controls["times"].min, controls["times"].max) == (1, 3)
    assert controls["doubled"].value is False
    assert panel.trainer.skip == 0.75
    controls["doubled"].value = True
    controls["times"].value = 2
    panel.step(5)
    assert (panel.trainer.doubled, panel.trainer.times) == (True, 2)
    panel.trainer.doubled = False
    panel.refresh()
    assert controls["doubled"].value is False


def test_a_steered_run_knows_its_turns():
    """A question that is answered by a run reads them as those of any knob."""
    trainer = trainer_of()
    trainer.step(4)
    trainer.skip, trainer.doubled = 1, True
    run = steered(trainer, {"skip": 0.5, "doubled": False})
    assert isinstance(run, checks.Steered)
    assert [*map(str, run.turns)] == ["skip 0.5 → 1 at step 4", "doubled off → on at step 4"]
    assert (run.value("skip", 0), run.value("skip", 4)) == (0.5, 1)


def test_a_dial_that_ruins_a_run_is_named():
    """And left where it stood, which has been tried."""

    class Loud(keras.layers.Layer):
        def __init__(self, loudness=1.0, **others):
            super().__init__(**others)
            self.loudness = live.Dial(loudness, [1.0, 1e30])

        def call(self, x):
            return self.loudness * x

    model = keras.Sequential([keras.Input((4,)), Loud(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    trainer.step(200)
    trainer.loudness = 1e30
    trainer.step(50)
    assert "loudness 1e+30" in trainer.ended
    assert "leave loudness at 1" in trainer.ended


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (dict(value=0.5), ValueError, "needs the numbers that its slider offers"),
        (dict(value=0.5, values=[0.5]), ValueError, "two or more"),
        (dict(value=0.5, values=3), ValueError, "two or more"),
        (dict(value=0.5, values=[0, math.nan]), ValueError, "two or more"),
        (dict(value=2, values=[0, 0.5, 1]), ValueError, "value is a number from 0 to 1"),
        (dict(value=9, values=[1, 2]), ValueError, "value is a whole number from 1 to 2"),
        (dict(value=True, values=[0, 1]), ValueError, "is a switch and needs no values"),
        (dict(value="on"), TypeError, "stands at a finite number"),
        (dict(value=math.inf, values=[0, 1]), TypeError, "stands at a finite number"),
    ],
)
def test_a_dial_that_cannot_be_is_refused_in_one_sentence(given, error, says):
    """Which says what is expected."""
    with pytest.raises(error, match=says):
        live.Dial(**given)


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("skip", 2, ValueError, "skip is a number from 0 to 1; received 2"),
        ("skip", math.nan, TypeError, "skip is a number from 0 to 1; received nan"),
        ("skip", "much", TypeError, "skip is a number from 0 to 1; received 'much'"),
        ("times", 1.5, ValueError, "times is a whole number from 1 to 3; received 1.5"),
        ("doubled", "yes", ValueError, "doubled is True or False; received 'yes'"),
        ("skipp", 1, ValueError, "did you mean skip"),
    ],
)
def test_a_value_that_a_dial_cannot_take_is_refused(name, value, error, says):
    """And the dials stand as they stood."""
    trainer = trainer_of()
    with pytest.raises(error, match=says):
        trainer.turn(name, value)
    assert (trainer.skip, trainer.times, trainer.doubled) == (0.5, 1, False)


def test_a_name_that_a_trainer_has_already_is_refused():
    """With another name to take."""
    with pytest.raises(ValueError, match=r"dial called 'step'.* self.my_step = live.Dial"):
        trainer_of(Passing("step", [1, 2]))


def test_dials_of_one_name_that_offer_different_values_are_refused():
    """One slider cannot offer both."""
    with pytest.raises(ValueError, match=r"dials 'skip' that offer different values"):
        trainer_of(Around(), Passing("skip", [0, 2]))


def test_programs_are_not_mixed_up_by_where_a_dial_stands():
    """Two networks with dials that stand apart share a program, and each obeys its own."""
    kept = []
    losses = []
    for skip in (0.0, 1.0):
        keras.utils.set_random_seed(0)
        model = model_of(live.DenseStack(2, skip, most=3))
        trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)
        trainer.step(3)
        kept.append(set(_programs._kept))
        losses.append(trainer.history["loss"][-1])
    assert kept[1] == kept[0]
    assert not math.isclose(*losses, rel_tol=1e-3)
