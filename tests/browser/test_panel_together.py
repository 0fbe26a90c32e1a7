"""Several networks under one clock, as a learner has them in JupyterLab."""

import pytest

NAME = "panel_together.ipynb"
SAID = "[role=status]:not(.lessons-note)"  # the panel's sentence
SET_UP = """\
from lessons_lib import live, panels, plots
import keras
import numpy as np

X = np.linspace(-1, 1, 20, dtype="float32")[:, None]

def make(scale=1.0):
    runners = {}
    for name, size in (("tame", 1.0), ("wild", 1e4)):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(1e-9), "mse")
        runners[name] = live.LiveTrainer(model, size * X, scale * X, batch_size=20)
    return runners

def hand(ax, runners, shift=0):
    pen = plots.Pen(ax, xlim=(-5, 5), ylim=(-1, 1), bare=True)
    pen.dot("hand", shift, 0, size=12, sets=("shift", ""))
    return pen.done(f"The hand is at {shift}.")

def losses(ax, runners):
    histories = {name: runner.history for name, runner in runners.items()}
    return plots.compared_curves(ax, histories, quantity="loss")
"""
PANEL = """\
shift = panels.Slider(-3, 3, 0)
panel = panels.together(make, hand, losses, shift=shift, scale=[1.0, 2.0])
panel
"""


@pytest.fixture(scope="module")
def lab(run_lab):
    """One notebook with a panel in it, and one kernel, for all of these tests."""
    with run_lab(NAME, (SET_UP, PANEL)) as lab:
        yield lab


@pytest.fixture
def panel(lab, request):
    """The panel, made anew by its cell."""
    lab.ask("former = panel")
    lab.do("run-cell", cell=1)
    lab.wait_until_idle()
    yield lab.first_panel()
    lab.ask("panel.pause()")
    lab.keep_picture(request.node.name)
    assert lab.red_outputs() == []
    assert lab.messages == []


def button(panel, name):
    """Return a button of the panel."""
    return panel.locator("button", has_text=name)


def test_whoever_cannot_see_hears_what_each_control_is(panel):
    """Sliders, lists and pictures have names, buttons words."""
    names = panel.page.evaluate(
        """panel => [...panel.querySelectorAll('[role=slider], select, .canvas-view')]
            .map(one => one.getAttribute('aria-label') || one.labels?.[0]?.textContent || '')""",
        panel.element_handle(),
    )
    assert {"learning rate", "shift", "steps per frame"} <= set(names)
    assert all(name.strip() for name in names)
    words = panel.locator("button:visible").all_inner_texts()
    assert [text.strip() for text in words] == [
        "Play",
        "Step",
        "Restart",
        "New start",
        "Runs",
        "Show the code",
    ]


def test_one_press_of_play_lets_all_run_and_one_of_pause_stops_all(lab, panel):
    """Step for step."""
    button(panel, "Play").click()
    panel.page.wait_for_function(
        "said => /Step [1-9]/.test(document.querySelector(said).textContent)", arg=SAID,
        timeout=60_000,
    )  # fmt: skip
    button(panel, "Pause").click()
    lab.comes_to_say("panel.playing", "False")
    assert lab.ask("print(len({r.updates for r in panel.runners.values()}))") == "1"


def test_the_hand_drags_a_mark_and_so_do_keys(lab, panel):
    """The slider, the picture and the sentence follow."""
    picture = panel.locator(".canvas-view").first.bounding_box()
    x, y = picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2
    mouse = lab.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 0.2 * picture["width"], y, steps=4)  # of ten units
    mouse.up()
    lab.comes_to_say("panel.controls['shift'].value", "2")
    assert "The hand is at 2." in panel.locator(SAID).inner_text()
    panel.get_by_role("slider", name="shift").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.comes_to_say("panel.sentence.split('.')[0]", "The hand is at 1")


def test_a_control_of_the_runners_makes_them_anew_while_they_play(lab, panel):
    """They begin at step 0 and play on; what belongs to a picture stays."""
    lab.ask("panel.controls['shift'].value = 3; panel.step(1000); before = panel.runners['tame']")
    button(panel, "Play").click()
    panel.locator("select:visible", has_text="2.0").select_option("2.0")
    lab.comes_to_say("before is panel.runners['tame'], panel.playing", "False True")
    lab.comes_to_say("panel.runners['tame'].y.max(), panel.sentence[:17]", "2.0 The hand is at 3.")


def test_who_diverges_is_named_and_the_button_back_hands_the_keys_on(lab, panel):
    """The other goes on all the time."""
    lab.ask("panel.step(20); panel.controls['learning_rate'].value = 0.1; panel.step(200)")
    words = panel.locator(SAID)
    words.get_by_text("wild: Diverged").wait_for()
    beyond = "{name: runner.updates > 100 for name, runner in panel.runners.items()}"
    lab.comes_to_say(beyond, "{'tame': True, 'wild': False}")
    button(panel, "wild back to step 20").focus()
    lab.page.keyboard.press("Enter")
    lab.comes_to_say("panel.runner.who_ended", "")
    lab.page.wait_for_function("() => document.activeElement.textContent.includes('Play')")
    rates = "{runner.learning_rate for runner in panel.runners.values()}"
    lab.comes_to_say(f"max({rates}) < 1e-8, len({rates})", "True 1")


def test_a_cell_that_is_run_again_retires_its_former_panel(lab, panel):
    """One clock, one panel, and the former is closed."""
    lab.comes_to_say("former is not panel and former.comm is None", "True")
    assert lab.page.locator(".lessons-panel").count() == 1
