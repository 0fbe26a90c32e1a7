"""Panels that are a picture of their controls."""

import ast
import base64
from functools import partial
from io import BytesIO
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from lessons_lib import panels
from lessons_lib.lessons.neuron import pictures
from lessons_lib.plots import Wire

X = np.linspace(-2, 2, 15)
Y = 1.5 * X - 0.5


def line_panel(**options):
    """Return lesson 01's first panel."""
    draw = partial(pictures.linear_unit, x=X, y=Y)
    return panels.explore(draw, w=(-3.0, 3.0), b=(-3.0, 3.0), **options)


def test_first_picture_needs_no_press():
    """The picture is there as soon as the panel is made."""
    (scene,) = line_panel().scenes
    assert {"unit", "data"} <= set(scene.items)


@pytest.mark.parametrize("name", ["w", "b"])
@pytest.mark.parametrize("end", ["min", "max"])
def test_both_ends_of_each_control_give_a_picture_and_a_sentence(name, end):
    """Dragging to an end changes picture and sentence; only what has changed is sent."""
    panel, wire = line_panel(), Wire()
    wire.message(panel.scenes)
    before = panel.sentence
    control = panel.controls[name]
    control.value = getattr(control, end)
    message, _ = wire.message(panel.scenes)
    assert 0 < len(message["scenes"][0]["items"]) < len(panel.scenes[0].items)
    assert f"{name} = {control.value:.2f}".replace("-", "−") in panel.sentence
    assert panel.sentence != before


def test_stored_output_has_picture_widget_and_sentence():
    """What the notebook stores works without a kernel."""
    panel = line_panel()
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    png = base64.b64decode(bundle["image/png"])
    assert np.asarray(Image.open(BytesIO(png))).std() > 0
    assert bundle["text/plain"] == panel.sentence


def test_two_pictures_share_the_controls_they_name():
    """Each drawing function receives the controls that it takes, and no other."""
    panel = panels.explore(
        partial(pictures.linear_unit, x=X, y=Y),
        pictures.probability,
        w=(-3.0, 3.0),
        b=(-1.0, 1.0),
        z=(-8.0, 8.0),
    )
    assert "mean squared error" in panel.sentence
    assert "probability" in panel.sentence


def test_a_control_nobody_takes_is_named():
    """A misspelt control is explained."""
    with pytest.raises(TypeError, match="bias"):
        panels.explore(partial(pictures.linear_unit, x=X, y=Y), w=(0, 1), b=(0, 1), bias=(0, 1))


def test_who_draws_as_on_an_axes_is_shown_the_pen():
    """A function written for matplotlib is told what to write in its place."""
    with pytest.raises(AttributeError, match=r"pen = plots\.Pen"):
        panels.explore(lambda ax, a: ax.plot([0, 1], [0, a]), a=(0.0, 1.0))


def test_nothing_to_draw_is_explained():
    """A panel without a drawing function is explained."""
    with pytest.raises(TypeError, match="at least one function"):
        panels.explore(w=(0, 1))


@pytest.mark.parametrize(
    ("given", "kind", "start"),
    [
        ((0, 10), widgets.IntSlider, 5),
        ((0.0, 1.0), widgets.FloatSlider, 0.5),
        ((0, 1, 0.25), widgets.FloatSlider, 0.5),
        (panels.Slider(0.01, 100.0, log=True), widgets.FloatLogSlider, 1.0),
        (panels.Slider(1, 9, 3), widgets.IntSlider, 3),
        (["a", "b"], widgets.Dropdown, "a"),
        ({"words": 4}, widgets.Dropdown, 4),
        (True, widgets.Checkbox, True),
        (panels.Choice((1, 2), start=2), widgets.Dropdown, 2),
        (panels.Choice((1, 16, 256), start=16, slider=True), widgets.SelectionSlider, 16),
    ],
)
def test_short_descriptions_become_controls(given, kind, start):
    """Tuples, lists, dictionaries and switches become the expected widget and value."""
    panel = panels.explore(lambda ax, knob: None, knob=given)
    assert isinstance(panel.controls["knob"], kind)
    assert panel.values["knob"] == (pytest.approx(start) if isinstance(start, float) else start)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"low": 1, "high": 0}, "below"),
        ({"low": 0.0, "high": 1.0, "log": True}, "above 0"),
        ({"low": 0, "high": 1, "start": 3}, "between"),
    ],
)
def test_a_slider_that_cannot_be_is_explained(arguments, words):
    """Impossible ends or starts are explained when the slider is described."""
    with pytest.raises(ValueError, match=words):
        panels.Slider(**arguments)


