"""The picture "network" in JupyterLab: units are pressed and weights dragged while it trains.

One page and one kernel serve all of these tests.
"""

import json
import re

import pytest

NAME = "network_panel.ipynb"
SAID = "[role=status]:not(.lessons-note)"  # the panel's sentence
CELL = """\
import json, keras
from lessons_lib import datasets, panels, plots

X, y = datasets.make_spirals(200, noise=0.03, seed=0)
keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((2,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(8, "tanh"),
    keras.layers.Dense(1, "sigmoid"),
])
model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
panel = panels.live(model, X, y, views=["boundary", "network", "curves"], batch_size=20)
panel
"""
AGAIN = """\
panel = panels.live(model, X, y, views=["boundary", "network", "curves"], batch_size=20)
panel
"""
# Of the units and lines of the picture, in its numbers.
PLACES = """
def places():
    items = panel.scenes[1].items
    boxes, ends = items["unit"].data["boxes"], items["edges"].data["xy"].reshape(-1, 2, 2)
    units, edges = plots.network_parts(panel.trainer.chain().kernels)
    middles = boxes.reshape(-1, 2, 2).mean(axis=2).tolist()
    lines = ends.mean(axis=1).tolist()
    return json.dumps([[*zip(units, middles)], [*zip(edges, lines)]])

print(places())
"""


@pytest.fixture(scope="module")
def lab(run_lab):
    """One notebook with a network in it."""
    with run_lab(NAME, (CELL, AGAIN)) as lab:
        yield lab


@pytest.fixture
def panel(lab, request):
    """Make the panel anew, and return its element."""
    lab.do("clear-all-cell-outputs")
    lab.do("run-cell", cell=1)
    yield lab.first_panel()
    lab.keep_picture(request.node.name)
    assert lab.red_outputs() == []
    assert lab.messages == []


@pytest.fixture
def places(lab, panel):
    """Return where units and lines are on the screen: functions of (layer, unit), and of edges."""
    units, edges = json.loads(lab.ask(PLACES))
    canvas = panel.locator(".canvas-view").nth(1)
    canvas.focus()
    middles = []
    for key in ("Home", "End"):
        canvas.press(key)
        lab.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
        )
        box = panel.locator(".canvas-ring").bounding_box()
        middles.append((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    canvas.press("Escape")
    (left, low), right = units[0][1], units[-1][1][0]
    x, y = middles[0]
    per = (middles[1][0] - x) / (right - left)  # pixels; both axes have the same scale

    def pixel(place):
        return x + per * (place[0] - left), y - per * (place[1] - low)

    def unit(layer, number):
        return pixel(next(place for part, place in units if part == [layer, number]))

    def line(*edge):
        return pixel(next(place for part, place in edges if part == [*edge]))

    return unit, line


def press(panel, name):
    """Press a button of the panel."""
    panel.locator("button", has_text=name).click()


def weight(lab, layer, source, unit):
    """Return a weight."""
    place = f"panel.trainer.chain().kernels[{layer - 1}][{source - 1}, {unit - 1}]"
    return float(lab.ask(f"print({place})"))


def test_a_click_switches_a_unit_off_while_it_trains(lab, panel, places):
    """Hovering shows it in large; off it is crossed out, and another click brings it back."""
    unit, _ = places
    press(panel, "Play")
    lab.change(panel, lambda: None)
    lab.page.mouse.move(*unit(1, 3))
    tip = panel.locator(".canvas-tip")
    tip.get_by_text("layer 1, unit 3").wait_for()
    assert tip.locator("canvas").is_visible()
    lab.keep_picture("network_hover")
    lab.page.mouse.down()
    lab.page.mouse.up()
    lab.comes_to_say("panel.trainer.lesions, panel.playing", "((1, 3),) True")
    tip.get_by_text("layer 1, unit 3: off").wait_for()
    lab.keep_picture("network_lesion")
    lab.page.mouse.down()
    lab.page.mouse.up()
    lab.comes_to_say("panel.trainer.lesions", "()")
    press(panel, "Pause")
    panel.locator(SAID).get_by_text(re.compile("16 of 16 hidden units on")).wait_for()


def test_a_weight_is_dragged_while_it_trains(lab, panel, places):
    """Upwards it grows, and the run goes on with it."""
    _, line = places
    before = weight(lab, 3, 8, 1)
    press(panel, "Play")
    lab.change(panel, lambda: None)
    x, y = line(3, 8, 1)
    lab.page.mouse.move(x, y)
    panel.locator(".canvas-tip").get_by_text("unit 8 → output: ").wait_for()
    lab.page.mouse.down()
    lab.page.mouse.move(x, y - 60, steps=6)
    lab.keep_picture("network_drag")
    lab.page.mouse.up()
    lab.comes_to_say("panel.trainer.edge[:3], panel.playing", "(3, 8, 1) True")
    press(panel, "Pause")
    lab.comes_to_say("panel.playing", "False")
    assert weight(lab, 3, 8, 1) > before + 0.3


def test_the_keyboard_switches_units_and_changes_weights(lab, panel):
    """Arrows lead from unit to unit, Page Down to the weights; what is done is spoken."""
    canvas = panel.locator(".canvas-view").nth(1)
    assert canvas.get_attribute("aria-label") == "Picture: Network"
    canvas.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "Enter"):
        canvas.press(key)
    lab.comes_to_say("panel.trainer.lesions", "((1, 1),)")
    spoken = panel.locator(".canvas-aside[aria-live]")
    spoken.filter(has_text="layer 1, unit 1: off").wait_for(state="attached")
    canvas.press("Enter")
    lab.comes_to_say("panel.trainer.lesions", "()")
    before = weight(lab, 1, 1, 1)
    for key in ("PageDown", "Home", "Enter", "ArrowUp", "Shift+ArrowUp", "Enter"):
        canvas.press(key)
    lab.comes_to_say(f"abs(panel.trainer.edge[3] - {before} - 0.6) < 0.02", "True")
    spoken.filter(has_text=re.compile("x₁ → unit 1 of layer 1")).wait_for(state="attached")


def test_a_finger_switches_units_and_drags_weights(lab, panel, places):
    """A tap on a unit, and a drag from a line that was tapped before."""
    unit, line = places
    lab.touch(unit(2, 4))
    lab.comes_to_say("panel.trainer.lesions", "((2, 4),)")
    before = weight(lab, 3, 8, 1)
    x, y = line(3, 8, 1)
    lab.touch((x, y))
    panel.locator(".canvas-tip").get_by_text("unit 8 → output: ").wait_for()
    assert weight(lab, 3, 8, 1) == before
    lab.touch((x, y), (x, y + 20), (x, y + 40))
    lab.comes_to_say("panel.trainer.edge[:3]", "(3, 8, 1)")
    lab.comes_to_say(f"panel.trainer.edge[3] < {before} - 0.3", "True")
