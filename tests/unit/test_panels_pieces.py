"""The view "pieces" of a live panel: a dot that is dragged, and the network that is left there."""

import numpy as np
import pytest

from lessons_lib import datasets, panels, plots

pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

X, Y = datasets.make_circles(60, noise=0.1, seed=1)


def panel_of(*hidden, activation="relu", views=("pieces", "network"), **how):
    """Return a panel of a classifier, always with the same weights."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(units, activation) for units in hidden]
    last = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), *layers, last])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return panels.live(model, X, Y, views=views, **how)


def drag(panel, x, y):
    """Drag the dot to a place, as a page tells it."""
    told = {"view": 0, "item": "here", "kind": "curve", "index": 0, "x": x, "y": y}
    panel.page._hear(panel.page, {"pick": told | {"phase": "end"}}, [])


def place(panel):
    """Return where the dot is drawn."""
    item = panel.scenes[0].items["here"].data
    return np.array([item["x"][0], item["y"][0]])


def test_the_dot_is_dragged_and_turns_no_knob():
    """What is only looked at is no mark on the curve, and no part of the run."""
    panel = panel_of(5)
    panel.step(20)
    drag(panel, 0.42, -0.31)
    assert place(panel) == pytest.approx([0.42, -0.31], abs=0.02)
    assert panel.trainer.turns == ()


@pytest.mark.parametrize("hidden", [(5,), (5, 4)])
def test_units_that_give_0_at_the_dot_vanish_from_the_drawing(hidden):
    """Their maps are blank, their lines faint, and a pointer is told why."""
    panel = panel_of(*hidden)
    panel.step(200)
    drag(panel, 0.6, 0.2)
    values = panel.trainer.hidden(place(panel)[None])
    off = {
        (layer, unit)
        for layer, outputs in enumerate(values, 1)
        for unit, output in enumerate(outputs[0], 1)
        if output == 0
    }
    assert off
    kernels = panel.trainer.chain().kernels
    units, edges = plots.network_parts(kernels)
    items = panel.scenes[1].items
    words = items["unit"].data["words"]
    assert {u for u, said in zip(units, words, strict=True) if "0 at the dot" in said} == off
    colors = items["edges"].look["color"]
    faint = {e for e, color in zip(edges, colors, strict=True) if color == plots.FAINT}
    assert faint == {e for e in edges if (e[0] - 1, e[1]) in off or (e[0], e[2]) in off}
    said = f"{sum(hidden) - len(off)} of {sum(hidden)} hidden units are on"
    assert said in panel.sentence


def test_without_the_dot_the_drawing_shows_all_units():
    """The view "network" alone is what it was."""
    panel = panel_of(5, views="network")
    panel.step(50)
    assert "at the dot" not in " ".join(panel.scenes[0].items["unit"].data["words"])


def test_the_pieces_follow_width_and_units_switched_off():
    """A unit that takes no part cuts nothing."""
    panel = panel_of(6)
    panel.step(50)
    pieces = [len(panel.scenes[0].items["pieces"].data["counts"])]
    panel.controls["width"].value = 3
    panel.step(1)
    pieces.append(len(panel.scenes[0].items["pieces"].data["counts"]))
    panel.trainer.lesions = ((1, 1), (1, 2))
    panel.step(1)
    pieces.append(len(panel.scenes[0].items["pieces"].data["counts"]))
    assert pieces[0] > pieces[1] > pieces[2] >= 1
    assert pieces[2] <= 2


def test_another_activation_has_no_pieces_and_the_sentence_says_so():
    """The border is drawn all the same."""
    panel = panel_of(5, activation="tanh")
    assert "choose the activation relu" in panel.sentence
    assert "pieces" not in panel.scenes[0].items
    assert "at the dot" not in " ".join(panel.scenes[1].items["unit"].data["words"])
    panel.controls["activation"].value = "relu"
    panel.step(1)
    assert "Pieces in the picture" in panel.sentence


def test_it_is_shown_where_it_is_asked_for():
    """By itself a panel has the views that it had before."""
    assert "pieces" not in panel_of(5, views=None).views


def test_of_three_classes_the_panel_says_what_it_takes():
    """A formula for each class would be another picture."""
    points, y = datasets.make_spirals(90, seed=0, classes=3)
    layers = [keras.layers.Dense(5, "relu"), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="'pieces' needs two inputs and a chain of Dense layers"):
        panels.live(model, points, y, views=("pieces",))
