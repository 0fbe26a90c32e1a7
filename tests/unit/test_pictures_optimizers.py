"""The pictures of lesson 04, judged by their marks' data and by what their sentences say."""

import re

import numpy as np
import pytest

from lessons_lib import optimizers
from lessons_lib.lessons.optimizers import pictures


def test_descent_draws_what_gradient_descent_does(scene):
    """The points are those of x ← x − η f′(x), on the curve."""
    pictures.descent(scene, learning_rate=0.07, start=-1.5, steps=12)
    x, expected = -1.5, [-1.5]
    for _ in range(12):
        x -= 0.07 * (10 * x - 2)
        expected.append(x)
    path = scene.items["path"].data
    np.testing.assert_allclose(path["x"], expected)
    np.testing.assert_allclose(path["y"], 5 * path["x"] ** 2 - 2 * path["x"] + 4)


@pytest.mark.parametrize(
    ("learning_rate", "words"),
    [
        (0.01, "it crawls"),
        (0.05, "it closes in"),
        (0.1, "it closes in"),
        (0.15, "hops across"),
        (0.2, "for ever"),
        (0.21, "diverges"),
    ],
)
def test_descent_names_what_the_steps_do(scene, learning_rate, words):
    """One verdict for each of the ways in which descent can go."""
    picture = pictures.descent(scene, learning_rate=learning_rate, start=2.0, steps=10)
    assert words in picture.sentence
    assert f"{1 - 10 * learning_rate:.2f}" in picture.sentence


def test_descent_distance_is_measured_from_the_lowest_place(scene):
    """|x − 0.2| at each step."""
    pictures.descent_distance(scene, learning_rate=0.03, start=1.2, steps=5)
    np.testing.assert_allclose(scene.items["distance"].data["y"], 0.7 ** np.arange(6))


@pytest.fixture
def training():
    """A made-up walk of three updates on four points of y = x."""
    x = np.array([-1.0, 0.0, 1.0, 2.0])
    path = np.array([[0.0, 1.0], [0.5, 0.5], [0.9, 0.2], [1.0, 0.1]])
    return {"walk": lambda batch_size, learning_rate: path, "x": x, "y": x.copy()}


def test_batch_path_draws_the_walk_and_counts_updates(scene, training):
    """The way is the walk's, over the map, and the last place is the dot."""
    picture = pictures.batch_path(scene, **training, batch_size=2, learning_rate=0.1)
    np.testing.assert_array_equal(scene.items["way"].data["x"], [0.0, 0.5, 0.9, 1.0])
    assert scene.items["here"].data["x"] == 1.0
    assert "loss" in scene.items
    assert "3 updates" in picture.sentence


def test_batch_loss_is_the_mean_squared_error_against_epochs(scene, training):
    """Two of four samples a step: half an epoch between points."""
    picture = pictures.batch_loss(
        scene, **training, speeds={2: 1000.0}, batch_size=2, learning_rate=0.1
    )
    loss = scene.items["loss"].data
    np.testing.assert_allclose(loss["x"], [0, 0.5, 1.0, 1.5])
    x = training["x"]
    np.testing.assert_allclose(loss["y"][1], np.mean((0.5 * x + 0.5 - x) ** 2))
    assert "≈ 1,000 updates a second" in picture.sentence


def test_batch_loss_says_when_it_diverges(scene, training):
    """A loss that grows is no result."""
    training["walk"] = lambda *_: np.array([[0.0, 1.0], [3.0, 9.0], [np.nan, np.nan]])
    picture = pictures.batch_loss(
        scene, **training, speeds={2: 1.0}, batch_size=2, learning_rate=1.0
    )
    assert "does not fall" in picture.sentence


@pytest.mark.parametrize("correction", [False, True])
def test_moving_average_is_the_weighted_average(scene, correction):
    """Against the definition by weights; with correction the first value is the first average."""
    values, beta = np.array([10.0, 20.0, 5.0, 7.0]), 0.8
    picture = pictures.moving_average(scene, values, beta=beta, correction=correction, days=4)
    drawn = scene.items["average"].data["y"]
    for t in range(1, 5):
        weights = (1 - beta) * beta ** np.arange(t)[::-1]
        expected = np.sum(weights * values[:t]) / (np.sum(weights) if correction else 1)
        assert drawn[t - 1] == pytest.approx(expected)
    assert f"begins at {10.0 if correction else 2.0:.1f}" in picture.sentence


