"""Lesson 06 computes what its words say: its own small functions, held against slower ways."""

from pathlib import Path

import jupytext
import numpy as np
import pytest

from lessons_lib import datasets, nn

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "06_classification.py"


def definitions(beginning, **names):
    """Run the cell of the lesson that begins like this, up to its last function's end."""
    (cell,) = [c for c in jupytext.read(SOURCE).cells if c.source.startswith(beginning)]
    functions = cell.source.split("\n\n\n")
    exec("\n\n".join(part for part in functions if part.startswith("def ")), names)
    return names


@pytest.mark.parametrize("size", [8, 28])
def test_a_drawing_becomes_an_image_of_the_networks_size(size):
    """The grid of 8×8 cells fits the images of both data sets, in the middle."""
    as_input = definitions("def as_input", np=np, height=size)["as_input"]
    image = as_input(np.ones((8, 8)))
    assert image.shape == (size, size)
    np.testing.assert_allclose(image, image[::-1, ::-1], atol=1e-6)


def test_a_stroke_is_wider_than_its_line_and_stays_in_range():
    """Neighbours of a painted cell get some ink, and no cell more than full ink."""
    as_input = definitions("def as_input", np=np, height=8)["as_input"]
    dot = np.zeros((8, 8))
    dot[4, 4] = 1
    image = as_input(dot)
    assert image[4, 4] == pytest.approx(1)
    assert 0 < image[3, 4] < image[4, 3] < 1
    assert image[3, 3] == pytest.approx(0)
    assert as_input(np.ones((8, 8))).max() == pytest.approx(1)


def test_cost_counts_false_alarms_and_misses():
    """One false alarm and two misses at ten each cost 21."""
    cost = definitions("def cost", np=np)["cost"]
    y, p = np.array([0, 0, 1, 1, 1]), np.array([0.7, 0.1, 0.2, 0.4, 0.9])
    assert cost(y, p, 0.5) == 21
    assert cost(y, p, 0.5, miss_cost=1) == 3
    assert cost(y, p, 0.4) == 11


def test_rare_set_has_the_stated_sizes():
    """3,060 points with 60 of class 1, others for another seed."""
    rare_set = definitions("def rare_set", np=np, datasets=datasets)["rare_set"]
    points, classes = rare_set(seed=1)
    assert points.shape == (3060, 2)
    assert np.bincount(classes.astype(int)).tolist() == [3000, 60]
    assert not np.array_equal(points, rare_set(seed=2)[0])


@pytest.mark.parametrize("truth", [0, 1, 2])
def test_slope_of_softmax_with_cross_entropy_is_p_minus_y(truth):
    """The formula of the slide, by finite differences."""
    z = np.array([2.0, 0.5, -1.0])
    measured = nn.numerical_gradient(lambda s: float(-np.log(nn.softmax(s[None])[0, truth])), z)
    np.testing.assert_allclose(measured, nn.softmax(z[None])[0] - np.eye(3)[truth], atol=1e-7)
