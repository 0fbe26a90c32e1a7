"""What a press on a picture does: controls are set, and whoever listens is told."""

import numpy as np
import pytest

from lessons_lib import panels, plots
from lessons_lib.panels._controls import nearest


def dot(ax, *, w, b):
    """Draw a dot that sets two controls."""
    pen = plots.Pen(ax, xlim=(-3, 3), ylim=(-3, 3))
    pen.here(w, b, sets=("w", "b"), label="you")
    pen.legend("upper right")
    return pen.done(f"It stands at {w:g}, {b:g}.")


def pick(panel, x, y, phase="move", item="here", **more):
    """Pick the dot, as a page tells it."""
    told = {"view": 0, "item": item, "kind": "curve", "index": 0, "x": x, "y": y, "phase": phase}
    told |= more
    panel.page._hear(panel.page, {"pick": told}, [])


@pytest.fixture
def panel():
    """A panel with a dot to be dragged."""
    return panels.explore(dot, w=panels.Slider(-1.0, 1.0, 0.0), b=(-3, 3))


def test_a_pick_sets_the_controls_and_the_picture_follows(panel):
    """Both numbers of the dot's new place are set, to a step of the slider."""
    pick(panel, 0.403, 1.2)
    assert panel.values == {"w": pytest.approx(0.4), "b": 1}
    assert panel.sentence == "It stands at 0.4, 1."
    assert panel.scenes[0].items["here"].data["x"] == pytest.approx(0.4)


def test_a_pick_beyond_a_slider_takes_it_to_its_end(panel):
    """A picture may be wider than a slider."""
    pick(panel, 2.5, -2.9)
    assert panel.values == {"w": 1.0, "b": -3}


@pytest.mark.parametrize(
    ("control", "values"),
    [
        (panels.Choice((5, 10, 20, 40), 10, slider=True), [5, 5, 10, 20, 40, 40]),
        (panels.Slider(0, 30, 10, step=10), [0, 0, 10, 20, 30, 30]),
        (panels.Slider(1.0, 10.0, 10**0.01, log=True), [1, 1, 10**0.01, 10**0.02]),
        (panels.Switch(), [False, False, True, True]),
    ],
)
def test_a_key_leads_to_the_next_value_however_far_it_is(control, values):
    """It moves a dot by a few pixels, which may be less than halfway to that value."""
    panel = panels.explore(lambda ax, w: dot(ax, w=w, b=0), w=control)
    seen = []
    for way in (-1, -1, *[1] * (len(values) - 2)):
        pick(panel, panel.values["w"], 0, "start")
        pick(panel, panel.values["w"] + 0.001 * way, 0, "end", way=[way, 0])
        seen.append(panel.values["w"])
    assert seen == pytest.approx(values)


def test_a_dot_says_which_places_mean_0_and_1():
    """Its place is not what it sets; a key goes its own way where numbers grow to the left."""

    def draw(ax, k):
        pen = plots.Pen(ax, xlim=(-9, 9), ylim=(-9, 9))
        pen.here(4 - 2 * k, 0, sets=("k", ""), zero=(4, 0), one=(2, 0))
        return pen.done("")

    panel = panels.explore(draw, k=panels.Slider(-2.0, 4.0, 0.0, step=0.5))
    pick(panel, -1.2, 0)
    assert panel.values == {"k": 2.5}
    pick(panel, -1.01, 0, "end", way=[-1, 0])
    assert panel.values == {"k": 3.0}


def test_a_key_moves_by_several_values_where_they_are_close(panel):
    """As far as it moves the dot; an end of a picture inside of the slider's is none."""
    pick(panel, 0.12, 0, "end", way=[1, 0])
    assert panel.values["w"] == pytest.approx(0.12)
    pick(panel, 0.11, 0, "end", way=[1, 0])
    assert panel.values["w"] == pytest.approx(0.14)


def test_who_listens_hears_of_each_pick_when_the_controls_are_set(panel):
    """The callback gets what was picked, and finds the controls as they are now."""
    heard = []
    panel.on_pick(lambda one: heard.append((one.item, one.phase, panel.values["b"])))
    pick(panel, 0, 2, "start")
    pick(panel, 0, 1, "end")
    assert heard == [("here", "start", 2), ("here", "end", 1)]


def test_a_pick_of_what_is_no_longer_there_does_nothing(panel):
    """The picture may have become another one while the pick was on its way."""
    pick(panel, 1, 1, item="there")
    assert panel.values == {"w": 0.0, "b": 0}


def test_nothing_looks_movable_that_a_panel_cannot_set():
    """A picture is stated for panels with other controls, too."""
    half = panels.explore(lambda ax, w: dot(ax, w=w, b=0), w=(-3, 3))
    assert half.scenes[0].items["here"].look["sets"] == ("w", "")
    pick(half, 2, 2)
    assert half.values == {"w": 2}
    other = panels.explore(lambda ax, z: dot(ax, w=z, b=0), z=(-3, 3))
    assert "sets" not in other.scenes[0].items["here"].look
    assert all(one._repr_mimebundle_()["image/png"] for one in (half, other))


@pytest.mark.parametrize(
    ("control", "number", "value"),
    [
        (panels.Slider(-3.0, 3.0, 0.0, step=0.5), 1.3, 1.5),
        (panels.Slider(0.0, 1.0, 0.0, step=0.3), 2.0, 1.0),
        (panels.Slider(1, 12, 3), 4.4, 4),
        (panels.Slider(0.001, 10.0, 0.1, log=True), 0.0, 0.001),
        (panels.Slider(0.001, 10.0, 0.1, log=True), 99.0, 10.0),
        (panels.Choice((0.0, 0.1, 0.4), 0.0), 0.2, 0.1),
        (panels.Choice((("none", 0), ("some", 3)), 0, slider=True), 2.0, 3),
        (panels.Switch(), 0.7, True),
    ],
)
def test_the_nearest_value_that_a_control_can_have(control, number, value):
    """Sliders have steps and ends, choices a few values."""
    widget = control.widget("words")
    widget.value = nearest(widget, number)
    assert widget.value == pytest.approx(value)


def test_a_logarithmic_slider_gets_the_nearest_of_its_steps():
    """Its steps are equal factors."""
    widget = panels.Slider(0.001, 10.0, 0.1, log=True).widget("rate")
    widget.value = nearest(widget, 0.0333)
    assert widget.value == pytest.approx(0.0333, rel=widget.step * 2.31)


def boxes(ax, *, fruit):
    """Draw two boxes that choose from a list."""
    pen = plots.Pen(ax, xlim=(0, 2), ylim=(0, 1))
    words = ["an apple", "a pear"]
    pen.lens("fruit", np.array([[0, 1, 0, 1], [1, 2, 0, 1]]), words, picks="fruit")
    return pen.done(f"You have {fruit}.")


def test_pressing_a_box_chooses_what_stands_there_in_the_list():
    """The second box stands for the second value, whatever it is called in the list."""
    options = (("Apple", "an apple"), ("Pear", "a pear"))
    panel = panels.explore(boxes, fruit=panels.Choice(options, "an apple"))
    pick(panel, 1.5, 0.5, "end", item="fruit", kind="lens", index=1)
    assert panel.values == {"fruit": "a pear"}
    assert panel.sentence == "You have a pear."


def test_no_box_can_be_pressed_that_chooses_nothing():
    """The same picture in a panel that has no such list."""
    panel = panels.explore(lambda ax, other: boxes(ax, fruit="none"), other=(0, 3))
    assert "picks" not in panel.scenes[0].items["fruit"].look