def test_a_slider_with_an_end_that_is_no_number_is_explained():
    """Words where a number belongs are explained."""
    with pytest.raises(TypeError, match="finite number"):
        panels.Slider("0", 1)


def test_an_unknown_description_lists_what_is_possible():
    """A description that is none of the known kinds is explained."""
    with pytest.raises(TypeError, match="needs"):
        panels.explore(lambda ax, knob: None, knob="wide")


def test_words_in_a_tuple_are_told_to_be_a_list():
    """A tuple has the ends of a slider; who means a choice learns how it is written."""
    with pytest.raises(TypeError, match=r"Control 'knob' has words.*\['mean', 'majority'\]"):
        panels.explore(lambda ax, knob: None, knob=("mean", "majority"))


def test_in_a_running_loop_a_burst_of_moves_is_one_picture():
    """Slider moves that arrive together are gathered; the last one is shown."""
    import asyncio

    drawn = []

    async def learner():
        panel = panels.explore(lambda ax, w: drawn.append(w), w=(0.0, 1.0))
        for value in (0.1, 0.2, 0.3):
            panel.controls["w"].value = value
        await asyncio.sleep(0.1)

    asyncio.run(learner())
    assert drawn == [0.5, 0.3]


def test_an_exception_while_drawing_is_shown_in_the_panel():
    """A picture that fails in the running loop says so."""
    import asyncio

    def draw(ax, w):
        if w > 0.9:
            raise RuntimeError("no such place")

    async def learner():
        panel = panels.explore(draw, w=(0.0, 1.0))
        panel.controls["w"].value = 1.0
        await asyncio.sleep(0.1)
        return panel.sentence

    assert asyncio.run(learner()) == "This picture could not be drawn: no such place"


@pytest.mark.parametrize(
    ("low", "high", "start"),
    [(1.0, 10.0, 4.0), (0.5, 0.99, 0.9), (-3.0, 3.0, 0.0), (0.0, 1.0, 0.123), (0.2, 4.0, None)],
)
def test_a_slider_starts_on_one_of_its_steps(low, high, start):
    """A browser moves any other value to the nearest step: 4 would be shown as 3.97."""
    slider = panels.Slider(low, high, start).widget("x")
    steps = (slider.value - low) / slider.step
    assert steps == pytest.approx(round(steps))
    assert start is None or slider.value == start
    assert (high - low) / slider.step >= 74


def sliders_of(source):
    """Yield the sliders of a lesson's source whose arguments are plain numbers."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "panels.Slider":
            try:
                given = [ast.literal_eval(argument) for argument in node.args]
                named = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
            except ValueError:  # a name or a computed number
                continue
            yield panels.Slider(*given, **named).widget("x")


def test_every_slider_of_the_lessons_starts_on_one_of_its_steps():
    """No lesson shows another number at first than its text names."""
    lessons = sorted((Path(__file__).parents[2] / "notebooks" / "src").glob("[0-9]*.py"))
    sliders = [s for lesson in lessons for s in sliders_of(lesson.read_text("utf-8"))]
    linear = [slider for slider in sliders if isinstance(slider, widgets.FloatSlider)]
    assert len(linear) > 10
    for slider in linear:
        steps = (slider.value - slider.min) / slider.step
        assert steps == pytest.approx(round(steps), abs=1e-6), (slider.min, slider.value)
