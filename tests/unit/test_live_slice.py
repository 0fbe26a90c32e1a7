"""The loss on a plane through the present weights: exact, in one program, and nothing moves."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2)).astype("float32")
Y = (X[:, 0] * X[:, 1] > 0).astype("float32")


def trainer_of(*hidden, steps=30, **settings):
    """Return a trainer of a classifier with these hidden layers, after some steps."""
    keras.utils.set_random_seed(0)
    hidden = hidden or (layers.Dense(6, "tanh"), layers.Dropout(0.2))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    trainer = live.LiveTrainer(model, X, Y, batch_size=10, **settings)
    trainer.step(steps)
    trainer.keep_path()
    return trainer


@pytest.fixture(scope="module")
def trainer():
    """Return a trainer that only looks around."""
    return trainer_of()


def directions_of(trainer, seed=1):
    """Return two directions at random."""
    return np.random.default_rng(seed).normal(size=(2, trainer.path[1].shape[1]))


def keras_loss(trainer, weights=None):
    """Return the loss and the penalties as Keras has them, with other weights if given."""
    model, l2 = trainer.to_keras(), trainer.l2
    if weights is not None:
        shapes = [w.shape for w in model.get_weights()]
        ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1]
        parts = np.split(weights, ends)
        model.set_weights([p.reshape(s) for p, s in zip(parts, shapes, strict=True)])
    loss = model.evaluate(X, Y, verbose=0, batch_size=len(X))
    return loss if np.isscalar(loss) else loss[0], l2


@pytest.mark.parametrize("jit", [False, True])
def test_each_place_has_the_loss_that_keras_has_there(jit):
    """In the middle the present one, and elsewhere that of the moved weights."""
    trainer = trainer_of(jit_compile=jit)
    directions, here = directions_of(trainer), trainer.path[1][-1]
    losses = trainer.slice(directions, 0.5, side=3)
    for row, up in enumerate((-0.5, 0.0, 0.5)):
        for column, right in enumerate((-0.5, 0.0, 0.5)):
            there = here + np.array([right, up]) @ directions
            wanted = keras_loss(trainer, there.astype("float32"))[0]
            assert losses[row, column] == pytest.approx(wanted, rel=1e-4)


def test_penalties_are_part_of_it(trainer):
    """The middle rises by l2 times the squares of the kernels."""
    before = trainer.slice(directions_of(trainer), 1.0, side=3)[1, 1]
    trainer.l2 = 0.1
    after = trainer.slice(directions_of(trainer), 1.0, side=3)[1, 1]
    trainer.l2 = 0.0
    squares = sum(np.sum(kernel**2) for kernel in trainer.kernels().values())
    assert after - before == pytest.approx(0.1 * squares, rel=1e-3)


def test_some_samples_have_the_loss_of_those_alone(trainer):
    """However many: the room that is left over counts nothing."""
    batch = trainer.batch_indices(trainer.updates)
    middle = trainer.slice(directions_of(trainer), 1.0, side=3, samples=batch)[1, 1]
    p = trainer.predict(X[batch])[:, 0].astype(float)
    losses = -np.log(np.where(Y[batch] == 1, p, 1 - p))
    assert middle == pytest.approx(losses.mean(), rel=1e-4)


@pytest.mark.parametrize("normalised", [False, True])
def test_looking_moves_nothing(normalised):
    """Weights, statistics and what comes next stay as they are, to the last bit."""
    hidden = [layers.Dense(6, "relu"), *([layers.BatchNormalization()] if normalised else [])]
    trainer = trainer_of(*hidden)
    snapshot = trainer.snapshot()
    trainer.step(20)
    end = trainer.history, trainer.path[1][-1]
    trainer.restore(snapshot)
    trainer.slice(directions_of(trainer), 100.0, side=9)
    trainer.gradient()
    trainer.step(20)
    assert trainer.history == end[0]
    np.testing.assert_array_equal(trainer.path[1][-1], end[1])


def test_one_program_serves_all(monkeypatch, trainer):
    """Other directions, sides, samples, widths, penalties and points need no other program."""
    traced = []
    measure = type(trainer._slice)._measure
    monkeypatch.setattr(
        type(trainer._slice), "_measure", lambda *given: traced.append(1) or measure(*given)
    )
    fresh = trainer_of(layers.Dense(7, "tanh"), steps=0)
    for number, (name, value) in enumerate(
        [("width", 3), ("l2", 0.01), ("painted", ((-1, 0.1, 0.2, 1),)), ("batch_size", 20)]
    ):
        fresh.slice(directions_of(fresh, number), 1.0 + number, side=3 + 2 * number)
        fresh.slice(directions_of(fresh), 1.0, samples=fresh.batch_indices(fresh.updates))
        fresh.turn(name, value)
        fresh.step(3)
    assert sum(traced) <= 1


def test_units_out_of_use_count_nothing(trainer):
    """Their weights can be moved as far as one likes."""
    fresh = trainer_of(steps=5)
    fresh.width = 3
    sizes = [2 * 6, 6, 6, 1]  # kernel, bias, kernel, bias
    hidden = np.concatenate(
        [np.tile(np.arange(6) >= 3, 2), np.arange(6) >= 3, np.arange(6) >= 3, [False]]
    ).astype(float)
    assert len(hidden) == sum(sizes)
    losses = fresh.slice(np.stack([hidden, 0 * hidden]), 5.0, side=3)
    np.testing.assert_allclose(losses, losses[1, 1], rtol=1e-5)


def test_the_gradient_is_the_slope_of_the_slice(trainer):
    """By finite differences, along a direction at random."""
    direction = directions_of(trainer)[0]
    direction /= np.linalg.norm(direction)
    losses = trainer.slice(np.stack([direction, 0 * direction]), 0.01, side=3).astype(float)
    slope = (losses[1, 2] - losses[1, 0]) / 0.02
    assert slope == pytest.approx(trainer.gradient() @ direction, rel=0.02, abs=1e-4)


BAD = {
    "directions has two rows of 25": lambda t: t.slice(np.zeros((2, 3)), 1.0),
    "side counts places": lambda t: t.slice(directions_of(t), 1.0, side=32),
    "samples has numbers": lambda t: t.slice(directions_of(t), 1.0, samples=[60]),
    "from 0 to 59": lambda t: t.slice(directions_of(t), 1.0, samples=[-1]),
}


@pytest.mark.parametrize("words", BAD)
def test_what_does_not_fit_is_explained(trainer, words):
    """With what was expected and what was received."""
    with pytest.raises(ValueError, match=words):
        BAD[words](trainer)


def test_a_model_that_is_too_large_is_told():
    """It can be asked beforehand, and says how many weights it has."""
    large = trainer_of(layers.Dense(200, "relu"), layers.Dense(260, "relu"), steps=0)
    assert not large.can_slice
    with pytest.raises(ValueError, match="50,000 trained weights; this one has 53,"):
        large.slice(np.zeros((2, 3)), 1.0)
