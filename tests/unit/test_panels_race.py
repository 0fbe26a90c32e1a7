"""The race panel: knobs reach the optimizers, another start or surface begins anew."""

import numpy as np
import pytest

from lessons_lib import optimizers, panels
from lessons_lib.plots import Wire


@pytest.fixture
def panel():
    """A race of two on the ravine, 30 steps old."""
    panel = panels.race("ravine", ["SGD", "Adam"], steps=30)
    yield panel
    panel.retire()


def test_first_picture_and_sentence_are_there(panel):
    """A picture and words, without pressing anything."""
    bundle = panel._repr_mimebundle_()
    assert bundle["image/png"]
    assert "After 30 steps" in bundle["text/plain"]


def test_controls_begin_where_the_race_does(panel):
    """No jump at the first turn: the knobs show the race's own settings."""
    surface = optimizers.surfaces["ravine"]
    assert panel.controls["learning_rate"].value == surface.learning_rate
    assert panel.controls["momentum"].value == 0.9
    assert panel.controls["beta"].value == 0.99
    across, up = panel.controls["across"].value, panel.controls["up"].value
    assert surface.place(across, up) == pytest.approx(surface.start)


def test_settings_are_taken():
    """Settings given in code show in the race and in the knobs."""
    panel = panels.race("bowl", learning_rate=0.3, momentum=0.5, beta=0.8, start=(1.0, -1.0))
    assert panel.race.optimizers["SGD"].learning_rate == 0.3
    values = {name: panel.controls[name].value for name in ("momentum", "beta", "across", "up")}
    assert values == {"momentum": 0.5, "beta": 0.8, "across": 0.5, "up": -0.5}
    panel.retire()


def test_a_turned_knob_acts_from_the_next_step_on(panel):
    """The path so far stays as it was, and every optimizer has the new learning rate."""
    before = panel.race.paths.copy()
    panel.controls["learning_rate"].value = 0.001
    assert panel.step(5) == 5
    np.testing.assert_array_equal(panel.race.paths[:31], before)
    assert panel.race.optimizers["Adam"].learning_rate == 0.001
    assert np.abs(np.diff(panel.race.paths[30:], axis=0)).max() < 0.03


@pytest.mark.parametrize("name", ["learning_rate", "momentum", "beta", "across", "up"])
def test_every_slider_reaches_both_ends(panel, name):
    """At either end the race still walks, and the sentence counts the steps."""
    slider = panel.controls[name]
    along = name == "learning_rate"
    for end in (1e-4, 10.0) if along else (slider.min, slider.max):
        slider.value = float(end)
        steps = panel.race.steps
        panel.step(3)
        assert f"After {steps + 3} steps" in panel.sentence


def test_moving_the_start_begins_anew(panel):
    """All runners stand where the sliders say."""
    panel.controls["across"].value = 0.5
    assert panel.race.steps == 0
    assert panel.race.paths[0, 0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize("name", optimizers.surfaces)
def test_choosing_a_surface_moves_start_and_rate_to_its_own(panel, name):
    """A new surface begins where it is worth watching."""
    panel.controls["surface"].value = name
    surface = optimizers.surfaces[name]
    if name != "ravine":
        assert panel.race.steps == 0
    assert panel.race.surface is surface
    assert panel.controls["learning_rate"].value == pytest.approx(surface.learning_rate)
    panel.step(2)
    assert panel.race.optimizers["SGD"].learning_rate == pytest.approx(surface.learning_rate)


def test_a_start_that_is_only_rounded_otherwise_is_no_new_start(panel):
    """A browser's slider answers −0.9 with −0.9000000000000001 when it appears."""
    panel.controls["across"].value = -0.9 - 1e-15
    assert panel.race.steps == 30


def test_there_are_knobs_only_for_what_the_runners_have():
    """SGD has no momentum to turn, AdaDelta no learning rate, and neither has Adam's β₁."""
    wanted = {
        "SGD": {"learning_rate"},
        "AdaDelta": {"beta"},
        "Nesterov": {"learning_rate", "momentum"},
    }
    for name, knobs in wanted.items():
        panel = panels.race("bowl", [name])
        assert set(panel.controls) - {"speed", "timeline", "surface", "across", "up"} == knobs
        panel.controls["surface"].value = "saddle"
        assert panel.step(3) == 3
        panel.retire()


def test_restart_keeps_the_knobs(panel):
    """Back to the start with the learning rate as it was turned."""
    panel.controls["learning_rate"].value = 0.005
    panel.buttons["restart"].click()
    assert panel.race.steps == 0
    assert panel.race.optimizers["SGD"].learning_rate == 0.005


def test_the_start_is_dragged_over_the_map(panel):
    """The race begins anew where it is left, and the knobs say how far across and up that is."""
    told = {"item": "start", "kind": "curve", "index": 0, "x": 1.0, "y": -0.5, "phase": "move"}
    panel.page._hear(panel.page, {"pick": {"view": 0} | told}, [])
    assert (panel.controls["across"].value, panel.controls["up"].value) == (0.5, -0.5)
    assert panel.race.start == pytest.approx((1.0, -0.5))
    start = panel.scenes[0].items["start"].data
    assert [*start["x"], *start["y"]] == pytest.approx([1.0, -0.5])


def test_gone_back_to_a_step_the_heights_go_on_beyond(panel):
    """The whole race stays in the picture, and the sentence says where one stands in it."""
    panel.step(50)
    panel.rewind(20)
    assert "Step 20 of 80." in panel.sentence
    assert {"later", "now"} <= panel.scenes[1].items.keys()
    panel.step(1)
    assert "later" not in panel.scenes[1].items


def test_in_most_frames_only_the_runners_move(panel):
    """The map travels once; the frame around the heights only when the steps outgrow it."""
    wire, frames = Wire(), []
    wire.message(panel.scenes)
    for _ in range(30):
        panel.step(1)
        message, _ = wire.message(panel.scenes)
        on_map, over_steps = message["scenes"]
        frames.append("frame" in over_steps)
        assert "frame" not in on_map
        assert not any("data" in item for item in on_map["items"] if item["kind"] == "image")
    assert frames.count(True) <= 4
