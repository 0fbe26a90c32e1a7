"""The controls of panels in JupyterLab: what is typed beside a slider, and whose the keys are."""

import unicodedata

import pytest

NAME = "panel_controls.ipynb"
SET_UP = """\
import numpy as np
from lessons_lib import panels, plots

def picture(ax, w=0.0, rate=0.01, pieces=4, show=True, kind="a"):
    pen = plots.Pen(ax)
    pen.curve("line", np.array([0.0, 1.0]), np.array([0.0, w]))
    return pen.done(f"w = {w:.1f}.")

def drawing_of(ax, browse=None, drawing=None):
    pen = plots.Pen(ax)
    pen.image("ink", drawing, (0, 8, 0, 8), top_down=True, sets="drawing")
    return pen.done("A drawing.")
"""
EXPLORER = """\
explorer = panels.explore(
    picture,
    w=panels.Slider(-3.0, 3.0, 0.0, step=0.1),
    rate=panels.Slider(1e-4, 10.0, 0.01, log=True),
    pieces=panels.Choice((1, 2, 4, 8), start=4, slider=True),
    show=True,
    kind=["a", "b"],
)
explorer
"""
RACE = "race = panels.race('ravine')\nrace"
PILE = """\
pile = panels.explore(
    drawing_of, browse=panels.Tags(20, ("a", "b"), label="mistake"), drawing=panels.Grid(8, 8)
)
pile
"""
READING = """\
def told(ax, read):
    end = " and over" if read.over else ""
    return plots.Pen(ax).done(f"Answers: {' '.join(read.answers)}{end}.")

reading = panels.explore(told, read=panels.Labels(4, tuple("0123456789"), label="which digit"))
reading
"""
# A cell of the notebook each, as JupyterLab has them now, and what is asked in between.
NOTEBOOK = """() => {
    const { widgets, activeCellIndex } = window.jupyterapp.shell.currentWidget.content;
    const cells = widgets.map(({ model }) => [model.id, model.type]);
    const asked = document.querySelectorAll('.jp-Dialog').length;
    return JSON.stringify([cells, activeCellIndex, asked]);
}"""
# In JupyterLab they insert, delete, copy and paste cells, make them text, hide their numbers,
# interrupt and restart the kernel, and go from cell to cell.
KEYS = "a b d d 0 0 i i m y r x v z j k l h s o 1 ArrowUp ArrowDown ArrowLeft ArrowRight Home End"
KEYS += " Shift+j Shift+m Shift+v Delete Backspace Space Enter"


@pytest.fixture(scope="module")
def lab(run_lab):
    """One notebook with four panels, and one kernel, for all of these tests."""
    with run_lab(NAME, (SET_UP, EXPLORER, RACE, PILE, READING)) as lab:
        yield lab
        assert lab.red_outputs() == []
        assert lab.messages == []


@pytest.fixture
def panel(lab, request):
    """Return the panel that a test asks for by its number."""
    element = lab.page.locator(".lessons-panel").nth(getattr(request, "param", 0))
    lab.wait_until_drawn(element)
    yield element
    lab.keep_picture(request.node.name)


def readout_of(panel, label):
    """Return where the value of a slider stands and can be typed."""
    return panel.get_by_role("textbox", name=f"{label}: type a value", exact=True)


def handle_of(panel, label):
    """Return the handle of a slider."""
    return panel.get_by_role("slider", name=label, exact=True)


def focus_is_on(lab, element):
    """Wait until an element has the focus."""
    lab.page.wait_for_function("e => e === document.activeElement", arg=element.element_handle())


def in_the_cell(lab, panel):
    """Wait until the panel's cell has the focus, and not what is in it."""
    cell = panel.locator("xpath=ancestor::*[contains(@class, 'jp-Cell ')]")
    focus_is_on(lab, cell)


@pytest.mark.parametrize(
    ("label", "typed", "shown", "said"),
    [
        ("w", "0,5", "0.5", "w = 0.5."),
        ("w", "−1", "−1.0", "w = −1.0."),
        ("w", "0.12", "0.1", "0.12 is not on this slider: w is 0.1 now. w = 0.1."),
        ("w", "abc", "0.1", "“abc” is not a number: w is still 0.1. w = 0.1."),
        ("rate", "1e-2", "0.010", "w = 0.1."),
        ("rate", "1e999", "10", "1e999 is not on this slider: rate is 10 now. w = 0.1."),
        ("pieces", "7", "8", "7 is not on this slider: pieces is 8 now. w = 0.1."),
    ],
)
def test_what_is_typed_beside_a_slider_is_set_or_answered(lab, panel, label, typed, shown, said):
    """Enter sets the value, in the slider, in its readout and in words, and leads to the slider."""
    readout = readout_of(panel, label)
    readout.click()
    lab.page.keyboard.type(typed)
    lab.page.keyboard.press("Enter")
    focus_is_on(lab, handle_of(panel, label))
    panel.locator("[role=status]:not(.lessons-note)").get_by_text(said, exact=True).wait_for()
    readout.get_by_text(shown, exact=True).wait_for()
    assert handle_of(panel, label).get_attribute("aria-valuetext") == shown


