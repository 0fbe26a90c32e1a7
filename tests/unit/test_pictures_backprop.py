"""Pictures of lesson 03 are judged by the data of their marks and by what their sentence says."""

from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib.lessons.backprop import pictures
from lessons_lib.lessons.backprop.pictures import difference_quotients, neuron_values

GRAPH = {"w": 1.0, "x": 2.0, "b": -1.0, "y": 0.0}
LINE = {"f": lambda w: 3 * w + 1, "slope": 3.0, "x": 0.5}
CURVE = {"f": np.sin, "slope": float(np.cos(1.0)), "x": 1.0}


def words(picture, name):
    """Return the text of that name."""
    return picture.scene.items[name].data["words"]


def line(picture, name):
    """Return x and y of a curve, each of shape (n,)."""
    return tuple(picture.scene.items[name].data.values())


def row(name, analytic, numeric, relative_error=0.0):
    """Return what a gradient check says about one array."""
    arrays = {"analytic": np.asarray(analytic, float), "numeric": np.asarray(numeric, float)}
    return SimpleNamespace(name=name, relative_error=relative_error, **arrays)


def only(*rows):
    """Return a museum with one room, called "it"."""
    return {"it": SimpleNamespace(rows=rows)}


@pytest.mark.parametrize("name", ["w", "x", "b"])
@pytest.mark.parametrize("point", [GRAPH, {"w": -2.0, "x": 0.7, "b": 0.4, "y": 1.0}])
def test_graph_gradients_are_the_measured_ones(name, point):
    """The graph's dL/dw, dL/dx and dL/db agree with two-sided differences of L."""
    epsilon = 1e-6
    up = neuron_values(**point | {name: point[name] + epsilon})["L"]
    down = neuron_values(**point | {name: point[name] - epsilon})["L"]
    assert neuron_values(**point)[f"d{name}"] == pytest.approx(
        (up - down) / (2 * epsilon), rel=1e-6
    )


@pytest.mark.parametrize("node", ["p", "z", "a", "e"])
def test_graph_gradients_of_inner_nodes_are_the_measured_ones(node):
    """Its dL/dp, dL/dz, dL/da and dL/de agree with nudging that node alone."""
    v, y, epsilon = neuron_values(**GRAPH), GRAPH["y"], 1e-6
    onward = {
        "p": lambda p: (1 / (1 + np.exp(-(p + GRAPH["b"]))) - y) ** 2,
        "z": lambda z: (1 / (1 + np.exp(-z)) - y) ** 2,
        "a": lambda a: (a - y) ** 2,
        "e": lambda e: e**2,
    }[node]
    measured = (onward(v[node] + epsilon) - onward(v[node] - epsilon)) / (2 * epsilon)
    assert v[f"d{node}"] == pytest.approx(measured, rel=1e-6)


def test_graph_shows_forward_values_up_to_the_step(scene):
    """At step 2, p and z are written, a is not, and no gradient is."""
    picture = pictures.computation_graph(scene, step=2, **GRAPH)
    assert words(picture, "value p") == "p = 2.000"
    assert words(picture, "value z") == "z = 1.000"
    assert words(picture, "value a") == ""
    assert words(picture, "slope L") == ""


def test_graph_shows_all_gradients_at_the_last_step(scene):
    """At the last step dw and dx are written, and the rule names them."""
    picture = pictures.computation_graph(scene, step=pictures.GRAPH_STEPS, **GRAPH)
    dw = neuron_values(**GRAPH)["dw"]
    assert words(picture, "slope w") == f"dw = {dw:.3f}"
    assert f"= {dw:.3f}" in picture.sentence


@pytest.mark.parametrize("step", range(12))
def test_graph_has_a_rule_for_each_step_at_the_ends_of_its_sliders(scene, step):
    """Each step says its number, also for extreme values."""
    for value in (-3.0, 0.0, 3.0):
        picture = pictures.computation_graph(scene, step=step, w=value, x=value, b=value, y=1.0)
        assert picture.sentence.startswith(f"Step {step} of 11. ")
        assert "-" not in words(picture, "rule")


def test_notation_writes_the_shapes_of_each_layer(scene):
    """W[l] is (n[l−1], n[l]) and the input is not counted as a layer."""
    picture = pictures.notation(scene, [3, 4, 2])
    assert "(3, 4)" in words(picture, "parameters 1")
    assert "(4, 2)" in words(picture, "parameters 2")
    assert "L = 2 layers" in picture.sentence


def test_notation_refuses_a_network_without_layers(scene):
    """A list of one number is told what is missing."""
    with pytest.raises(ValueError, match="at least one layer"):
        pictures.notation(scene, [3])


SIZES = {"samples": 6, "inputs": 3, "units": 4}
TRUE = {"W": (3, 4), "Z": (6, 4), "dZ": (6, 4), "dW": (3, 4), "dA": (6, 3)}


