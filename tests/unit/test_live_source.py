"""Data that a trainer has made for itself: which, how noisy, how many, and how they are split."""

import functools

import numpy as np
import pytest
from states import assert_same, state

from lessons_lib import datasets, live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
SEVERAL = [datasets.make_spirals, datasets.make_circles, datasets.make_xor]


def model_of(*hidden, units=1, activation="sigmoid", loss="binary_crossentropy", inputs=2):
    """Return a compiled model, always with the same weights."""
    keras.utils.set_random_seed(1)
    hidden = hidden or (layers.Dense(6, "tanh"),)
    model = keras.Sequential([keras.Input((inputs,)), *hidden, layers.Dense(units, activation)])
    model.compile(keras.optimizers.Adam(0.02), loss)
    return model


def trainer_of(data=datasets.make_spirals, model=None, jit=False, **settings):
    """Return a trainer that has its data made."""
    model = model_of() if model is None else model
    return live.LiveTrainer(model, data=data, batch_size=10, jit_compile=jit, **settings)


def assert_made_by(trainer, maker, share=0.5, seed=0, draw=0, **settings):
    """Assert that the trainer has the samples of a call, split as the course splits them."""
    X, y = maker(**{"n_samples": 500, "seed": seed + draw, **settings})
    split = datasets.train_val_split(X, y, 1 - share, seed)
    theirs = [trainer.X, trainer.validation_data[0], trainer.y, trainer.validation_data[1]]
    for mine, array in zip(theirs, split, strict=True):
        np.testing.assert_array_equal(mine, array)
    np.testing.assert_array_equal(X[trainer.numbers], trainer.X)


# --- what is made ---------------------------------------------------------------------------------


def test_the_samples_are_those_of_a_call_and_a_split_that_a_learner_can_write():
    """At first 500 with the maker's own noise, half of them to train on."""
    trainer = trainer_of()
    assert_made_by(trainer, datasets.make_spirals)
    trainer.noise, trainer.samples, trainer.share = 0.2, 150, 0.7
    assert_made_by(trainer, datasets.make_spirals, n_samples=150, noise=0.2, share=0.7)


def test_another_draw_has_other_points_of_the_same_kind():
    """Painted ones stay; what was done with others goes with them."""
    trainer = trainer_of(seed=3)
    trainer.painted = ((-1, 0.5, 0.25, 1), (4,))
    trainer.draw = 2
    assert trainer.painted == ((-1, 0.5, 0.25, 1),)
    trainer.painted = ()
    assert_made_by(trainer, datasets.make_spirals, seed=3, draw=2)
    assert "draw" not in trainer.knobs
    with pytest.raises(ValueError, match="whole number from 0 to"):
        trainer.draw = 21


def test_the_seed_is_that_of_the_trainer():
    """For the points, and for which of them are set aside."""
    assert_made_by(trainer_of(seed=3), datasets.make_spirals, seed=3)


def test_other_data_come_with_their_own_noise():
    """And the trainer says which they are."""
    trainer = trainer_of(SEVERAL)
    assert (trainer.source.name, trainer.source.maker) == ("spirals", datasets.make_spirals)
    trainer.noise = 0.3
    trainer.data = "xor"
    assert_made_by(trainer, datasets.make_xor)
    assert trainer.noise == 0.1
    assert (trainer.source.name, trainer.source.maker) == ("xor", datasets.make_xor)
    assert list(trainer.source.makers) == ["spirals", "circles", "xor"]


def test_makers_have_the_names_of_their_functions_or_those_given():
    """Of what a function was made from, that function's."""
    three = functools.partial(datasets.make_gaussians, classes=2, noise=0.2)
    assert list(trainer_of([three, datasets.make_moons]).source.makers) == ["gaussians", "moons"]
    trainer = trainer_of({"clouds": three})
    assert (trainer.source.name, trainer.noise) == ("clouds", 0.2)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (dict(units=1, activation=None, loss="mse", inputs=1), datasets.make_line),
        (
            dict(units=3, activation="softmax", loss="sparse_categorical_crossentropy"),
            functools.partial(datasets.make_spirals, classes=3),
        ),
    ],
)
def test_regressions_and_several_classes_can_be_made_too(model, data):
    """Whatever the model can be trained on; painted are points only."""
    trainer = trainer_of(data, model_of(**model))
    trainer.samples = 100
    trainer.step(20)
    assert (trainer.trace_count, len(trainer.X)) == (1, 50)
    assert ("painted" in trainer.more_knobs) == (trainer.X.shape[1] == 2)


