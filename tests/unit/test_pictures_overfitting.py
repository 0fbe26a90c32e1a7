"""Pictures of lesson 05 show the numbers they are given; what they compute is checked."""

import numpy as np
import pytest

from lessons_lib.lessons.overfitting import _fits, pictures


def cubic(t):
    """4t³ − 3t."""
    return 4 * t**3 - 3 * t


X = np.linspace(-1, 1, 12)
X_VAL = np.linspace(-0.95, 0.95, 30)
NOISE = np.random.default_rng(0).normal(0, 0.2, 42)
Y, Y_VAL = cubic(X) + NOISE[:12], cubic(X_VAL) + NOISE[12:]


@pytest.mark.parametrize("degree", [0, 3, 8])
def test_polynomial_fit_is_numpys(scene, degree):
    """The curve is the least-squares polynomial of that degree."""
    pictures.polynomial_fit(scene, X, Y, cubic, degree=degree)
    grid, curve = scene.items["fit"].data.values()
    np.testing.assert_allclose(curve, np.polynomial.Polynomial.fit(X, Y, degree)(grid), atol=1e-8)


def test_polynomial_fit_takes_only_the_first_points(scene):
    """With points=5 five points are drawn."""
    pictures.polynomial_fit(scene, X, Y, cubic, degree=1, points=5)
    assert len(scene.items["data"].data["xy"]) == 5


def test_errors_by_degree_are_root_mean_squares(scene):
    """Both errors at a degree are those of NumPy's polynomial."""
    pictures.errors_by_degree(scene, X, Y, X_VAL, Y_VAL, degree=4)
    fit = np.polynomial.Polynomial.fit(X, Y, 4)
    for name, x, y in [("train", X, Y), ("val", X_VAL, Y_VAL)]:
        expected = np.sqrt(np.mean((fit(x) - y) ** 2))
        assert scene.items[name].data["y"][4] == pytest.approx(expected)


def test_errors_by_degree_names_the_best_degree(scene):
    """The sentence says where validation is lowest."""
    picture = pictures.errors_by_degree(scene, X, Y, X_VAL, Y_VAL, degree=0)
    best = int(np.argmin(scene.items["val"].data["y"]))
    assert f"lowest at degree {best}." in picture.sentence


def test_many_fits_draws_their_mean(scene):
    """The thick curve is the mean over the training sets."""
    fits = np.random.default_rng(1).normal(size=(3, 7, 5))
    pictures.many_fits(scene, np.arange(5.0), fits, np.zeros(5), degree=2)
    np.testing.assert_allclose(scene.items["mean"].data["y"], fits[2].mean(axis=0))


def test_bias_variance_adds_the_three_parts(scene):
    """The black curve is bias² + variance + noise."""
    bias, variance = np.array([0.5, 0.1, 0.01]), np.array([0.01, 0.05, 0.3])
    picture = pictures.bias_variance(scene, bias, variance, 0.04, degree=2)
    np.testing.assert_allclose(scene.items["total"].data["y"], bias + variance + 0.04)
    assert "variance is the larger" in picture.sentence
    assert "least at degree 1" in picture.sentence


@pytest.mark.parametrize("patience", [1, 2, 3, 50])
@pytest.mark.parametrize("min_delta", [0.0, 0.012, 0.105])
def test_stopping_epochs_are_those_of_keras(patience, min_delta):
    """Keras's own callback, fed with the same losses, stops and restores at the same epochs."""
    keras = pytest.importorskip("keras")
    losses = [1.0, 0.8, 0.7, 0.71, 0.69, 0.6, 0.59, 0.585, 0.62, 0.58, 0.61, 0.6, 0.63, 0.5, 0.7]

    class Model:
        stop_training = False

        def get_weights(self):
            return []

        def set_weights(self, weights):
            pass

    callback = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=patience, min_delta=min_delta,
        restore_best_weights=True,
    )  # fmt: skip
    callback.set_model(Model())
    callback.on_train_begin()
    for epoch, value in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": value})
        if callback.model.stop_training:
            break
    expected = (epoch + 1, callback.best_epoch + 1)
    assert _fits.stopping_epochs(losses, patience, min_delta) == expected


def test_early_stopping_marks_the_restored_epoch(scene):
    """The star stands at the best epoch and its loss."""
    val = [1.0, 0.5, 0.6, 0.7, 0.8]
    pictures.early_stopping(scene, [1, 0.4, 0.3, 0.2, 0.1], val, patience=2, min_delta=0.0)
    assert [v[0] for v in scene.items["best"].data.values()] == [2, 0.5]
    assert scene.items["val"].data["x"][-1] == 4


def test_compare_runs_names_the_lowest_end(scene):
    """The sentence names the run whose last value is lowest."""
    runs = {"first": ([1, 2], [1.0, 0.6]), "second": ([1, 2], [2.0, 0.5])}
    assert pictures.compare_runs(scene, runs).sentence == "Lowest at the end: second."


