"""Pictures of lesson 02 are judged by their marks' data, and every derivative by differences."""

from functools import partial

import numpy as np
import pytest

from lessons_lib import datasets, nn
from lessons_lib.lessons.activations import experiments, pictures

AWAY_FROM_THE_KINK = np.concatenate([np.linspace(-3.97, -0.03, 40), np.linspace(0.03, 3.97, 40)])


@pytest.mark.parametrize("name", pictures.ACTIVATIONS)
def test_derivative_agrees_with_differences(name):
    """The derivative that is drawn is the slope of the function that is drawn."""
    _, function, derivative = pictures.ACTIVATIONS[name]
    z, epsilon = AWAY_FROM_THE_KINK, 1e-5
    measured = (function(z + epsilon) - function(z - epsilon)) / (2 * epsilon)
    np.testing.assert_allclose(derivative(z), measured, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "layer"), [("ReLU", nn.ReLU()), ("sigmoid", nn.Sigmoid()), ("tanh", nn.Tanh())]
)
def test_activation_is_the_one_of_nn(name, layer):
    """What is drawn is what the course's own layers compute, kink included."""
    z = np.array([-700.0, -2.0, 0.0, 0.5, 3.0, 700.0])
    _, function, derivative = pictures.ACTIVATIONS[name]
    np.testing.assert_allclose(function(z), layer.forward(z), atol=1e-15)
    np.testing.assert_allclose(derivative(z), layer.backward(np.ones_like(z)), atol=1e-15)


@pytest.mark.parametrize("name", pictures.ACTIVATIONS)
def test_activation_is_the_one_of_keras(name):
    """Each activation is Keras's of the same name."""
    activations = pytest.importorskip("keras").activations
    theirs = activations.get(name.lower().replace(" ", "_"))
    z = np.linspace(-4, 4, 33, dtype=np.float32)
    ours = pictures.ACTIVATIONS[name].function(z)
    np.testing.assert_allclose(ours, np.asarray(theirs(z)), atol=2e-6)


def test_activation_draws_the_function(scene):
    """The curve is the function, and the point stands on it."""
    pictures.activation(scene, name="tanh", z=1.5)
    x, y = scene.items["function"].data.values()
    np.testing.assert_allclose(y, np.tanh(x))
    here = scene.items["here"].data
    np.testing.assert_allclose([*here["x"], *here["y"]], [1.5, np.tanh(1.5)])


def test_tangent_has_the_slope_of_the_second_picture(scene):
    """Tangent and marked slope are two views of one number."""
    pictures.activation(scene, name="sigmoid", z=0.7)
    x, y = scene.items["tangent"].data.values()
    pictures.activation_slope(scene, name="sigmoid", z=0.7)
    assert np.diff(y)[0] / np.diff(x)[0] == pytest.approx(scene.items["here"].data["y"][0])


def test_slope_says_the_largest_slope(scene):
    """A sigmoid is nowhere steeper than a quarter."""
    assert "above 0.25" in pictures.activation_slope(scene, name="sigmoid", z=1.0).sentence


def test_largest_slope_is_looked_for_outside_of_the_picture_too(scene):
    """Softplus comes as near to slope 1 as one likes, though not in the frame."""
    assert "above 1.00" in pictures.activation_slope(scene, name="softplus", z=1.0).sentence
    assert "above 1.13" in pictures.activation_slope(scene, name="GELU", z=1.0).sentence


GUESS = {"at_3": -0.9, "at_2": -0.5, "at_1": 0.0, "at_0": 0.3}
PLACES = np.array([-3.0, -2.0, -1.0, 0.0])


def test_a_guess_is_dragged_and_nothing_gives_the_answer_away(scene):
    """Before the comparison neither the curve nor its formula is seen."""
    picture = pictures.guessed_activation(scene, name="ELU", **GUESS, compare=False)
    assert "function" not in scene.items
    assert "e^z" not in scene.frame["title"]
    for name, place in zip(GUESS, PLACES, strict=True):
        item = scene.items[name]
        assert (item.data["x"], item.data["y"]) == ([place], [GUESS[name]])
        assert item.look["sets"] == ("", name)
    assert "then compare" in picture.sentence


@pytest.mark.parametrize("name", ["leaky ReLU", "ELU", "GELU", "softplus"])
def test_a_guess_is_compared_with_the_activation(scene, name):
    """The sentence gives the largest difference, and none where all dots are on the curve."""
    function = pictures.ACTIVATIONS[name].function
    off = np.abs(np.array(list(GUESS.values())) - function(PLACES)).max()
    picture = pictures.guessed_activation(scene, name=name, **GUESS, compare=True)
    assert f"off by {off:.2f} at most" in picture.sentence
    np.testing.assert_allclose(
        scene.items["function"].data["y"], function(scene.items["function"].data["x"])
    )
    exact = dict(zip(GUESS, function(PLACES), strict=True))
    assert "off by 0.00" in pictures.guessed_activation(
        scene, name=name, **exact, compare=True
    ).sentence  # fmt: skip


