"""Pictures are judged by the data of their artists and by what their sentence says."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from lessons_lib import plots
from lessons_lib.lessons.neuron import pictures


@pytest.fixture
def ax():
    """An Axes that belongs to no window."""
    return Figure().subplots()


@pytest.fixture
def line_data():
    """Points exactly on y = 2x − 1."""
    x = np.linspace(-1, 1, 9)
    return x, 2 * x - 1


def find(picture, name):
    """Return the artist of that name."""
    return next(artist for artist in picture.artists if artist.get_gid() == name)


def test_linear_unit_draws_the_line_it_is_given(ax, line_data):
    """The drawn line has slope w and intercept b."""
    picture = pictures.linear_unit(ax, *line_data, w=0.5, b=1.0)
    x, y = find(picture, "unit").get_data()
    np.testing.assert_allclose(y, 0.5 * np.asarray(x) + 1.0)


def test_linear_unit_says_the_mean_squared_error(ax, line_data):
    """The sentence's number is the mean squared error."""
    x, y = line_data
    expected = np.mean((x + 1 - y) ** 2)
    assert f"{expected:.3f}" in pictures.linear_unit(ax, x, y, w=1.0, b=1.0).sentence


def test_linear_unit_error_segments_reach_from_target_to_prediction(ax, line_data):
    """Each dotted line joins a target and the unit's output."""
    x, y = line_data
    segments = find(pictures.linear_unit(ax, x, y, w=0.0, b=0.0), "errors").get_segments()
    np.testing.assert_allclose(segments, [[(u, v), (u, 0)] for u, v in zip(x, y, strict=True)])


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


def test_logistic_unit_arrow_is_perpendicular_to_its_line(ax):
    """The weight vector points away from the decision line at a right angle."""
    X = np.array([[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    picture = pictures.logistic_unit(ax, X, np.array([0, 1, 1]), w1=1.0, w2=2.0, b=0.3)
    (x0, x1), (y0, y1) = find(picture, "arrow").get_data()
    np.testing.assert_allclose((y1 - y0) / (x1 - x0), 2.0)
    np.testing.assert_allclose(x0 + 2 * y0 + 0.3, 0, atol=1e-9)


def test_logistic_unit_cross_entropy_matches_scikit_learn(ax):
    """The sentence's cross-entropy is scikit-learn's log loss."""
    from sklearn.metrics import log_loss

    X = np.array([[-1.0, 0.2], [1.0, 1.0], [0.3, -1.0], [-0.5, 0.5]])
    y = np.array([0, 1, 1, 0])
    p = 1 / (1 + np.exp(-(X @ [1.5, -0.5] + 0.2)))
    sentence = pictures.logistic_unit(ax, X, y, w1=1.5, w2=-0.5, b=0.2).sentence
    assert f"{log_loss(y, p):.3f}" in sentence


@pytest.mark.parametrize(("w1", "w2", "b"), [(0, 0, 0), (0, 0, 50), (500, 0, -500), (-9, 9, 1e4)])
def test_logistic_unit_survives_extreme_weights(ax, w1, w2, b):
    """No weight the learner can reach gives a warning or a missing number."""
    X = np.array([[-1.0, 0.2], [1.0, 1.0], [0.3, -1.0]])
    with np.errstate(all="raise", under="ignore"):
        sentence = pictures.logistic_unit(ax, X, np.array([0, 1, 1]), w1=w1, w2=w2, b=b).sentence
    assert "nan" not in sentence


def test_probability_marks_the_sigmoid(ax):
    """The marked point lies on the curve."""
    picture = pictures.probability(ax, z=2.0)
    np.testing.assert_allclose(np.ravel(find(picture, "here").get_data())[1], 1 / (1 + np.exp(-2)))


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


def test_training_loop_names_every_station(ax):
    """All six stations are written in the picture."""
    pictures.training_loop(ax)
    words = " ".join(text.get_text() for text in ax.texts)
    for station in ["input", "layers", "prediction", "loss", "optimizer", "target", "update"]:
        assert station in words


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


def test_scores_puts_the_best_on_top(ax):
    """The lowest number stands in the top row when lower is better."""
    picture = pictures.scores(ax, {"a": 2.0, "b": 1.0, "c": 3.0}, xlabel="error")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["c", "a", "b"]
    assert picture.sentence == "Best: b."


def test_drawing_again_moves_the_same_artists(ax, line_data):
    """A second call adds nothing to the Axes."""
    before = pictures.linear_unit(ax, *line_data, w=0.0, b=0.0).artists
    count = len(ax.get_children())
    after = pictures.linear_unit(ax, *line_data, w=1.0, b=0.0).artists
    assert [id(a) for a in before] == [id(a) for a in after]
    assert len(ax.get_children()) == count


def test_pen_hides_what_is_no_longer_drawn(ax):
    """What an earlier call drew and a later one did not is hidden, and can come back."""
    pen = plots.Pen(ax)
    line = pen.curve("extra", [0, 1], [0, 1])
    pen.done("")
    plots.Pen(ax).done("")
    assert not line.get_visible()
    pen = plots.Pen(ax)
    assert pen.curve("extra", [0, 1], [0, 1]) is line
    pen.done("")
    assert line.get_visible()


def test_importing_plots_changes_no_settings():
    """The library leaves the learner's matplotlib settings alone."""
    assert "lessons" not in plt.colormaps()
    assert plt.rcParams["axes.prop_cycle"] == plt.rcParamsDefault["axes.prop_cycle"]