def test_case_curves_draw_what_can_be_reached(scene):
    """The dotted line is the achievable loss, and the sentence does not tell the diagnosis."""
    case = {"step": [0, 1], "loss": [1, 0.2], "val_loss": [1, 0.9], "achievable": 0.3}
    picture = pictures.case_curves(scene, case, title="Case A")
    np.testing.assert_allclose(scene.items["achievable"].data["y"], 0.3)
    assert "fit" not in picture.sentence


def test_diagnosis_chart_asks_for_the_training_error_first(scene):
    """Its sentence goes from the training error to the validation error."""
    sentence = pictures.diagnosis_chart(scene).sentence
    assert 0 < sentence.index("training error") < sentence.index("validation error")


TWO = np.random.default_rng(2).normal(size=(50, 2)) * [1.0, 20.0] + [3.0, -5.0]
TARGET = TWO @ [1.0, -0.02] + np.random.default_rng(3).normal(size=50)


@pytest.mark.parametrize("inputs", ["as measured", "min-max", "standardised"])
def test_descent_ends_nearer_the_lowest_point(scene, inputs):
    """What is above the lowest loss falls from step to step below the largest step size."""
    pictures.descent_losses(scene, TWO, TARGET, inputs=inputs, step_size=0.5)
    assert np.all(np.diff(scene.items[inputs].data["y"]) <= 0)


def test_descent_is_fast_only_on_scaled_inputs(scene):
    """After the same steps the scaled inputs are far nearer."""
    pictures.descent_losses(scene, TWO, TARGET, inputs="min-max", step_size=0.5)
    ends = {n: scene.items[n].data["y"][-1] for n in ("as measured", "standardised")}
    assert ends["standardised"] < 0.01 * ends["as measured"]


@pytest.mark.parametrize("inputs", _fits.SCALINGS)
@pytest.mark.parametrize("step_size", [0.05, 0.5, 0.95])
def test_descent_map_shows_the_whole_path_in_equal_units(scene, inputs, step_size):
    """All steps lie inside the picture, whose axes have one scale and numbers."""
    pictures.descent_map(scene, TWO, TARGET, inputs=inputs, step_size=step_size)
    frame, path = scene.frame, scene.items["path"].data
    for axis in "xy":
        low, high = frame[f"{axis}lim"]
        assert np.all((low < path[axis]) & (path[axis] < high))
        assert frame[f"{axis}ticks"] != []
    assert frame["equal"] == "on"


def test_descent_swings_across_the_valley_and_hardly_moves_along(scene):
    """As measured, at 0.9: the second weight changes its side again and again, the first stays."""
    pictures.descent_map(scene, TWO, TARGET, inputs="as measured", step_size=0.9)
    along, across = scene.items["path"].data.values()
    best = [values[0] for values in scene.items["best"].data.values()]
    assert np.sum(np.diff(np.sign(across - best[1])) != 0) > 5
    assert abs(along[-1] - along[0]) < 0.25 * abs(best[0] - along[0])


def test_descent_refuses_an_unknown_scaling(scene):
    """The message lists what is known."""
    with pytest.raises(ValueError, match="min-max"):
        pictures.descent_map(scene, TWO, TARGET, inputs="log", step_size=0.5)


FEATURES = np.random.default_rng(4).normal(size=(40, 6))
ANSWER = FEATURES @ [2.0, -1.0, 0, 0, 0, 0] + np.random.default_rng(5).normal(size=40)


@pytest.mark.parametrize("penalty", ["L1", "L2"])
def test_penalised_fit_is_a_minimum(penalty):
    """No small step to any side lowers mean squared error plus penalty."""

    def loss(w):
        size = np.abs(w).sum() if penalty == "L1" else (w**2).sum()
        return np.mean((FEATURES @ w - ANSWER) ** 2) + 0.6 * size

    weights = _fits.penalised(FEATURES, ANSWER, 0.6, penalty)
    steps = np.random.default_rng(6).normal(size=(200, 6)) * 1e-3
    assert all(loss(weights + step) >= loss(weights) for step in steps)


def test_l1_makes_zeros_and_l2_does_not(scene):
    """The picture counts them."""
    l1 = pictures.penalised_weights(scene, FEATURES, ANSWER, strength=1.0, penalty="L1")
    assert "0 of 6" not in l1.sentence
    l2 = pictures.penalised_weights(scene, FEATURES, ANSWER, strength=1.0, penalty="L2")
    assert l2.sentence == "L2: 0 of 6 weights are zero."


def test_weight_sizes_have_one_scale(scene):
    """Bars are fractions of a network's weights, as high for equal fractions."""
    picture = pictures.weight_sizes(
        scene, {"few": np.array([0.5, -0.5]), "many": np.r_[np.full(30, 0.002), np.full(30, 0.5)]}
    )
    few, many = (scene.items[f"weights {number}"].data for number in (0, 1))
    assert np.max(few["heights"] - few["base"]) == pytest.approx(0.88)
    assert np.max(many["heights"] - many["base"]) == pytest.approx(0.44)
    assert picture.sentence == "few ≈ 0% below 0.01; many ≈ 50% below 0.01."


