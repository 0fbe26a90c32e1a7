"""Pictures are judged by the data of their marks and by what their sentence says."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessons_lib import plots


@pytest.fixture
def line_data():
    """Points exactly on y = 2x − 1."""
    x = np.linspace(-1, 1, 9)
    return x, 2 * x - 1


def find(picture, name):
    """Return the data of the mark of that name."""
    return SimpleNamespace(**picture.scene.items[name].data)


def test_loss_map_marks_the_least_squares_solution(scene, line_data):
    """The star stands where numpy's least squares puts it."""
    best = find(plots.loss_map(scene, *line_data, w=0.0, b=0.0), "best")
    np.testing.assert_allclose([*best.x, *best.y], [2, -1], atol=1e-9)


def test_loss_map_values_are_the_mean_squared_error(scene, line_data):
    """A pixel's colour is the root of the loss at its weight and bias."""
    x, y = line_data
    values = find(plots.loss_map(scene, x, y, w=0.0, b=0.0), "loss").values
    np.testing.assert_allclose(values[0, -1] ** 2, np.mean((3 * x - 3 - y) ** 2))


def test_the_dot_on_the_loss_map_can_be_dragged(scene, line_data):
    """It names the controls of weight and bias."""
    plots.loss_map(scene, *line_data, w=0.0, b=0.0)
    sets = {name: item.look.get("sets") for name, item in scene.items.items()}
    assert sets.pop("here") == ("w", "b")
    assert set(sets.values()) == {None}


def test_loss_map_says_when_the_lowest_point_is_reached(scene, line_data):
    """At the optimum the sentence says so."""
    assert "lowest point" in plots.loss_map(scene, *line_data, w=2.0, b=-1.0).sentence
    assert "above it" in plots.loss_map(scene, *line_data, w=0.0, b=0.0).sentence


def test_fitted_curve_follows_the_model(scene):
    """The curve is what predict returns, and the sentence gives its error."""
    X = np.linspace(0, 1, 20)[:, None]
    picture = plots.fitted_curve(scene, lambda X: X**2, X, X[:, 0] ** 2 + 1)
    model = find(picture, "model")
    np.testing.assert_allclose(model.y, model.x**2)
    assert "off by 1 in" in picture.sentence


def test_decision_boundary_asks_for_n_by_2_and_draws_the_half_line(scene):
    """The black line stands where the probability is one half: here x₁ = 0.25."""
    X = np.array([[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    y = np.array([0, 1, 1])
    picture = plots.decision_boundary(scene, lambda P: 1 / (1 + np.exp(-(P[:, 0] - 0.25))), X, y)
    line = find(picture, "boundary")
    assert len(line.counts) == 1
    np.testing.assert_allclose(line.xy[:, 0], 0.25, atol=1e-2)
    assert "100%" in picture.sentence


def test_network_counts_parameters_as_keras_does(scene):
    """(2+1)·4 + (4+1)·3 + (3+1)·1 parameters."""
    assert " 31 parameters" in plots.network(scene, [2, 4, 3, 1]).sentence


def test_network_draws_one_line_for_each_weight(scene):
    """2·4 + 4·1 lines."""
    assert len(find(plots.network(scene, [2, 4, 1]), "weights").counts) == 12


def test_network_refuses_less_than_a_layer(scene):
    """A list without a layer is explained."""
    with pytest.raises(ValueError, match="at least one layer"):
        plots.network(scene, [3])


def test_image_row_draws_each_image_unchanged(scene):
    """Every image is there, top row on top."""
    images = {"one": np.eye(4), "two": np.zeros((4, 4))}
    picture = plots.image_row(scene, images)
    drawn = find(picture, "image 0")
    np.testing.assert_array_equal(drawn.values, images["one"])
    assert drawn.top_down
    assert picture.sentence == "2 images: one, two."


def test_learning_curves_names_the_best_epoch(scene):
    """The sentence names the epoch of the lowest validation loss, counted from 1."""
    history = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 1.5, 2.0]}
    assert "epoch 2 with 1.5" in plots.learning_curves(scene, history).sentence


def test_learning_curves_names_the_highest_accuracy(scene):
    """For a quantity that should grow, the best epoch is the one where it was highest."""
    history = {"accuracy": [0.5, 0.75], "val_accuracy": [0.5, 0.875]}
    sentence = plots.learning_curves(scene, history, quantity="accuracy").sentence
    assert sentence.endswith("validation is highest at epoch 2 with 0.875.")


def test_learning_curves_of_a_diverged_fit(scene):
    """Keras writes down what is no number; the best epoch is among the others."""
    history = {"loss": [2.0, 1e30, np.inf], "val_loss": [3.0, 2.0, np.nan]}
    assert plots.learning_curves(scene, history).sentence == (
        "Training loss goes from 2 to infinite; validation is lowest at epoch 2 with 2."
    )
    assert np.isfinite(scene.frame["ylim"]).all()
    lost = {"loss": [np.nan], "val_loss": [np.nan]}
    assert plots.learning_curves(scene, lost).sentence == (
        "Training loss goes from undefined to undefined."
    )


@pytest.mark.parametrize(
    ("wrong", "words"), [(0, "100%"), (1, "99%"), (299, "1%"), (300, "0%"), (150, "50%")]
)
def test_a_single_point_on_the_wrong_side_counts(scene, wrong, words):
    """All of them are only said to be right where all of them are."""
    X = np.linspace(-1, 1, 600).reshape(300, 2)
    right = (np.arange(300) >= wrong).astype(int)
    sentence = plots.decision_boundary(scene, lambda P: np.ones((len(P), 1)), X, right).sentence
    assert f"has {words} of the points" in sentence


def test_learning_curves_explains_a_missing_quantity(scene):
    """The error lists what the history has."""
    with pytest.raises(ValueError, match="It has: loss"):
        plots.learning_curves(scene, {"loss": [1.0]}, quantity="accuracy")


def test_importing_plots_changes_no_settings():
    """The library leaves the learner's matplotlib settings alone."""
    assert "lessons" not in plt.colormaps()
    assert plt.rcParams["axes.prop_cycle"] == plt.rcParamsDefault["axes.prop_cycle"]


@pytest.mark.parametrize(("factor", "equal"), [(1, True), (3, True), (100, False), (0.01, False)])
def test_a_plane_as_slender_as_a_thread_fills_its_frame(scene, factor, equal):
    """Columns of about one size are drawn with equal units, others so that one sees something."""
    X = np.random.default_rng(0).normal(size=(40, 2)) * [1, factor]
    plots.decision_boundary(scene, lambda X: X[:, 0], X, X[:, 0] > 0)
    assert bool(scene.frame["equal"]) == equal
