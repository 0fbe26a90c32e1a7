"""Training points painted in, moved and wiped out while a network trains."""

import numpy as np
import pytest
from states import assert_same, state

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
CLASSES = (X[:, 0] * X[:, 1] > 0).astype("int32")
EDITS = ((-2, 0.5, 0.5, 1), (-1, -0.5, 0.5, 0), (3, 2.0, 2.0, 1), (7,))

# What follows the hidden layer, the loss, and the targets: of two or three classes, or numbers.
KINDS = {
    "binary": ((1, "sigmoid"), "binary_crossentropy", CLASSES.astype("float32")),
    "column": ((1, "sigmoid"), "binary_crossentropy", CLASSES[:, None].astype("float32")),
    "scores": ((1, "tanh"), "hinge", 2 * CLASSES.astype("float32") - 1),
    "numbers of classes": ((3, "softmax"), "sparse_categorical_crossentropy", CLASSES),
    "rows of classes": ((3, "softmax"), "categorical_crossentropy", np.eye(3)[CLASSES]),
    "regression": ((1, None), "mse", X.sum(axis=1)),
}
TARGETS = {
    "binary": 1.0,
    "column": [1.0],
    "scores": 1.0,
    "numbers of classes": 1,
    "rows of classes": [0, 1, 0],
    "regression": 1.0,
}


def trainer_of(kind="binary", jit=False, **settings):
    """Return a trainer of a small network, always with the same weights."""
    (units, activation), loss, y = KINDS[kind]
    keras.utils.set_random_seed(1)
    model = keras.Sequential([
        keras.Input((2,)), layers.Dense(6, "tanh"), layers.Dropout(0.1),
        layers.Dense(units, activation),
    ])  # fmt: skip
    model.compile(keras.optimizers.Adam(0.02), loss)
    return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=jit, **settings)


# --- the present points ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_present_points_are_those_given_with_their_edits_then_those_painted(kind):
    """With the targets as the loss reads them."""
    trainer = trainer_of(kind)
    y = trainer.y
    trainer.painted = EDITS
    stay = [number for number in range(40) if number != 7]
    np.testing.assert_array_equal(trainer.numbers, [*stay, -1, -2])
    inputs, targets = X[stay], y[stay]
    inputs[3], targets[3] = [2, 2], TARGETS[kind]
    np.testing.assert_array_equal(trainer.X[:-2], inputs)
    np.testing.assert_array_equal(trainer.y[:-2], targets)
    np.testing.assert_array_equal(trainer.X[-2:], np.float32([[-0.5, 0.5], [0.5, 0.5]]))
    np.testing.assert_array_equal(trainer.y[-1], TARGETS[kind])
    assert (trainer.X.dtype, trainer.y.dtype) == (X.dtype, y.dtype)


def test_points_as_given_are_the_very_same_arrays():
    """Also after edits that were taken back."""
    trainer = trainer_of()
    inputs = trainer.X
    trainer.painted = EDITS
    assert trainer.X is not inputs
    trainer.painted = ()
    assert trainer.X is inputs
    np.testing.assert_array_equal(trainer.numbers, np.arange(40))


