"""Features of two inputs are switched on and off while a network trains, without a new trace."""

import numpy as np
import pytest
from states import assert_same, state

from lessons_lib import datasets, live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("float32")
ALL = ("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2")


def trainer_of(*hidden, optimizer=None, data=(X, y), **settings):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    features = live.InputFeatures(**settings)
    hidden = hidden or (layers.Dense(6, "tanh"),)
    output = layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), features, *hidden, output])
    model.compile(optimizer or keras.optimizers.Adam(0.03), "binary_crossentropy")
    return live.LiveTrainer(model, *data, batch_size=10, jit_compile=False)


def test_the_features_are_what_their_names_say():
    """In the order of their names; what is off is 0."""
    a, b = X.T
    expected = [a, b, a**2, b**2, a * b, np.sin(3 * a), np.sin(3 * b)]
    layer = live.InputFeatures(on=ALL, frequency=3)
    np.testing.assert_allclose(layer(X), np.column_stack(expected), atol=1e-6)
    some = np.asarray(live.InputFeatures(on=("x2", "sin_x1"), frequency=3)(X))
    assert some.any(axis=0).tolist() == [False, True, False, False, False, True, False]


@pytest.mark.parametrize(
    ("frequency", "words"), [(1, "sin x₁"), (5, "sin 5x₁"), (2.5, "sin 2.5x₁")]
)
def test_the_words_say_the_frequency_where_it_is_not_one(frequency, words):
    """Switches, and what a drawing calls the inputs."""
    trainer = trainer_of(frequency=frequency)
    assert trainer.knobs["sin_x1"].words == words
    assert trainer.chain().inputs == ["x₁", "x₂", "x₁²", "x₂²", "x₁x₂", words, words[:-1] + "₂"]
    assert tuple(trainer.chain().switches) == ALL
    trainer.sin_x1 = True
    assert trainer.marks[0].words == f"{words} on"


def test_features_are_learned_from_the_next_update_on_without_a_new_trace():
    """As Keras trains a network with the same features and weights."""
    trainer = trainer_of()
    trainer.step(5)
    trainer.x1_squared, trainer.x2 = True, False
    theirs = trainer.to_keras()
    assert theirs.layers[0].on == ("x1", "x1_squared")
    trainer.step(12)
    for k in range(5, 17):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-4)
    assert trainer.trace_count == 1


def test_a_feature_that_joins_on_the_way_changes_nothing_at_that_instant():
    """It joins with weights 0, which then learn; switched off, they are forgotten."""
    trainer = trainer_of()
    trainer.step(5)
    before = trainer.predict(X)
    trainer.x1_x2 = True
    np.testing.assert_array_equal(trainer.predict(X), before)
    trainer.step(5)
    assert trainer.chain().kernels[0][4].all()
    trainer.x1_x2 = False
    assert not trainer.chain().kernels[0][4].any()
    trainer.x1_x2 = True
    assert not trainer.chain().kernels[0][4].any()


def test_a_feature_that_is_there_from_the_start_has_the_weights_drawn_for_it():
    """And features that are off count in no penalty."""
    trainer = trainer_of()
    assert not trainer.chain().kernels[0][2:].any()
    trainer.sin_x2 = True
    assert trainer.chain().kernels[0][6].all()
    assert not trainer.chain().kernels[0][2:6].any()


def test_a_unit_joins_with_weights_of_the_features_that_are_on():
    """The others stay forgotten, also those of a unit that was off."""
    trainer = trainer_of(on=("x1", "x1_squared"))
    trainer.width = 3
    trainer.step(5)
    trainer.lesions = ((1, 2),)
    trainer.x1 = False
    trainer.width = 6
    trainer.lesions = ()
    rows = trainer.chain().kernels[0].any(axis=1)
    assert rows.tolist() == [False, False, True, False, False, False, False]


