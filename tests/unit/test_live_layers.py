"""live.Dense uses part of its units; live.Dropout drops the right share, independently."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

ROWS, UNITS = 200, 100


def kept(rate=0.2, seed=0, steps=1):
    """Return which inputs a new layer keeps in each of its first steps, (steps, ROWS, UNITS)."""
    layer = live.Dropout(rate, seed=seed)
    ones = np.ones((ROWS, UNITS), "float32")
    return np.stack([np.asarray(layer(ones, training=True).numpy()) > 0 for _ in range(steps)])


def assert_uncorrelated(a, b):
    """Two patterns of one million-fold coin tosses agree as often as chance allows (5 sigma)."""
    a, b = a.ravel() - a.mean(), b.ravel() - b.mean()
    correlation = (a * b).mean() / (a.std() * b.std())
    assert abs(correlation) < 5 / np.sqrt(a.size)


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2, 0.5, 0.9])
def test_dropout_drops_the_fraction_asked_for(rate):
    """The share of dropped inputs is the rate, within 5 standard deviations."""
    dropped = 1 - kept(rate, steps=10).mean()
    assert dropped == pytest.approx(rate, abs=5 * np.sqrt(rate * (1 - rate) / (10 * ROWS * UNITS)))


def test_dropout_keeps_the_mean():
    """What is kept grows by 1 / (1 - rate), so the expected output is the input."""
    layer = live.Dropout(0.3)
    outputs = layer(np.full((ROWS, UNITS), 2.0, "float32"), training=True).numpy()
    assert set(np.unique(outputs.round(5))) == {0.0, np.float32(2 / 0.7).round(5)}
    assert outputs.mean() == pytest.approx(2.0, abs=0.05)


def test_dropout_noise_is_independent_between_steps():
    """The pattern of one step says nothing about that of the next, or of any later one."""
    patterns = kept(steps=9)
    for later in (1, 2, 8):
        assert_uncorrelated(patterns[0], patterns[later])


def test_dropout_noise_is_independent_between_layers():
    """Layers with different seeds, neighbouring or far apart, have unrelated patterns."""
    for seed in (1, 2, 2**31):
        assert_uncorrelated(kept(seed=0), kept(seed=seed))


@pytest.mark.parametrize("lag", [1, 2, 8, 64])
def test_dropout_noise_is_independent_between_units_and_rows(lag):
    """Neighbouring units and neighbouring samples drop independently of each other."""
    pattern = kept(steps=5)
    assert_uncorrelated(pattern[:, :, lag:], pattern[:, :, :-lag])
    assert_uncorrelated(pattern[:, lag:], pattern[:, :-lag])


def test_dropout_treats_every_unit_alike():
    """No unit is dropped more often than chance allows over many steps."""
    shares = kept(rate=0.5, steps=20).mean(axis=(0, 1))
    assert np.abs(shares - 0.5).max() < 5 * 0.5 / np.sqrt(20 * ROWS)


def test_dropout_does_nothing_outside_training():
    """Evaluation sees all units."""
    X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    np.testing.assert_array_equal(live.Dropout(0.5)(X, training=False), X)


def test_dropout_noise_shape_shares_noise_along_an_axis():
    """noise_shape (None, 1, None) drops whole channels, as Keras's spatial dropout does."""
    layer = live.Dropout(0.5, noise_shape=(None, 1, None))
    outputs = layer(np.ones((20, 7, 5), "float32"), training=True).numpy()
    np.testing.assert_array_equal(outputs, np.repeat(outputs[:, :1], 7, axis=1))
    assert len(np.unique(outputs)) == 2


def test_dropout_rate_can_be_turned_after_tracing():
    """The rate is a weight, so Keras's compiled fit obeys a new value as well."""
    import tensorflow as tf

    layer = live.Dropout(0.0)
    run = tf.function(lambda x: layer(x, training=True))
    ones = np.ones((ROWS, UNITS), "float32")
    assert (run(ones).numpy() > 0).all()
    layer.rate = 0.5
    assert 0.4 < (run(ones).numpy() > 0).mean() < 0.6


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5])
def test_dropout_refuses_a_rate_that_is_none(rate):
    """A rate of 1 would divide by zero."""
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        live.Dropout(rate)


def test_dense_units_out_of_use_put_out_zero():
    """Only the first `width` units say anything, whatever the activation of zero is."""
    layer = live.Dense(5, width=2, activation="sigmoid")
    outputs = layer(np.ones((3, 4), "float32")).numpy()
    assert (outputs[:, :2] > 0).all()
    assert (outputs[:, 2:] == 0).all()


def test_dense_with_all_units_is_keras_dense():
    """Without a smaller width the layer computes what Keras's does."""
    X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    ours, theirs = live.Dense(5, activation="tanh"), keras.layers.Dense(5, activation="tanh")
    ours(X), theirs(X)
    ours.set_weights([*theirs.get_weights(), np.ones(5)])
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-7)


@pytest.mark.parametrize("width", [0, 6, -1])
def test_dense_refuses_a_width_it_does_not_have(width):
    """Width counts units in use: at least one, at most all."""
    with pytest.raises(ValueError, match="from 1 to the 5"):
        live.Dense(5, width=width)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize("layer", [live.Dense(5, width=3), live.Dropout(0.3, seed=7)])
def test_live_layers_can_be_saved(layer, tmp_path):
    """A model with live layers survives save and load, knobs included."""
    model = keras.Sequential([keras.Input((4,)), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    np.testing.assert_allclose(loaded(X), model(X), atol=1e-7)
    assert loaded.layers[0].get_config() == layer.get_config()
