"""How a learner goes through a lesson's panels: by keyboard, and with a mouse that paints."""

import re

CONTROLS = ".noUi-handle, select, input[type=checkbox]"
BROKEN = ("could not be drawn", "stopped because of an error")
# Where a control stands: among the places of a list, or along the way of a slider.
PLACES = """control => {
    if (control.tagName === 'SELECT') return [0, control.selectedIndex, control.length - 1];
    return ['min', 'now', 'max'].map(name => +control.getAttribute('aria-value' + name));
}"""
# No key leads back to any place, and at one end of a control another may change nothing.
BACK = """(control, place) => {
    if (control.tagName === 'SELECT') {
        control.selectedIndex = place;
        control.dispatchEvent(new Event('change', {bubbles: true}));
    } else control.closest('.noUi-target').noUiSlider.set(place);
}"""


def name_of(control):
    """Return the words beside a control."""
    row = control.locator("xpath=ancestor::*[contains(@class, 'widget-inline-hbox')][1]")
    return row.inner_text().replace("\n", " ")


def answer(lab, panel, act):
    """Do something, wait for the picture that comes of it, and return its sentence."""
    lab.change(panel, act, timeout=120)  # a busy machine may compile a network for half a minute
    lab.catch_up()
    return panel.locator("[role=status]").inner_text()


def press(lab, control, key):
    """Press a key on a control."""
    control.focus()
    lab.page.keyboard.press(key)


def drive(lab, panel):
    """Take each control to its ends; a picture and a sentence must come.

    Where a step shows what the knobs do, all are taken to their last places, and one is made:
    another network is compiled for it.
    """
    controls = panel.locator(CONTROLS).all()
    if "open yet" in panel.locator("[role=status]").inner_text():  # a covered map shows no step
        panel.locator(".canvas-view[tabindex]").first.focus()
        check(answer(lab, panel, lambda: lab.page.keyboard.press("Enter")))
    step = panel.get_by_role("button", name="Step")
    if step.count():  # some knobs act on steps to come, and a step always shows
        for control in controls:
            print(name_of(control))  # pytest shows it where the answer does not come
            press(lab, control, "Space" if control.get_attribute("type") else "End")
        lab.catch_up()  # the picture looked for is the step's, not a knob's
        check(answer(lab, panel, step.click))
        return
    for control in controls:
        print(name_of(control))
        for act in ways(lab, control):
            check(answer(lab, panel, act))


def ways(lab, control):
    """Return what takes a control to each end where it does not stand, and back."""

    def key(name):
        return lambda: press(lab, control, name)

    if control.get_attribute("type") == "checkbox":
        return [key("Space"), key("Space")]
    first, now, last = control.evaluate(PLACES)
    if now == first:
        return [key("End"), key("Home")]
    if now == last:
        return [key("Home"), key("End")]
    return [key("Home"), key("End"), lambda: control.evaluate(BACK, now)]


def check(sentence):
    """A panel says a sentence, and not that something is broken."""
    assert sentence.endswith("."), sentence
    assert not any(word in sentence for word in BROKEN), sentence


PAINTED = """
import gc
from lessons_lib.panels._grid import GridControl
print(*(int(one.value.sum()) for one in gc.get_objects() if isinstance(one, GridControl)))
"""


