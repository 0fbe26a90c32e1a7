"""What lesson 03 claims: each derivative by finite differences, each bug by its signature."""

import re
from pathlib import Path

import jupytext
import numpy as np
import pytest

from lessons_lib import nn
from lessons_lib.lessons.backprop import _network as network
from lessons_lib.lessons.backprop import exercises as backprop

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "03_backprop.py"
SOLUTIONS = {
    name: question.solution
    for name, question in backprop.lesson.questions.items()
    if question.kind == "function"
}
# What is said of each bug in the lesson's list, in a few of its words.
WORDS = {
    "forgotten mean": "division by $m$",
    "missing transpose": "transpose",
    "sign flip": "sign",
    "averaged bias": "biases are averaged",
    "forgotten derivative": "slope of tanh",
    "early update": "updated before",
    "other loss": "another loss",
}


@pytest.fixture(scope="module")
def cells():
    """The cells of the lesson."""
    return jupytext.read(SOURCE).cells


@pytest.fixture(scope="module")
def rooms():
    """The gradient check of each room of the museum."""
    return backprop.museum()


def wrong_names(check):
    """Return the names of the arrays that are not right."""
    return [row.name for row in check.rows if row.verdict != "right"]


def factors(check):
    """Return, for each wrong array, its gradients over the measured ones."""
    return [row.analytic / row.numeric for row in check.rows if row.verdict != "right"]


@pytest.mark.parametrize("w", [-1.0, 0.2, 0.5, 2.0])
def test_the_slope_of_the_one_neuron_loss_is_the_measured_one(cells, w):
    """slope_at in the lesson is the derivative of loss_of, whose chords the panel draws."""
    cell = next(c.source for c in cells if c.source.startswith("def loss_of"))
    names = {"nn": nn}
    exec(cell.split("\n\n\nprint")[0], names)
    assert names["slope_at"](w) == pytest.approx(nn.numerical_gradient(names["loss_of"], w))


def test_the_slopes_of_two_ways_are_the_measured_one():
    """dL/du of u² + 3u is 2u + 3, the sum of the slopes of its two ways."""
    assert nn.numerical_gradient(lambda u: u**2 + 3 * u, 2.0) == pytest.approx(2 * 2.0 + 3)


def test_the_slope_of_tanh_is_one_minus_its_square():
    """g′ = 1 − tanh², at many places."""
    Z = np.linspace(-3, 3, 13)
    measured = nn.numerical_gradient(lambda Z: np.tanh(Z).sum(), Z)
    np.testing.assert_allclose(1 - np.tanh(Z) ** 2, measured, atol=1e-9)


def test_the_slopes_of_sigmoid_and_cross_entropy_are_the_measured_ones():
    """dŷ/dz = ŷ(1 − ŷ), dL/dŷ = (ŷ − y) / (ŷ(1 − ŷ)), and their product ŷ − y."""
    for z in (-2.0, 0.8):
        p = float(nn.sigmoid(z))
        assert p * (1 - p) == pytest.approx(nn.numerical_gradient(nn.sigmoid, z))
        for y in (0.0, 1.0):

            def loss(p, y=y):
                return -(y * np.log(p) + (1 - y) * np.log(1 - p))

            def through(z, loss=loss):
                return loss(float(nn.sigmoid(z)))

            assert (p - y) / (p * (1 - p)) == pytest.approx(nn.numerical_gradient(loss, p))
            assert p - y == pytest.approx(nn.numerical_gradient(through, z))


def test_the_three_products_of_a_dense_layer_are_the_measured_gradients():
    """The products are dW = Aᵀ dZ, db = Σ dZ, dA = dZ Wᵀ for L = Σ C ⊙ Z, where dZ = C."""
    rng = np.random.default_rng(0)
    A, W, b, C = (rng.normal(size=shape) for shape in ((5, 3), (3, 2), (2,), (5, 2)))

    def loss(_):
        return float(np.sum(C * (A @ W + b)))

    for gradient, x in zip(SOLUTIONS["dense_backward"](C, A, W), (W, b, A), strict=True):
        assert nn.relative_error(gradient, nn.numerical_gradient(loss, x)) < 1e-8