def test_a_model_with_two_outputs_gets_targets_for_both():
    """As its maker returns them; on such points nothing is painted."""

    def both(n_samples, noise=0.1, seed=0):
        X, y = datasets.make_xor(n_samples, noise, seed)
        return X, [y, X[:, :1]]

    seen = keras.Input((2,))
    inside = layers.Dense(6, "tanh")(seen)
    outputs = layers.Dense(1, "sigmoid", name="xor")(inside), layers.Dense(1, name="x")(inside)
    model = keras.Model(seen, outputs)
    model.compile("adam", ["binary_crossentropy", "mse"])
    trainer = trainer_of(both, model)
    trainer.samples = 60
    trainer.step(5)
    theirs = trainer.to_keras()
    X, y = trainer.validation_data
    loss = theirs.evaluate(X, list(y), verbose=0, return_dict=True)["loss"]
    np.testing.assert_allclose(trainer.history["val_loss"][-1], loss, rtol=1e-5)
    assert "painted" not in trainer.more_knobs


# --- controls -------------------------------------------------------------------------------------


def test_the_knobs_have_a_control_each():
    """In one order; for which data only where there are several."""
    mine = ["noise", "samples", "share"]
    assert [name for name in trainer_of().knobs if name not in live.KNOBS] == mine
    trainer = trainer_of(SEVERAL)
    assert [name for name in trainer.knobs if name not in live.KNOBS] == [*mine, "data"]
    offers = {name: trainer.knobs[name].offers(trainer) for name in (*mine, "data")}
    assert {0.0, 0.03, 0.5} <= {*offers["noise"]}
    assert offers["samples"][-1] == trainer.samples == 500
    assert (offers["share"][0], offers["share"][-1]) == (0.1, 0.9)
    assert offers["data"] == ("spirals", "circles", "xor")


def test_a_makers_own_noise_is_among_the_steps():
    """Whatever it is."""

    def make(n_samples, noise=0.123, seed=0):
        return datasets.make_xor(n_samples, noise, seed)

    trainer = trainer_of(make)
    trainer.noise = 0.5
    assert 0.123 in trainer.knobs["noise"].offers(trainer)


def test_marks_say_what_was_chosen():
    """In few words on the curve."""
    trainer = trainer_of(SEVERAL)
    for name, value in {"noise": 0.2, "samples": 100, "share": 0.7, "data": "xor"}.items():
        trainer.turn(name, value)
        trainer.step(1)
    words = [mark.words for mark in trainer.marks]
    assert words == ["noise 0.2", "samples 100", "training 0.7", "xor"]


# --- training -------------------------------------------------------------------------------------


@pytest.mark.parametrize("jit", [False, True])
def test_every_turn_counts_from_the_next_update_on_in_the_same_loop(jit):
    """Each update is made on exactly the present samples, as Keras makes it."""
    trainer = trainer_of(SEVERAL, jit=jit)
    trainer.step(7)
    theirs = trainer.to_keras()
    turns = {
        "noise": 0.3,
        "samples": 50,
        "share": 0.9,
        "data": "circles",
        "painted": [(-1, 0, 0, 1)],
    }
    for name, value in turns.items():
        trainer.turn(name, value)
        start = trainer.updates
        trainer.step(5)
        for k in range(start, start + 5):
            batch = trainer.batch_indices(k)
            theirs.train_on_batch(trainer.X[batch], trainer.y[batch])
    np.testing.assert_allclose(trainer.predict(trainer.X), theirs(trainer.X), atol=1e-4)
    assert trainer.trace_count == 1


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("jit", [False, True])
def test_what_is_measured_is_the_mean_over_the_present_validation_data(share, jit):
    """Loss and accuracy, as Keras evaluates them; what fills the room counts for nothing."""
    trainer = trainer_of(SEVERAL, jit=jit)
    trainer.samples, trainer.share = 150, share
    trainer.step(40)
    theirs = trainer.to_keras()
    theirs.compile(loss="binary_crossentropy", metrics=["accuracy"])
    loss, accuracy = theirs.evaluate(*trainer.validation_data, verbose=0)
    np.testing.assert_allclose(trainer.history["val_loss"][-1], loss, rtol=1e-5)
    np.testing.assert_allclose(trainer.history["val_accuracy"][-1], accuracy, atol=1e-6)