def shape_guessed(scene, array, rows, columns, **sizes):
    """Return the picture of a guess."""
    asked = {"array": array, "rows": rows, "columns": columns, **SIZES, **sizes}
    return pictures.layer_shapes(scene, **asked)


def test_layer_shapes_draws_true_proportions(scene):
    """As seen on the page, a rectangle's height to width is rows to columns."""
    picture = shape_guessed(scene, "W", 5, 2)
    assert picture.scene.frame["equal"] == "on"
    for name, (rows, columns) in {"A": (6, 3), "W": (5, 2), "Z": (6, 4)}.items():
        width, height = (np.ptp(axis) for axis in line(picture, f"matrix {name}"))
        assert (height, width) == (rows, columns)
        assert words(picture, f"name {name}") == f"{name} ({rows}, {columns})"


@pytest.mark.parametrize("array", pictures.SHAPED)
def test_the_corner_of_a_guess_sets_its_shape(scene, array):
    """It stands where its two numbers say, at the corner of its own rectangle."""
    picture = shape_guessed(scene, array, 2, 7)
    corner = picture.scene.items["here"]
    assert corner.look["sets"] == ("columns", "rows")
    assert np.ravel([corner.data["x"], corner.data["y"]]).tolist() == [7, 2]
    assert [np.max(axis) for axis in line(picture, f"matrix {array}")] == [7, 2]


@pytest.mark.parametrize("array", pictures.SHAPED)
def test_only_the_true_shape_fits(scene, array):
    """As NumPy has it, of all shapes that can be dragged."""
    m, before, n = SIZES.values()
    A, W = np.zeros((m, before)), np.zeros((before, n))
    Z = A @ W
    shapes = {"W": W, "Z": Z, "dZ": Z, "dW": A.T @ Z, "dA": Z @ W.T}
    for rows in range(1, pictures.LARGEST + 1):
        for columns in range(1, pictures.LARGEST + 1):
            sentence = shape_guessed(scene, array, rows, columns).sentence
            fits = (rows, columns) == shapes[array].shape
            assert ("does not fit" not in sentence) is fits


@pytest.mark.parametrize(
    ("array", "rows", "columns", "said"),
    [
        ("W", 2, 4, "its rows do not meet the columns of A."),
        ("W", 3, 5, "Z has another number of columns."),
        ("dW", 4, 3, "it is turned round."),
        ("dA", 6, 4, "Wᵀ says how many columns."),
        ("Z", 1, 1, "A says how many rows, and W says how many columns."),
    ],
)
def test_a_shape_that_does_not_fit_is_told_where(scene, array, rows, columns, said):
    """Which length is wrong, and not what it should be."""
    assert shape_guessed(scene, array, rows, columns).sentence.endswith(said)


def test_more_samples_ask_for_other_shapes_of_some_arrays_only(scene):
    """What fitted six samples fits seven for W and dW, and for nothing else."""
    still = {
        array
        for array, shape in TRUE.items()
        if "does not fit" not in shape_guessed(scene, array, *shape, samples=7).sentence
    }
    assert still == {"W", "dW"}


def test_a_square_matrix_does_not_warn(scene):
    """With as many inputs as units a missing transpose fits."""
    assert "cannot warn" in shape_guessed(scene, "dA", 6, 4, inputs=4).sentence
    assert "cannot warn" not in shape_guessed(scene, "dA", 6, 3).sentence


def test_difference_quotients_of_a_line_are_its_slope():
    """Both quotients are exact for a straight line."""
    assert difference_quotients(LINE["f"], 0.5, 0.1) == pytest.approx((3.0, 3.0))


def test_difference_quotients_have_the_truncation_errors_of_theory():
    """One-sided ε f″/2, two-sided ε² f‴/6, for the sine."""
    one, two = difference_quotients(np.sin, 1.0, 1e-3)
    assert one - np.cos(1) == pytest.approx(-np.sin(1) * 1e-3 / 2, rel=1e-2)
    assert two - np.cos(1) == pytest.approx(-np.cos(1) * 1e-6 / 6, rel=1e-2)


def test_secants_draw_a_two_sided_chord_through_both_nudges(scene):
    """The two-sided line meets the curve at x − ε and x + ε."""
    picture = pictures.secants(scene, **CURVE, epsilon=0.5)
    x, y = line(picture, "two-sided")
    slope = (y[1] - y[0]) / (x[1] - x[0])
    for place in (0.5, 1.5):
        assert y[0] + slope * (place - x[0]) == pytest.approx(np.sin(place))


def test_secants_are_flat_where_float32_cannot_tell_the_nudged_from_the_unnudged(scene):
    """Both pictures of the panel are of one precision."""
    picture = pictures.secants(scene, **CURVE, epsilon=1e-12, precision="float32")
    assert np.ptp(line(picture, "two-sided")[1]) == 0
    assert "the two-sided difference gives 0.0000" in picture.sentence


