"""What lesson 02 computes is right: held against slower ways, and from several starts."""

import numpy as np
import pytest

from lessons_lib import datasets, nn
from lessons_lib.lessons.activations import experiments


def test_best_line_finds_no_fewer_points_than_any_line_tried():
    """No line out of thousands beats it, and one reaches nearly as many."""
    X, y = datasets.make_xor(60, seed=4)
    rng = np.random.default_rng(0)
    normals = np.array([[np.cos(t), np.sin(t)] for t in np.pi * np.arange(180) / 180])
    projected = X @ normals[rng.integers(180, size=4000)].T
    sides = projected > rng.uniform(-1.5, 1.5, 4000)
    right = np.mean(sides == (y[:, None] > 0.5), axis=0)
    tried = max(right.max(), 1 - right.min())
    assert tried <= experiments.best_line(X, y) <= tried + 0.05


def test_best_line_separates_what_a_line_can():
    """Two clouds far apart are cut without a mistake, whichever class is on which side."""
    X = np.array([[-2.0, 0.1], [-1.5, -0.3], [1.5, 0.2], [2.0, 0.0]])
    assert experiments.best_line(X, np.array([0, 0, 1, 1])) == 1
    assert experiments.best_line(X, np.array([1, 1, 0, 0])) == 1


@pytest.mark.parametrize("pieces", [1, 2, 3, 5])
def test_pieces_learn_by_the_gradient_of_their_error(pieces):
    """One step of learn_pieces goes against the measured gradient of the mean squared error."""
    x = np.linspace(-1, 0.9, 25)  # no point lies on a kink between two pieces
    target = x**2

    def loss(parameters):
        w, b = parameters
        return np.mean(((np.outer(x, w) + b).max(axis=1) - target) ** 2)

    start = np.array(experiments.learn_pieces(x, target, pieces, steps=0))
    stepped = np.array(experiments.learn_pieces(x, target, pieces, learning_rate=0.01, steps=1))
    gradient = nn.numerical_gradient(loss, start.copy())
    np.testing.assert_allclose((start - stepped) / 0.01, gradient, atol=1e-8)


def test_twice_the_pieces_leave_a_quarter_of_the_error():
    """The learned pieces lie where they should: the parabola's error falls with their square."""
    x = np.linspace(-1, 1, 101)

    def error(pieces):
        w, b = experiments.learn_pieces(x, x**2, pieces)
        return np.sqrt(np.mean(((np.outer(x, w) + b).max(axis=1) - x**2) ** 2))

    assert error(1) / error(2) == pytest.approx(4, rel=0.1)
    assert error(3) < error(2) < error(1)
    assert error(6) < error(5) < error(4) < error(3)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "linear"])
def test_gradient_norms_are_those_of_measured_gradients(name):
    """The gradient that arrives in the first layer is the measured one of the mean output."""
    X, _ = datasets.make_circles(5, seed=0)
    depth, gain, units = 3, 1.2, 4
    layers = []
    for number in range(depth):
        n_in = units if number else 2
        spread = nn.normal(gain / np.sqrt(n_in))
        made = experiments.ACTIVATIONS[name]
        layers += [nn.Dense(n_in, units, spread, seed=number), *([made()] if made else [])]
    Z = layers[0].forward(X)

    def mean_output(Z):
        for layer in layers[1:]:
            Z = layer.forward(Z)
        return float(Z.mean())

    measured = nn.numerical_gradient(mean_output, Z.copy())
    norms = experiments.gradient_norms(X, name, depth, gain, units=units)
    assert len(norms) == depth
    assert norms[0] == pytest.approx(np.linalg.norm(measured))


@pytest.mark.parametrize("gain", [0.5, 1.4, 2.5])
def test_sigmoids_shrink_the_gradient_at_every_gain_of_the_slider(gain):
    """In each of several networks, layer by layer on average, although the weights count too."""
    X, _ = datasets.make_circles(64, seed=0)
    for seed in range(3):
        norms = experiments.gradient_norms(X, "sigmoid", 24, gain, seed=seed)
        assert (norms[0] / norms[-1]) ** (1 / 23) < 0.7


@pytest.mark.parametrize("activation", ["tanh", "ReLU"])
@pytest.mark.parametrize(
    ("initializer", "learns"),
    [("zeros", False), (nn.normal(0.01), False), ("glorot_uniform", True), ("he_normal", True)],
)
def test_a_good_start_learns_and_a_small_one_does_not(activation, initializer, learns):
    """What the lesson says of its five starts holds from other seeds and for other points."""
    for seed in (1, 2):
        X, y = datasets.make_circles(100, seed=seed)
        model = experiments.deep_network(activation, initializer, seed=seed)
        losses = experiments.losses_while_training(model, X, y)
        assert losses[-1] < 0.1 if learns else losses[-1] > 0.6


@pytest.mark.parametrize("activation", ["tanh", "ReLU"])
def test_zero_weights_learn_the_fractions_of_the_classes_and_no_more(activation):
    """With 30 % of class 1 the loss falls to that of who always says 0.3."""
    X, y = datasets.make_circles(100, seed=0)
    some = np.concatenate([np.flatnonzero(y == 0)[:35], np.flatnonzero(y == 1)[:15]])
    model = experiments.deep_network(activation, "zeros")
    losses = experiments.losses_while_training(model, X[some], y[some], steps=1000)
    assert losses[0] == pytest.approx(np.log(2))
    assert losses[-1] == pytest.approx(-0.3 * np.log(0.3) - 0.7 * np.log(0.7), abs=1e-3)
    np.testing.assert_allclose(model.predict(X), 0.3, atol=0.01)


def test_sizes_by_layer_are_those_of_measured_gradients():
    """The gradient behind the first hidden layer is the measured one of the loss."""
    X, y = datasets.make_circles(5, seed=0)
    model = experiments.deep_network("tanh", "he_normal", hidden_layers=3, units=4)
    forward, backward = experiments.sizes_by_layer(model, X, y)
    A = model.layers[1].forward(model.layers[0].forward(X))

    def loss(A):
        for layer in model.layers[2:]:
            A = layer.forward(A)
        return nn.BinaryCrossentropy().forward(y, A)

    assert len(forward) == len(backward) == 3
    assert forward[0] == pytest.approx(np.sqrt(np.mean(A**2)))
    gradient = nn.numerical_gradient(loss, A.copy())
    assert backward[0] == pytest.approx(np.sqrt(np.mean(gradient**2)))
