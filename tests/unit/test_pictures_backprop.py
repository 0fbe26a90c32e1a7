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


def test_layer_shapes_draws_true_proportions(scene):
    """As seen on the page, a rectangle's height to width is rows to columns."""
    picture = pictures.layer_shapes(scene, samples=6, inputs=3, units=2)
    assert picture.scene.frame["equal"] == "on"

    def size(picture, name):
        return [np.ptp(axis) for axis in line(picture, name)]

    width, height = size(picture, "forward 0")
    assert height / width == pytest.approx(6 / 3)
    width, height = size(picture, "weights 0")
    assert height / width == pytest.approx(3 / 6)


def test_more_samples_make_some_rectangles_grow_and_others_stay(scene):
    """All pictures have one scale: A grows with m, and W stays as it is."""
    few = pictures.layer_shapes(scene, samples=3, inputs=3, units=2)
    few_A, few_W = (np.ptp(line(few, f"forward {place}")[1]) for place in (0, 1))
    many = pictures.layer_shapes(scene, samples=6, inputs=3, units=2)
    many_A, many_W = (np.ptp(line(many, f"forward {place}")[1]) for place in (0, 1))
    assert many_A == pytest.approx(2 * few_A)
    assert many_W == pytest.approx(few_W)


def test_layer_shapes_says_what_numpy_says(scene):
    """The shapes in the sentence are those of the products of real arrays."""
    picture = pictures.layer_shapes(scene, samples=5, inputs=3, units=2)
    A, W, b = np.zeros((5, 3)), np.zeros((3, 2)), np.zeros(2)
    Z = A @ W + b
    assert f"Z and dZ are {Z.shape}" in picture.sentence
    assert f"W and dW are {(A.T @ Z).shape}" in picture.sentence
    assert f"A and dA are {(Z @ W.T).shape}" in picture.sentence
    assert f"b and db are {Z.sum(axis=0).shape}" in picture.sentence


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
    picture = pictures.gradient_agreement(scene, [row("W[1]", [1.0, 2.0], [1.0, -2.0])])
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
    assert pictures.gradient_agreement(scene, rows).sentence == said


def test_gradient_pictures_draw_the_room_they_are_asked_for(scene):
    """Of a mapping of rooms, `room` chooses."""
    rows = {"a": [row("W", [1], [1])], "b": [row("W", [2], [1], 1 / 3)]}
    agreement, errors = pictures.in_rooms({k: SimpleNamespace(rows=r) for k, r in rows.items()})
    assert "on the diagonal" in agreement(scene, room="a").sentence
    assert "a factor of 2" in agreement(scene, room="b").sentence
    assert "0.33, of W" in errors(scene, room="b").sentence


def test_measuring_draws_one_function_at_the_epsilon_it_is_asked_for(scene):
    """The two pictures of the panel are those of this function and place."""
    chords, errors = pictures.measuring(**CURVE)
    asked = {"epsilon": 0.1, "precision": "float32"}
    assert chords(scene, **asked).sentence == pictures.secants(scene, **CURVE, **asked).sentence
    assert errors(scene, **asked).sentence.startswith("In float32")


def test_gradient_errors_name_the_largest(scene):
    """The sentence has the largest error and its array; dots above 1e-3 are drawn as wrong."""
    rows = [row("W[1]", [1], [1], 1e-9), row("b[1]", [1], [1], 0.25)]
    picture = pictures.gradient_errors(scene, rows)
    assert picture.sentence == "The largest relative error is 0.25, of b[1]."
    assert picture.scene.items["errors"].data["xy"].tolist() == [[0, 1e-9]]
    assert picture.scene.items["wrong errors"].data["xy"].tolist() == [[1, 0.25]]
    assert "below 1e-6" in pictures.gradient_errors(scene, rows[:1]).sentence
