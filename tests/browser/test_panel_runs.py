"""The table of runs in JupyterLab, by keyboard alone."""

import pytest

NAME = "panel_runs.ipynb"
SET_UP = """\
from lessons_lib import datasets, panels
import keras

X, y = datasets.make_circles(n_samples=40, noise=0.1, seed=1)
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
"""
PANEL = """\
panel = panels.live(model, X, y, views=("boundary", "curves"))
panel.step(40)
for step, rate in ((20, 0.05), (30, 0.02)):
    panel.rewind(step)
    panel.controls["learning_rate"].value = rate
    panel.step(20)
panel
"""
ROWS = """() => [...document.querySelectorAll('.lessons-runs tbody')].map(
    row => [...row.querySelectorAll('th, .lessons-number, .lessons-turned')].map(
        cell => cell.innerText.trim().replaceAll("\u00a0", " ")))"""
FOCUSED = """() => {
    const { activeElement: one } = document;
    return one.getAttribute('aria-label') ?? one.innerText.trim();
}"""


@pytest.fixture(scope="module")
def lab(run_lab):
    """One notebook with a panel in it, and one kernel, for all of these tests."""
    with run_lab(NAME, (SET_UP, PANEL)) as lab:
        yield lab


@pytest.fixture
def page(lab, request):
    """The page, with a panel made anew and its button "Runs" pressed by a key."""
    lab.do("run-cell", cell=1)
    lab.wait_until_idle()
    lab.first_panel().locator("button", has_text="Runs").focus()
    lab.page.keyboard.press("Space")
    lab.page.locator(".lessons-runs table").wait_for()
    yield lab.page
    lab.ask("panel.pause()")
    lab.keep_picture(request.node.name)
    assert lab.red_outputs() == []
    assert lab.messages == []


def names(page):
    """Return the names that the runs have in the page."""
    return [row[0] for row in page.evaluate(ROWS)]


def go_to(page, name):
    """Press Tab until what has this name has the focus."""
    for _ in range(60):
        if page.evaluate(FOCUSED) == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"No way by Tab to {name!r}.")


def press(page, name, key="Enter"):
    """Go to a button by Tab, and press it."""
    go_to(page, name)
    page.keyboard.press(key)


def test_every_run_has_a_row_and_its_own_buttons(page):
    """A head for the row, three buttons by the run's name; the present one has only a name."""
    table = page.get_by_role("table", name="Runs of this panel")
    assert names(page) == ["run 1", "run 2", "run 3"]
    assert page.evaluate(ROWS)[1][1] == "40"
    assert page.evaluate(ROWS)[1][-1] == "from run 1 at step 20: learning rate 0.1 → 0.05"
    acts = ["Rename {}", "Show the curve of {}", "Go back to {}", "Drop {}"]
    for run in ("run 1", "run 2"):
        for act in acts:
            assert table.get_by_role("button", name=act.format(run)).count() == 1
    assert table.get_by_role("button", name="run 3").all_inner_texts() == ["run 3"]
    colors = table.locator("svg path").evaluate_all(
        "all => all.map(one => one.getAttribute('stroke'))"
    )
    assert len(set(colors)) == len(colors) == 3


def test_a_curve_is_hidden_and_shown_by_the_same_key(lab, page):
    """The button says which it is, keeps the keys, and the panel says what was done."""
    for shown in ("false", "true"):
        press(page, "Show the curve of run 1", "Space")
        page.locator(f".lessons-curve[aria-pressed={shown}] >> nth=0").wait_for()
        lab.comes_to_say("panel.runs[0]['shown']", str(shown == "true"))
        assert page.evaluate(FOCUSED) == "Show the curve of run 1"
    words = page.locator("[role=status]:not(.lessons-note)")
    assert words.inner_text().startswith("The curve of run 1 is shown.")


def test_one_goes_back_to_a_run_and_the_keys_stay_in_its_row(lab, page):
    """It is the present run then, with its knobs, and the button is gone."""
    lab.ask("panel.play()")
    press(page, "Go back to run 1")
    lab.comes_to_say("[run['run'] for run in panel.runs if run['present']]", "['run 1']")
    page.wait_for_function(f"() => ({FOCUSED})() === 'Rename run 1'")
    lab.comes_to_say("panel.playing, panel.trainer.updates", "False 40")
    lab.comes_to_say("panel.controls['learning_rate'].value", "0.1")


def test_a_name_is_typed(lab, page):
    """Enter keeps it, Escape the former one; no key reaches the notebook."""
    press(page, "Rename run 2")
    page.keyboard.type("dd00")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "Rename run 2"
    page.keyboard.press("Enter")
    page.keyboard.type("<b>slow</b>")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => ({FOCUSED})() === 'Rename <b>slow</b>'")
    assert names(page) == ["run 1", "<b>slow</b>", "run 3"]
    lab.comes_to_say(
        "panel.runs[1]['run'], panel.runs[2]['from']", "<b>slow</b> <b>slow</b> at step 30"
    )
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2


def test_a_name_that_is_taken_is_refused_in_a_sentence(page):
    """And the former one stays."""
    press(page, "Rename run 2")
    page.keyboard.type("run 1")
    page.keyboard.press("Enter")
    page.get_by_text("A run cannot be called 'run 1'").wait_for()
    assert names(page) == ["run 1", "run 2", "run 3"]


def test_a_dropped_run_hands_the_keys_to_its_neighbour(page):
    """Where they would be with the notebook, in which d d deletes a cell."""
    press(page, "Drop run 1")
    page.wait_for_function(f"() => ({FOCUSED})() === 'Rename run 2'")
    assert names(page) == ["run 2", "run 3"]


def test_who_types_a_name_while_it_trains_is_not_disturbed(lab, page):
    """Numbers go on, and field, letters and focus stay."""
    lab.ask("panel.play()")
    press(page, "Rename run 3")
    page.keyboard.type("whi")
    before = page.evaluate(ROWS)[2][1]
    page.wait_for_function(f"before => ({ROWS})()[2][1] !== before", arg=before)
    page.keyboard.type("le")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => ({FOCUSED})() === 'Rename while'")
    assert names(page)[2] == "while"
    lab.comes_to_say("panel.playing", "True")
