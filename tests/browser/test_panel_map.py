"""The map panel in JupyterLab: a learner chooses, zooms and comes back, while all train.

One page and one kernel serve all of these tests.
"""

import re

import pytest

NAME = "map_panel.ipynb"
SAID = "[role=status]:not(.lessons-note)"  # the panel's sentence
CELL = """\
import keras, numpy as np
from lessons_lib import datasets, live, panels

X, y = datasets.make_circles(60, noise=0.1, seed=0)
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.1), loss="mse")
population = live.Population(
    model, X, 2 * y - 1, validation_data=(X[:30], 2 * y[:30] - 1), batch_size=10,
    learning_rate=np.geomspace(1e-3, 30, 12), l2=np.geomspace(1e-5, 1, 6),
)
population.step(40)
moment = population.snapshot()
panel = panels.map(population)
panel
"""
AGAIN = """\
population.restore(moment)
panel = panels.map(population)
panel
"""


@pytest.fixture(scope="module")
def lab(run_lab):
    """One notebook with a map in it."""
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


def pixels(panel):
    """Return a function from row and column to the middle of that pixel of the map."""
    view = panel.locator(".canvas-view").first
    view.focus()
    for key in ("ArrowRight", "Home", *["ArrowDown"] * 6):
        view.press(key)
    panel.page.wait_for_function("document.querySelector('.canvas-ring')")
    panel.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    box = panel.locator(".canvas-ring").bounding_box()
    view.press("Escape")
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return lambda row, column: (
        middle[0] + column * box["width"],
        middle[1] - row * box["height"],
    )


def said(panel):
    """Return the panel's sentence."""
    return panel.locator(SAID).inner_text()


def press(panel, name):
    """Press a button of the panel."""
    panel.locator("button", has_text=name).click()


def test_a_click_shows_the_model_of_a_pixel(lab, panel):
    """The sentence names its settings, and the frame goes there; a tip has told them before."""
    x, y = pixels(panel)(2, 3)
    lab.page.mouse.move(x, y)
    tip = panel.locator(".canvas-tip")
    tip.get_by_text("learning rate: 0.0166").wait_for()
    assert re.search(r"l2: 0.001\nvalidation loss ≈ \d", tip.inner_text())
    lab.page.mouse.click(x, y)
    lab.comes_to_say("panel.chosen, panel.opened", "20 [20]")
    panel.get_by_text("In the frame: learning rate 0.0166 and l2 0.001.").wait_for()


def test_the_keyboard_does_all_that_the_mouse_does(lab, panel):
    """Arrow keys and Enter choose, Shift spans; what is there is spoken."""
    view = panel.locator(".canvas-view").first
    assert view.get_attribute("aria-label") == "Picture: Validation loss"
    pixels(panel)
    view.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowUp"):
        view.press(key)
    spoken = panel.locator(".canvas-aside[aria-live]")
    told = re.compile(r"learning rate: [\d.]+, l2: ")
    spoken.filter(has_text=told).wait_for(state="attached")
    view.press("Enter")
    lab.comes_to_say("len(panel.opened)", "1")
    chosen = lab.ask("print(*panel._views.layout.place(panel.chosen)[:2])")
    row, column = map(int, chosen.split())
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp", "Enter"):
        view.press(key)
    lab.comes_to_say("panel._views.box", str((row, row + 1, column, column + 2)))


def test_a_rectangle_is_dragged_zoomed_into_and_left(lab, panel):
    """As many models again train as far as those before, and the whole map comes back."""
    at = pixels(panel)
    lab.page.mouse.move(*at(1, 2))
    lab.page.mouse.down()
    lab.page.mouse.move(*at(3, 5), steps=5)
    assert panel.locator(".canvas-span").count() == 1
    lab.page.mouse.up()
    lab.comes_to_say("panel._views.box", "(1, 3, 2, 5)")
    press(panel, "Zoom in")
    lab.comes_to_say("panel.playing, population.updates", "False 40")
    low, high = map(float, lab.ask("print(*population.grid['learning_rate'][[0, -1]])").split())
    assert 0.0040 < low < 0.0042
    assert 0.17 < high < 0.18
    panel.get_by_text(re.compile("Zoomed: learning rate 0.00")).wait_for()
    press(panel, "Whole map")
    lab.comes_to_say("len(set(population.settings.l2)), population.grid['l2'][-1]", "6 1.0")
    assert lab.ask("print(population.updates)") == "40"


def test_all_train_before_the_eyes(lab, panel):
    """The colours of the map change while it plays, and a pixel can be chosen meanwhile."""
    at = pixels(panel)
    press(panel, "Play")
    lab.change(panel, lambda: None)
    lab.page.mouse.click(*at(4, 6))
    panel.get_by_text("In the frame: learning rate 0.277 and l2 0.1.").wait_for()
    press(panel, "Pause")
    lab.comes_to_say("panel.playing", "False")
    assert int(lab.ask("print(population.updates)")) > 40


def test_the_code_of_the_model_is_shown(lab, panel):
    """With the names of the notebook."""
    press(panel, "Show the code")
    code = panel.locator(".lessons-code pre")
    code.get_by_text(re.compile("population.X, population.y")).wait_for()