def test_a_loss_that_adds_up_is_measured_as_a_sum():
    """As Keras has it, over the samples that are there."""
    loss = keras.losses.MeanSquaredError(reduction="sum")
    trainer = trainer_of(datasets.make_line, model_of(loss=loss, activation=None, inputs=1))
    trainer.share = 0.9
    trainer.step(3)
    X, y = trainer.validation_data
    errors = (trainer.predict(X)[:, 0] - y) ** 2
    np.testing.assert_allclose(trainer.history["val_loss"][-1], errors.sum(), rtol=1e-5)


def test_data_that_are_made_and_the_same_given_train_alike():
    """Bit by bit; room that is not used changes no weight."""
    made = trainer_of(jit=True)
    given = live.LiveTrainer(
        model_of(), made.X, made.y, made.validation_data, batch_size=10, jit_compile=True
    )
    for trainer in (made, given):
        trainer.step(30)
    assert_same(state(made), state(given))
    np.testing.assert_allclose(made.history["val_loss"][-1], given.history["val_loss"][-1], 1e-5)


# --- edits of data that change --------------------------------------------------------------------


def test_points_painted_in_stay_where_the_data_change():
    """What was done with given points goes with them, unless they are the same ones."""
    trainer = trainer_of(SEVERAL)
    moved, wiped = trainer.numbers[:2].tolist()
    edits = ((-1, 0.0, 0.0, 1), *sorted([(moved, 2.0, 2.0, 0), (wiped,)]))
    trainer.painted = edits
    assert len(trainer.X) == 250
    trainer.noise, trainer.share = 0.2, 0.8
    assert trainer.painted == edits
    np.testing.assert_array_equal(trainer.X[trainer.numbers == moved], [[2, 2]])
    assert wiped not in trainer.numbers
    trainer.samples = 300
    assert trainer.painted == ((-1, 0.0, 0.0, 1),)
    trainer.data = "xor"
    assert trainer.painted == ((-1, 0.0, 0.0, 1),)
    np.testing.assert_array_equal(trainer.X[-1], [0, 0])
    assert len(trainer.X) == 241


def test_a_point_of_the_validation_data_can_be_wiped_out_only_as_one_to_train_on():
    """It is still measured."""
    trainer = trainer_of()
    aside = next(number for number in range(500) if number not in trainer.numbers)
    trainer.painted = [(aside,)]
    assert (len(trainer.X), len(trainer.validation_data[0])) == (250, 250)
    trainer.share = 0.9
    assert aside not in trainer.numbers


def test_a_fraction_that_leaves_no_sample_is_refused():
    """Where all of it was wiped out."""
    trainer = trainer_of()
    trainer.share = 0.1
    rest = trainer.numbers
    trainer.share = 0.9
    trainer.painted = [(number,) for number in rest.tolist()]
    with pytest.raises(ValueError, match="At least one sample must stay"):
        trainer.share = 0.1
    assert trainer.share == 0.9


# --- the way back ---------------------------------------------------------------------------------

TURNS = {
    10: ("noise", 0.3),
    20: ("painted", [(-1, 0.0, 0.0, 1), (3,)]),
    25: ("samples", 100),
    30: ("batch_size", 51),
    40: ("data", "circles"),
    45: ("share", 0.2),
    48: ("draw", 3),
    50: ("noise", 0.05),
}


