"""The code that a panel shows: it runs in the notebook, and leaves the notebook's names alone."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import panels
from lessons_lib.panels import _names

live = pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(40, 2)), np.arange(40.0) % 2
X_NEW, Y_NEW = X + 0.1, Y.copy()


def network(loss="mse"):
    """Return a compiled model, the smallest there is."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", loss)
    return model


@pytest.fixture
def notebook(monkeypatch):
    """A notebook's names, as IPython has them; empty at first."""
    names = {"In": [""], "Out": {}, "_": None, "_3": X}
    shell = SimpleNamespace(user_ns=names)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return names


def code_of(panel):
    """Press the button, and return the code that is shown."""
    panel.buttons["code"].value = False
    panel.buttons["code"].value = True
    return panel._code.children[-1].children[-1].value


def fit(code):
    """Return the arguments of fit up to the batch size, without what wraps them."""
    return " ".join(re.search(r"fit\((.*?),\s*batch_size", code, re.DOTALL)[1].split())


PLACES = {
    "plain names": ({"a": X, "b": Y}, "a, b"),
    "a pair": ({"circles": (X, Y)}, "*circles"),
    "both": ({"circles": (X, Y), "a": X, "b": Y}, "a, b"),
    "in a list": ({"parts": [X, X_NEW, Y]}, "parts[0], parts[2]"),
    "in a dictionary": ({"data": {"in": X, "out": Y}}, "data['in'], data['out']"),
    "in an object": ({"wine": SimpleNamespace(X=X, y=Y)}, "wine.X, wine.y"),
    "other arrays": ({"X": X_NEW, "y": Y_NEW}, "*mine.data"),
    "one of the two": ({"X": X, "y": Y_NEW}, "*mine.data"),
}


@pytest.mark.parametrize(("names", "data"), PLACES.values(), ids=PLACES)
def test_data_are_called_what_the_notebook_calls_them(notebook, names, data):
    """The very arrays, wherever they are; else they come out of the panel."""
    panel = panels.live(network(), X, Y, views="curves")
    notebook |= {**names, "mine": panel}
    assert fit(code_of(panel)) == data
    exec(code_of(panel), notebook)


def test_what_has_been_changed_since_is_not_used(notebook):
    """A name that means something else, numbers that are others now, a shape Keras reads anew."""
    inputs, targets = X.copy(), Y.copy()
    panel = panels.live(network(), inputs, targets, validation_data=(X_NEW, Y_NEW), views="curves")
    notebook |= {"X": inputs, "y": targets, "X_val": X_NEW, "y_val": Y_NEW, "p": panel}
    assert fit(code_of(panel)) == "X, y, validation_data=(X_val, y_val)"
    inputs[0] = 5.0
    del notebook["y_val"]
    owned = "*p.data, validation_data=p.trainer.validation_data"
    assert fit(code_of(panel)) == owned
    exec(code_of(panel), notebook)


def test_lists_are_taken_from_the_panel_which_has_arrays_of_them(notebook):
    """Keras takes a list for several inputs."""
    inputs, targets = X.tolist(), Y.tolist()
    panel = panels.live(network(), inputs, targets, views="curves")
    notebook |= {"X": inputs, "y": targets, "p": panel}
    assert fit(code_of(panel)) == "*p.data"


def test_a_pair_of_validation_data_keeps_its_name(notebook):
    """As in panels.live(..., validation_data=others)."""
    others = (X_NEW, Y_NEW)
    panel = panels.live(network(), X, Y, validation_data=others, views="curves")
    notebook |= {"few": (X, Y), "others": others}
    assert fit(code_of(panel)) == "*few, validation_data=others"
    exec(code_of(panel), notebook)


def test_a_panel_without_a_name_is_found_among_the_outputs(notebook):
    """It is the last line of a cell; one that is shown in another way says how to name it."""
    panel = panels.live(network(), X, Y, views="curves")
    notebook["X"] = X_NEW
    assert fit(code_of(panel)) == "*this_panel.data"
    assert "# this_panel: give the panel this name" in code_of(panel)
    notebook["Out"][7] = panel
    assert fit(code_of(panel)) == "*Out[7].data"
    assert "#" not in code_of(panel).replace("# No step", "")
    exec(code_of(panel), notebook)


def test_no_name_of_the_notebook_gets_another_meaning(notebook):
    """Run twice, with names that the code would like to have itself."""
    given = network(lambda t, p: keras.ops.mean((t - p) ** 2))
    panel = panels.live(given, X, Y, views="curves")
    notebook |= {"model": "mine", "history": "mine", "loss": "mine", "net": given, "X": X, "y": Y}
    for _ in range(2):
        kept = {key: value for key, value in notebook.items() if key != "__builtins__"}
        code = code_of(panel)
        assert "net.loss" in code
        exec(code, notebook)
        assert all(notebook[key] is value for key, value in kept.items())


def test_outside_of_a_notebook_nothing_has_a_name():
    """Then the code says X, y, as everybody would."""
    assert _names.notebook_names() == {}
    assert fit(code_of(panels.live(network(), X, Y, views="curves"))) == "X, y"
