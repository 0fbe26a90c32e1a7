"""Surfaces against finite differences, and the race of optimizers on them."""

import re

import numpy as np
import pytest

from lessons_lib import optimizers

every_surface = pytest.mark.parametrize("name", optimizers.surfaces)


def points_on(surface, count=40):
    """Return random places on the map of a surface, shape (count, 2)."""
    low, high = zip(surface.xlim, surface.ylim, strict=True)
    return np.random.default_rng(0).uniform(low, high, (count, 2))


@every_surface
def test_gradient_equals_finite_differences(name):
    """Two-sided differences agree everywhere on the map, in both directions."""
    surface = optimizers.surfaces[name]
    points, h = points_on(surface), 1e-5
    for axis in (0, 1):
        nudge = h * np.eye(2)[axis]
        measured = (surface.value(points + nudge) - surface.value(points - nudge)) / (2 * h)
        np.testing.assert_allclose(
            surface.gradient(points)[:, axis], measured, rtol=1e-6, atol=1e-6
        )


@every_surface
def test_minima_are_flat_and_lowest(name):
    """At each minimum the gradient is 0, and nowhere on the map is it lower."""
    surface = optimizers.surfaces[name]
    np.testing.assert_allclose(surface.gradient(surface.minima), 0, atol=1e-9)
    np.testing.assert_allclose(surface.value(surface.minima), surface.lowest, atol=1e-12)
    assert surface.value(points_on(surface, 5000)).min() > surface.lowest


@every_surface
def test_start_lies_on_the_map_and_above_the_minimum(name):
    """The suggested start is inside the limits, and not already at the goal."""
    surface = optimizers.surfaces[name]
    assert surface.xlim[0] < surface.start[0] < surface.xlim[1]
    assert surface.ylim[0] < surface.start[1] < surface.ylim[1]
    assert surface.value(surface.start) > surface.lowest


@every_surface
def test_plain_descent_at_the_suggested_rate_stays_on_the_map_and_goes_down(name):
    """SGD from the suggested start ends lower and is not thrown off."""
    race = optimizers.Race(name, runners=["SGD"])
    race.step(300)
    assert race.standing().lost == []
    assert race.heights[-1, 0] < race.heights[0, 0]


def test_place_maps_minus_one_to_one_onto_the_map():
    """Relative places: corners and middle."""
    surface = optimizers.surfaces["Rosenbrock"]
    assert surface.place(-1, -1) == (-2.0, -1.0)
    assert surface.place(1, 1) == (2.0, 3.0)
    assert surface.place(0, 0) == (0.0, 1.0)
    assert surface.parts(2.0, 1.0) == (1, 0)


@pytest.mark.parametrize("name", optimizers.RUNNERS)
def test_a_runner_walks_as_the_optimizer_does_alone(name):
    """A race changes nothing: the path is that of the optimizer with a parameter of its own."""
    race = optimizers.Race("Beale", runners=[name], learning_rate=0.003, momentum=0.8, beta=0.9)
    race.step(50)
    alone = type(race.optimizers[name])(learning_rate=race.optimizers[name].learning_rate)
    for option, value in vars(race.optimizers[name]).items():
        if not option.startswith("_") and option != "iterations":
            setattr(alone, option, value)
    w = np.array(race.start)
    for _ in range(50):
        alone.update([w], [race.surface.gradient(w)])
    np.testing.assert_allclose(race.paths[-1, 0], w, rtol=1e-6)


def test_turning_takes_effect_from_the_next_step_on():
    """The path so far stays; a learning rate of 0 stops plain descent where it is."""
    race = optimizers.Race("bowl", runners=["SGD"])
    race.step(5)
    before = race.paths.copy()
    race.turn("learning_rate", 0.0)
    race.step(5)
    np.testing.assert_array_equal(race.paths[:6], before)
    np.testing.assert_array_equal(race.paths[6:], np.repeat(before[-1:], 5, axis=0))


