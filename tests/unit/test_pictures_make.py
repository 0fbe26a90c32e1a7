"""The pictures of a generator and its judge show and say the same."""

import numpy as np
import pytest
from picture_examples import Pair

from lessons_lib.lessons.beyond import make, make_pictures
from lessons_lib.plots import Scene


class Collapsed(Pair):
    """A generator that makes the same number of all noise."""

    def __init__(self, number):
        self.number = number

    def made_of(self, noise):
        """Return the number, once for each row."""
        return np.full(np.shape(noise), self.number)


class Untrained(Pair):
    """A pair before its first update."""

    updates = 0

    @property
    def history(self):
        """Return no row."""
        return {"step": [], "generator_loss": [], "judge_loss": []}


def test_bars_are_the_density_of_what_is_made(scene):
    """They have the area of what lies in the picture, and the data's curve has the area 1."""
    make_pictures.made_and_judged(scene, {"": Pair()})
    bars, data = scene.items["made"].data, scene.items["data"].data
    assert np.sum(bars["heights"] * np.diff(bars["edges"])) == pytest.approx(1)
    assert np.trapezoid(data["y"], data["x"]) == pytest.approx(1, abs=1e-3)


def test_the_best_judge_is_sure_of_data_that_are_not_made_and_is_drawn_on_demand(scene):
    """Where nothing is made it says 1, where everything is made nearly 0."""
    make_pictures.made_and_judged(scene, {"": Collapsed(2.0)})
    assert "best" not in scene.items
    make_pictures.made_and_judged(scene, {"": Collapsed(2.0)}, best=True)
    best = scene.items["best"].data
    x, said = np.array(best["x"]), np.array(best["y"])
    assert said[np.argmin(np.abs(x + 2))] == pytest.approx(1)
    assert said[np.argmin(np.abs(x - 2))] < 0.2
    assert np.all((said >= 0) & (said <= 1))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2.0, "0% of the made numbers lie in the left bump, 100% in the right one, 0% elsewhere."
         " The left bump is lost."),
        (-2.0, "The right bump is lost."),
        (0.0, "100% elsewhere. Both bumps are missed."),
    ],
)  # fmt: skip
def test_a_lost_bump_is_named(scene, number, said):
    """The one that gets almost nothing."""
    picture = make_pictures.made_and_judged(scene, {"": Collapsed(number)})
    assert said in picture.sentence


def test_nothing_is_called_lost_where_both_bumps_are_made(scene):
    """And the sentence says the judge's mean."""
    sentence = make_pictures.made_and_judged(scene, {"": Pair()}).sentence
    assert sentence.startswith("Step 40: ")
    assert "lost" not in sentence
    assert "missed" not in sentence


def test_the_map_weighs_noise_by_how_often_it_comes(scene):
    """Of standard normal noise 84% lie below 1, two thirds of what is drawn."""

    class Step(Pair):
        def made_of(self, noise):
            return np.where(np.asarray(noise) < 1, -2.0, 2.0)

    said = make_pictures.noise_to_number(scene, {"": Step()}).sentence
    assert said == "84% of the noise leads into the left bump, 16% into the right."
    said = make_pictures.noise_to_number(scene, {"": Collapsed(-2.0)}).sentence
    assert said == "100% of the noise leads into the left bump, 0% into the right."


def test_losses_are_told_beside_that_of_guessing(scene):
    """Before the first step there is nothing to tell."""
    picture = make_pictures.both_losses(scene, {"": Pair()})
    assert picture.sentence == (
        "Losses: generator 0.80, judge 0.60; a judge that only guesses has 0.69."
    )
    assert {entry["label"] for entry in scene.legend["entries"]} == {
        "generator", "judge", "ln 2",
    }  # fmt: skip
    assert "No step" in make_pictures.both_losses(scene, {"": Untrained()}).sentence


def test_shares_over_time_are_told_of_the_second_half():
    """A curve for each training."""
    scene = Scene((400, 300), 1.0)
    right = np.array([0.0, 0.0, 1.0, 0.2])
    moments = np.stack([1 - right, right], axis=1)
    picture = make_pictures.shares_over_time(scene, {"fast": moments}, every=50)
    assert picture.sentence.endswith("right bump goes: fast from 20% to 100%.")
    assert list(scene.items["right fast"].data["x"]) == [50, 100, 150, 200]


def test_shares_count_what_lies_near_a_centre():
    """Neither what lies between the bumps nor what lies beyond them counts."""
    made = np.array([-2.0, -2.1, 1.9, 0.0, 9.0])
    np.testing.assert_allclose(make.shares(made), [0.4, 0.2])