def test_a_number_typed_on_a_slider_goes_beside_it_and_escape_takes_it_back(lab, panel):
    """A second Escape leads to the cell; Tab and a press elsewhere set what was typed."""
    keyboard, handle, readout = lab.page.keyboard, handle_of(panel, "w"), readout_of(panel, "w")
    handle.focus()
    before = readout.inner_text()
    keyboard.type("2.5")
    assert readout.inner_text() == "2.5"
    keyboard.press("Escape")
    assert readout.inner_text() == before
    focus_is_on(lab, handle)
    keyboard.press("Escape")
    in_the_cell(lab, panel)
    handle.focus()
    keyboard.type("-2")
    keyboard.press("Tab")
    readout.get_by_text("−2.0", exact=True).wait_for()
    handle.focus()
    keyboard.type("3")
    panel.locator(".lessons-words").click()
    readout.get_by_text("3.0", exact=True).wait_for()
    assert lab.ask("print(explorer.values['w'])") == "3.0"


def test_who_only_looks_into_a_readout_changes_nothing(lab, panel):
    """A value that is shown rounded stays as it is, and bold pasted text comes in as text."""
    lab.ask("explorer.controls['rate'].value = 10 ** -1.35")
    readout = readout_of(panel, "rate")
    readout.get_by_text("0.045", exact=True).wait_for()
    readout.click()
    lab.page.keyboard.press("Enter")
    lab.catch_up()
    assert float(lab.ask("print(explorer.values['rate'])")) == pytest.approx(10**-1.35)
    readout.evaluate("""readout => {
        readout.focus();
        document.execCommand('insertHTML', false, '<b>0,1</b>');
    }""")
    assert readout.locator("b").count() == 0
    lab.page.keyboard.press("Escape")


@pytest.mark.parametrize("panel", [1], indirect=True)
def test_a_value_is_typed_while_the_panel_plays(lab, panel):
    """What runs has it from the next frame on, and the answer stands before the sentence."""
    panel.get_by_role("button", name="Play").click()
    panel.get_by_role("button", name="Pause").wait_for()
    readout_of(panel, "momentum, β₁").click()
    lab.page.keyboard.type("0,123")
    lab.page.keyboard.press("Enter")
    said = "0,123 is not on this slider: momentum, β₁ is 0.12 now."
    panel.locator("[role=status]:not(.lessons-note)", has_text=said).wait_for()
    assert lab.ask("print(race.controls['momentum'].value)") == "0.12"
    panel.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize("panel", [1], indirect=True)
def test_who_passes_a_value_that_changes_by_itself_types_nothing(lab, panel):
    """The step goes on while the keys are there, and stays what it is when they leave."""
    panel.get_by_role("button", name="Play").click()
    readout = readout_of(panel, "step")
    readout.focus()
    before = readout.inner_text()
    different = "([readout, before]) => readout.innerText !== before"
    lab.page.wait_for_function(different, arg=[readout.element_handle(), before])
    assert readout.evaluate("readout => readout.blur() || readout.innerText") != before
    panel.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize(
    ("panel", "kinds"),
    [
        (0, [".noUi-handle", ".widget-readout", "input", "select"]),
        (2, [".widget-toggle-buttons button", ".widget-button", ".canvas-view[tabindex]"]),
    ],
    indirect=["panel"],
)
def test_keys_belong_to_the_control_and_not_to_the_notebook(lab, panel, kinds):
    """No key on any control inserts, deletes or leaves a cell, or asks to restart the kernel."""
    page = lab.page
    panel.locator(kinds[0]).first.focus()  # the cell is the active one now
    before = page.evaluate(NOTEBOOK)
    for kind in kinds:
        panel.locator(kind).first.focus()
        for key in KEYS.split():
            page.keyboard.press(key)
        assert page.evaluate(NOTEBOOK) == before, kind
        page.keyboard.press("Escape")  # takes back, closes a list or a tip, or leads out
        page.keyboard.press("Escape")
        in_the_cell(lab, panel)
    assert page.evaluate(NOTEBOOK) == before