def test_epsilon_curves_fall_with_slopes_two_and_one(scene):
    """On the logarithmic axes truncation falls like ε² two-sided and like ε one-sided."""
    picture = pictures.epsilon_errors(scene, **CURVE, epsilon=0.1)
    for name, steepness in [("two-sided", 2), ("one-sided", 1)]:
        epsilon, error = line(picture, name)
        part = (epsilon > 1e-3) & (epsilon < 1e-1)
        fitted = np.polyfit(np.log(epsilon[part]), np.log(error[part]), 1)[0]
        assert fitted == pytest.approx(steepness, abs=0.05)


def test_epsilon_errors_rise_again_by_rounding(scene):
    """At 1e-12 the two-sided error is far above its lowest, and the sentence says what helps."""
    picture = pictures.epsilon_errors(scene, **CURVE, epsilon=1e-12)
    error = line(picture, "two-sided")[1]
    assert error[0] > 1000 * error.min()
    assert "A ten times larger ε would be better" in picture.sentence
    on_the_right = pictures.epsilon_errors(scene, **CURVE, epsilon=1e-1).sentence
    assert "A ten times smaller ε would be better" in on_the_right


def test_epsilon_errors_are_larger_in_float32(scene):
    """The best error in float32 is thousands of times that in float64."""
    best = {}
    for precision in ("float64", "float32"):
        picture = pictures.epsilon_errors(scene, **CURVE, epsilon=0.1, precision=precision)
        best[precision] = line(picture, "two-sided")[1].min()
        assert picture.sentence.startswith(f"In {precision}")
    assert best["float32"] > 1000 * best["float64"]


@pytest.mark.parametrize(
    ("z", "epsilon", "measured", "true"),
    [(0.5, 0.2, "1.00", "1"), (-0.5, 0.2, "0.00", "0"), (0.3, 0.5, "0.80", "1")],
)
def test_relu_kink_says_when_the_measured_slope_is_wrong(scene, z, epsilon, measured, true):
    """Beside the kink both slopes agree; across it the chord mixes them."""
    sentence = pictures.relu_kink(scene, z=z, epsilon=epsilon).sentence
    assert f"measured slope {measured}, true slope {true}" in sentence
    assert ("crosses" in sentence) == (abs(z) < epsilon)


def test_relu_kink_names_no_slope_where_there_is_none(scene):
    """At 0 the measured slope is one half for each ε, and no true one is claimed."""
    picture = pictures.relu_kink(scene, z=0.0, epsilon=0.2)
    assert "measured slope 0.50, and at the kink itself there is no slope" in picture.sentence
    assert np.isnan(line(picture, "tangent")[1]).all()


def test_gradient_agreement_puts_measured_right_and_backward_up(scene):
    """A dot's place is (measured, from backward)."""
    picture = pictures.gradient_agreement(
        scene, only(row("W[1]", [1.0, 2.0], [1.0, -2.0])), room="it"
    )
    np.testing.assert_allclose(picture.scene.items["gradient W[1]"].data["xy"], [[1, 1], [-2, 2]])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("W[1]", [1, 2], [1, 2])], "All gradients lie on the diagonal."),
        ([row("W[1]", [-1, -2], [1, 2])], "W[1] leaves the diagonal, by a factor of −1."),
        (
            [row("W[1]", [1, 2], [1, 2]), row("b[1]", [1, 2], [2, 4])],
            "b[1] leaves the diagonal, by a factor of 0.5.",
        ),
        (
            [row("W[1]", [2, 1], [1, 2]), row("b[1]", [1, 2], [2, 4])],
            "All gradients leave the diagonal, by no common factor.",
        ),
    ],
)
def test_gradient_agreement_names_arrays_and_their_common_factor(scene, rows, said):
    """The sentence answers: which arrays, and is there one factor?"""
    assert pictures.gradient_agreement(scene, only(*rows), room="it").sentence == said


def test_gradient_pictures_draw_the_room_they_are_asked_for(scene):
    """Of a mapping of rooms, `room` chooses."""
    rows = {"a": [row("W", [1], [1])], "b": [row("W", [2], [1], 1 / 3)]}
    rooms = {name: SimpleNamespace(rows=those) for name, those in rows.items()}
    assert "on the diagonal" in pictures.gradient_agreement(scene, rooms, room="a").sentence
    assert "a factor of 2" in pictures.gradient_agreement(scene, rooms, room="b").sentence
    assert "0.33, of W" in pictures.gradient_errors(scene, rooms, room="b").sentence


def test_gradient_errors_name_the_largest(scene):
    """The sentence has the largest error and its array; dots above 1e-3 are drawn as wrong."""
    rows = [row("W[1]", [1], [1], 1e-9), row("b[1]", [1], [1], 0.25)]
    picture = pictures.gradient_errors(scene, only(*rows), room="it")
    assert picture.sentence == "The largest relative error is 0.25, of b[1]."
    assert picture.scene.items["errors"].data["xy"].tolist() == [[0, 1e-9]]
    assert picture.scene.items["wrong errors"].data["xy"].tolist() == [[1, 0.25]]
    assert "below 1e-6" in pictures.gradient_errors(scene, only(rows[0]), room="it").sentence