def test_moving_weights_sum_to_what_the_sentence_says(scene):
    """The weight within the window is 1 − β^(1 / (1 − β))."""
    picture = pictures.moving_weights(scene, beta=0.9, correction=False)
    weights = scene.items["weights"].data["heights"]
    assert weights[:10].sum() == pytest.approx(1 - 0.9**10)
    assert f"{1 - 0.9**10:.0%}" in picture.sentence


def test_curves_draws_each_line_in_a_look_of_its_own(scene):
    """Eight lines differ in colour or style; the sentence names lowest and highest."""
    lines = {f"line {i}": np.array([0.0, float(i)]) for i in range(8)}
    picture = pictures.curves(scene, lines)
    looks = {(scene.items[n].look["color"], scene.items[n].look["dash"]) for n in lines}
    assert len(looks) == 8
    assert picture.sentence == "At the end line 0 is lowest and line 7 highest."


def test_curves_tells_the_ends_of_a_few(scene):
    """Up to four are told one by one."""
    lines = {"a": [1.0, 2.0], "b": [1.0, 0.5]}
    assert pictures.curves(scene, lines).sentence == "At the end: a ≈ 2, b ≈ 0.5."


def test_look_ahead_differs_only_in_where_the_gradient_is_measured(scene):
    """Momentum ends at w + μv − η∇f(w), Nesterov at w + μv − η∇f(w + μv)."""
    surface = optimizers.surfaces["ravine"]
    w, v = np.array([-1.2, 0.25]), np.array([0.6, -0.5])
    step = {"learning_rate": 0.02, "momentum": 0.9}
    picture = pictures.look_ahead(scene, surface, at=w, velocity=v, **step)
    ahead = w + 0.9 * v
    for name, place in (("momentum", w), ("Nesterov", ahead)):
        expected = ahead - 0.02 * surface.gradient(place)
        drawn = scene.items[name].data
        np.testing.assert_allclose([*drawn["x"], *drawn["y"]], expected)
    assert "Nesterov ends lower" in picture.sentence


def test_look_ahead_draws_the_step_of_the_library(scene):
    """Momentum's point is where `SGD(momentum=0.9)` goes from the same velocity."""
    surface = optimizers.surfaces["ravine"]
    w, v = np.array([-1.2, 0.25]), np.array([0.6, -0.5])
    optimizer = optimizers.SGD(0.02, momentum=0.9)
    optimizer.update([w.copy()], [-v / 0.02])  # the first step gives the velocity v
    moved = w.copy()
    optimizer.update([moved], [surface.gradient(w)])
    pictures.look_ahead(scene, surface, at=w, velocity=v, learning_rate=0.02, momentum=0.9)
    drawn = scene.items["momentum"].data
    np.testing.assert_allclose([*drawn["x"], *drawn["y"]], moved)


def test_range_test_finds_the_fall_and_the_rise(scene):
    """A loss that falls round 1e-2 and explodes from 1 on is described so."""
    rates = np.logspace(-4, 1, 201)
    losses = 1 + 9 / (1 + (rates / 1e-2) ** 4) + (rates / 1.0) ** 4
    picture = pictures.range_test(scene, rates, losses, beta=0.0, learning_rate=0.01)
    assert 5e-3 < scene.items["fastest"].data["x"][0] < 3e-2
    rises = float(re.search(r"rises from ≈ ([0-9.]+)", picture.sentence)[1])
    assert 0.5 < rises < 2
    assert scene.items["chosen"].data["x"][0] == 0.01


def test_range_test_survives_a_loss_that_overflows(scene):
    """Values that are no numbers count as very large."""
    losses = np.array([5.0, 4.0, 3.0, 2.0, 2.0, 2.0, 9.0, 1e30, np.inf, np.nan, np.nan])
    picture = pictures.range_test(scene, np.logspace(-4, 0, 11), losses, beta=0.5)
    assert np.isfinite(scene.items["smooth"].data["y"]).all()
    assert "rises" in picture.sentence
