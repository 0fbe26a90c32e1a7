"""Going back in JupyterLab: a network diverges, and a new run begins before it went wrong."""

import re

import pytest

NAME = "memory.ipynb"
CELL = """\
import keras
import numpy as np
from lessons_lib import panels

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 2)).astype("float32")
y = (X @ [[1.0], [2.0]]).astype("float32")
keras.utils.set_random_seed(1)
hidden, output = keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)
model = keras.Sequential([keras.Input((2,)), hidden, output])
model.compile(keras.optimizers.SGD(0.01), "mse")
panel = panels.live(model, X[:80], y[:80], validation_data=(X[80:], y[80:]), batch_size=10)
panel
"""
SAME = "print(again.trainer.history == panel.trainer.history, again.trainer.updates)"


@pytest.fixture
def lab(run_lab):
    """One notebook with a panel in it."""
    with run_lab(NAME, [CELL]) as lab:
        yield lab


@pytest.fixture
def panel(lab):
    """The panel, drawn."""
    return lab.first_panel()


def press(panel, name):
    """Press a button with Enter."""
    button = panel.get_by_role("button", name=name, exact=True)
    button.focus()
    button.press("Enter")


def says(panel, pattern):
    """Wait until the panel says this; return the match."""
    status = panel.locator("[role=status]")
    status.filter(has_text=re.compile(pattern)).wait_for(timeout=90_000)
    return re.search(pattern, status.inner_text())


def test_a_run_that_diverged_is_gone_back_in_and_another_begins_there(lab, panel):
    """By keyboard: both curves, the table, and a recipe whose cell has the same curve."""
    rate = panel.get_by_role("slider", name="learning rate", exact=True)
    step = panel.get_by_role("slider", name="step", exact=True)
    press(panel, "Play")
    says(panel, r"Step [2-9]\d\d")
    rate.press("End")
    says(panel, "Diverged at step")
    last = float(step.get_attribute("aria-valuemax"))
    assert float(step.get_attribute("aria-valuenow")) == last

    step.press("Home")
    says(panel, f"Step 0 of {last:,.0f}")
    step.press("End")
    says(panel, "Diverged at step")
    lab.comes_to_say("panel.trainer.updates", f"{last:.0f}")
    step.press("PageDown")
    says(panel, rf"Step [\d,]+ of {last:,.0f}")
    step.focus()
    lab.page.keyboard.type("150")
    lab.page.keyboard.press("Enter")
    says(panel, f"Step 150 of {last:,.0f}")
    step.press("ArrowLeft")
    says(panel, f"Step 149 of {last:,.0f}")
    lab.comes_to_say("panel.trainer.updates, panel.trainer.learning_rate", "149 0.01")

    rate.focus()
    lab.page.keyboard.type("0.03")
    lab.page.keyboard.press("Enter")
    says(panel, "Step 149: .* run 1 had")  # and no longer "of": a run of its own begins
    press(panel, "Play")
    says(panel, r"Step [3-9]\d\d: .* run 1 had")
    press(panel, "Pause")
    press(panel, "Runs")
    table = panel.locator(".lessons-runs table")
    table.get_by_role("row").filter(has_text="from run 1 at step 149").wait_for()
    lab.comes_to_say("[(run['run'], run['present']) for run in panel.runs]", str(
        [("run 1", False), ("run 2", True)]
    ))  # fmt: skip

    lab.run_code(lab.ask("print(panel.recipe())"))
    made = lab.ask("print(panel.trainer.updates)")
    assert lab.ask(SAME) == f"True {made}"
    assert lab.red_outputs() == []
