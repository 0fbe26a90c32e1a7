"""Pictures of the search in lesson 07: dots on two rulers, and searchers on a map."""

import numpy as np
import pytest

from lessons_lib.lessons.tuning import search_pictures, searchers

RATES, PENALTIES = np.geomspace(1e-4, 1, 5), np.geomspace(1e-6, 1, 4)
LOSSES = 0.3 + np.add.outer((np.arange(5) - 2.0) ** 2, np.arange(4) / 10)
LOSSES[-1] = np.inf
LOOK_UP = searchers.LookUp(RATES, PENALTIES, LOSSES)
RANDOM = searchers.repeats(searchers.random, LOOK_UP, times=7)


def words_of(picture, start):
    """Return what is written in the texts whose names begin so."""
    items = picture.scene.items.items()
    return [item.data["words"] for name, item in items if name.startswith(start)]


@pytest.mark.parametrize("points", [0, 1, 200])
def test_every_dot_is_counted_on_both_rulers(scene, points):
    """The four decades hold all dots, and each ruler has as many."""
    picture = search_pictures.dropped_points(scene, points=points)
    for ruler in ("linear", "log"):
        dots = picture.scene.items[ruler].data["xy"]
        assert len(dots) == points
        assert sum(map(int, words_of(picture, f"{ruler} "))) == points
        assert np.all((dots[:, 0] >= 1e-4) & (dots[:, 0] <= 1))


def test_the_linear_ruler_forgets_small_rates(scene):
    """Nine of ten dots are in the uppermost decade of the linear ruler, a quarter of the log."""
    picture = search_pictures.dropped_points(scene, points=400)
    linear, log = (picture.scene.items[ruler].data["xy"][:, 0] for ruler in ("linear", "log"))
    assert np.mean(linear > 0.1) > 0.8
    assert 0.15 < np.mean(log > 0.1) < 0.35
    assert f"{np.sum(linear > 0.1)} on the linear ruler" in picture.sentence


def test_dots_of_beta_stand_at_their_memory(scene):
    """On the log ruler of 1 − β half of the memories are above 100."""
    picture = search_pictures.dropped_betas(scene, points=400)
    memories = picture.scene.items["log"].data["xy"][:, 0]
    assert np.all((memories >= 10 - 1e-9) & (memories <= 1000 + 1e-6))
    assert 0.4 < np.mean(memories > 100) < 0.6


@pytest.mark.parametrize(
    ("place", "linear", "log"), [(0, 10, 10), (0.5, 19.8, 100), (1, 1000, 1000)]
)
def test_both_rulers_begin_and_end_together(scene, place, linear, log):
    """The two dots stand at the memories of the two β, and can be dragged along."""
    picture = search_pictures.beta_rulers(scene, place=place)
    here = picture.scene.items["here"]
    np.testing.assert_allclose(here.data["y"], [linear, log], rtol=0.01)
    assert here.look["sets"] == ("place", "")


def test_the_winner_is_the_best_of_the_tried(scene):
    """The large dot stands at the lowest loss among so many models, at its place on the map."""
    picture = search_pictures.searched_map(scene, LOOK_UP, RANDOM, repeat=3, models=5)
    tried, winner = (picture.scene.items[name].data for name in ("tried", "winner"))
    assert len(tried["x"]) == 5
    best = np.argmin(RANDOM.losses[2, :5])
    np.testing.assert_allclose(
        (winner["x"], winner["y"]), RANDOM.places[2, best][:, None] * [[4], [3]]
    )
    assert f"{RANDOM.losses[2, best]:.3f}" in picture.sentence


def test_a_map_on_which_nothing_is_tried_says_so(scene):
    """Before the first click the map has no dots; where all have diverged there is no best."""
    nobody = searchers.opened(LOOK_UP, [])
    for draw in (search_pictures.searched_map, search_pictures.knob_shadow):
        assert "not opened" in draw(scene, LOOK_UP, nobody).sentence
    unlucky = searchers.opened(LOOK_UP, [19, 18])
    assert "all have diverged" in search_pictures.searched_map(scene, LOOK_UP, unlucky).sentence


def test_a_grid_casts_its_shadow_on_few_learning_rates(scene):
    """Sixteen models of the grid show 4 learning rates, of random search 16."""
    found = searchers.repeats(searchers.grid, LOOK_UP, times=2)
    assert "4 different" in search_pictures.knob_shadow(scene, LOOK_UP, found).sentence
    assert "16 different" in search_pictures.knob_shadow(scene, LOOK_UP, RANDOM).sentence


def test_medians_are_told_in_order(scene):
    """The sentence begins with the best; a short game is told with its length."""
    tries = {"random": RANDOM, "you": searchers.opened(LOOK_UP, [4])}
    picture = search_pictures.best_so_far(scene, tries, models=16, lowest=0.3)
    assert picture.sentence.endswith("you 1.300 (after 1).")
    curve = picture.scene.items["random"].data
    np.testing.assert_allclose(curve["y"][-1], np.median(RANDOM.best[:, -1]))


def test_every_repeat_is_a_dot(scene):
    """Whoever has not tried anything is left out."""
    tries = {"random": RANDOM, "you": searchers.opened(LOOK_UP, [])}
    picture = search_pictures.spread_of_best(scene, tries, models=16)
    assert len(picture.scene.items["random"].data["xy"]) == 7
    assert "you" not in picture.scene.items
    with pytest.raises(ValueError, match="Nobody has tried"):
        search_pictures.best_so_far(scene, {"you": tries["you"]}, models=3)


@pytest.mark.parametrize("models", [1, 2, 16])
def test_games_among_diverged_models_are_drawn(scene, models):
    """Where a searcher has only diverged ones the pictures say so and draw no infinite number."""
    doomed = searchers.LookUp(RATES, PENALTIES, np.where(LOSSES < 1, LOSSES, np.inf))
    tries = {
        "grid": searchers.repeats(searchers.grid, doomed, times=5),
        "you": searchers.opened(doomed, [19, 18]),
    }
    for draw in (search_pictures.best_so_far, search_pictures.spread_of_best):
        picture = draw(scene, tries, models=models)
        assert "iverged" in picture.sentence
        assert "inf" not in picture.sentence
        assert "nan" not in picture.sentence
        for item in picture.scene.items.values():
            assert np.all(np.isfinite(item.data.get("xy", 0)))
            assert np.all(np.isfinite(item.data.get("y", 0)))
