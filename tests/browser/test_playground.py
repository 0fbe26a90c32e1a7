"""Lesson 00 by hand, in its own panels, while they train: a run taken back, the spiral three ways.

One page and one kernel serve all of these tests.
"""

import json
from pathlib import Path

import nbformat
import pytest

LESSON = Path(__file__).parents[2] / "notebooks" / "00_playground.ipynb"
RIGHT = "panel.trainer.history['val_accuracy'][-1]"
# Where a learner sees validation points on the wrong side.
HURTS = """
import json
wrong = ~is_right(panel, *unseen) & (unseen[1] == 1)
print(json.dumps(unseen[0][wrong][::4].tolist()))
"""
PAINTED = "print(json.dumps([entry[1:3] for entry in panel.trainer.painted]))"
TRIES = 240  # of half a second: a busy machine may need a minute for what is there in seconds


def code_cells():
    """Return the code of the lesson's cells."""
    cells = nbformat.read(LESSON, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def without_steps(code):
    """Return the code that makes a panel, without what the cell then does by itself."""
    return code.split(".step(")[0].rpartition("\n")[0]


@pytest.fixture(scope="module")
def lab(run_lab):
    """A notebook with what the lesson's panels are made of."""
    makers = [code for code in code_cells() if code.startswith(("from ", "def ", "PUZZLES"))]
    lines = [line for code in code_cells() for line in code.splitlines()]
    makers += [line for line in lines if line.startswith("as_in_5 = ")]
    with run_lab("playground.ipynb", makers) as lab:
        yield lab


@pytest.fixture
def panel_of(lab, request):
    """Return what shows the lesson's panel of a name, untrained, and lets it play."""

    def show(name):
        (code,) = [cell for cell in code_cells() if f"\n{name} = " in f"\n{cell}"]
        lab.do("clear-all-cell-outputs")
        lab.run_code(f"{without_steps(code)}\npanel = {name}\npanel")
        panel = lab.page.locator(".lessons-panel").last
        lab.wait_until_drawn(panel)
        panel.get_by_role("button", name="Play").click()
        return panel

    yield show
    lab.keep_picture(request.node.name)
    assert lab.ask("print(panel.playing)") == "True"  # it has trained on
    assert lab.red_outputs() == []
    assert lab.messages == []


def comes(lab, expression):
    """Wait until an expression is true in the kernel."""
    for _ in range(TRIES):
        if lab.ask(f"print(bool({expression}))") == "True":
            return
        lab.page.wait_for_timeout(500)
    pytest.fail(f"{expression} did not come: {lab.ask(f'print({RIGHT}, panel.trainer.updates)')}")


def pixels_of(lab, panel):
    """Return what gives the pixel of a place in the map, after two points painted to find out."""
    box = panel.locator(".canvas-view").first.bounding_box()
    clicked = [
        (box["x"] + part * box["width"], box["y"] + part * box["height"]) for part in (0.4, 0.6)
    ]
    for number, one in enumerate(clicked, 1):
        lab.page.mouse.click(*one)
        comes(lab, f"len(panel.trainer.painted) == {number}")
    places = json.loads(lab.ask(f"import json\n{PAINTED}"))[::-1]  # -1 is the first
    lab.ask("panel.trainer.painted = ()")
    (left, top), (right, bottom) = clicked
    (low, high), (far, deep) = places

    def pixel(x, y):
        return (
            left + (right - left) * (x - low) / (far - low),
            top + (bottom - top) * (y - high) / (deep - high),
        )

    return pixel


def test_by_more_units(lab, panel_of):
    """Four units stay stuck; dragged to 32 they get it."""
    panel = panel_of("more")
    comes(lab, "panel.trainer.updates > 800")
    comes(lab, f"{RIGHT} < 0.9")
    handle = panel.locator(".widget-hslider", has_text="width").locator(".noUi-handle")
    start, mouse = handle.bounding_box(), lab.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(start["x"] + 600, start["y"] + start["height"] / 2, steps=8)
    mouse.up()
    comes(lab, "panel.trainer.width == 32")
    comes(lab, f"{RIGHT} > 0.95")


def test_by_sines(lab, panel_of):
    """Two inputs leave four units stuck; with two sines they get it."""
    panel = panel_of("eyes")
    comes(lab, "panel.trainer.updates > 500")
    comes(lab, f"{RIGHT} < 0.8")
    drawing = panel.locator(".canvas-view").nth(1)
    drawing.focus()
    for key in ("Home", *["ArrowRight"] * 5):
        drawing.press(key)
    box = panel.locator(".canvas-ring").bounding_box()
    lab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    comes(lab, "panel.trainer.sin_x1")
    drawing.press("ArrowRight")
    drawing.press("Enter")
    comes(lab, "panel.trainer.sin_x1 and panel.trainer.sin_x2")
    comes(lab, f"{RIGHT} > 0.9")


def test_by_points_where_it_hurts(lab, panel_of):
    """A stretch of an arm is missing; some points painted there mend it."""
    panel = panel_of("gap")
    panel.get_by_label("validation points").check()
    comes(lab, "panel.trainer.updates > 800")
    before = float(lab.ask("print(is_right(panel, *exam).mean())"))
    assert before < 0.95
    panel.get_by_label("points", exact=True).select_option("add class 1")
    panel.page.wait_for_timeout(500)  # the picture is told
    pixel = pixels_of(lab, panel)
    for place in json.loads(lab.ask(HURTS)):
        lab.page.mouse.click(*pixel(*place))
    comes(lab, "len(panel.trainer.painted) > 3")
    comes(lab, "is_right(panel, *exam).mean() > 0.95")
    assert lab.ask("print({entry[3] for entry in panel.trainer.painted})") == "{1}"


def test_a_run_that_was_spoilt_goes_on_from_before_it(lab, panel_of):
    """The rate jumps by itself; step dragged back and another rate give a second run."""
    panel = panel_of("by_itself")
    comes(lab, "panel.trainer.learning_rate == 10")
    comes(lab, "panel.trainer.history['val_loss'][-1] > 1")
    step = panel.get_by_role("slider", name="step", exact=True)
    step.focus()
    lab.page.keyboard.type("250", delay=300)  # slowly: the run goes on, and so does its step
    lab.page.keyboard.press("Enter")
    comes(lab, "panel.trainer.updates == 250")
    panel.get_by_role("slider", name="learning rate", exact=True).focus()
    lab.page.keyboard.type("0.1")
    lab.page.keyboard.press("Enter")
    comes(lab, "len(panel.runs) == 2 and panel.trainer.learning_rate == 0.1")
    panel.get_by_role("button", name="Play").click()
    comes(lab, "panel.trainer.updates > 800 and panel.trainer.history['val_loss'][-1] < 0.1")
    panel.get_by_role("button", name="Runs", exact=True).click()
    table = panel.locator(".lessons-runs table")
    table.get_by_role("row").filter(has_text="from run 1 at step 250").wait_for()
