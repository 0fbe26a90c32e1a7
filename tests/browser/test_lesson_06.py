"""A learner works through lesson 06 in JupyterLab: by keyboard, and with a mouse that paints."""

import re

# Panels that are pictures of their controls, in their order: how many sliders, how many lists.
EXPLORED = [
    ("likelihood", 1, 0),
    ("loss and slope", 1, 1),
    ("threshold", 2, 0),
    ("draw a digit", 0, 0),
    ("temperature", 1, 0),
    ("mistakes", 1, 0),
    ("wrong labels", 1, 1),
]
LIVE = ["two moons", "three spirals"]


def panels(lab, alive):
    """Return the panels that train (``alive``), or those that do not."""
    play = lab.page.get_by_role("button", name="Play")
    every = lab.page.locator(".lessons-panel")
    return every.filter(**{"has" if alive else "has_not": play})


def picture_after(lab, panel, act):
    """Do something and wait until the panel shows another picture; return its sentence."""
    image = panel.locator("img[src^=blob]").first
    old = image.get_attribute("src")
    act()
    lab.page.wait_for_function(
        "([image, old]) => image.src !== old", arg=[image.element_handle(), old]
    )
    lab.page.wait_for_timeout(150)
    return panel.locator("[role=status]").inner_text()


def press(lab, control, key):
    """Press a key on a control."""
    control.focus()
    lab.page.keyboard.press(key)


def drive(lab, panel, name, sliders, lists):
    """Take each slider and list to both ends; the picture answers each time."""
    panel.scroll_into_view_if_needed()
    handles, choosers = panel.locator(".noUi-handle"), panel.locator("select")
    assert (handles.count(), choosers.count()) == (sliders, lists), name
    for control in [*choosers.all(), *handles.all()]:
        for key in ("End", "Home"):
            said = picture_after(lab, panel, lambda c=control, k=key: press(lab, c, k))
            assert said.endswith("."), name
    assert "could not be drawn" not in panel.inner_text(), name


def paint(lab, panel):
    """Clear, paint a stroke by dragging, and go on by keyboard; the network answers each time."""
    page, cells = lab.page, panel.locator(".lessons-cells button")
    assert cells.count() == 64
    painted = panel.locator(".lessons-cells [aria-pressed=true]")
    said = picture_after(lab, panel, panel.get_by_role("button", name="clear").click)
    assert said.startswith("Nothing is painted")
    assert painted.count() == 0
    boxes = [cells.nth(index).bounding_box() for index in (11, 51)]
    start, end = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes)

    def stroke():
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=12)
        page.mouse.up()

    assert re.match(r"The network says \d, \d+% sure", picture_after(lab, panel, stroke))
    assert painted.count() == 6
    page.keyboard.press("ArrowRight")  # from the cell where the stroke began
    picture_after(lab, panel, lambda: page.keyboard.press("Space"))
    assert cells.nth(12).get_attribute("aria-pressed") == "true"
    assert cells.nth(12).get_attribute("aria-label") == "row 2, column 5"
    count = page.locator(".jp-Cell").count()
    page.keyboard.press("b")  # where a cell has the focus, this adds a cell below
    assert page.locator(".jp-Cell").count() == count
    picture_after(lab, panel, lambda: page.keyboard.press("Space"))
    assert cells.nth(12).get_attribute("aria-pressed") == "false"


def tag(lab, panel):
    """Tag two mistakes by keyboard; each keeps its own tag, and the ceilings follow."""
    slider, kinds = panel.locator(".noUi-handle"), panel.locator(".widget-toggle-button")
    chosen = panel.locator(".widget-toggle-button.mod-active")
    for number in (1, 2):
        press(lab, kinds.first, "Tab")
        for _ in range(number - 1):
            lab.page.keyboard.press("Tab")
        said = picture_after(lab, panel, lambda: lab.page.keyboard.press("Space"))
        assert f"{number} tagged" in said
        assert chosen.inner_text() == kinds.nth(number).inner_text()
        said = picture_after(lab, panel, lambda: press(lab, slider, "ArrowRight"))
        assert "not tagged yet" in said
        assert chosen.inner_text() == "not tagged"
    picture_after(lab, panel, lambda: press(lab, slider, "Home"))
    assert chosen.inner_text() == kinds.nth(1).inner_text()


def train(lab, panel, name):
    """With each knob at either end the network still makes a step, and its picture shows it."""
    panel.scroll_into_view_if_needed()
    step = panel.get_by_role("button", name="Step")
    for key in ("End", "Home"):
        for control in [*panel.locator(".noUi-handle").all(), *panel.locator("select").all()]:
            press(lab, control, key)
        said = picture_after(lab, panel, step.click)
        assert re.search(r"Step [\d,]+", said) or "diverged" in said, (name, key, said)


def test_lesson_06_answers_to_every_control(lab):
    """No red output; sliders, lists, the painted grid and the tags lead to pictures and words."""
    lab.open("06_classification.ipynb")
    lab.run_all()
    assert lab.red_outputs() == []
    found = panels(lab, alive=False)
    assert found.count() == len(EXPLORED)
    for index, (name, sliders, lists) in enumerate(EXPLORED):
        drive(lab, found.nth(index), name, sliders, lists)
    paint(lab, found.nth(3))
    tag(lab, found.nth(5))
    alive = panels(lab, alive=True)
    assert alive.count() == len(LIVE)
    for index, name in enumerate(LIVE):
        train(lab, alive.nth(index), name)
    assert lab.red_outputs() == []
    assert lab.messages == []
