"""A learner works through lesson 02 in JupyterLab, with the keyboard."""

import re

import pytest

# Panels that are pictures of their controls, in their order: how many sliders, how many lists.
EXPLORED = [
    ("dividing line", 2, 1),
    ("three activations", 1, 1),
    ("relatives", 1, 1),
    ("Maxout", 4, 0),
    ("learned pieces", 1, 0),
    ("softmax", 4, 0),
    ("gradients", 2, 0),
    ("initialisation", 0, 2),
]
LIVE = ["circles", "XOR", "spirals", "own design"]


@pytest.fixture
def lesson(lab):
    """The lesson with all its cells run."""
    lab.open("02_activations.ipynb")
    lab.run_all()
    assert lab.red_outputs() == []
    return lab


def panels(lesson, alive):
    """Return the panels that train (``alive``), or those that do not."""
    play = lesson.page.get_by_role("button", name="Play")
    every = lesson.page.locator(".lessons-panel")
    return every.filter(**{"has" if alive else "has_not": play})


def picture_after(lesson, panel, act):
    """Do something and wait until the panel shows another picture; return its sentence."""
    image = panel.locator("img")
    old = image.get_attribute("src")
    act()
    lesson.page.wait_for_function(
        "([image, old]) => image.src !== old", arg=[image.element_handle(), old]
    )
    lesson.page.wait_for_timeout(120)
    return panel.locator("[role=status]").inner_text()


def press(lesson, control, key):
    """Press a key on a control."""
    control.focus()
    lesson.page.keyboard.press(key)


def test_every_control_of_every_picture_answers_at_both_ends(lesson):
    """Each slider and list, taken to both ends, changes the picture and leads to a sentence."""
    found = panels(lesson, alive=False)
    assert found.count() == len(EXPLORED)
    for index, (name, sliders, lists) in enumerate(EXPLORED):
        panel = found.nth(index)
        panel.scroll_into_view_if_needed()
        handles, choosers = panel.locator(".noUi-handle"), panel.locator("select")
        assert (handles.count(), choosers.count()) == (sliders, lists), name
        # From the last to the first: at equal scores the temperature would change nothing.
        for control in reversed([*choosers.all(), *handles.all()]):
            for key in ("End", "Home"):
                said = picture_after(lesson, panel, lambda c=control, k=key: press(lesson, c, k))
                assert said.endswith("."), name
        for handle in handles.all():
            assert handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin")
        assert "could not be drawn" not in panel.inner_text(), name
    assert lesson.red_outputs() == []


def plays_before_the_learners_eyes(lesson, panel):
    """Reset and Play: step after step the picture changes, until Pause."""
    panel.scroll_into_view_if_needed()
    picture_after(lesson, panel, panel.get_by_role("button", name="Reset").click)
    panel.get_by_role("button", name="Play").click()
    panel = lesson.page.locator(".lessons-panel").filter(has_text="Pause")
    panel.locator("[role=status]").filter(has_text=re.compile(r"Step [1-9]\d")).wait_for()
    panel.get_by_role("button", name="Pause").click()


def test_every_knob_of_every_network_answers_at_both_ends(lesson):
    """With each knob at either end the network still makes a step, and its picture shows it."""
    found = panels(lesson, alive=True)
    assert found.count() == len(LIVE)
    for index, name in enumerate(LIVE):
        panel = found.nth(index)
        panel.scroll_into_view_if_needed()
        step = panel.get_by_role("button", name="Step")
        for key in ("End", "Home"):
            for control in [*panel.locator(".noUi-handle").all(), *panel.locator("select").all()]:
                press(lesson, control, key)
            said = picture_after(lesson, panel, step.click)
            assert re.search(r"Step [\d,]+", said) or "diverged" in said, (name, key, said)
            assert "error" not in said, (name, key, said)
    plays_before_the_learners_eyes(lesson, found.first)
    assert lesson.red_outputs() == []