def paint(lab):
    """Clear, paint a stroke by dragging, and go on by keyboard; the network answers each time."""
    page = lab.page
    clear = page.get_by_role("button", name="clear")
    panel = page.locator(".lessons-panel").filter(has=clear)
    tip = panel.locator(".canvas-tip")
    said = answer(lab, panel, clear.click)
    assert said.startswith("Nothing is painted")
    assert lab.ask(PAINTED) == "0"
    page.keyboard.press("Shift+Tab")  # to the answer
    page.keyboard.press("Shift+Tab")  # to the drawing
    tip.get_by_text("row 1, column 1: blank").wait_for()
    cell = panel.locator(".canvas-ring").bounding_box()

    def middle(row, column):
        right, down = (column - 0.5) * cell["width"], (row - 0.5) * cell["height"]
        return cell["x"] + right, cell["y"] + down

    def stroke():
        page.mouse.move(*middle(2, 4))
        page.mouse.down()
        page.mouse.move(*middle(7, 4), steps=3)  # so fast that it leaps over cells
        page.mouse.up()

    answer(lab, panel, stroke)
    sure = re.compile(r"The network says \d, \d+% sure")
    panel.locator("[role=status]", has_text=sure).wait_for()
    lab.catch_up()
    assert lab.ask(PAINTED) == "6"
    page.mouse.move(5, 5)
    page.keyboard.press("ArrowRight")  # from the cell where the stroke began
    tip.get_by_text("row 2, column 5: blank").wait_for()
    answer(lab, panel, lambda: page.keyboard.press("Space"))
    tip.get_by_text("row 2, column 5: painted").wait_for()
    assert lab.ask(PAINTED) == "7"
    lab.keep_picture("painted")
    count = page.locator(".jp-Cell").count()
    page.keyboard.press("b")  # where a cell has the focus, this adds a cell below
    assert page.locator(".jp-Cell").count() == count
    answer(lab, panel, lambda: page.keyboard.press("Space"))
    tip.get_by_text("row 2, column 5: blank").wait_for()


def tag(lab):
    """Tag two mistakes by keyboard; each keeps its own tag, and the ceilings follow."""
    page = lab.page
    kind = page.locator(".widget-toggle-button", has_text="not tagged")
    panel = page.locator(".lessons-panel").filter(has=kind)
    slider, kinds = panel.locator(".noUi-handle"), panel.locator(".widget-toggle-button")
    chosen = panel.locator(".widget-toggle-button.mod-active")
    for number in (1, 2):
        press(lab, kinds.first, "Tab")
        for _ in range(number - 1):
            page.keyboard.press("Tab")
        said = answer(lab, panel, lambda: page.keyboard.press("Space"))
        assert f"{number} tagged" in said
        assert chosen.inner_text() == kinds.nth(number).inner_text()
        said = answer(lab, panel, lambda: press(lab, slider, "ArrowRight"))
        assert "not tagged yet" in said
        assert chosen.inner_text() == "not tagged"
    answer(lab, panel, lambda: press(lab, slider, "Home"))
    assert chosen.inner_text() == kinds.nth(1).inner_text()


def hear_every_move(lab):
    """Five quick presses on a slider are five moves, whatever was drawn on the way."""
    panel = lab.page.locator(".lessons-panel").first
    handle = panel.locator(".noUi-handle").first
    answer(lab, panel, lambda: press(lab, handle, "End"))
    for _ in range(5):
        lab.page.keyboard.press("ArrowLeft")
    panel.locator("[role=status]", has_text="w = 2.75").wait_for()


def race(lab):
    """Play walks by itself; a learning rate turned meanwhile acts; Pause stops the walk."""
    lab.run_code("from lessons_lib import panels\npanels.race('ravine')")
    panel = lab.page.locator(".lessons-panel").last
    panel.locator("[role=status]", has_text="8 optimizers wait").wait_for()
    panel.get_by_role("button", name="Play").click()
    panel.locator("[role=status]", has_text="After").wait_for()
    # All the way up, plain descent leaves the map; the race goes on without it.
    panel.locator(".widget-hslider", has_text="learning rate").locator(".noUi-handle").focus()
    lab.page.keyboard.press("End")
    panel.locator("[role=status]", has_text="Thrown off: SGD").wait_for()
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_role("button", name="Play").wait_for()
    lab.catch_up()
    stopped = panel.locator("[role=status]").inner_text()
    lab.page.wait_for_timeout(500)
    assert panel.locator("[role=status]").inner_text() == stopped


FURTHER = {
    "01_neuron": [hear_every_move],
    "04_optimizers": [race],
    "06_classification": [paint, tag],
}


def go_through(lab, lesson):
    """Drive each panel of a notebook that has been run, and do what only this lesson offers."""
    panels = lab.page.locator(".lessons-panel")
    for number in range(panels.count()):
        panel = panels.nth(number)
        lab.wait_until_drawn(panel)
        drive(lab, panel)
    for go_on in FURTHER.get(lesson, ()):
        go_on(lab)
