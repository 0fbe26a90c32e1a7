"""What all pictures have in common: their contract, their language, and the room they stand in."""

import ast
import functools
import importlib
import inspect
import re
from pathlib import Path

import pytest
from picture_examples import EXAMPLES, function_of

from lessons_lib.plots import Picture, Scene

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "lessons_lib"
# What states a picture, and what draws or sends it.
PEN = {"_scene.py", "_pen.py", "_look.py", "_frame.py", "_limits.py"}
HANDS = {"_matplotlib.py", "_wire.py", "_source.py"}
MODULES = sorted(
    path
    for path in [*LIBRARY.glob("plots/_*.py"), *LIBRARY.glob("lessons/*/*.py")]
    if path.name not in PEN | HANDS | {"__init__.py", "exercises.py"}
)
GENERAL = LIBRARY / "plots"


def name_of(path):
    """Return a module's name for test reports."""
    return str(path.relative_to(LIBRARY))


def parsed(path):
    """Return a module's tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def pictures_of(path):
    """Return the picture functions of a module: those that are given an Axes first."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    functions = inspect.getmembers(importlib.import_module(name), inspect.isfunction)
    return [
        function
        for _, function in functions
        if function.__module__ == name and "ax" in list(inspect.signature(function).parameters)[:1]
    ]


@functools.cache
def names_said(path):
    """Return the names of plots that a file uses: imported, or said as ``plots.name``."""
    return set(_names_said(path))


def _names_said(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "lessons_lib.plots":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "plots":
            yield node.attr


def users(name):
    """Return which lessons and rooms use a picture of plots."""
    files = {path: path.stem.split("_", 1)[1] for path in ROOT.glob("notebooks/src/*.py")}
    files |= {path: path.parent.name for path in LIBRARY.glob("lessons/*/*.py")}
    files |= {path: "panels" for path in LIBRARY.glob("panels/*.py")}
    return {user for path, user in files.items() if name in names_said(path)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_picture_speaks_through_the_pen_alone(path):
    """It names its Axes and hands it on; it knows no artist and asks the Axes nothing."""
    nodes = list(ast.walk(parsed(path)))
    assert not [n for n in nodes if isinstance(n, ast.Attribute) and n.attr in ("_ax", "artists")]
    asked = [n for n in nodes if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "ax"]
    assert not [ast.unparse(node) for node in asked]
    modules = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    modules += [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    assert not [name for name in modules if name.startswith("matplotlib")]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_picture_keeps_the_contract(path):
    """Axes first, a Picture back, all other arguments described, there or at its sister."""
    functions = pictures_of(path)
    names = {f"`{function.__name__}`" for function in functions}
    for function in functions:
        if function.__name__.startswith("_"):
            continue
        signature, words = inspect.signature(function), inspect.getdoc(function)
        assert signature.return_annotation in (Picture, "Picture"), function
        assert "Returns\n" not in words, function
        assert "ax :" not in words, function
        undescribed = [name for name in list(signature.parameters)[1:] if name not in words]
        assert not undescribed or any(name in words for name in names), function


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_picture_has_an_example(path):
    """What judges all pictures judges this one too."""
    called = {function_of(draw) for draw in EXAMPLES.values()}
    public = [f for f in pictures_of(path) if not f.__name__.startswith("_")]
    assert not [f.__name__ for f in public if f not in called]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_axis_says_what_it_shows(name):
    """In words along it or at its ticks; one without ticks has nothing to say."""
    frame = EXAMPLES[name](Scene()).scene.frame
    for axis in "" if frame.get("bare") else "xy":
        ticks = frame.get(f"{axis}ticks")
        words = [at[1] or "" for at in ticks] if isinstance(ticks, list) else ["1"]
        assert frame.get(f"{axis}label") or all(re.search(r"[^\W\d]", w) for w in words), axis


# Another value of each argument that a mark sets.
OTHER = {
    "rows": 100_000,
    "z": -0.5, "p": 0.6, "w": 0.5, "b": -1.5, "epsilon": 1e-2, "learning_rate": 0.1, "start": -1.0,
    "degree": 5, "threshold": 0.7, "temperature": 2.0, "noise": 0.6,
    "row": 5, "column": 2, "shift": 1,
    "tried": 16, "place": 6.0, "height": 3.0, "blur": 2.0, "models": 12, "voters": 2,
    "gap": 9, "query": 12.0, "pairs": 5000,
    "at_3": -1.2, "at_2": 0.8, "at_1": 0.4, "at_0": -0.3,
    "left": -1.0, "kink_x": 1.0, "kink_y": 0.7, "right": 2.0,
    "w1": -1.5, "w2": 1.0, "columns": 4, "warmup": 40, "turn": -60.0,
    "z1": -2.0, "z2": 0.5, "z3": 1.5, "z4": 3.0,
}  # fmt: skip


SCALE = {"zero": 0.0, "one": 1.0}  # which places mean these, where a mark does not say


def dragged(name):
    """Yield marks of an example that set its arguments: name, axis, argument."""
    for mark, item in EXAMPLES[name](Scene()).scene.items.items():
        for axis, argument in zip("xy", item.look.get("sets", ""), strict=False):
            if argument in getattr(EXAMPLES[name], "keywords", ()):
                yield mark, axis, argument


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mark_that_sets_an_argument_stands_where_that_says(name):
    """Else it would jump away from whoever drags it."""
    for mark, axis, argument in dragged(name):
        scene = EXAMPLES[name](Scene(), **{argument: OTHER[argument]}).scene
        data, look = scene.items[mark].data, scene.items[mark].look
        zero, one = (look.get(end, (at, at))["xy".index(axis)] for end, at in SCALE.items())
        stands = (data[axis] - zero) / (one - zero)
        assert stands == pytest.approx(OTHER[argument]), (mark, argument)


def test_there_are_marks_to_drag():
    """So that the test above can fail."""
    assert {argument for name in EXAMPLES for *_, argument in dragged(name)} == set(OTHER)


GENERAL_PICTURES = [
    f.__name__ for path in MODULES if path.parent == GENERAL for f in pictures_of(path)
]


@pytest.mark.parametrize("name", GENERAL_PICTURES)
def test_a_general_picture_has_more_than_one_user(name):
    """What one lesson alone shows stands in its room; panels serve all lessons."""
    assert "panels" in users(name) or len(users(name)) > 1


def test_there_are_pictures_to_judge():
    """So that none of the tests above is empty, and the one above can fail."""
    assert len([f for path in MODULES for f in pictures_of(path)]) > 60
    assert "loss_map" in GENERAL_PICTURES
    assert users("Pen") >= {"neuron", "backprop"}
    assert users("linear_unit") == set()
