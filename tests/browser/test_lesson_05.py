"""A learner works through lesson 05 in JupyterLab, with the keyboard."""

import re

# Panels that are pictures of their controls, in their order: sliders, lists, and the key that
# is pressed first (the other end is where a control stands at the start).
EXPLORED = [
    ("columns", 0, 1, "Home"),
    ("descent", 1, 1, "End"),
    ("degree", 2, 0, "End"),
    ("bias and variance", 1, 0, "End"),
    ("capacity", 1, 2, "End"),
    ("early stopping", 2, 0, "End"),
    ("penalties", 1, 0, "End"),
    ("dropout", 2, 0, "End"),
    ("batch normalisation", 4, 0, "End"),
]
LIVE = ["width", "dropout and l2"]


def picture_after(lab, panel, act):
    """Do something and wait until the panel shows another picture; return its sentence."""
    image = panel.locator("img")
    old = image.get_attribute("src")
    act()
    lab.page.wait_for_function(
        "([image, old]) => image.src !== old", arg=[image.element_handle(), old]
    )
    lab.page.wait_for_timeout(120)
    return panel.locator("[role=status]").inner_text()


def press(lab, control, key):
    """Press a key on a control."""
    control.focus()
    lab.page.keyboard.press(key)


def both_ends(lab, panel, control, first, name):
    """Take a control to both its ends; each time another picture and a sentence must come."""
    for key in (first, "Home" if first == "End" else "End"):
        said = picture_after(lab, panel, lambda key=key: press(lab, control, key))
        assert said.endswith("."), (name, said)
        assert "could not be drawn" not in said, (name, said)


def train_with_every_knob_at(lab, panel, key, name):
    """Turn all knobs of a network to one end; a step still shows, or the panel says why not."""
    for control in [*panel.locator(".noUi-handle").all(), *panel.locator("select").all()]:
        press(lab, control, key)
    said = picture_after(lab, panel, panel.get_by_role("button", name="Step").click)
    assert re.search(r"Step [\d,]+", said) or "diverged" in said, (name, key, said)
    assert "error" not in said, (name, key, said)


def test_every_control_of_lesson_05_answers_at_both_ends(lab):
    """No red output; each slider, list, switch and knob moves its picture; Play trains."""
    lab.open("05_overfitting.ipynb")
    lab.run_all()
    assert lab.red_outputs() == []
    play = lab.page.get_by_role("button", name="Play")
    every = lab.page.locator(".lessons-panel")
    still, alive = every.filter(has_not=play), every.filter(has=play)
    assert (still.count(), alive.count()) == (len(EXPLORED), len(LIVE))
    for index, (name, sliders, lists, first) in enumerate(EXPLORED):
        panel = still.nth(index)
        panel.scroll_into_view_if_needed()
        handles, choosers = panel.locator(".noUi-handle"), panel.locator("select")
        assert (handles.count(), choosers.count()) == (sliders, lists), name
        for control in reversed([*choosers.all(), *handles.all()]):
            both_ends(lab, panel, control, first, name)
        if name == "dropout":  # at rate 0 there is nothing to invert
            picture_after(lab, panel, lambda h=handles: press(lab, h.first, "End"))
            said = picture_after(lab, panel, panel.locator("input[type=checkbox]").click)
            assert said.endswith("they differ.")
    for index, name in enumerate(LIVE):
        panel = alive.nth(index)
        panel.scroll_into_view_if_needed()
        for key in ("End", "Home"):
            train_with_every_knob_at(lab, panel, key, name)
    assert lab.red_outputs() == []