@pytest.mark.parametrize("panel", [3], indirect=True)
def test_items_are_answered_by_keys_after_a_press_anywhere(lab, panel):
    """Backspace takes back, a key that is held down answers once, and 0 0 restarts nothing."""
    page, said = lab.page, panel.locator("[role=status]:not(.lessons-note)")
    panel.locator(".canvas-view").click()
    group = panel.get_by_role("group", name="which digit: 0 of 4")
    focus_is_on(lab, group)
    before = page.evaluate(NOTEBOOK)
    for key in ["0", "0", "x", "Backspace", "7"]:
        page.keyboard.press(key)
    page.keyboard.down("3")
    page.keyboard.down("3")  # held: the browser says the key again
    page.keyboard.up("3")
    said.get_by_text("Answers: 0 7 3.", exact=True).wait_for()
    panel.get_by_role("button", name="5", exact=True).click()
    said.get_by_text("Answers: 0 7 3 5 and over.", exact=True).wait_for()
    for key in ["0", "0", "Backspace", "Backspace"]:
        page.keyboard.press(key)
    said.get_by_text("Answers: 0 7.", exact=True).wait_for()
    panel.get_by_role("button", name="Enough").click()
    said.get_by_text("Answers: 0 7 and over.", exact=True).wait_for()
    assert page.evaluate(NOTEBOOK) == before
    page.keyboard.press("Escape")
    in_the_cell(lab, panel)


def test_what_saves_and_runs_goes_on_to_the_notebook(lab, panel):
    """Ctrl+S and Shift+Enter do what they do everywhere."""
    page = lab.page
    page.evaluate("""() => {
        window.done = [];
        window.jupyterapp.commands.commandExecuted.connect((_, { id }) => window.done.push(id));
    }""")
    for element in (handle_of(panel, "w"), readout_of(panel, "w"), panel.locator("select")):
        page.evaluate("() => { window.done = []; }")
        element.focus()
        page.keyboard.press("Control+s")
        page.wait_for_function("() => window.done.includes('docmanager:save')")
    handle_of(panel, "w").focus()
    count = lab.ask("print(len(_oh), end='')")
    page.keyboard.press("Shift+Enter")
    lab.wait_until_idle()
    assert lab.ask("print(len(_oh), end='')") != count


# What has the focus: its name for who does not see it, its role and value, what is wrong with it.
FOCUSED = """() => {
    const control = document.activeElement;
    const panel = control.closest('.lessons-panel');
    if (!panel) return null;
    const target = control.querySelector('.noUi-touch-area') ?? control.closest('label') ?? control;
    const { width, height, top, bottom } = target.getBoundingClientRect();
    const figure = panel.querySelector('.canvas-figure').getBoundingClientRect();
    const ring = getComputedStyle(control);
    const wide = parseFloat(ring.outlineWidth);
    return [
        ...(Math.min(width, height) < 24 ? [`is ${width} x ${height} pixels`] : []),
        ...(top < 0 || bottom > innerHeight ? ['is outside of the window'] : []),
        ...(Math.max(bottom, figure.bottom) - Math.min(top, figure.top) > innerHeight
            ? ['does not fit the window together with its picture'] : []),
        ...(ring.outlineStyle === 'none' || wide < 2 ? ['does not show the focus'] : []),
    ];
}"""
ROLES = {"button", "slider", "textbox", "combobox", "checkbox", "application"}


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_tab_leads_through_all_controls_and_each_says_what_it_is(lab, panel, theme):
    """Each has a name of its own, a ring, 24 pixels and a place in the window; Tab leads out."""
    page = lab.page
    page.evaluate(
        """theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })
            .then(() => undefined)""",
        theme,
    )
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    panel.evaluate("panel => panel.closest('.jp-Cell').focus()")
    tree = page.context.new_cdp_session(page)
    found, problems = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        wrong = page.evaluate(FOCUSED)
        if found and page.locator(".jp-Cell :focus").count() == 0:
            break
        if wrong is None:
            continue  # a cell's own buttons
        focused = tree.send("Runtime.evaluate", {"expression": "document.activeElement"})
        asked = {"objectId": focused["result"]["objectId"], "fetchRelatives": False}
        node = tree.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
        name, role = node["name"]["value"], node["role"]["value"]
        found.append((role, name))
        signs = [letter for letter in name if unicodedata.category(letter) == "Co"]
        problems += [f"{role} {name!r} {one}" for one in wrong]
        if role not in ROLES or not name or signs:
            problems.append(f"{role} {name!r} does not say what it is")
    controls = "button, [role=slider], .widget-readout, select, input, .canvas-view[tabindex]"
    inside = page.locator(".lessons-panel").locator(controls).locator("visible=true")
    assert problems == []
    assert len(found) == inside.count()