@pytest.mark.parametrize("units", [[2, 1], [3, 4, 1], [3, 4, 4, 1], [2, 5, 3, 2, 1]])
def test_the_whole_backward_pass_is_the_measured_gradient(units):
    """Every array of networks of one to four layers."""
    rng = np.random.default_rng(1)
    X, parameters = rng.normal(size=(6, units[0])), network.make_parameters(units, seed=2)
    y = (rng.random((6, 1)) < 0.5).astype(float)
    check = network.check_backward(SOLUTIONS["forward"], SOLUTIONS["backward"], X, y, parameters)
    assert check.passed, check
    assert len(check.rows) == 2 * (len(units) - 1)


def test_check_backward_leaves_the_parameters_as_they_were():
    """The judge nudges each parameter and puts it back."""
    X, y, parameters = network.museum_data()
    before = [array.copy() for pair in parameters for array in pair]
    network.check_backward(SOLUTIONS["forward"], SOLUTIONS["backward"], X, y, parameters)
    after = [array for pair in parameters for array in pair]
    assert all(map(np.array_equal, before, after))


def test_first_parameters_have_the_variance_of_glorot():
    """W is (n_in, n) with variance 2 / (n_in + n), b is zero."""
    ((W, b),) = network.make_parameters([300, 200], seed=0)
    assert W.shape == (300, 200)
    assert W.var() == pytest.approx(2 / 500, rel=0.05)
    assert not b.any()


def test_only_the_entrance_of_the_museum_is_right(rooms):
    """The check passes at the entrance and fails in each of at least six rooms."""
    passed = [room for room, check in rooms.items() if check.passed]
    assert passed == ["entrance: no bug"]
    assert len(rooms) - 1 >= 6


@pytest.mark.parametrize("room", range(1, 8))
def test_the_right_answer_names_the_bug_that_stands_in_the_room(cells, room):
    """The number in bug_of_room is that of the exhibit's bug in the lesson's list."""
    text = next(c.source for c in cells if "question:bug_of_room" in c.metadata.get("tags", []))
    number = backprop.bug_of_room.solution()[room]
    (line,) = [line for line in text.splitlines() if line.startswith(f"{number}. ")]
    exhibit = network.EXHIBITS[f"room {room}"].__name__.strip("_").replace("_", " ")
    assert WORDS[exhibit] in line


@pytest.mark.parametrize(
    ("room", "names"),
    [
        ("room 1", "W[1] b[1] W[2] b[2] W[3] b[3]"),
        ("room 2", "W[1] b[1]"),
        ("room 3", "W[1] b[1] W[2] b[2] W[3] b[3]"),
        ("room 4", "b[1] b[2] b[3]"),
        ("room 5", "W[1] b[1] W[2] b[2]"),
        ("room 6", "W[1] b[1] W[2] b[2]"),
        ("room 7", "W[1] b[1] W[2] b[2] W[3] b[3]"),
    ],
)
def test_the_arrays_that_are_wrong_are_those_the_bug_is_said_to_spoil(rooms, room, names):
    """Which arrays are wrong is the first clue."""
    assert wrong_names(rooms[room]) == names.split()


@pytest.mark.parametrize(("room", "factor"), [("room 1", 12), ("room 3", -1), ("room 4", 1 / 12)])
def test_rooms_with_one_factor_have_the_factor_they_are_said_to_have(rooms, room, factor):
    """A common factor is the second clue; there are 12 samples."""
    for ratio in factors(rooms[room]):
        np.testing.assert_allclose(ratio, factor, rtol=1e-4)


@pytest.mark.parametrize("room", ["room 2", "room 5", "room 6", "room 7"])
def test_rooms_without_a_common_factor_have_none(rooms, room):
    """The dots of these rooms lie on no straight line."""
    ratios = np.concatenate([ratio.ravel() for ratio in factors(rooms[room])])
    assert np.ptp(ratios) > 0.1


def test_a_forgotten_slope_makes_gradients_much_larger_than_measured(rooms):
    """As the hints and the messages say of room 5."""
    for row in rooms["room 5"].rows[:4]:
        assert np.linalg.norm(row.analytic) > 2 * np.linalg.norm(row.numeric), row.name


def test_an_early_update_hides_better_than_the_other_bugs(rooms):
    """Its largest relative error is the smallest of all rooms, and below 0.1."""
    worst = {room: rooms[room].worst.relative_error for room in network.EXHIBITS}
    assert min(worst, key=worst.get) == "room 6"
    assert 1e-3 < worst["room 6"] < 0.1


