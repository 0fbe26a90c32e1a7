"""A population's settings, halving, moments, and what it says of settings that do not fit."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, :1] * X[:, 1:] > 0).astype("float32")
RATES = [0.01, 0.1, 0.3, 0.5]


def model(optimizer="sgd", units=4):
    """Return a compiled model without dropout, with one hidden layer or none."""
    hidden = [layers.Dense(units, activation="tanh")] if units else []
    net = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    net.compile(optimizer=optimizer, loss="binary_crossentropy")
    return net


@pytest.fixture(scope="module")
def made():
    """Four models with validation data, begun anew by each test that uses them."""
    return live.Population(
        model(), X, y, validation_data=(X, y), batch_size=10, learning_rate=RATES
    )


def test_every_combination_first_setting_slowest_seeds_fastest():
    """As the table of settings and the grid's axes say."""
    population = live.Population(model(), X, y, learning_rate=[0.1, 0.2], l2=[0, 1], seeds=2)
    assert len(population) == 8
    assert population.settings.iloc[:3].values.tolist() == [[0.1, 0, 0], [0.1, 0, 1], [0.1, 1, 0]]
    assert list(population.grid) == ["learning_rate", "l2", "seed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"dropout": [0.1]}, "no Dropout layer"),
        ({"beta_1": [0.9]}, "not Adam"),
        ({"learning_rate": []}, "empty list"),
        ({"learning_rate": [-1]}, "at least 0"),
        ({"width": [9]}, "from 1 to the 4"),
        ({"batch_size": 5, "activation": ["relu"]}, "the same for all models"),
        ({"samples": [{"l2": 1}], "l2": [1]}, "either samples"),
        ({"samples": []}, "samples is empty"),
        ({"seeds": 0}, "how many seeds"),
        ({"l2": np.linspace(0, 1, 400), "l1": np.linspace(0, 1, 400)}, "100,000 is the most"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_in_a_sentence(arguments, words):
    """Before anything is compiled."""
    with pytest.raises(ValueError, match=words):
        live.Population(model(), X, y, **arguments)


def test_an_optimizer_without_a_rule_is_refused():
    """With what to compile instead."""
    with pytest.raises(ValueError, match="SGD"):
        live.Population(model("rmsprop"), X, y)


def test_width_needs_a_hidden_layer():
    """As a trainer says it."""
    with pytest.raises(ValueError, match="no hidden Dense layer"):
        live.Population(model(units=0), X, y, width=[1])


def test_halving_needs_validation_data():
    """Which say who is worse."""
    with pytest.raises(ValueError, match="validation"):
        live.Population(model(), X, y, learning_rate=RATES).turn("halving", 10)


def test_halving_stops_the_worse_half_until_one_is_left(made):
    """Stopped models make no more updates, and those are counted."""
    made.reset()
    made.turn("halving", 10)
    made.step(10)
    kept = np.argsort(made.val_loss)[:2]
    assert set(np.flatnonzero(made.training)) == set(kept)
    made.step(40)
    assert made.training.sum() == 1
    assert made.model_updates == 4 * 10 + 2 * 10 + 1 * 30
    made.turn("halving", 0)


def test_a_moment_comes_back_with_all_that_follows(made):
    """The same losses after the same updates."""
    made.reset()
    made.step(20)
    moment = made.snapshot()
    made.step(20)
    losses = made.val_loss
    made.restore(moment)
    assert made.updates == 20
    made.step(20)
    np.testing.assert_allclose(made.val_loss, losses, rtol=1e-6)


def test_vary_takes_as_many_models_and_compiles_nothing(made):
    """Another number of models is refused."""
    made.step(1)
    made.vary(l2=[0, 0.1, 0.2, 0.3])
    assert made.compiled
    assert made.updates == 0
    with pytest.raises(ValueError, match="as many"):
        made.vary(l2=[0, 1])
    made.vary(learning_rate=RATES)


def test_a_setting_that_differs_is_not_turned_for_all(made):
    """What is common to all is."""
    with pytest.raises(ValueError, match="differs between the models"):
        made.turn("learning_rate", 0.1)
    made.turn("l2", 0.01)
    assert made.common("l2") == 0.01