def test_unknown_activation_is_explained(scene):
    """The error names what there is."""
    with pytest.raises(ValueError, match="Expected one of linear, ReLU"):
        pictures.activation(scene, name="swoosh", z=0.0)


@pytest.mark.parametrize("left", [2.0, -2.0])
def test_maxout_is_the_larger_line(scene, left):
    """At every x, through the dots where they make a valley, above them where they make a hill."""
    pictures.maxout(scene, left=left, kink_x=0.5, kink_y=0.0, right=-1.0 if left < 0 else 1.0)
    items = scene.items
    first, second, unit = (items[name].data["y"] for name in ("first", "second", "unit"))
    x = items["unit"].data["x"]
    np.testing.assert_allclose(unit, np.maximum(first, second))
    for name, line in (("left", first), ("right", second), ("kink", first), ("kink", second)):
        dot = items[name].data
        assert np.interp(dot["x"][0], x, line) == pytest.approx(dot["y"][0])
    at_the_left = np.interp(-2.5, x, unit)
    assert at_the_left == pytest.approx(left) if left > 0 else at_the_left > left


@pytest.mark.parametrize(
    ("dots", "words"),
    [
        ((0.0, 0.0, 0.0, 2.5), "This is ReLU"),
        ((2.5, 0.0, 0.0, 2.5), "absolute value"),
        ((-0.5, 0.0, 0.0, 2.5), "leaky ReLU"),
        ((-2.5, 0.0, 0.0, 2.5), "linear"),
        ((0.0, 1.0, 0.0, 3.0), "bends at x = 1.00, from slope 0.00 to slope 2.00."),
        ((-2.5, 0.0, 0.0, 0.0), "stand on a hill"),
    ],
)
def test_maxout_names_the_activation_it_is(scene, dots, words):
    """Special cases are recognised, others are described."""
    names = ("left", "kink_x", "kink_y", "right")
    assert words in pictures.maxout(scene, **dict(zip(names, dots, strict=True))).sentence


def test_maxout_fit_draws_only_the_pieces_in_use(scene):
    """With fewer pieces the others are gone, and the unit is their maximum."""
    x = np.linspace(-1, 1, 21)
    learned = {
        1: (np.array([0.0]), np.array([0.3])),
        2: (np.array([-1.0, 1.0]), np.array([0.0, 0.0])),
    }
    pictures.maxout_fit(scene, x, x**2, learned, pieces=2)
    np.testing.assert_allclose(scene.items["unit"].data["y"], np.abs(x))
    assert "piece 1" in scene.items
    pictures.maxout_fit(scene, x, x**2, learned, pieces=1)
    assert "piece 1" not in scene.items


def test_maxout_fit_says_the_error(scene):
    """The sentence's number is the root mean squared error."""
    x = np.linspace(-1, 1, 21)
    learned = {1: (np.array([0.0]), np.array([0.3]))}
    expected = np.sqrt(np.mean((0.3 - x**2) ** 2))
    assert f"{expected:.3f}" in pictures.maxout_fit(scene, x, x**2, learned, pieces=1).sentence


def bar_heights(scene):
    """Return the heights of the three bars."""
    return [scene.items[f"bar {k}"].data["heights"][0] for k in (1, 2, 3)]


@pytest.mark.parametrize("temperature", [0.1, 1.0, 5.0])
def test_probabilities_are_the_softmax_of_nn(scene, temperature):
    """The bars are softmax(z / T), also where e^z would overflow."""
    scores = np.array([500.0, 499.5, -500.0])
    sliders = dict(zip(("z1", "z2", "z3"), scores, strict=True))
    pictures.probabilities(scene, **sliders, temperature=temperature)
    np.testing.assert_allclose(bar_heights(scene), nn.softmax(scores / temperature), atol=1e-12)


def test_exponentials_are_multiples_of_the_largest(scene):
    """The largest score has 1, and one point below it is e^−1 at T = 1."""
    pictures.exponentials(scene, z1=1.0, z2=2.0, z3=0.0, temperature=1.0)
    np.testing.assert_allclose(bar_heights(scene), np.exp([-1, 0, -2]))


def test_scores_are_drawn_as_they_are(scene):
    """Also below 0."""
    pictures.scores(scene, z1=1.0, z2=-2.0, z3=0.0)
    np.testing.assert_allclose(bar_heights(scene), [1, -2, 0])


def test_softmax_says_what_a_point_is_worth(scene):
    """At temperature ½ a class one point above another is e² times as probable as that one."""
    pictures.probabilities(scene, z1=1.0, z2=0.0, z3=0.0, temperature=0.5)
    first, second, _ = bar_heights(scene)
    sentence = pictures.probabilities(scene, z1=1.0, z2=0.0, z3=0.0, temperature=0.5).sentence
    assert f"{first / second:.2f} times" in sentence


