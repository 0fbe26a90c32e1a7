"""Searchers of lesson 07: what they may know, what they spend, and what a look-up answers."""

import numpy as np
import pytest

from lessons_lib.lessons.tuning import searchers

RATES, PENALTIES = np.geomspace(1e-4, 3, 16), np.geomspace(1e-6, 1, 16)
# A narrow valley along the learning rate; the penalty does not matter.
VALLEY = np.abs(np.arange(16.0) - 9.3)[:, None] + np.zeros((16, 16))
ALL = (searchers.grid, searchers.random, searchers.coarse_to_fine)


def look_up(losses=VALLEY):
    """A table with the settings of the lesson."""
    return searchers.LookUp(RATES, PENALTIES, losses)


def test_a_look_up_answers_with_its_own_models():
    """At each model's settings it gives that model's loss, between two the nearer one's."""
    losses = np.random.default_rng(0).random((16, 16))
    table = look_up(losses)
    for i, j in [(0, 0), (3, 12), (15, 15)]:
        assert table(RATES[i], PENALTIES[j]) == losses[i, j]
    nearer = RATES[3] ** 0.6 * RATES[4] ** 0.4
    assert table(nearer, PENALTIES[2]) == losses[3, 2]
    with pytest.raises(ValueError, match="a row for each learning rate"):
        searchers.LookUp(RATES, PENALTIES[:4], losses)


def test_places_and_settings_are_each_other_s_way_back():
    """From settings to places from 0 to 1, and back."""
    places = np.random.default_rng(0).random((3, 5, 2))
    table = look_up()
    np.testing.assert_allclose(table.places(table.settings(places)), places)
    np.testing.assert_allclose(table.settings(np.array([0.0, 1.0])), [1e-4, 1])


@pytest.mark.parametrize("search", ALL)
def test_every_searcher_spends_its_budget_on_the_map(search):
    """So many places, all from 0 to 1, others in each repeat, the same for the same seed."""
    tries = searchers.repeats(search, look_up(), budget=16, times=3)
    assert tries.places.shape == (3, 16, 2)
    assert np.all((tries.places >= 0) & (tries.places <= 1))
    assert not np.allclose(tries.places[0], tries.places[1])
    again = searchers.repeats(search, look_up(), budget=16, times=3)
    np.testing.assert_array_equal(tries.places, again.places)
    assert np.all(np.diff(tries.best, axis=1) <= 0)


def test_a_grid_needs_a_square_number():
    """It has as many rows as columns."""
    places = searchers.grid(look_up(), 9, np.random.default_rng(0))
    assert [len(np.unique(column)) for column in places.T] == [3, 3]
    with pytest.raises(ValueError, match="received 10"):
        searchers.grid(look_up(), 10, np.random.default_rng(0))


def test_coarse_to_fine_ends_near_its_best():
    """The second half lies in a square around the best of the first."""
    places = searchers.coarse_to_fine(look_up(), 16, np.random.default_rng(1), side=0.2)
    assert np.all(np.ptp(places[8:], axis=0) <= 0.2)
    best = places[np.argmin(look_up().at(*places[:8].T))]
    assert np.all(np.abs(places[8:] - best) <= 0.2)


def test_random_beats_the_grid_where_one_knob_matters():
    """Sixteen different learning rates find a narrow valley more often than four."""
    grid, random = (searchers.repeats(s, look_up(), times=200) for s in ALL[:2])
    assert random.best[:, -1].mean() < 0.7 * grid.best[:, -1].mean()


def test_models_opened_by_hand_stand_where_they_are_on_the_map():
    """Numbers of models become one game, in their order."""
    tries = searchers.opened(look_up(), [16 * 9 + 2, 15, 0])
    np.testing.assert_allclose(tries.places[0], [[9 / 15, 2 / 15], [0, 1], [0, 0]])
    np.testing.assert_allclose(tries.losses[0], VALLEY[[9, 0, 0], 0])
    assert searchers.opened(look_up(), []).losses.shape == (1, 0)