def test_a_single_class_can_get_its_opposite():
    """Where all samples are of one class, the other one can be painted."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    trainer = live.LiveTrainer(model, X, np.zeros(40), jit_compile=False)
    trainer.painted = [(-1, 0, 0, 1)]
    assert trainer.y.sum() == 1


# --- training -------------------------------------------------------------------------------------


@pytest.mark.parametrize("jit", [False, True])
def test_edits_count_from_the_next_update_on_in_the_same_loop(jit):
    """Each update is made on exactly the present points, as Keras makes it."""
    trainer = trainer_of(jit=jit)
    trainer.dropout = 0
    trainer.step(7)
    trainer.painted = EDITS
    theirs = trainer.to_keras()
    trainer.step(13)
    for k in range(7, 20):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(trainer.X[batch], trainer.y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-5)
    assert trainer.trace_count == 1


def test_every_present_point_is_seen_once_in_an_epoch():
    """None that is wiped out, and those painted in too."""
    trainer = trainer_of()
    trainer.step(2)
    trainer.painted = [(-1, 0, 0, 1), *((number,) for number in range(11))]
    assert len(trainer.X) == 30
    trainer.reset()
    seen = np.concatenate([trainer.batch_indices(k) for k in range(3)])
    np.testing.assert_array_equal(np.sort(seen), np.arange(30))


def test_batches_before_an_edit_are_not_made_up():
    """They were of other points."""
    trainer = trainer_of()
    trainer.step(5)
    trainer.painted = EDITS
    with pytest.raises(ValueError, match=r"the data changed at step 5.*received k=4"):
        trainer.batch_indices(4)


def test_few_points_fill_a_batch_by_being_seen_more_than_once():
    """Wiping out needs no other loop; a new run begins with a batch of what there is."""
    trainer = trainer_of()
    trainer.painted = [(number,) for number in range(36)]
    assert trainer.step(5) == 5
    assert (trainer.trace_count, trainer.batch_size) == (1, 10)
    trainer.reset()
    assert trainer.batch_size == 4


def test_gradients_and_advice_are_measured_on_the_present_points():
    """They differ where the points do, in the same program."""
    trainer = trainer_of()
    before = trainer.gradient_norms()
    trainer.painted = [(-1, 5, 5, 0)]
    assert trainer.gradient_norms() != before
    trainer.painted = ()
    assert trainer.gradient_norms() == before


def test_a_point_far_out_that_ruins_a_run_is_named():
    """What is said of a diverged run says edits in their own words."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    trainer = live.LiveTrainer(model, X, X.sum(axis=1), batch_size=10, jit_compile=False)
    trainer.step(200)
    trainer.painted = [(-1, 1e4, 1e4, 0)]
    trainer.step(500)
    assert "1 point painted" in trainer.ended
    assert "points as given" in trainer.ended


# --- the way back ---------------------------------------------------------------------------------


def test_a_run_is_gone_through_again_bit_by_bit():
    """From its start and from a moment between, with its turns."""
    trainer = trainer_of(jit=True)
    moments = {0: trainer.snapshot()}
    trainer.step(20)
    trainer.painted = EDITS
    trainer.step(15)
    trainer.batch_size = 41
    moments[35] = trainer.snapshot()
    trainer.step(5)
    trainer.painted = EDITS[1:]
    trainer.step(20)
    end, history, turns = state(trainer), trainer.history, trainer.turns
    for step, moment in moments.items():
        trainer.restore(moment)
        assert trainer.painted == (EDITS if step else ())
        trainer.replay(turns, 60)
        assert_same(state(trainer), end)
        assert (trainer.history, trainer.painted) == (history, EDITS[1:])


def test_a_batch_of_more_points_than_there_are_comes_back():
    """A snapshot brings the batch size back that was set when there were more."""
    trainer = trainer_of()
    trainer.batch_size = 40
    trainer.painted = [(0,)]
    moment = trainer.snapshot()
    trainer.batch_size = 5
    trainer.painted = ()
    trainer.restore(moment)
    assert (trainer.batch_size, len(trainer.X)) == (40, 39)


def test_a_run_begun_anew_keeps_the_edits_and_can_be_gone_through_again():
    """Edits, and a batch of all of them, are turns of its first step."""
    trainer = trainer_of()
    start = trainer.snapshot()
    trainer.painted = [(-1, 0, 0, 1)]
    trainer.batch_size = 41
    trainer.step(5)
    trainer.painted = [(-2, 0, 0, 1), (-1, 0, 0, 1)]
    trainer.reset()
    assert [(turn.step, turn.name) for turn in trainer.turns] == [(0, "painted"), (0, "batch_size")]
    trainer.step(30)
    end, turns = state(trainer), trainer.turns
    trainer.restore(start)
    trainer.replay(turns, 30)
    assert_same(state(trainer), end)
    assert (trainer.batch_size, len(trainer.X)) == (41, 42)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("painted", "words"),
    [
        ([], "points as given"),
        ([(-1, 0, 0, 1)], "1 point painted"),
        (EDITS, "2 points painted, 1 moved, 1 wiped"),
        ([(3, 0, 0, 1), (4, 0, 0, 1)], "2 points moved"),
        ([(3,)], "1 point wiped"),
    ],
)
def test_marks_say_what_was_done(painted, words):
    """In few words on the curve."""
    trainer = trainer_of()
    trainer.painted = [(5,)]
    trainer.step(1)
    trainer.painted = painted
    assert trainer.marks[-1].words == words
    assert trainer.marks[-1].change == f"1 point wiped → {words}"


