"""Pictures of habits in lesson 07: winners, lines through an outlier, a rate that falls."""

import numpy as np
import pytest

from lessons_lib.lessons.tuning import curse, habit_pictures

X, Y = np.linspace(1, 9, 12), np.linspace(2, 9, 12)


def item(picture, name):
    """Return the data of a mark, by name."""
    return picture.scene.items[name].data


def slope_of(picture, name):
    """Return the slope of a line that was drawn."""
    data = item(picture, name)
    return np.diff(data["y"])[0] / np.diff(data["x"])[0]


@pytest.fixture(scope="module")
def winners():
    """Searches among coins."""
    return curse.search_again_and_again(curse.coins(64, np.ones(400), seed=1), 20, searches=50)


def test_the_bars_hold_all_searches(scene, winners):
    """Each search stands in one bar of each colour, and the lines stand at the means."""
    picture = habit_pictures.winners_scores(scene, winners, tried=16)
    for name, scores in (("validation", winners.validation), ("test", winners.test)):
        assert item(picture, name)["heights"].sum() == pytest.approx(1)
        assert item(picture, f"mean {name}")["x"][0] == pytest.approx(scores[:, 15].mean())


def test_the_gap_is_drawn_where_the_learner_stands(scene, winners):
    """The two dots stand on the curves, and dragging them turns the number tried."""
    picture = habit_pictures.curse_grows(scene, winners, tried=16)
    here = item(picture, "here")
    np.testing.assert_allclose(here["x"], 16)
    np.testing.assert_allclose(here["y"], [item(picture, n)["y"][15] for n in ("val", "test")])
    assert picture.scene.items["here"].look["sets"] == ("tried", "")
    assert f"{here['y'][0] - here['y'][1]:.3f}" in picture.sentence


def test_the_longest_bar_is_on_top_and_named(scene):
    """Whatever the order in which they are given."""
    given = {"momentum": 0.1, "learning rate": 0.62, "l2": 0.05}
    picture = habit_pictures.knobs_matter(scene, given)
    ends = [bar[1, 0] for bar in item(picture, "bars")["xy"].reshape(-1, 2, 2)]
    assert ends == [0.05, 0.1, 0.62]
    assert picture.sentence.startswith("learning rate explains most: 62%")


def test_the_outlier_turns_one_line_only(scene):
    """The squared error's line follows it; the others stay with the twelve points."""
    outlier = {"place": 9.0, "height": -2.0, "delta": 0.5}
    picture = habit_pictures.three_lines(scene, X, Y, **outlier)
    true = 7 / 8
    assert slope_of(picture, "MSE") < true - 0.2
    assert slope_of(picture, "MAE") == pytest.approx(true)
    assert slope_of(picture, "Huber") == pytest.approx(true, abs=0.05)
    assert picture.scene.items["here"].look["sets"] == ("place", "height")


def test_each_line_pays_for_the_outlier_by_its_own_loss(scene):
    """The dots stand on the curves, or at the upper edge where the cost is higher."""
    picture = habit_pictures.price_of_an_error(scene, X, Y, place=9.0, height=5.0, delta=1.0)
    for name in ("MSE", "MAE", "Huber"):
        curve, dot = item(picture, name), item(picture, f"pays {name}")
        expected = min(np.interp(dot["x"][0], curve["x"], curve["y"]), 29.5)
        assert dot["y"][0] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("rates", "falls", "words"),
    [
        ([0.1] * 6, [], "never falls"),
        ([0.1] * 3 + [0.03] * 3, [4], "falls once"),
        ([0.1, 0.03, 0.03, 0.009, 0.009, 0.009], [2, 4], "falls 2 times"),
    ],
)
def test_each_fall_is_marked_in_both_pictures(scene, rates, falls, words):
    """At the first epoch that has the lower learning rate."""
    runs = {3: {"above_floor": np.geomspace(1, 0.1, 6), "learning_rate": rates}}
    picture = habit_pictures.plateau_losses(scene, runs, np.geomspace(1, 0.2, 6), patience=3)
    assert words in picture.sentence
    for one in (picture, habit_pictures.plateau_rates(scene, runs, patience=3)):
        marks = [i.data["x"][0] for name, i in one.scene.items.items() if name.startswith("fall")]
        assert marks == falls