def test_momentum_and_beta_reach_those_who_have_them():
    """β₁ and β₂ of Adam are turned with the momentum and the averages of the others."""
    race = optimizers.Race(learning_rate=0.5, momentum=0.0, beta=0.5)
    race.turn("momentum", 0.7)
    runners = race.optimizers
    assert [runners[n].momentum for n in ("momentum", "Nesterov")] == [0.7, 0.7]
    assert [runners[n].beta_1 for n in ("Adam", "AdamW")] == [0.7, 0.7]
    assert [runners[n].beta_2 for n in ("Adam", "AdamW")] == [0.5, 0.5]
    assert [runners[n].rho for n in ("RMSprop", "AdaDelta")] == [0.5, 0.5]
    assert runners["SGD"].momentum == 0.0
    assert runners["RMSprop"].momentum == 0.0
    assert runners["AdaDelta"].learning_rate == 1.0
    assert runners["AdaGrad"].learning_rate == 0.5


def test_who_is_thrown_off_is_lost_and_stays_where_it_was():
    """Too long a step on the ravine: places remain finite, and the race goes on."""
    race = optimizers.Race("ravine", runners=["SGD", "Adam"], learning_rate=0.2)
    race.step(400)
    assert race.standing().lost == ["SGD"]
    assert np.isfinite(race.paths).all()
    assert race.standing().leader == "Adam"


def test_stuck_on_the_plateau():
    """Where the ground is flat, plain descent stands still while RMSprop arrives."""
    race = optimizers.Race("plateau", runners=["SGD", "RMSprop"])
    race.step(200)
    standing = race.standing()
    assert standing.stuck == ["SGD"]
    assert standing.arrived == ["RMSprop"]
    assert standing.leader == "RMSprop"


def test_circling_round_the_goal():
    """RMSprop with long steps of equal length hops about without coming lower."""
    race = optimizers.Race("bowl", runners=["RMSprop"], learning_rate=1.0, beta=0.0)
    race.step(100)
    assert race.standing().circling == ["RMSprop"]


def test_exactly_on_the_ridge_of_the_saddle_nobody_leaves():
    """There the gradient has no component that leads down, whatever the rule."""
    race = optimizers.Race("saddle", start=(-1.6, 0.0))
    race.step(500)
    assert np.abs(race.paths[:, :, 1]).max() < 1e-9


def test_who_arrives_first_leads():
    """The order of arrival counts, not who is lowest in the end."""
    race = optimizers.Race("ravine", runners=["SGD", "momentum"])
    race.step(400)
    assert race.standing().arrived == ["momentum", "SGD"] == list(race.arrivals)
    relative = race.heights[:, 1] / race.heights[0, 1]
    assert relative[race.arrivals["momentum"]] <= 1e-3 < relative[race.arrivals["momentum"] - 1]


def test_who_swings_through_the_lowest_place_has_not_arrived():
    """Nesterov on the ravine is low for a moment at step 13, and arrives for good much later."""
    race = optimizers.Race("ravine", runners=["Nesterov"])
    race.step(13)
    assert list(race.arrivals) == ["Nesterov"]
    race.step(7)
    assert race.arrivals == {}
    race.step(100)
    step = race.arrivals["Nesterov"]
    assert step > 20
    assert (race.heights[step:, 0] <= 3e-3 * race.heights[0, 0]).all()


def test_reset_forgets_paths_and_memory():
    """The second run from the same start is the first one."""
    race = optimizers.Race("Himmelblau")
    race.step(300)
    first = race.paths.copy()
    race.reset()
    assert race.steps == 0
    race.step(300)
    np.testing.assert_array_equal(race.paths, first)


@every_surface
def test_another_surface_begins_anew_with_its_own_start_and_rate(name):
    """The race is then that of who asked for this surface at once."""
    race, expected = optimizers.Race("bowl"), optimizers.Race(name)
    race.step(20)
    race.turn("surface", name)
    race.step(20)
    expected.step(20)
    np.testing.assert_array_equal(race.paths, expected.paths)