@pytest.mark.parametrize("jit", [False, True])
def test_a_run_is_gone_through_again_bit_by_bit(jit):
    """From its start and from moments between, whatever was chosen meanwhile."""
    trainer, moments = trainer_of(SEVERAL, jit=jit), {}
    for step, turn in TURNS.items():
        trainer.step(step - trainer.updates)
        moments[step] = trainer.snapshot()
        trainer.turn(*turn)
    trainer.step(10)
    end, history, turns = state(trainer), trainer.history, trainer.turns
    for moment in moments.values():
        trainer.restore(moment)
        trainer.replay(turns, 60)
        assert_same(state(trainer), end)
        assert (trainer.history, trainer.source.name) == (history, "circles")
    assert trainer.painted == ((-1, 0.0, 0.0, 1),)


def test_a_snapshot_brings_the_data_back():
    """Given and made ones, and the batch size that was set."""
    trainer = trainer_of(SEVERAL)
    trainer.data, trainer.noise, trainer.samples, trainer.share = "xor", 0.2, 200, 0.6
    trainer.painted = [(-1, 0.0, 0.0, 1)]
    trainer.batch_size = 121
    X, moment = trainer.X, trainer.snapshot()
    trainer.data, trainer.samples, trainer.painted = "circles", 50, ()
    trainer.batch_size = 4
    trainer.restore(moment)
    np.testing.assert_array_equal(trainer.X, X)
    chosen = (trainer.data, trainer.noise, trainer.samples, trainer.share, trainer.batch_size)
    assert chosen == ("xor", 0.2, 200, 0.6, 121)


def test_a_run_begun_anew_keeps_what_was_chosen_and_can_be_gone_through_again():
    """Its turns stand in an order in which each can be made: data, noise, ..., batch size."""
    trainer = trainer_of(SEVERAL)
    start = trainer.snapshot()
    trainer.noise = 0.5
    trainer.painted = [(number,) for number in trainer.numbers[:5].tolist()]
    trainer.share, trainer.data = 0.9, "xor"
    trainer.batch_size = 64
    trainer.step(5)
    trainer.samples, trainer.noise = 50, 0.2
    trainer.reset()
    names = ["data", "share", "samples", "noise", "painted", "batch_size"]
    assert [(turn.step, turn.name) for turn in trainer.turns] == [(0, name) for name in names]
    assert trainer.batch_size == len(trainer.X) == 45
    trainer.step(30)
    end, turns = state(trainer), trainer.turns
    trainer.restore(start)
    trainer.replay(turns, 30)
    assert_same(state(trainer), end)


# --- what does not fit ----------------------------------------------------------------------------


def without_noise(n_samples, seed=0):
    """Makes what cannot be made noisy."""
    return datasets.make_xor(n_samples, 0, seed)


def silent(n_samples, noise=None, seed=0):
    """Does not say how noisy it is."""
    return datasets.make_xor(n_samples, noise or 0, seed)


def generous(n_samples, noise=0.1, seed=0):
    """Makes more than it was asked for."""
    return datasets.make_xor(2 * n_samples, noise, seed)


def forgetful(n_samples, noise=0.1, seed=0):
    """Makes points, and returns nothing."""


def unlabelled(n_samples, noise=0.1, seed=0):
    """Makes points without classes."""
    return datasets.make_xor(n_samples, noise, seed)[0]


