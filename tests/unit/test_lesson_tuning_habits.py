"""Lesson 07's habits compute what its words say: winners, lines, falling rates."""

import numpy as np
import pytest
from sklearn.linear_model import QuantileRegressor, Ridge

from lessons_lib.lessons.tuning import curse, losses, plateau, prepared

RNG = np.random.default_rng(0)


def searched_slowly(right, chosen, order):
    """Return accuracies of the best so far on chosen rows and on the others, step by step."""
    best, on_chosen, on_others = -1, [], []
    for model in order:
        if best < 0 or right[model, chosen].mean() > right[best, chosen].mean():
            best = model
        on_chosen.append(right[best, chosen].mean())
        on_others.append(np.delete(right[best], chosen).mean())
    return on_chosen, on_others


def test_a_search_keeps_the_best_so_far():
    """Looked up all at once, it is what a search model by model finds; a tie changes nothing."""
    right = RNG.random((9, 40)) < 0.6
    winners = curse.search_again_and_again(right, 7, searches=5, seed=3)
    rng = np.random.default_rng(3)
    for search in range(5):
        chosen, order = rng.choice(40, 7, replace=False), rng.permutation(9)
        validation, test = searched_slowly(right, chosen, order)
        np.testing.assert_allclose(winners.validation[search], validation, rtol=1e-6)
        np.testing.assert_allclose(winners.test[search], test, rtol=1e-6)


def test_coins_gain_on_the_rows_that_chose_them_only():
    """The gap grows with their number and shrinks with the rows; on test they are coins."""
    coins = curse.coins(128, np.ones(3000))
    few, many = (curse.search_again_and_again(coins, rows) for rows in (30, 1000))
    assert few.gap[0] < 0.03 < few.gap[15] < few.gap[127]
    assert many.gap[127] < few.gap[127] / 2
    np.testing.assert_allclose(few.test.mean(axis=0), 0.5, atol=0.02)


@pytest.mark.parametrize("rows", [0, 40, 41])
def test_rows_must_be_left_for_the_test(rows):
    """All rows for the choice, or none, is refused in one sentence."""
    with pytest.raises(ValueError, match=f"from 1 to 39.*received {rows}"):
        curse.search_again_and_again(np.ones((3, 40), dtype=bool), rows)


def test_a_diverged_network_is_never_right():
    """An output that is no number says nothing."""
    outputs = np.array([[[1.0], [-2.0]], [[np.nan], [np.inf]]])
    told = curse.right_answers(outputs, np.array([1.0, -1.0]))
    assert told.tolist() == [[True, True], [False, False]]


def test_ridge_is_scikit_learns():
    """Same predictions, bias and all."""
    X, y = RNG.normal(size=(30, 4)) + 3, RNG.normal(size=30) + 7
    theirs = Ridge(alpha=2.5).fit(X, y).predict(X)
    np.testing.assert_allclose(curse.ridge(X, y, 2.5)(X), theirs, rtol=1e-9)


def test_lines_are_those_of_other_programs():
    """Least squares, least absolute error and Huber's loss, each against a reference."""
    x, y = RNG.uniform(0, 10, 25), RNG.normal(size=25)
    y[3] += 40
    np.testing.assert_allclose(losses.squared_line(x, y), np.polyfit(x, y, 1), rtol=1e-6)
    theirs = QuantileRegressor(quantile=0.5, alpha=0, solver="highs").fit(x[:, None], y)

    def error(line):
        return np.abs(y - line[0] * x - line[1]).mean()

    ours = losses.absolute_line(x, y)
    assert error(ours) <= error([theirs.coef_[0], theirs.intercept_]) + 1e-9

    def huber(line, delta=0.7):
        e = np.abs(y - line[0] * x - line[1])
        return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)).mean()

    line = losses.huber_line(x, y, 0.7)
    steps = 1e-3 * np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, -5), (-1, 5)])
    assert huber(line) < min(map(huber, line + steps))


def test_huber_lies_between_the_two():
    """With a huge δ it is least squares, with a tiny one least absolute error."""
    x = np.arange(12.0)
    y = 2 * x + np.tile([0.3, -0.1, 0.2, -0.4], 3)
    y[10] = -20
    np.testing.assert_allclose(losses.huber_line(x, y, 1e4), losses.squared_line(x, y), rtol=1e-6)
    near = losses.huber_line(x, y, 1e-3)
    np.testing.assert_allclose(near, losses.absolute_line(x, y), atol=0.05)


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_the_rate_falls_as_with_keras(patience):
    """Fed with the same losses, Keras's callback turns its optimizer's rate alike."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=patience)
    callback.set_model(model)
    callback.on_train_begin()
    told = np.round(np.exp(-np.arange(30) / 9) + 0.1 * RNG.random(30), 3)
    rates = []
    for epoch, loss in enumerate(told):
        rates.append(float(model.optimizer.learning_rate))
        callback.on_epoch_end(epoch, {"val_loss": loss})
    np.testing.assert_allclose(plateau.falling_rates(told, 0.5, patience)[:-1], rates, rtol=1e-5)


def test_only_the_falls_tell_two_trainings_apart():
    """Until the learning rate falls for the first time, the patience changes nothing."""
    short, long = plateau.train_neuron(2), plateau.train_neuron(1000)
    first = int(np.flatnonzero(np.diff(short["learning_rate"]))[0])
    assert short["val_loss"][: first + 1] == long["val_loss"][: first + 1]
    assert short["val_loss"][first + 1] != long["val_loss"][first + 1]
    assert len(set(long["learning_rate"])) == 1


def test_distances_are_those_of_the_nearest_other_image():
    """Over all shifts by one pixel, and never to the image itself."""
    images, labels = RNG.random((14, 64)).astype(np.float32), np.arange(14) % 10
    table = prepared.distances_to_digits(images, labels)
    shifted = np.pad(images.reshape(-1, 8, 8), [(0, 0), (1, 1), (1, 1)])
    places = [(down, right) for down in range(3) for right in range(3)]
    for row, digit in [(0, 0), (3, 3), (5, 2)]:
        others = [n for n in np.flatnonzero(labels == digit) if n != row]
        distances = [
            np.sqrt(np.mean((images[row] - shifted[n, d : d + 8, r : r + 8].ravel()) ** 2))
            for n in others for d, r in places
        ]  # fmt: skip
        expected = min(distances, default=np.inf)
        assert table[f"to_{digit}"][row] == pytest.approx(expected, abs=1e-4)
    assert table["digit"].tolist() == labels.tolist()


def test_seconds_takes_the_quickest_of_several():
    """What disturbs one call is left out."""
    calls = []
    assert prepared.seconds(lambda: calls.append(1), times=4) >= 0
    assert len(calls) == 4
