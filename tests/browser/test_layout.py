"""How the parts of a panel stand: on a laptop, on a tablet, on a telephone."""

from itertools import pairwise

import pytest

from tests.browser.conftest import Lab

NAME = "layout.ipynb"
SET_UP = """\
from functools import partial
from lessons_lib import datasets, panels, plots
import keras, numpy as np

X, y = datasets.make_circles(n_samples=100, noise=0.1, seed=1)
keras.utils.set_random_seed(0)
hidden = [keras.layers.Dense(8, activation="tanh"), keras.layers.Dropout(0.0)]
model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, "sigmoid")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
"""
PANELS = {
    "live": "shown = panels.live(model, X, y)\nshown",
    "four views": """\
views = ("boundary", "curves", "units", "weights")
panels.live(model, X, y, views=views)""",
    "race": "panels.race(steps=30)",
    "explore": "panels.explore(partial(plots.loss_map, x=X[:, 0], y=y), w=(-3, 3), b=(-3, 3))",
    "tags": """\
def mistake(ax, tagged):
    pen = plots.Pen(ax)
    pen.image("picture", np.eye(8), (0, 8, 0, 8))
    return pen.done(f"Number {tagged.shown + 1} of 5.")

panels.explore(mistake, tagged=panels.Tags(5, ("too thick or too thin", "plainly readable")))""",
    "answers": """\
def digit(ax, read):
    pen = plots.Pen(ax)
    pen.image("picture", np.eye(8), (0, 8, 0, 8))
    return pen.done(f"Number {len(read.answers) + 1} of 20.")

panels.explore(digit, digit, read=panels.Labels(20, tuple("0123456789")))""",
}
ORDER = ["buttons", "picture", "words", "knobs"]
MEASURE = """panel => {
    const box = element => {
        const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
        return { left, top, right, bottom, width, height };
    };
    const all = selector => [...panel.querySelectorAll(selector)]
        .filter(element => element.checkVisibility()).map(box);
    const window = panel.closest('.jp-WindowedPanel-outer');
    const output = panel.closest('.jp-OutputArea-output');
    const parts = ['buttons', 'picture', 'words', 'knobs'].map(name => [name, `.lessons-${name}`]);
    const cut = '.widget-label, .widget-label-basic, .widget-readout, .jupyter-button';
    return {
        window: box(window), panel: box(panel), views: all('.canvas-view'),
        parts: Object.fromEntries(parts.flatMap(([name, selector]) =>
            all(selector).map(place => [name, place]))),
        knobs: all('.lessons-knobs > *'), tracks: all('.noUi-target'),
        targets: all('.jupyter-button, select, .noUi-touch-area'),
        canvases: all('.canvas-view canvas'),
        over: output.scrollWidth - output.clientWidth,
        cut: [...panel.querySelectorAll(cut)].filter(e => e.scrollWidth > e.clientWidth + 1)
            .map(e => e.innerText),
    };
}"""


class Notebook:
    """A notebook with the panels, run.

    Parameters
    ----------
    lab : Lab
        JupyterLab, with the notebook open.
    """

    def __init__(self, lab):
        self.lab = lab
        lab.run_all()
        assert lab.red_outputs() == []

    def resize(self, width, height):
        """Give the window a size; where it is narrow, put the list of files away as one does."""
        self.lab.page.set_viewport_size({"width": width, "height": height})
        self.lab.page.evaluate(
            """wide => document.querySelector('#jp-left-stack').checkVisibility() === wide
                || window.jupyterapp.commands.execute('application:toggle-left-area')""",
            width > 1000,
        )
        self.lab.page.wait_for_timeout(500)

    def measure(self, name):
        """Bring a panel to the top of the window, and measure it."""
        panel = self.lab.page.locator(".lessons-panel").nth(list(PANELS).index(name))
        for _ in range(2):  # what stands above is guessed at until it comes into sight
            panel.evaluate("panel => panel.scrollIntoView({block: 'start'})")
            panel.locator(".canvas-view canvas[style*=width]").first.wait_for()
            self.lab.page.wait_for_timeout(300)
        return panel.evaluate(MEASURE)