def broken(n_samples, noise=0.1, seed=0):
    """Cannot make anything."""
    raise ValueError("no room")


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (3, TypeError, "data takes a function make.*received 3"),
        ((np.zeros((9, 2)), np.zeros(9)), TypeError, "arrays are given as X, y"),
        ({"zeros": np.zeros(9)}, TypeError, "arrays are given as X, y"),
        ([], ValueError, "data holds no function"),
        ([lambda n_samples, noise=0, seed=0: None], ValueError, "has no name"),
        ([datasets.make_xor, datasets.make_xor], ValueError, "Two functions.*'xor'"),
        (without_noise, TypeError, "'without noise' takes no noise"),
        (silent, TypeError, "'silent' does not say how much noise"),
        (generous, ValueError, "'generous' was asked for 500 samples and has made 1000"),
        (forgetful, ValueError, "'forgetful' returns no pair X, y.*received None"),
        (unlabelled, ValueError, "'unlabelled' returns no pair X, y.*received array"),
        (broken, ValueError, "'broken' cannot make 500 samples with noise 0.1: no room"),
        ([datasets.make_xor, datasets.make_line], ValueError, "The data 'line' do not suit"),
        (
            functools.partial(datasets.make_spirals, classes=3),
            ValueError,
            "The data 'spirals' do not suit.*from 0 to 2",
        ),
    ],
)
def test_makers_that_do_not_suit_are_named(data, error, match):
    """When the trainer is made, each of them, in one sentence."""
    with pytest.raises(error, match=match):
        trainer_of(data)


def test_data_of_two_kinds_do_not_go_together():
    """A network for classes is not one for numbers."""

    def halves(n_samples, noise=0.1, seed=0):
        X, y = datasets.make_xor(n_samples, noise, seed)
        return X, y / 2

    model = model_of(loss="mse")
    with pytest.raises(ValueError, match="'halves' are of another kind than 'xor'"):
        trainer_of([datasets.make_xor, halves], model)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, "nothing to train on: give X and y, or data="),
        (
            {"data": datasets.make_xor, "validation_data": (np.zeros((9, 2)), np.zeros(9))},
            "validation_data cannot be given beside it",
        ),
        (
            {"data": datasets.make_xor, "X": np.zeros((9, 2)), "y": np.zeros(9)},
            "X and y cannot be given beside it",
        ),
    ],
)
def test_data_are_given_once(given, match):
    """As arrays, or as what makes them."""
    with pytest.raises(TypeError, match=match):
        live.LiveTrainer(model_of(), **given)


@pytest.mark.parametrize(
    ("name", "value", "error", "match"),
    [
        ("noise", -0.1, ValueError, "a number from 0 to 1,000,000; received -0.1"),
        ("noise", 1e7, ValueError, "a number from 0 to 1,000,000; received 10000000.0"),
        ("noise", np.nan, ValueError, "a number from 0"),
        ("noise", "much", TypeError, "received 'much'"),
        ("samples", 5, ValueError, "from 10 to 500; received 5"),
        ("samples", 501, ValueError, "from 10 to 500; received 501"),
        ("samples", 50.5, ValueError, "whole number"),
        ("share", 0.95, ValueError, "from 0.1 to 0.9; received 0.95"),
        ("share", None, TypeError, "received None"),
        ("data", "moons", ValueError, "'spirals', 'circles' and 'xor'; received 'moons'"),
    ],
)
def test_what_cannot_be_chosen_is_said_in_a_sentence(name, value, error, match):
    """And the data stay as they were."""
    trainer = trainer_of(SEVERAL)
    X = trainer.X
    with pytest.raises(error, match=match):
        trainer.turn(name, value)
    assert trainer.X is X


def test_data_that_are_given_have_no_such_knobs():
    """Nor a source."""
    X, y = datasets.make_xor(40)
    trainer = live.LiveTrainer(model_of(), X, y)
    assert trainer.source is None
    assert not {"noise", "samples", "share", "data"} & {*trainer.knobs, *trainer.more_knobs}


class Noisy(keras.layers.Layer):
    """A layer with a dial of a name that the data have too."""

    def __init__(self):
        super().__init__()
        self.noise = live.Dial(0.0, (0.0, 1.0))

    def call(self, inputs):
        """Return the inputs, moved."""
        return inputs + self.noise


def test_a_dial_cannot_have_the_name_of_a_knob_of_the_data():
    """It says so, and which."""
    with pytest.raises(ValueError, match="a dial called 'noise', which is a knob of the data"):
        trainer_of(model=model_of(Noisy()))
