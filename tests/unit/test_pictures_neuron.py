"""Pictures of lesson 01 are judged by the data of their marks and by what their sentence says."""

from functools import partial

import numpy as np
import pytest

from lessons_lib import panels
from lessons_lib.lessons.neuron import pictures


@pytest.fixture
def line_data():
    """Points exactly on y = 2x − 1."""
    x = np.linspace(-1, 1, 9)
    return x, 2 * x - 1


def test_linear_unit_draws_the_line_it_is_given(scene, line_data):
    """The drawn line has slope w and intercept b."""
    pictures.linear_unit(scene, *line_data, w=0.5, b=1.0)
    unit = scene.items["unit"].data
    np.testing.assert_allclose(unit["y"], 0.5 * unit["x"] + 1.0)


def test_linear_unit_says_the_mean_squared_error(scene, line_data):
    """The sentence's number is the mean squared error."""
    x, y = line_data
    expected = np.mean((x + 1 - y) ** 2)
    assert f"{expected:.3f}" in pictures.linear_unit(scene, x, y, w=1.0, b=1.0).sentence


def test_linear_unit_error_segments_reach_from_target_to_prediction(scene, line_data):
    """Each dotted line joins a target and the unit's output."""
    x, y = line_data
    pictures.linear_unit(scene, x, y, w=0.0, b=0.0)
    errors = scene.items["errors"].data["xy"].reshape(-1, 2, 2)
    np.testing.assert_allclose(errors, [[(u, v), (u, 0)] for u, v in zip(x, y, strict=True)])