@pytest.fixture(scope="module")
def notebook(browser, server, write_notebook):
    """One notebook for all sizes of the window."""
    _, url, token = server
    write_notebook(NAME, (SET_UP, *PANELS.values()))
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(30_000)
    lab = Lab(page, url, token)
    lab.open(NAME)
    yield Notebook(lab)
    page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
    context.close()


def whole(name, seen):
    """Nothing is cut, nothing lies over something else, every canvas fills its place."""
    assert seen["cut"] == [], name
    assert seen["over"] <= 0, name
    neighbours = [*pairwise(column(seen)), *pairwise(seen["knobs"]), *pairwise(seen["views"])]
    for one, other in neighbours:
        beside = one["right"] <= other["left"] + 1 or other["right"] <= one["left"] + 1
        assert beside or one["bottom"] <= other["top"] + 1 or other["bottom"] <= one["top"] + 1
    for view, canvas in zip(seen["views"], seen["canvases"], strict=True):
        for side in ("width", "height"):
            assert abs(view[side] - canvas[side]) <= 1, name


def column(seen, order=ORDER):
    """Return the panel's parts that there are, in their order."""
    return [seen["parts"][part] for part in order if part in seen["parts"]]


def described(name, width, seen):
    """Return what was measured, in a line."""
    panel, picture = seen["panel"], seen["parts"]["picture"]
    track = min((track["width"] for track in seen["tracks"]), default=0)
    return (
        f"{name} at {width} px: panel {panel['width']:.0f}×{panel['height']:.0f}, picture "
        f"{picture['width']:.0f}×{picture['height']:.0f}, shortest track {track:.0f}, "
        f"lowest target {min(target['height'] for target in seen['targets']):.0f}"
    )


def test_panels_stand_well_on_a_laptop(notebook, capsys):
    """Buttons, picture and the first knobs are on the screen; 70 % of the width is picture."""
    notebook.resize(1280, 720)
    for name in PANELS:
        seen = notebook.measure(name)
        with capsys.disabled():
            print(f"\n{described(name, 1280, seen)}", end="")
        whole(name, seen)
        panel, picture = seen["panel"], seen["parts"]["picture"]
        assert picture["width"] >= 0.7 * panel["width"]
        assert picture["height"] >= 0.5 * panel["height"]
        bottom = seen["knobs"][0]["bottom"] if name == "four views" else panel["bottom"]
        assert bottom <= seen["window"]["bottom"] + 1
        assert all(track["width"] >= 150 for track in seen["tracks"])


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (390, 844)])
def test_panels_can_be_used_on_narrow_screens(notebook, capsys, width, height):
    """Nothing is cut; on a telephone all is in one column, and as high as a finger needs."""
    notebook.resize(width, height)
    for name in PANELS:
        seen = notebook.measure(name)
        with capsys.disabled():
            print(f"\n{described(name, width, seen)}", end="")
        whole(name, seen)
        assert all(track["width"] >= 100 for track in seen["tracks"])
        if width < 400:
            # Who answers what is in a picture sees both.
            order = ["knobs", "picture", "words"] if name == "answers" else ORDER
            for above, below in [*pairwise(column(seen, order)), *pairwise(seen["views"])]:
                assert above["bottom"] <= below["top"] + 1
            assert all(target["height"] >= 44 for target in seen["targets"])


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_knobs_stay_where_they_are_when_the_sentence_grows(notebook, width, height):
    """From no words to three lines."""
    notebook.resize(width, height)
    tops = []
    for count in (0, 8, 20):
        notebook.lab.run_code(f"shown.say('A word more. ' * {count} + '.')")
        seen = notebook.measure("live")
        tops.append(seen["parts"]["knobs"]["top"] - seen["panel"]["top"])
    assert tops == pytest.approx([tops[0]] * 3, abs=1)
