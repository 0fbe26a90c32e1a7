"""The pieces into which ReLU units cut the plane, and the formula on each."""

from itertools import pairwise

import numpy as np
import pytest
from picture_examples import noise

from lessons_lib import plots
from lessons_lib.plots._pieces import pieces_of

SQUARE = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 2.0], [-2.0, 2.0]])
X, Y = noise(40, 2, seed=3), np.arange(40) % 2
SIZES = ((2, 1, 1), (2, 5, 1), (2, 12, 1), (2, 6, 6, 1), (2, 4, 3, 5, 1))


def network(sizes, seed=0):
    """Return kernels and biases of a network."""
    pairs = [*pairwise(sizes)]
    kernels = [noise(*pair, seed=seed + number) for number, pair in enumerate(pairs)]
    return kernels, [noise(units, seed=seed + 50 + units) for _, units in pairs]


def score(points, kernels, biases):
    """Return the score of a network of ReLU units, computed layer by layer."""
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        points = np.maximum(points @ kernel + bias, 0)
    return (points @ kernels[-1] + biases[-1])[..., 0]


def area(corners):
    """Return the area of a polygon, which is positive if its corners go round to the left."""
    x, y = corners.T
    return 0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))


def inside(piece, rng):
    """Return points inside a piece: averages of its corners."""
    parts = rng.dirichlet(np.ones(len(piece.corners)), size=20)
    return parts @ piece.corners


@pytest.mark.parametrize("sizes", SIZES)
def test_on_each_piece_the_formula_is_the_network(sizes):
    """Its number, and its weights as the slopes that finite differences measure."""
    kernels, biases = network(sizes)
    for piece in pieces_of(SQUARE, kernels, biases):
        points = inside(piece, np.random.default_rng(0))
        np.testing.assert_allclose(points @ piece.w + piece.b, score(points, kernels, biases))
        if area(piece.corners) < 1e-3:
            continue
        middle = piece.corners.mean(axis=0)
        step = 1e-6 * np.eye(2)
        slopes = score(middle + step, kernels, biases) - score(middle - step, kernels, biases)
        np.testing.assert_allclose(slopes / 2e-6, piece.w, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_pieces_cover_the_picture_once_and_differ(sizes):
    """Their areas sum to that of the whole, and no two have the same units on."""
    pieces = pieces_of(SQUARE, *network(sizes, seed=4))
    areas = [area(piece.corners) for piece in pieces]
    assert min(areas) > 0
    assert sum(areas) == pytest.approx(16)
    assert len({piece.on.tobytes() for piece in pieces}) == len(pieces)


@pytest.mark.parametrize(("lines", "count"), [(1, 2), (2, 4), (3, 7), (4, 11)])
def test_lines_that_all_cross_make_as_many_pieces_as_there_can_be(lines, count):
    """1 + n + n (n - 1) / 2, if no three go through one point."""
    angles = np.pi * np.arange(lines) / lines
    kernel = np.stack([np.cos(angles), np.sin(angles)])
    biases = [0.3 * np.arange(lines) ** 2 / lines**2, np.zeros(1)]
    assert len(pieces_of(SQUARE, [kernel, np.ones((lines, 1))], biases)) == count


def test_lines_through_one_point_and_units_without_weights_are_counted_as_they_are():
    """As in a network whose biases are still 0, in which a unit may be dead."""
    kernel = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0]])
    assert len(pieces_of(SQUARE, [kernel, np.ones((4, 1))], [np.zeros(4), np.zeros(1)])) == 6


def drawn(place, sizes=(2, 5, 1), **settings):
    """Return a picture, and the network in it."""
    kernels, biases = network(sizes)
    at = float(score(np.array(place), kernels, biases))
    picture = plots.linear_pieces(
        plots.Scene(), kernels, biases, X, Y, place=place, score=at, **settings
    )
    return picture, kernels, biases


def test_the_picture_writes_the_formula_of_the_dots_piece():
    """In the title; the sentence compares its number with the network's, and counts."""
    picture, kernels, biases = drawn((0.4, -0.3))
    on = np.array([0.4, -0.3]) @ kernels[0] + biases[0] > 0
    w = (kernels[0] * on) @ kernels[1]
    title = picture.scene.frame["title"]
    assert title.startswith("score = ")
    assert f"{abs(w[0, 0]):.2f} x₁" in title
    assert f"{abs(w[1, 0]):.2f} x₂" in title
    number = f"{float(score(np.array([0.4, -0.3]), kernels, biases)):.3f}".replace("-", "−")
    assert f"{on.sum()} of 5 hidden units are on" in picture.sentence
    assert picture.sentence.count(number) == 2


def test_within_its_piece_the_formulas_line_is_the_border():
    """The network's score is 0 wherever the dashed line runs through the framed piece."""
    kernels, biases = network((2, 5, 1))
    biases[1] = biases[1] - score(np.array([0.4, -0.3]), kernels, biases)
    scene = plots.Scene()
    plots.linear_pieces(scene, kernels, biases, X, Y, place=(0.4, -0.3), score=0.0)
    start, end = scene.items["formula"].data["xy"]
    along = start + np.linspace(0, 1, 400)[:, None] * (end - start)
    on = np.array([0.4, -0.3]) @ kernels[0] + biases[0] > 0
    same = ((along @ kernels[0] + biases[0] > 0) == on).all(axis=1)
    assert same.any()
    np.testing.assert_allclose(score(along[same], kernels, biases), 0, atol=1e-5)


def test_the_dot_sets_the_controls_that_it_is_given():
    """And none where there is no panel."""
    assert "sets" not in drawn((0, 0))[0].scene.items["here"].look
    assert drawn((0, 0), sets=("a", "b"))[0].scene.items["here"].look["sets"] == ("a", "b")
