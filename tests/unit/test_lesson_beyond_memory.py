"""Lesson 08's recurrent networks in NumPy compute what Keras computes, and their gradients."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import lesson, memory

KINDS = tuple(memory.KINDS.values())


@pytest.mark.parametrize("gap", [0, 1, 40])
def test_the_first_toss_is_what_is_asked(gap):
    """The tosses stand at the end, zeros before them, and the answer is the first of them."""
    X, y = memory.first_bits(gap, 50, seed=1)
    assert X.shape == (50, memory.LONGEST, 1)
    began = memory.LONGEST - 1 - gap
    assert not X[:, :began].any()
    assert np.all(np.abs(X[:, began:]) == 1)
    np.testing.assert_array_equal(y, X[:, began, 0] > 0)
    assert 0.2 < y.mean() < 0.8


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gap", [0, 9, 40])
def test_the_answers_are_those_of_keras(kind, gap):
    """With the same weights, the zeros before the first toss left out by both."""
    pytest.importorskip("lessons_lib.live")
    model = memory.network(kind, seed=2)
    X, _ = memory.first_bits(gap, 20, seed=3)
    ours = memory.Recurrent.of(model).forward(X)
    np.testing.assert_allclose(ours[0], model.predict(X, verbose=0)[:, 0], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_are_those_of_keras(kind):
    """Of all weights, for a batch."""
    pytest.importorskip("lessons_lib.live")
    import tensorflow as tf

    model = memory.network(kind, seed=4)
    X, y = memory.first_bits(12, 16, seed=5)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.binary_crossentropy(y[:, None], model(X)))
    theirs = tape.gradient(loss, model.trainable_variables)
    network = memory.Recurrent.of(model)
    ours, _ = network.backward(y, network.forward(X))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.squeeze(mine), np.squeeze(other), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_networks_beside_each_other_are_networks_alone(kind):
    """Several seeds at once give what each of them gives."""
    both = memory.Recurrent.start(kind, [5, 6])
    X, _ = memory.first_bits(8, 10)
    together, alone = both.forward(X), both.alone(1).forward(X)
    np.testing.assert_allclose(together[1], alone[0], rtol=1e-5)
    np.testing.assert_allclose(memory.Recurrent.start(kind, [6]).forward(X)[0], alone[0], rtol=1e-5)


def test_a_start_is_that_of_keras():
    """Orthogonal recurrent weights keep lengths, and the forget gate begins with a bias of 1."""
    for kind in ("orthogonal", "LSTM"):
        _, U, b, _, _ = memory.Recurrent.start(kind, [0]).parameters
        np.testing.assert_allclose(U[0] @ U[0].T, np.eye(memory.UNITS), atol=1e-5)
    assert b[0, 0].reshape(4, -1).mean(axis=1).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_through_time_are_what_nudges_say(kind):
    """By central differences, at every step; a gradient that is off is noticed."""
    assert memory.nudge_error(kind, 15) < 1e-5


def test_a_wrong_gradient_through_time_is_noticed(monkeypatch):
    """So that the test above can fail: an LSTM whose cell hands a tenth too little back."""

    def forgetful(self, number, dh, dc):
        dz, before, carried = right(self, number, dh, dc)
        return dz, before, 0.9 * carried

    right = memory.Recurrent._lstm_step_back
    monkeypatch.setattr(memory.Recurrent, "_lstm_step_back", forgetful)
    assert memory.nudge_error("LSTM", 5) > 0.01


def test_one_step_is_the_exercises_step():
    """The gates of the network are those of `lstm_step`."""
    network = memory.Recurrent.start("LSTM", [1])
    X = np.sign(np.random.default_rng(0).normal(size=(4, 6, 1)))
    h = c = np.zeros((4, memory.UNITS))
    W, U, b, *_ = (p[0].astype(float) for p in network.parameters)
    for x in np.moveaxis(X, 1, 0):
        h, c = lesson.questions["lstm_step"].solution(x, h, c, W, U, b[0])
    gates = network.gates(X)
    np.testing.assert_allclose(gates.cell[0, -1], c, atol=1e-5)
    np.testing.assert_allclose((gates.output * np.tanh(gates.cell))[0, -1], h, atol=1e-5)


def test_what_is_said_after_a_step_is_said_of_the_steps_so_far():
    """Asked after three tosses, it answers as if there were no others."""
    network = memory.Recurrent.start("LSTM", [2])
    X = np.sign(np.random.default_rng(1).normal(size=(5, 7, 1)))
    np.testing.assert_allclose(network.said(X)[:, 2], network.forward(X[:, :3]), rtol=1e-5)


def test_both_kinds_learn_a_short_gap_and_training_ends_then():
    """Four tosses later they know the first one."""
    for kind in ("random", "LSTM"):
        networks, learned_at = memory.train(kind, 3, [0, 1], 400)
        assert not np.isnan(learned_at).any()
        assert learned_at.max() < 400
        assert memory.reach(networks, [3]).min() > 0.95


def test_what_was_not_learned_is_said():
    """In one update nobody learns."""
    _, learned_at = memory.train("LSTM", 40, [0], 1, every=1)
    assert np.isnan(learned_at).all()


def test_sequences_of_every_gap_have_the_same_shape():
    """So a longer gap needs no other program than a shorter one."""
    live = pytest.importorskip("lessons_lib.live")
    short, long = memory.runners(5), memory.runners(40, seed=1)
    assert list(short) == ["plain RNN", "LSTM"]
    for name, trainer in short.items():
        assert isinstance(trainer, live.LiveTrainer)
        assert trainer.X.shape == long[name].X.shape
        assert not np.array_equal(trainer.X, long[name].X)


@pytest.mark.parametrize("gap", [41, -1, 2.5, "10", None, True])
def test_a_gap_that_cannot_be_is_told(gap):
    """One sentence says what a gap is, and what was received."""
    with pytest.raises(ValueError, match=r"whole number from 0 to 40; received"):
        memory.first_bits(gap, 3)


def test_an_unknown_kind_is_told():
    """And is not taken for another one."""
    with pytest.raises(ValueError, match=r'Expected "random", "orthogonal", "LSTM"; received'):
        memory.Recurrent.start("GRU", [0])


def test_a_plain_network_has_no_gates():
    """It is said, where gates are asked for."""
    network = memory.Recurrent.start("random", [0])
    with pytest.raises(ValueError, match="Only an LSTM has gates"):
        network.gates(memory.first_bits(3, 2)[0])
