"""The network in numbers, its paths, and the thirty lines that find its gradients."""

from pathlib import Path

import jupytext
import numpy as np
import pytest

from lessons_lib import nn
from lessons_lib.lessons.backprop import exercises, graph, graph_pictures
from lessons_lib.plots import Scene

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "03_backprop.py"
TURNED = {name: graph.NUMBERS[name] for name in ("x1", "x2", "v1", "v2", "y")}
ELSEWHERE = graph.NUMBERS | {"x1": -2.0, "w12": 1.5, "v1": -0.4, "y": 1.0}


@pytest.fixture
def scene():
    """A place to draw, as large as in the lesson."""
    return Scene((940, 450), 1.5)


@pytest.fixture(scope="module")
def lines():
    """The names that the lesson's cells define on the way to the thirty lines, and with them."""
    names = {"nn": nn, "np": np, "yours_or_ours": lambda function: function}
    names["NUMBERS"] = graph.NUMBERS
    for question in ("product_node", "in_order", "walk_back"):
        names[question] = getattr(exercises, question).solution
    begins = ("product = ", "def tanh", "def graph_of", "def output", "nodes = ", "def log")
    cells = [cell.source for cell in jupytext.read(SOURCE).cells]
    for begin in begins:
        (cell,) = [cell for cell in cells if cell.startswith(begin)]
        exec(cell.split("\n\n\nwalked")[0], names)
    return names


def measured(name, numbers):
    """Return dL/d(name), measured."""
    return nn.numerical_gradient(
        lambda number: graph.network_values(numbers | {name: float(number)})["L"], numbers[name]
    )


@pytest.mark.parametrize("name", [*graph.PARAMETERS, "x1", "x2"])
@pytest.mark.parametrize("numbers", [graph.NUMBERS, ELSEWHERE])
def test_the_paths_of_blame_add_up_to_the_measured_gradient(name, numbers):
    """Slopes along a path multiply, and paths add up: that is what the picture writes."""
    parts = graph.network_parts(graph.network_values(numbers))
    assert graph.gradient(parts, name) == pytest.approx(measured(name, numbers), rel=1e-6)


@pytest.mark.parametrize(("name", "count"), [("w11", 1), ("c", 1), ("x1", 2), ("x2", 2)])
def test_a_weight_has_one_path_and_an_input_has_two(name, count):
    """Each hidden unit uses every input."""
    parts = graph.network_parts(graph.network_values(graph.NUMBERS))
    assert len(graph.paths(parts, "L", name)) == count


def test_the_walk_of_the_exercise_gives_the_gradients_of_the_picture():
    """in_order and walk_back, on the graph of the picture with its names."""
    parts = graph.network_parts(graph.network_values(ELSEWHERE))
    order = exercises.in_order.solution(parts)
    walked = exercises.walk_back.solution(order, parts)
    assert walked == pytest.approx({name: graph.gradient(parts, name) for name in parts})


def test_the_thirty_lines_find_the_gradients_of_the_picture(lines):
    """The lesson's Node and its graph, from the loss alone."""
    nodes = lines["nodes"]
    found = lines["gradients_of"](lines["squared_error"](nodes))
    parts = graph.network_parts(graph.network_values(graph.NUMBERS))
    for name in ("x1", "x2", *graph.PARAMETERS):
        assert found[nodes[name]] == pytest.approx(graph.gradient(parts, name))
        if name in graph.PARAMETERS:
            assert found[nodes[name]] == pytest.approx(lines["measured_slope"](name), rel=1e-6)


def test_a_number_that_is_used_twice_gets_both_shares(lines):
    """For u · u + u the slope is 2u + 1."""
    u = lines["Node"](2.5)
    assert lines["gradients_of"](u * u + u)[u] == pytest.approx(6.0)


