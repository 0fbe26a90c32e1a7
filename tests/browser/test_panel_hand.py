"""Painting on the map in JupyterLab, by mouse, finger and keyboard, while the network trains.

One page and one kernel serve all of these tests.
"""

import pytest

CELL = """\
import keras
from lessons_lib import datasets, panels

keras.utils.set_random_seed(0)
hidden = keras.layers.Dense(6, activation="tanh")
model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.SGD(0.3), loss="binary_crossentropy")
X, y = datasets.make_circles(80, seed=1)
panel = panels.live(model, X, y, views=["boundary", "curves"])
panel
"""
PAINTED = "[number for number, *point in panel.trainer.painted]"


@pytest.fixture(scope="module")
def lab(run_lab):
    """One notebook with a panel in it."""
    with run_lab("hand.ipynb", (CELL,)) as lab:
        yield lab


@pytest.fixture
def panel(lab, request):
    """Make the panel anew, let it play, and return its element."""
    lab.do("run-cell", cell=0)
    lab.wait_until_idle()
    panel = lab.first_panel()
    panel.get_by_role("button", name="Play").click()
    lab.comes_to_say("panel.trainer.updates > 50", "True")
    yield panel
    lab.keep_picture(request.node.name)
    assert lab.ask("print(panel.playing)") == "True"  # it has trained on
    assert lab.ask("print(panel.trainer.trace_count)") == "1"
    assert lab.red_outputs() == []
    assert lab.messages == []


def take(panel, words):
    """Choose what a press does."""
    panel.get_by_label("points", exact=True).select_option(words)
    panel.page.wait_for_timeout(500)  # the picture is told


def place(panel, right, up):
    """Return the pixel of the page at fractions of the map."""
    box = panel.locator(".canvas-view").first.bounding_box()
    return box["x"] + (0.35 + 0.5 * right) * box["width"], box["y"] + (0.8 - 0.6 * up) * box[
        "height"
    ]


def drag(lab, by, *places):
    """Drag the mouse, or a finger, from place to place."""
    if by == "finger":
        lab.touch(*places)
        return
    mouse = lab.page.mouse
    mouse.move(*places[0])
    mouse.down()
    for one in places[1:]:
        mouse.move(*one, steps=8)
    mouse.up()


def grabbed(panel):
    """Return the pixel of the page of a point that the keyboard has come to."""
    view = panel.locator(".canvas-view").first
    view.focus()
    view.press("ArrowRight")
    panel.page.wait_for_timeout(300)
    ring = panel.page.locator(".canvas-ring").first.bounding_box()
    view.press("Escape")
    return ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_points_are_sprayed_while_it_trains(lab, panel, by):
    """A drag over the map adds some, of the class that was chosen."""
    take(panel, "add class 1")
    drag(lab, by, *(place(panel, 0.2 + 0.05 * k, 0.4) for k in range(8)))
    lab.comes_to_say("len(panel.trainer.painted) >= 3", "True")
    assert lab.ask("print({entry[3] for entry in panel.trainer.painted})") == "{1}"
    assert lab.ask("print(len(panel.data[0]) - 80 == len(panel.trainer.painted))") == "True"


def test_points_are_added_by_key(lab, panel):
    """Arrow keys lead over the map, Enter adds."""
    take(panel, "add class 0")
    view = panel.locator(".canvas-view").first
    view.focus()
    for key in ("ArrowRight", "ArrowUp", "Enter", *["ArrowRight"] * 5, "Enter"):
        view.press(key)
    lab.comes_to_say(PAINTED, "[-2, -1]")


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_a_point_is_moved(lab, panel, by):
    """It is where it was dragged to, and counts there."""
    take(panel, "move")
    start = grabbed(panel)
    drag(lab, by, start, (start[0] + 15, start[1] - 10), (start[0] + 40, start[1] - 30))
    lab.comes_to_say("[len(entry) for entry in panel.trainer.painted]", "[4]")


def test_a_point_is_moved_by_key(lab, panel):
    """Enter takes it, arrow keys move it, and Enter lets it go."""
    take(panel, "move")
    view = panel.locator(".canvas-view").first
    view.focus()
    for key in ("ArrowRight", "Enter", "ArrowUp", "ArrowUp", "Enter"):
        view.press(key)
        panel.page.wait_for_timeout(150)
    lab.comes_to_say("[len(entry) for entry in panel.trainer.painted]", "[4]")


@pytest.mark.parametrize("by", ["mouse", "finger", "key"])
def test_a_point_is_wiped_out(lab, panel, by):
    """A press on it is enough."""
    take(panel, "wipe out")
    if by == "key":
        view = panel.locator(".canvas-view").first
        view.focus()
        for key in ("ArrowRight", "Enter"):
            view.press(key)
    else:
        drag(lab, by, grabbed(panel))
    lab.comes_to_say("len(panel.data[0])", "79")
