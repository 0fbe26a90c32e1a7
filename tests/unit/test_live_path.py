"""The way of the weights is kept along a run, costs nothing else, and is a part of the run."""

import numpy as np
import pytest

from lessons_lib import live
from lessons_lib.live._path import Path

import keras  # isort: skip - after live, which imports TensorFlow quietly

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2)).astype("float32")
Y = (X[:, 0] * X[:, 1] > 0).astype("float32")


def trainer_of(kept=True, size=5):
    """Return a trainer with dropout, always from the same weights."""
    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(size, "tanh"), keras.layers.Dropout(0.1)]
    model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    trainer = live.LiveTrainer(model, X, Y, batch_size=10, jit_compile=False)
    if kept:
        trainer.keep_path()
    return trainer


def weights_of(trainer):
    """Return the trained weights of the model that the trainer gives back, as one vector."""
    return np.concatenate([w.ravel() for w in trainer.to_keras().get_weights()])


def same(path, other):
    """Assert that two paths are the same, number by number."""
    for mine, theirs in zip(path, other, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_path_has_the_start_the_present_and_what_lies_between():
    """Each place is where the model stood at that step."""
    trainer, at = trainer_of(), {}
    for _ in range(4):
        at[trainer.updates] = weights_of(trainer)
        trainer.step(1)
    at[4] = weights_of(trainer)
    steps, places = trainer.path
    assert steps.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(places, np.stack([at[step] for step in range(5)]))


def test_a_long_path_has_few_places_evenly_far_apart():
    """At most 128 and the present one; the start stays."""
    trainer = trainer_of()
    trainer.step(1001)
    steps, places = trainer.path
    assert 64 <= len(steps) == len(places) <= 129
    assert (steps[0], steps[-1]) == (0, 1001)
    gaps = np.diff(steps[:-1])
    assert (gaps == gaps[0]).all()


def test_which_places_are_kept_depends_on_the_steps_alone():
    """Not on how many are made in one call."""
    one, other = trainer_of(), trainer_of()
    one.step(400)
    for some in (1, 2, 130, 7, 260):
        other.step(some)
    same(one.path, other.path)


def test_the_run_is_the_same_whether_its_path_is_kept_or_not():
    """History and weights, to the last bit."""
    kept, plain = trainer_of(), trainer_of(kept=False)
    for trainer in (kept, plain):
        trainer.step(300)
    assert kept.history == plain.history
    np.testing.assert_array_equal(weights_of(kept), weights_of(plain))


def test_the_way_back_brings_the_path_with_it():
    """A snapshot has the path up to there; what is gone through again makes the same one."""
    trainer = trainer_of()
    trainer.step(150)
    snapshot, there = trainer.snapshot(), trainer.path
    trainer.turn("learning_rate", 0.1)
    trainer.step(100)
    trainer.turn("width", 3)
    trainer.step(70)
    turns, end = trainer.turns, trainer.path
    trainer.restore(snapshot)
    same(trainer.path, there)
    trainer.replay(turns, 320)
    same(trainer.path, end)


def test_a_path_begins_anew_with_the_run():
    """At the weights from which the run begins."""
    trainer = trainer_of()
    trainer.step(30)
    trainer.reset(seed=3)
    assert trainer.path[0].tolist() == [0]
    trainer.step(2)
    assert trainer.path[0].tolist() == [0, 1, 2]


def test_what_is_turned_at_a_step_is_on_the_way():
    """A place is kept as it is when the run goes on from there."""
    trainer = trainer_of()
    trainer.step(2)
    trainer.turn("width", 2)
    here = trainer.path[1][-1]
    trainer.step(1)
    np.testing.assert_array_equal(trainer.path[1][2], here)


def test_kept_weights_count_once_in_what_is_held():
    """Snapshots of one run share them."""
    plain, trainer = trainer_of(kept=False), trainer_of()
    for one in (plain, trainer):
        one.step(40)
    held = dict(trainer.snapshot().held)
    more = 4 * len(trainer.path[1][0]) * 40
    assert sum(held.values()) == sum(plain.snapshot().held.values()) + more
    again = trainer.snapshot().held
    shared = {whose: size for whose, size in again.items() if whose in held}
    assert sum(shared.values()) >= more


def test_without_being_asked_no_path_is_kept():
    """And a sentence says how to ask."""
    trainer = trainer_of(kept=False)
    trainer.step(3)
    with pytest.raises(ValueError, match="keep_path"):
        _ = trainer.path


def test_from_a_snapshot_without_a_path_one_begins():
    """Who asks later can go back to before, and goes on with a path from there."""
    trainer = trainer_of(kept=False)
    trainer.step(5)
    snapshot = trainer.snapshot()
    trainer.step(5)
    trainer.keep_path()
    trainer.restore(snapshot)
    trainer.step(2)
    assert trainer.path[0].tolist() == [5, 6, 7]


def test_a_network_of_another_size_begins_a_way_of_its_own():
    """What was before cannot be compared with it."""
    path = Path()
    path.keep(0, np.zeros(3))
    path.keep(1, np.zeros(5))
    assert [step for step, _ in path] == [1]
