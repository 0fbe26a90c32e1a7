"""The pictures of a race, judged by the data of their marks and by their sentences."""

from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import optimizers, plots
from lessons_lib.plots._race import RUNNER_STYLES, _ground, _thinned


def find(picture, name):
    """Return the data of the mark of that name."""
    return SimpleNamespace(**picture.scene.items[name].data)


def test_paths_are_those_of_the_race(scene):
    """The drawn line goes through every place of a short race."""
    race = optimizers.Race("Beale", ["Adam"])
    race.step(40)
    path = find(plots.race_map(scene, race), "path Adam")
    np.testing.assert_array_equal(np.column_stack([path.x, path.y]), race.paths[:, 0])


def test_heights_are_those_of_the_race(scene):
    """The drawn heights are the race's, down to the bottom of the picture."""
    race = optimizers.Race("Himmelblau", ["SGD", "Adam"])
    race.step(30)
    drawn = find(plots.race_heights(scene, race), "height Adam")
    np.testing.assert_array_equal(drawn.x, np.arange(31))
    bottom, _ = scene.frame["ylim"]
    np.testing.assert_allclose(drawn.y, np.maximum(race.heights[:, 1], bottom))


@pytest.mark.parametrize("steps", [0, 1, 499, 500, 3000])
def test_thinned_paths_keep_both_ends_and_odd_distances(steps):
    """A long path is drawn with few points, and a zigzag stays a zigzag."""
    shown = _thinned(steps)
    assert shown[0] == 0
    assert shown[-1] == steps
    assert len(shown) <= 502
    assert len(set(np.diff(shown[:-1]) % 2)) <= 1
    if steps > 500:
        assert np.diff(shown)[0] % 2 == 1


def test_the_ground_is_darker_where_it_is_higher():
    """Shades rise with the height of the surface."""
    surface = optimizers.surfaces["bowl"]
    shades = _ground(surface)
    assert shades[120, 120] == shades.min()
    assert shades[0, 0] == shades.max()


def test_another_surface_brings_its_own_map_and_minima(scene):
    """After a change of surface its ground, limits and all of its minima are shown."""
    plots.race_map(scene, optimizers.Race("bowl"))
    picture = plots.race_map(scene, optimizers.Race("Himmelblau"))
    assert len(find(picture, "goal").xy) == 4
    assert tuple(scene.frame["xlim"]) == (-5.0, 5.0)
    assert scene.frame["equal"]  # or no step would be seen to go against the slope
    grounds = [name for name, item in scene.items.items() if item.kind == "image"]
    assert grounds == [f"ground {optimizers.surfaces['Himmelblau'].formula}"]


def test_the_sentence_names_leader_stuck_and_lost(scene):
    """What `standing` says is what the sentence says."""
    race = optimizers.Race("plateau", ["SGD", "RMSprop"])
    race.step(200)
    words = plots.race_map(scene, race).sentence
    assert "RMSprop leads" in words
    assert "Stuck: SGD." in words
    race = optimizers.Race("ravine", ["SGD"], learning_rate=1.0)
    race.step(50)
    assert "all are thrown off" in plots.race_map(scene, race).sentence


def test_before_the_first_step_the_sentence_says_where_all_wait(scene):
    """The start is told in coordinates."""
    words = plots.race_map(scene, optimizers.Race("ravine", ["SGD", "Adam"])).sentence
    assert words == "SGD and Adam wait at (−1.80, 0.60)."


@pytest.mark.parametrize(
    ("surface", "rate", "words"),
    [("bowl", 0.2, "has arrived"), ("plateau", 0.01, "is stuck"), ("ravine", 0.01, "on its way")],
)
def test_a_single_runner_leads_nobody(scene, surface, rate, words):
    """Alone, the sentence says how it fares."""
    race = optimizers.Race(surface, ["SGD"], learning_rate=rate)
    race.step(60)
    sentence = plots.race_map(scene, race).sentence
    assert words in sentence
    assert "leads" not in sentence


def test_who_is_thrown_off_stays_in_sight_at_the_top(scene):
    """A height above the picture is drawn on its upper edge."""
    race = optimizers.Race("ravine", ["SGD"], learning_rate=5.0)
    race.step(5)
    here = find(plots.race_heights(scene, race), "here SGD")
    assert here.y[0] == pytest.approx(scene.frame["ylim"][1])


