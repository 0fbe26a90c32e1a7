"""Hidden units are switched off and on while a network trains, without a new trace."""

import numpy as np
import pytest
from states import assert_same, state

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("float32")
OFF = ((1, 2), (1, 5), (2, 1))


def trainer_of(*hidden, optimizer=None):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    hidden = hidden or (layers.Dense(6, "tanh"), layers.Dropout(0.1), layers.Dense(4, "relu"))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer or keras.optimizers.Adam(0.03), "binary_crossentropy")
    return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)


def normalized():
    """Return hidden layers where what stands between would make something of a unit's 0."""
    return layers.Dense(6), layers.BatchNormalization(), layers.Activation("sigmoid")


@pytest.mark.parametrize(
    "hidden", [(layers.Dense(6, "tanh"), layers.Dense(4, "relu")), normalized()]
)
def test_a_unit_that_is_off_is_as_good_as_left_out(hidden):
    """From the next update on, without a trace, as Keras trains a network without it."""
    trainer = trainer_of(*hidden)
    trainer.step(5)
    trainer.lesions = [(1, 2), (1, 5)]
    without = trainer.to_keras()
    assert without.layers[0].units == 4
    np.testing.assert_allclose(trainer.predict(X), without(X), atol=1e-6)
    trainer.step(12)
    for k in range(5, 17):
        batch = trainer.batch_indices(k)
        without.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), without(X), atol=1e-4)
    assert trainer.trace_count == 1


def test_a_unit_that_is_on_again_goes_on_where_it_was():
    """Neither a penalty nor the optimizer's memory has moved its weights meanwhile."""
    trainer = trainer_of()
    trainer.l2 = 0.1
    trainer.step(8)
    before = trainer.chain().kernels
    trainer.lesions = OFF
    assert not np.any(trainer.chain().kernels[0][:, [1, 4]])
    trainer.step(8)
    trainer.lesions = ()
    after = trainer.chain().kernels
    np.testing.assert_array_equal(after[0][:, [1, 4]], before[0][:, [1, 4]])
    np.testing.assert_array_equal(after[1][[1, 4]], before[1][[1, 4]])
    assert np.all(after[0][:, [0, 2]] != before[0][:, [0, 2]])


def test_off_and_on_again_leaves_nothing_behind():
    """Weights and memory are the same, whatever else was switched in between."""
    trainer = trainer_of()
    trainer.step(8)
    before = state(trainer)
    for off in (((1, 2),), ((1, 2), (2, 1)), ((2, 1),), ()):
        trainer.lesions = off
    assert_same(state(trainer), before)


def test_units_that_are_off_put_out_nothing_in_the_pictures():
    """Where they stand among the others stays as it was."""
    trainer = trainer_of(*normalized())
    trainer.step(3)
    trainer.lesions = ((1, 2),)
    [units] = trainer.hidden(X)
    assert units.shape == (40, 6)
    assert not units[:, 1].any()
    assert units[:, [0, 2, 3, 4, 5]].all()
    assert trainer.chain().on[0].tolist() == [True, False, True, True, True, True]


def test_the_bent_space_is_that_of_the_units_that_take_part():
    """Each with its own weight to the output."""
    trainer = trainer_of()
    trainer.step(5)
    trainer.lesions = ((2, 1),)
    read, kernel, bias = trainer.bent(X)
    assert read.shape == (40, 3)
    second = (read @ kernel + bias > 0).ravel()
    np.testing.assert_array_equal(second, trainer.predict(X).ravel() > 0.5)