def test_edits_are_sorted_plain_numbers():
    """So that equal edits compare equal, however they were written."""
    trainer = trainer_of()
    trainer.painted = [[np.int64(7)], np.array([3, 2, 2, 1], dtype=object), (-1, -0.5, 0.5, 0.0)]
    assert trainer.painted == ((-1, -0.5, 0.5, 0), (3, 2.0, 2.0, 1), (7,))
    assert hash(trainer.painted) == hash(((-1, -0.5, 0.5, 0), (3, 2.0, 2.0, 1), (7,)))


@pytest.mark.parametrize(
    ("kind", "painted", "error", "match"),
    [
        ("binary", 3, TypeError, r"\(number, x1, x2, y\).*received 3"),
        ("binary", [(1, 2)], TypeError, r"received \(1, 2\)"),
        ("binary", [(0.5,)], TypeError, "whole number as its first entry"),
        ("binary", [(40,)], ValueError, "0 to 39; received 40"),
        ("binary", [(-1,)], ValueError, "leaving out its entry"),
        ("binary", [(1,), (1,)], ValueError, "two of number 1"),
        ("binary", [(-1, "a", 0, 1)], TypeError, "all of them numbers"),
        ("binary", [(-1, np.nan, 0, 1)], ValueError, "finite numbers"),
        ("binary", [(-1, 1e39, 0, 1)], ValueError, "finite numbers"),
        ("binary", [(-1, 0, 0, 2)], ValueError, "0 to 1; received 2"),
        ("numbers of classes", [(-1, 0, 0, 0.5)], ValueError, "0 to 2; received 0.5"),
        ("regression", [(-1, 0, 0, "high")], TypeError, "is a number; received 'high'"),
        ("regression", [(-1, 0, 0, np.inf)], ValueError, "is finite; received inf"),
        ("binary", [(n,) for n in range(40)], ValueError, "At least one sample must stay"),
        ("binary", [(-n - 1, 0, 0, 1) for n in range(101)], ValueError, "room for 100.*101"),
    ],
)
def test_what_cannot_be_painted_is_said_in_a_sentence(kind, painted, error, match):
    """And the points stay as they were."""
    trainer = trainer_of(kind)
    trainer.painted = [(5,)]
    with pytest.raises(error, match=match):
        trainer.painted = painted
    assert trainer.painted == ((5,),)


def test_there_is_room_for_as_many_points_as_is_said():
    """The loop takes all of them."""
    trainer = trainer_of()
    trainer.painted = [(-n - 1, 0, 0, 1) for n in range(live.ROOM)]
    trainer.step(20)
    assert (trainer.trace_count, len(trainer.X)) == (1, 40 + live.ROOM)


# --- who can be painted on ------------------------------------------------------------------------


def test_painting_has_no_control_below_the_picture():
    """It is turned on a picture, or by code."""
    trainer = trainer_of()
    assert "painted" not in trainer.knobs
    assert "painted" in trainer.more_knobs


def other(shape, units, y, *hidden):
    """Return a trainer of data on which nothing can be painted."""
    model = keras.Sequential([keras.Input(shape), *hidden, layers.Dense(units)])
    model.compile("sgd", "mse")
    inputs = np.abs(rng.normal(size=(20, *shape)))
    return live.LiveTrainer(model, inputs.round(), np.resize(y, (20, *np.shape(y))))


@pytest.mark.parametrize(
    "unfit",
    [
        lambda: other((1,), 1, 0.0),
        lambda: other((3,), 1, 0.0),
        lambda: other((2, 2), 1, 0.0, layers.Flatten()),
        lambda: other((2,), 2, [0.0, 1.0]),
        lambda: other((2,), 1, 0.0, layers.Embedding(9, 2), layers.Flatten()),
    ],
)
def test_only_points_of_the_plane_with_one_answer_can_be_painted(unfit):
    """Other data have no such knob."""
    trainer = unfit()
    assert "painted" not in trainer.more_knobs
    with pytest.raises(AttributeError, match="no knob 'painted'"):
        trainer.painted = ()
