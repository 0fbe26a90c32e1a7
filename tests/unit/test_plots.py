"""Pictures are judged by the data of their artists and by what their sentence says."""

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
    """Return the artist of that name."""
    return next(artist for artist in picture.artists if artist.get_gid() == name)


def test_loss_map_marks_the_least_squares_solution(ax, line_data):
    """The star stands where numpy's least squares puts it."""
    picture = plots.loss_map(ax, *line_data, w=0.0, b=0.0)
    np.testing.assert_allclose(np.ravel(find(picture, "best").get_data()), [2, -1], atol=1e-9)


def test_loss_map_values_are_the_mean_squared_error(ax, line_data):
    """A pixel's colour is the root of the loss at its weight and bias."""
    x, y = line_data
    values = find(plots.loss_map(ax, x, y, w=0.0, b=0.0), "loss").get_array()
    np.testing.assert_allclose(values[0, -1] ** 2, np.mean((3 * x - 3 - y) ** 2))


def test_loss_map_says_when_the_lowest_point_is_reached(ax, line_data):
    """At the optimum the sentence says so."""
    assert "lowest point" in plots.loss_map(ax, *line_data, w=2.0, b=-1.0).sentence
    assert "above it" in plots.loss_map(ax, *line_data, w=0.0, b=0.0).sentence


def test_fitted_curve_follows_the_model(ax):
    """The curve is what predict returns, and the sentence gives its error."""
    X = np.linspace(0, 1, 20)[:, None]
    picture = plots.fitted_curve(ax, lambda X: X**2, X, X[:, 0] ** 2 + 1)
    x, y = find(picture, "model").get_data()
    np.testing.assert_allclose(y, np.asarray(x) ** 2)
    assert "1.000" in picture.sentence


def test_decision_boundary_asks_for_n_by_2_and_draws_the_half_line(ax):
    """The black line stands where the probability is one half: here x₁ = 0.25."""
    X = np.array([[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    y = np.array([0, 1, 1])
    picture = plots.decision_boundary(ax, lambda P: 1 / (1 + np.exp(-(P[:, 0] - 0.25))), X, y)
    (line,) = find(picture, "boundary").get_segments()
    np.testing.assert_allclose(line[:, 0], 0.25, atol=1e-2)
    assert "100%" in picture.sentence


def test_network_counts_parameters_as_keras_does(ax):
    """(2+1)·4 + (4+1)·3 + (3+1)·1 parameters."""
    assert " 31 parameters" in plots.network(ax, [2, 4, 3, 1]).sentence


def test_network_draws_one_line_for_each_weight(ax):
    """2·4 + 4·1 lines."""
    assert len(find(plots.network(ax, [2, 4, 1]), "weights").get_segments()) == 12


def test_network_refuses_less_than_a_layer(ax):
    """A list without a layer is explained."""
    with pytest.raises(ValueError, match="at least one layer"):
        plots.network(ax, [3])


def test_image_row_draws_each_image_unchanged(ax):
    """Every image is there, top row on top."""
    images = {"one": np.eye(4), "two": np.zeros((4, 4))}
    picture = plots.image_row(ax, images)
    drawn = find(picture, "image 0")
    np.testing.assert_array_equal(drawn.get_array(), images["one"])
    assert drawn.origin == "upper"
    assert picture.sentence == "2 images: one, two."


def test_learning_curves_names_the_best_epoch(ax):
    """The sentence names the epoch of the lowest validation loss, counted from 1."""
    history = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 1.5, 2.0]}
    assert "epoch 2 with 1.5" in plots.learning_curves(ax, history).sentence


def test_learning_curves_explains_a_missing_quantity(ax):
    """The error lists what the history has."""
    with pytest.raises(ValueError, match="It has: loss"):
        plots.learning_curves(ax, {"loss": [1.0]}, quantity="accuracy")


def test_importing_plots_changes_no_settings():
    """The library leaves the learner's matplotlib settings alone."""
    assert "lessons" not in plt.colormaps()
    assert plt.rcParams["axes.prop_cycle"] == plt.rcParamsDefault["axes.prop_cycle"]