def test_another_loss_makes_every_array_less_than_half_as_large_by_no_one_factor(rooms):
    """Room 7: the factor ŷ(1 − ŷ) is at most 1/4, and seen to differ."""
    sizes = [np.linalg.norm(r.analytic) / np.linalg.norm(r.numeric) for r in rooms["room 7"].rows]
    assert max(sizes) < 0.5
    assert max(sizes) > 1.5 * min(sizes)


@pytest.mark.parametrize("seed", range(4))
def test_a_network_learns_with_the_quietest_bug_as_well_as_without(seed):
    """So a loss that falls shows nothing, as the lesson says of room 6."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(96, 4))
    y = (X[:, :1] + X[:, 1:2] > 0).astype(float)

    def last_loss(backward):
        parameters = network.make_parameters([4, 8, 4, 1], seed=seed)
        for _ in range(200):
            y_pred, cache = SOLUTIONS["forward"](X, parameters)
            for pair, gradients in zip(
                parameters, backward(y_pred, y, cache, parameters), strict=True
            ):
                for array, gradient in zip(pair, gradients, strict=True):
                    array -= 0.3 * gradient
        return network.cross_entropy(y, SOLUTIONS["forward"](X, parameters)[0])

    right = last_loss(SOLUTIONS["backward"])
    assert right < 0.3
    assert last_loss(network.EXHIBITS["room 6"]) == pytest.approx(right, abs=0.05)


def test_a_factor_of_two_has_relative_error_one_third():
    """As the table of the lesson says; a wrong sign has 1, and the factor of quiz_factor 0.6."""
    a = np.array([0.3, -0.2, 0.1])
    assert nn.relative_error(2 * a, a) == pytest.approx(1 / 3)
    assert nn.relative_error(a / 2, a) == pytest.approx(1 / 3)
    assert nn.relative_error(-a, a) == pytest.approx(1)
    assert nn.relative_error(backprop.quiz_factor.solution() * a, a) == pytest.approx(0.6)


def test_your_function_is_used_once_it_is_right(capsys):
    """A right answer is handed back itself, and the learner is told."""

    def output_gradient(y_pred, y):
        return (y_pred - y) / y.shape[0]

    assert backprop.yours_or_ours(output_gradient) is output_gradient
    assert capsys.readouterr().out == "output_gradient: yours\n"


@pytest.mark.parametrize("body", [..., 0.0])
def test_the_lessons_function_stands_in_until_then(capsys, body):
    """For an untouched or a wrong answer the lesson's own function is returned, and it says so."""

    def output_gradient(y_pred, y):
        return body

    assert backprop.yours_or_ours(output_gradient) is SOLUTIONS["output_gradient"]
    assert "the lesson's own" in capsys.readouterr().out


@pytest.mark.parametrize("given", [..., lambda X: X, len], ids=["dots", "lambda", "other name"])
def test_what_has_no_questions_name_is_told(given):
    """A name that was overwritten, or a function of another name, is no traceback of ours."""
    with pytest.raises(ValueError, match="under the question's name, such as `forward`"):
        backprop.yours_or_ours(given)


def test_every_concept_of_the_lesson_has_its_cells(cells):
    """What the lesson must show is there: graph, shapes, ε, kink, museum, tape, training."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    for shown in (
        "pictures.computation_graph",
        "pictures.notation",
        "pictures.layer_shapes",
        "pictures.epsilon_errors",
        "pictures.relu_kink",
        "pictures.gradient_agreement",
        "tf.GradientTape",
        "backward(y_pred, y[batch]",
        "same_masks=same_masks",
    ):
        assert shown in text, shown
    tags = {tag for cell in cells for tag in cell.metadata.get("tags", [])}
    assert {f"exercise:{name}" for name in backprop.lesson.questions} <= tags


def test_glossary_has_a_chinese_word_for_each_term(cells):
    """Each row of the glossary has an English and a Chinese term."""
    table = next(c.source for c in cells if c.source.startswith("## Words of this lesson"))
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 12
    for english, chinese, meaning in rows:
        assert re.search(r"[a-z]", english), english
        assert re.search(r"[\u4e00-\u9fff]", chinese), english
        assert meaning.strip(), english