@pytest.mark.parametrize("at", [0, 9, 14])
def test_a_run_with_lesions_is_gone_through_again_bit_for_bit(at):
    """From the start, and from snapshots before and while units were off."""
    trainer = trainer_of()
    moments = {0: trainer.snapshot()}
    for step, turn in ((4, ("lesions", OFF)), (9, ("width", 3)), (12, ("lesions", ((1, 2),)))):
        trainer.step(step - trainer.updates)
        moments[step] = trainer.snapshot()
        trainer.turn(*turn)
    trainer.step(2)
    moments[14] = trainer.snapshot()
    trainer.width, trainer.lesions = 6, ((2, 4),)
    trainer.step(6)
    turns, end, predictions = trainer.turns, state(trainer), trainer.predict(X)
    trainer.restore(moments[at])
    trainer.replay(turns, 20)
    assert trainer.lesions == ((2, 4),)
    assert_same(state(trainer), end)
    np.testing.assert_array_equal(trainer.predict(X), predictions)


def test_lesions_stay_at_a_reset():
    """The run that begins anew has them from its first step on, and says so."""
    trainer = trainer_of()
    trainer.step(3)
    trainer.lesions = OFF
    trainer.step(3)
    trainer.reset(seed=1)
    assert trainer.lesions == OFF
    assert [turn[:3] for turn in trainer.turns] == [(0, "lesions", OFF)]
    other = trainer_of()
    other.reset(seed=1)
    other.lesions = OFF
    trainer.step(5)
    other.step(5)
    np.testing.assert_array_equal(trainer.predict(X), other.predict(X))


def test_lesions_stay_where_the_network_is_made_anew():
    """Another activation and another optimizer; the weights put aside come back."""
    trainer = trainer_of()
    trainer.step(5)
    before = trainer.chain().kernels
    trainer.lesions = OFF
    trainer.activation = "relu"
    trainer.optimizer = "sgd"
    assert not trainer.chain().ask(X)[1][:, [1, 4]].any()
    trainer.lesions = ()
    assert_same(trainer.chain().kernels, before)


def test_a_unit_that_width_leaves_out_is_out_anyway():
    """It is off still where width has it again, and new when it is on."""
    trainer = trainer_of()
    trainer.step(5)
    trainer.lesions = ((1, 5),)
    trainer.width = 3
    assert trainer.to_keras().layers[0].units == 3
    trainer.step(2)
    trainer.width = 6
    assert trainer.to_keras().layers[0].units == 5
    trainer.lesions = ()
    assert trainer.chain().kernels[0][:, 4].all()
    assert not trainer.chain().kernels[1][4, :3].any()


def test_all_units_of_a_layer_can_be_off():
    """The output is then the same for every input, in the model that is given back too."""
    trainer = trainer_of()
    trainer.step(5)
    trainer.lesions = [(2, unit) for unit in range(1, 5)]
    assert np.ptp(trainer.predict(X)) == 0
    np.testing.assert_allclose(trainer.to_keras()(X), trainer.predict(X), atol=1e-6)
    assert trainer.step(3) == 3


def test_lesions_are_told_in_words():
    """On the curve and in the table of runs."""
    trainer = trainer_of()
    for off in (((1, 4),), OFF, ()):
        trainer.lesions = off
        trainer.step()
    words = ["unit 4 of layer 1 off", "3 units off", "all units on"]
    assert [mark.words for mark in trainer.marks] == words
    assert trainer.marks[1].change == "unit 4 of layer 1 off → 3 units off"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (3, "pairs"),
        ([3], "pairs"),
        ([(1, 2.5)], "pairs"),
        ([(True, 1)], "pairs"),
        ([(3, 1)], "hidden layers 1, 2"),
        ([(1, 7)], "units 1 to 6"),
        ([(2, 0)], "units 1 to 4"),
    ],
)
def test_a_wrong_lesion_is_refused_in_one_sentence(value, says):
    """All units stay as they are."""
    trainer = trainer_of()
    with pytest.raises((TypeError, ValueError), match=says) as error:
        trainer.lesions = value
    assert "\n" not in str(error.value)
    assert (trainer.lesions, trainer.marks) == ((), [])


def test_without_a_hidden_layer_there_is_nothing_to_switch_off():
    """The trainer does not know the word."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    assert "lesions" not in trainer.more_knobs
    with pytest.raises(AttributeError, match="no knob 'lesions'"):
        trainer.lesions = ()