def test_another_start_begins_anew():
    """From where it was turned to, across and up."""
    race = optimizers.Race("bowl", start=(1.0, -1.0))
    race.step(20)
    race.turn("across", -0.25)
    race.turn("up", 1.0)
    assert race.steps == 0
    assert race.start == (-0.5, 2.0)
    np.testing.assert_array_equal(race.paths[0], [race.start] * 8)


def test_every_knob_reads_what_it_was_turned_to():
    """From end to end of what a control offers."""
    race = optimizers.Race()
    for name, knob in race.knobs.items():
        for value in (knob.offers(race)[0], knob.offers(race)[-1]):
            race.turn(name, value)
            assert knob.read(race) == value


def test_a_knob_that_the_race_lacks_is_named():
    """SGD has no momentum; the message says what can be turned."""
    with pytest.raises(ValueError, match=r"no knob 'momentum'; it has surface, learning_rate"):
        optimizers.Race(runners=["SGD"]).turn("momentum", 0.5)


def test_restore_brings_a_moment_back():
    """Places, memories, knobs and paths: what comes next is what came next before."""
    race = optimizers.Race("ravine")
    race.step(20)
    moment = race.snapshot()
    race.step(20)
    first = race.paths.copy()
    race.turn("surface", "bowl")
    race.turn("momentum", 0.1)
    race.step(5)
    race.restore(moment)
    assert race.steps == 20
    race.step(20)
    np.testing.assert_array_equal(race.paths, first)


def test_a_race_ends_at_the_most_steps_it_keeps(monkeypatch):
    """Memory stays bounded however long a race is left running."""
    monkeypatch.setattr("lessons_lib.optimizers._race.MOST_STEPS", 300)
    race = optimizers.Race("bowl", runners=["SGD"])
    assert race.ended is None
    assert race.step(1000) == 300
    assert race.step(1) == 0
    assert "reached its end" in race.ended
    assert race.paths.shape == (301, 1, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"surface": "hill"}, "Known surfaces are bowl"),
        ({"runners": ["Adam", "Eve"]}, "runners from SGD"),
        ({"runners": []}, "runners from SGD"),
        ({"start": (0.0, np.nan)}, "finite numbers"),
        ({"start": 5}, "finite numbers; received 5"),
        ({"start": (0.0, "a")}, "finite numbers"),
        ({"start": (0.0, 1.0, 2.0)}, "finite numbers"),
    ],
)
def test_what_cannot_be_raced_is_explained(arguments, words):
    """An error says what was expected."""
    with pytest.raises(ValueError, match=words):
        optimizers.Race(**arguments)


@every_surface
def test_whoever_is_thrown_off_is_told_what_keeps_it_on_the_map(name):
    """A learning rate that works from the start, or that nobody is lost; when all are, it ends."""
    race = optimizers.Race(name, learning_rate=10.0)
    assert (race.advice, race.ended) == ("", None)
    race.step(200)
    lost = race.standing().lost
    if not lost:
        assert race.advice == ""
        return
    assert race.ended == (race.advice if len(lost) == len(race.runners) else None)
    told = re.search(r"^With learning rate 10 the steps of .* are too long: try (\S+), then press "
                     r"Restart\.$", race.advice)  # fmt: skip
    assert told, race.advice
    again = optimizers.Race(name, lost, learning_rate=float(told[1]))
    again.step(300)
    assert again.standing().lost == []


def test_who_is_lost_and_turns_the_rate_down_is_sent_to_the_start():
    """A turn alone brings nobody back."""
    race = optimizers.Race("ravine", ("SGD",), learning_rate=10.0)
    race.step(100)
    assert race.ended.startswith("With learning rate 10 the steps of SGD")
    race.turn("learning_rate", 0.01)
    assert race.ended == "With learning rate 0.01 all stay on the map: press Restart."
    race.reset()
    assert race.ended is None
    assert race.advice == ""
