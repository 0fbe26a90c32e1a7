"""A single weight of a chain of Dense layers is set while the network trains."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("float32")


def trainer_of(*hidden, optimizer=None):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    hidden = hidden or (layers.Dense(4, "tanh"), layers.Dense(3, "relu"))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer or keras.optimizers.Adam(0.03), "binary_crossentropy")
    return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)


@pytest.mark.parametrize(
    ("edge", "kernel", "place"),
    [
        ((1, 2, 3, 0.7), 0, (1, 2)),
        ((2, 4, 1, -1.5), 1, (3, 0)),
        ((3, 3, 1, 0.25), 2, (2, 0)),
    ],
)
def test_one_weight_is_set_and_no_other(edge, kernel, place):
    """Of any layer, the output's last; nothing is traced."""
    trainer = trainer_of()
    trainer.step(5)
    before = trainer.chain().kernels
    trainer.edge = edge
    after = trainer.chain().kernels
    before[kernel][place] = edge[-1]
    for mine, theirs in zip(after, before, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    trainer.step(3)
    assert (trainer.edge, trainer.trace_count) == (edge, 1)


@pytest.mark.parametrize(
    "optimizer", [keras.optimizers.Adam(0.03), keras.optimizers.SGD(0.1, use_ema=True)]
)
def test_the_run_goes_on_as_in_keras(optimizer):
    """The optimizer's memory stays; a copy that it keeps of the weight follows."""
    trainer = trainer_of(optimizer=optimizer)
    trainer.step(5)
    theirs = trainer.to_keras()
    kernel = theirs.layers[0].kernel
    array = kernel.numpy()
    array[1, 2] = 0.7
    kernel.assign(array)
    trainer.edge = (1, 2, 3, 0.7)
    trainer.step(8)
    for k in range(5, 13):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-4)


def test_a_run_is_gone_through_again_bit_for_bit():
    """With each weight set at its step, from the start and from a snapshot."""
    trainer = trainer_of()
    start = trainer.snapshot()
    trainer.step(4)
    trainer.edge = (1, 1, 1, 2)
    trainer.step(4)
    middle = trainer.snapshot()
    trainer.edge = (3, 2, 1, -2)
    trainer.step(4)
    turns, end = trainer.turns, trainer.predict(X)
    for moment, edge in ((start, ()), (middle, (1, 1, 1, 2.0))):
        trainer.restore(moment)
        assert trainer.edge == edge
        trainer.replay(turns, 12)
        np.testing.assert_array_equal(trainer.predict(X), end)


def test_a_weight_that_was_set_is_gone_at_a_reset():
    """It is an event of the run, and no state of the knobs."""
    trainer = trainer_of()
    start = trainer.predict(X)
    trainer.step(2)
    trainer.edge, trainer.l2 = (1, 1, 1, 2), 0.1
    trainer.reset()
    assert (trainer.edge, [turn.name for turn in trainer.turns]) == ((), ["l2"])
    np.testing.assert_array_equal(trainer.predict(X), start)


def test_a_drag_is_one_turn_and_two_edges_are_two():
    """What a hand has only passed on its way is left out."""
    trainer = trainer_of()
    trainer.step(2)
    for weight in (0.1, 0.3, 0.2):
        trainer.edge = (1, 1, 1, weight)
    trainer.edge = (1, 1, 2, 0.4)
    assert [turn.value for turn in trainer.turns] == [(1, 1, 1, 0.2), (1, 1, 2, 0.4)]


def test_an_edge_is_told_in_words():
    """On the curve and in the table of runs."""
    trainer = trainer_of()
    trainer.edge = (1, 2, 3, 0.7)
    assert trainer.marks[0].words == trainer.marks[0].change == "edge 2→3 of layer 1: 0.7"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (3, r"such as \(1, 2, 3, 0.7\)"),
        ((1, 2, 3), r"such as \(1, 2, 3, 0.7\)"),
        ((1, 2, 3.5, 0.7), r"such as \(1, 2, 3, 0.7\)"),
        ((1, 2, 3, "big"), r"such as \(1, 2, 3, 0.7\)"),
        ((1, 2, 3, float("nan")), "finite"),
        ((4, 1, 1, 0.7), "3 layers"),
        ((1, 3, 1, 0.7), "source from 1 to 2"),
        ((2, 1, 4, 0.7), "unit from 1 to 3"),
        ((1, 2, 3, 0.7), "unit 3 of layer 1 takes no part"),
        ((2, 3, 1, 0.7), "source 3 of layer 2 takes no part"),
    ],
)
def test_a_wrong_edge_is_refused_in_one_sentence(value, says):
    """Unit 3 is switched off; no weight is set."""
    trainer = trainer_of()
    trainer.lesions = ((1, 3),)
    before = trainer.predict(X)
    with pytest.raises((TypeError, ValueError), match=says) as error:
        trainer.edge = value
    assert "\n" not in str(error.value)
    assert trainer.edge == ()
    np.testing.assert_array_equal(trainer.predict(X), before)


def test_a_ruinous_weight_is_named_when_the_run_has_diverged():
    """In words, as any other knob that did it."""
    trainer = trainer_of(optimizer=keras.optimizers.SGD(1.0))
    trainer.step(300)
    trainer.edge = (1, 1, 1, 1e30)
    trainer.edge = (2, 1, 1, 1e30)
    trainer.edge = (3, 1, 1, 1e30)
    trainer.step(200)
    assert "by edge 1→1 of layer 3: 1e+30" in trainer.ended
    assert "leave edges as trained" in trainer.ended