def test_a_run_is_gone_through_again_bit_for_bit():
    """With every switch at its step, from the start and from a snapshot."""
    trainer = trainer_of()
    start = trainer.snapshot()
    trainer.x2_squared = True
    trainer.step(4)
    trainer.x1_x2 = True
    trainer.step(4)
    middle = trainer.snapshot()
    trainer.x1_x2, trainer.x1 = False, False
    trainer.step(4)
    turns, end = trainer.turns, state(trainer)
    for moment in (start, middle):
        trainer.restore(moment)
        trainer.replay(turns, 12)
        assert_same(state(trainer), end)
        assert trainer.chain().inputs_on.tolist() == [0, 1, 0, 1, 0, 0, 0]


def test_off_and_on_again_at_one_step_is_not_nothing():
    """The weights are forgotten, so both turns are noted."""
    trainer = trainer_of()
    trainer.step(3)
    trainer.x1 = False
    trainer.x1 = True
    assert [turn[1:3] for turn in trainer.turns] == [("x1", False), ("x1", True)]
    assert not trainer.chain().kernels[0][0].any()


def test_an_edge_of_a_feature_that_is_off_is_refused():
    """Its weights are 0 until it is switched on."""
    trainer = trainer_of()
    with pytest.raises(ValueError, match="source 3 of layer 1 takes no part"):
        trainer.edge = (1, 3, 1, 0.5)
    trainer.x1_squared = True
    trainer.edge = (1, 3, 1, 0.5)


def test_a_drawing_is_told_what_features_are_off_too():
    """So that it can show what they would bring."""
    inputs, *_, outputs = trainer_of().chain().ask(X)
    assert inputs.any(axis=0).all()
    assert outputs.shape == (40, 1)


def test_the_code_of_features_runs():
    """As a layer of the course, with the switches as they stand."""
    trainer = trainer_of()
    trainer.sin_x1 = True
    code = trainer.code()
    assert "from lessons_lib import live" in code
    assert "live.InputFeatures(on=('x1', 'x2', 'sin_x1'))" in code.replace('"', "'")
    names = {"X": X, "y": y}
    exec(code, names)
    assert names["model"].layers[0].on == ("x1", "x2", "sin_x1")


def test_a_network_without_features_on_still_trains():
    """The output is the same for every input."""
    trainer = trainer_of(on=())
    assert trainer.step(3) == 3
    assert np.ptp(trainer.predict(X)) == 0


def test_a_small_network_solves_the_spirals_with_sines():
    """With the frequency that a layer has by itself; without the sines it does not."""
    data = datasets.make_spirals(250)
    right = []
    for on in (("x1", "x2"), ("x1", "x2", "sin_x1", "sin_x2")):
        trainer = trainer_of(layers.Dense(8, "tanh"), data=data, on=on)
        trainer.reset(seed=0)
        trainer.step(3000)
        right.append(np.mean((trainer.predict(data[0]).ravel() > 0.5) == data[1].ravel()))
    assert right[0] < 0.8 < 0.95 < right[1]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"on": "x1"}, "names of features"),
        ({"on": 3}, "names of features"),
        ({"on": ("x1", "x3")}, "received 'x3'"),
        ({"frequency": 0}, "above 0"),
        ({"frequency": "high"}, "above 0"),
        ({"frequency": float("nan")}, "above 0"),
    ],
)
def test_wrong_settings_are_refused_in_one_sentence(settings, says):
    """What is expected, and what was received."""
    with pytest.raises((TypeError, ValueError), match=says) as error:
        live.InputFeatures(**settings)
    assert "\n" not in str(error.value)


def test_three_inputs_are_refused():
    """Keras adds where in the model that was."""
    with pytest.raises(ValueError, match="features of two inputs"):
        live.InputFeatures()(np.zeros((4, 3), "float32"))


def test_a_dial_with_the_name_of_another_knob_is_refused():
    """One of the two would be lost."""

    class Named(keras.layers.Layer):
        """Passes on what it gets."""

        def __init__(self, **others):
            super().__init__(**others)
            self.lesions = live.Dial(True)

        def call(self, x):
            """Return what came."""
            return x

    with pytest.raises(ValueError, match="two knobs called 'lesions'"):
        trainer_of(Named(), layers.Dense(3, "tanh"))
