"""The pictures of lesson 04, judged by their marks' data and by what their sentences say."""

import re

import numpy as np
import pytest

from lessons_lib import optimizers
from lessons_lib.lessons.optimizers import experiments, pictures


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
        (0.1, "arrives in a single step"),
        (0.15, "hops across"),
        (0.2, "for ever"),
        (0.21, "diverges"),
    ],
)
def test_descent_names_what_the_steps_do(scene, learning_rate, words):
    """One verdict for each of the ways in which descent can go."""
    picture = pictures.descent(scene, learning_rate=learning_rate, start=2.0, steps=10)
    assert words in picture.sentence
    assert f"{1 - 10 * learning_rate:.2f}".replace("-", "−") in picture.sentence


def test_descent_distance_is_measured_from_the_lowest_place(scene):
    """|x − 0.2| at each step."""
    pictures.descent_distance(scene, learning_rate=0.03, start=1.2, steps=5)
    np.testing.assert_allclose(scene.items["distance"].data["y"], 0.7 ** np.arange(6))


def test_batch_path_draws_the_walk_and_counts_updates(scene):
    """The way is the walk's, over the map, and the last place is the dot."""
    picture = pictures.batch_path(scene, batch_size=64, learning_rate=0.1)
    path = experiments.walk(64, 0.1)
    np.testing.assert_array_equal(scene.items["way"].data["x"], path[:, 0])
    assert scene.items["here"].data["x"] == path[-1, 0]
    assert "loss" in scene.items
    assert "16 updates" in picture.sentence


def test_batch_loss_is_the_mean_squared_error_against_epochs(scene):
    """A quarter of all samples a step: a quarter of an epoch between points."""
    picture = pictures.batch_loss(scene, batch_size=64, learning_rate=0.1)
    loss = scene.items["loss"].data
    np.testing.assert_allclose(loss["x"], np.arange(17) / 4)
    (x, y), (w, b) = experiments.line_samples(), experiments.walk(64, 0.1)[3]
    np.testing.assert_allclose(loss["y"][3], np.mean((w * x + b - y) ** 2))
    assert f"≈ {experiments.walking_speed(64):,.0f} updates a second" in picture.sentence


@pytest.mark.parametrize(
    ("batch_size", "learning_rate", "words"),
    [(256, 0.1, "still falling"), (1, 0.3, "unsteady"), (16, 0.01, "still falling")],
)
def test_batch_loss_says_how_the_second_half_goes(scene, batch_size, learning_rate, words):
    """A loss that has not arrived is falling; one that trembles is unsteady."""
    picture = pictures.batch_loss(scene, batch_size=batch_size, learning_rate=learning_rate)
    assert words in picture.sentence


def test_batch_loss_says_when_it_diverges(scene, monkeypatch):
    """A loss that grows is no result."""
    lost = np.array([[0.0, 1.0], [3.0, 9.0], [np.nan, np.nan]])
    monkeypatch.setattr(experiments, "walk", lambda *_: lost)
    monkeypatch.setattr(experiments, "walking_speed", lambda _: 1.0)
    picture = pictures.batch_loss(scene, batch_size=256, learning_rate=1.0)
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


def test_curves_tells_where_each_ends_and_hides_none(scene):
    """Equal curves differ in colour, style and width, the upper one being the thinner."""
    lines = {"a": [1.0, 2.0], "b": [1.0, 0.5], "c": [1.0, 2.0]}
    assert pictures.curves(scene, lines).sentence == "At the end: a ≈ 2, b ≈ 0.5, c ≈ 2."
    looks = [scene.items[name].look for name in lines]
    for what in ("color", "dash", "width"):
        assert len({look[what] for look in looks}) == 3
    assert looks[0]["width"] > looks[1]["width"] > looks[2]["width"]


def test_reaches_recover_where_old_squares_are_forgotten(scene):
    """After the burst AdaGrad's reach stays low and RMSprop's comes back to its learning rate."""
    pictures.reaches(scene, burst=4.0, rho=0.9)
    adagrad, rmsprop = (scene.items[name].data["y"] for name in ("AdaGrad", "RMSprop"))
    assert (np.diff(adagrad) < 0).all()
    assert adagrad[-1] == pytest.approx(0.1 / np.sqrt(0.1 + 60 * 16 + 240))
    assert rmsprop[59] < 0.03 < 0.099 < rmsprop[-1]


@pytest.mark.parametrize("beta_2", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("correction", [False, True])
def test_first_steps_are_those_of_adam(scene, beta_2, correction):
    """As the library's Adam makes them at an equal gradient; without correction as m / √v."""
    pictures.first_steps(scene, correction=correction, beta_2=beta_2)
    drawn = scene.items["steps"].data["y"]
    if correction:
        expected = experiments.reach(optimizers.Adam(1.0, 0.9, beta_2, 1e-12), np.ones(100))
    else:
        m, v, expected = 0.0, 0.0, []
        for _ in range(100):
            m, v = 0.9 * m + 0.1, beta_2 * v + 1 - beta_2
            expected.append(m / np.sqrt(v))
    np.testing.assert_allclose(drawn, expected)


def test_schedule_and_settling_draw_the_same_schedule(scene):
    """The rate ends near 0 with the cosine, and the distance below that of the constant rate."""
    words = {"kind": "cosine", "learning_rate": 0.3, "warmup": 0}
    pictures.schedule(scene, **words)
    assert scene.items["rate"].data["y"][-1] < 1e-4
    pictures.settling(scene, **words)
    constant, scheduled = (scene.items[name].data["y"] for name in ("constant", "scheduled"))
    assert scheduled[-1] < 0.5 * constant[-1]


def test_rate_table_writes_each_loss_and_colours_what_works(scene):
    """Lost runs are a cross, and a ground of another colour says what is below the limit."""
    losses = {"A": {0.1: 0.4, 1.0: np.inf}, "B": {0.1: 0.61, 1.0: 0.42}}
    picture = pictures.rate_table(scene, losses, limit=0.5)
    words = [item.data["words"] for name, item in scene.items.items() if name.startswith("loss")]
    assert words == ["0.40", "×", "0.61", "0.42"]
    np.testing.assert_array_equal(scene.items["works"].data["values"], [[1, 0], [0, 1]])
    assert "2 of 2" in picture.sentence


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


def test_fastest_fall_does_not_follow_the_noise_of_single_batches():
    """Noise of ten per cent moves the answer little: it looks at a tenth of all steps at once."""
    rates = np.logspace(-4, 1, 201)
    for seed in range(5):
        noise = np.exp(0.1 * np.random.default_rng(seed).normal(size=201))
        losses = (1 + 2 / (1 + (rates / 1e-2) ** 2) + rates**4) * noise
        assert 2e-3 < pictures.fastest_fall(rates, losses) < 5e-2


def test_range_test_survives_a_loss_that_overflows(scene):
    """Values that are no numbers count as very large."""
    losses = np.array([5.0, 4.0, 3.0, 2.0, 2.0, 2.0, 9.0, 1e30, np.inf, np.nan, np.nan])
    picture = pictures.range_test(scene, np.logspace(-4, 0, 11), losses, beta=0.5)
    assert np.isfinite(scene.items["smooth"].data["y"]).all()
    assert "rises" in picture.sentence