def test_every_runner_has_a_look_of_its_own():
    """Colour, and line style with marker, tell all runners apart."""
    assert set(RUNNER_STYLES) == set(optimizers.RUNNERS)
    assert len({color for color, _, _ in RUNNER_STYLES.values()}) == len(RUNNER_STYLES)
    assert len({marker for _, _, marker in RUNNER_STYLES.values()}) == len(RUNNER_STYLES)


@pytest.mark.parametrize(("below", "above"), [("Adam", "AdamW"), ("SGD", "momentum")])
def test_who_goes_the_same_way_is_seen_below(scene, below, above):
    """The line and the sign that come first are larger than those drawn over them."""
    race = optimizers.Race("saddle", [below, above], momentum=0.9)
    race.step(20)
    looks = {name: item.look for name, item in plots.race_map(scene, race).scene.items.items()}
    assert looks[f"path {below}"]["width"] > 1.5 * looks[f"path {above}"]["width"]
    assert looks[f"here {below}"]["size"] > 1.2 * looks[f"here {above}"]["size"]


def test_axis_of_steps_grows_in_leaps(scene):
    """So that ticks are not drawn anew in every frame."""
    race = optimizers.Race("bowl", ["SGD"])
    for steps, end in ((50, 100), (49, 100), (2, 200)):
        race.step(steps)
        plots.race_heights(scene, race)
        assert tuple(scene.frame["xlim"]) == (0, end)


def test_other_races_are_a_thin_line_of_their_lowest(scene):
    """Each is in the legend; the axis has room for it; the sentence names the lowest of all."""
    race = optimizers.Race("bowl", ["SGD", "Adam"])
    race.step(20)
    low = {"step": np.arange(151), "height": np.geomspace(1, 1e-4, 151)}
    others = [plots.OtherRun("run 1", low, 0), plots.OtherRun("small", low, 1)]
    picture = plots.race_heights(scene, race, others=others)
    np.testing.assert_allclose(find(picture, "other 0").y, low["height"])
    assert scene.frame["xlim"] == [0, 200]
    assert [entry["label"] for entry in scene.legend["entries"]] == ["run 1", "small"]
    looks = [scene.items[name].look for name in ("other 0", "other 1", "height Adam")]
    assert looks[0]["width"] < looks[2]["width"]
    assert {looks[1][key] for key in ("color", "dash")} == set(plots.run_look(1).values())
    assert picture.sentence.endswith("Lowest of all runs: run 1 and small, 0.0001 at step 150.")


def test_a_race_that_was_taken_back_has_its_way_beyond(scene):
    """Its lowest go on as a thin line, which a line at its step cuts; the best may lie there."""
    race = optimizers.Race("bowl", ["SGD", "Adam"], learning_rate=0.1)
    race.step(20)
    whole = {"step": np.arange(151), "height": np.geomspace(1, 1e-4, 151)}
    others = [plots.OtherRun("run 1", {"step": [0, 1], "height": [9.0, 2e-3]}, 0)]
    picture = plots.race_heights(scene, race, others=others, whole=whole)
    assert find(picture, "later").x.tolist() == list(range(20, 151))
    assert set(find(picture, "now").x) == {20}
    assert scene.frame["xlim"] == [0, 200]
    assert [entry["label"] for entry in scene.legend["entries"]] == ["this run", "run 1"]
    assert picture.sentence.startswith("Step 20 of 150. ")
    assert picture.sentence.endswith("Lowest of all runs: this run, 0.0001 at step 150.")


def test_the_present_race_can_be_the_lowest(scene):
    """It is called this run, and before the first step the others are named all the same."""
    race = optimizers.Race("bowl", ["SGD"], learning_rate=0.2)
    others = [plots.OtherRun("run 1", {"step": [0, 1], "height": [9.0, 2e-3]}, 0)]
    words = plots.race_heights(scene, race, others=others).sentence
    assert words == "Lowest of all runs: run 1, 0.002 at step 1."
    race.step(60)
    assert "Lowest of all runs: this run" in plots.race_heights(scene, race, others=others).sentence
