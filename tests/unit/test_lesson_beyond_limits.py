"""Lesson 08's limits: answers outside the data, and the league with its sealed test set."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import limits, limits_pictures

# Outside the window.


@pytest.fixture(scope="module")
def answers():
    """What all models say, with three seeds."""
    return limits.answers(seeds=3)


def test_nobody_has_measured_outside():
    """All days lie between the two temperatures; the same seed gives the same days."""
    degrees, cups = limits.summer()
    assert limits.COLDEST <= degrees.min() < degrees.max() <= limits.HOTTEST
    np.testing.assert_array_equal(cups, limits.summer()[1])


def test_inside_all_come_near_and_outside_none(answers):
    """Within the window the mean error is small, beyond it many times as large."""
    off = [np.abs(said.mean(axis=0) - limits.truth(answers.asked)) for said in
           (*answers.networks.values(), answers.forest[None])]  # fmt: skip
    for error in off:
        assert error[answers.inside].mean() < 15
        assert error[~answers.inside].mean() > 3 * error[answers.inside].mean()


def test_each_goes_on_in_its_own_way(answers):
    """Far to the right the forest is constant, ReLU straight, and tanh flattens."""
    right = answers.asked > 36
    assert np.ptp(answers.forest[right]) == 0
    relu, tanh = (answers.networks[name][:, right].mean(axis=0) for name in ("relu", "tanh"))
    slopes = np.diff(tanh)
    assert relu[-1] > tanh[-1] + 50
    assert slopes[-1] < 0.7 * slopes[0]


@pytest.mark.parametrize("activation", limits.ACTIVATIONS)
def test_no_alarm_inside_and_one_far_outside(answers, activation):
    """By its making the limit is the largest spread inside; at 44 degrees they are beyond it."""
    spread, limit = answers.spread(activation), answers.limit(activation)
    assert np.all(spread[answers.inside] <= limit)
    assert spread[-1] > 3 * limit


@pytest.mark.parametrize("activation", limits.ACTIVATIONS)
def test_the_query_stands_at_what_the_networks_say(scene, answers, activation):
    """And the sentence tells what all three say there."""
    settings = {"query": 20.0, "activation": activation}
    picture = limits_pictures.answers_outside(scene, answers, **settings)
    here = picture.scene.items["here"].data
    said = np.interp(20, answers.asked, answers.networks[activation].mean(axis=0))
    assert (here["x"][0], here["y"][0]) == (20, pytest.approx(said))
    assert f"the truth is {limits.truth(20):.0f}" in picture.sentence


def test_the_alarm_is_told(scene, answers):
    """Inside there is none, at the far end there is one."""
    for query, words in ((18.0, "no alarm"), (limits.TO, "an alarm"), (limits.FROM, "°C")):
        picture = limits_pictures.disagreement(scene, answers, query=query, activation="tanh")
        assert words in picture.sentence


def test_an_unknown_activation_is_told(scene, answers):
    """With those that there are."""
    with pytest.raises(ValueError, match=r'"tanh", "relu"; received .sigmoid.'):
        limits_pictures.disagreement(scene, answers, query=20, activation="sigmoid")


# The league.


@pytest.fixture(scope="module")
def league():
    """The league on the wine that is at hand."""
    return limits.League()


def test_every_wine_is_judged_once_and_none_of_the_test_set(league):
    """Four fifths of the different wines, each by every player."""
    counts = {len(squared) for squared in league.squared.values()}
    assert counts == {1359 - league.n_test}
    assert league.n_test == 272
    assert all(np.isfinite(squared).all() for squared in league.squared.values())


def test_who_knows_nothing_is_last(league):
    """All others are better than always the mean, by far more than chance."""
    for name in league.names:
        if name != "always the mean":
            lead, error = league.lead(name, "always the mean")
            assert lead > 5 * error > 0


def test_a_lead_is_the_difference_of_the_losses(league):
    """And its standard error is smaller than those of the two losses together."""
    lead, error = league.lead("random forest", "linear model")
    (forest, _), (linear, linear_error) = map(league.loss, ("random forest", "linear model"))
    assert lead == pytest.approx(linear - forest)
    assert error < linear_error


def test_the_test_set_is_opened_once(league):
    """The same player gets the same answer again, another one none."""
    first = repr(league.open("linear model"))
    assert "Mean squared error" in first
    assert repr(league.open("linear model")) == first
    other = repr(league.open("random forest"))
    assert "nothing a second time" in other
    assert "squared error" not in other
    assert repr(league.open("linear model")) == first


@pytest.mark.parametrize("name", ["forest", None, 3])
def test_a_name_that_does_not_play_opens_nothing(league, name):
    """One sentence says who plays and what was received."""
    with pytest.raises(ValueError, match=r"random forest.*received"):
        league.open(name)


def test_the_table_has_the_lowest_on_top(scene, league):
    """Dots at the losses, in their order, each with its bar."""
    items = limits_pictures.league_table(scene, league).scene.items
    losses = items["losses"].data["x"]
    assert np.all(np.diff(losses) <= 0)
    assert losses[-1] == league.loss(league.best)[0]
    assert len(items["errors"].data["counts"]) == len(league.names)
