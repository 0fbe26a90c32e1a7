"""Lesson 07's halving, edge and votes compute what its words say."""

import numpy as np
import pytest

from lessons_lib import datasets
from lessons_lib.lessons.tuning import caviar, lesson, rules, votes

# Panda and caviar.


def test_halving_is_the_exercises_halving():
    """Looked up in curves, it is what the solution of the exercise does in rounds."""
    rng = np.random.default_rng(0)
    losses = rng.permutation(16 * 6).reshape(16, 6) / 10  # no two are equal
    halved = caviar.halve(np.arange(6) * 50, losses, 50)
    winner, cost = lesson.questions["halving"].solution(losses[:, 1:], 50)
    assert (halved.winner, halved.cost) == (winner, cost)
    assert halved.whole == 16 * 250


def test_halving_looked_up_is_that_of_a_population():
    """The knob of `live.Population` stops the same models; one that diverges is in no half."""
    keras, live = pytest.importorskip("keras"), pytest.importorskip("lessons_lib.live")
    X, y = datasets.make_circles(60, noise=0.2, seed=0)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "tanh")])
    model.add(keras.layers.Dense(1))
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    rates = np.geomspace(1e-3, 100, 13)
    data = {"X": X, "y": y, "validation_data": (X[:30], y[:30]), "learning_rate": rates}
    whole, halved = (live.Population(model, **data) for _ in range(2))
    whole.step(400)
    halved.turn("halving", 80)
    halved.step(400)
    looked_up = caviar.halve(*caviar.curves(whole), 80)
    assert whole.diverged.any()
    assert np.flatnonzero(halved.training).tolist() == [looked_up.winner]
    np.testing.assert_array_equal(halved.stopped, (looked_up.lasted < 400) & ~whole.diverged)
    assert looked_up.cost == pytest.approx(halved.model_updates, rel=0.05)


def test_a_model_that_is_stopped_changes_no_other():
    """Who stops, and when, follows from the losses up to then alone."""
    steps = np.arange(0, 501, 100)
    losses = np.random.default_rng(1).random((8, 6))
    before = caviar.halve(steps, losses, 100).lasted
    losses[before == 100, 2:] = np.inf
    np.testing.assert_array_equal(caviar.halve(steps, losses, 100).lasted, before)


def test_the_limit_of_the_output_layer_is_where_it_diverges():
    """Just below 2/λ the output layer alone comes to rest, just above it its error grows."""
    X, y = datasets.make_moons(12, seed=0)
    kernel = np.random.default_rng(0).normal(size=(2, 8))
    (limit,) = caviar.last_layer_limit(kernel, X, [1.5])
    inputs = np.column_stack([np.tanh(X @ (1.5 * kernel)), np.ones(12)])
    errors = []
    for rate in (0.95 * limit, 1.05 * limit):
        w = np.random.default_rng(1).normal(size=9)
        for _ in range(400):
            w -= rate * 2 * inputs.T @ (inputs @ w - y) / 12
        errors.append(np.mean((inputs @ w - y) ** 2))
    assert errors[0] < 1 < 1e3 < errors[1]


def test_with_small_first_weights_the_limit_is_one():
    """Then the output's bias alone counts, whose curvature is 2."""
    (limit,) = caviar.last_layer_limit(np.ones((2, 8)), np.ones((5, 2)), [1e-6])
    assert limit == pytest.approx(1)


# Twenty vote.


def test_independent_voters_are_those_of_the_binomial():
    """Three voters as in the quiz; and of two, a tie is decided by lot."""
    expected = [0.8, 0.8**2 + 0.8 * 0.2, 0.8**3 + 3 * 0.8**2 * 0.2]
    np.testing.assert_allclose(votes.if_independent(0.8, [1, 2, 3]), expected)


def test_a_vote_of_all_is_the_last_number_of_the_curve():
    """The curve begins with the mean of the single accuracies and ends with the vote of all."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 300)
    said = np.clip(truth + rng.normal(0, 0.7, (9, 300)), 0, 1)
    council = votes.Council(None, None, None, None, None, said, truth)
    curve = council.by_number()
    assert curve[0] == pytest.approx(council.alone.mean())
    assert curve[-1] == pytest.approx(council.right())
    assert curve[-1] > curve[0] + 0.1


def test_copies_of_a_classifier_are_that_classifier():
    """The experiment behind the prediction: copies gain nothing, different ones do."""
    one, copies, different = votes.copies_against_different()
    assert one == copies < different


# Rules of thumb.


def test_the_slopes_are_those_of_the_penalised_loss():
    """Of networks side by side, against differences of cross-entropy plus penalty."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 2)), rng.integers(0, 2, 12).astype(float)
    l2, nothing = np.array([0.0, 0.03]).reshape(2, 1, 1), np.zeros((2, 1, 1))
    sizes = [2, 3, 4, 1]
    theta, layers = rules._views(rng.normal(size=(2, 30)), sizes)
    slope, slopes = rules._views(np.zeros((2, 30)), sizes)
    rules._backward(layers, slopes, X, y, l2, nothing, rng)

    def loss():
        squares = np.array([sum(np.sum(W[model] ** 2) for W, _ in layers) for model in (0, 1)])
        return rules._judged(layers, X, y)[0] + np.ravel(l2) * squares

    for number in range(30):
        theta[:, number] += 1e-5
        above = loss()
        theta[:, number] -= 2e-5
        measured = (above - loss()) / 2e-5
        theta[:, number] += 1e-5
        np.testing.assert_allclose(slope[:, number], measured, atol=1e-6)


def test_what_the_lesson_says_of_the_rules():
    """Four layers: the penalty is clearly lower in loss. Two: more is worse only without it."""
    deep = rules.tried(4)
    assert rules.verdict(deep, "loss", rules.SEEDS).endswith("the penalty is better.")
    bare, penalised = (one.mean("loss", rules.SEEDS) for one in rules.by_width().values())
    assert bare[-1] > 2 * bare.min()
    assert penalised[-1] < 1.1 * penalised.min() < bare.min()


def test_parameters_are_counted_as_keras_counts():
    """The numbers along the axis are those of the networks."""
    keras = pytest.importorskip("keras")
    for width, count in zip(rules.WIDTHS, rules.parameters(), strict=True):
        layers = [keras.layers.Dense(units) for units in (width, width, 1)]
        assert keras.Sequential([keras.Input((2,)), *layers]).count_params() == count
