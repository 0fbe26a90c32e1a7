"""The view "space" of a live panel: the input plane, bent by hand and by training."""

import numpy as np
import pytest

from lessons_lib import datasets, panels

pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

X, Y = datasets.make_circles(n_samples=80, noise=0.1, seed=1)


def network(classes=1, hidden=6, loss=None):
    """Return a compiled classifier of the plane, always with the same weights."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(hidden, activation="tanh")] if hidden else []
    last = keras.layers.Dense(classes, activation="sigmoid" if classes == 1 else "softmax")
    model = keras.Sequential([keras.Input((2,)), *layers, last])
    kind = "binary_crossentropy" if classes == 1 else "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.05), loss or kind)
    return model


def border(panel):
    """Return where the border of the first view is drawn."""
    return panel.scenes[0].items["border"].data["xy"]


def test_training_bends_space_until_a_straight_line_parts_the_circles():
    """The border is upright at every step, and at last all points lie on the right side."""
    panel = panels.live(network(), X, Y, views=("space", "curves"))
    for steps in (5, 100, 300):
        panel.step(steps)
        lines = border(panel)
        assert np.ptp(lines[:, 0]) < 1e-5 < np.ptp(lines[:, 1])
    assert panel.sentence.startswith("100% of the points lie on the right side of the straight")


def test_the_slider_leads_back_to_the_input_plane():
    """There the border is as bent as the boundary, which is drawn beside it."""
    panel = panels.live(network(), X, Y, views=("space", "boundary"))
    panel.step(400)
    panel.controls["morph"].value = 0.0
    flat, boundary = border(panel), panel.scenes[1].items["boundary"].data["xy"]
    wide = [np.ptp(lines, axis=0) for lines in (flat, boundary)]
    np.testing.assert_allclose(wide[0] / wide[0][0], wide[1] / wide[1][0], rtol=0.05)
    assert panel.scenes[0].frame["xlabel"] == "x₁"
    assert "input plane" in panel.sentence
    panel.controls["morph"].value = 1.0
    assert np.ptp(border(panel)[:, 0]) < 1e-5


def test_the_slider_turns_no_knob():
    """What is only looked at is no mark on the curve, and no part of the run."""
    panel = panels.live(network(), X, Y, views=("space",))
    panel.step(3)
    panel.controls["morph"].value = 0.5
    assert panel.trainer.turns == ()


def test_three_classes_are_seen_in_the_plane_of_their_differences():
    """With softmax, one-hot rows or not."""
    X, y = datasets.make_spirals(90, seed=0, classes=3)
    for targets, loss in ((y, None), (np.eye(3)[y.astype(int)], "categorical_crossentropy")):
        panel = panels.live(network(3, loss=loss), X, targets, views="space")
        panel.step(5)
        assert "their class's region" in panel.sentence
        assert {"class 0", "class 1", "class 2", "straight"} <= {*panel.scenes[0].items}


def test_it_is_shown_where_it_is_asked_for():
    """By itself a panel has the views that it had before."""
    assert "space" not in panels.live(network(), X, Y).views


@pytest.mark.parametrize("bad", ["no hidden layer", "a number"])
def test_where_nothing_is_bent_the_panel_says_what_it_takes(bad):
    """A model without a hidden layer, or one that predicts numbers."""
    model = network(hidden=0) if bad == "no hidden layer" else network(loss="mse")
    y = X[:, 0] if bad == "a number" else Y
    with pytest.raises(ValueError, match="'space' needs two inputs and a classifier with a hidden"):
        panels.live(model, X, y, views=("space",))