def test_nodes_matrices_and_tensorflow_agree(lines):
    """The gradients of one cross-entropy, found in three ways."""
    tf = pytest.importorskip("tensorflow")
    nodes = lines["nodes"]
    found = lines["gradients_of"](lines["log"](lines["output"](nodes)) * lines["Node"](-1.0))
    X, parameters = graph.as_matrices(graph.NUMBERS)
    y_pred, cache = exercises.forward.solution(X, parameters)
    pairs = exercises.backward.solution(y_pred, np.ones((1, 1)), cache, parameters)
    flat = np.concatenate([array.ravel() for pair in pairs for array in pair])
    assert [found[nodes[name]] for name in graph.PARAMETERS] == pytest.approx(flat)

    variables = [tf.Variable(array) for pair in parameters for array in pair]
    W, b, V, c = variables
    with tf.GradientTape() as tape:
        logits = tf.tanh(X @ W + b) @ V + c
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(logits), logits))
    from_tape = np.concatenate([g.numpy().ravel() for g in tape.gradient(loss, variables)])
    assert flat == pytest.approx(from_tape)


def widths(picture):
    """Return how thick the line of each number is drawn, by whose gradient it shows."""
    drawn = picture.scene.items["lines"].look["width"]
    return {name: width for (*_, name), width in zip(graph_pictures._LINES, drawn, strict=True)}


def test_a_line_is_the_thicker_the_larger_its_gradient(scene):
    """In the order of the gradients, up to the widest."""
    parts = graph.network_parts(graph.network_values(graph.NUMBERS))
    drawn = widths(graph_pictures.blame(scene, blame="w11", **TURNED))
    sizes = {name: abs(graph.gradient(parts, name)) for name in graph.PARAMETERS}
    assert sorted(sizes, key=sizes.get) == sorted(
        sizes, key=lambda name: (drawn[name], sizes[name])
    )
    assert len({drawn[name] for name in sizes}) > 3


def test_behind_a_weight_of_0_lines_are_thin(scene):
    """What reaches the loss through v1 only has no gradient where v1 is 0; v1 has one."""
    drawn = widths(graph_pictures.blame(scene, blame="w11", **TURNED | {"v1": 0.0}))
    assert drawn["w11"] == drawn["w21"] == drawn["b1"] < drawn["v1"]
    assert drawn["w11"] < drawn["w12"]


def test_the_path_of_what_was_pressed_is_lit(scene):
    """Its lines have another colour than all others; the second path to an input has its own."""

    def colors(name):
        picture = graph_pictures.blame(scene, blame=name, **TURNED)
        drawn = picture.scene.items["lines"].look["color"]
        return {line[:2]: color for line, color in zip(graph_pictures._LINES, drawn, strict=True)}

    lit = colors("w12")
    one = {("x1", "z2"), ("z2", "a2"), ("a2", "z"), ("z", "ŷ"), ("ŷ", "L")}
    assert {line for line, color in lit.items() if color == lit["ŷ", "L"]} == one
    both = colors("x1")
    assert len({both["x1", "z1"], both["x1", "z2"], both["x2", "z1"]}) == 3


def test_the_products_of_the_paths_and_their_sum_are_written(scene):
    """With one path the gradient is its product, with two their sum."""
    one = graph_pictures.blame(scene, blame="w11", **TURNED)
    rows = [one.scene.items[f"path {row}"].data["words"] for row in (0, 1)]
    assert rows[0].startswith("2(ŷ − y) · ŷ(1 − ŷ) · v1 · (1 − a1²) · x1 = ")
    assert rows[1].startswith("One path, so dw11 = ")
    assert rows[1].split()[-1] == rows[0].split()[-1]
    assert rows[1] in one.sentence
    two = graph_pictures.blame(scene, blame="x2", **TURNED)
    rows = [two.scene.items[f"path {row}"].data["words"] for row in (0, 1, 2)]
    assert "v2 · (1 − a2²) · w22" in rows[1]
    assert all(row.split(" = ")[-1] in rows[2] for row in rows[:2])


@pytest.mark.parametrize("name", graph_pictures.PRESSED)
def test_each_box_to_press_stands_around_its_own_number(scene, name):
    """The box at a name's place in the list holds that name's words."""
    items = graph_pictures.blame(scene, blame=name, **TURNED).scene.items
    boxes = items["blame"].data["boxes"]
    left, right, bottom, top = boxes[graph_pictures.PRESSED.index(name)]
    words = items[f"value {name}"].data
    assert left <= words["x"] <= right
    assert bottom <= words["y"] <= top