def test_weight_sizes_show_zeros_at_the_left_end(scene):
    """A weight of 0 has no place of its own on a logarithmic axis."""
    pictures.weight_sizes(scene, {"a": np.array([0.0, 0.0, 3.0])})
    assert scene.items["weights 0"].data["heights"][0] == pytest.approx(0.88)


def test_penalised_fit_refuses_an_unknown_penalty():
    """The message says which two there are."""
    with pytest.raises(ValueError, match="'L1' or 'L2'"):
        _fits.penalised(FEATURES, ANSWER, 1.0, "L3")


def test_signed_bars_reach_their_values(scene):
    """Each bar runs from zero to its number."""
    picture = pictures.signed_bars(scene, {"a": 0.5, "b": -0.25}, xlabel="r")
    assert scene.items["bars"].data["xy"][1::2, 0].tolist() == [0.5, -0.25]
    assert picture.sentence == "Largest: a. Smallest: b."


@pytest.mark.parametrize(("rate", "off"), [(0.0, 0), (1.0, 6)])
def test_thinned_network_switches_hidden_units_off(scene, rate, off):
    """At rate 0 none of the hidden units is off, at 1 all are; inputs and outputs stay."""
    pictures.thinned_network(scene, [2, 3, 3, 1], rate=rate, step=1)
    assert len(scene.items["off"].data["xy"]) == off
    assert len(scene.items["on"].data["xy"]) == 9 - off


def test_thinned_network_draws_anew_in_each_step(scene):
    """Two steps switch other units off."""
    off = []
    for step in (1, 2):
        pictures.thinned_network(scene, [2, 8, 8, 1], rate=0.5, step=step)
        off.append(scene.items["off"].data["xy"])
    assert not np.array_equal(*off)


@pytest.mark.parametrize(("inverted", "words"), [(True, "agree"), (False, "differ")])
def test_dropout_sums_agree_only_when_inverted(scene, inverted, words):
    """Without the division the mean in training is not what arrives at test."""
    a, w = np.full(30, 1.0), np.full(30, 0.5)
    picture = pictures.dropout_sums(scene, a, w, rate=0.5, inverted=inverted)
    assert picture.sentence.endswith(f"they {words}.")


def test_a_normalised_batch_does_not_know_unit_or_zero(scene):
    """Whatever is added to all sums, and by what all are multiplied, β and γ decide."""
    places = []
    for sums in ([0, 0, 0, 4], [0, 0, 0, 8], [1, 1, 1, 9]):
        z = {f"z{number}": float(value) for number, value in enumerate(sums, start=1)}
        sentence = pictures.normalised_batch(scene, **z, gamma=2.0, beta=-1.0).sentence
        assert sentence.endswith("mean −1.0 and spread 2.0 after.")
        places.append([scene.items[f"after {number}"].data["x"] for number in range(1, 5)])
    np.testing.assert_allclose(places[0], places[1], atol=1e-2)
    np.testing.assert_allclose(places[0], places[2], atol=1e-2)


def test_sums_of_a_batch_can_be_dragged(scene):
    """Each of the four sets its own control, and what comes out sets none."""
    pictures.normalised_batch(scene, z1=1.0, z2=2.0, z3=3.0, z4=4.0)
    for number in range(1, 5):
        assert scene.items[f"before {number}"].look["sets"] == (f"z{number}", "")
        assert "sets" not in scene.items[f"after {number}"].look


class Answering:
    """A network whose hidden units answer as they are told, with these weights."""

    def __init__(self, *spreads):
        self.spreads = spreads

    def hidden(self, X):
        """Two hidden layers of two units."""
        return [spread * X for spread in self.spreads]

    def kernels(self):
        """Two layers' weights."""
        return {str(n): np.full((2, 2), spread) for n, spread in enumerate(self.spreads)}


def test_spread_by_layer_is_that_of_the_units(scene):
    """The mean over the units of the standard deviation over the samples."""
    X = np.array([[-1.0, 1.0], [1.0, -1.0]])
    runners = {"plain": Answering(0.5, 0.01), "steady": Answering(1.0, 1.0)}
    picture = pictures.spread_by_layer(scene, runners, X=X)
    np.testing.assert_allclose(scene.items["plain"].data["y"], [0.5, 0.01])
    assert "0.01 plain, 1 steady" in picture.sentence


def test_sizes_in_training_are_of_all_weights(scene):
    """As `weight_sizes` counts them."""
    picture = pictures.sizes_in_training(scene, {"half": Answering(0.5, 0.001)})
    assert picture.sentence == "half ≈ 50% below 0.01."


TABLE = {"acid": np.arange(20.0), "quality": np.repeat([3, 5], 10)}


def test_distribution_counts_every_row(scene):
    """The histogram's heights add up to the number of rows."""
    pictures.distribution(scene, TABLE, column="acid")
    assert scene.items["wines"].data["heights"].sum() == 20


def test_against_target_gives_pearsons_correlation(scene):
    """The sentence has NumPy's correlation."""
    expected = np.corrcoef(TABLE["acid"], TABLE["quality"])[0, 1]
    sentence = pictures.against_target(scene, TABLE, column="acid", target="quality").sentence
    assert f"{expected:.2f}" in sentence