def test_logistic_unit_arrow_is_perpendicular_to_its_line(scene):
    """The weight vector, and the way to the dot on the decision line, have its direction."""
    X = np.array([[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    pictures.logistic_unit(scene, X, np.array([0, 1, 1]), w1=1.0, w2=2.0, b=0.3)
    for name in ("arrow", "to the line"):
        (x0, x1), (y0, y1) = scene.items[name].data.values()
        np.testing.assert_allclose((y1 - y0) / (x1 - x0), 2.0)
    (x,), (y,) = scene.items["foot"].data.values()
    np.testing.assert_allclose(x + 2 * y + 0.3, 0, atol=1e-9)


def drag(panel, item, x, y):
    """Move a dot of the first picture, as a page tells it."""
    told = {"view": 0, "item": item, "kind": "curve", "index": 0, "x": x, "y": y, "phase": "move"}
    panel.page._hear(panel.page, {"pick": told}, [])


def test_the_line_is_lifted_and_tilted_by_its_dots(line_data):
    """The dot at x = 0 takes the line along as it is, that at x = 1 turns it about the other."""
    x, y = line_data
    sliders = {"w": panels.Slider(-3.0, 3.0, 0.5), "b": panels.Slider(-3.0, 3.0, 0.0)}
    panel = panels.explore(partial(pictures.linear_unit, x=x, y=y), **sliders)
    drag(panel, "lift", 0.2, 1.0)
    assert panel.values == {"w": 0.5, "b": 1.0}
    drag(panel, "tilt", 0.7, -0.5)
    assert panel.values == {"w": -1.5, "b": 1.0}


@pytest.mark.parametrize("weights", [(2.0, 0.5), (0.5, -2.0), (-1.0, 1.0)])
def test_arrow_and_decision_line_are_dragged(weights):
    """The tip goes where it is dragged and leaves the bias, the foot the other way round."""
    X, y = np.array([[-1.0, -1.2], [1.0, 1.5], [1.0, -1.0]]), np.array([0, 1, 1])
    sliders = {name: panels.Slider(-5.0, 5.0, 1.0) for name in ("w1", "w2", "b")}
    panel = panels.explore(partial(pictures.logistic_unit, X=X, y=y), **sliders)
    middle = X.mean(axis=0)
    drag(panel, "tip", *(middle + 0.35 * np.array(weights)))
    assert [*panel.values.values()] == pytest.approx([*weights, 1.0])
    foot = middle - (weights @ middle - 2.0) / np.dot(weights, weights) * np.array(weights)
    drag(panel, "foot", *foot)
    assert [*panel.values.values()] == pytest.approx([*weights, -2.0])


def test_weights_of_zero_can_be_dragged_away_from(scene):
    """There is no line then, but the arrow's tip is there."""
    pictures.logistic_unit(scene, np.eye(2), np.array([0, 1]), w1=0.0, w2=0.0, b=1.0)
    assert "foot" not in scene.items
    assert scene.items["tip"].look["sets"] == ("w1", "w2")


def test_logistic_unit_cross_entropy_matches_scikit_learn(scene):
    """The sentence's cross-entropy is scikit-learn's log loss."""
    from sklearn.metrics import log_loss

    X = np.array([[-1.0, 0.2], [1.0, 1.0], [0.3, -1.0], [-0.5, 0.5]])
    y = np.array([0, 1, 1, 0])
    p = 1 / (1 + np.exp(-(X @ [1.5, -0.5] + 0.2)))
    sentence = pictures.logistic_unit(scene, X, y, w1=1.5, w2=-0.5, b=0.2).sentence
    assert f"{log_loss(y, p):.3f}" in sentence


@pytest.mark.parametrize(("w1", "w2", "b"), [(0, 0, 0), (0, 0, 50), (500, 0, -500), (-9, 9, 1e4)])
def test_logistic_unit_survives_extreme_weights(scene, w1, w2, b):
    """No weight the learner can reach gives a warning or a missing number."""
    X = np.array([[-1.0, 0.2], [1.0, 1.0], [0.3, -1.0]])
    with np.errstate(all="raise", under="ignore"):
        sentence = pictures.logistic_unit(scene, X, np.array([0, 1, 1]), w1=w1, w2=w2, b=b).sentence
    assert "nan" not in sentence


def test_probability_marks_the_sigmoid(scene):
    """The marked point lies on the curve."""
    pictures.probability(scene, z=2.0)
    np.testing.assert_allclose(scene.items["here"].data["y"], 1 / (1 + np.exp(-2)))


def test_training_loop_names_every_station(scene):
    """All six stations are written in the picture."""
    pictures.training_loop(scene)
    words = " ".join(item.data["words"] for item in scene.items.values() if item.kind == "text")
    for station in ["input", "layers", "prediction", "loss", "optimizer", "target", "update"]:
        assert station in words


def test_scores_puts_the_best_on_top(scene):
    """The lowest number stands in the top row when lower is better."""
    picture = pictures.scores(scene, {"a": 2.0, "b": 1.0, "c": 3.0}, xlabel="error")
    assert scene.frame["yticks"] == [[0, "c"], [1, "a"], [2, "b"]]
    assert picture.sentence == "Best: b."


def test_scores_are_drawn_from_zero(scene):
    """A stem is as long as its number, so that lengths may be compared."""
    pictures.scores(scene, {"a": 2.0, "b": 1.0}, xlabel="error")
    assert scene.frame["xlim"][0] == 0
    stems = scene.items["rows"].data["xy"].reshape(-1, 2, 2)
    np.testing.assert_allclose(np.ptp(stems[:, :, 0], axis=1), [2.0, 1.0])


def test_two_starts_say_when_each_run_is_below_the_baseline(scene):
    """Epoch 0 is the loss before training; a run may never get below."""
    curves = {"low": [1.0, 0.5, 0.4], "high": [30.0, 9.0, 2.0]}
    sentence = pictures.two_starts(scene, curves, baseline=0.9).sentence
    assert "low: in epoch 1; high: never" in sentence
    np.testing.assert_allclose(scene.items["high"].data["x"], [0, 1, 2])
    np.testing.assert_allclose(scene.items["baseline"].data["y"], 0.9)
