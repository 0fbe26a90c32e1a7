"""A run with turns of its own plays in JupyterLab, and its recipe makes it again in a cell."""

import pytest

NAME = "recipe.ipynb"
MODEL = """\
from lessons_lib import datasets, live, panels
import keras

X, y = datasets.make_circles(n_samples=100, noise=0.1, seed=1)
keras.utils.set_random_seed(0)
hidden = [keras.layers.Dense(8, activation="tanh"), keras.layers.Dropout(0.1)]
output = keras.layers.Dense(1, activation="sigmoid")
model = keras.Sequential([keras.Input((2,)), *hidden, output])
model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
again = "mine"
"""
PANEL = """\
panel = panels.live(model, X, y, batch_size=10, learning_rate=0.3, turns=[(60, "width", 2)])
panel
"""
SAME = """\
import numpy as np
pairs = zip(again_2.trainer.to_keras().get_weights(), panel.trainer.to_keras().get_weights())
print(all(np.array_equal(one, other) for one, other in pairs), again_2.trainer.updates)
"""


@pytest.fixture
def lab(run_lab):
    """One notebook with a panel in it."""
    with run_lab(NAME, [MODEL, PANEL]) as lab:
        yield lab


@pytest.fixture
def panel(lab):
    """The panel, drawn."""
    return lab.first_panel()


def tab_to(page, element):
    """Press Tab until an element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if element.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("Tab does not lead there")


def stays_in_hand(lab, panel, recipe):
    """Play while the code is read: it goes on, and neither focus nor what is marked is lost."""
    page, before = lab.page, recipe.inner_text()
    recipe.focus()
    recipe.evaluate("code => getSelection().selectAllChildren(code)")
    lab.ask("panel.play()")
    changed = "([code, before]) => code.textContent !== before"
    page.wait_for_function(changed, arg=[recipe.element_handle(), before])
    lab.ask("panel.pause()")
    assert recipe.evaluate("code => code === document.activeElement")
    marked, shown = recipe.evaluate("code => [String(getSelection()), code.innerText]")
    assert marked.strip() == shown.strip()


def test_a_knob_turns_by_itself_and_the_recipe_is_run_in_a_cell(lab, panel):
    """Played, shown and copied by keyboard, pasted: the same weights in a panel of its own."""
    page = lab.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    width = panel.get_by_role("slider", name="width")
    assert float(width.get_attribute("aria-valuenow")) == 8
    panel.get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "slider => +slider.getAttribute('aria-valuenow') === 2",
        arg=width.element_handle(),
        timeout=90_000,
    )
    panel.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    lab.comes_to_say("panel.playing", "False")
    tab_to(page, panel.get_by_role("button", name="Show the code"))
    page.keyboard.press("Enter")
    recipe = panel.get_by_role("group", name="This run again")
    recipe.wait_for()
    lab.keep_picture("the_recipe")
    stays_in_hand(lab, panel, recipe)
    copy = panel.get_by_role("button", name="Copy the run")
    tab_to(page, copy)
    page.keyboard.press("Enter")
    panel.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == recipe.inner_text()
    assert 'turns=[(60, "width", 2)]' in copied
    copy.wait_for()  # the button has its own words again
    lab.run_code(copied)
    second = page.locator(".lessons-panel").nth(1)
    lab.wait_until_drawn(second)
    steps = lab.ask("print(panel.trainer.updates)")
    assert lab.ask(SAME) == f"True {steps}"
    assert lab.ask("print(again)") == "mine"
    assert not lab.red_outputs()
    assert not lab.messages