def test_dividing_line_counts_the_right_points(scene):
    """x₁ > 0 is class 1 for a line whose normal points to the right."""
    X = np.array([[0.5, 0.9], [0.2, -1.0], [-0.5, 0.0], [-0.1, 0.3]])
    y = np.array([1, 1, 0, 1])
    picture = pictures.dividing_line(scene, {"four": (X, y)}, points="four", turn=0.0, shift=0.0)
    assert picture.sentence.startswith("four: 75%")


def test_dividing_line_stands_where_it_is_shifted(scene):
    """With a normal that points up, the line is horizontal at the height of its shift."""
    points = {"one": (np.zeros((1, 2)), np.zeros(1))}
    pictures.dividing_line(scene, points, points="one", turn=90.0, shift=0.4)
    np.testing.assert_allclose(scene.items["line"].data["y"], [0.4, 0.4])


def test_gradient_by_layer_is_relative_to_the_last(scene):
    """Each curve ends at 1 and keeps its ratios."""
    picture = pictures.gradient_by_layer(scene, {"tanh": np.array([0.5, 1.0, 2.0])})
    np.testing.assert_allclose(scene.items["tanh"].data["y"], [0.25, 0.5, 1.0])
    assert "tanh 0.25" in picture.sentence


def test_gradient_by_layer_writes_powers_of_ten(scene):
    """A vanished gradient is said as a power of ten, a missing one as 0."""
    norms = {"sigmoid": np.array([3e-12, 1.0]), "none": np.zeros(2), "tanh": np.array([173.2, 1.0])}
    sentence = pictures.gradient_by_layer(scene, norms).sentence
    assert "sigmoid 10⁻¹², none 0, tanh 173." in sentence


def test_signal_sizes_compares_first_and_last(scene):
    """Forward is last against first, backward first against last."""
    picture = pictures.signal_sizes(scene, np.array([1.0, 0.5]), np.array([0.2, 0.1]))
    assert "signal changes by a factor of 0.5;" in picture.sentence
    assert "gradient by a factor of 2." in picture.sentence
    np.testing.assert_allclose(scene.items["gradient back"].data["y"], [0.2, 0.1])


def test_signal_sizes_says_that_nothing_moves(scene):
    """With zero weights there is nothing to compare, and the picture says so."""
    assert pictures.signal_sizes(scene, np.zeros(3), np.zeros(3)).sentence.startswith("No signal")


def test_signal_sizes_tells_a_lost_gradient_from_a_lost_signal(scene):
    """Where only the gradient is gone, the picture still says how the signal has grown."""
    sentence = pictures.signal_sizes(scene, np.array([2.0, 60.0]), np.zeros(2)).sentence
    assert "signal changes by a factor of 30; no gradient comes back." in sentence


def test_the_chosen_loss_is_drawn_strongly(scene):
    """The strong curve is the chosen one; all are there faintly."""
    curves = {"a": np.array([3.0, 2.0]), "b": np.array([1.0, np.nan])}
    chosen = partial(pictures.losses_from, scene, activation="tanh", losses={"tanh": curves})
    picture = chosen(initialisation="a")
    np.testing.assert_allclose(scene.items["chosen"].data["y"], [3.0, 2.0])
    assert picture.sentence == "a: the loss goes from 3.00 to 2.00."
    assert "from 1.00 to 1.00" in chosen(initialisation="b").sentence


def test_pictures_of_a_start_are_those_of_what_is_computed(scene):
    """The depth and the start that are chosen decide what is drawn."""
    X, y = datasets.make_circles(20, seed=0)
    pictures.gradients_at_depth(scene, depth=5, gain=1.0, X=X)
    for name in experiments.ACTIVATIONS:
        norms = experiments.gradient_norms(X, name, 5, 1.0)
        np.testing.assert_allclose(scene.items[name].data["y"], norms / norms[-1])
    starts = {"zeros": "zeros", "He": "he_normal"}
    sizes = partial(pictures.sizes_at_start, scene, starts=starts, points=(X, y))
    assert sizes(activation="tanh", initialisation="zeros").sentence.startswith("No signal")
    assert "signal changes" in sizes(activation="tanh", initialisation="He").sentence


def test_active_units_marks_the_dead(scene):
    """A unit that is never on is counted and gets a cross."""
    picture = pictures.active_units(
        scene, {"before": np.array([0.5, 1.0]), "after": np.array([0.0, 1.0])}
    )
    assert picture.sentence.endswith("before 0 of 2; after 1 of 2.")
    assert len(scene.items["dead after"].data["xy"]) == 1
    assert 0.5 in scene.items["before"].data["heights"]
