"""What the cells of lesson 02 compute themselves is right: held against slower ways."""

from pathlib import Path

import jupytext
import numpy as np
import pytest

from lessons_lib import datasets, nn, plots

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "02_activations.py"


@pytest.fixture(scope="module")
def defined():
    """Return a function that runs only the ``def`` of a name in the lesson, and returns it."""
    cells = [c.source for c in jupytext.read(SOURCE).cells if c.cell_type == "code"]

    def define(name, **more):
        cell = next(text for text in cells if f"def {name}(" in text)
        start = cell.index(f"def {name}(")
        names = {"np": np, "nn": nn, "plots": plots} | more
        exec(cell[start:].split("\n\n\n")[0], names)
        return names[name]

    return define


def test_best_line_finds_no_fewer_points_than_any_line_tried(defined):
    """No line out of thousands beats it, and one reaches nearly as many."""
    best_line = defined("best_line")
    X, y = datasets.make_xor(60, seed=4)
    rng = np.random.default_rng(0)
    normals = np.array([[np.cos(t), np.sin(t)] for t in np.pi * np.arange(180) / 180])
    projected = X @ normals[rng.integers(180, size=4000)].T
    sides = projected > rng.uniform(-1.5, 1.5, 4000)
    right = np.mean(sides == (y[:, None] > 0.5), axis=0)
    tried = max(right.max(), 1 - right.min())
    assert tried <= best_line(X, y) <= tried + 0.05


def test_best_line_separates_what_a_line_can(defined):
    """Two clouds far apart are cut without a mistake, whichever class is on which side."""
    best_line = defined("best_line")
    X = np.array([[-2.0, 0.1], [-1.5, -0.3], [1.5, 0.2], [2.0, 0.0]])
    assert best_line(X, np.array([0, 0, 1, 1])) == 1
    assert best_line(X, np.array([1, 1, 0, 0])) == 1


@pytest.mark.parametrize("pieces", [1, 2, 3, 5])
def test_pieces_learn_by_the_gradient_of_their_error(defined, pieces):
    """One step of learn_pieces goes against the measured gradient of the mean squared error."""
    learn_pieces = defined("learn_pieces")
    x = np.linspace(-1, 0.9, 25)  # no point lies on a kink between two pieces
    target = x**2

    def loss(parameters):
        w, b = parameters
        return np.mean(((np.outer(x, w) + b).max(axis=1) - target) ** 2)

    start = np.array(learn_pieces(x, target, pieces, steps=0))
    stepped = np.array(learn_pieces(x, target, pieces, learning_rate=0.01, steps=1))
    gradient = nn.numerical_gradient(loss, start.copy())
    np.testing.assert_allclose((start - stepped) / 0.01, gradient, atol=1e-8)


def test_twice_the_pieces_leave_a_quarter_of_the_error(defined):
    """The learned pieces lie where they should: the parabola's error falls with their square."""
    learn_pieces = defined("learn_pieces")
    x = np.linspace(-1, 1, 101)

    def error(pieces):
        w, b = learn_pieces(x, x**2, pieces)
        return np.sqrt(np.mean(((np.outer(x, w) + b).max(axis=1) - x**2) ** 2))

    assert error(1) / error(2) == pytest.approx(4, rel=0.1)
    assert error(3) < error(2) < error(1)
    assert error(6) < error(5) < error(4) < error(3)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "linear"])
def test_gradient_norms_are_those_of_measured_gradients(defined, name):
    """The gradient that arrives in the first layer is the measured one of the mean output."""
    activations = {"sigmoid": [nn.Sigmoid], "tanh": [nn.Tanh], "linear": []}
    X, _ = datasets.make_circles(5, seed=0)
    gradient_norms = defined("gradient_norms", activations=activations, X_deep=X)
    depth, gain, units = 3, 1.2, 4
    layers = []
    for number in range(depth):
        n_in = units if number else 2
        spread = nn.normal(gain / np.sqrt(n_in))
        layers += [nn.Dense(n_in, units, spread, seed=number), *[m() for m in activations[name]]]
    Z = layers[0].forward(X)

    def mean_output(Z):
        for layer in layers[1:]:
            Z = layer.forward(Z)
        return float(Z.mean())

    measured = nn.numerical_gradient(mean_output, Z.copy())
    norms = gradient_norms(name, depth, gain, units=units)
    assert len(norms) == depth
    assert norms[0] == pytest.approx(np.linalg.norm(measured))
